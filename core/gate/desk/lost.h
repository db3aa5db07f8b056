/* SPDX-License-Identifier: Apache-2.0
 * Leaves that are gone: the head beside the journal, what it proves at a start, and an operator's word that a loss is taken. */
#ifndef SG_GATE_LOST_H
#define SG_GATE_LOST_H

#include "frame/loss.h"
#include "gate/desk/gate.h"

enum { SG_HEAD_EACH_S = 10, SG_HEAD_SLOW_MS = 200 /* a group is out for longer, and the head waits for it */ };

/* After recovery: records that an operator took a loss, or put a backup back, which kills all, if one did (frame/loss.h). The file goes once those leaves are on
 * disk. One that cannot be read may have said either: it kills all, and stays. */
void sg_lost_accepted(struct sg_gate *gate);

/* Each tick, and at the end: the head follows the journal, SG_HEAD_EACH_S behind it at most, but where the disk is slow. */
void sg_head_follow(struct sg_gate *gate, bool now);

#endif
