/* SPDX-License-Identifier: Apache-2.0
 * Watching: a task ends when the process that holds it is gone, whether or not anybody says so. A few instances are looked at each time, so that
 * many cost no more than few; all are looked at again and again. */
#include "base/str.h"
#include "gate/tasks/tasks.h"
#include "gate/desk/revoking.h"
#include "gate/state/ending.h"
#include "gate/state/holder.h"

enum { LOOKS_AT_ONCE = 256 };

/* What is frozen waits for an operator, whether or not its process is there, and so do those above it: they stand still, and what they hold is taken back. False: it
 * could not be recorded. *done: leaves. */
static bool
stand_still(struct sg_gate *gate, const struct sg_task *task, size_t *done)
{
	bool needs = task->state == SG_TASK_OPEN && task->frozen_below > 0; /* one that waits for those above it alone goes with them */
	bool good = !needs || sg_record_task(gate, task, "frozen", SG_STR("stepgate"), "instance gone", NULL);
	*done += needs;
	for (struct sg_lease *l = task->its_leases, *next; l != NULL; l = next) {
		next = l->next;
		if (l->state >= SG_LEASE_REVOKING)
			continue;
		if (*done >= SG_ROUND_DONE)
			return false; /* the rest in the next turn */
		good &= sg_lease_revoke(gate, l, SG_STR("stepgate"), "instance gone");
		*done += 1;
	}
	return good;
}

/* It ends with the one above it, or is on its way. */
static bool
goes_by_itself(const struct sg_gate *gate, const struct sg_task *task)
{
	const struct sg_task *above = task->parent;
	return sg_task_is_ending(&gate->state, task) ||
	       (above != NULL && above->instance == task->instance && above->state <= SG_TASK_FROZEN && sg_task_may_end(above));
}

/* Each of its own, and no other, so much in a turn. Once what is left stands still it is not looked at again before one of that goes on. */
static size_t
end_tasks_of(struct sg_gate *gate, struct sg_instance *instance)
{
	size_t done = 0, ended = 0;
	bool still = true;
	const struct sg_task *stood = NULL;
	struct sg_task *t;
	while (done < SG_ROUND_DONE && (t = sg_instance_open(instance, stood)) != NULL) {
		if (goes_by_itself(gate, t)) {
			still = false;
			stood = t;
		} else if (sg_task_may_end(t)) {
			if (!sg_end_task(gate, t, "instance gone"))
				return done;
			ended++;
			done++;
			stood = stood != NULL && sg_ring_is_in(&stood->of_instance) ? stood : NULL; /* it may have ended with that one */
		} else {
			still &= stand_still(gate, t, &done);
			stood = t;
		}
	}
	instance->still = still && ended == 0 && done < SG_ROUND_DONE ? gate->state.stirs + 1 : 0;
	return done;
}

static bool
is_gone(const struct sg_gate *gate, const struct sg_instance *i)
{
	if (i->tasks > 0 && i->group != NULL && i->group[0] != '\0')
		return gate->sys->group_empty != NULL && gate->sys->group_empty(gate->sys, i->group) == 1;
	if (i->tasks == 0 || i->pid <= 0)
		return false;
	uint64_t started = gate->sys->process_start(gate->sys, (pid_t)i->pid);
	return started != UINT64_MAX && started != (uint64_t)i->start_time;
}

void
sg_gate_watch(struct sg_gate *gate)
{
	size_t slots = SG_ROUND_SLICE, ended = 0;
	struct sg_instance *i;
	if (gate->sys->process_start == NULL || gate->journal.closed)
		return;
	for (int looks = 0; looks < LOOKS_AT_ONCE && ended < SG_ROUND_DONE && (i = sg_table_slice(&gate->state.instances, &gate->watched_at, &slots)) != NULL;) {
		if (i->tasks == 0 || i->still == gate->state.stirs + 1)
			continue;
		looks++;
		if (is_gone(gate, i))
			ended += end_tasks_of(gate, i);
	}
	if (ended > 0)
		sg_leases_revoking(gate);
}
