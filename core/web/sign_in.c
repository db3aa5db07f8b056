/* SPDX-License-Identifier: Apache-2.0
 * In and out. */
#include "web/page.h"

#include "base/canon.h"
#include "base/str.h"

#include <stdio.h>

void
sg_page_sign_in(struct sg_web_request *r, const struct sg_json *facts, struct sg_str note)
{
	const struct sg_json *list = sg_json_get(facts, "methods");
	struct sg_str one;
	r->token[0] = '\0';
	sg_page_begin(r, note.len > 0 ? 403 : 200, "Sign in", 0);
	sg_page_note(r, "bad", note);
	sg_page_proof_form(r, "/sign-in", SG_STR(""));
	sg_html(r->out, "<label>Your name<input name=admin autocomplete=username maxlength=63 required autofocus></label><label>Proven by<select name=method>");
	for (const struct sg_json *m = sg_json_first(list); m != NULL; m = sg_json_next(list, m)) {
		if (!sg_json_string(m, &one))
			continue;
		sg_html(r->out, "<option>");
		sg_html_attribute(r->out, one);
	}
	sg_html(r->out, "</select></label>");
	sg_page_digits(r, "Digits that your device shows");
	sg_html(r->out, "<button class=yes>Sign in</button></form><p class=small>Each code serves once: an approval needs the next one. <a href=/enrol>Enrol a device</a> with the code that an operator gave you.</p>");
	sg_page_end(r);
}

static void
set_cookie(struct sg_web_request *r, const char *token)
{
	const char *name = r->secure ? "__Host-stepgate" : "stepgate", *more = r->secure ? "; Secure" : "";
	snprintf(r->set_cookie, sizeof(r->set_cookie), "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name, token, more, token[0] == '\0' ? "; Max-Age=0" : "");
}

void
sg_page_signed_in(struct sg_web_request *r, const struct sg_json *facts)
{
	char token[SG_WEB_TOKEN_MAX];
	struct sg_buf body;
	struct sg_json_writer w;
	unsigned status;
	sg_buf_init(&body, SG_WEB_FORM_MAX * 6 + 1024);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "admin", sg_web_field(r, "admin"));
	sg_jw_member_str(&w, "method", sg_web_field(r, "method"));
	sg_jw_member_str(&w, "response", sg_web_field(r, "response"));
	sg_jw_end(&w);
	const struct sg_json *answer = sg_web_ask(r, "POST", "/v1/sign-ins", sg_buf_view(&body), &status);
	sg_buf_done(&body);
	struct sg_str got = sg_json_text_at(sg_json_get(answer, "sign_in"), "token");
	if (status != 200 || got.len == 0 || got.len >= sizeof(token)) {
		sg_page_sign_in(r, facts, answer == NULL ? SG_STR("The daemon does not answer.") : status == 429 ? sg_web_words(answer) : SG_STR("Name, method and digits do not fit, or the digits served before."));
		r->status = status == 200 ? 503 : status;
		return;
	}
	snprintf(token, sizeof(token), "%.*s", SG_STR_ARG(got));
	set_cookie(r, token);
	sg_page_go(r, "/");
}

void
sg_page_sign_out(struct sg_web_request *r)
{
	char body[128];
	unsigned status;
	int len = snprintf(body, sizeof(body), "{\"session\":\"%s\"}", r->token);
	sg_web_ask(r, "POST", "/v1/sign-ins/this/end", (struct sg_str){body, (size_t)len}, &status);
	set_cookie(r, "");
	sg_page_go(r, "/sign-in");
}
