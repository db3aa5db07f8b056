/* SPDX-License-Identifier: Apache-2.0
 * How much an agent has. */
#include "gate/state/holder.h"

#include "base/str.h"

/* Another agent's above it stands still, other than whoever it counts for: for that one it waits, and counts for nobody else. A part that nobody claimed counts for
 * whoever handed it on, and waits for its own. */
static bool
waits_for_another(const struct sg_task *task)
{
	const char *agent = task->holder != NULL ? task->holder->agent : task->agent;
	for (const struct sg_task *t = task->parent; t != NULL; t = t->parent)
		if (t->state == SG_TASK_FROZEN && strcmp(t->agent, agent) != 0)
			return true;
	return false;
}

/* What stands still counts: it waits for an operator, and is begun anew for nothing else. What ran out does not: it is about to end. */
static bool
counts(const struct sg_state *state, const struct sg_task *task)
{
	const struct sg_task *stopped = sg_task_stopped(state, task);
	bool still = task->state == SG_TASK_FROZEN || (stopped != NULL && stopped->state == SG_TASK_FROZEN);
	return stopped == NULL || (still && !waits_for_another(task));
}

size_t
sg_state_agent_tasks(const struct sg_state *state, struct sg_str agent, size_t most)
{
	const struct sg_holder *h = sg_state_holder(state, agent);
	size_t count = 0;
	if (h == NULL || h->open < most)
		return 0;
	for (struct sg_ring *at = sg_ring_first(&h->tasks); at != NULL; at = sg_ring_after(&h->tasks, at))
		count += counts(state, SG_RING_OF(at, struct sg_task, of_holder));
	return count;
}

size_t
sg_state_agent_kept(const struct sg_state *state, struct sg_str agent)
{
	const struct sg_holder *h = sg_state_holder(state, agent);
	return h == NULL ? 0 : h->kept;
}

size_t
sg_state_agent_leases(const struct sg_state *state, struct sg_str agent, size_t most)
{
	const struct sg_holder *h = sg_state_holder(state, agent);
	size_t count = 0;
	if (h == NULL || h->given < most)
		return 0;
	for (struct sg_ring *at = sg_ring_first(&h->leases); at != NULL; at = sg_ring_after(&h->leases, at)) {
		const struct sg_lease *l = SG_RING_OF(at, struct sg_lease, of_holder);
		count += l->confirm || !sg_deadline_over(&l->ends, &state->now);
	}
	return count;
}

size_t
sg_state_agent_approvals(const struct sg_state *state, struct sg_str agent, size_t most)
{
	const struct sg_holder *h = sg_state_holder(state, agent);
	size_t count = 0;
	if (h == NULL || h->asked < most)
		return 0;
	for (struct sg_ring *at = sg_ring_first(&h->approvals); at != NULL; at = sg_ring_after(&h->approvals, at)) {
		const struct sg_approval *a = SG_RING_OF(at, struct sg_approval, of_holder);
		count += a->state == SG_APPROVAL_OPEN && sg_approval_live(state, a);
	}
	return count;
}
