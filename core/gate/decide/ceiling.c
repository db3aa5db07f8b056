/* SPDX-License-Identifier: Apache-2.0
 * Ceilings: what no policy can lift. Checked before policy, after narrowing, and again at release. */
#include "gate/decide/decide.h"
#include "gate/desk/buckets.h"
#include "base/pattern.h"
#include "base/str.h"
#include "gate/state/grant.h"
#include "gate/state/history.h"
#include "gate/desk/spell.h"
#include "gate/decide/spend.h"

static bool
agent_ceilings(const struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	int64_t overdue = gate->state.now.wall_ms - r->agent->review_ms;
	if (!sg_agent_stands(gate, r->agent, r->action != NULL && r->action->reads, reason))
		return false;
	*reason = SG_REASON_autonomy;
	if (r->action == NULL || r->action->reads)
		return true;
	r->ask_owner = overdue >= 0 || r->agent->autonomy == SG_PROPOSE;
	if (r->ask_owner && r->agent->approvers.len == 0) {
		*reason = overdue >= 0 ? SG_REASON_review_overdue : SG_REASON_autonomy;
		return false;
	}
	return r->agent->autonomy != SG_READ_ONLY;
}

static enum sg_reason
stopped_reason(const struct sg_state *state, const struct sg_task *task)
{
	if (task->state == SG_TASK_KILLED || sg_state_killed(state, sg_str(task->agent)))
		return SG_REASON_killed;
	if (task->state == SG_TASK_FROZEN)
		return SG_REASON_frozen;
	return task->state != SG_TASK_OPEN ? SG_REASON_task_closed : SG_REASON_task_expired;
}

static bool
task_ceilings(const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	const struct sg_task *stopped;
	*reason = SG_REASON_no_task;
	if (task == NULL)
		return false;
	*reason = SG_REASON_killed;
	if (sg_state_killed(&gate->state, r->agent->name))
		return false;
	if ((stopped = sg_task_stopped(&gate->state, task)) != NULL) {
		*reason = stopped_reason(&gate->state, stopped);
		return false;
	}
	*reason = SG_REASON_labels_full;
	if (task->taint.full || task->domain->taint.full)
		return false;
	*reason = SG_REASON_task_unclaimed;
	return task->claimed && sg_task_stands(gate, task, reason);
}

static bool
intent_ceilings(const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(task->intent));
	*reason = SG_REASON_intent_unknown;
	if (intent == NULL)
		return false;
	*reason = SG_REASON_outside_intent;
	if (!sg_strings_match(&intent->actions, r->action->name, '.'))
		return false;
	*reason = SG_REASON_outside_resources;
	if (!sg_strings_match(&intent->resources, r->resource_id, '/'))
		return false;
	*reason = r->found == NULL && gate->catalogue->resource_count > 0 ? SG_REASON_unknown_resource : SG_REASON_over_sensitivity;
	return r->level <= intent->sensitivity;
}

/* So many allowed actions of a pattern within a time, for each such limit that was handed down: by the task it was handed to and all below it. What
 * cannot be told counts as used up. */
static bool
rates_admit(const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	const struct sg_json *all = task->grant->constraints;
	for (const struct sg_json *of = sg_json_first(all); of != NULL; of = sg_json_next(all, of)) {
		const struct sg_json *rate = sg_json_get(sg_json_get(of, ""), "rate");
		struct sg_asked q = {.task = task, .scope = SG_SCOPE_BELOW, .now_ms = sg_state_steady(&gate->state), .trouble = SG_REASON_allowed};
		int64_t most = 0;
		if (rate == NULL || !sg_pattern_match(of->name, r->action->name, '.'))
			continue;
		if (!sg_json_int(sg_json_get(rate, "count"), &most) || !sg_json_int(sg_json_get(rate, "within"), &q.within_ms) ||
		    sg_history_count(&gate->state, &q, of->name) >= most || q.trouble != SG_REASON_allowed)
			return false;
	}
	return true;
}

/* Up to the root: a child may do only what each task above it could have been given. */
static bool
chain_ceilings(const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	for (const struct sg_task *t = task; t != NULL; t = t->parent) {
		if (!intent_ceilings(gate, r, t, reason))
			return false;
		*reason = t->grant == NULL ? SG_REASON_allowed : sg_task_grant_admits(t->grant, r->action, r->resource_id, r->effective_args, r->level);
		if (*reason != SG_REASON_allowed)
			return false;
		*reason = SG_REASON_outside_constraint;
		if (t->grant != NULL && !r->again && !rates_admit(gate, r, t))
			return false;
	}
	return true;
}

static bool
role_ceilings(const struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	r->step = 0;
	if (task->role[0] == '\0')
		return true;
	const struct sg_task_role *role = sg_catalogue_role(gate->catalogue, sg_str(task->role));
	*reason = SG_REASON_outside_role;
	if (role == NULL || !sg_strings_match(&role->actions, r->action->name, '.'))
		return false;
	return !role->planned || r->again || sg_plan_admits(gate, r, task, reason);
}

