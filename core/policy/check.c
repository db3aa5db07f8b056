/* SPDX-License-Identifier: Apache-2.0
 * `stepgate policy check`: all that is wrong with a set, for people or for programs. */
#include "base/canon.h"
#include "base/str.h"
#include "policy/advise/advise.h"
#include "policy/set.h"

enum { REPORT = 64 << 20, NODES = 1 << 20, ARENA = 256 << 20 };

static void
write_problem(struct sg_buf *out, const struct sg_json *problem, const char *kind)
{
	struct sg_str file = sg_json_text_at(problem, "file"), what = sg_json_text_at(problem, "what"), hint = sg_json_text_at(problem, "hint");
	int64_t line = 0;
	sg_json_int(sg_json_get(problem, "line"), &line);
	if (file.len > 0 && line > 0)
		sg_buf_printf(out, "%.*s:%lld: ", SG_STR_ARG(file), (long long)line);
	else if (file.len > 0)
		sg_buf_printf(out, "%.*s: ", SG_STR_ARG(file));
	sg_buf_printf(out, "%s%.*s\n", kind, SG_STR_ARG(what));
	if (hint.len > 0)
		sg_buf_printf(out, "\thint: %.*s\n", SG_STR_ARG(hint));
}

static void
write_text(struct sg_buf *out, const struct sg_json *report)
{
	const struct sg_json *errors = sg_json_get(report, "errors"), *warnings = sg_json_get(report, "warnings");
	const struct sg_json *files = sg_json_get(report, "files"), *rules = sg_json_get(report, "rules");
	for (const struct sg_json *m = sg_json_first(errors); m != NULL; m = sg_json_next(errors, m))
		write_problem(out, m, "");
	for (const struct sg_json *m = sg_json_first(warnings); m != NULL; m = sg_json_next(warnings, m))
		write_problem(out, m, "warning: ");
	if (errors != NULL && errors->count >= SG_POLICY_PROBLEMS)
		sg_buf_printf(out, "only the first %d errors are shown\n", SG_POLICY_PROBLEMS);
	if (files != NULL && rules != NULL)
		sg_buf_printf(out, "%u file%s, %u rule%s: good\n", files->count, files->count == 1 ? "" : "s",
			      rules->count, rules->count == 1 ? "" : "s");
}

enum sg_status
sg_policy_check(const struct sg_policy_source *sources, size_t count, const struct sg_json *conf, bool json, struct sg_buf *out)
{
	static const struct sg_json_limits limits = {.bytes = REPORT, .nodes = NODES};
	struct sg_policy *policy = NULL;
	const struct sg_json *root;
	struct sg_buf report;
	struct sg_arena arena;
	sg_buf_init(&report, REPORT);
	sg_arena_init(&arena, ARENA);
	int64_t memory = 0;
	sg_json_int(sg_json_get(sg_json_get(conf, "limits"), "policy_memory"), &memory);
	struct sg_policy_limits may = {.memory = (size_t)memory};
	enum sg_status status = sg_policy_load(sources, count, conf != NULL && memory > 0 ? &may : NULL, &policy, &report);
	if (status != SG_OK && status != SG_REFUSED)
		goto out;
	if (status == SG_OK && conf != NULL)
		sg_policy_advise(policy, sources, count, conf);
	if (status == SG_OK)
		sg_warnings_write(policy, &report);
	if (json)
		sg_buf_str(out, sg_buf_view(&report));
	else if (sg_canon_parse(&arena, sg_buf_view(&report), &limits, &root, NULL) == SG_OK)
		write_text(out, root);
	else
		status = SG_NOMEM;
out:
	sg_policy_free(policy);
	sg_arena_done(&arena);
	sg_buf_done(&report);
	return status;
}
