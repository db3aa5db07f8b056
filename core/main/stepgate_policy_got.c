/* SPDX-License-Identifier: Apache-2.0
 * Everything that came out of one test and that a test can expect, by name. */
#include "main/stepgate_policy.h"

#include "base/canon.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

static void
write_list(struct sg_json_writer *w, const char *name, const struct sg_str *items, size_t count)
{
	sg_jw_name_text(w, name);
	sg_jw_array(w);
	for (size_t i = 0; i < count; i++)
		sg_jw_str(w, items[i]);
	sg_jw_end(w);
}

static void
write_groups(struct sg_json_writer *w, const struct sg_requirement *requirement)
{
	sg_jw_name(w, "groups");
	sg_jw_object(w);
	for (size_t i = 0; i < requirement->count; i++)
		sg_jw_named_int(w, requirement->groups[i].group, requirement->groups[i].quorum);
	sg_jw_end(w);
}

static const struct sg_json *
at_path(const struct sg_json *value, struct sg_str path)
{
	while (path.ptr != NULL && value != NULL)
		value = sg_json_get_str(value, sg_str_cut(&path, '.'));
	return value;
}

static int
by_path(const void *left, const void *right)
{
	const struct sg_narrowing *a = left, *b = right;
	return sg_json_name_cmp(a->path, b->path);
}

/* Effective values of the arguments that are not as asked. */
static void
write_narrowed(struct sg_json_writer *w, struct sg_try *try)
{
	qsort(try->merged.narrow, try->merged.narrow_count, sizeof(try->merged.narrow[0]), by_path);
	sg_jw_name(w, "narrowed");
	sg_jw_object(w);
	for (size_t i = 0; i < try->merged.narrow_count; i++) {
		const struct sg_json *asked = at_path(try->args, try->merged.narrow[i].path),
				     *left = at_path(try->effective, try->merged.narrow[i].path);
		if (asked == NULL || left == NULL || sg_json_eq(asked, left))
			continue;
		sg_jw_name_str(w, try->merged.narrow[i].path);
		sg_jw_value(w, left);
	}
	sg_jw_end(w);
}

static void
write_spoke(struct sg_json_writer *w, const struct sg_try *try)
{
	sg_jw_name(w, "spoke");
	sg_jw_array(w);
	for (size_t i = 0; i < try->effect_count; i++)
		sg_jw_str(w, try->effects[i].rule);
	sg_jw_end(w);
}

void
sg_try_write_got(struct sg_try *try)
{
	const struct sg_merged *m = &try->merged;
	bool revoke = false, wants;
	struct sg_json_writer w;
	struct sg_buf text;
	for (size_t i = 0; i < try->effect_count; i++)
		revoke |= sg_json_bool(sg_json_get(try->effects[i].json, "revoke"), &wants) && wants;
	sg_buf_init(&text, 4 << 20);
	sg_jw_begin(&w, &text);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "code", try->code);
	sg_jw_member_bool(&w, "freeze", m->freeze);
	write_groups(&w, &m->requirement);
	write_narrowed(&w, try);
	write_list(&w, "obligations", m->obligations, m->obligation_count);
	sg_jw_member_text(&w, "raise", m->raise == SG_PUBLIC ? "" : sg_sensitivity_name(m->raise));
	sg_jw_member_int(&w, "retry_after", m->retry_ms);
	sg_jw_member_bool(&w, "revoke", revoke);
	sg_jw_member_str(&w, "rule", m->rule);
	sg_jw_member_str(&w, "say", m->say);
	write_spoke(&w, try);
	write_list(&w, "taint", m->taints, m->taint_count);
	sg_jw_member_int(&w, "ttl", m->ttl_ms);
	sg_jw_member_text(&w, "verdict", try->verdict);
	sg_jw_member_str(&w, "word", m->code);
	sg_jw_end(&w);
	try->got = sg_jw_done(&w) ? sg_try_parse(try, sg_buf_view(&text)) : NULL;
	sg_buf_done(&text);
	if (try->got == NULL)
		snprintf(try->error.what, sizeof(try->error.what), "what came out is too large");
}
