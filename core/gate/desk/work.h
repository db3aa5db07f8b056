/* SPDX-License-Identifier: Apache-2.0
 * Work: whose request the gate is at, and how long it took. */
#ifndef SG_GATE_DESK_WORK_H
#define SG_GATE_DESK_WORK_H

#include "gate/desk/request.h"

/* The gate works on this request from now on, or on none. Between them nobody else is in hand. */
void sg_work_begin(struct sg_gate *gate, const struct sg_request *request);
/* Behind an enforcer: request->agent is known, and from now on it is in hand alone. */
void sg_work_known(struct sg_gate *gate, const struct sg_request *request);
void sg_work_spent(struct sg_gate *gate, struct sg_request *request);
void sg_work_end(struct sg_gate *gate);
/* Its caller was in hand when a gate hung, lately. */
bool sg_work_refused(struct sg_gate *gate, const struct sg_request *request);
/* status: hangs, refused callers, the slowest request and turn. */
void sg_write_work(struct sg_json_writer *w, const struct sg_gate *gate);
/* The surroundings turned once, in this time: the slowest stands in status. */
void sg_work_turned(struct sg_gate *gate, sg_time took);

#endif
