/* SPDX-License-Identifier: Apache-2.0
 * Tasks: opening, showing, closing. */
#include "gate/request.h"

#include "base/str.h"

#include <stdio.h>

enum { BODY_MAX = 64 << 10 };

static struct sg_str
text_at(const struct sg_json *object, const char *name)
{
	struct sg_str out = {"", 0};
	sg_json_string(sg_json_get(object, name), &out);
	return out;
}

static void
write_task(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_task *task, bool with_token)
{
	char token[192];
	sg_jw_object(w);
	sg_jw_member_str(w, "agent", sg_str(task->agent));
	sg_jw_member_str(w, "environment", sg_str(task->environment));
	sg_jw_member_int(w, "expires_at", task->ends.wall_ms / 1000);
	sg_jw_member_str(w, "id", sg_str(task->id));
	sg_jw_member_str(w, "instance", sg_str(task->instance->id));
	sg_jw_member_str(w, "intent", sg_str(task->intent));
	sg_jw_name(w, "labels");
	sg_jw_array(w);
	for (size_t i = 0; i < task->taint.count; i++)
		sg_jw_text(w, task->taint.labels[i]);
	sg_jw_end(w);
	sg_jw_member_int(w, "left_ms", sg_deadline_left(&task->ends, &gate->state.now));
	sg_jw_member_str(w, "opener", sg_str(task->opener));
	sg_jw_member_str(w, "sensitivity", sg_str(sg_sensitivity_name(task->taint.sensitivity)));
	bool over = task->state == SG_TASK_OPEN && sg_deadline_over(&task->ends, &gate->state.now);
	sg_jw_member_str(w, "state", over ? SG_STR("expired") : sg_str(sg_task_state_name(task->state)));
	if (with_token) {
		sg_task_token(&gate->state, task, token);
		sg_jw_member_str(w, "token", sg_str(token));
	}
	sg_jw_end(w);
}

static void
answer_task(struct sg_gate *gate, struct sg_request *r, unsigned status, bool with_token)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (task == NULL) {
		sg_answer_error(gate, r, 404, SG_REASON_no_task, "");
		return;
	}
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "task");
	write_task(&w, gate, task, with_token);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, status, &body);
}

static void
answer_opened(struct sg_gate *gate, struct sg_request *r)
{
	answer_task(gate, r, 201, true);
}

static void
answer_shown(struct sg_gate *gate, struct sg_request *r)
{
	answer_task(gate, r, 200, false);
}

/* ---- opening ---- */

static void
write_open(struct sg_buf *out, struct sg_gate *gate, const struct sg_request *r, const struct sg_intent *intent, int64_t ttl_ms)
{
	struct sg_json_writer w;
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	struct sg_deadline ends = sg_deadline_in(&gate->state.now, ttl_ms);
	char asker[80];
	sg_asker(r, asker);
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "agent", r->agent->name);
	sg_jw_member_bool(&w, "asserted", !r->proven);
	sg_jw_name(&w, "ends");
	sg_write_deadline(&w, gate, &ends);
	sg_jw_member_str(&w, "enforcer", r->enforcer != NULL ? r->enforcer->name : SG_STR(""));
	sg_jw_member_str(&w, "environment", r->agent->environment);
	sg_jw_member_str(&w, "instance", sg_str(r->instance));
	sg_jw_member_str(&w, "intent", intent->name);
	sg_jw_member_str(&w, "key", sg_str(r->attempt));
	sg_jw_member_str(&w, "opener", sg_str(asker));
	sg_jw_member_str(&w, "task", r->task);
	sg_jw_member_int(&w, "uid", r->proven && conn != NULL ? (int64_t)conn->peer.uid : -1);
	sg_jw_end(&w);
}

static int64_t
wanted_ttl(const struct sg_gate *gate, const struct sg_request *r, const struct sg_intent *intent)
{
	int64_t ttl = intent->ttl_ms, most = gate->catalogue->limits.task_ttl_max, asked_s = 0;
	if (sg_json_int(sg_json_get(r->body, "ttl"), &asked_s) && asked_s > 0 && asked_s < ttl / 1000)
		ttl = asked_s * 1000;
	return ttl < most ? ttl : most;
}

