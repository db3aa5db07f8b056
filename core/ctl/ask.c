/* SPDX-License-Identifier: Apache-2.0
 * Asking the daemon: which socket, what the answer means for the exit code, how a refusal is told. */
#include "ctl/show.h"

#include "base/err.h"
#include "base/str.h"
#include "frame/client.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { KILL_TRIES = 4, KILL_PAUSE_MS = 250 };

static void
socket_path(const struct sg_ctl *ctl, enum sg_face face, char *out, size_t room)
{
	const char *folder = ctl->option[SG_CTL_OPTION_run], *set = getenv("STEPGATE_RUN");
	if (folder == NULL)
		folder = set != NULL && set[0] != '\0' ? set : "/run/stepgate";
	snprintf(out, room, "%s/%s.sock", folder, sg_face_name(face));
}

/* The daemon closes a connection it does not admit before it reads a byte: on the admin's face that means no admin. */
static int
away(const struct sg_ctl *ctl, enum sg_face face, const struct sg_err *err)
{
	bool none = strcmp(err->code, "answer_none") == 0;
	if (err->status == SG_REFUSED || (none && face == SG_FACE_ADMIN))
		return sg_ctl_fail(
			ctl, SG_CTL_PERMISSION, none ? "not_admin" : err->code,
			"admins are named by uid in the configuration, and an agent is never one outside dev mode",
			"%s", err->text);
	if (err->status == SG_MALFORMED || err->status == SG_LIMIT)
		return sg_ctl_fail(ctl, SG_CTL_AWAY, err->code, "is it stepgated that listens there?", "%s", err->text);
	return sg_ctl_fail(ctl, SG_CTL_AWAY, err->code,
			   "is the daemon running? --run DIR or $STEPGATE_RUN name the folder of its sockets", "%s",
			   err->text);
}

static int
error_exit(const struct sg_ctl_answer *answer, struct sg_str code)
{
	static const char *const not_you[] = {
		"not_permitted", "not_admin", "not_enforcer", "self_approval", "not_approver", "no_agent", NULL};
	for (size_t i = 0; not_you[i] != NULL; i++)
		if (sg_str_is(code, not_you[i]))
			return SG_CTL_PERMISSION;
	if (sg_json_get(answer->json, "reload") != NULL)
		return SG_CTL_CONFIG;
	return SG_CTL_DENIED;
}

static int
told(const struct sg_ctl *ctl, const struct sg_ctl_answer *answer)
{
	const struct sg_json *error = sg_json_get(answer->json, "error");
	struct sg_str code = sg_json_text_at(error, "code");
	struct sg_buf text, hint;
	int exit_code = error_exit(answer, code);
	if (ctl->json || error == NULL)
		return exit_code;
	sg_buf_init(&text, 4096);
	sg_buf_init(&hint, 4096);
	sg_show_text(&text, sg_json_text_at(error, "message"));
	sg_show_text(&hint, sg_json_text_at(error, "hint"));
	fprintf(stderr, "stepgate: %.*s: %.*s\n", SG_STR_ARG(code), (int)text.len, text.ptr == NULL ? "" : text.ptr);
	if (hint.len > 0)
		fprintf(stderr, "  hint: %.*s\n", (int)hint.len, hint.ptr);
	sg_buf_done(&text);
	sg_buf_done(&hint);
	return exit_code;
}

static int
take(const struct sg_ctl *ctl, const struct sg_client_answer *from, struct sg_ctl_answer *answer)
{
	struct sg_json_limits limits = {.bytes = SG_CTL_ANSWER, .nodes = 1 << 20};
	answer->status = from->status;
	sg_buf_str(&answer->body, from->body);
	if (sg_canon_parse(&answer->arena, sg_buf_view(&answer->body), &limits, &answer->json, NULL) != SG_OK ||
	    answer->json->type != SG_JSON_OBJECT) {
		answer->json = NULL;
		return sg_ctl_fail(ctl, SG_CTL_AWAY, "answer_json", "is it stepgated that listens there?",
				   "the answer is no canonical JSON object");
	}
	if (ctl->json)
		sg_show_answer(sg_buf_view(&answer->body));
	return answer->status < 300 ? SG_CTL_OK : told(ctl, answer);
}

/* A gate that hung is started again behind the same socket: a kill order that it took and did not answer is said once more, which kills nobody twice.
 * Anything else might be done twice, or its answer tells whom to ask. */
static enum sg_status
talk(const char *where, const char *path, const struct sg_buf *request, struct sg_buf *bytes, struct sg_client_answer *got, struct sg_err *err)
{
	enum sg_status status = SG_UNAVAILABLE;
	for (int i = 0; i < (strcmp(path, "/v1/kill") == 0 ? KILL_TRIES : 1); i++) {
		if (i > 0)
			poll(NULL, 0, KILL_PAUSE_MS);
		sg_buf_clear(bytes);
		status = sg_client_talk(where, sg_buf_view(request), bytes, got, err);
		if (status == SG_OK || (strcmp(err->code, "answer_none") != 0 && strcmp(err->code, "answer_cut") != 0 && status != SG_TIMEOUT))
			return status;
	}
	return status;
}

