/* SPDX-License-Identifier: Apache-2.0
 * Ceilings: what no policy can lift. Checked before policy, after narrowing, and again at release. */
#include "gate/request.h"

#include "base/str.h"

static bool
task_ceilings(const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	const struct sg_state *state = &gate->state;
	*reason = SG_REASON_no_task;
	if (task == NULL)
		return false;
	*reason = SG_REASON_killed;
	if (task->state == SG_TASK_KILLED || sg_state_killed(state, r->agent->name))
		return false;
	*reason = SG_REASON_frozen;
	if (task->state == SG_TASK_FROZEN)
		return false;
	*reason = SG_REASON_task_closed;
	if (task->state != SG_TASK_OPEN)
		return false;
	*reason = SG_REASON_task_expired;
	return !sg_deadline_over(&task->ends, &state->now);
}

static bool
resource_ceilings(const struct sg_request *r, const struct sg_intent *intent, enum sg_reason *reason)
{
	*reason = SG_REASON_no_resource;
	if (r->resource_type.len == 0 || r->resource_id.len == 0)
		return false;
	*reason = SG_REASON_outside_resources;
	return sg_strings_match(&intent->resources, r->resource_id, '/');
}

static bool
action_ceilings(const struct sg_request *r, const struct sg_intent *intent, const struct sg_task *task, enum sg_reason *reason)
{
	*reason = SG_REASON_outside_reach;
	if (!sg_strings_match(&r->agent->reach, r->action->name, '.'))
		return false;
	*reason = SG_REASON_outside_intent;
	if (!sg_strings_match(&intent->actions, r->action->name, '.'))
		return false;
	*reason = SG_REASON_over_sensitivity;
	if (r->action->sensitivity > intent->sensitivity)
		return false;
	*reason = SG_REASON_wrong_environment;
	return r->action->environment.len == 0 || sg_str_is(r->action->environment, task->environment);
}

static bool
enforcer_ceilings(const struct sg_request *r, enum sg_reason *reason)
{
	if (r->enforcer == NULL)
		return true;
	*reason = SG_REASON_enforcer_agent;
	if (!sg_strings_match(&r->enforcer->for_agents, r->agent->name, '.'))
		return false;
	*reason = SG_REASON_enforcer_action;
	if (!sg_strings_match(&r->enforcer->actions, r->action->name, '.'))
		return false;
	*reason = SG_REASON_enforcer_resource;
	return sg_strings_match(&r->enforcer->resources, r->resource_id, '/');
}

bool
sg_ceilings(struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (!task_ceilings(gate, r, task, reason))
		return false;
	const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(task->intent));
	*reason = SG_REASON_intent_unknown;
	if (intent == NULL)
		return false;
	*reason = SG_REASON_intent_forbidden;
	if (!sg_strings_have(&r->agent->intents, intent->name))
		return false;
	r->action = sg_catalogue_action(gate->catalogue, r->action_name);
	*reason = SG_REASON_unknown_action;
	return r->action != NULL && action_ceilings(r, intent, task, reason) && resource_ceilings(r, intent, reason) &&
	       enforcer_ceilings(r, reason);
}

/* A reload may have come in between: agent and enforcer are those of the catalogue now in force, and must still be there. */
bool
sg_in_force(struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, r->agent->name);
	const struct sg_enforcer *enforcer = r->enforcer == NULL ? NULL : sg_catalogue_enforcer(gate->catalogue, r->enforcer->name);
	*reason = agent == NULL ? SG_REASON_no_agent : SG_REASON_not_enforcer;
	if (agent == NULL || (r->enforcer != NULL && enforcer == NULL))
		return false;
	r->agent = agent;
	r->enforcer = enforcer;
	return sg_ceilings(gate, r, reason);
}

static bool
ever(struct sg_request *r, struct sg_gate *gate, const struct sg_intent *intent, const struct sg_task *task)
{
	enum sg_reason reason;
	r->action = sg_catalogue_action(gate->catalogue, r->action_name);
	return r->action != NULL && action_ceilings(r, intent, task, &reason) &&
	       (r->enforcer == NULL || (sg_strings_match(&r->enforcer->actions, r->action->name, '.') &&
					sg_strings_match(&r->enforcer->for_agents, r->agent->name, '.')));
}

static void
answer_ever(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const struct sg_json *names = sg_json_get(r->body, "actions");
	const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(task->intent));
	sg_buf_init(&body, 256 << 10);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "actions");
	sg_jw_array(&w);
	r->agent = sg_catalogue_agent(gate->catalogue, sg_str(task->agent));
	for (const struct sg_json *n = sg_json_first(names); n != NULL; n = sg_json_next(names, n))
		if (r->agent != NULL && intent != NULL && sg_json_string(n, &r->action_name) && ever(r, gate, intent, task))
			sg_jw_str(&w, r->action_name);
	sg_jw_end(&w);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

static void
ceiling_who(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	struct sg_str token = {"", 0}, id = {"", 0};
	enum sg_reason reason = SG_REASON_internal;
	sg_json_string(sg_json_get(r->body, "task_token"), &token);
	sg_json_string(sg_json_get(r->body, "task"), &id);
	if (conn == NULL) {
		sg_request_end(gate, r);
		return;
	}
	bool enforcer = conn->face == SG_FACE_ENFORCER;
	bool known = enforcer ? sg_who_enforcer(gate, r, conn, &reason) : sg_who_agent(gate, r, conn, &reason);
	const struct sg_task *task = !known ? NULL : enforcer ? sg_state_token_task(&gate->state, token) : sg_state_task(&gate->state, id);
	int64_t uid = -1;
	if (task != NULL && enforcer && sg_json_int(sg_json_get(r->body, "peer_uid"), &uid) && uid != task->uid)
		task = NULL; /* a token under another uid than its instance's */
	if (task != NULL && !sg_task_live(&gate->state, task))
		task = NULL;
	if (known && task != NULL && !enforcer && strcmp(task->instance->id, r->instance) != 0)
		task = NULL;
	if (task != NULL)
		answer_ever(gate, r, task);
	else
		sg_answer_error(gate, r, 403, known ? SG_REASON_no_task : reason, "");
}

/* Which of the named actions a task's agent can ever be allowed: catalogue, reach, intent and the enforcer's own bounds, whatever policy says. */
void
sg_route_ceiling(struct sg_gate *gate, struct sg_request *r)
{
	sg_look_first(gate, r, ceiling_who);
}
