/* SPDX-License-Identifier: Apache-2.0
 * A disk that neither takes what it was given nor refuses it. */
#ifndef SG_GATE_LATE_H
#define SG_GATE_LATE_H

#include "gate/desk/gate.h"

enum { SG_SYNC_LATE_S = 10 /* a group is out for so long, and the disk counts as not there */ };

/* Each tick. Where the disk is late: what stops and waits for it is held outside the process, operators who wait are answered (in force, not recorded yet), and
 * agents and enforcers who ask for something that is to be recorded are refused until it has answered. */
void sg_sync_turn(struct sg_gate *gate);
/* It is late, and this request would wait for it. */
bool sg_sync_refuses(const struct sg_gate *gate, const struct sg_request *request, const struct sg_conn *conn);

#endif
