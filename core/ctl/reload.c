/* SPDX-License-Identifier: Apache-2.0
 * Loading configuration and policy again; what was wrong is printed with its place. */
#include "ctl/show.h"

#include "base/str.h"

/* The line itself and a caret below the place; tabs stay tabs, so that both stand alike. */
static void
add_source(struct sg_buf *out, const struct sg_json *problem)
{
	struct sg_str source = sg_json_text_at(problem, "source");
	int64_t caret = sg_show_int(problem, "caret");
	if (source.len == 0)
		return;
	sg_buf_text(out, "\n    ");
	for (size_t from = 0; from < source.len;) {
		const char *tab = memchr(source.ptr + from, '\t', source.len - from);
		size_t to = tab == NULL ? source.len : (size_t)(tab - source.ptr);
		sg_show_text(out, (struct sg_str){source.ptr + from, to - from});
		sg_buf_text(out, tab == NULL ? "" : "\t");
		from = to + (tab != NULL);
	}
	sg_buf_text(out, "\n    ");
	for (size_t i = 0; i < source.len && caret > 1; i++) {
		if (((unsigned char)source.ptr[i] & 0xc0) == 0x80)
			continue;
		sg_buf_text(out, source.ptr[i] == '\t' ? "\t" : " ");
		caret--;
	}
	sg_buf_text(out, "^");
}

static void
show_problem(const struct sg_json *problem)
{
	struct sg_buf line;
	struct sg_str what = sg_json_text_at(problem, "what"), hint = sg_json_text_at(problem, "hint");
	if (what.len == 0)
		what = sg_json_text_at(problem, "message");
	sg_buf_init(&line, 16 << 10);
	sg_show_text(&line, sg_json_text_at(problem, "file"));
	if (sg_show_int(problem, "line") > 0)
		sg_buf_printf(&line, ":%lld", (long long)sg_show_int(problem, "line"));
	if (sg_show_int(problem, "column") > 0)
		sg_buf_printf(&line, ":%lld", (long long)sg_show_int(problem, "column"));
	sg_buf_text(&line, ": ");
	sg_show_text(&line, what);
	sg_buf_text(&line, hint.len > 0 ? "; " : "");
	sg_show_text(&line, hint);
	add_source(&line, problem);
	fprintf(stderr, "%.*s\n", (int)line.len, line.ptr);
	sg_buf_done(&line);
}

/* {"errors":[...]} from the configuration, [...] or {"problems":[...]} from policy. */
static void
show_problems(const struct sg_json *reload)
{
	const struct sg_json *list = reload;
	if (list != NULL && list->type == SG_JSON_OBJECT)
		list = sg_json_get(reload, "errors") != NULL ? sg_json_get(reload, "errors")
							     : sg_json_get(reload, "problems");
	for (const struct sg_json *p = sg_json_first(list); p != NULL; p = sg_json_next(list, p))
		show_problem(p);
	if (list == NULL || list->count == 0)
		fprintf(stderr, "the daemon did not say why; its log does\n");
}

int
sg_ctl_reload(struct sg_ctl *ctl)
{
	struct sg_buf body;
	struct sg_ctl_answer answer;
	sg_buf_init(&body, 64);
	sg_buf_text(&body, "{}");
	int code = sg_ctl_ask(ctl, SG_FACE_ADMIN, "POST", "/v1/reload", NULL, &body, &answer);
	if (!ctl->json && code == SG_CTL_OK) {
		printf("in force\n");
		sg_show_member("policy", answer.json, "policy");
		sg_show_member("config", answer.json, "config");
	}
	if (!ctl->json && code == SG_CTL_OK && !sg_show_bool(answer.json, "durable"))
		fprintf(stderr, "It is in force, but could not be recorded: it will be once the disk is back.\n");
	if (!ctl->json && code == SG_CTL_CONFIG) {
		show_problems(sg_json_get(answer.json, "reload"));
		fprintf(stderr, "stepgate: kept out; what was in force stays\n");
	}
	sg_ctl_answer_done(&answer);
	sg_buf_done(&body);
	return code;
}
