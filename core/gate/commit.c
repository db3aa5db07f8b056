/* SPDX-License-Identifier: Apache-2.0
 * Committing: the approval is settled, the decision becomes a leaf, and nobody hears of it before that leaf is on disk. */
#include "gate/lease_room.h"
#include "gate/memories.h"
#include "gate/moved.h"
#include "gate/sight.h"
#include "gate/turns.h"

#include "base/str.h"

#include <stdio.h>

enum { LEAF_BODY_MAX = 48 << 10, SEAL_MAX = SG_SEALED_MAX - SG_SEAL_OVERHEAD };

void
sg_asker(const struct sg_request *r, char out[80])
{
	if (r->enforcer != NULL)
		snprintf(out, 80, "enforcer:%.*s", SG_STR_ARG(r->enforcer->name));
	else if (r->agent != NULL)
		snprintf(out, 80, "agent:%.*s", SG_STR_ARG(r->agent->name));
	else
		snprintf(out, 80, "unknown");
}

static void
say_decision(struct sg_gate *gate, const struct sg_request *r)
{
	char line[512];
	/* names come from the agent: on the operator's terminal they are letters, never commands */
	snprintf(line, sizeof(line), "%-8s %.*s %.*s %.*s  %s%s%.*s  %s", sg_verdict_name(r->verdict),
		 SG_STR_ARG(r->agent != NULL ? r->agent->name : SG_STR("-")), SG_STR_ARG(r->action_name),
		 SG_STR_ARG(r->resource_type), sg_reason_code(r->reason), r->merged.rule.len > 0 ? " by " : "",
		 SG_STR_ARG(r->merged.rule), r->decision);
	for (char *at = line; *at != '\0'; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	gate->ports.say(gate->ports.self, line);
}

static void
answer_recorded(struct sg_gate *gate, struct sg_request *r)
{
	say_decision(gate, r);
	sg_answer_decision(gate, r);
}

/* A denial that cannot be recorded is counted, and still a denial. */
static void
deny_unrecorded(struct sg_gate *gate, struct sg_request *r)
{
	sg_gap_count(gate, 1, SG_REASON_audit_unavailable);
	r->verdict = SG_DENY;
	r->reason = SG_REASON_audit_unavailable;
	r->decision[0] = '\0';
	sg_answer_decision(gate, r);
}

static void
record_and_answer(struct sg_gate *gate, struct sg_request *r)
{
	uint64_t number = 0;
	gate->decided++;
	if (r->ask)
		sg_answer_decision(gate, r);
	else if (!sg_record_decision(gate, r, &number))
		deny_unrecorded(gate, r);
	else {
		sg_tool_quarantine(gate, r);
		sg_thresholds(gate, r);
		sg_request_sync(gate, r, number, answer_recorded);
	}
}

void
sg_deny(struct sg_gate *gate, struct sg_request *r, enum sg_reason reason)
{
	r->verdict = reason == SG_REASON_plan_unsigned ? SG_DEFER : SG_DENY; /* what only time is missing for is not refused for good */
	r->reason = reason;
	r->merged.retry_ms = r->verdict == SG_DEFER ? 5000 : 0;
	r->lease[0] = r->approval[0] = '\0';
	record_and_answer(gate, r);
}

void
sg_deny_unkeyed(struct sg_gate *gate, struct sg_request *r, enum sg_reason reason)
{
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	char name[SG_CONN_NAME] = "";
	if (conn != NULL)
		sg_conn_name(conn, name);
	if (!sg_bucket_take(gate, "unknown", sg_str(name))) { /* nobody fills the journal without being somebody */
		sg_gap_count(gate, 0, SG_REASON_overloaded);
		sg_answer_error(gate, r, 429, SG_REASON_overloaded, "");
		return;
	}
	r->asked[0] = '\0';
	sg_deny(gate, r, reason);
}

/* ---- approvals ---- */

static void
step_up_new(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	struct sg_buf body, summary;
	if (sg_state_agent_approvals(&gate->state, r->agent->name, (size_t)gate->catalogue->limits.approvals_per_agent) >=
	    (size_t)gate->catalogue->limits.approvals_per_agent) {
		sg_deny(gate, r, SG_REASON_too_many_approvals);
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
		deny_unrecorded(gate, r);
		return;
	}
	r->verdict = SG_STEP_UP;
	r->reason = SG_REASON_approval_needed;
	record_and_answer(gate, r);
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

static void commit_allow(struct sg_gate *gate, struct sg_request *r, struct sg_task *task);

static void
settle_approval(struct sg_gate *gate, struct sg_request *r, struct sg_task *task)
{
	struct sg_approval *a = r->approval_named.len > 0 ? sg_state_approval(&gate->state, r->approval_named)
							  : sg_state_approval_of(&gate->state, task, r->digest);
	if (r->approval_named.len > 0 && (a == NULL || a->task != task)) {
		bool above = a != NULL && a->task != task && a->task->root == task->root; /* approvals are not inherited */
		sg_deny(gate, r, above ? SG_REASON_rule_9_approval : SG_REASON_approval_unknown);
	} else if (a == NULL) {
		step_up_new(gate, r, task);
	} else if (!sg_approval_live(&gate->state, a)) {
		sg_deny(gate, r, dead_reason(&gate->state, a));
	} else if (strcmp(a->digest, r->digest) != 0 || (r->blind && a->state == SG_APPROVAL_GRANTED)) { /* shown to policy, it led to something else */
		sg_approval_record(gate, a, "void");
		sg_deny(gate, r, SG_REASON_approval_mismatch);
	} else if (!sg_approval_stands(gate, a) || !sg_approval_says(gate, a, r)) { /* who said yes may not any more, or what they were shown is not so any more */
		sg_approval_record(gate, a, "void");
		step_up_new(gate, r, task);
	} else if (a->state == SG_APPROVAL_GRANTED && sg_requirement_met(&r->merged.requirement, a)) {
		snprintf(r->approval, sizeof(r->approval), "%s", a->id);
		commit_allow(gate, r, task);
	} else if (a->state == SG_APPROVAL_GRANTED) { /* the rules ask for more by now: what was gathered is not enough */
		sg_approval_record(gate, a, "void");
		step_up_new(gate, r, task);
	} else {
		snprintf(r->approval, sizeof(r->approval), "%s", a->id);
		r->verdict = SG_STEP_UP;
		r->reason = SG_REASON_approval_needed;
		record_and_answer(gate, r);
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

static void
commit_allow(struct sg_gate *gate, struct sg_request *r, struct sg_task *task)
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
	gate->decided++;
	if (!sg_record_decision(gate, r, &number)) {
		deny_unrecorded(gate, r);
		return;
	}
	gate->allowed++;
	sg_tool_quarantine(gate, r);
	sg_thresholds(gate, r);
	r->task_seq = task->taint.seq; /* with this commit's own taint: what comes on top is foreign */
	r->instance_seq = task->domain->taint.seq;
	sg_request_sync(gate, r, number, sg_issue);
}

static bool
judged_too_early(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	if (r->judged_task_seq != task->taint.seq || r->judged_instance_seq != task->domain->taint.seq ||
	    r->judged_generation != gate->policy_generation || r->judged_catalogue != gate->catalogue)
		return true;
	return sg_past_moved(gate, r, task);
}

/* Once at large; who is overtaken again takes its turn, and then no commit overtakes it. What moves without one (refusals, outcomes, an operator's word) is
 * more than a caller's burst only where somebody sees to it. */
static void
judge_again(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	bool may = r->stale++ == 0 || r->turn == SG_TURN_HAS;
	if (r->stale > SG_STALE_MOST)
		sg_deny(gate, r, SG_REASON_rejudge_limit);
	else if (may || sg_turn_take(gate, r, task))
		sg_judge(gate, r);
}

/* An approval that a rule looked at is used by the allow it led to. */
static void
use_sight(struct sg_request *r)
{
	if (r->sight[0] != '\0' && (r->reads >> SG_MOVING_approval & 1) != 0)
		snprintf(r->approval, sizeof(r->approval), "%s", r->sight);
}

/* try: said, not done */
static void
answer_ask(struct sg_gate *gate, struct sg_request *r)
{
	r->verdict = r->merged.verdict;
	r->reason = r->narrowed && r->verdict == SG_ALLOW ? SG_REASON_narrowed : r->merged.reason;
	sg_answer_decision(gate, r);
}

void
sg_commit_decision(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (r->ask) {
		answer_ask(gate, r);
	} else if (judged_too_early(gate, r, task)) {
		judge_again(gate, r, task);
	} else if (r->turn == SG_TURN_NONE && sg_turn_taken(gate, r, task)) {
		sg_turn_take(gate, r, task);
	} else if (gate->audit_lags) {
		sg_deny(gate, r, SG_REASON_audit_lags);
	} else if (r->verdict == SG_DEFER) {
		record_and_answer(gate, r);
	} else if (r->merged.verdict == SG_STEP_UP) {
		settle_approval(gate, r, task);
	} else {
		use_sight(r);
		commit_allow(gate, r, task);
	}
}
