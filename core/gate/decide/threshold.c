/* SPDX-License-Identifier: Apache-2.0
 * Thresholds: refusals, step-ups and killed judgements are counted over the whole tree, whatever was asked and under whatever name; too many, and the
 * tree stands still until an operator has looked at it. */
#include "gate/decide/decide.h"
#include "base/str.h"
#include "gate/desk/domain.h"

#include <stdio.h>

static struct sg_str
owner_of(const struct sg_gate *gate, const struct sg_task *task)
{
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, sg_str(task->agent));
	return agent != NULL ? agent->owner : SG_STR("");
}

bool
sg_gate_freeze_by(struct sg_gate *gate, const struct sg_task *task, struct sg_str by, const char *why)
{
	bool with_domain = task->state == SG_TASK_FROZEN && task->by_domain; /* from now on for itself as well */
	if (task->state != SG_TASK_OPEN && !with_domain)
		return true;
	bool good = sg_record_task(gate, task, "frozen", by, why, NULL);
	sg_alert(gate, "frozen", owner_of(gate, task), sg_str(task->agent), sg_str(task->id));
	return good;
}

bool
sg_gate_freeze(struct sg_gate *gate, const struct sg_task *task, const char *why)
{
	return sg_gate_freeze_by(gate, task, SG_STR("stepgate"), why);
}

static const char *
too_often(const struct sg_gate *gate, const struct sg_tree *tree)
{
	const struct sg_limits *l = &gate->catalogue->limits;
	int64_t now = sg_state_steady(&gate->state);
	if (sg_times_count(&tree->denials, now, l->denials_within) >= l->denials)
		return "denials";
	if (sg_times_count(&tree->step_ups, now, l->step_ups_within) >= l->step_ups)
		return "step_ups";
	return sg_times_count(&tree->kills, now, 60000) >= l->policy_kills ? "policy_kills" : NULL;
}

static bool
is_often(const struct sg_gate *gate, const struct sg_domain *domain, int64_t denials, int64_t step_ups)
{
	const struct sg_limits *l = &gate->catalogue->limits;
	int64_t now = sg_state_steady(&gate->state);
	return domain != NULL && (sg_counted_within(&domain->denials, now, l->denials_within) >= denials ||
				  sg_counted_within(&domain->step_ups, now, l->step_ups_within) >= step_ups);
}

/* The domain goes along where it is its own conduct: another root would begin to count from nothing. What the tree counted may be others' that were given a part,
 * and who was given one works for others, too. */
static bool
is_its_own(const struct sg_gate *gate, const struct sg_task *task, const char *why)
{
	const struct sg_limits *l = &gate->catalogue->limits;
	if (task->domain != task->root->domain || sg_str_is(sg_str(why), "policy_kills") || !sg_task_self_opened(task->root))
		return false;
	return sg_str_is(sg_str(why), "split") || is_often(gate, task->domain, l->denials, l->step_ups);
}

/* A tainted task that is refused one of the high classes is what an attack looks like. */
static bool
tainted_and_high(const struct sg_gate *gate, const struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	return r->verdict == SG_DENY && (r->reason == SG_REASON_policy_denied || r->reason == SG_REASON_policy_none) && task != NULL && task->taint.count > 0 && r->action != NULL && !r->action->reads &&
	       (sg_str_is(r->action->kind, "payment") || sg_str_is(r->action->kind, "secret") || sg_str_is(r->action->kind, "infrastructure"));
}

static bool
tells_owner(const struct sg_request *r)
{
	return r->reason == SG_REASON_outside_reach || r->reason == SG_REASON_split || r->reason == SG_REASON_human_use || r->reason == SG_REASON_agent_retired ||
	       (r->verdict == SG_ALLOW && r->agent->autonomy == SG_ACT_AND_TELL && r->action != NULL && !r->action->reads);
}

void
sg_thresholds(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (r->ask || r->agent == NULL)
		return;
	if (tells_owner(r) || tainted_and_high(gate, r))
		sg_alert(gate, r->verdict == SG_ALLOW ? "acted" : sg_reason_code(r->reason), r->agent->owner, r->agent->name, r->task);
	if (task == NULL || task->root->tree == NULL || r->asked[0] == '\0')
		return;
	if (r->verdict == SG_ALLOW)
		return;
	const struct sg_limits *l = &gate->catalogue->limits;
	bool freezes = r->verdict == SG_DENY && r->merged.freeze;
	const char *why = r->reason == SG_REASON_split ? "split" : freezes ? "policy" : too_often(gate, task->root->tree);
	if (why != NULL)
		sg_gate_freeze(gate, freezes && !r->merged.freeze_whole ? task : task->root, why);
	if (freezes ? r->merged.freeze_whole : (why != NULL && is_its_own(gate, task, why)) || is_often(gate, task->domain, l->domain_denials, l->domain_step_ups))
		sg_domain_freeze(gate, task, freezes ? "policy" : "denials or step_ups");
}
