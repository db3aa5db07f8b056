/* SPDX-License-Identifier: Apache-2.0
 * Acting: from a request's body to a question for policy. Who, which task, which attempt, which action, within which ceilings. */
#include "gate/decide/decide.h"
#include "gate/decide/sight.h"
#include "gate/desk/spell.h"

#include "base/str.h"

#include <stdio.h>

static const struct sg_json *
object_or_empty(const struct sg_json *value, bool *good)
{
	if (value == NULL)
		return &sg_json_no_members;
	*good &= value->type == SG_JSON_OBJECT;
	return value;
}

/* Names that stand in the record, each with its bound. */
static bool
bounded(const struct sg_request *r)
{
	return r->action_name.len <= SG_ACTION_NAME_MAX && r->resource_type.len <= SG_RESOURCE_TYPE_MAX && r->resource_id.len <= SG_RESOURCE_ID_MAX;
}

static bool
printable(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			return false;
	return true;
}

static bool
is_hex_digest(struct sg_str text)
{
	unsigned char bytes[SG_SHA256_BYTES];
	return text.len == 0 || sg_unhex(bytes, sizeof(bytes), text);
}

static bool
read_common(struct sg_request *r)
{
	bool good = true;
	r->context = object_or_empty(sg_json_get(r->body, "context"), &good);
	r->resource = sg_json_get(r->body, "resource");
	r->resource_type = sg_json_text_at(r->resource, "type");
	r->resource_id = sg_json_text_at(r->resource, "id");
	r->approval_named = sg_json_text_at(r->context, "approval");
	r->tool = sg_json_text_at(r->context, "tool");
	struct sg_str key = sg_json_text_at(r->context, "key");
	if (!r->authzen)
		key = sg_json_text_at(r->body, "key");
	good &= r->resource == NULL || r->resource->type == SG_JSON_OBJECT;
	good &= is_hex_digest(r->tool) || sg_str_is(r->tool, SG_TOOL_TWICE);
	if (key.len > SG_KEY_MAX || !printable(key) || !bounded(r))
		return false;
	memcpy(r->attempt, key.ptr, key.len);
	return good;
}

/* What the body itself has a member for stands there and not in its context; what names something is not empty. */
static bool
context_of_native(const struct sg_json *context)
{
	static const char *const elsewhere[] = {"key", "peer_uid", "task"}, *const names[] = {"approval", "tool"};
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (sg_json_get(context, elsewhere[i]) != NULL)
			return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (sg_json_get(context, names[i]) != NULL && sg_json_text_at(context, names[i]).len == 0)
			return false;
	return true;
}

static bool
read_native(struct sg_request *r)
{
	bool good = true;
	r->action_name = sg_json_text_at(r->body, "action");
	r->audience = sg_json_text_at(r->body, "audience");
	r->args = object_or_empty(sg_json_get(r->body, "arguments"), &good);
	r->task = sg_json_text_at(r->body, "task");
	return good && read_common(r) && r->action_name.len > 0 && context_of_native(r->context);
}

/* AuthZEN 1.0, section 5: subject, action, resource, context. Unknown members are ignored there. */
static bool
read_authzen(struct sg_request *r)
{
	const struct sg_json *subject = sg_json_get(r->body, "subject"), *action = sg_json_get(r->body, "action");
	bool good = r->body != NULL && r->body->type == SG_JSON_OBJECT;
	r->action_name = sg_json_text_at(action, "name");
	r->args = object_or_empty(sg_json_get(action, "properties"), &good);
	good &= read_common(r);
	r->task = sg_json_text_at(r->context, "task");
	return good && r->action_name.len > 0 && sg_json_text_at(subject, "id").len > 0 && sg_json_text_at(subject, "type").len > 0 &&
	       r->resource_id.len > 0 && r->resource_type.len > 0;
}

static bool
own_task(struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	struct sg_task *task = sg_state_task(&gate->state, r->task);
	*reason = SG_REASON_no_task;
	if (task == NULL || !sg_str_is(r->agent->name, task->agent))
		return false;
	*reason = SG_REASON_wrong_peer;
	return sg_who_owns(r, task);
}

