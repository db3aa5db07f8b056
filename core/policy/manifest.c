/* SPDX-License-Identifier: Apache-2.0
 * What a set is, told to the gate: which files, which rules, what they need. And what is wrong with one that did not
 * load. */
#include "base/canon.h"
#include "base/digest.h"
#include "base/str.h"
#include "policy/set.h"

#include <stdlib.h>

/* name, NUL, size, NUL, bytes of each file. Files are sorted already, and names hold no NUL. */
static void
set_digest(const struct sg_policy *policy, char hex[SG_SHA256_HEX])
{
	struct sg_buf all;
	size_t total = 0;
	for (size_t i = 0; i < policy->file_count; i++)
		total += policy->files[i].name.len + policy->files[i].text.len + 32;
	sg_buf_init(&all, total + 1);
	for (size_t i = 0; i < policy->file_count; i++) {
		sg_buf_str(&all, policy->files[i].name);
		sg_buf_add(&all, "", 1);
		sg_buf_printf(&all, "%zu", policy->files[i].text.len);
		sg_buf_add(&all, "", 1);
		sg_buf_str(&all, policy->files[i].text);
	}
	hex[0] = '\0';
	if (!all.failed)
		sg_sha256_hex(hex, sg_buf_view(&all));
	sg_buf_done(&all);
}

static void
write_file(struct sg_json_writer *w, const struct sg_policy_file *file)
{
	static const struct {
		enum sg_policy_meta meta;
		const char *name;
	} order[] = {{SG_META_DESCRIPTION, "description"}, {SG_META_NAME, "name"}, {SG_META_OWNER, "owner"}};
	sg_jw_object(w);
	sg_jw_name(w, "meta");
	sg_jw_object(w);
	for (size_t i = 0; i < SG_META_COUNT; i++) {
		if (file->meta[order[i].meta].ptr == NULL)
			continue;
		sg_jw_named_str(w, order[i].name, file->meta[order[i].meta]);
	}
	sg_jw_end(w);
	sg_jw_member_str(w, "name", file->name);
	sg_jw_member_text(w, "sha256", file->sha256);
	sg_jw_end(w);
}

static void
write_patterns(struct sg_json_writer *w, const struct sg_policy_need *need)
{
	if (sg_needs[need->kind].joined[0] == '\0') {
		sg_jw_member_str(w, "action", need->patterns[0]);
		return;
	}
	sg_jw_name(w, "actions");
	sg_jw_array(w);
	for (size_t i = 0; i < need->pattern_count; i++)
		sg_jw_str(w, need->patterns[i]);
	sg_jw_end(w);
}

static void
write_needs(struct sg_json_writer *w, const struct sg_policy_rule *rule, enum sg_need_kind kind)
{
	sg_jw_name_text(w, sg_needs[kind].name);
	sg_jw_array(w);
	for (size_t i = 0; i < rule->need_count; i++) {
		const struct sg_policy_need *need = &rule->needs[i];
		if (need->kind != kind)
			continue;
		sg_jw_object(w);
		write_patterns(w, need);
		if (need->of != NULL)
			sg_jw_member_text(w, "of", need->of);
		sg_jw_member_text(w, "scope", sg_scopes[need->scope]);
		sg_jw_member_int(w, "within", need->within);
		sg_jw_end(w);
	}
	sg_jw_end(w);
}

static void
write_rule(struct sg_json_writer *w, const struct sg_policy *policy, const struct sg_policy_rule *rule)
{
	sg_jw_object(w);
	sg_jw_member_bool(w, "after", rule->after);
	sg_jw_member_str(w, "file", policy->files[rule->file].name);
	sg_jw_member_str(w, "id", rule->id);
	sg_jw_member_int(w, "line", rule->line);
	sg_jw_name(w, "needs");
	sg_jw_object(w);
	for (int kind = 0; kind < SG_NEED_COUNT_OF; kind++)
		write_needs(w, rule, (enum sg_need_kind)kind);
	sg_jw_end(w);
	sg_jw_name(w, "on");
	sg_jw_array(w);
	for (size_t i = 0; i < rule->on_count; i++)
		sg_jw_str(w, rule->on[i]);
	sg_jw_end(w);
	if (rule->otherwise)
		sg_jw_member_bool(w, "otherwise", true);
	sg_jw_end(w);
}

void
sg_manifest_write(const struct sg_policy *policy, struct sg_buf *out)
{
	char digest[SG_SHA256_HEX];
	struct sg_json_writer w;
	set_digest(policy, digest);
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "digest", digest);
	sg_jw_name(&w, "files");
	sg_jw_array(&w);
	for (size_t i = 0; i < policy->file_count; i++)
		write_file(&w, &policy->files[i]);
	sg_jw_end(&w);
	if (sg_reads_here(policy))
		sg_jw_member_bool(&w, "here", true);
	sg_jw_name(&w, "rules");
	sg_jw_array(&w);
	for (size_t i = 0; i < policy->rule_count; i++)
		write_rule(&w, policy, &policy->rules[i]);
	sg_jw_end(&w);
	sg_jw_end(&w);
	if (digest[0] == '\0')
		out->failed = true;
}

static int
by_place(const void *left, const void *right)
{
	const struct sg_policy_problem *a = left, *b = right;
	int order = sg_str_cmp(a->file, b->file);
	if (order != 0)
		return order;
	return a->line != b->line ? a->line - b->line : sg_str_cmp(a->what, b->what);
}

static void
write_problems(struct sg_json_writer *w, const char *name, struct sg_policy_problem *list, size_t count)
{
	qsort(list, count, sizeof(list[0]), by_place);
	sg_jw_name_text(w, name);
	sg_jw_array(w);
	for (size_t i = 0; i < count; i++) {
		sg_jw_object(w);
		sg_jw_member_str(w, "file", list[i].file);
		sg_jw_member_str(w, "hint", list[i].hint);
		sg_jw_member_int(w, "line", list[i].line);
		sg_jw_member_str(w, "what", list[i].what);
		sg_jw_end(w);
	}
	sg_jw_end(w);
}

void
sg_problems_write(struct sg_policy *policy, struct sg_buf *out)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	write_problems(&w, "errors", policy->problems, policy->problem_count);
	sg_jw_end(&w);
}

void
sg_warnings_write(struct sg_policy *policy, struct sg_buf *out)
{
	struct sg_json_writer w;
	if (out->len == 0 || out->ptr[out->len - 1] != '}')
		return;
	out->ptr[out->len - 1] = ',';
	struct sg_buf list;
	sg_buf_init(&list, 1 << 20);
	sg_jw_begin(&w, &list);
	sg_jw_object(&w);
	write_problems(&w, "warnings", policy->warnings, policy->warning_count);
	sg_jw_end(&w);
	sg_buf_add(out, list.ptr + 1, list.len - 1);
	sg_buf_done(&list);
}
