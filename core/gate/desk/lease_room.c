/* SPDX-License-Identifier: Apache-2.0
 * Counting what an issuer has out, agent by agent. */
#include "gate/desk/lease_room.h"

#include "base/str.h"
#include "gate/desk/issuers.h"
#include "gate/desk/desk.h"
#include "gate/desk/revoking.h"

#include <stdlib.h>

/* Its place in the catalogue in force; the last one for agents that it no longer has. */
static size_t
place_of(const struct sg_catalogue *c, struct sg_str name)
{
	const struct sg_agent *agent = sg_catalogue_agent(c, name);
	return agent != NULL ? (size_t)(agent - c->agents) : c->agent_count;
}

/* Leases of this issuer by agent, each in its place. NULL: no memory. */
static size_t *
count(const struct sg_gate *gate, const struct sg_issuer *issuer)
{
	const struct sg_catalogue *c = gate->catalogue;
	size_t at = 0, *used = calloc(c->agent_count + 1, sizeof(*used));
	for (const struct sg_lease *l; used != NULL && (l = sg_table_next(&gate->state.leases, &at)) != NULL;)
		if (sg_str_is(issuer->name, l->issuer))
			used[place_of(c, sg_str(l->agent))]++;
	return used;
}

static bool
has_room(const struct sg_gate *gate, const struct sg_issuer *issuer, const struct sg_agent *agent, const struct sg_shares *s)
{
	size_t *used = count(gate, issuer), agents = gate->catalogue->agent_count;
	if (used == NULL)
		return false;
	size_t beyond = used[agents], own = used[place_of(gate->catalogue, agent->name)]; /* asked by name: who asks may have begun before a reload */
	for (size_t i = 0; i < agents; i++)
		beyond += used[i] > s->share ? used[i] - s->share : 0;
	free(used);
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
