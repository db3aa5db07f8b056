/* SPDX-License-Identifier: Apache-2.0
 * Watching: a task ends when the process that holds it is gone, whether or not anybody says so. A few instances are looked at each time, so that
 * many cost no more than few; all are looked at again and again. */
#include "base/str.h"
#include "gate/tasks/tasks.h"
#include "gate/desk/revoking.h"

enum { LOOKS_AT_ONCE = 256 };

/* What is frozen waits for an operator, whether or not its process is there, and so do those above it: they stand still, and what they hold is taken back. */
static void
stand_still(struct sg_gate *gate, const struct sg_task *task)
{
	if (task->state == SG_TASK_OPEN)
		sg_record_task(gate, task, "frozen", SG_STR("stepgate"), "instance gone", NULL);
	for (struct sg_lease *l = task->its_leases, *next; l != NULL; l = next) {
		next = l->next;
		if (l->state < SG_LEASE_REVOKING)
			sg_lease_revoke(gate, l, SG_STR("stepgate"), "instance gone");
	}
}

static void
end_tasks_of(struct sg_gate *gate, const struct sg_instance *instance)
{
	size_t at = 0;
	for (struct sg_task *t; instance->tasks > 0 && (t = sg_table_next(&gate->state.tasks, &at)) != NULL;) {
		if (t->instance != instance || t->state > SG_TASK_FROZEN)
			continue;
		if (sg_task_may_end(t))
			sg_end_task(gate, t, "instance gone");
		else
			stand_still(gate, t);
	}
	sg_leases_revoking(gate);
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
	if (gate->sys->process_start == NULL || gate->journal.closed)
		return;
	for (int looks = 0; looks < LOOKS_AT_ONCE; looks++) {
		struct sg_instance *instance = sg_table_next(&gate->state.instances, &gate->watched_at);
		if (instance == NULL) {
			gate->watched_at = 0;
			return;
		}
		if (is_gone(gate, instance))
			end_tasks_of(gate, instance);
	}
}
