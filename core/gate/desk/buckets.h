/* SPDX-License-Identifier: Apache-2.0
 * Buckets: what a caller may ask, in units. A unit is a small request; bytes and values beyond those of a small one, and further judgements, cost more.
 * Not time: whoever shares a machine must not pay for its noise. Gate thread only. */
#ifndef SG_GATE_BUCKETS_H
#define SG_GATE_BUCKETS_H

#include "gate/desk/purse.h"

struct sg_request;

enum {
	SG_UNIT_BYTES = 4096,     /* of a body, one unit more for each */
	SG_UNIT_CARRIED = 64,     /* tasks, memories and reads that the labels it brings are carried to, likewise */
	SG_UNIT_VALUES = 64,      /* of a body, counted by its commas and brackets before it is read */
	SG_REFUSED_AT_ONCE = 20,  /* refusals in a row that are answered at once; those behind are late */
	SG_REFUSED_LATE_MS = 100,
};

/* What a body costs: 1 for a small one. Reads no value. */
int64_t sg_request_units(struct sg_str body);
/* Takes a request's units from its caller, before anything of it is read: the agent that spoke last on this connection, else its uid. False: there is
 * not enough. Kill, lift and refusing an approval are never refused; outcomes and closing have half a burst that nothing else uses. */
bool sg_request_afford(struct sg_gate *gate, struct sg_request *request, struct sg_str body);
/* From a purse that is none of those by which a caller is known: how often it refused is kept with the request. */
bool sg_own_afford(struct sg_gate *gate, struct sg_request *request, enum sg_purse purse, const char *key);
/* Once it is known whose request it is. Takes nothing twice from one bucket. */
bool sg_agent_afford(struct sg_gate *gate, struct sg_request *request, struct sg_str agent);
/* What came of an agent's action, told by itself: from its own purse, and from one for reports alone, which owes what they cost the gate beyond what was paid.
 * False: there is not enough, nothing is answered yet. */
bool sg_own_report_afford(struct sg_gate *gate, struct sg_request *r);
/* What came of an agent's action, told by its enforcer, which gets back what it laid out: reports of one agent have a purse of their own, as large as a party's,
 * so that the agent keeps nothing from the record by having nothing left, nor others' requests from the gate by many reports at once. False: not now. The agent
 * owes it as well. */
bool sg_report_afford(struct sg_gate *gate, struct sg_request *r, struct sg_str agent);
/* What an enforcer asks about a task is its agent's to pay (sg_task_pays). Where its process is to show itself anew, or nobody took the part yet, it is neither
 * that agent's, whose other processes did nothing, nor that of whoever handed it on, nor the enforcer's, which has it for all others: for what comes behind an
 * agent's name so there is a purse of its own, as large as a caller's. The enforcer gets back what it laid out.
 * False: there is not enough, nothing is answered yet. */
bool sg_task_afford(struct sg_gate *gate, struct sg_request *request, const struct sg_task *task);
/* The same before anything else is known of the request. False: it was refused, and answered. On other faces true, and with NULL: the enforcer has paid. */
bool sg_behind_afford(struct sg_gate *gate, struct sg_request *request, const struct sg_task *task);
/* request->agent is who speaks on this connection. */
void sg_caller_known(struct sg_gate *gate, struct sg_request *request);
/* A connection of a local user. */
bool sg_connect_afford(struct sg_gate *gate, enum sg_face face, const struct sg_peer *peer);
/* It has none left now; takes nothing. */
bool sg_connect_spent(struct sg_gate *gate, enum sg_face face, uid_t uid);
/* Answers 429 overloaded: at once, or late to whoever goes on asking. */
void sg_request_refuse(struct sg_gate *gate, struct sg_request *request);
/* Each tick, for requests in SG_STAGE_SLOWED. */
void sg_slowed_wake(struct sg_gate *gate, struct sg_request *request);

bool sg_bucket_take(struct sg_gate *gate, const char *kind, struct sg_str name);
/* One unit, at the rate of a party. */
bool sg_bucket_take_party(struct sg_gate *gate, const char *key);

#endif
