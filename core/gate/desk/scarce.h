/* SPDX-License-Identifier: Apache-2.0
 * A full disk: the journal lives on what was held for it (gate/journal/reserve.h). Operators and approvers are recorded, and what the gate itself must say; whoever else asks for something that
 * is to be recorded is refused (audit_unavailable) and counted in a gap. */
#ifndef SG_GATE_SCARCE_H
#define SG_GATE_SCARCE_H

#include "gate/desk/gate.h"

enum { SG_RESERVE_S = 5 /* while there is none it is made again no more often */ };

/* Behind a trial: if it took the reserve, that is said. */
void sg_gate_scarce(struct sg_gate *gate);
/* The disk's thread has made the reserve, or could not (`error`: errno). */
void sg_gate_reserved(struct sg_gate *gate, bool made, int error);

#endif
