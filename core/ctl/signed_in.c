/* SPDX-License-Identifier: Apache-2.0
 * Who is signed in on the approvers' page. */
#include "ctl/show.h"

#include "base/str.h"

static void
show_sign_ins(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	const struct sg_json *list = sg_json_get(answer, "sign_ins");
	(void)ctl;
	for (const struct sg_json *s = sg_json_first(list); s != NULL; s = sg_json_next(list, s)) {
		sg_show_cell(sg_json_text_at(s, "id"), 18);
		sg_show_cell(sg_json_text_at(s, "admin"), 20);
		sg_show_cell(sg_json_text_at(s, "enrolment"), 20);
		printf("idle %lld s, %lld s left\n", (long long)sg_show_int(s, "idle_s"), (long long)sg_show_int(s, "left_s"));
	}
	if (list == NULL || list->count == 0)
		fprintf(stderr, "nobody is signed in\n");
}

static void
show_out(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	(void)answer;
	printf("%s is signed out\n", ctl->args[0]);
}

int
sg_ctl_people_in(struct sg_ctl *ctl)
{
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", "/v1/sign-ins", NULL, NULL, show_sign_ins);
}

int
sg_ctl_people_out(struct sg_ctl *ctl)
{
	struct sg_buf body;
	sg_buf_init(&body, 64);
	sg_buf_text(&body, "{}");
	int code = sg_ctl_asked(ctl, SG_FACE_ADMIN, "POST", "/v1/sign-ins/%s/end", ctl->args[0], &body, show_out);
	sg_buf_done(&body);
	return code;
}
