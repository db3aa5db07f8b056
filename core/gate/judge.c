/* SPDX-License-Identifier: Apache-2.0
 * Judging: the digests of an action, the question for policy, and what its answer comes to. */
#include "gate/moved.h"
#include "gate/sight.h"
#include "gate/turns.h"

#include "base/str.h"

#include <stdio.h>

enum { INPUT_MAX = 2 << 20, QUESTION_FREE = 16 << 10 /* bytes of a question, one unit more for each */ };

/* What a credential of this decision will say and for whom; its life as the longest that it may be, never as a clock cuts it. */
void
sg_write_credential(struct sg_json_writer *w, const struct sg_request *r)
{
	if (r->action == NULL || r->action->credential.len == 0) {
		sg_jw_null(w);
		return;
	}
	sg_jw_object(w);
	sg_jw_member_str(w, "audience", r->audience);
	sg_jw_member_str(w, "issuer", r->action->credential);
	sg_jw_member_str(w, "scope", r->action_name);
	sg_jw_member_int(w, "ttl", r->life_ms);
	sg_jw_end(w);
}

/* The issuer's and the limit's bound; policy's where it is shorter. Where policy is shorter still than what the approval at hand was given for, that one's
 * bound stands: what a person allowed for longer may be done for shorter. */
static void
bind_life(const struct sg_gate *gate, struct sg_request *r, int64_t policy_ms)
{
	const struct sg_issuer *issuer = r->action == NULL ? NULL : sg_catalogue_issuer(gate->catalogue, r->action->credential);
	const struct sg_approval *a = sg_state_approval(&gate->state, sg_str(r->sight));
	int64_t most = gate->catalogue->limits.credential_ttl_max;
	r->life_ms = issuer == NULL ? 0 : issuer->ttl_ms < most ? issuer->ttl_ms : most;
	if (policy_ms > 0 && policy_ms < r->life_ms)
		r->life_ms = a != NULL && a->life_ms >= policy_ms && a->life_ms <= r->life_ms ? a->life_ms : policy_ms;
}

static void
find_action(const struct sg_gate *gate, struct sg_request *r)
{
	if (r->action == NULL)
		r->action = sg_catalogue_action(gate->catalogue, r->action_name);
}

/* Formats other than tokens are for whoever the issuer serves: without a list the audience is the issuer's own name. */
static void
bind_audience(const struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_issuer *issuer = r->action == NULL ? NULL : sg_catalogue_issuer(gate->catalogue, r->action->credential);
	if (issuer != NULL && r->audience.len == 0)
		r->audience = issuer->audience.count > 0 ? issuer->audience.items[0] : issuer->name;
}

void
sg_write_action(struct sg_buf *out, const struct sg_gate *gate, const struct sg_request *r, struct sg_str args,
		const struct sg_task *task)
{
	unsigned char nonce[16];
	char hex[33];
	struct sg_json_writer w;
	sg_task_nonce(&gate->state, sg_str(task->id), nonce);
	sg_hex(hex, nonce, sizeof(nonce));
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "action", r->action_name);
	sg_jw_member_str(&w, "agent", r->agent->id);
	sg_jw_member_raw(&w, "arguments", args);
	sg_jw_name(&w, "credential");
	sg_write_credential(&w, r);
	sg_jw_name(&w, "enforcer");
	r->enforcer != NULL ? sg_jw_str(&w, r->enforcer->name) : sg_jw_null(&w);
	sg_jw_member_text(&w, "environment", task->environment);
	sg_jw_member_text(&w, "instance", task->instance->id);
	sg_jw_member_text(&w, "nonce", hex);
	sg_jw_name(&w, "resource");
	r->resource != NULL ? sg_jw_value(&w, r->resource) : sg_jw_null(&w);
	sg_jw_member_text(&w, "task", task->id);
	sg_jw_name(&w, "tool");
	r->tool.len > 0 ? sg_jw_str(&w, r->tool) : sg_jw_null(&w);
	sg_jw_member_int(&w, "v", SG_DIGEST_V);
	sg_jw_end(&w);
}

static bool
digest_of(struct sg_gate *gate, struct sg_request *r, struct sg_str args, const struct sg_task *task, char out[SG_SHA256_HEX])
{
	struct sg_buf bytes;
	sg_buf_init(&bytes, INPUT_MAX);
	sg_write_action(&bytes, gate, r, args, task);
	bool good = !bytes.failed;
	sg_sha256_hex(out, sg_buf_view(&bytes));
	sg_buf_done(&bytes);
	return good;
}

