/* SPDX-License-Identifier: Apache-2.0
 * What ends by itself: what ran out, and what a configuration left without its agent or its issuer. */
#include "gate/tasks/tasks.h"
#include "gate/desk/revoking.h"

#include "base/str.h"

/* One that ran out is said to have. */
size_t
sg_approval_expire(struct sg_gate *gate, struct sg_approval *a)
{
	struct sg_buf body;
	if ((a->state != SG_APPROVAL_OPEN && a->state != SG_APPROVAL_GRANTED) || !sg_deadline_over(&a->ends, &gate->state.now))
		return 0;
	sg_buf_init(&body, 256);
	sg_buf_printf(&body, "{\"approval\":\"%s\",\"event\":\"expired\"}", a->id);
	sg_record(gate, "approval", sg_buf_view(&body), SG_STR(""), NULL, NULL);
	sg_buf_done(&body);
	return 1;
}

size_t
sg_task_expire(struct sg_gate *gate, struct sg_task *t)
{
	if (t->state > SG_TASK_FROZEN || !sg_deadline_over(&t->ends, &gate->state.now) || !sg_task_may_end(t))
		return 0;
	sg_end_task(gate, t, "expired");
	return 1;
}

/* The instance that made a credential takes it back: it still runs when the configuration changes, and leaves only when it owes no answer. */
static bool
has_issuer(const struct sg_catalogue *now, const struct sg_catalogue *before, const struct sg_lease *lease)
{
	const struct sg_issuer *is = sg_catalogue_issuer(now, sg_str(lease->issuer)), *was = before == NULL ? NULL : sg_catalogue_issuer(before, sg_str(lease->issuer));
	return is != NULL && (was == NULL || sg_str_eq(is->use, was->use));
}

void
sg_gate_orphans(struct sg_gate *gate)
{
	size_t at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&gate->state.leases, &at)) != NULL;)
		if (l->state < SG_LEASE_REVOKING && !has_issuer(gate->catalogue, gate->retired, l))
			sg_lease_revoke(gate, l, SG_STR("stepgate"), "issuer removed");
	gate->rounds[SG_ROUND_TASKS] = (struct sg_round){.open = true}; /* sg_task_orphan, so many in a turn */
	gate->orphaned = true;
}

/* One below another that has lost its agent as well goes with that one. */
size_t
sg_task_orphan(struct sg_gate *gate, struct sg_task *t)
{
	const struct sg_task *above = t->parent;
	bool lost = t->state <= SG_TASK_FROZEN && sg_catalogue_agent(gate->catalogue, sg_str(t->agent)) == NULL;
	bool goes_with = above != NULL && above->state <= SG_TASK_FROZEN && sg_catalogue_agent(gate->catalogue, sg_str(above->agent)) == NULL;
	return lost && !goes_with && sg_end_task(gate, t, "agent removed");
}
