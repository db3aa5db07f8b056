/* SPDX-License-Identifier: Apache-2.0
 * Looking through what there is, in slices. Gate thread only. */
#ifndef SG_GATE_WIRE_ROUNDS_H
#define SG_GATE_WIRE_ROUNDS_H

#include "gate/desk/gate.h"

/* A slice of each round that is under way; all begin anew SG_ROUND_MS after they last did, what is not over by then goes on. */
void sg_rounds_turn(struct sg_gate *gate);

#endif
