/* SPDX-License-Identifier: Apache-2.0
 * Requirements: who must say yes, and how many of each group. */
#include "gate/state/requirement.h"

#include "base/line.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* An approval holds so many proofs and no more. */
bool
sg_requirement_fits(const struct sg_requirement *r)
{
	int64_t people = 0;
	for (size_t i = 0; i < r->count; i++)
		people += r->groups[i].quorum;
	return people <= SG_APPROVAL_PROOFS;
}

void
sg_requirement_sort(struct sg_requirement *r)
{
	for (size_t i = 1; i < r->count; i++)
		for (size_t j = i; j > 0 && strcmp(r->groups[j - 1].group, r->groups[j].group) > 0; j--) {
			__typeof__(r->groups[0]) swap = r->groups[j];
			r->groups[j] = r->groups[j - 1];
			r->groups[j - 1] = swap;
		}
}

void
sg_write_groups(struct sg_json_writer *w, const struct sg_requirement *requirement)
{
	sg_jw_name(w, "groups");
	sg_jw_object(w);
	for (size_t i = 0; i < requirement->count; i++)
		sg_jw_named_int(w, requirement->groups[i].group, requirement->groups[i].quorum);
	sg_jw_end(w);
}

bool
sg_requirement_takes(const struct sg_requirement *r, const char *method)
{
	bool takes = r->method_count == 0;
	for (size_t i = 0; !takes && i < r->method_count; i++)
		takes = strcmp(r->methods[i], method) == 0;
	return takes;
}

bool
sg_requirement_method(struct sg_requirement *r, struct sg_str method)
{
	if (r->method_count == SG_APPROVAL_METHODS || method.len == 0 || method.len >= SG_APPROVAL_METHOD)
		return false;
	sg_line_join(r->methods[r->method_count++], SG_APPROVAL_METHOD, "", method);
	return true;
}

void
sg_write_methods(struct sg_json_writer *w, const struct sg_requirement *r)
{
	sg_jw_name(w, "methods");
	sg_jw_array(w);
	for (size_t i = 0; i < r->method_count; i++)
		sg_jw_text(w, r->methods[i]);
	sg_jw_end(w);
}