/* Acting for a person yields at most what that person handed over, to this agent. */
bool
sg_behalf_admits(const struct sg_gate *gate, const struct sg_agent *agent, struct sg_str human_id, const struct sg_action *action)
{
	if (human_id.len == 0)
		return true;
	const struct sg_human *human = sg_catalogue_human_id(gate->catalogue, human_id);
	return human != NULL && !sg_human_gone(gate, human) && (sg_strings_have(&human->agents, agent->name) || sg_strings_have(&human->agents, SG_STR("*"))) &&
	       (action == NULL || sg_strings_match(&human->delegates, action->name, '.'));
}

static bool
resource_ceilings(const struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	*reason = SG_REASON_no_resource;
	if (r->resource_type.len == 0 || r->resource_id.len == 0)
		return false;
	*reason = SG_REASON_resource_form;
	if (!sg_spell_resource_fits(gate->catalogue, r->resource_type, r->resource_id, &r->misspelt))
		return false;
	r->found = sg_catalogue_resource(gate->catalogue, r->resource_type, r->resource_id);
	*reason = SG_REASON_unknown_resource;
	if (r->found == NULL && sg_catalogue_closed(gate->catalogue, r->resource_type))
		return false;
	r->level = r->action->sensitivity;
	enum sg_sensitivity held = sg_catalogue_level(gate->catalogue, r->resource_type, r->resource_id);
	if (held > r->level)
		r->level = held;
	*reason = SG_REASON_wrong_environment;
	size_t count = 0;
	for (const struct sg_resource *f = NULL; (f = sg_next_found(gate, r, f)) != NULL; count++)
		if (f->environment.len > 0 && !sg_str_is(f->environment, task->environment))
			return false;
	*reason = SG_REASON_resource_many;
	return count <= SG_FOUND_MAX;
}

static bool
action_ceilings(const struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	*reason = SG_REASON_outside_reach;
	if (!sg_strings_match(&r->agent->reach, r->action->name, '.'))
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
	r->action = NULL;
	r->ask_owner = false;
	if (r->effective_args == NULL)
		r->effective_args = r->args;
	if (!task_ceilings(gate, r, task, reason))
		return false;
	r->action = sg_catalogue_action(gate->catalogue, r->action_name);
	*reason = SG_REASON_unknown_action;
	if (r->action == NULL || !agent_ceilings(gate, r, reason) || !action_ceilings(r, task, reason) || !resource_ceilings(gate, r, task, reason) ||
	    !chain_ceilings(gate, r, task, reason) || !role_ceilings(gate, r, task, reason) || !enforcer_ceilings(r, reason))
		return false;
	*reason = SG_REASON_not_delegated;
	if (!sg_behalf_admits(gate, r->agent, sg_str(task->on_behalf), r->action))
		return false;
	*reason = sg_arguments_fit(r->action, r->effective_args, &r->misfit);
	if (*reason == SG_REASON_allowed)
		*reason = sg_tool_admits(gate, r, task);
	if (*reason == SG_REASON_allowed)
		*reason = sg_cost_of(r->action, r->effective_args, r->cost);
	return *reason == SG_REASON_allowed;
}

/* What only a new attempt is asked: budgets, and whether the same thing was done before with nobody knowing what came of it. */
enum sg_reason
sg_may_spend(const struct sg_gate *gate, const struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (!r->action->reads && task->unsure.count > 0 &&
	    sg_task_unsure_of(task, r->digest, sg_step_digest(gate, task, r->action->name, r->resource, r->effective_args)))
		return SG_REASON_outcome_unknown;
	return sg_budgets_allow(gate, r, task, r->cost);
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
	return sg_who_stands(gate, r, reason) && sg_ceilings(gate, r, reason);
}

static bool
in_chain(const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	for (const struct sg_task *t = task; t != NULL; t = t->parent) {
		const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(t->intent));
		if (intent == NULL || !sg_strings_match(&intent->actions, r->action->name, '.') || r->action->sensitivity > intent->sensitivity ||
		    (t->grant != NULL && t->grant->has_actions && !sg_strings_match(&t->grant->actions, r->action->name, '.')))
			return false;
	}
	return true;
}

static bool
ever(struct sg_request *r, struct sg_gate *gate, const struct sg_task *task)
{
	enum sg_reason reason;
	const struct sg_task_role *role = sg_catalogue_role(gate->catalogue, sg_str(task->role));
	r->action = sg_catalogue_action(gate->catalogue, r->action_name);
	return r->action != NULL && sg_task_stands(gate, task, &reason) && action_ceilings(r, task, &reason) && in_chain(gate, r, task) &&
	       (task->role[0] == '\0' || (role != NULL && sg_strings_match(&role->actions, r->action->name, '.'))) &&
	       (r->enforcer == NULL || (sg_strings_match(&r->enforcer->actions, r->action->name, '.') &&
					sg_strings_match(&r->enforcer->for_agents, r->agent->name, '.')));
}

/* How many agents an enforcer stands in front of: among so many it shares what it has. */
static size_t
stands_before(const struct sg_gate *gate, const struct sg_enforcer *enforcer)
{
	size_t count = 0;
	for (size_t i = 0; i < gate->catalogue->agent_count; i++)
		count += sg_strings_match(&enforcer->for_agents, gate->catalogue->agents[i].name, '.');
	return count;
}