/* For an enforcer the task says who the agent is; a token proves it, a bare id only asserts it. */
static bool
enforced_task(struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	struct sg_str token = r->authzen ? r->task : sg_json_text_at(r->body, "task_token");
	bool has_token = r->authzen ? sg_str_starts(token, "sgt1.") : token.len > 0; /* a word in its place that is none is looked at, and found to be none */
	struct sg_task *task = has_token ? sg_state_token_task(&gate->state, token) : sg_state_task(&gate->state, r->task);
	*reason = has_token ? SG_REASON_bad_task_token : SG_REASON_no_task;
	bool other = has_token && !r->authzen && r->task.len > 0 && task != NULL && !sg_str_is(r->task, task->id);
	if (task == NULL || other)
		return false;
	r->proven = has_token && !task->asserted;
	r->strength = SG_HINT;
	r->task = sg_arena_copy(&r->arena, sg_str(task->id)); /* the task may be forgotten while the disk is waited for */
	r->agent = sg_catalogue_agent(gate->catalogue, sg_str(task->agent));
	snprintf(r->instance, sizeof(r->instance), "%s", task->instance->id);
	struct sg_str named = r->authzen ? sg_json_text_at(sg_json_get(r->body, "subject"), "id") : sg_json_text_at(r->body, "agent");
	*reason = SG_REASON_no_agent;
	if (r->agent == NULL)
		return false;
	*reason = SG_REASON_enforcer_agent; /* before the task has anything to do with it: not its denial, not its key, not its agent's rate */
	if (!sg_strings_match(&r->enforcer->for_agents, r->agent->name, '.'))
		return false;
	*reason = SG_REASON_wrong_peer;
	if (named.len > 0 && !sg_str_eq(named, r->agent->id) && !sg_str_eq(named, r->agent->name))
		return false;
	enum sg_strength shown = SG_HINT;
	if (sg_task_shows(task) && !sg_instance_shown(task->instance, r->agent, &shown, reason)) /* by its token or by its id */
		return false;
	r->strength = r->proven ? shown : SG_HINT;
	r->proven = r->strength > SG_HINT;
	*reason = SG_REASON_wrong_peer;
	return sg_peer_uid_fits(gate, r, task);
}

static bool
find_who(struct sg_gate *gate, struct sg_request *r, const struct sg_conn *conn, enum sg_reason *reason)
{
	if (conn->face == SG_FACE_AGENT)
		return sg_who_agent(gate, r, conn, reason);
	if (conn->face == SG_FACE_ENFORCER)
		return sg_who_enforcer(gate, r, conn, reason);
	*reason = SG_REASON_not_permitted;
	return false;
}

static bool
find_task(struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	return r->enforcer != NULL ? enforced_task(gate, r, reason) : own_task(gate, r, reason);
}

static void
start_attempt(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_task *task = sg_state_task(&gate->state, r->task);
	struct sg_attempt *before = r->ask ? NULL : sg_table_get(&task->attempts, sg_str(r->attempt));
	enum sg_reason reason;
	if (!sg_spell(gate, r)) {
		sg_deny_unkeyed(gate, r, SG_REASON_internal);
		return;
	}
	sg_digest_asked(gate, r, task);
	if (!r->ask && !sg_request_fly(gate, r))
		sg_answer_error(gate, r, 409, SG_REASON_attempt_pending, ""); /* also where its record stands already: its answer does not yet */
	else if (before != NULL && gate->journal.closed)
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "ask again with the same key");
	else if (before != NULL)
		sg_repeat(gate, r);
	else if (task->attempts.count >= (size_t)gate->catalogue->limits.attempts_per_task)
		sg_deny_unkeyed(gate, r, SG_REASON_too_many_attempts);
	else if (!sg_ceilings(gate, r, &reason))
		sg_deny(gate, r, reason);
	else
		sg_judge(gate, r);
}

/* An agent asks for itself; what an enforcer asks is paid for by what it asks for. */
static bool
pays(struct sg_gate *gate, struct sg_request *r)
{
	return r->enforcer == NULL ? sg_agent_afford(gate, r, r->agent->name) : sg_task_afford(gate, r, sg_state_task(&gate->state, r->task));
}

static void
decide_who(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	enum sg_reason reason = SG_REASON_internal;
	if (conn == NULL) {
		sg_request_end(gate, r);
		return;
	}
	bool known = find_who(gate, r, conn, &reason), found = known && find_task(gate, r, &reason);
	bool unshown = known && r->enforcer != NULL && reason == SG_REASON_match_changed;
	if ((found || unshown) && !pays(gate, r))
		sg_request_refuse(gate, r);
	else if (found)
		start_attempt(gate, r);
	else
		sg_deny_unkeyed(gate, r, reason);
}

