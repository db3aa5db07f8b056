/* SPDX-License-Identifier: Apache-2.0
 * Room among the credentials of an issuer that can take back only so many at a time. No more are given than can be taken back, so that a kill always
 * finds room, and no agent can use up what others need. */
#ifndef SG_GATE_LEASE_ROOM_H
#define SG_GATE_LEASE_ROOM_H

#include "gate/reason.h"

struct sg_gate;
struct sg_issuer;
struct sg_agent;

enum { SG_LEASE_RESERVE = 16 /* one part in so many is never given: what comes back late, or from before, finds room */ };

/* Half of the room is shared evenly, and an agent's share is its own; the other half is for who comes first. */
struct sg_lease_shares {
	size_t room;   /* that may be given, all agents */
	size_t share;  /* of each agent, at least 1 */
	size_t common; /* beyond the shares */
};

/* `revocations`: what the issuer told, not 0. `agents`: of the catalogue. */
struct sg_lease_shares sg_lease_shares(size_t revocations, size_t agents);

/* allowed; issue_full: this agent has its share of this issuer and what is common is used; issue_unconfirmed: the issuer owes as many revocations as its
 * stanza lets it (issue.unconfirmed_max). Every credential counts until a minute after its end, whatever became of it. */
enum sg_reason sg_lease_room(const struct sg_gate *gate, const struct sg_issuer *issuer, const struct sg_agent *agent);

#endif
