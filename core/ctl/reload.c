/* SPDX-License-Identifier: Apache-2.0
 * Loading configuration and policy again; what was wrong is printed with its place. */
#include "ctl/show.h"

#include "base/str.h"

static void
show_problem(const struct sg_json *problem)
{
	struct sg_buf line;
	struct sg_str what = sg_show_string(problem, "what"), hint = sg_show_string(problem, "hint");
	if (what.len == 0)
		what = sg_show_string(problem, "message");
	sg_buf_init(&line, 16 << 10);
	sg_show_text(&line, sg_show_string(problem, "file"));
	if (sg_show_int(problem, "line") > 0)
		sg_buf_printf(&line, ":%lld", (long long)sg_show_int(problem, "line"));
	sg_buf_text(&line, ": ");
	sg_show_text(&line, what);
	if (hint.len > 0) {
		sg_buf_text(&line, "\n  hint: ");
		sg_show_text(&line, hint);
	}
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
	if (!ctl->json && code == SG_CTL_CONFIG) {
		show_problems(sg_json_get(answer.json, "reload"));
		fprintf(stderr, "stepgate: kept out; what was in force stays\n");
	}
	sg_ctl_answer_done(&answer);
	sg_buf_done(&body);
	return code;
}
