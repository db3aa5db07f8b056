/* SPDX-License-Identifier: Apache-2.0
 * Endings: what one word of an operator, or of a task's holder, ends is more than one turn of the gate may handle. The leaf that says so stops all of it at once;
 * leaves behind it (`ended`) say what has ended, so much in each, until the last of them says that nothing is left. Gate thread only. */
#ifndef SG_GATE_STATE_ENDING_H
#define SG_GATE_STATE_ENDING_H

#include "gate/state/state.h"

/* SLICE: tasks, leases and approvals that end in one leaf. KEY: "all", "agent:NAME" or "task:ID". */
enum { SG_ENDING_SLICE = 512, SG_ENDING_KEY = 96 };

struct sg_ending {
	char key[SG_ENDING_KEY];
	enum sg_task_state to; /* what its tasks become: closed or killed */
	uint64_t number;       /* in memory alone: of the leaf that began it; 0: it is from a snapshot */
	bool by_operator;      /* in memory alone: it began with an operator's word */
};

/* The keys. */
void sg_ending_of_agent(char out[SG_ENDING_KEY], struct sg_str agent);
void sg_ending_of_task(char out[SG_ENDING_KEY], const struct sg_task *task);

/* It is one of those that this one ends: by its agent or a task above it. */
bool sg_ending_takes(const struct sg_ending *ending, const struct sg_task *task);
/* The one of that key that is under way, or NULL. */
struct sg_ending *sg_state_ending(const struct sg_state *state, const char *key);
/* The ending that takes this task for itself, whoever is above it; NULL: none. */
const struct sg_ending *sg_task_ending(const struct sg_state *state, const struct sg_task *task);
/* The same for it and all above it. */
bool sg_task_is_ending(const struct sg_state *state, const struct sg_task *task);

/* There is so little in the state, or in the tree below a task, that one leaf may end it all. */
bool sg_ends_at_once(const struct sg_state *state);
bool sg_task_ends_at_once(const struct sg_task *task);

#endif
