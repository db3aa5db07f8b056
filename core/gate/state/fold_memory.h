/* SPDX-License-Identifier: Apache-2.0
 * What is written to a declared memory and read out of it: a note carries what its writers had read to whoever reads it. */
#ifndef SG_GATE_FOLD_MEMORY_H
#define SG_GATE_FOLD_MEMORY_H

#include "gate/state/fold_in.h"

/* What touches one memory and may not be over: allowed, and nothing reported, or only by whoever does it, or its credential still lives. */
struct sg_reading {
	char id[33];
	struct sg_attempt *first;
	struct sg_hearers *hearers; /* domains of those */
};

/* An allow that reads or writes one: it takes over what stands there, or leaves what its task carries. After what the allow itself brings. */
void sg_fold_memory_used(struct sg_fold *f, struct sg_task *task, struct sg_attempt *attempt);
/* The same allow, once it is known how long it may be used: until then what comes to the memory comes to it, and what comes to its task goes to the memory
 * if it writes. */
void sg_fold_memory_reading(struct sg_fold *f, struct sg_attempt *attempt);
/* Its outcome: it may have been done only now. Before what was reported is placed. */
void sg_fold_memory_told(struct sg_fold *f, struct sg_task *task, struct sg_attempt *attempt);

/* At the end of each leaf: what tasks have come to carry by it goes to the memories that they are writing, and from there to whoever is reading them. Ends
 * because labels only grow; each task is taken from a list, so that a long chain of notes is no deep recursion. */
void sg_fold_memory_flow(struct sg_fold *f);

/* One that a snapshot has. False on no memory. */
bool sg_reading_begin(struct sg_state *state, struct sg_attempt *attempt);
/* It is over, or was none. */
void sg_reading_end(struct sg_state *state, struct sg_attempt *attempt);

/* That agent left something there as well. False on no memory. */
bool sg_memory_writer(struct sg_state *state, struct sg_memory *memory, struct sg_str agent);
/* It counts for that agent from now on. False on no memory. */
bool sg_memory_hand_to(struct sg_state *state, struct sg_memory *memory, const char *agent);
/* One more that its agent was the first to write to. False on no memory. */
bool sg_memory_begins(struct sg_state *state, const struct sg_memory *memory);
/* One less; frees it. It is out of the table by then. */
void sg_memory_ends(struct sg_state *state, struct sg_memory *memory);
/* It left something in one that is kept. Looks at all of them. */
bool sg_memory_wrote(const struct sg_state *state, struct sg_str agent);
/* How many that agent was the first to write to. */
size_t sg_memory_written(const struct sg_state *state, struct sg_str agent);
void sg_memory_free(struct sg_memory *memory);

#endif
