/* SPDX-License-Identifier: Apache-2.0
 * Retention: the journal's oldest segments are deleted by age and size (limits.keep_days, limits.keep_bytes), one at a time. */
#ifndef SG_GATE_KEEP_H
#define SG_GATE_KEEP_H

#include "gate/desk/gate.h"

enum { SG_KEEP_LOOK_S = 5 /* between two looks for what may go */ };

/* Each tick: looks for a segment that may go, records that it goes, and once that is on disk has it deleted (gate->keep.due). */
void sg_gate_keep(struct sg_gate *gate);
/* What was due is deleted; `error` (errno) not 0: not all of it, and it is tried again. */
void sg_gate_kept(struct sg_gate *gate, int error);

#endif
