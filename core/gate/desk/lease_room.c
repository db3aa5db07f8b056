/* SPDX-License-Identifier: Apache-2.0
 * Counting what an issuer has out, agent by agent. */
#include "gate/desk/lease_room.h"

#include "base/str.h"
#include "gate/desk/issuers.h"
#include "gate/desk/desk.h"
#include "gate/desk/revoking.h"
#include "gate/state/issued.h"

/* Agents that the catalogue no longer has have no share: all of theirs is beyond it. */
static bool
has_room(const struct sg_gate *gate, const struct sg_issuer *issuer, const struct sg_agent *agent, const struct sg_shares *s)
{
	const struct sg_issued *issued = sg_state_issued(&gate->state, issuer->name);
	size_t beyond = 0, own = 0;
	for (const struct sg_issued_to *to = NULL; (to = sg_issued_next(issued, to)) != NULL;) {
		size_t share = sg_catalogue_agent(gate->catalogue, sg_str(to->agent)) != NULL ? s->share : 0;
		beyond += to->count > share ? to->count - share : 0;
		own += sg_str_is(agent->name, to->agent) ? to->count : 0; /* by name: who asks may have begun before a reload */
	}
	return sg_shares_admit(s, own, beyond);
}

enum sg_reason
sg_lease_room(const struct sg_gate *gate, const struct sg_issuer *issuer, const struct sg_agent *agent)
{
	const struct sg_issuer_told *told = sg_issuer_told(gate, issuer->name);
	if (issuer->unconfirmed_max > 0 && sg_lease_unconfirmed(gate, issuer->name) >= (size_t)issuer->unconfirmed_max)
		return SG_REASON_issue_unconfirmed;
	if (told == NULL || told->revocations == 0)
		return SG_REASON_allowed;
	struct sg_shares s = sg_shares_of(told->revocations, gate->catalogue->agent_count);
	if (gate->state.leases.count < s.share || has_room(gate, issuer, agent, &s))
		return SG_REASON_allowed;
	return SG_REASON_issue_full;
}