/* The key makes the id, so that a repeat finds the task that the first one opened, also after a restart. */
static void
task_id(const struct sg_gate *gate, const struct sg_request *r, char out[SG_ID_MAX])
{
	char text[512], asker[80], hex[33];
	unsigned char mac[SG_SHA256_BYTES];
	sg_asker(r, asker);
	int len = snprintf(text, sizeof(text), "task|%s|%.*s|%s|%s", asker, SG_STR_ARG(r->agent->name), r->instance, r->attempt);
	sg_hmac(mac, gate->state.key, (struct sg_str){text, (size_t)len});
	sg_hex(hex, mac, 16);
	snprintf(out, SG_ID_MAX, "t-%s", hex);
}

static bool
may_open(struct sg_gate *gate, struct sg_request *r, const struct sg_intent *intent, enum sg_reason *reason)
{
	*reason = SG_REASON_intent_unknown;
	if (intent == NULL)
		return false;
	*reason = SG_REASON_intent_forbidden;
	if (!sg_strings_have(&r->agent->intents, intent->name))
		return false;
	*reason = SG_REASON_wrong_environment;
	if (intent->environment.len > 0 && !sg_str_eq(intent->environment, r->agent->environment))
		return false;
	*reason = SG_REASON_killed;
	if (sg_state_killed(&gate->state, r->agent->name))
		return false;
	*reason = SG_REASON_too_many_tasks;
	return gate->state.open_tasks < (uint64_t)gate->catalogue->limits.tasks &&
	       gate->state.tasks.count < 4 * (size_t)gate->catalogue->limits.tasks && /* those that ended are kept a while */
	       sg_state_agent_tasks(&gate->state, r->agent->name, (size_t)gate->catalogue->limits.tasks_per_agent) < (size_t)gate->catalogue->limits.tasks_per_agent;
}

static void
repeat_open(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, struct sg_str intent)
{
	if (!sg_str_is(intent, task->intent))
		sg_answer_error(gate, r, 409, SG_REASON_idempotency_conflict, "");
	else
		sg_request_sync(gate, r, gate->journal.appended, answer_opened);
}

static void
open_now(struct sg_gate *gate, struct sg_request *r)
{
	char id[SG_ID_MAX];
	struct sg_str intent_name = text_at(r->body, "intent");
	const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, intent_name);
	enum sg_reason reason = SG_REASON_internal;
	task_id(gate, r, id);
	r->task = sg_arena_copy(&r->arena, sg_str(id));
	r->action_name = SG_STR("task.open");
	const struct sg_task *before = sg_state_task(&gate->state, r->task);
	if (before != NULL) {
		repeat_open(gate, r, before, intent_name);
		return;
	}
	if (!sg_bucket_take(gate, "agent", r->agent->name)) {
		sg_gap_count(gate, 0, SG_REASON_overloaded);
		sg_answer_error(gate, r, 429, SG_REASON_overloaded, "");
		return;
	}
	if (!may_open(gate, r, intent, &reason)) {
		sg_deny_unkeyed(gate, r, reason);
		return;
	}
	struct sg_buf body;
	uint64_t number = 0;
	sg_buf_init(&body, BODY_MAX);
	write_open(&body, gate, r, intent, wanted_ttl(gate, r, intent));
	bool good = !body.failed && sg_record(gate, "task", sg_buf_view(&body), SG_STR(""), &number, NULL) == SG_OK;
	sg_buf_done(&body);
	if (good)
		sg_request_sync(gate, r, number, answer_opened);
	else
		sg_deny_unkeyed(gate, r, SG_REASON_audit_unavailable);
}

/* An enforcer may open a task for an agent it only asserts: such a task gets no credentials. */
static bool
asserted_agent(struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	struct sg_str name = text_at(r->body, "agent");
	r->agent = sg_catalogue_agent(gate->catalogue, name);
	if (r->agent == NULL)
		r->agent = sg_catalogue_agent_id(gate->catalogue, name);
	r->strength = SG_HINT;
	*reason = SG_REASON_no_agent;
	if (r->agent == NULL)
		return false;
	char text[256], hex[33];
	unsigned char mac[SG_SHA256_BYTES];
	int len = snprintf(text, sizeof(text), "asserted|%.*s|%.*s", SG_STR_ARG(r->enforcer->name), SG_STR_ARG(r->agent->name));
	sg_hmac(mac, gate->state.key, (struct sg_str){text, (size_t)len});
	sg_hex(hex, mac, 16);
	snprintf(r->instance, sizeof(r->instance), "i-%s", hex);
	*reason = SG_REASON_enforcer_agent;
	return sg_strings_match(&r->enforcer->for_agents, r->agent->name, '.');
}

