/* SPDX-License-Identifier: Apache-2.0
 * Which approval a question may show. One for something else, one that is used or over, and one whose giver no longer may give it are not there. */
#include "gate/decide/decide.h"
#include "gate/decide/sight.h"

#include "base/str.h"

static bool
fits(const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task, const struct sg_approval *a)
{
	bool said_to_this = strcmp(a->policy, gate->policy) == 0 && (a->level < 0 || (int64_t)r->level <= a->level); /* what other rules would ask is not known before they are asked */
	return said_to_this && a->task == task && a->state == SG_APPROVAL_GRANTED && strcmp(a->asked, sg_bound_asked(r)) == 0 &&
	       sg_approval_live(&gate->state, a) && sg_approval_stands(gate, a);
}

struct sg_approval *
sg_approval_in_sight(struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	if (r->blind)
		return NULL;
	if (r->approval_named.len > 0) {
		struct sg_approval *a = sg_state_approval(&gate->state, r->approval_named);
		return a != NULL && fits(gate, r, task, a) ? a : NULL;
	}
	for (struct sg_approval *a = task->its_approvals; a != NULL && task->approvals > 0; a = a->next)
		if (fits(gate, r, task, a))
			return a;
	return NULL;
}
