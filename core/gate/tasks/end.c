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

/* One below another that has lost its agent as well goes with that one. */
size_t
sg_task_review(struct sg_gate *gate, struct sg_task *t)
{
	const struct sg_task *above = t->parent;
	bool lost = t->state <= SG_TASK_FROZEN && sg_catalogue_agent(gate->catalogue, sg_str(t->agent)) == NULL;
	bool goes_with = above != NULL && above->state <= SG_TASK_FROZEN && sg_catalogue_agent(gate->catalogue, sg_str(above->agent)) == NULL;
	if (lost && !goes_with)
		return sg_end_task(gate, t, "agent removed");
	bool late = gate->ends_most_ms > 0 && t->state <= SG_TASK_FROZEN && t->ends.wall_ms > gate->ends_most_ms;
	return late && sg_end_task(gate, t, "clock");
}
