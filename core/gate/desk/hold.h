/* SPDX-License-Identifier: Apache-2.0
 * What a connection holds its place by, and whose it counts as. Gate thread only. */
#ifndef SG_GATE_DESK_HOLD_H
#define SG_GATE_DESK_HOLD_H

#include "base/heap.h"

struct sg_conn;
struct sg_gate;

/* Least first, but for those from far, who have bounds of their own. */
enum sg_hold {
	SG_HOLD_NONE,
	SG_HOLD_IDLE,       /* nobody knows who speaks there, and nothing is being done */
	SG_HOLD_STRANGE,    /* nobody knows; something is being done */
	SG_HOLD_KNOWN_IDLE, /* an agent or an enforcer, for whom nothing is being done */
	SG_HOLD_KNOWN,
	SG_HOLD_NAMED,      /* the configuration names its uid; or it is an operator's */
	SG_HOLD_FAR,        /* from far, and nobody was found there yet: whoever shows a certificate may be anybody */
	SG_HOLD_FAR_KNOWN,  /* from far, an enforcer */
	SG_HOLDS
};

/* The connections of one user, or of one address. */
struct sg_crowd {
	char name[40]; /* see sg_conn_name */
	size_t count;
	size_t operators; /* of these on the face of operators */
	struct sg_heap far; /* those that hold as SG_HOLD_FAR, oldest first */
};

/* A new connection begins to count. False: no memory. */
bool sg_conn_joins(struct sg_gate *gate, struct sg_conn *conn);
/* It counts no more. */
void sg_conn_leaves(struct sg_gate *gate, struct sg_conn *conn);
/* What it holds its place by may have changed: to be called wherever that happens (known, changed, named, what its request waits for). NULL: nothing. */
void sg_conn_place(struct sg_gate *gate, struct sg_conn *conn);
/* Those of a user or an address; NULL: there are none. */
const struct sg_crowd *sg_crowd_find(const struct sg_gate *gate, const char *name);

#endif
