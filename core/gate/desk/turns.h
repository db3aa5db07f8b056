/* SPDX-License-Identifier: Apache-2.0
 * Turns: requests that hang on the same past are judged one after the other, so that being many ends in no livelock. Who was found stale twice takes
 * the turn of its subjects (its tree, its agent and, where its rules read what is left to spend, its owner, all at once); until it has committed nobody else commits there. In order of arrival, so
 * nobody waits for ever. Gate thread only. */
#ifndef SG_GATE_TURNS_H
#define SG_GATE_TURNS_H

#include "gate/desk/request.h"

enum sg_turn { SG_TURN_NONE, SG_TURN_WAITS, SG_TURN_HAS };

/* Somebody else has the turn of this request's subjects. */
bool sg_turn_taken(const struct sg_gate *gate, const struct sg_request *request, const struct sg_task *task);
/* Stands in line. True: its turn came at once; false: `then` is called once it has. */
bool sg_turn_take(struct sg_gate *gate, struct sg_request *request, const struct sg_task *task, void (*then)(struct sg_gate *, struct sg_request *));
/* Leaves the line. */
void sg_turn_leave(struct sg_gate *gate, struct sg_request *request);
/* Lets go who is done and lets those go on whose turn it is. After each event. */
void sg_turns_pump(struct sg_gate *gate);

#endif
