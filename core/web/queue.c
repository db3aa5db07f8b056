/* SPDX-License-Identifier: Apache-2.0
 * What waits for the person who is signed in, oldest first. */
#include "web/page.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { REFRESH_S = 10 };

static void
left(struct sg_buf *out, const struct sg_json *a)
{
	int64_t ends = 0, seconds;
	sg_json_int(sg_json_get(a, "expires_at"), &ends);
	seconds = ends - (int64_t)time(NULL);
	if (seconds <= 0)
		sg_html(out, "no time left");
	else if (seconds < 120)
		sg_buf_printf(out, "%lld s left", (long long)seconds);
	else
		sg_buf_printf(out, "%lld min left", (long long)seconds / 60);
}

static void
card(struct sg_buf *out, const struct sg_json *a)
{
	const struct sg_json *action = sg_json_get(a, "action");
	sg_html(out, "<li><a class=card href=\"/approvals/");
	sg_html_attribute(out, sg_json_text_at(a, "id"));
	sg_html(out, "\"><strong>");
	sg_html_text(out, sg_json_text_at(action, "action"));
	sg_html(out, "</strong><span class=left>");
	left(out, a);
	sg_html(out, "</span><span class=who>");
	sg_html_text(out, sg_json_text_at(a, "agent"));
	sg_html(out, " for ");
	sg_html_text(out, sg_json_text_at(a, "owner"));
	sg_html(out, "</span><span class=say>");
	sg_html_text(out, sg_json_text_at(a, "say"));
	sg_html(out, "</span></a>");
}

void
sg_page_queue(struct sg_web_request *r)
{
	char path[128];
	unsigned status;
	int64_t total = 0;
	snprintf(path, sizeof(path), "/v1/approvals?session=%s%s", r->token, strcmp(r->path, SG_WEB_AGAIN) == 0 ? "&again=yes" : "");
	const struct sg_json *answer = sg_web_ask(r, "GET", path, (struct sg_str){NULL, 0}, &status), *all = sg_json_get(answer, "approvals");
	if (status != 200) {
		sg_page_refused(r, status, answer, "/");
		return;
	}
	sg_json_int(sg_json_get(answer, "total"), &total);
	sg_page_begin(r, 200, total > 0 ? "Waiting for you" : "Nothing waits for you", REFRESH_S);
	sg_html(r->out, total > 0 ? "<ul class=queue>" : "<p>This page looks again every ten seconds.</p>");
	for (const struct sg_json *a = sg_json_first(all); a != NULL; a = sg_json_next(all, a))
		card(r->out, a);
	sg_html(r->out, total > 0 ? "</ul>" : "");
	if (all != NULL && (int64_t)all->count < total)
		sg_buf_printf(r->out, "<p>%lld more wait behind these.</p>", (long long)(total - (int64_t)all->count));
	sg_page_end(r);
}
