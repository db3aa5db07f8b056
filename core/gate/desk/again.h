/* SPDX-License-Identifier: Apache-2.0
 * The state made anew from the journal, in the running gate. */
#ifndef SG_GATE_DESK_AGAIN_H
#define SG_GATE_DESK_AGAIN_H

#include "gate/desk/gate.h"

/* Throws the state in memory away and folds what was synced (I1). Requests under way go on: what policy or an issuer is asked about is judged again, or taken
 * back. False: the journal cannot be read again; the gate ends, because nothing in memory is to be relied on. Takes as long as a start behind the newest
 * snapshot; the pulse goes on. Nobody may hold what points into the state. */
bool sg_state_again(struct sg_gate *gate);

#endif
