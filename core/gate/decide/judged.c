/* SPDX-License-Identifier: Apache-2.0
 * What policy's answer comes to: merged, narrowed, asked all ceilings again; then committed, unless what it rests on has moved, and it is judged once more. */
#include "gate/decide/decide.h"
#include "gate/decide/merge.h"
#include "gate/decide/moved.h"
#include "gate/state/requirement.h"
#include "gate/decide/sight.h"
#include "gate/desk/turns.h"

#include "base/str.h"

#include <stdio.h>

static bool
obligations_supported(const struct sg_request *r)
{
	for (size_t i = 0; i < r->merged.obligation_count; i++)
		if (r->enforcer == NULL || !sg_strings_have(&r->enforcer->obligations, r->merged.obligations[i]))
			return false;
	/* AuthZEN's decision is for what was asked: only who says that it does what stands in `effective` may be told yes for less */
	return !r->authzen || !r->narrowed || (r->enforcer != NULL && sg_strings_have(&r->enforcer->obligations, SG_STR("effective")));
}

/* For whoever asked: which argument it was. */
static struct sg_str
which_argument(struct sg_arena *arena, const struct sg_narrowed *narrowed)
{
	char text[320];
	int len = snprintf(text, sizeof(text), "%.*s: %s", narrowed->path.len > 200 ? 200 : (int)narrowed->path.len, narrowed->path.ptr, narrowed->why);
	return sg_arena_copy(arena, (struct sg_str){text, len > 0 && (size_t)len < sizeof(text) ? (size_t)len : 0});
}

static bool
take_effective(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, struct sg_str args)
{
	r->effective = sg_arena_copy(&r->arena, args);
	return r->effective.ptr != NULL && sg_digest_of(gate, r, r->effective, task, r->digest) &&
	       sg_canon_parse(&r->arena, r->effective, &sg_request_limits, &r->effective_args, NULL) == SG_OK &&
	       (!sg_leaves_out(r) || sg_digest_bound(gate, r, r->effective_args, task, r->bound));
}

/* Nothing is other than it was asked, by this judgement or one before: effective arguments and digest are those of what was asked already. */
static bool
is_as_asked(const struct sg_gate *gate, const struct sg_request *r, int64_t asked_life)
{
	return !r->narrowed && r->life_ms == asked_life && r->asked_under == gate->configured && strcmp(r->digest, r->asked) == 0;
}

static bool
narrow(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	struct sg_buf args;
	struct sg_narrowed narrowed;
	sg_buf_init(&args, SG_INPUT_MAX);
	bool good = sg_narrow(r->args, &r->merged, &r->action->narrow, &args, &narrowed) == SG_OK;
	int64_t asked_life = r->life_ms;
	*reason = narrowed.reason;
	r->narrowed = narrowed.changed;
	sg_bind_life(gate, r, r->merged.ttl_ms);
	if (!good) {
		r->merged.say = which_argument(&r->arena, &narrowed);
	} else if (!is_as_asked(gate, r, asked_life)) {
		good = take_effective(gate, r, task, sg_buf_view(&args));
		*reason = SG_REASON_internal;
	}
	sg_buf_done(&args);
	return good && (!r->narrowed || sg_ceilings(gate, r, reason)); /* again: what is left must fit as well */
}

/* What policy was shown and read is for another effective action than the one it came to. */
static bool
sight_misfits(const struct sg_gate *gate, const struct sg_request *r)
{
	const struct sg_approval *a = sg_state_approval(&gate->state, sg_str(r->sight));
	return r->sight[0] != '\0' && (r->reads >> SG_MOVING_approval & 1) != 0 && (a == NULL || strcmp(a->digest, sg_bound(r)) != 0);
}

/* Which ceiling asks, told as a rule's reason is; no rule's id has a colon. */
static bool
tell_why(const struct sg_gate *gate, struct sg_request *r)
{
	bool overdue = gate->state.now.wall_ms >= r->agent->review_ms;
	if (r->merged.ask_count == SG_ASKS_MAX)
		return false;
	r->merged.asks[r->merged.ask_count++] = overdue ? (struct sg_ask){SG_STR("stepgate:review"), SG_STR("the review of this agent is overdue")}
							: (struct sg_ask){SG_STR("stepgate:autonomy"), SG_STR("this agent proposes: a person says yes to all but reading")};
	return true;
}

