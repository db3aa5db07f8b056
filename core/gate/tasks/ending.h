/* SPDX-License-Identifier: Apache-2.0
 * Endings that are under way (gate/state/ending.h), a slice in each turn. Gate thread only. */
#ifndef SG_GATE_TASKS_ENDING_H
#define SG_GATE_TASKS_ENDING_H

#include "gate/desk/gate.h"

/* Says of so much that it has ended. True: there is more, and it should be called again soon. */
bool sg_endings_turn(struct sg_gate *gate);

#endif
