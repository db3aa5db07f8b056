/* SPDX-License-Identifier: Apache-2.0
 * The kinds of leaves, and what the fold shares with who frees what it made. */
#ifndef SG_GATE_FOLD_H
#define SG_GATE_FOLD_H

#include "gate/state/state.h"

/*     kind        folded by   asks       what it says */
#define SG_LEAF_KINDS(X)                                                                                                      \
	X(start,      start,      key,      "a gate started: boot, mode, key fingerprint, bytes of a torn tail that were dropped") \
	X(stop,       stop,       nothing,  "a gate stopped as asked")                                                        \
	X(task,       task,       new_task, "a task was opened, alone or below another")                                      \
	X(task_end,   task_end,   task,     "a task ended, was frozen or thawed, with everything below it")                   \
	X(ended,      ended,      ending,   "some of what a kill, a fall or the end of a task takes has ended; the last says so") \
	X(claim,      claim,      task,     "an instance took the task that was handed to its agent")                         \
	X(shown,      shown,      nothing,  "an instance was found to be its agent under another match or attest stack than before") \
	X(plan,       plan,       plan,     "the plan of a tree was signed")                                                  \
	X(tool,       tool,       task,     "a tool is in quarantine for a tree: new, changed, or added from within")         \
	X(decision,   decision,   new_key,  "an action was judged; an allow holds its lease, pending")                        \
	X(withheld,   withheld,   nothing,  "an allow was taken back before its answer left, or lost its record")             \
	X(lease,      lease,      nothing,  "a lease became active, revoking or dead")                                        \
	X(approval,   approval,   approval, "an approval was opened, proven, denied, made void, or ran out")                  \
	X(outcome,    outcome,    nothing,  "what really happened, told by the one who asked, or unknown by its deadline")    \
	X(kill,       kill,       nothing,  "an operator stopped, or let go again, everything or one agent")                  \
	X(agent,      agent,      nothing,  "an agent was suspended, resumed, retired or registered again; its owner went or came") \
	X(human,      human,      nothing,  "a human was disabled or enabled")                                                \
	X(enrolment,  enrolment,  enrolment, "a person's device was begun to be enrolled, enrolled, confirmed, used or revoked") \
	X(gap,        gap,        nothing,  "how many answers were given without a record, why, from when to when")           \
	X(admin,      admin,      nothing,  "an operator did something else: reload, refused reload")                         \
	X(domain,     domain,     domain,   "what shares a boundary of the kernel was frozen, thawed, cleansed, or what it carried has faded") \
	X(memory,     memory,     memory,   "an operator's word: what an agent wrote to resources with memory carries nothing any more") \
	X(alert,      alert,      nothing,  "somebody was told of something: who, what, about whom")                          \
	X(snapshot,   snapshot,   nothing,  "the state up to a leaf was written beside the journal; its digest")              \
	X(keep,       keep,       nothing,  "the oldest part of the journal is deleted: which segments, up to which leaf, the chain behind it") \
	X(checkpoint, checkpoint, nothing,  "reserved")

/* What this instance showed itself to be for that agent; NULL: nothing. */
struct sg_shown *sg_instance_shown_as(struct sg_instance *instance, struct sg_str agent);
/* A person, by the id that the stanza in humans writes; 0 for "". */
uint64_t sg_person_tag(struct sg_str id);
/* True if the proofs gathered meet the requirement. An empty requirement is never met. */
bool sg_requirement_met(const struct sg_requirement *requirement, const struct sg_approval *approval);

/* Frees one object; NULL is allowed. Does not take it out of the tables. */
void sg_task_free(struct sg_state *state, struct sg_task *task);
void sg_approval_free(struct sg_approval *approval);
void sg_lease_free(struct sg_lease *lease);

/* It failed, as somebody else than its agent says, or it was never told: its past says so. */
void sg_fold_failed(struct sg_state *state, const struct sg_attempt *attempt, bool undone);
enum { SG_KEPT_MS = 600 * 1000 /* so long what ended is kept in memory, not the journal */ };
/* Forgets it, and frees it, if nothing needs it any more: a task that ended `keep_ms` ago and has no live lease; a lease a minute after its end; an instance that
 * had no task for an hour; a domain that carries nothing. True: it is gone. */
bool sg_sweep_task(struct sg_state *state, struct sg_task *task, int64_t keep_ms);
bool sg_sweep_lease(struct sg_state *state, struct sg_lease *lease);
bool sg_sweep_instance(struct sg_state *state, struct sg_instance *instance);
bool sg_sweep_domain(struct sg_state *state, struct sg_domain *domain);
/* All of them, until nothing more is to be forgotten. */
void sg_state_sweep(struct sg_state *state, int64_t keep_ms);
/* One that ended, and all below it, at once. */
void sg_state_forget(struct sg_state *state, struct sg_task *task);

#endif
