/* SPDX-License-Identifier: Apache-2.0
 * The daemon's routes, as an enforcement point uses them. */
#include "enforce/daemon_in.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "frame/client.h"

#include <stdio.h>

enum { IDLE_MS = 1000 };

static bool
copy_text(const struct sg_json *object, const char *name, char *out, size_t room)
{
	struct sg_str text;
	if (!sg_json_string(sg_json_get(object, name), &text) || text.len >= room)
		return false;
	memcpy(out, text.ptr, text.len);
	out[text.len] = '\0';
	return true;
}

static const char *
why_not(const struct sg_json *json, struct sg_arena *arena)
{
	struct sg_str code = {"", 0}, text = {"", 0};
	const struct sg_json *error = sg_json_get(json, "error");
	sg_json_string(sg_json_get(error != NULL ? error : json, "code"), &code);
	sg_json_string(sg_json_get(error != NULL ? error : json, error != NULL ? "message" : "reason"), &text);
	const char *line = sg_arena_printf(arena, "%.*s: %.*s", SG_STR_ARG(code), SG_STR_ARG(text));
	return line != NULL ? line : "";
}

int
sg_daemon_rest(struct sg_daemon *daemon)
{
	int64_t left = IDLE_MS - (sg_sys_real.boot_time(&sg_sys_real) - daemon->line.used) / SG_MSEC;
	if (left <= 0)
		sg_client_hang_up(&daemon->line);
	return daemon->line.up ? (int)left : -1;
}

enum sg_status
sg_daemon_open(struct sg_daemon *daemon, const char *intent, const char *key, struct sg_err *err)
{
	struct sg_buf body, bytes;
	struct sg_arena arena;
	struct sg_json_writer w;
	struct sg_client_answer answer = {0};
	const struct sg_json *json = NULL;
	sg_buf_init(&body, 4096);
	sg_buf_init(&bytes, SG_DAEMON_BODY);
	sg_arena_init(&arena, SG_DAEMON_BODY);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "intent", sg_str(intent));
	sg_jw_member_str(&w, "key", sg_str(key));
	sg_jw_end(&w);
	enum sg_status status = sg_daemon_talk(daemon, "POST", "/v1/tasks", sg_buf_view(&body), &bytes, &answer, err);
	if (status == SG_OK && sg_json_parse(&arena, answer.body, NULL, &json, NULL) != SG_OK)
		status = sg_fail(err, SG_MALFORMED, "daemon_odd", "the daemon answered something else than JSON");
	const struct sg_json *task = sg_json_get(json, "task");
	if (status == SG_OK && answer.status != 201)
		status = sg_fail(err, SG_REFUSED, "daemon_refused", "no task under intent %s: %s", intent, why_not(json, &arena));
	else if (status == SG_OK && (!copy_text(task, "id", daemon->task, sizeof(daemon->task)) ||
				     !copy_text(task, "token", daemon->token, sizeof(daemon->token))))
		status = sg_fail(err, SG_MALFORMED, "daemon_odd", "the daemon answered no task");
	sg_arena_done(&arena);
	sg_buf_done(&bytes);
	sg_buf_done(&body);
	return status;
}

void
sg_daemon_close(struct sg_daemon *daemon)
{
	char target[128];
	struct sg_buf bytes;
	struct sg_client_answer answer;
	if (daemon->task[0] == '\0' || daemon->enforcer)
		return;
	snprintf(target, sizeof(target), "/v1/tasks/%s", daemon->task);
	sg_buf_init(&bytes, SG_DAEMON_BODY);
	sg_daemon_talk(daemon, "DELETE", target, (struct sg_str){NULL, 0}, &bytes, &answer, NULL);
	sg_buf_done(&bytes);
}

