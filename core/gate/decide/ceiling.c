/* SPDX-License-Identifier: Apache-2.0
 * Ceilings: what no policy can lift. Checked before policy, after narrowing, and again at release. */
#include "gate/decide/decide.h"
#include "gate/desk/buckets.h"
#include "gate/state/ending.h"
#include "base/pattern.h"
#include "base/str.h"
#include "gate/state/grant.h"
#include "gate/state/history.h"
#include "gate/desk/spell.h"
#include "gate/decide/spend.h"

/* It was found within the bounds that catalogue and grants set for these very arguments; these move with a reload alone. What else can move is asked each time. */
static bool
is_within(const struct sg_gate *gate, const struct sg_request *r)
{
	return r->within == r->effective_args && r->within_under == gate->configured;
}

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

enum sg_reason
sg_stopped_reason(const struct sg_state *state, const struct sg_task *task)
{
	if (task->state == SG_TASK_KILLED || sg_state_killed(state, sg_str(task->agent)))
		return SG_REASON_killed;
	if (task->state == SG_TASK_FROZEN)
		return SG_REASON_frozen;
	return task->state != SG_TASK_OPEN || sg_task_is_ending(state, task) ? SG_REASON_task_closed : SG_REASON_task_expired;
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
		*reason = sg_stopped_reason(&gate->state, stopped);
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

/* Up to the root: a child may do only what each task above it could have been given. */
static bool
chain_ceilings(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	bool within = is_within(gate, r);
	for (const struct sg_task *t = task; t != NULL; t = t->parent) {
		if (!within && !intent_ceilings(gate, r, t, reason))
			return false;
		*reason = within || t->grant == NULL ? SG_REASON_allowed : sg_task_grant_admits(t->grant, r->action, r->resource_id, r->effective_args, r->level, &r->looks);
		if (*reason != SG_REASON_allowed)
			return false;
	}
	*reason = SG_REASON_outside_constraint;
	return r->again || sg_rates_admit(gate, r, task);
}

static bool
role_ceilings(const struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	r->step = 0;
	if (task->role[0] == '\0')
		return true;
	const struct sg_task_role *role = sg_catalogue_role(gate->catalogue, sg_str(task->role));
	*reason = SG_REASON_outside_role;
	if (role == NULL || (!is_within(gate, r) && !sg_strings_match(&role->actions, r->action->name, '.')))
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
	if (!sg_spell_resource_fits(gate->catalogue, r->resource_type, r->resource_id, &r->misspelt) || !sg_properties_fit(r->resource, &r->misspelt))
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

bool
sg_action_within(const struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
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

/* What catalogue and arguments alone say. */
static bool
still_bounds(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	return is_within(gate, r) || (sg_action_within(r, task, reason) && resource_ceilings(gate, r, task, reason));
}

static bool
task_bounds(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	return chain_ceilings(gate, r, task, reason) && role_ceilings(gate, r, task, reason) && (is_within(gate, r) || enforcer_ceilings(r, reason));
}

static enum sg_reason
argument_bounds(const struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	bool within = is_within(gate, r);
	enum sg_reason reason = within ? SG_REASON_allowed : sg_arguments_fit(r->action, r->effective_args, &r->looks, &r->misfit);
	if (reason == SG_REASON_allowed)
		reason = sg_tool_admits(gate, r, task);
	return within || reason != SG_REASON_allowed ? reason : sg_cost_of(r->action, r->effective_args, r->cost);
}

bool
sg_ceilings(struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	r->action = NULL;
	r->ask_owner = false;
	r->looks = SG_SHADOW_LOOKS;
	if (r->effective_args == NULL)
		r->effective_args = r->args;
	if (!is_within(gate, r))
		r->within = NULL;
	if (!task_ceilings(gate, r, task, reason))
		return false;
	r->action = sg_catalogue_action(gate->catalogue, r->action_name);
	*reason = SG_REASON_unknown_action;
	if (r->action == NULL || !agent_ceilings(gate, r, reason) || !still_bounds(gate, r, task, reason) || !task_bounds(gate, r, task, reason))
		return false;
	*reason = SG_REASON_not_delegated;
	if (!sg_behalf_admits(gate, r->agent, sg_str(task->on_behalf), r->action))
		return false;
	*reason = argument_bounds(gate, r, task);
	if (*reason == SG_REASON_allowed) {
		r->within = r->effective_args;
		r->within_under = gate->configured;
	}
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
