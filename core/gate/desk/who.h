/* SPDX-License-Identifier: Apache-2.0
 * Who asks, and whether they may still do anything. */
#ifndef SG_GATE_DESK_WHO_H
#define SG_GATE_DESK_WHO_H

#include "gate/desk/request.h"

/* A look of the attest stack in force found what it is, and nothing has become of it since; else *reason. */
bool sg_conn_is_seen(const struct sg_gate *gate, const struct sg_conn *conn, enum sg_reason *reason);
/* Once sg_who_agent has said who asks: the task is that agent's and that process's own. */
bool sg_who_owns(const struct sg_request *request, const struct sg_task *task);
bool sg_who_agent(struct sg_gate *gate, struct sg_request *request, const struct sg_conn *conn, enum sg_reason *reason);
/* A reload may have made somebody else of whoever asked: asked of what is known of the connection, and of what the process that an enforcer speaks for showed, once
 * for each configuration (request->who). */
bool sg_who_stands(struct sg_gate *gate, struct sg_request *request, enum sg_reason *reason);
bool sg_who_enforcer(struct sg_gate *gate, struct sg_request *request, const struct sg_conn *conn, enum sg_reason *reason);
/* False: the agent's instance is a control group or a unit, and this process is surely in none. */
bool sg_instance_id(const struct sg_gate *gate, const struct sg_conn *conn, const struct sg_agent *agent, char out[SG_ID_MAX]);
/* The control group of the peer, as a fact of strength boundary says; "" without one. */
struct sg_str sg_conn_group(const struct sg_gate *gate, const struct sg_conn *conn);
/* The control group that is the instance; "" where it is a process. */
struct sg_str sg_instance_group(const struct sg_gate *gate, const struct sg_conn *conn, const struct sg_agent *agent);
/* The process behind it could pass for an agent. */
bool sg_fits_an_agent(const struct sg_gate *gate, const struct sg_conn *conn);
/* "agent:NAME" or "enforcer:NAME" */
void sg_asker(const struct sg_request *request, char out[80]);
/* The member "rests_on" of a leaf. */
void sg_write_rests_on(struct sg_json_writer *w, const struct sg_agent *agent);
/* A process that somebody looked at has this task. */
bool sg_task_shows(const struct sg_task *task);
/* Its process showed itself to be this agent's under the match and the attest stack in force, surely enough. An instance that nobody saw has nothing to
 * show. *strength: how surely. SG_REASON_match_changed: it has to ask for itself once. */
bool sg_instance_shown(struct sg_instance *instance, const struct sg_agent *agent, enum sg_strength *strength, enum sg_reason *reason);
/* Who pays for what an enforcer asks about it: the task's agent as long as what has it shows that it is. NULL: nobody whose purse it would be, see sg_task_afford. */
const char *sg_task_pays(const struct sg_gate *gate, const struct sg_task *task);
/* It asks for itself, and is found to be this request's agent: kept in a leaf where it was not. */
void sg_instance_show(struct sg_gate *gate, const struct sg_request *request);
/* The uid that an enforcer saw is the one of the task's instance. */
bool sg_peer_uid_fits(const struct sg_gate *gate, struct sg_request *request, const struct sg_task *task);
bool sg_human_gone(const struct sg_gate *gate, const struct sg_human *human);
/* Somebody answers for the agent. */
bool sg_owner_answers(const struct sg_gate *gate, const struct sg_agent *agent);
/* The person of this stanza of `admins` is disabled; or one was who had it, by an operator's word, and nobody said since that whoever has it now may. */
bool sg_admin_gone(const struct sg_gate *gate, struct sg_str name);
/* They were disabled since then, by an operator's word, if only for a while: what they said before counts no more. */
bool sg_admin_left_since(const struct sg_gate *gate, struct sg_str name, int64_t at_ms);
/* Since when nobody answers for this agent; 0: somebody does. */
int64_t sg_owner_gone_ms(const struct sg_gate *gate, const struct sg_agent *agent);
/* Neither retired nor suspended nor long overdue, and somebody answers for it; without an owner it may still read for its `essential` time (`reads`). */
bool sg_agent_stands(const struct sg_gate *gate, const struct sg_agent *agent, bool reads, enum sg_reason *reason);

#endif