static void
open_who(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	enum sg_reason reason = SG_REASON_internal;
	if (conn == NULL) {
		sg_request_end(gate, r);
		return;
	}
	bool known = conn->face == SG_FACE_ENFORCER ? sg_who_enforcer(gate, r, conn, &reason) && asserted_agent(gate, r, &reason)
						    : sg_who_agent(gate, r, conn, &reason);
	if (known)
		open_now(gate, r);
	else
		sg_deny_unkeyed(gate, r, reason);
}

void
sg_route_task_open(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_str key = text_at(r->body, "key");
	bool plain = true;
	for (size_t i = 0; i < key.len; i++)
		plain &= key.ptr[i] > ' ' && key.ptr[i] <= '~';
	if (key.len == 0 || key.len > SG_KEY_MAX || !plain) {
		sg_answer_error(gate, r, 400, SG_REASON_key_missing, "{\"intent\":\"...\",\"key\":\"...\",\"ttl\":seconds}");
		return;
	}
	memcpy(r->attempt, key.ptr, key.len);
	sg_look_first(gate, r, open_who);
}

/* ---- showing and closing ---- */

static bool
may_see(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	*reason = SG_REASON_no_task;
	if (conn == NULL)
		return false;
	if (conn->face == SG_FACE_ADMIN)
		return task != NULL;
	if (conn->face == SG_FACE_ENFORCER)
		return sg_who_enforcer(gate, r, conn, reason) && task != NULL && sg_str_is(r->enforcer->name, task->enforcer);
	if (!sg_who_agent(gate, r, conn, reason))
		return false;
	*reason = SG_REASON_no_task; /* somebody else's task does not exist for this agent */
	return task != NULL && sg_str_is(r->agent->name, task->agent) && strcmp(task->instance->id, r->instance) == 0;
}

static void
show(struct sg_gate *gate, struct sg_request *r)
{
	enum sg_reason reason;
	r->task = r->argument;
	if (may_see(gate, r, sg_state_task(&gate->state, r->task), &reason))
		answer_task(gate, r, 200, false);
	else
		sg_answer_error(gate, r, 404, reason, "");
}

static void
close_now(struct sg_gate *gate, struct sg_request *r)
{
	enum sg_reason reason;
	uint64_t number = 0;
	struct sg_buf body;
	struct sg_json_writer w;
	r->task = r->argument;
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (!may_see(gate, r, task, &reason)) {
		sg_answer_error(gate, r, 404, reason, "");
		return;
	}
	if (task->state >= SG_TASK_CLOSED) {
		sg_request_sync(gate, r, gate->journal.appended, answer_shown);
		return;
	}
	sg_buf_init(&body, 1024);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "how", SG_STR("closed"));
	sg_jw_member_str(&w, "task", r->task);
	sg_jw_member_str(&w, "why", r->route->face == SG_FACE_ADMIN ? SG_STR("operator") : SG_STR("asked"));
	sg_jw_end(&w);
	bool good = sg_record(gate, "task_end", sg_buf_view(&body), SG_STR(""), &number, NULL) == SG_OK;
	sg_buf_done(&body);
	if (!good) {
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "ask again: closing twice does no harm");
		return;
	}
	sg_leases_revoking(gate);
	sg_request_sync(gate, r, number, answer_shown);
}

void
sg_route_task_show(struct sg_gate *gate, struct sg_request *request)
{
	sg_look_first(gate, request, show);
}

void
sg_route_task_close(struct sg_gate *gate, struct sg_request *request)
{
	sg_look_first(gate, request, close_now);
}

void
sg_route_tasks(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	size_t at = 0, shown = 0;
	sg_buf_init(&body, 1 << 20);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "tasks");
	sg_jw_array(&w);
	for (struct sg_task *t; (t = sg_table_next(&gate->state.tasks, &at)) != NULL && shown < 500; shown++)
		write_task(&w, gate, t, false);
	sg_jw_end(&w);
	sg_jw_member_int(&w, "total", (int64_t)gate->state.tasks.count);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}