void
sg_digest_asked(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	struct sg_buf args;
	sg_buf_init(&args, INPUT_MAX);
	sg_canon_write(&args, r->args);
	find_action(gate, r);
	bind_audience(gate, r);
	bind_life(gate, r, 0);
	r->effective = sg_arena_copy(&r->arena, sg_buf_view(&args));
	digest_of(gate, r, sg_buf_view(&args), task, r->asked);
	memcpy(r->digest, r->asked, sizeof(r->digest));
	sg_buf_done(&args);
}

/* ---- the question ---- */

void
sg_judge(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	struct sg_buf input;
	enum sg_reason reason = SG_REASON_internal;
	if (!sg_in_force(gate, r, &reason)) {
		sg_deny(gate, r, reason);
		return;
	}
	if (gate->policy[0] == '\0') {
		sg_deny(gate, r, SG_REASON_policy_unavailable);
		return;
	}
	const struct sg_approval *sight = sg_approval_in_sight(gate, r, task);
	snprintf(r->sight, sizeof(r->sight), "%s", sight != NULL ? sight->id : "");
	r->judged_at = gate->state.now;
	r->judged_steady = sg_state_steady(&gate->state);
	r->asks_past = false;
	r->trouble = SG_REASON_allowed;
	r->reads = 0;
	sg_buf_init(&input, INPUT_MAX);
	sg_write_question(&input, gate, r, task);
	r->input = sg_arena_copy(&r->arena, sg_buf_view(&input));
	if (r->judgements++ > 0)
		sg_agent_owes(gate, r, 1);
	sg_agent_owes(gate, r, (int64_t)(input.len / QUESTION_FREE)); /* labels and origins make it longer than the request that was paid for */
	r->judged_task_seq = task->taint.seq;
	r->judged_instance_seq = task->domain->taint.seq;
	r->judged_generation = gate->policy_generation;
	r->judged_catalogue = gate->catalogue;
	r->stage = SG_STAGE_JUDGE;
	if (r->trouble != SG_REASON_allowed) { /* a smaller count would be a lie */
		sg_buf_done(&input);
		sg_deny(gate, r, r->trouble);
		return;
	}
	bool asked = !input.failed && r->input.ptr != NULL &&
		     gate->ports.judge(gate->ports.self, r->id, SG_FRAME_P_JUDGE, r->input);
	sg_buf_done(&input);
	if (!asked)
		sg_deny(gate, r, SG_REASON_policy_unavailable);
}

/* ---- the answer ---- */

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
narrow(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	struct sg_buf args;
	struct sg_narrowed narrowed;
	sg_buf_init(&args, INPUT_MAX);
	bool good = sg_narrow(r->args, &r->merged, &r->action->narrow, &args, &narrowed) == SG_OK;
	*reason = narrowed.reason;
	r->narrowed = narrowed.changed;
	bind_life(gate, r, r->merged.ttl_ms);
	if (!good) {
		r->merged.say = which_argument(&r->arena, &narrowed);
	} else {
		r->effective = sg_arena_copy(&r->arena, sg_buf_view(&args));
		good = r->effective.ptr != NULL && digest_of(gate, r, r->effective, task, r->digest) &&
		       sg_canon_parse(&r->arena, r->effective, &sg_request_limits, &r->effective_args, NULL) == SG_OK;
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
	return r->sight[0] != '\0' && (r->reads >> SG_MOVING_approval & 1) != 0 && (a == NULL || strcmp(a->digest, r->digest) != 0);
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

void
sg_judged(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	enum sg_reason reason;
	bool reloaded = r->judged_generation != gate->policy_generation || r->judged_catalogue != gate->catalogue;
	if (reloaded && r->judgements < SG_JUDGE_MOST) { /* also a denial is recorded under what it was judged by */
		sg_judge(gate, r);
		return;
	}
	sg_merge(r->effects, r->effect_count, &r->merged);
	if (r->merged.verdict == SG_DEFER && sg_ceilings(gate, r, &reason)) {
		r->verdict = SG_DEFER;
		r->reason = r->merged.reason;
		sg_commit_decision(gate, r);
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
		sg_judge(gate, r);
		return;
	}
	ask_owner(gate, r);
	reason = sg_may_spend(gate, r);
	if (r->merged.verdict == SG_DENY)
		sg_deny(gate, r, SG_REASON_autonomy);
	else if (reason != SG_REASON_allowed) /* nobody is asked about what a budget refuses */
		sg_deny(gate, r, reason);
	else
		sg_commit_decision(gate, r);
}
