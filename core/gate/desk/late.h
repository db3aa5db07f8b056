/* SPDX-License-Identifier: Apache-2.0
 * A disk that neither takes what it was given nor refuses it. */
#ifndef SG_GATE_LATE_H
#define SG_GATE_LATE_H

#include "gate/desk/gate.h"

enum { SG_SYNC_LATE_S = 10 /* a group is out for so long, and the disk counts as not there */ };

/* Each tick. Where the disk is late: what stops and waits for it is held outside the process, operators who wait are answered (in force, not recorded yet), and
 * agents and enforcers who ask for something that is to be recorded are refused until it has answered. */
void sg_sync_turn(struct sg_gate *gate);
/* sg_journal_read of this gate's journal, but while the disk is late: SG_UNAVAILABLE, for nobody waits for it in the gate's thread. The one way to read a leaf again. */
enum sg_status sg_leaf_read(struct sg_gate *gate, uint64_t number, struct sg_arena *arena, struct sg_record *record, struct sg_str *input, struct sg_err *err);
/* The same of several, as sg_journal_leaves; while it is late none is told. */
uint64_t sg_leaves_read(struct sg_gate *gate, uint64_t first, uint64_t last, size_t most, bool (*each)(void *to, const struct sg_record *record), void *to);
/* This request would wait for a disk that is late, for its record or for one that is to be read; or would be recorded where the disk is full, and it is no operator's. */
bool sg_sync_refuses(const struct sg_gate *gate, const struct sg_request *request, const struct sg_conn *conn);

#endif
