/* SPDX-License-Identifier: Apache-2.0
 * Leaves that a failed disk owes, as they are kept. Private to owed.c and pay.c. */
#ifndef SG_GATE_DESK_OWED_H
#define SG_GATE_DESK_OWED_H

#include "gate/desk/gate.h"

struct sg_owed {
	struct sg_owed *next;
	char kind[16];
	struct sg_str body;
	char bytes[];
};

/* Newest first becomes oldest first, in which they are folded and written, and back. */
void sg_owed_turn(struct sg_gate *gate);
/* All of them, over the state that the journal gives. What builds on something that is lost for good is lost with it, and counted as a gap. */
void sg_owed_fold(struct sg_gate *gate);

#endif
