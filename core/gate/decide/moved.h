/* SPDX-License-Identifier: Apache-2.0
 * What moved between a question and its commit. Compared by value, as the rules read it: what nobody read may move as it likes.
 * Gate thread only. */
#ifndef SG_GATE_MOVED_H
#define SG_GATE_MOVED_H

#include "frame/moving.h"
#include "gate/decide/decide.h"

/* The names in an answer's member "read", as bits of enum sg_moving. A list with a name that is none, or no list: all of them. */
uint32_t sg_reads_of(const struct sg_json *answer);

/* What the rules that were asked read of the past is no longer what they read. Where it cannot be told (no memory), it moved. */
bool sg_past_moved(struct sg_gate *gate, struct sg_request *request, const struct sg_task *task);

/* question.c: one moving part of the question as it is now. */
void sg_write_moving(struct sg_json_writer *w, enum sg_moving part, struct sg_gate *gate, struct sg_request *request, const struct sg_task *task);
void sg_write_history(struct sg_json_writer *w, struct sg_gate *gate, struct sg_request *request, const struct sg_task *task);

#endif
