/* SPDX-License-Identifier: Apache-2.0
 * For the one thing that takes script: a browser's device signs what the daemon made. */
#include "web/page.h"

#include "base/canon.h"
#include "base/str.h"

void
sg_web_challenge(struct sg_web_request *r, const char *path)
{
	struct sg_buf body;
	struct sg_json_writer w;
	struct sg_str name = sg_web_field(r, "admin");
	sg_buf_init(&body, SG_WEB_FORM_MAX * 6 + 1024);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	if (name.len > 0)
		sg_jw_member_str(&w, "admin", name);
	sg_jw_member_str(&w, "method", sg_web_field(r, "method"));
	if (name.len == 0)
		sg_jw_member_text(&w, "session", r->token);
	sg_jw_end(&w);
	const struct sg_json *answer = sg_web_ask(r, "POST", path, sg_buf_view(&body), &r->status);
	sg_buf_done(&body);
	r->type = "application/json";
	sg_jw_begin(&w, r->out);
	if (answer != NULL)
		sg_jw_value(&w, answer);
	else
		sg_html(r->out, "{}");
}
