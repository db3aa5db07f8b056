/* SPDX-License-Identifier: Apache-2.0
 * Behind a change of configuration, people or clock, and behind a loss: all there is is looked at once more, in slices, so that no turn is long however much there is. What nobody
 * says any more is worth nothing before it is looked at: whoever asks about it, or uses it, is told by what is in force. Gate thread only. */
#ifndef SG_GATE_REVIEW_H
#define SG_GATE_REVIEW_H

#include "gate/desk/gate.h"

/* Begins anew with tasks, leases and approvals, and looks at a first slice of each. While nothing can be recorded it waits, and then begins anew. */
void sg_gate_review(struct sg_gate *gate);
/* Once in each turn: another slice of each, and of the attempts whose hooks nobody is asking about (gate->hooks_lost). True: there is more, and it should be called again soon. */
bool sg_reviews_turn(struct sg_gate *gate);
/* What was in force before is asked about still. */
bool sg_reviews_leases(const struct sg_gate *gate);

#endif
