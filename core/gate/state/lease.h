/* SPDX-License-Identifier: Apache-2.0
 * A lease: the life of a credential in the gate. */
#ifndef SG_GATE_STATE_LEASE_H
#define SG_GATE_STATE_LEASE_H

#include "base/ring.h"
#include "frame/segment.h"
#include "gate/catalogue/catalogue.h"
#include "gate/state/bounds.h"
#include "gate/state/deadline.h"

struct sg_holder;
struct sg_issued;
struct sg_issued_to;
struct sg_task;

enum sg_lease_state { SG_LEASE_PENDING, SG_LEASE_ACTIVE, SG_LEASE_REVOKING, SG_LEASE_DEAD };

/* Of some leases, by their last end: whatever the clocks do, none of them lasts longer. */
struct sg_longest {
	int64_t wall_ms;
	sg_time boot;
};

struct sg_lease {
	char id[SG_ID_MAX];
	char decision[SG_ID_MAX], approval[SG_ID_MAX], digest[SG_SHA256_HEX];
	char *issuer, *audience, *agent;
	struct sg_task *task;
	struct sg_lease *next, *before; /* others of its task */
	struct sg_holder *holder;
	struct sg_ring of_holder; /* while it is not dead (holder.h) */
	struct sg_issued *issued; /* its issuer's (issued.h) */
	struct sg_issued_to *issued_to;
	struct sg_ring of_back;   /* while it is being taken back (issued.h) */
	enum sg_lease_state state;
	enum sg_sensitivity level; /* of what it is for */
	uint64_t taint_seq;        /* of its task, when it was given */
	struct sg_deadline ends;
	uint64_t by;  /* by what it was made (sg_issuer_tag); 0: a token, or a record of before */
	bool confirm; /* its end alone ends nothing: its issuer must say that it is gone */
	bool handed;  /* somebody may have it: false only between its decision and its release */
	/* in memory alone */
	bool stopped;    /* an operator ended it, or what it hung on */
	bool making;     /* its issuer is asked for it: until then it is told of no end */
	unsigned char lined; /* it stands in line to be taken back: 1 in its agent's turn, 2 before all else, 0 not at all */
	unsigned tries;  /* so often its issuer was told to take it back */
	sg_time again;   /* not told again before */
	char *failed;    /* why it is not gone yet, in its issuer's words; NULL: nothing is wrong */
	unsigned counted; /* as what (issued.c) */
};

/* True if it ended by itself: its time has passed, and its kind needs nobody to say that it is gone. One that does (`confirm`: an opaque credential of
 * an issuer whose class is not "expiry") is over only when its issuer, or an operator, has said so. */
bool sg_lease_is_over(const struct sg_lease *lease, const struct sg_clock *now);

#endif
