/* SPDX-License-Identifier: Apache-2.0
 * What operators ask. */
#ifndef SG_GATE_PEOPLE_PEOPLE_H
#define SG_GATE_PEOPLE_PEOPLE_H

#include "gate/tasks/tasks.h"

void sg_route_status(struct sg_gate *gate, struct sg_request *request);
void sg_route_kill(struct sg_gate *gate, struct sg_request *request);
void sg_route_lift(struct sg_gate *gate, struct sg_request *request);
void sg_route_config(struct sg_gate *gate, struct sg_request *request);
void sg_route_reload(struct sg_gate *gate, struct sg_request *request);
void sg_route_events(struct sg_gate *gate, struct sg_request *request);
/* A reload ended: the one asked for with this id, or another (0). `errors` {NULL, 0} if it went well, else canonical JSON. */
void sg_gate_reloaded(struct sg_gate *gate, uint64_t id, struct sg_str errors);
/* A process runs without a layer that its role should have: told in status. */
void sg_gate_unconfined(struct sg_gate *gate, const char *who, const char *layer);
void sg_route_approval(struct sg_gate *gate, struct sg_request *request);
void sg_route_approvals(struct sg_gate *gate, struct sg_request *request);
void sg_route_approve(struct sg_gate *gate, struct sg_request *request);
void sg_route_refuse(struct sg_gate *gate, struct sg_request *request);
/* settle.c */
void sg_route_challenge(struct sg_gate *gate, struct sg_request *request);
/* enrolments.c */
void sg_route_enrolments(struct sg_gate *gate, struct sg_request *request);
void sg_route_enrol(struct sg_gate *gate, struct sg_request *request);
void sg_route_enrol_offer(struct sg_gate *gate, struct sg_request *request);
void sg_route_enrol_finish(struct sg_gate *gate, struct sg_request *request);
void sg_route_enrol_confirm(struct sg_gate *gate, struct sg_request *request);
void sg_route_enrol_revoke(struct sg_gate *gate, struct sg_request *request);
void sg_route_agents(struct sg_gate *gate, struct sg_request *request);
void sg_route_agent_change(struct sg_gate *gate, struct sg_request *request);
void sg_route_human_change(struct sg_gate *gate, struct sg_request *request);
/* Ids of agents that were registered again. After recovery, a reload and each such change. */
void sg_agent_ids(struct sg_gate *gate);
void sg_route_leases(struct sg_gate *gate, struct sg_request *request);
void sg_route_lease_revoke(struct sg_gate *gate, struct sg_request *request);
void sg_route_lease_forget(struct sg_gate *gate, struct sg_request *request);
void sg_route_decision(struct sg_gate *gate, struct sg_request *request);
void sg_replayed(struct sg_gate *gate, struct sg_request *request);
void sg_route_introspect(struct sg_gate *gate, struct sg_request *request);
void sg_route_jwks(struct sg_gate *gate, struct sg_request *request);
void sg_route_audit_hold(struct sg_gate *gate, struct sg_request *request);
/* The first leaf that is there, whether deleting is held, why, by whom and since when, and what keeps from it what should go. */
void sg_write_keep(struct sg_json_writer *w, const struct sg_gate *gate);
void sg_route_domains(struct sg_gate *gate, struct sg_request *request);
void sg_route_domain_change(struct sg_gate *gate, struct sg_request *request);

#endif
