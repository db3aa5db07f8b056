/* SPDX-License-Identifier: Apache-2.0
 * One decision, from its question to its answer. */
#ifndef SG_GATE_DECIDE_DECIDE_H
#define SG_GATE_DECIDE_DECIDE_H

#include "gate/decide/ceiling.h"
#include "gate/decide/outcome.h"
#include "gate/decide/plan.h"

void sg_route_act(struct sg_gate *gate, struct sg_request *request);
void sg_route_evaluation(struct sg_gate *gate, struct sg_request *request);
void sg_route_try(struct sg_gate *gate, struct sg_request *request);
/* Answers as the attempt of this key was answered, as far as that still stands. */
void sg_repeat(struct sg_gate *gate, struct sg_request *request);
void sg_write_credential(struct sg_json_writer *w, const struct sg_request *request);
void sg_write_action(struct sg_buf *out, const struct sg_gate *gate, const struct sg_request *request, struct sg_str args,
		     const struct sg_task *task);
enum { SG_INPUT_MAX = 2 << 20 /* bytes of an action, written */ };
/* request->life_ms: the longest that a credential may live by issuer, limit and policy (0: policy says nothing). */
void sg_bind_life(const struct sg_gate *gate, struct sg_request *request, int64_t policy_ms);
/* Over these arguments. False: it could not be written. */
bool sg_digest_of(struct sg_gate *gate, struct sg_request *request, struct sg_str args, const struct sg_task *task, char out[SG_SHA256_HEX]);
/* The action has arguments that a yes does not hold to: approvals are for another digest than that of what is done. */
static inline bool
sg_leaves_out(const struct sg_request *r)
{
	return r->action != NULL && r->action->unbound.count > 0;
}
/* What an approval is for: of what is effective, and of what was asked. */
static inline const char *
sg_bound(const struct sg_request *r)
{
	return sg_leaves_out(r) ? r->bound : r->digest;
}
static inline const char *
sg_bound_asked(const struct sg_request *r)
{
	return sg_leaves_out(r) ? r->asked_bound : r->asked;
}
/* The digest of these arguments without those that the action calls unbound. */
bool sg_digest_bound(struct sg_gate *gate, struct sg_request *request, const struct sg_json *args, const struct sg_task *task, char out[SG_SHA256_HEX]);
void sg_digest_asked(struct sg_gate *gate, struct sg_request *request, const struct sg_task *task);
/* What policy is asked. */
void sg_write_question(struct sg_buf *out, struct sg_gate *gate, struct sg_request *request, const struct sg_task *task);
/* The answers to one rule's needs, an object, as of `now_ms` (steady). *trouble: set to what keeps an answer from being told, if anything does. *walked:
 * entries that were looked at, added. */
void sg_write_past(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, const struct sg_json *needs, struct sg_str now,
		   int64_t now_ms, struct sg_arena *arena, enum sg_reason *trouble, size_t *walked);
/* Array of the labels that the arguments bring into the result. */
void sg_write_carried(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *request, const struct sg_task *task);
/* A request that is none, with what it should be: 400, paid by the agent whose task it names where an enforcer brought it. */
void sg_refuse_form(struct sg_gate *gate, struct sg_request *request, const char *hint);
/* Policy is asked; who asks and all ceilings were in this turn. */
void sg_judge(struct sg_gate *gate, struct sg_request *request);
/* Later: who asks and all ceilings are asked before it. */
void sg_judge_again(struct sg_gate *gate, struct sg_request *request);
void sg_judged(struct sg_gate *gate, struct sg_request *request);
/* It is allowed, as merged: spent, recorded, issued. */
void sg_commit_allow(struct sg_gate *gate, struct sg_request *request, struct sg_task *task);
/* A person must say yes, or has: allowed with that approval, or one is opened. */
void sg_settle_approval(struct sg_gate *gate, struct sg_request *request, struct sg_task *task);
void sg_deny(struct sg_gate *gate, struct sg_request *request, enum sg_reason reason);
/* What `status` says of decisions: how many, of which verdict, for which reason, counted once, as they are answered. What is only tried is none. */
void sg_count_decision(struct sg_request *request);
/* What was an allow is answered as this denial. */
void sg_becomes_denial(struct sg_request *request, enum sg_reason reason);
/* Records r->verdict, which is no allow, and answers it once that is on disk. */
void sg_record_and_answer(struct sg_gate *gate, struct sg_request *request);
/* Answers a denial that cannot be recorded; it is counted. */
void sg_deny_unrecorded(struct sg_gate *gate, struct sg_request *request);
/* Its record is lost: it was denied. */
void sg_decision_lost(struct sg_gate *gate, struct sg_request *request);
/* Records a denial that belongs to no task, then answers. */
void sg_deny_unkeyed(struct sg_gate *gate, struct sg_request *request, enum sg_reason reason);
/* It was found to be no agent and no enforcer of the catalogue: not one that says it is another, or of whom too little is known. */
bool sg_is_nobody(const struct sg_request *request, enum sg_reason reason);
/* Fills request->decision. False: it could not be recorded. */
bool sg_record_decision(struct sg_gate *gate, struct sg_request *request, uint64_t *number);
/* What stands for a tool's digest where one listing had several of its name. */
#define SG_TOOL_TWICE "twice"
/* SG_REASON_allowed, tool_new, tool_changed, tool_quarantined or tool_twice. */
enum sg_reason sg_tool_admits(const struct sg_gate *gate, const struct sg_request *request, const struct sg_task *task);
/* Puts what was refused as new or changed, or is being registered from within, into quarantine for its tree. */
void sg_tool_quarantine(struct sg_gate *gate, const struct sg_request *request);
/* Counts what was just recorded, and freezes the tree where it happens too often. */
void sg_thresholds(struct sg_gate *gate, struct sg_request *request);
/* False: it could not be recorded. */
bool sg_gate_freeze(struct sg_gate *gate, const struct sg_task *task, const char *why);
/* The same by a person's word. */
bool sg_gate_freeze_by(struct sg_gate *gate, const struct sg_task *task, struct sg_str by, const char *why);
void sg_issue(struct sg_gate *gate, struct sg_request *request);
void sg_issue_called(struct sg_gate *gate, struct sg_request *request, const struct sg_json *answer);
void sg_release(struct sg_gate *gate, struct sg_request *request);
/* Asks the verify host of a format to read r->token with these keys ({NULL, 0}: none); the answer comes to the stage that is set. `lease`: the one
 * it should be of, where the format holds only something derived from it. False: it could not be asked. */
bool sg_ask_verify(struct sg_gate *gate, const struct sg_request *request, enum sg_issue_format format, struct sg_str keys,
		   struct sg_str lease);
void sg_answer_decision(struct sg_gate *gate, struct sg_request *request);
void sg_answer_attempt(struct sg_gate *gate, struct sg_request *request, const struct sg_attempt *attempt,
		       enum sg_verdict verdict, enum sg_reason reason);

#endif
