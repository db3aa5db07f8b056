/* SPDX-License-Identifier: Apache-2.0
 * Ceilings: what no policy can lift. */
#ifndef SG_GATE_DECIDE_CEILING_H
#define SG_GATE_DECIDE_CEILING_H

#include "gate/desk/desk.h"

void sg_route_ceiling(struct sg_gate *gate, struct sg_request *request);
bool sg_in_force(struct sg_gate *gate, struct sg_request *request, enum sg_reason *reason);
bool sg_ceilings(struct sg_gate *gate, struct sg_request *request, enum sg_reason *reason);
enum sg_reason sg_may_spend(const struct sg_gate *gate, const struct sg_request *request);
bool sg_behalf_admits(const struct sg_gate *gate, const struct sg_agent *agent, struct sg_str human_id, const struct sg_action *action);
/* Why a task does nothing any more (sg_task_stopped gave it back). */
enum sg_reason sg_stopped_reason(const struct sg_state *state, const struct sg_task *task);
/* The agent reaches that far, and the action is of the task's environment. */
bool sg_action_within(const struct sg_request *request, const struct sg_task *task, enum sg_reason *reason);
/* What this task and each above it was opened with (intent, environment, role, who was handed it) could be given now. */
bool sg_task_stands(const struct sg_gate *gate, const struct sg_task *task, enum sg_reason *reason);
/* By the catalogue in force this credential would still be given: the agent reaches the action, whose issuer, audience and level are what they were. */
bool sg_lease_stands(const struct sg_gate *gate, const struct sg_lease *lease);
/* In whose name `action` is done in this task, and who said yes to it (`approval` "": nobody was asked), still may. */
bool sg_said_stands(const struct sg_gate *gate, const struct sg_task *task, struct sg_str agent, struct sg_str action, const char *approval);
bool sg_lease_said(const struct sg_gate *gate, const struct sg_lease *lease);
/* Behind a change of people or configuration: it is taken back if its issuer is another one, or nobody says it any more. Returns how much was done. */
size_t sg_lease_review(struct sg_gate *gate, struct sg_lease *lease);
enum { SG_FOUND_MAX = 8 }; /* stanzas that have one resource: resource_many */
/* The stanzas of the catalogue that have what a request is about; all of them hold. */
const struct sg_resource *sg_next_found(const struct sg_gate *gate, const struct sg_request *request, const struct sg_resource *before);
/* rates.c: the rates that were handed down, up to the root, have room for one more of r->action. What is walked of the past for it is owed. */
bool sg_rates_admit(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task);
/* Names of a resource's properties: none holds what nobody sees, no two are one to who does not look at case. False: *why says what is wrong, static. */
bool sg_properties_fit(const struct sg_json *resource, const char **why);
/* SG_REASON_allowed or arguments_form with the name of one that does not fit. */
enum sg_reason sg_arguments_fit(const struct sg_action *action, const struct sg_json *args, size_t *left, struct sg_str *which);

#endif
