/* SPDX-License-Identifier: Apache-2.0
 * Room among the credentials of an issuer that can take back only so many at a time. No more are given than can be taken back, so that a kill always
 * finds room, and no agent can use up what others need. */
#ifndef SG_GATE_LEASE_ROOM_H
#define SG_GATE_LEASE_ROOM_H

#include "base/shares.h"
#include "gate/catalogue/reason.h"

struct sg_gate;
struct sg_issuer;
struct sg_agent;

/* allowed; issue_full: this agent has its share (base/shares.h) of what this issuer can take back and what is common is used; issue_unconfirmed: the issuer owes as many revocations as its
 * stanza lets it (issue.unconfirmed_max). Every credential counts until a minute after its end, whatever became of it. */
enum sg_reason sg_lease_room(const struct sg_gate *gate, const struct sg_issuer *issuer, const struct sg_agent *agent);

#endif