static void
begin(struct sg_gate *gate, struct sg_request *r)
{
	if (r->attempt[0] == '\0' && !r->authzen) {
		sg_answer_error(gate, r, 400, SG_REASON_key_missing, "{\"key\":\"...\"}");
		return;
	}
	if (r->attempt[0] == '\0') { /* AuthZEN knows no attempts: this one has a name nobody can repeat */
		char id[SG_ID_MAX];
		if (!sg_random_id(gate, "k", id)) {
			sg_answer_error(gate, r, 503, SG_REASON_internal, "no randomness");
			return;
		}
		snprintf(r->attempt, sizeof(r->attempt), "%s", id);
	}
	sg_look_first(gate, r, decide_who);
}

/* The task that an enforcer asks for, if it may, whatever has become of the task: NULL where anything of that is not known. */
static const struct sg_task *
asked_behind(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	struct sg_str token = sg_json_text_at(r->body, "task_token"), of_context = sg_json_text_at(sg_json_get(r->body, "context"), "task");
	enum sg_reason reason;
	if (conn == NULL || conn->face != SG_FACE_ENFORCER || !sg_who_enforcer(gate, r, conn, &reason))
		return NULL;
	const struct sg_task *task = sg_state_token_task(&gate->state, token.len > 0 ? token : of_context);
	bool may = task != NULL && sg_strings_match(&r->enforcer->for_agents, sg_str(task->agent), '.') && sg_peer_uid_fits(gate, r, task);
	return may ? task : NULL;
}

/* What the agent behind an enforcer made of it is the agent's to pay, else a gateway pays for whoever is behind it; but who asks must be known for one that may. */
void
sg_refuse_form(struct sg_gate *gate, struct sg_request *r, const char *hint)
{
	const struct sg_task *task = asked_behind(gate, r);
	if (sg_behind_afford(gate, r, task))
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, hint);
}

void
sg_route_act(struct sg_gate *gate, struct sg_request *request)
{
	if (read_native(request))
		begin(gate, request);
	else
		sg_refuse_form(gate, request,
			       "{\"action\",\"arguments\",\"context\",\"key\",\"resource\":{\"type\",\"id\"},\"task\"}; in context approval and tool are not empty; key, task and "
			       "peer_uid stand beside it");
}

void
sg_route_evaluation(struct sg_gate *gate, struct sg_request *request)
{
	request->authzen = true;
	if (read_authzen(request))
		begin(gate, request);
	else
		sg_refuse_form(gate, request,
			       "AuthZEN 1.0: subject{type,id}, action{name}, resource{type,id}, context{task}");
}

/* An operator plays an agent: {"task": id} or {"agent","intent"}; judged as that agent would be, nothing spent or recorded. */
void
sg_route_try(struct sg_gate *gate, struct sg_request *r)
{
	bool good = true;
	enum sg_reason reason;
	r->ask = true;
	r->action_name = sg_json_text_at(r->body, "action");
	r->args = object_or_empty(sg_json_get(r->body, "arguments"), &good);
	r->task = sg_json_text_at(r->body, "task");
	if (!good || !read_common(r)) {
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "{\"action\",\"arguments\",\"resource\",\"task\"}");
		return;
	}
	struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (task == NULL) {
		sg_answer_error(gate, r, 404, SG_REASON_no_task, "stepgate tasks lists them");
		return;
	}
	r->agent = sg_catalogue_agent(gate->catalogue, sg_str(task->agent));
	r->proven = true;
	r->strength = SG_BOUNDARY;
	snprintf(r->instance, sizeof(r->instance), "%s", task->instance->id);
	struct sg_str named = sg_json_text_at(r->body, "agent");
	if (named.len > 0 && !sg_str_is(named, task->agent) && (r->agent == NULL || !sg_str_eq(named, r->agent->id))) {
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "the task is another agent's: leave \"agent\" out");
		return;
	}
	if (r->agent == NULL) {
		sg_deny(gate, r, SG_REASON_no_agent);
		return;
	}
	if (!sg_spell(gate, r)) {
		sg_deny_unkeyed(gate, r, SG_REASON_internal);
		return;
	}
	sg_digest_asked(gate, r, task);
	if (!sg_ceilings(gate, r, &reason))
		sg_deny(gate, r, reason);
	else
		sg_judge(gate, r);
}
