/* SPDX-License-Identifier: Apache-2.0
 * A person shows their device: with the enrolment's name and the code that an operator gave them. */
#include "web/page.h"

#include "base/canon.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

static void
fields(struct sg_web_request *r, const char *kind)
{
	static const char *const names[][2] = {{"id", "Enrolment"}, {"code", "Code"}};
	for (size_t i = 0; i < 2; i++) {
		sg_buf_printf(r->out, kind[0] == 'h' ? "<input type=hidden name=%s value=\"" : "<label>%s<input name=", kind[0] == 'h' ? names[i][0] : names[i][1]);
		if (kind[0] == 'h') {
			sg_html_attribute(r->out, sg_web_field(r, names[i][0]));
			sg_html(r->out, "\">");
		} else
			sg_buf_printf(r->out, "%s autocomplete=off maxlength=127 required></label>", names[i][0]);
	}
}

void
sg_page_enrol(struct sg_web_request *r)
{
	sg_page_begin(r, 200, "Enrol a device", 0);
	sg_html(r->out, "<p>An operator began it and gave you two things: the enrolment's name, which begins with e-, and a code that serves once, for ten minutes.</p>");
	sg_page_form(r, "/enrol");
	fields(r, "shown");
	sg_html(r->out, "<button class=yes>Go on</button></form>");
	sg_page_end(r);
}

/* What stands in a path is the daemon's form of an id and nothing else. */
static bool
path_of(const struct sg_web_request *r, const char *verb, char path[256])
{
	struct sg_str id = sg_web_field(r, "id");
	bool good = id.len > 0 && id.len < 128;
	for (size_t i = 0; good && i < id.len; i++)
		good = strchr("abcdefghijklmnopqrstuvwxyz0123456789-", id.ptr[i]) != NULL && id.ptr[i] != '\0';
	if (good)
		snprintf(path, 256, "/v1/enrolments/%.*s/%s", SG_STR_ARG(id), verb);
	return good;
}

static const struct sg_json *
ask(struct sg_web_request *r, const char *verb, unsigned *status)
{
	char path[256];
	struct sg_buf body;
	struct sg_json_writer w;
	*status = 404;
	if (!path_of(r, verb, path))
		return NULL;
	sg_buf_init(&body, SG_WEB_FORM_MAX * 6 + 1024);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "code", sg_web_field(r, "code"));
	if (strcmp(verb, "finish") == 0)
		sg_jw_member_str(&w, "response", sg_web_field(r, "response"));
	sg_jw_end(&w);
	const struct sg_json *answer = sg_web_ask(r, "POST", path, sg_buf_view(&body), status);
	sg_buf_done(&body);
	return answer;
}

static void
again(struct sg_web_request *r, unsigned status, const struct sg_json *answer)
{
	sg_page_begin(r, status, "Not enrolled", 0);
	sg_page_note(r, "bad", answer != NULL ? sg_web_words(answer) : status == 404 ? SG_STR("There is no such enrolment.") : SG_STR("The daemon does not answer."));
	sg_html(r->out, "<p><a class=button href=/enrol>Try again</a></p>");
	sg_page_end(r);
}

static void
secret(struct sg_buf *out, const struct sg_json *offer)
{
	sg_html(out, "<p>Type this secret into your authenticator app, or open the link on the device that has it. It is shown to you alone, and not again.</p><dl class=offer><dt>Secret<dd class=secret>");
	sg_html_text(out, sg_json_text_at(offer, "secret"));
	sg_html(out, "<dt>Link<dd><a href=\"");
	sg_html_attribute(out, sg_json_text_at(offer, "link"));
	sg_html(out, "\">Open in the app</a></dl>");
}

void
sg_page_offer(struct sg_web_request *r)
{
	unsigned status;
	const struct sg_json *answer = ask(r, "offer", &status), *offer = sg_json_get(answer, "offer");
	if (status != 200 || offer == NULL) {
		again(r, status == 200 ? 503 : status, answer);
		return;
	}
	bool passkey = sg_json_text_at(offer, "rp_id").len > 0;
	sg_page_begin(r, 200, "Enrol a device", 0);
	if (!passkey)
		secret(r->out, offer);
	struct sg_buf whole;
	struct sg_json_writer w;
	sg_buf_init(&whole, 64 << 10);
	sg_jw_begin(&w, &whole);
	sg_jw_value(&w, answer);
	sg_page_proof_form(r, "/enrol/finish", passkey ? sg_buf_view(&whole) : SG_STR(""));
	sg_buf_done(&whole);
	fields(r, "hidden");
	if (passkey)
		sg_html(r->out, "<p>Your browser asks for the device: a key, a finger, a phone.</p><input type=hidden name=response value=\"\"><noscript><p class=\"note bad\">A passkey takes script.</p></noscript>");
	else
		sg_page_digits(r, "Digits that it shows now");
	sg_html(r->out, "<button class=yes>Enrol it</button></form>");
	sg_page_end(r);
}

void
sg_page_finish(struct sg_web_request *r)
{
	unsigned status;
	const struct sg_json *answer = ask(r, "finish", &status), *e = sg_json_get(answer, "enrolment");
	if (status != 200 || e == NULL) {
		again(r, status == 200 ? 503 : status, answer);
		return;
	}
	sg_page_begin(r, 200, "Enrolled, not confirmed yet", 0);
	sg_html(r->out, "<p>Read this to the operator, by voice or face to face. Once they confirm it, your device proves that it is you.</p><p class=secret>");
	sg_html_text(r->out, sg_json_text_at(e, "fingerprint"));
	sg_html(r->out, "</p><p><a class=button href=/sign-in>Sign in</a></p>");
	sg_page_end(r);
}
