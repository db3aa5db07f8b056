/* SPDX-License-Identifier: Apache-2.0
 * A full disk: the journal lives on what was held for it (gate/journal/reserve.h). What operators and approvers say is recorded, and what holds at once whoever says it: a stop, a revocation, what is
 * owed to them. Whoever else asks for something that is to be recorded is refused (audit_unavailable) and counted in a gap; what the gate would say by itself (outcomes that nobody reported, ends
 * that only follow, what fades, what was confirmed) waits where it stands, and is said once there is room. */
#ifndef SG_GATE_SCARCE_H
#define SG_GATE_SCARCE_H

#include "gate/desk/gate.h"

enum { SG_RESERVE_S = 5 /* while there is none it is made again no more often */, SG_SCARCE_GAP_S = 600 /* and what is refused meanwhile is written as a gap no more often */ };

/* Whether a leaf may be appended while the disk is full: the one rule, asked for each leaf (record.c). What stops is, until SG_RESERVE_FLOOR bytes are left; then operators' words alone, and what they
 * bring about. */
bool sg_scarce_takes(struct sg_gate *gate, const char *kind, struct sg_str body);
/* scarce_turn.c. Behind a trial: if it took the reserve, that is said. */
void sg_gate_scarce(struct sg_gate *gate);
/* The disk's thread has made the reserve, or could not (`error`: errno); the disk has `room` bytes left. What waited goes on. */
void sg_gate_reserved(struct sg_gate *gate, bool made, int error, uint64_t room);

#endif
