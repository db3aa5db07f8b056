/* SPDX-License-Identifier: Apache-2.0
 * The kinds of leaves, and what the fold shares with who frees what it made. */
#ifndef SG_GATE_FOLD_H
#define SG_GATE_FOLD_H

#include "gate/state.h"

/*     kind        folded by   what it says */
#define SG_LEAF_KINDS(X)                                                                                               \
	X(start,       start,      "a gate started: boot, mode, key fingerprint, bytes of a torn tail that were dropped") \
	X(stop,        nothing,    "a gate stopped as asked")                                                          \
	X(task,        task,       "a task was opened")                                                                \
	X(task_end,    task_end,   "a task ended or was frozen, with everything below it")                             \
	X(decision,    decision,   "an action was judged; an allow holds its lease, pending")                          \
	X(withheld,    withheld,   "an allow was taken back before its answer left, or lost its record")               \
	X(lease,       lease,      "a lease became active, revoking or dead")                                          \
	X(approval,    approval,   "an approval was opened, proven, denied, made void, or ran out")                    \
	X(outcome,     outcome,    "what really happened, told by the one who asked")                                  \
	X(kill,        kill,       "an operator stopped, or let go again, everything or one agent")                    \
	X(gap,         nothing,    "how many answers were given without a record, why, from when to when")             \
	X(admin,       nothing,    "an operator did something else: reload, refused reload")                           \
	X(snapshot,    nothing,    "reserved")                                                                         \
	X(checkpoint,  nothing,    "reserved")

/* True if the proofs gathered meet the requirement. An empty requirement is never met. */
bool sg_requirement_met(const struct sg_requirement *requirement, const struct sg_approval *approval);

/* Frees one object; NULL is allowed. Does not take it out of the tables. */
void sg_task_free(struct sg_state *state, struct sg_task *task);
void sg_approval_free(struct sg_approval *approval);
void sg_lease_free(struct sg_lease *lease);

/* Forgets tasks that ended `keep_ms` ago and have no live lease, and instances that had none for a day.
 * At most `most` a call. Returns how many. */
size_t sg_state_sweep(struct sg_state *state, int64_t keep_ms, size_t most);

#endif
