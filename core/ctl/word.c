/* SPDX-License-Identifier: Apache-2.0
 * An operator's word that needs its reason. */
#include "ctl/ctl.h"

int
sg_ctl_word(const struct sg_ctl *ctl, const char *path, const char *argument, const char *event, sg_ctl_show *show)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const char *reason = ctl->option[SG_CTL_OPTION_reason];
	if (reason == NULL || reason[0] == '\0')
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "say why: --reason TEXT");
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	if (event != NULL)
		sg_jw_member_text(&w, "event", event);
	sg_jw_member_text(&w, "reason", reason);
	sg_jw_end(&w);
	int code = body.failed ? sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "too long, or no UTF-8")
			       : sg_ctl_asked(ctl, SG_FACE_ADMIN, "POST", path, argument, &body, show);
	sg_buf_done(&body);
	return code;
}
