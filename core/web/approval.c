/* SPDX-License-Identifier: Apache-2.0
 * One request on one screen: what will run, who asks and why a person is asked, and what may be said to it. */
#include "web/page.h"

#include "base/canon.h"
#include "base/str.h"

#include <stdio.h>
#include <time.h>

static const struct sg_json *
fetch(struct sg_web_request *r, const char *id, unsigned *status)
{
	char path[256];
	snprintf(path, sizeof(path), "/v1/approvals/%s?session=%s", id, r->token);
	return sg_web_ask(r, "GET", path, (struct sg_str){NULL, 0}, status);
}

/* ---- what is asked ---- */

static void
reasons(struct sg_buf *out, const struct sg_json *a, const struct sg_json *action)
{
	const struct sg_json *list = sg_json_get(action, "reasons");
	sg_html(out, "<section><h2>Why you are asked</h2><dl>");
	for (const struct sg_json *one = sg_json_first(list); one != NULL; one = sg_json_next(list, one)) {
		sg_html_row(out, "Policy says", sg_json_text_at(one, "say"));
		sg_html_row(out, "by rule", sg_json_text_at(one, "rule"));
	}
	if (list == NULL || list->count == 0)
		sg_html_row(out, "Policy says", sg_json_text_at(a, "say"));
	sg_html(out, "</dl></section>");
}

/* All that was sealed for a person to see, whatever it is called: what is in the digest and not on the page is what a yes is stolen with. */
static void
sealed(struct sg_buf *out, const struct sg_json *action)
{
	sg_html(out, "<section class=agents><h2>What will run</h2><p class=small>In the agent's own words, and exactly as it will be done. What cannot be seen is shown as its number.</p><dl>");
	sg_html_row(out, "Action", sg_json_text_at(action, "action"));
	for (const struct sg_json *m = sg_json_first(action); m != NULL; m = sg_json_next(action, m)) {
		if (sg_str_is(m->name, "action") || sg_str_is(m->name, "reasons") || sg_str_is(m->name, "agent") || (sg_str_is(m->name, "rule") && sg_json_get(action, "reasons") != NULL))
			continue;
		sg_html(out, "<dt>");
		sg_html_text(out, sg_str_is(m->name, "unbound") ? SG_STR("arguments that are no part of your yes") : m->name);
		sg_html(out, "<dd>");
		sg_html_value(out, m);
	}
	sg_html(out, "</dl></section>");
}

static void
labels(struct sg_buf *out, const struct sg_json *list)
{
	struct sg_str label;
	if (list == NULL || list->count == 0)
		return;
	sg_html(out, "<dt>Read before<dd>");
	for (const struct sg_json *l = sg_json_first(list); l != NULL; l = sg_json_next(list, l)) {
		if (!sg_json_string(l, &label))
			continue;
		sg_html(out, "<span class=label>");
		sg_html_text(out, label);
		sg_html(out, "</span> ");
	}
}

static void
asker(struct sg_buf *out, const struct sg_json *a)
{
	sg_html(out, "<section><h2>Who asks</h2><dl>");
	sg_html_row(out, "Agent", sg_json_text_at(a, "agent"));
	sg_html_row(out, "Owner", sg_json_text_at(a, "owner"));
	sg_html_row(out, "Task", sg_json_text_at(a, "task"));
	labels(out, sg_json_get(a, "tainted"));
	sg_html_row(out, "Digest", sg_json_text_at(a, "digest"));
	sg_html(out, "</dl></section>");
}

static void
proofs(struct sg_buf *out, const struct sg_json *a)
{
	const struct sg_json *list = sg_json_get(a, "proofs"), *groups = sg_json_get(a, "groups");
	sg_html(out, "<section><h2>Who says yes</h2><dl>");
	for (const struct sg_json *g = sg_json_first(groups); g != NULL; g = sg_json_next(groups, g)) {
		int64_t quorum = 0;
		sg_json_int(g, &quorum);
		sg_html(out, "<dt>");
		sg_html_text(out, g->name);
		sg_buf_printf(out, "<dd>%lld needed", (long long)quorum);
	}
	for (const struct sg_json *p = sg_json_first(list); p != NULL; p = sg_json_next(list, p)) {
		sg_html_row(out, "Yes from", sg_json_text_at(p, "human"));
		sg_html_row(out, "who says", sg_json_text_at(p, "comment"));
	}
	sg_html(out, "</dl></section>");
}

/* ---- what may be said ---- */

