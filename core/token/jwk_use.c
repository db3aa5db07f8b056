/* SPDX-License-Identifier: Apache-2.0
 * use and key_ops, read. */
#include "token/jwk_use.h"

#include "base/str.h"

static bool
stands_before(const struct sg_json *list, const struct sg_json *item)
{
	for (const struct sg_json *i = sg_json_first(list); i != item; i = sg_json_next(list, i))
		if (sg_str_eq(i->string, item->string))
			return true;
	return false;
}

static bool
has_verify(const struct sg_json *operations)
{
	bool has = false;
	for (const struct sg_json *o = sg_json_first(operations); o != NULL; o = sg_json_next(operations, o)) {
		if (o->type != SG_JSON_STRING || stands_before(operations, o))
			return false;
		has |= sg_str_is(o->string, "verify");
	}
	return has && operations->type == SG_JSON_ARRAY;
}

bool
sg_jwk_verifies(const struct sg_json *key)
{
	const struct sg_json *operations = sg_json_get(key, "key_ops");
	bool signs = sg_json_get(key, "use") == NULL || sg_json_is(key, "use", "sig") || sg_json_is(key, "use", "jwt-svid");
	return signs && (operations == NULL || has_verify(operations));
}
