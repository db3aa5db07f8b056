/* SPDX-License-Identifier: Apache-2.0
 * Tasks, leases, approvals and hooks, each looked at once more. */
#include "gate/people/review.h"

#include "gate/decide/ceiling.h"
#include "gate/decide/outcome.h"
#include "gate/decide/sight.h"
#include "gate/tasks/tasks.h"

enum { TASKS, LEASES, APPROVALS, HOOKS };

static size_t
task(struct sg_gate *gate, void *thing)
{
	return sg_task_review(gate, thing);
}

static size_t
lease(struct sg_gate *gate, void *thing)
{
	return sg_lease_review(gate, thing);
}

static size_t
approval(struct sg_gate *gate, void *thing)
{
	return sg_approval_review(gate, thing);
}

static size_t
hooks(struct sg_gate *gate, void *thing)
{
	return sg_hooks_lost(gate, thing);
}

static const struct review {
	size_t table; /* where in the gate it stands */
	size_t (*look)(struct sg_gate *gate, void *thing); /* returns how much was done */
} reviews[SG_REVIEWS] = {
	[TASKS] = {offsetof(struct sg_gate, state.tasks), task},
	[LEASES] = {offsetof(struct sg_gate, state.leases), lease},
	[APPROVALS] = {offsetof(struct sg_gate, state.approvals), approval},
	[HOOKS] = {offsetof(struct sg_gate, state.decisions), hooks},
};

/* A table that grew has its things elsewhere, and one that could not be recorded stays as it was: from the beginning. */
static void
slice(struct sg_gate *gate, const struct review *review, struct sg_round *at)
{
	const struct sg_table *table = (const void *)((const char *)gate + review->table);
	size_t slots = SG_ROUND_SLICE, done = 0;
	if (at->slots != table->slots)
		*at = (struct sg_round){.open = true, .slots = table->slots};
	for (void *thing; done < SG_ROUND_DONE && !gate->journal.closed && (thing = sg_table_slice(table, &at->at, &slots)) != NULL;)
		done += review->look(gate, thing);
	if (gate->journal.closed)
		at->at = 0;
	else
		at->open = at->at != 0;
}

bool
sg_reviews_turn(struct sg_gate *gate)
{
	bool more = false;
	if (gate->journal.closed)
		return false;
	if (gate->hooks_lost && !gate->journal.scarce) {
		gate->reviews[HOOKS] = (struct sg_round){.open = true};
		gate->hooks_lost = false;
	}
	size_t count = gate->journal.scarce ? HOOKS : SG_REVIEWS; /* hooks that are due wait for room */
	for (size_t i = 0; i < count && !gate->journal.closed; i++)
		if (gate->reviews[i].open) {
			sg_gate_now(gate);
			slice(gate, &reviews[i], &gate->reviews[i]);
			more |= gate->reviews[i].open;
		}
	if (!gate->reviews[TASKS].open)
		gate->ends_most_ms = 0;
	return more;
}

void
sg_gate_review(struct sg_gate *gate)
{
	for (size_t i = TASKS; i <= APPROVALS; i++)
		gate->reviews[i] = (struct sg_round){.open = true};
	sg_reviews_turn(gate);
}

bool
sg_reviews_leases(const struct sg_gate *gate)
{
	return gate->reviews[LEASES].open;
}