/* Those that a page can serve: no socket says who sits before a browser. */
static void
methods(struct sg_buf *out, const struct sg_json *list, const struct sg_json *known)
{
	struct sg_str one;
	const struct sg_json *from = list != NULL && list->count > 0 ? list : known;
	sg_html(out, "<label>Proven by<select name=method>");
	for (const struct sg_json *m = sg_json_first(from); m != NULL; m = sg_json_next(from, m)) {
		if (!sg_json_string(m, &one) || sg_str_is(one, "admin"))
			continue;
		sg_html(out, "<option>");
		sg_html_attribute(out, one);
	}
	sg_html(out, "</select></label>");
}

static void
say(struct sg_web_request *r, const char *id, const struct sg_json *a)
{
	char action[160];
	unsigned status;
	const struct sg_json *facts = sg_web_ask(r, "GET", "/v1/page", (struct sg_str){NULL, 0}, &status);
	sg_html(r->out, "<section class=answer><h2>Your answer</h2>");
	snprintf(action, sizeof(action), "/approvals/%s/approve", id);
	sg_page_proof_form(r, action, SG_STR(""));
	sg_html(r->out, "<p class=small>Good for exactly what is shown, once.</p>");
	methods(r->out, sg_json_get(a, "methods"), sg_json_get(facts, "methods"));
	sg_page_digits(r, "Digits, new ones for each yes");
	sg_html(r->out, "<label>Comment, for the record<input name=comment maxlength=500></label><button class=yes>Approve once</button></form>");
	snprintf(action, sizeof(action), "/approvals/%s/deny", id);
	sg_page_form(r, action);
	sg_html(r->out, "<label>Reason, which the agent is told<input name=comment maxlength=500></label><div class=two><button class=no>Deny</button>"
			"<button class=no name=freeze value=yes>Deny, and freeze the task</button></div></form></section>");
}

void
sg_page_approval(struct sg_web_request *r, const char *id)
{
	unsigned status;
	int64_t ends = 0;
	const struct sg_json *a = sg_json_get(fetch(r, id, &status), "approval"), *action = sg_json_get(a, "action");
	if (a == NULL) {
		sg_page_refused(r, status == 200 ? 503 : status, NULL, "/");
		return;
	}
	sg_json_int(sg_json_get(a, "expires_at"), &ends);
	bool open = sg_json_is(a, "state", "open");
	sg_page_begin(r, 200, open ? "May this be done?" : "One request", 0);
	sg_html(r->out, "<p class=state><span class=\"label state-");
	sg_html_attribute(r->out, sg_json_text_at(a, "state"));
	sg_html(r->out, "\">");
	sg_html_text(r->out, sg_json_text_at(a, "state"));
	sg_html(r->out, "</span>");
	if (open)
		sg_buf_printf(r->out, " %lld seconds left", (long long)(ends - (int64_t)time(NULL) > 0 ? ends - (int64_t)time(NULL) : 0));
	sg_html(r->out, "</p>");
	sealed(r->out, action);
	reasons(r->out, a, action);
	asker(r->out, a);
	proofs(r->out, a);
	if (open)
		say(r, id, a);
	sg_html(r->out, "<p><a href=/>Back to what waits</a></p>");
	sg_page_end(r);
}

void
sg_page_say(struct sg_web_request *r, const char *id, const char *verb)
{
	char path[256], back[160];
	struct sg_buf body;
	struct sg_json_writer w;
	unsigned status;
	bool yes = sg_str_is(sg_str(verb), "approve");
	snprintf(path, sizeof(path), "/v1/approvals/%s/%s", id, verb);
	snprintf(back, sizeof(back), "/approvals/%s", id);
	sg_buf_init(&body, SG_WEB_FORM_MAX * 6 + 1024);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	if (sg_web_field(r, "comment").len > 0)
		sg_jw_member_str(&w, "comment", sg_web_field(r, "comment"));
	if (!yes && sg_web_field(r, "freeze").len > 0)
		sg_jw_member_bool(&w, "freeze", true);
	if (yes) {
		sg_jw_member_str(&w, "method", sg_web_field(r, "method"));
		sg_jw_member_str(&w, "response", sg_web_field(r, "response"));
	}
	sg_jw_member_text(&w, "session", r->token);
	sg_jw_end(&w);
	const struct sg_json *answer = sg_web_ask(r, "POST", path, sg_buf_view(&body), &status);
	sg_buf_done(&body);
	if (status == 200)
		sg_page_go(r, back);
	else
		sg_page_refused(r, status, answer, back);
}
