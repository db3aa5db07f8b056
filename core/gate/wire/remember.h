/* SPDX-License-Identifier: Apache-2.0
 * The gate's state, written down and found again. */
#ifndef SG_GATE_REMEMBER_H
#define SG_GATE_REMEMBER_H

#include "gate/wire/wire.h"

enum {
	SG_SNAPSHOT_MOST_S = 600, /* a copy that writes one is ended after that */
	SG_SNAPSHOT_AGAIN_S = 60  /* after one that could not be written */
};

/* Opens the journal and brings the state to its last leaf, from the newest good snapshot or from the first leaf. Errors of sg_journal_open and
 * sg_state_fold. */
enum sg_status sg_gate_recall(struct sg_gate *gate, const struct sg_gate_start *start, size_t *torn, struct sg_err *err);

/* Starts a snapshot when limits.snapshot_leaves have come since the last, names it once it is there; that it could not be written is an alert. Call at each tick. */
void sg_gate_remember(struct sg_gate *gate);

#endif
