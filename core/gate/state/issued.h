/* SPDX-License-Identifier: Apache-2.0
 * What each issuer has out, by agent, and what of it is being taken back: counted as it changes (holder.h), so that neither a new credential, nor a turn, nor whoever asks how it
 * stands looks at what all issuers gave. In memory alone. */
#ifndef SG_GATE_STATE_ISSUED_H
#define SG_GATE_STATE_ISSUED_H

#include "gate/state/state.h"

/* Leases of one agent in memory, whatever became of them. */
struct sg_issued_to {
	char *agent;
	size_t count;
	struct sg_ring of_issuer;
};

/* Those that one instance of an issuer made (lease->by) and that live, or are to be taken back still. */
struct sg_issued_by {
	uint64_t by;
	size_t count;
	struct sg_ring of_issuer;
};

struct sg_issued {
	char *issuer;
	struct sg_ring agents, makers; /* struct sg_issued_to, as long as there is a lease; struct sg_issued_by */
	/* struct sg_lease that are being taken back: what the issuer has not heard of, and what it has; whoever was looked at last stands last */
	struct sg_ring fresh, told;
	size_t fresh_count, told_count, turn; /* turn: so many are looked at still in this second (desk/revoking.c) */
	size_t failing, unconfirmed; /* of these: its issuer has said no, or is away; that, or it was told more than once */
	struct sg_longest open, handed; /* of those that are being taken back now, and of all that ever were and that somebody may have */
};

/* A lease comes into memory. False: no memory. */
bool sg_lease_is_issued(struct sg_state *state, struct sg_lease *lease);
/* Something of it has changed, or time went on: it is counted as what it is now. Nothing where its issuer is not known. */
void sg_lease_recount(struct sg_lease *lease, const struct sg_clock *now);
/* Before it is freed. */
void sg_lease_is_gone(struct sg_lease *lease);

/* NULL: nothing of it is in memory. */
struct sg_issued *sg_state_issued(const struct sg_state *state, struct sg_str issuer);
/* The next of them behind `at`; NULL: the first, or none. */
const struct sg_issued_to *sg_issued_next(const struct sg_issued *issued, const struct sg_issued_to *at);
/* The one that was looked at longest ago, of those it has heard of or of the others; from now on that is the last. NULL: there is none. */
struct sg_lease *sg_issued_turn(struct sg_issued *issued, bool fresh);
/* It has such of that maker. */
bool sg_issued_has(const struct sg_issued *issued, uint64_t by);
/* What is left of the longest, in milliseconds, by the clock that says more; 0: nothing. */
int64_t sg_longest_left(const struct sg_longest *longest, const struct sg_clock *now);
void sg_longest_add(struct sg_longest *longest, const struct sg_deadline *ends);
void sg_issued_free(struct sg_state *state);

#endif
