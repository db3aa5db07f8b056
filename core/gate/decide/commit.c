/* SPDX-License-Identifier: Apache-2.0
 * Committing: the approval is settled (I4), the decision becomes a leaf (I3), and nobody hears of it before that leaf is on disk (I2). */
#include "gate/decide/decide.h"
#include "gate/desk/lease_room.h"
#include "gate/decide/memories.h"
#include "gate/decide/moved.h"
#include "gate/decide/sight.h"
#include "gate/desk/turns.h"

#include "base/str.h"

#include <stdio.h>

enum { LEAF_BODY_MAX = 48 << 10, SEAL_MAX = SG_SEALED_MAX - SG_SEAL_OVERHEAD };

/* ---- approvals ---- */

static void
step_up_new(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	struct sg_buf body, summary;
	if (sg_state_agent_approvals(&gate->state, r->agent->name, (size_t)gate->catalogue->limits.approvals_per_agent) >=
	    (size_t)gate->catalogue->limits.approvals_per_agent) {
		sg_deny(gate, r, SG_REASON_approval_queue);
		return;
	}
	sg_buf_init(&body, LEAF_BODY_MAX);
	bool good = sg_random_id(gate, "a", r->approval);
	sg_approval_write_open(&body, gate, r, task);
	sg_buf_init(&summary, SEAL_MAX);
	sg_approval_write_shown(&summary, r);
	good = good && !body.failed && !summary.failed &&
	       sg_record(gate, "approval", sg_buf_view(&body), sg_buf_view(&summary), NULL, NULL) == SG_OK;
	struct sg_approval *a = good ? sg_state_approval(&gate->state, sg_str(r->approval)) : NULL;
	if (a != NULL && a->action == NULL)
		a->action = strndup(summary.ptr, summary.len);
	sg_buf_done(&summary);
	sg_buf_done(&body);
	if (!good) {
		sg_deny_unrecorded(gate, r);
		return;
	}
	r->verdict = SG_STEP_UP;
	r->reason = SG_REASON_approval_needed;
	sg_record_and_answer(gate, r);
}

static enum sg_reason
dead_reason(const struct sg_state *state, const struct sg_approval *a)
{
	switch (a->state) {
	case SG_APPROVAL_CONSUMED:
		return SG_REASON_approval_used;
	case SG_APPROVAL_DENIED:
		return SG_REASON_approval_refused;
	case SG_APPROVAL_VOID:
		return SG_REASON_approval_void;
	case SG_APPROVAL_EXPIRED:
		return SG_REASON_approval_expired;
	default:
		return sg_deadline_over(&a->ends, &state->now) ? SG_REASON_approval_expired : SG_REASON_internal;
	}
}

void
sg_settle_approval(struct sg_gate *gate, struct sg_request *r, struct sg_task *task)
{
	struct sg_approval *a = r->approval_named.len > 0 ? sg_state_approval(&gate->state, r->approval_named)
							  : sg_state_approval_of(&gate->state, task, sg_bound(r));
	if (r->approval_named.len > 0 && (a == NULL || a->task != task)) {
		bool above = a != NULL && a->task != task && a->task->root == task->root; /* approvals are not inherited */
		sg_deny(gate, r, above ? SG_REASON_rule_9_approval : SG_REASON_approval_unknown);
	} else if (a == NULL) {
		step_up_new(gate, r, task);
	} else if (!sg_approval_live(&gate->state, a)) {
		sg_deny(gate, r, dead_reason(&gate->state, a));
	} else if (strcmp(a->digest, sg_bound(r)) != 0 || (r->blind && a->state == SG_APPROVAL_GRANTED)) { /* shown to policy, it led to something else */
		sg_approval_record(gate, a, "void");
		sg_deny(gate, r, SG_REASON_approval_mismatch);
	} else if (!sg_approval_stands(gate, a) || !sg_approval_says(gate, a, r)) { /* who said yes may not any more, or what they were shown is not so any more */
		sg_approval_record(gate, a, "void");
		step_up_new(gate, r, task);
	} else if (a->state == SG_APPROVAL_GRANTED && sg_requirement_met(&r->merged.requirement, a)) {
		snprintf(r->approval, sizeof(r->approval), "%s", a->id);
		sg_commit_allow(gate, r, task);
	} else if (a->state == SG_APPROVAL_GRANTED) { /* the rules ask for more by now: what was gathered is not enough */
		sg_approval_record(gate, a, "void");
		step_up_new(gate, r, task);
	} else {
		snprintf(r->approval, sizeof(r->approval), "%s", a->id);
		r->verdict = SG_STEP_UP;
		r->reason = SG_REASON_approval_needed;
		sg_record_and_answer(gate, r);
	}
}

