/* SPDX-License-Identifier: Apache-2.0
 * What a start did not read, read beside the gate. */
#ifndef SG_GATE_WIRE_INSPECT_H
#define SG_GATE_WIRE_INSPECT_H

#include "gate/desk/gate.h"

/* What the copy leaves in the journal's folder until it is seen: this word, or what is wrong. */
#define SG_INSPECTED_FILE "inspected"
#define SG_INSPECTED_GOOD "intact"

enum { SG_INSPECT_EACH_S = 5, SG_INSPECT_MOST_S = 3600 /* a copy that takes longer is waited for no more */ };

/* After a start from a snapshot: a copy of this process goes over the segments before it and leaves. */
void sg_gate_inspect(struct sg_gate *gate);
/* Each tick: what it found wrong or could not read, or that it never said anything, is an alert, and stands in status as passed over. */
void sg_gate_inspected(struct sg_gate *gate);

#endif
