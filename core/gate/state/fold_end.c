/* SPDX-License-Identifier: Apache-2.0
 * Ends in the fold: of a lease, of an approval, of waiting for an outcome. */
#include "gate/state/fold_in.h"
#include "gate/state/issued.h"

#include <stdlib.h>
#include <string.h>

void
sg_fold_await(struct sg_state *state, struct sg_attempt *attempt)
{
	attempt->owed = true;
	attempt->task->owed++;
	attempt->owed_before = state->owed_last;
	attempt->owed_next = NULL;
	if (state->owed_last != NULL)
		state->owed_last->owed_next = attempt;
	else
		state->owed_first = attempt;
	state->owed_last = attempt;
}

void
sg_fold_await_no_more(struct sg_state *state, struct sg_attempt *attempt)
{
	if (!attempt->owed)
		return;
	attempt->owed = false;
	attempt->task->owed--;
	if (attempt->owed_before != NULL)
		attempt->owed_before->owed_next = attempt->owed_next;
	else
		state->owed_first = attempt->owed_next;
	if (attempt->owed_next != NULL)
		attempt->owed_next->owed_before = attempt->owed_before;
	else
		state->owed_last = attempt->owed_before;
	attempt->owed_before = attempt->owed_next = NULL;
}

void
sg_fold_end_lease(struct sg_state *state, struct sg_lease *lease, enum sg_lease_state to)
{
	bool was_live = lease->state == SG_LEASE_PENDING || lease->state == SG_LEASE_ACTIVE, was_dead = lease->state == SG_LEASE_DEAD;
	if (to > lease->state)
		lease->state = to;
	sg_lease_recount(lease, &state->now);
	if (was_live && lease->state >= SG_LEASE_REVOKING) {
		state->live_leases--;
		lease->stopped = state->by_operator;
	}
	if (was_dead || lease->state != SG_LEASE_DEAD)
		return;
	sg_lease_ends_in(lease);
	if (--lease->task->leases == 0 && lease->task->state == SG_TASK_CLOSING)
		lease->task->state = SG_TASK_CLOSED;
}

void
sg_fold_end_approval(struct sg_state *state, struct sg_approval *approval, enum sg_approval_state to)
{
	bool stood = approval->state == SG_APPROVAL_OPEN || approval->state == SG_APPROVAL_GRANTED;
	if (!stood && to != SG_APPROVAL_VOID)
		return;
	if (stood) {
		state->open_approvals--;
		approval->task->approvals--;
		sg_approval_ends_in(approval);
	}
	approval->state = to;
}
