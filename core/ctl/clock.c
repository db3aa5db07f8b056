/* SPDX-License-Identifier: Apache-2.0
 * An operator's word on the wall clock. */
#include "ctl/show.h"

#include "base/str.h"

static void
show_clock(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	sg_show_verdict(ctl, sg_json_text_at(sg_json_get(answer, "clock"), "state"), 0);
	putchar('\n');
}

int
sg_ctl_clock_accept(struct sg_ctl *ctl)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const char *reason = ctl->option[SG_CTL_OPTION_reason];
	if (reason == NULL || reason[0] == '\0')
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "say why: --reason TEXT");
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "reason", reason);
	sg_jw_end(&w);
	int code = body.failed ? sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "too long, or no UTF-8")
			       : sg_ctl_asked(ctl, SG_FACE_ADMIN, "POST", "/v1/clock/accept", NULL, &body, show_clock);
	sg_buf_done(&body);
	return code;
}