static void
write_act(struct sg_buf *out, const struct sg_daemon *daemon, const struct sg_ask *ask)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "action", ask->action);
	sg_jw_member_raw(&w, "arguments", ask->arguments);
	sg_jw_name(&w, "context");
	sg_jw_object(&w);
	sg_jw_member_str(&w, "mcp", daemon->enforcer ? SG_STR("enforced") : SG_STR("cooperative"));
	if (ask->tool.len > 0)
		sg_jw_member_str(&w, "tool", ask->tool);
	sg_jw_end(&w);
	sg_jw_member_str(&w, "key", sg_str(ask->key));
	if (daemon->enforcer)
		sg_jw_member_int(&w, "peer_uid", daemon->peer_uid);
	sg_jw_name(&w, "resource");
	sg_jw_object(&w);
	sg_jw_member_str(&w, "id", ask->resource_id);
	sg_jw_member_str(&w, "type", ask->resource_type);
	sg_jw_end(&w);
	if (daemon->enforcer)
		sg_jw_member_str(&w, "task_token", sg_str(daemon->token));
	else
		sg_jw_member_str(&w, "task", sg_str(daemon->task));
	sg_jw_end(&w);
}

static struct sg_str
kept(struct sg_arena *arena, const struct sg_json *object, const char *name)
{
	struct sg_str text = {"", 0};
	sg_json_string(sg_json_get(object, name), &text);
	return sg_arena_copy(arena, text);
}

static void
read_reply(const struct sg_json *json, struct sg_arena *arena, struct sg_reply *reply)
{
	const struct sg_json *error = sg_json_get(json, "error");
	const struct sg_json *arguments = sg_json_get(sg_json_get(json, "effective"), "arguments");
	reply->resource_id = kept(arena, sg_json_get(sg_json_get(json, "effective"), "resource"), "id");
	reply->code = kept(arena, error != NULL ? error : json, "code");
	reply->reason = kept(arena, error != NULL ? error : json, error != NULL ? "message" : "reason");
	reply->decision = kept(arena, json, "decision_id");
	reply->say = kept(arena, json, "say");
	reply->approval = kept(arena, sg_json_get(json, "approval"), "id");
	if (error == NULL && sg_json_is(json, "verdict", "step_up"))
		reply->said = SG_SAID_STEP_UP;
	if (error != NULL || !sg_json_is(json, "verdict", "allow") || arguments == NULL || arguments->type != SG_JSON_OBJECT)
		return;
	struct sg_buf canonical;
	sg_buf_init(&canonical, SG_DAEMON_BODY);
	sg_canon_write(&canonical, arguments);
	reply->arguments = sg_arena_copy(arena, sg_buf_view(&canonical));
	if (!canonical.failed && reply->arguments.ptr != NULL && reply->decision.len > 0)
		reply->said = SG_SAID_ALLOW;
	sg_buf_done(&canonical);
}

/* What a rule wants done beside the call nobody here can do. */
static void
refuse_obligations(struct sg_daemon *daemon, const struct sg_json *json, struct sg_reply *reply)
{
	const struct sg_json *obligations = sg_json_get(json, "obligations");
	if (reply->said != SG_SAID_ALLOW || obligations == NULL || (obligations->type == SG_JSON_ARRAY && obligations->count == 0))
		return;
	sg_daemon_outcome(daemon, reply->decision, "failed", (struct sg_str){NULL, 0});
	reply->said = SG_SAID_DENY;
	reply->code = SG_STR("obligation_unsupported");
	reply->reason = SG_STR("a rule asks for something that stepgate mcp cannot do");
}

void
sg_daemon_act(struct sg_daemon *daemon, const struct sg_ask *ask, struct sg_arena *arena, struct sg_reply *reply)
{
	struct sg_buf body, bytes;
	struct sg_client_answer answer = {0};
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = SG_DAEMON_BODY, .nodes = 1 << 18};
	*reply = (struct sg_reply){.said = SG_SAID_DENY, .code = SG_STR("daemon_away"), .reason = SG_STR("stepgate does not answer")};
	if (!sg_daemon_tell_again(daemon)) {
		reply->reason = SG_STR("what came of an earlier call is not recorded yet");
		return;
	}
	sg_buf_init(&body, SG_DAEMON_BODY);
	sg_buf_init(&bytes, SG_DAEMON_BODY);
	write_act(&body, daemon, ask);
	if (!body.failed && sg_daemon_talk(daemon, "POST", "/v1/act", sg_buf_view(&body), &bytes, &answer, NULL) == SG_OK) {
		reply->code = SG_STR("daemon_odd");
		reply->reason = SG_STR("stepgate answered something else than a decision");
		struct sg_str copy = sg_arena_copy(arena, answer.body);
		if (copy.ptr != NULL && sg_json_parse(arena, copy, &limits, &json, NULL) == SG_OK)
			read_reply(json, arena, reply);
	}
	sg_buf_done(&bytes);
	sg_buf_done(&body);
	refuse_obligations(daemon, json, reply);
}

