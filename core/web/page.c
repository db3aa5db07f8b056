/* SPDX-License-Identifier: Apache-2.0
 * What all pages have. */
#include "web/page.h"

#include "base/digest.h"
#include "base/str.h"

#include <stdio.h>

void
sg_web_csrf(const char *token, char out[SG_WEB_CSRF])
{
	char text[SG_WEB_TOKEN_MAX + 32];
	snprintf(text, sizeof(text), "stepgate form %s", token);
	sg_sha256_hex(out, sg_str(text));
}

static void
csrf_field(struct sg_web_request *r)
{
	char csrf[SG_WEB_CSRF];
	if (r->token[0] == '\0')
		return;
	sg_web_csrf(r->token, csrf);
	sg_buf_printf(r->out, "<input type=hidden name=csrf value=%s>", csrf);
}

void
sg_page_form(struct sg_web_request *r, const char *action)
{
	sg_buf_printf(r->out, "<form method=post action=\"%s\">", action);
	csrf_field(r);
}

void
sg_page_proof_form(struct sg_web_request *r, const char *action, struct sg_str offer)
{
	sg_buf_printf(r->out, "<form method=post action=\"%s\" data-passkey=yes data-offer=\"", action);
	sg_html_attribute(r->out, offer);
	sg_html(r->out, "\">");
	csrf_field(r);
}

void
sg_page_digits(struct sg_web_request *r, const char *label)
{
	sg_buf_printf(r->out, "<label>%s<input name=response inputmode=numeric autocomplete=one-time-code pattern=\"[0-9]{6,10}\" maxlength=10 required></label>"
			      "<p class=\"small script\" hidden>Leave the digits empty to use a passkey.</p><noscript><p class=small>A passkey takes script, digits do not.</p></noscript>", label);
}

void
sg_page_begin(struct sg_web_request *r, unsigned status, const char *title, unsigned refresh)
{
	r->status = status;
	sg_html(r->out, "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\">");
	if (refresh > 0)
		sg_buf_printf(r->out, "<meta http-equiv=refresh content=\"%u;url=" SG_WEB_AGAIN "\">", refresh);
	sg_buf_printf(r->out, "<title>%s \xc2\xb7 Stepgate</title><link rel=stylesheet href=/style.css><link rel=icon href=/icon.svg type=image/svg+xml><script src=/passkey.js defer></script><header><a href=/ class=brand>Stepgate</a>", title);
	if (r->token[0] != '\0') {
		sg_page_form(r, "/sign-out");
		sg_html(r->out, "<button class=quiet>Sign out</button></form>");
	}
	sg_buf_printf(r->out, "</header><main><h1>%s</h1>", title);
}

void
sg_page_end(struct sg_web_request *r)
{
	sg_html(r->out, "</main></html>\n");
}

void
sg_page_note(struct sg_web_request *r, const char *class, struct sg_str text)
{
	if (text.len == 0)
		return;
	sg_buf_printf(r->out, "<p class=\"note %s\" role=status>", class);
	sg_html_text(r->out, text);
	sg_html(r->out, "</p>");
}

void
sg_page_go(struct sg_web_request *r, const char *path)
{
	r->status = 303;
	snprintf(r->location, sizeof(r->location), "%s", path);
}

void
sg_page_refused(struct sg_web_request *r, unsigned status, const struct sg_json *answer, const char *back)
{
	struct sg_str hint = sg_json_text_at(sg_json_get(answer, "error"), "hint");
	if (status == 401) {
		r->token[0] = '\0';
		sg_page_go(r, "/sign-in");
		return;
	}
	sg_page_begin(r, status, "Not done", 0);
	sg_page_note(r, "bad", answer == NULL ? SG_STR("The daemon does not answer. Nothing was said in your name.") : sg_web_words(answer));
	sg_html(r->out, "<dl>");
	sg_html_row(r->out, "Code", sg_web_code(answer));
	sg_html_row(r->out, "Hint", hint);
	sg_buf_printf(r->out, "</dl><p><a class=button href=\"%s\">Back</a></p>", back);
	sg_page_end(r);
}