/* Those that the catalogue does not have, for whoever has to know that from what is only not allowed here. */
static void
write_unknown(const struct sg_gate *gate, struct sg_json_writer *w, const struct sg_json *names)
{
	sg_jw_name(w, "unknown");
	sg_jw_array(w);
	for (const struct sg_json *n = sg_json_first(names); n != NULL; n = sg_json_next(names, n))
		if (n->type == SG_JSON_STRING && sg_catalogue_action(gate->catalogue, n->string) == NULL)
			sg_jw_str(w, n->string);
	sg_jw_end(w);
}

/* Of tools that are listed those whose definition nobody has pinned. */
static void
write_unpinned(const struct sg_gate *gate, struct sg_json_writer *w, const struct sg_json *names)
{
	sg_jw_name(w, "unpinned");
	sg_jw_array(w);
	for (const struct sg_json *n = sg_json_first(names); n != NULL; n = sg_json_next(names, n))
		if (n->type == SG_JSON_STRING && sg_catalogue_action(gate->catalogue, n->string) != NULL && sg_catalogue_tool(gate->catalogue, n->string) == NULL)
			sg_jw_str(w, n->string);
	sg_jw_end(w);
}

enum { PATTERNS_UNIT = 2048 /* patterns that names are held against, for one unit */ };

/* What these names cost beyond the bytes of the request: each is held against all patterns of the chain. */
static int64_t
units_of(const struct sg_gate *gate, const struct sg_agent *agent, const struct sg_task *task, size_t names)
{
	size_t patterns = agent->reach.count;
	for (const struct sg_task *t = task; t != NULL; t = t->parent) {
		const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(t->intent));
		patterns += (intent != NULL ? intent->actions.count : 0) + (t->grant != NULL ? t->grant->actions.count : 0);
	}
	return (int64_t)(names * patterns / PATTERNS_UNIT);
}

static void
answer_ever(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const struct sg_json *names = sg_json_get(r->body, "actions"), *tools = sg_json_get(r->body, "tools");
	if (tools != NULL && tools->count != names->count) {
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "tools has one text for each of actions");
		return;
	}
	sg_buf_init(&body, 256 << 10);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "actions");
	sg_jw_array(&w);
	for (const struct sg_json *n = sg_json_first(names), *t = sg_json_first(tools); n != NULL; n = sg_json_next(names, n)) {
		r->tool = t != NULL ? t->string : SG_STR("");
		if (sg_json_string(n, &r->action_name) && ever(r, gate, task) &&
		    (tools == NULL || sg_tool_admits(gate, r, task) == SG_REASON_allowed))
			sg_jw_str(&w, r->action_name);
		t = t != NULL ? sg_json_next(tools, t) : NULL;
	}
	sg_jw_end(&w);
	if (r->enforcer != NULL) {
		sg_jw_member_text(&w, "agent", task->agent);
		sg_jw_member_int(&w, "agents", (int64_t)stands_before(gate, r->enforcer));
	}
	write_unknown(gate, &w, names);
	if (tools != NULL)
		write_unpinned(gate, &w, names);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

/* It is the task's agent that asks, whoever stands in front of it; whether the task stands at all is the enforcer's own question. */
static void
paid_ever(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	r->agent = sg_catalogue_agent(gate->catalogue, sg_str(task->agent));
	if (r->agent == NULL) {
		sg_answer_error(gate, r, 403, SG_REASON_no_agent, "");
		return;
	}
	size_t names = sg_json_get(r->body, "actions")->count;
	if (names > 0 && !sg_agent_afford(gate, r, r->agent->name)) {
		sg_request_refuse(gate, r);
		return;
	}
	sg_agent_owes(gate, r, units_of(gate, r->agent, task, names));
	answer_ever(gate, r, task);
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
	if (task != NULL && enforcer && sg_json_int(sg_json_get(r->body, "peer_uid"), &uid) && uid != task->instance->uid)
		task = NULL; /* a token under another uid than its instance's */
	if (task != NULL && enforcer && !sg_strings_match(&r->enforcer->for_agents, sg_str(task->agent), '.'))
		task = NULL; /* it does not stand in front of that agent */
	if (known && task != NULL && !enforcer && !sg_who_owns(r, task))
		task = NULL;
	const struct sg_task *stopped = task != NULL ? sg_task_stopped(&gate->state, task) : NULL;
	if (stopped != NULL)
		sg_answer_error(gate, r, 403, stopped_reason(&gate->state, stopped), "");
	else if (task != NULL && task->claimed)
		paid_ever(gate, r, task);
	else
		sg_answer_error(gate, r, 403, known ? SG_REASON_no_task : reason, "");
}

/* Which of the named actions a task's agent can ever be allowed: catalogue, reach, intent and the enforcer's own bounds, whatever policy says. With
 * the digests of tools as they were listed: without those that the pin does not fit, and those that are in quarantine for the task's tree. */
void
sg_route_ceiling(struct sg_gate *gate, struct sg_request *r)
{
	sg_look_first(gate, r, ceiling_who);
}