static bool
is_refused(enum sg_status status, const struct sg_err *err)
{
	return status == SG_REFUSED && strcmp(err->code, "socket_refused") == 0;
}

int
sg_ctl_ask(const struct sg_ctl *ctl, enum sg_face face, const char *method, const char *path, const char *argument,
	   const struct sg_buf *body, struct sg_ctl_answer *answer)
{
	char where[512], target[512];
	const char *hole = strstr(path, "%s");
	struct sg_buf request, bytes;
	struct sg_client_answer got = {0};
	struct sg_err err = {0};
	*answer = (struct sg_ctl_answer){0};
	sg_buf_init(&answer->body, SG_CTL_ANSWER);
	sg_arena_init(&answer->arena, 256 << 20);
	if (hole != NULL && !sg_ctl_plain(argument))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "letters, digits, '.', '_' and '-', at most 128",
				   "that is no id");
	snprintf(target, sizeof(target), "%.*s%s%s", hole != NULL ? (int)(hole - path) : (int)strlen(path), path,
		 hole != NULL ? argument : "", hole != NULL ? hole + 2 : "");
	socket_path(ctl, face, where, sizeof(where));
	sg_buf_init(&request, 2 * SG_CTL_BODY);
	sg_buf_init(&bytes, SG_CTL_ANSWER + (64 << 10));
	bool form = strcmp(path, "/oauth2/introspect") == 0;
	sg_client_write(&request, method, target,
			body == NULL ? NULL
			: form       ? "application/x-www-form-urlencoded"
				     : "application/json",
			body == NULL ? SG_STR("") : sg_buf_view(body), false);
	enum sg_status status = talk(where, path, &request, &bytes, &got, &err);
	if (is_refused(status, &err) && face == SG_FACE_ADMIN && (strncmp(path, "/v1/approvals", 13) == 0 || strncmp(path, "/v1/enrolments", 14) == 0)) { /* whoever may approve alone has a socket of their own */
		struct sg_err theirs = {0};
		socket_path(ctl, SG_FACE_APPROVER, where, sizeof(where));
		enum sg_status other = talk(where, path, &request, &bytes, &got, &theirs);
		if (!is_refused(other, &theirs)) {
			status = other;
			err = theirs;
		}
	}
	int code = status == SG_OK ? take(ctl, &got, answer) : away(ctl, face, &err);
	sg_buf_done(&request);
	sg_buf_done(&bytes);
	return code;
}

enum sg_status
sg_ctl_look(const struct sg_ctl *ctl, const char *path, struct sg_ctl_answer *answer, struct sg_err *err)
{
	char where[512];
	struct sg_buf request, bytes;
	struct sg_client_answer got = {0};
	struct sg_json_limits limits = {.bytes = SG_CTL_ANSWER, .nodes = 1 << 20};
	*answer = (struct sg_ctl_answer){0};
	sg_buf_init(&answer->body, SG_CTL_ANSWER);
	sg_arena_init(&answer->arena, 256 << 20);
	sg_buf_init(&request, SG_CLIENT_HEAD_MAX);
	sg_buf_init(&bytes, SG_CTL_ANSWER + (64 << 10));
	socket_path(ctl, SG_FACE_ADMIN, where, sizeof(where));
	sg_client_write(&request, "GET", path, NULL, SG_STR(""), false);
	enum sg_status status = sg_client_talk(where, sg_buf_view(&request), &bytes, &got, err);
	sg_buf_str(&answer->body, got.body);
	answer->status = got.status;
	if (status == SG_OK)
		status = sg_canon_parse(&answer->arena, sg_buf_view(&answer->body), &limits, &answer->json, err);
	if (status == SG_OK && got.status >= 300)
		status = sg_fail(err, SG_REFUSED, "not_admin", "%.*s", SG_STR_ARG(sg_json_text_at(sg_json_get(answer->json, "error"), "message")));
	sg_buf_done(&request);
	sg_buf_done(&bytes);
	return status;
}

void
sg_ctl_answer_done(struct sg_ctl_answer *answer)
{
	sg_buf_done(&answer->body);
	sg_arena_done(&answer->arena);
}

int
sg_ctl_asked(const struct sg_ctl *ctl, enum sg_face face, const char *method, const char *path, const char *argument,
	     const struct sg_buf *body, sg_ctl_show *show_answer)
{
	struct sg_ctl_answer answer;
	int code = sg_ctl_ask(ctl, face, method, path, argument, body, &answer);
	if (code == SG_CTL_OK && !ctl->json)
		show_answer(ctl, answer.json);
	sg_ctl_answer_done(&answer);
	return code;
}
