/* SPDX-License-Identifier: Apache-2.0
 * What each issuer has out, by agent, and what of it is taken back or was: kept as it changes (holder.h), so that neither a new credential nor a turn looks at
 * what all issuers gave. In memory alone. */
#ifndef SG_GATE_STATE_ISSUED_H
#define SG_GATE_STATE_ISSUED_H

#include "gate/state/state.h"

/* Leases of one agent in memory, whatever became of them. */
struct sg_issued_to {
	char *agent;
	size_t count;
	struct sg_ring of_issuer;
};

struct sg_issued {
	char *issuer;
	struct sg_ring agents; /* struct sg_issued_to, as long as there is a lease */
	struct sg_ring back;   /* struct sg_lease, that are revoking or dead */
};

/* A lease comes into memory, or its state rose. False: no memory. */
bool sg_lease_is_issued(struct sg_state *state, struct sg_lease *lease);
/* It is taken back from now on. Nothing where it is known. */
void sg_lease_goes_back(struct sg_lease *lease);
/* Before it is freed. */
void sg_lease_is_gone(struct sg_lease *lease);

/* NULL: nothing of it is in memory. */
struct sg_issued *sg_state_issued(const struct sg_state *state, struct sg_str issuer);
/* The next of them behind `at`; NULL: the first, or none. */
const struct sg_issued_to *sg_issued_next(const struct sg_issued *issued, const struct sg_issued_to *at);
struct sg_lease *sg_issued_back(const struct sg_issued *issued, const struct sg_lease *at);
void sg_issued_free(struct sg_state *state);

#endif
