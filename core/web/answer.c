/* SPDX-License-Identifier: Apache-2.0
 * From a request to its page: nothing is done for a browser that came under another name, nothing is said for a form that was not made here. */
#include "web/page.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

enum { ID_MAX = 64 };

static void
plain(struct sg_web_request *r, unsigned status, const char *title, const char *why)
{
	r->token[0] = '\0';
	sg_page_begin(r, status, title, 0);
	sg_page_note(r, "bad", sg_str(why));
	sg_page_end(r);
}

/* ---- files ---- */

static const char icon[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" rx=\"7\" fill=\"#1f6f5c\"/><path d=\"M8 22V12l8-4 8 4v10\" fill=\"none\" stroke=\"#fff\" "
			   "stroke-width=\"3\"/></svg>";

static bool
is_file(struct sg_web_request *r)
{
	static const char *const types[] = {"text/css; charset=utf-8", "text/javascript; charset=utf-8"}; /* as the files stand in the program */
	bool get = strcmp(r->method, "GET") == 0;
	if (get && strcmp(r->path, "/icon.svg") == 0) {
		r->type = "image/svg+xml";
		sg_buf_text(r->out, icon);
	}
	for (size_t i = 0; get && i < sg_web_file_count; i++)
		if (strcmp(r->path + 1, sg_web_files[i].name) == 0) {
			r->type = types[i];
			sg_buf_add(r->out, sg_web_files[i].bytes, sg_web_files[i].len);
		}
	r->status = 200;
	return r->out->len > 0;
}

/* ---- whose it is ---- */

static bool
is_ours(const struct sg_web_request *r, struct sg_str origin)
{
	struct sg_str host = origin;
	sg_str_cut(&host, ':');
	return r->host != NULL && host.len > 2 && sg_str_is((struct sg_str){host.ptr + 2, host.len - 2}, r->host);
}

/* Of this sign-in; one that signs in has none, and its origin is what counts. */
static bool
was_made_here(const struct sg_web_request *r, struct sg_str origin)
{
	char csrf[SG_WEB_CSRF];
	bool same = r->origin != NULL && sg_str_is(origin, r->origin);
	if (strncmp(r->path, "/sign-in", 8) == 0 || strncmp(r->path, "/enrol", 6) == 0 || r->token[0] == '\0')
		return same;
	sg_web_csrf(r->token, csrf);
	return same && sg_str_is(sg_web_field(r, "csrf"), csrf);
}

/* ---- where it goes ---- */

/* "/approvals/ID" or "/approvals/ID/VERB". */
static bool
approval_path(const char *path, char id[ID_MAX], const char **verb)
{
	size_t start = strlen("/approvals/");
	if (strncmp(path, "/approvals/", start) != 0)
		return false;
	size_t len = strspn(path + start, "abcdefghijklmnopqrstuvwxyz0123456789-");
	const char *rest = path + start + len;
	if (len == 0 || len >= ID_MAX || (rest[0] != '\0' && strcmp(rest, "/approve") != 0 && strcmp(rest, "/deny") != 0 && strcmp(rest, "/challenge") != 0))
		return false;
	memcpy(id, path + start, len);
	id[len] = '\0';
	*verb = rest[0] == '\0' ? "" : rest + 1;
	return true;
}

static void
get(struct sg_web_request *r, const struct sg_json *facts)
{
	char id[ID_MAX];
	const char *verb;
	if (strcmp(r->path, "/sign-in") == 0)
		sg_page_sign_in(r, facts, SG_STR(""));
	else if (strcmp(r->path, "/enrol") == 0)
		sg_page_enrol(r);
	else if ((strcmp(r->path, "/") == 0 || strcmp(r->path, SG_WEB_AGAIN) == 0) && r->token[0] == '\0')
		sg_page_go(r, "/sign-in");
	else if (strcmp(r->path, "/") == 0 || strcmp(r->path, SG_WEB_AGAIN) == 0)
		sg_page_queue(r);
	else if (!approval_path(r->path, id, &verb) || verb[0] != '\0')
		plain(r, 404, "Not here", "There is no such page.");
	else if (r->token[0] == '\0')
		sg_page_go(r, "/sign-in");
	else
		sg_page_approval(r, id);
}

static void
challenge_for(struct sg_web_request *r, const char *id)
{
	char path[160];
	snprintf(path, sizeof(path), "/v1/approvals/%s/challenge", id);
	sg_web_challenge(r, path);
}

static void
post(struct sg_web_request *r, const struct sg_json *facts)
{
	char id[ID_MAX];
	const char *verb;
	if (strcmp(r->path, "/sign-in") == 0)
		sg_page_signed_in(r, facts);
	else if (strcmp(r->path, "/sign-in/challenge") == 0)
		sg_web_challenge(r, "/v1/sign-ins/challenge");
	else if (strcmp(r->path, "/enrol") == 0)
		sg_page_offer(r);
	else if (strcmp(r->path, "/enrol/finish") == 0)
		sg_page_finish(r);
	else if (r->token[0] == '\0')
		sg_page_go(r, "/sign-in");
	else if (strcmp(r->path, "/sign-out") == 0)
		sg_page_sign_out(r);
	else if (approval_path(r->path, id, &verb) && verb[0] != '\0')
		strcmp(verb, "challenge") == 0 ? challenge_for(r, id) : sg_page_say(r, id, verb);
	else
		plain(r, 404, "Not here", "There is no such page.");
}

void
sg_web_answer(struct sg_web_request *r)
{
	unsigned status;
	if (is_file(r))
		return;
	char path[128];
	snprintf(path, sizeof(path), r->token[0] != '\0' ? "/v1/page?session=%s" : "/v1/page", r->token); /* who is signed in pays for themselves */
	const struct sg_json *facts = sg_web_ask(r, "GET", path, (struct sg_str){NULL, 0}, &status);
	struct sg_str origin = sg_json_text_at(facts, "origin");
	r->secure = sg_str_starts(origin, "https://");
	if (status == 429)
		plain(r, 429, "Not now", "Too many ask this page. Try again in a moment.");
	else if (facts == NULL || status != 200)
		plain(r, 503, "Not now", facts == NULL ? "The daemon does not answer." : "The daemon does not know this page: its user is an admin with may = \"page\".");
	else if (origin.len == 0)
		plain(r, 503, "Not yet", "web.origin of the daemon's configuration says where this page is.");
	else if (!is_ours(r, origin))
		plain(r, 421, "Somewhere else", "This page is not found under that name.");
	else if (strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0)
		get(r, facts);
	else if (strcmp(r->method, "POST") != 0)
		plain(r, strcmp(r->method, "BAD") == 0 ? 400 : 405, "Not so", "That is no form of this page.");
	else if (!was_made_here(r, origin))
		plain(r, 403, "Not from here", "That form was not made by this page for you. Open the page, and say it there.");
	else
		post(r, facts);
}
