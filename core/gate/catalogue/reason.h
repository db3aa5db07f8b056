/* SPDX-License-Identifier: Apache-2.0
 * Reason codes: one row each, stable for ever. The text is written for the agent that is told no: what, and what would help. */
#ifndef SG_GATE_REASON_H
#define SG_GATE_REASON_H

#include <stdbool.h>
#include <stddef.h>

/*     name                    what the caller is told */
#define SG_REASONS(X)                                                                                                  \
	X(internal,              "stepgate could not decide; this is its own fault, and the answer is no")             \
	X(allowed,               "allowed, once, until use_by")                                                        \
	X(narrowed,              "allowed with less than was asked; do exactly what stands in effective")              \
	X(approval_needed,       "a person must approve this; ask again unchanged, with a new key, once it is granted") \
	X(not_now,               "not now; ask again after retry_after")                                               \
	X(no_agent,              "this process is not an instance of a registered agent")                              \
	X(agent_ambiguous,       "this process fits several agents; name one of them in agent")                        \
	X(not_this_agent,        "only the agent itself may be named here")                                            \
	X(facts_unavailable,     "what this process is could not be established")                                      \
	X(facts_conflict,        "attestation states one thing with two values")                                       \
	X(facts_weak,            "what is known of this process is only a hint, which is not enough")                  \
	X(match_changed,         "how this agent is told apart changed, and its process has not asked for itself since") \
	X(peer_changed,          "the connection is used by another process than the one that opened it")              \
	X(not_enforcer,          "this process is not a registered enforcer")                                          \
	X(no_task,               "no such open task; open one under an intent first")                                  \
	X(wrong_peer,            "this task belongs to another instance")                                              \
	X(bad_task_token,        "the task token is not valid")                                                        \
	X(task_closed,           "the task has ended; open a new one")                                                 \
	X(task_expired,          "the task has run out of time; open a new one")                                       \
	X(killed,                "stopped by an operator")                                                             \
	X(frozen,                "the task is frozen; an operator must look at it")                                    \
	X(intent_unknown,        "no such intent in the catalogue")                                                    \
	X(intent_forbidden,      "this agent may not work under that intent")                                          \
	X(unknown_action,        "no such action in the catalogue")                                                    \
	X(no_resource,           "name the resource: type and id")                                                     \
	X(outside_reach,         "outside what this agent is registered for")                                          \
	X(outside_intent,        "outside what this intent allows")                                                    \
	X(outside_resources,     "this resource is outside what this intent allows")                                   \
	X(over_sensitivity,      "more sensitive than this intent allows")                                             \
	X(wrong_environment,     "the action belongs to another environment than the task")                            \
	X(enforcer_agent,        "this enforcer may not ask for that agent")                                           \
	X(enforcer_action,       "this enforcer may not ask for that action")                                          \
	X(enforcer_resource,     "this enforcer may not ask for that resource")                                        \
	X(unknown_resource,      "no such resource in the catalogue: it counts as restricted, or its type is closed")                      \
	X(resource_many,         "more stanzas of the catalogue than can be counted have this resource")                \
	X(resource_form,         "the resource's id is not written as the catalogue says of its type")                 \
	X(arguments_form,        "an argument is missing, unknown, of the wrong type or form, or out of its range")             \
	X(agent_suspended,       "this agent is suspended")                                                            \
	X(agent_retired,         "an agent of this name was retired; the name is not used again")                      \
	X(owner_gone,            "nobody answers for this agent any more; its owner must be replaced")                 \
	X(human_use,             "a person at a terminal passes for this agent")                                       \
	X(review_overdue,        "the review of this agent is overdue; its owner must look at it")                     \
	X(autonomy,              "more than this agent may do by itself")                                              \
	X(not_delegated,         "the person this task acts for has not delegated that")                               \
	X(outside_role,          "not what this role does")                                                            \
	X(outside_grant,         "outside what this task was given")                                                   \
	X(outside_constraint,    "an argument is outside what this task was given")                                    \
	X(budget_exceeded,       "the budget does not allow this")                                                     \
	X(budget_argument,       "an argument that says what this costs is missing or is no number from 0 on")         \
	X(split,                 "less of what a budget just refused: asking in parts is not a way around it")         \
	X(outcome_unknown,       "what came of the same action before is not known; find out before it is done again") \
	X(tool_new,              "this tool is not in the catalogue as it is now; it is in quarantine")                \
	X(tool_changed,          "this tool's definition has changed; it is in quarantine")                            \
	X(tool_quarantined,      "this tool was added or changed during this task, which may not use it")              \
	X(tool_twice,            "one listing had several tools of this name; list again, and name it when it is one") \
	X(plan_unsigned,         "the plan is not signed yet; ask again when it is")                                   \
	X(plan_divergence,       "this is no step of the plan that was signed")                                        \
	X(not_signer,            "this task's role does not sign plans")                                               \
	X(task_unclaimed,        "nobody has taken this task yet")                                                     \
	X(task_taken,            "an instance holds this task already")                                                \
	X(children_burst,        "too many tasks were opened below this one in a short time; it is frozen")            \
	X(rule_1_lineage,        "rule 1: a task below another belongs to its tree, and that one must live")           \
	X(rule_2_life,           "rule 2: it may not live longer than the one above it")                               \
	X(rule_3_depth,          "rule 3: the tree may not grow deeper, or wider, than its intent allows")             \
	X(rule_4_scope,          "rule 4: it may be given only what is handed on by the one above it")                 \
	X(rule_5_constraint,     "rule 5: each limit on an argument must be at least as tight, and comparable")        \
	X(rule_6_sensitivity,    "rule 6: it may not touch what is more sensitive, and carries the taint above it")    \
	X(rule_7_budget,         "rule 7: what it may spend is taken from what is left above it")                      \
	X(rule_8_key,            "rule 8: who hands work on and who does it are two")                                  \
	X(rule_9_approval,       "rule 9: an approval belongs to the task it was given to")                            \
	X(rule_10_duty,          "rule 10: these roles may not be one agent, instance, user or owner")                 \
	X(rule_11_may_act,       "rule 11: this agent may not hand tasks to that one")                                 \
	X(caller_hung,           "the gate stood still at a request of yours; for a while it takes no other")          \
	X(overloaded,            "too many requests; slow down")                                                       \
	X(too_many_tasks,        "this agent has too many open tasks; close some")                                     \
	X(too_many_attempts,     "this task has made too many attempts; open a new one")                               \
	X(too_many_approvals,    "too many approvals of this agent are waiting for a person") /* in records of before */ \
	X(approval_queue,        "as many approvals of this agent wait for a person as may; ask again once one is settled") \
	X(too_many_leases,       "this agent holds too many live credentials")                                         \
	X(policy_none,           "no rule allows this")                                                                \
	X(policy_denied,         "a rule forbids this")                                                                \
	X(policy_timeout,        "policy did not answer in time")                                                      \
	X(policy_unavailable,    "no policy is loaded")                                                                \
	X(policy_error,          "policy failed; its owner must mend it")                                              \
	X(policy_memory,         "policy used too much memory; its owner must mend it")                                \
	X(policy_steps,          "policy used too many steps; its owner must mend it")                                 \
	X(policy_state,          "policy tried to remember between requests; its owner must mend it")                  \
	X(policy_bad_effect,     "policy answered something that is no effect; its owner must mend it")                \
	X(policy_unknown_field,  "policy read a field that does not exist; its owner must mend it")                    \
	X(policy_output,         "policy answered too much; its owner must mend it")                                   \
	X(narrow_empty,          "rules narrow this to nothing")                                                       \
	X(narrow_forbidden,      "a rule narrows an argument that the catalogue does not let it narrow")               \
	X(methods_empty,         "rules ask for proofs that no one can give together")                                 \
	X(obligation_unsupported, "a rule asks for something this enforcer cannot do")                                 \
	X(labels_full,           "what was read here carries more labels than are kept; an operator cleanses the domain, then begin another task") \
	X(memory_full,           "this agent has its share of the resources with memory that are kept; write to one that was written to before") \
	X(history_full,          "too many did what a rule counts here to tell them apart; once its window has passed they are counted again") \
	X(history_unsure,        "whether what a rule asks about was done nobody can say: it failed by somebody's word who cannot know; done again with success it is known") \
	X(history_short,         "what a rule counts was not kept that far back; it can be asked again once its window has passed") \
	X(rejudge_limit,         "the task changed while it was judged; ask again")                                    \
	X(approval_unknown,      "no such approval for this task")                                                     \
	X(approval_mismatch,     "approved was something else than what is asked; the approval is void")               \
	X(approval_void,         "the approval is void")                                                               \
	X(approval_expired,      "the approval has expired")                                                           \
	X(approval_refused,      "a person said no")                                                                   \
	X(approval_unreadable,   "what it is for cannot be shown any more; let the agent ask again")                   \
	X(approval_used,         "the approval has been used")                                                         \
	X(self_approval,         "who asks or owns may not approve")                                                   \
	X(not_approver,          "you are not in a group that this approval needs, or have already said yes")          \
	X(method_refused,        "what asks for this takes other proofs; the approval says which")                     \
	X(not_enrolled,          "you have no confirmed device for this method: stepgate people enrol")                \
	X(proof_refused,         "what was presented does not prove it")                                               \
	X(prove_unavailable,     "the module that reads this proof is away")                                           \
	X(not_signed_in,         "nobody is signed in here, or not any more")                                            \
	X(proofs_tried,          "too many tries; wait limits.proof_rest")                                                      \
	X(key_missing,           "give a key of 1 to 64 characters that names this attempt")                           \
	X(idempotency_conflict,  "this key was used for something else")                                               \
	X(attempt_pending,       "this attempt is still being decided; ask again with the same key")                   \
	X(credential_lost,       "this attempt made a credential whose answer was lost; it is revoked, ask with a new key") \
	X(answer_lost,           "this attempt was allowed with less, with obligations, by other rules or before the task read what it has read; ask with a new key") \
	X(use_by_passed,         "this permission is no longer fresh; ask with a new key")                             \
	X(audit_unavailable,     "nothing can be recorded now, so nothing is allowed")                                 \
	X(audit_lags,            "a place where the record must be kept is too far behind, so nothing is allowed")   \
	X(clock_ahead,           "the clock stands further ahead than the time that passed; nothing is issued until it is mended, or an operator accepts it") \
	X(clock_behind,          "the clock stands behind the record; nothing is issued until it is mended")           \
	X(issue_full,            "this issuer has given out as much as it could take back; wait until some of it has run out") \
	X(issue_unconfirmed,     "this issuer has not taken back what it was told to, and gives nothing until it has") \
	X(masks_full,            "this tree of tasks was given more secrets than can be known again; begin another task") \
	X(issue_unavailable,     "the issuer is away")                                                                 \
	X(issue_failed,          "the issuer failed")                                                                  \
	X(credential_wrong,      "the issuer made something else than was decided; it is revoked")                     \
	X(enforcer_only,         "this credential is handed to an enforcer only, never to the agent; ask through one")  \
	X(asserted_agent,        "without a task token the agent is only asserted; no credential is issued")           \
	X(withheld_kill,         "stopped by an operator while it was being issued")                                   \
	X(withheld_task,         "the task ended while it was being issued")                                           \
	X(withheld_taint,        "the task was tainted from elsewhere while it was being issued; ask again")           \
	X(withheld_approval,     "the approval became void while it was being issued")                                 \
	X(withheld_facts,        "the process changed while it was being issued")                                      \
	X(bad_request,           "the request is not what this route takes")                                           \
	X(not_found,             "no such thing")                                                                      \
	X(not_permitted,         "you may not ask this here")                                                          \
	X(outcome_known,         "an outcome was already reported")

enum sg_reason {
#define X(name, text) SG_REASON_##name,
	SG_REASONS(X)
#undef X
	SG_REASON_COUNT
};

/* The code as it stands on the wire and in the journal; "internal" for anything out of range. */
const char *sg_reason_code(enum sg_reason reason);
/* What the caller is told. */
const char *sg_reason_text(enum sg_reason reason);
/* The reason of that name, SG_REASON_internal if there is none. */
enum sg_reason sg_reason_named(const char *code, size_t len);

/* A fault of the system's own, not of whoever asked: it freezes nobody. */
bool sg_reason_is_ours(enum sg_reason reason);

#endif
