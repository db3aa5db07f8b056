/* SPDX-License-Identifier: Apache-2.0
 * Proofs that count for a step-up: those that every rule takes, of those that there are. */
#include "gate/decide/merge.h"
#include "gate/state/requirement.h"

#include "base/str.h"

#include <string.h>

static bool
is_method(const struct sg_strings *known, struct sg_str method)
{
	return known == NULL || sg_str_is(method, "admin") || sg_strings_have(known, method);
}

static bool
lists(const struct sg_json *methods, const char *method)
{
	struct sg_str one = {"", 0};
	for (const struct sg_json *e = sg_json_first(methods); e != NULL; e = sg_json_next(methods, e))
		if (sg_json_string(e, &one) && sg_str_is(one, method))
			return true;
	return false;
}

static bool
has_method(const struct sg_requirement *r, struct sg_str method)
{
	bool has = false;
	for (size_t i = 0; !has && i < r->method_count; i++)
		has = sg_str_is(method, r->methods[i]);
	return has;
}

/* The first that lists some: those of them that there are. */
static enum sg_reason
take_methods(struct sg_requirement *r, const struct sg_json *methods, const struct sg_strings *known)
{
	struct sg_str one = {"", 0};
	for (const struct sg_json *e = sg_json_first(methods); e != NULL; e = sg_json_next(methods, e))
		if (sg_json_string(e, &one) && is_method(known, one) && !has_method(r, one) && !sg_requirement_method(r, one))
			return SG_REASON_policy_bad_effect;
	return r->method_count > 0 ? SG_REASON_allowed : SG_REASON_methods_empty;
}

enum sg_reason
sg_join_methods(struct sg_requirement *r, const struct sg_json *methods, const struct sg_strings *known)
{
	size_t left = 0;
	if (methods == NULL || methods->count == 0)
		return SG_REASON_allowed;
	if (r->method_count == 0)
		return take_methods(r, methods, known);
	for (size_t i = 0; i < r->method_count; i++)
		if (lists(methods, r->methods[i]))
			memmove(r->methods[left++], r->methods[i], sizeof(r->methods[0]));
	r->method_count = left;
	return left > 0 ? SG_REASON_allowed : SG_REASON_methods_empty;
}
