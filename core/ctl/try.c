/* SPDX-License-Identifier: Apache-2.0
 * Judging a request from a file; nothing is spent or recorded. */
#include "ctl/form.h"
#include "ctl/show.h"

#include "base/str.h"

/* The object with its task set; members that only a real request has are left out. */
static void
write_body(const struct sg_ctl *ctl, const struct sg_json *request, struct sg_buf *out)
{
	const char *task = ctl->option[SG_CTL_OPTION_task];
	struct sg_buf text;
	sg_buf_init(&text, SG_CTL_BODY);
	sg_buf_text(&text, "{");
	if (task != NULL) {
		sg_buf_text(&text, "\"task\":");
		sg_canon_string(&text, sg_str(task));
	}
	for (const struct sg_json *m = sg_json_first(request); m != NULL; m = sg_json_next(request, m)) {
		if (sg_str_is(m->name, "key") || (task != NULL && sg_str_is(m->name, "task")))
			continue;
		sg_buf_text(&text, text.len > 1 ? "," : "");
		sg_canon_string(&text, m->name);
		sg_buf_text(&text, ":");
		sg_canon_write(&text, m);
	}
	sg_buf_text(&text, "}");
	sg_buf_str(out, sg_buf_view(&text));
	out->failed |= text.failed;
	sg_buf_done(&text);
}

int
sg_ctl_try(struct sg_ctl *ctl)
{
	int code;
	struct sg_buf text, body;
	struct sg_arena arena;
	struct sg_err err = {0};
	struct sg_ctl_answer answer;
	const struct sg_json *json = NULL;
	sg_buf_init(&text, SG_CTL_BODY);
	sg_buf_init(&body, SG_CTL_BODY);
	sg_arena_init(&arena, 64 << 20);
	code = sg_ctl_form_file(ctl, ctl->args[0], &text);
	if (code != SG_CTL_OK)
		goto out;
	struct sg_json_limits limits = {.bytes = SG_CTL_BODY};
	if (sg_json_parse(&arena, sg_buf_view(&text), &limits, &json, &err) != SG_OK || json->type != SG_JSON_OBJECT) {
		code = sg_ctl_fail(ctl, SG_CTL_USAGE, json != NULL ? "json_not_object" : err.code, "", "%s: %s",
				   ctl->args[0], json != NULL ? "not an object" : err.text);
		goto out;
	}
	write_body(ctl, json, &body);
	code = sg_ctl_ask(ctl, SG_FACE_ADMIN, "POST", "/v1/try", NULL, &body, &answer);
	if (code == SG_CTL_OK)
		code = sg_ctl_decided(ctl, answer.json);
	sg_ctl_answer_done(&answer);
out:
	sg_arena_done(&arena);
	sg_buf_done(&text);
	sg_buf_done(&body);
	return code;
}