/* A ceiling that asks a person is one more group, whatever the rules ask. */
static void
ask_owner(const struct sg_gate *gate, struct sg_request *r)
{
	struct sg_requirement *req = &r->merged.requirement;
	if (!r->ask_owner)
		return;
	r->merged.verdict = tell_why(gate, r) ? SG_STEP_UP : SG_DENY; /* what cannot be told is not asked */
	r->merged.reason = SG_REASON_approval_needed;
	for (size_t i = 0; i < req->count; i++)
		if (sg_str_is(r->agent->approvers, req->groups[i].group))
			return;
	if (req->count == SG_APPROVAL_GROUPS || r->agent->approvers.len >= sizeof(req->groups[0].group)) {
		r->merged.verdict = SG_DENY; /* no room to ask whom must be asked */
		return;
	}
	snprintf(req->groups[req->count].group, sizeof(req->groups[0].group), "%.*s", SG_STR_ARG(r->agent->approvers));
	req->groups[req->count++].quorum = 1;
	sg_requirement_sort(req);
	if (!sg_requirement_fits(req))
		r->merged.verdict = SG_DENY;
}

/* ---- the commit ---- */

static bool
judged_too_early(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	if (r->anew || r->judged_task_seq != task->taint.seq || r->judged_instance_seq != task->domain->taint.seq ||
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
	else if (may || sg_turn_take(gate, r, task, sg_judged))
		sg_judge_again(gate, r);
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

static void
commit_decision(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (r->ask) {
		answer_ask(gate, r);
	} else if (judged_too_early(gate, r, task)) {
		judge_again(gate, r, task);
	} else if (r->turn == SG_TURN_NONE && sg_turn_taken(gate, r, task)) {
		sg_turn_take(gate, r, task, sg_judged);
	} else if (gate->audit_lags) {
		sg_deny(gate, r, SG_REASON_audit_lags);
	} else if (r->verdict == SG_DEFER) {
		sg_record_and_answer(gate, r);
	} else if (r->merged.verdict == SG_STEP_UP) {
		sg_settle_approval(gate, r, task);
	} else {
		use_sight(r);
		sg_commit_allow(gate, r, task);
	}
}

void
sg_judged(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	enum sg_reason reason;
	bool reloaded = r->judged_generation != gate->policy_generation || r->judged_catalogue != gate->catalogue;
	if (reloaded && r->judgements < SG_JUDGE_MOST) { /* also a denial is recorded under what it was judged by */
		sg_judge_again(gate, r);
		return;
	}
	sg_merge(r->effects, r->effect_count, &gate->catalogue->methods, &r->merged);
	if (r->merged.verdict == SG_DEFER && sg_ceilings(gate, r, &reason)) {
		r->verdict = SG_DEFER;
		r->reason = r->merged.reason;
		commit_decision(gate, r);
		return;
	}
	if (r->merged.verdict != SG_ALLOW && r->merged.verdict != SG_STEP_UP) {
		sg_deny(gate, r, r->merged.reason);
		return;
	}
	r->effective_args = r->args;
	if (!sg_ceilings(gate, r, &reason) || !narrow(gate, r, task, &reason)) {
		r->merged.verdict = SG_DENY;
		sg_deny(gate, r, reason);
		return;
	}
	if (!obligations_supported(r)) {
		r->merged.verdict = SG_DENY;
		sg_deny(gate, r, SG_REASON_obligation_unsupported);
		return;
	}
	if (sight_misfits(gate, r)) {
		r->blind = true;
		sg_judge_again(gate, r);
		return;
	}
	ask_owner(gate, r);
	reason = sg_may_spend(gate, r);
	if (r->merged.verdict == SG_DENY)
		sg_deny(gate, r, SG_REASON_autonomy);
	else if (reason != SG_REASON_allowed) /* nobody is asked about what a budget refuses */
		sg_deny(gate, r, reason);
	else
		commit_decision(gate, r);
}