static enum sg_status
ask_ceiling(struct sg_daemon *daemon, struct sg_str names, struct sg_str tools, struct sg_buf *bytes, struct sg_client_answer *answer, struct sg_err *err)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, SG_DAEMON_BODY);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_raw(&w, "actions", names);
	if (daemon->enforcer) {
		sg_jw_member_int(&w, "peer_uid", daemon->peer_uid);
		sg_jw_member_str(&w, "task_token", sg_str(daemon->token));
	} else {
		sg_jw_member_str(&w, "task", sg_str(daemon->task));
	}
	if (tools.len > 0)
		sg_jw_member_raw(&w, "tools", tools);
	sg_jw_end(&w);
	enum sg_status status = sg_daemon_talk(daemon, "POST", "/v1/ceiling", sg_buf_view(&body), bytes, answer, err);
	sg_buf_done(&body);
	return status;
}

enum sg_status
sg_daemon_ceiling(struct sg_daemon *daemon, struct sg_str names, struct sg_str tools, struct sg_buf *out, struct sg_err *err)
{
	struct sg_buf bytes;
	struct sg_client_answer answer = {0};
	sg_buf_init(&bytes, SG_DAEMON_BODY);
	enum sg_status status = ask_ceiling(daemon, names, tools, &bytes, &answer, err);
	if (status == SG_OK && answer.status != 200)
		status = sg_fail(err, SG_REFUSED, "daemon_refused", "the daemon does not say what may ever be allowed");
	if (status == SG_OK)
		sg_buf_str(out, answer.body);
	sg_buf_done(&bytes);
	return status;
}

static enum sg_stands
read_stands(struct sg_daemon *daemon, const struct sg_json *json, unsigned status, char *agent, size_t room, size_t *agents)
{
	const struct sg_json *error = sg_json_get(json, "error");
	int64_t count = 0;
	bool refused = status == 403 || status == 401;
	if (status == 429)
		return SG_STANDS_BUSY;
	if (refused && sg_json_is(error, "code", "frozen"))
		return SG_STANDS_STILL;
	bool may_mend = sg_json_is(error, "code", "facts_unavailable") || sg_json_is(error, "code", "match_changed"); /* a module is back in a moment; its process shows itself */
	if (refused && !may_mend)
		return SG_STANDS_NO_MORE;
	if (status != 200 || !copy_text(json, "agent", agent, room) || !sg_json_int(sg_json_get(json, "agents"), &count) || count < 1)
		return SG_STANDS_UNKNOWN;
	*agents = (size_t)count;
	sg_json_int(sg_json_get(json, "marks"), &daemon->marks);
	return SG_STANDS;
}

enum sg_stands
sg_daemon_stands(struct sg_daemon *daemon, char *agent, size_t room, size_t *agents)
{
	struct sg_buf bytes;
	struct sg_arena arena;
	struct sg_client_answer answer = {0};
	const struct sg_json *json = NULL;
	sg_buf_init(&bytes, SG_DAEMON_BODY);
	sg_arena_init(&arena, SG_DAEMON_BODY);
	bool told = ask_ceiling(daemon, SG_STR("[]"), (struct sg_str){NULL, 0}, &bytes, &answer, NULL) == SG_OK &&
		    sg_json_parse(&arena, answer.body, NULL, &json, NULL) == SG_OK;
	enum sg_stands stands = told ? read_stands(daemon, json, answer.status, agent, room, agents) : SG_STANDS_UNKNOWN;
	sg_arena_done(&arena);
	sg_buf_done(&bytes);
	return stands;
}
