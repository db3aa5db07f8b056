/* SPDX-License-Identifier: Apache-2.0
 * Plans: the steps that a tree was signed for. */
#ifndef SG_GATE_DECIDE_PLAN_H
#define SG_GATE_DECIDE_PLAN_H

#include "gate/desk/desk.h"

void sg_route_plan(struct sg_gate *gate, struct sg_request *request);
/* What a step names: the action, what it is done to, with which arguments (NULL: any). Keyed by the tree; 0: no memory. */
uint64_t sg_step_digest(const struct sg_gate *gate, const struct sg_task *task, struct sg_str action, const struct sg_json *resource, const struct sg_json *args);
/* May this task, whose role acts on a plan alone, do this now? request->step says which step it is, from 1 on. False: *reason. */
bool sg_plan_admits(const struct sg_gate *gate, struct sg_request *request, const struct sg_task *task, enum sg_reason *reason);

#endif