/* ---- allow ---- */

/* What the request names must be one of the issuer's. */
static bool
audience_served(const struct sg_request *r)
{
	const struct sg_strings *list = &r->issuer->audience;
	return list->count > 0 ? sg_strings_have(list, r->audience) : sg_str_eq(r->audience, r->issuer->name);
}

static bool
plan_lease(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	if (r->action->credential.len == 0)
		return true;
	*reason = SG_REASON_asserted_agent;
	if (!r->proven)
		return false;
	r->issuer = sg_catalogue_issuer(gate->catalogue, r->action->credential);
	const struct sg_issuer_told *told = r->issuer == NULL ? NULL : sg_issuer_told(gate, r->issuer->name);
	*reason = SG_REASON_issue_unavailable;
	if (told == NULL || (told->format == SG_ISSUE_jwt && r->issuer->audience.count == 0))
		return false;
	*reason = SG_REASON_enforcer_only;
	if (told->enforcer_only && r->enforcer == NULL)
		return false;
	*reason = SG_REASON_bad_request;
	if (!audience_served(r))
		return false;
	*reason = SG_REASON_too_many_leases;
	if (sg_state_agent_leases(&gate->state, r->agent->name, (size_t)gate->catalogue->limits.leases_per_agent) >=
	    (size_t)gate->catalogue->limits.leases_per_agent)
		return false;
	*reason = SG_REASON_masks_full;
	if (told->format == SG_ISSUE_opaque && task->root->tree != NULL && task->root->tree->mask.count == SG_MASK_SECRETS)
		return false;
	if ((*reason = sg_lease_room(gate, r->issuer, r->agent)) != SG_REASON_allowed)
		return false;
	int64_t ttl = r->issuer->ttl_ms, most = gate->catalogue->limits.credential_ttl_max, left = sg_deadline_left(&task->ends, &gate->state.now);
	ttl = ttl < most ? ttl : most;
	ttl = ttl < left ? ttl : left; /* a credential dies with its task */
	if (r->merged.ttl_ms > 0 && r->merged.ttl_ms < ttl)
		ttl = r->merged.ttl_ms;
	r->lease_ends = sg_deadline_in(&gate->state.now, ttl);
	*reason = SG_REASON_internal;
	return sg_random_id(gate, "l", r->lease);
}

void
sg_commit_allow(struct sg_gate *gate, struct sg_request *r, struct sg_task *task)
{
	enum sg_reason reason = SG_REASON_internal;
	uint64_t number = 0;
	if (!sg_memory_room(gate, r)) {
		sg_deny(gate, r, SG_REASON_memory_full);
		return;
	}
	if ((reason = sg_wall_good(gate)) != SG_REASON_allowed) {
		sg_deny(gate, r, reason);
		return;
	}
	if ((reason = sg_may_spend(gate, r)) != SG_REASON_allowed || !plan_lease(gate, r, task, &reason)) {
		sg_deny(gate, r, reason);
		return;
	}
	r->verdict = SG_ALLOW;
	r->reason = r->narrowed ? SG_REASON_narrowed : SG_REASON_allowed;
	if (!sg_record_decision(gate, r, &number)) {
		sg_deny_unrecorded(gate, r);
		return;
	}
	sg_count_decision(r);
	sg_tool_quarantine(gate, r);
	sg_thresholds(gate, r);
	r->anew = false;
	r->task_seq = task->taint.seq; /* with this commit's own taint: what comes on top is foreign */
	r->instance_seq = task->domain->taint.seq;
	r->lost = sg_decision_lost;
	sg_request_sync(gate, r, number, sg_issue);
}
