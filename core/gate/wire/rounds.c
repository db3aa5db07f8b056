/* SPDX-License-Identifier: Apache-2.0
 * What is looked through again and again, a slice in each turn, so that no turn is long however much there is: what ran out ends, what ended long ago is
 * forgotten. */
#include "gate/wire/rounds.h"

#include "gate/desk/domain.h"
#include "gate/desk/purse.h"
#include "gate/tasks/tasks.h"

static size_t
task(struct sg_gate *gate, void *thing)
{
	size_t ended = sg_task_expire(gate, thing);
	ended += ended > 0 ? 0 : sg_task_idle(gate, thing);
	return ended + sg_sweep_task(&gate->state, thing, SG_KEPT_MS);
}

static size_t
approval(struct sg_gate *gate, void *thing)
{
	return sg_approval_expire(gate, thing);
}

static size_t
lease(struct sg_gate *gate, void *thing)
{
	return sg_sweep_lease(&gate->state, thing);
}

static size_t
instance(struct sg_gate *gate, void *thing)
{
	return sg_sweep_instance(&gate->state, thing);
}

static size_t
domain(struct sg_gate *gate, void *thing)
{
	return sg_sweep_domain(&gate->state, thing) || sg_domain_fade(gate, thing);
}

static size_t
bucket(struct sg_gate *gate, void *thing)
{
	return sg_bucket_sweep(gate, thing);
}

static const struct round {
	size_t table; /* where in the gate it stands */
	size_t (*look)(struct sg_gate *gate, void *thing); /* returns how much was done */
} rounds[SG_ROUNDS] = {
	{offsetof(struct sg_gate, state.tasks), task},         {offsetof(struct sg_gate, state.leases), lease},
	{offsetof(struct sg_gate, state.approvals), approval}, {offsetof(struct sg_gate, state.instances), instance},
	{offsetof(struct sg_gate, state.domains), domain},     {offsetof(struct sg_gate, buckets), bucket},
};

static void
slice(struct sg_gate *gate, const struct round *round, struct sg_round *at)
{
	const struct sg_table *table = (const void *)((const char *)gate + round->table);
	size_t slots = SG_ROUND_SLICE, done = 0;
	for (void *thing; done < SG_ROUND_DONE && (thing = sg_table_slice(table, &at->at, &slots)) != NULL;)
		done += round->look(gate, thing);
	at->open = at->at != 0;
}

void
sg_rounds_turn(struct sg_gate *gate)
{
	bool begin = gate->state.now.boot - gate->rounds_at >= SG_ROUND_MS * SG_MSEC;
	if (begin)
		gate->rounds_at = gate->state.now.boot;
	for (size_t i = 0; i < SG_ROUNDS; i++) {
		gate->rounds[i].open |= begin;
		if (gate->rounds[i].open)
			slice(gate, &rounds[i], &gate->rounds[i]);
	}
}
