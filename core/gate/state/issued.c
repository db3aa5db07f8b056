/* SPDX-License-Identifier: Apache-2.0
 * Issuers by name, agents by issuer. */
#include "gate/state/issued.h"

#include "base/str.h"

#include <stdlib.h>

struct sg_issued *
sg_state_issued(const struct sg_state *state, struct sg_str issuer)
{
	return sg_table_get(&state->issued, issuer);
}

static struct sg_issued *
issued_of(struct sg_state *state, const char *issuer)
{
	struct sg_issued *issued = sg_state_issued(state, sg_str(issuer));
	if (issued != NULL || (issued = calloc(1, sizeof(*issued))) == NULL)
		return issued;
	issued->issuer = strdup(issuer);
	if (issued->issuer != NULL && sg_table_put(&state->issued, sg_str(issued->issuer), issued) == SG_OK)
		return issued;
	free(issued->issuer);
	free(issued);
	return NULL;
}

static struct sg_issued_to *
agent_of(struct sg_issued *issued, const char *agent)
{
	for (const struct sg_issued_to *to = NULL; (to = sg_issued_next(issued, to)) != NULL;)
		if (strcmp(to->agent, agent) == 0)
			return (struct sg_issued_to *)to;
	struct sg_issued_to *fresh = calloc(1, sizeof(*fresh));
	if (fresh == NULL || (fresh->agent = strdup(agent)) == NULL) {
		free(fresh);
		return NULL;
	}
	sg_ring_join(&issued->agents, &fresh->of_issuer);
	return fresh;
}

bool
sg_lease_is_issued(struct sg_state *state, struct sg_lease *lease)
{
	struct sg_issued *issued = lease->issuer == NULL || lease->agent == NULL ? NULL : issued_of(state, lease->issuer);
	struct sg_issued_to *to = issued == NULL ? NULL : agent_of(issued, lease->agent);
	if (to == NULL)
		return false;
	lease->issued = issued;
	lease->issued_to = to;
	to->count++;
	sg_lease_goes_back(lease);
	return true;
}

void
sg_lease_goes_back(struct sg_lease *lease)
{
	if (lease->issued != NULL && lease->state >= SG_LEASE_REVOKING && !sg_ring_is_in(&lease->of_back))
		sg_ring_join(&lease->issued->back, &lease->of_back);
}

void
sg_lease_is_gone(struct sg_lease *lease)
{
	struct sg_issued_to *to = lease->issued_to;
	sg_ring_leave(&lease->of_back);
	lease->issued = NULL;
	lease->issued_to = NULL;
	if (to == NULL || --to->count > 0)
		return;
	sg_ring_leave(&to->of_issuer);
	free(to->agent);
	free(to);
}

const struct sg_issued_to *
sg_issued_next(const struct sg_issued *issued, const struct sg_issued_to *at)
{
	struct sg_ring *next = issued == NULL ? NULL : sg_ring_after(&issued->agents, at == NULL ? &issued->agents : &at->of_issuer);
	return next == NULL ? NULL : SG_RING_OF(next, struct sg_issued_to, of_issuer);
}

struct sg_lease *
sg_issued_back(const struct sg_issued *issued, const struct sg_lease *at)
{
	struct sg_ring *next = issued == NULL ? NULL : sg_ring_after(&issued->back, at == NULL ? &issued->back : &at->of_back);
	return next == NULL ? NULL : SG_RING_OF(next, struct sg_lease, of_back);
}

void
sg_issued_free(struct sg_state *state)
{
	size_t at = 0;
	for (struct sg_issued *issued; (issued = sg_table_next(&state->issued, &at)) != NULL;) {
		free(issued->issuer);
		free(issued);
	}
}
