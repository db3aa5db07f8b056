/* SPDX-License-Identifier: Apache-2.0
 * Who waits, and what ends it: a leaf that is synced or lost (I2), an event, time. */
#include "gate/desk/desk.h"
#include "gate/desk/scarce.h"

static bool
is_synced(const struct sg_gate *gate, const struct sg_request *r)
{
	return r->stage == SG_STAGE_COMMIT && r->wait_leaf <= gate->journal.durable;
}

static bool
is_any(const struct sg_gate *gate, const struct sg_request *r)
{
	(void)gate;
	(void)r;
	return true;
}

void
sg_wake_slowed(struct sg_gate *gate)
{
	for (struct sg_request *r; (r = sg_request_first(gate, SG_STAGE_SLOWED)) != NULL && gate->state.now.boot >= r->wait_until;) /* all wait equally long */
		sg_slowed_wake(gate, r);
}

void
sg_answer_unsynced(struct sg_gate *gate, bool (*wanted)(const struct sg_gate *, const struct sg_request *))
{
	struct sg_ids ids = sg_requests_collect(gate, SG_STAGE_COMMIT, wanted);
	for (size_t i = 0; i < ids.count; i++) {
		struct sg_request *r = sg_request_find(gate, ids.at[i]);
		if (r == NULL)
			continue;
		if (r->lost != NULL)
			r->lost(gate, r);
		else
			sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "in force now, a stop also where this gate ends; recorded once the disk answers; look again then");
	}
	sg_ids_done(&ids);
}

/* The disk took a trial. What it owes comes before anything that builds on it. */
static void
reopened(struct sg_gate *gate)
{
	gate->shut = false;
	sg_gate_pay(gate);
	sg_gate_scarce(gate);
	sg_gate_write_gaps(gate);
	gate->reopened(gate);
}

void
sg_gate_synced(struct sg_gate *gate)
{
	sg_gate_now(gate);
	if (gate->journal.closed) {
		if (gate->journal.lost) {
			sg_gate_lost(gate);
			sg_answer_unsynced(gate, is_any);
		}
		return;
	}
	if (gate->shut)
		reopened(gate);
	sg_gate_release_held(gate);
	struct sg_ids ids = sg_requests_collect(gate, SG_STAGE_COMMIT, is_synced);
	for (size_t i = 0; i < ids.count; i++) {
		struct sg_request *r = sg_request_find(gate, ids.at[i]);
		if (r == NULL || !is_synced(gate, r))
			continue;
		sg_work_begin(gate, r);
		r->after_sync(gate, r);
		sg_work_end(gate);
	}
	sg_ids_done(&ids);
}

void
sg_wake(struct sg_gate *gate)
{
	struct sg_ids ids = sg_requests_collect(gate, SG_STAGE_POLL, is_any);
	for (size_t i = 0; i < ids.count; i++) {
		struct sg_request *r = sg_request_find(gate, ids.at[i]);
		if (r != NULL)
			r->polled(gate, r);
	}
	sg_ids_done(&ids);
	if (!gate->journal.committing)
		sg_gate_synced_if_idle(gate);
}

void
sg_gate_synced_if_idle(struct sg_gate *gate)
{
	if (!gate->journal.closed && gate->journal.pending.len == 0)
		sg_gate_synced(gate); /* nothing is on its way, so whoever waits for what is already durable may go on */
}
