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

/* ---- counting ---- */

enum { FRESH = 1, TOLD = 2, FAILING = 4, UNCONFIRMED = 8, LIVES = 16 };

bool
sg_lease_is_over(const struct sg_lease *lease, const struct sg_clock *now)
{
	return !lease->confirm && sg_deadline_passed(&lease->ends, now);
}

static unsigned
what_it_is(const struct sg_lease *lease, const struct sg_clock *now)
{
	bool over = lease->state == SG_LEASE_DEAD || sg_lease_is_over(lease, now);
	unsigned is = over ? 0 : LIVES;
	if (over || lease->state != SG_LEASE_REVOKING)
		return is;
	is |= lease->tries == 0 ? FRESH : TOLD;
	is |= lease->failed != NULL ? FAILING | UNCONFIRMED : 0;
	return is | (lease->tries > 1 ? UNCONFIRMED : 0);
}

static struct sg_issued_by *
maker_of(const struct sg_issued *issued, uint64_t by)
{
	for (struct sg_ring *at = sg_ring_first(&issued->makers); at != NULL; at = sg_ring_after(&issued->makers, at))
		if (SG_RING_OF(at, struct sg_issued_by, of_issuer)->by == by)
			return SG_RING_OF(at, struct sg_issued_by, of_issuer);
	return NULL;
}

static void
comes_to_maker(struct sg_issued *issued, uint64_t by)
{
	struct sg_issued_by *maker = maker_of(issued, by);
	if (maker == NULL && (maker = calloc(1, sizeof(*maker))) != NULL) {
		maker->by = by;
		sg_ring_join(&issued->makers, &maker->of_issuer);
	}
	if (maker != NULL)
		maker->count++;
}

static void
leaves_maker(struct sg_issued *issued, uint64_t by)
{
	struct sg_issued_by *maker = maker_of(issued, by);
	if (maker == NULL || --maker->count > 0)
		return;
	sg_ring_leave(&maker->of_issuer);
	free(maker);
}

static void
stand(struct sg_lease *lease, unsigned now)
{
	struct sg_issued *issued = lease->issued;
	if ((now & (FRESH | TOLD)) == 0)
		sg_ring_leave(&lease->of_back);
	else
		sg_ring_join((now & FRESH) != 0 ? &issued->fresh : &issued->told, &lease->of_back);
}

static void
count_as(struct sg_lease *lease, unsigned now)
{
	struct sg_issued *issued = lease->issued;
	unsigned was = lease->counted, comes = now & ~was, goes = was & ~now;
	lease->counted = now;
	if (((comes | goes) & (FRESH | TOLD)) != 0)
		stand(lease, now);
	issued->fresh_count += ((comes & FRESH) != 0) - (size_t)((goes & FRESH) != 0);
	issued->told_count += ((comes & TOLD) != 0) - (size_t)((goes & TOLD) != 0);
	issued->failing += ((comes & FAILING) != 0) - (size_t)((goes & FAILING) != 0);
	issued->unconfirmed += ((comes & UNCONFIRMED) != 0) - (size_t)((goes & UNCONFIRMED) != 0);
	if ((comes & LIVES) != 0)
		comes_to_maker(issued, lease->by);
	if ((goes & LIVES) != 0)
		leaves_maker(issued, lease->by);
}

void
sg_longest_add(struct sg_longest *longest, const struct sg_deadline *ends)
{
	longest->wall_ms = ends->wall_ms > longest->wall_ms ? ends->wall_ms : longest->wall_ms;
	longest->boot = ends->boot > longest->boot ? ends->boot : longest->boot;
}

int64_t
sg_longest_left(const struct sg_longest *longest, const struct sg_clock *now)
{
	int64_t wall = longest->wall_ms - now->wall_ms, boot = (longest->boot - now->boot) / SG_MSEC;
	int64_t left = wall > boot ? wall : boot;
	return (longest->wall_ms == 0 && longest->boot == 0) || left < 0 ? 0 : left;
}

void
sg_lease_recount(struct sg_lease *lease, const struct sg_clock *now)
{
	struct sg_issued *issued = lease->issued;
	if (issued == NULL)
		return;
	unsigned was = lease->counted;
	count_as(lease, what_it_is(lease, now));
	if (lease->handed && lease->state >= SG_LEASE_REVOKING)
		sg_longest_add(&issued->handed, &lease->ends);
	if (((was ^ lease->counted) & (FRESH | TOLD)) == 0)
		return;
	if (issued->fresh_count + issued->told_count == 0)
		issued->open = (struct sg_longest){0, 0};
	else if ((lease->counted & (FRESH | TOLD)) != 0)
		sg_longest_add(&issued->open, &lease->ends);
}

/* ---- coming and going ---- */

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
	sg_longest_add(&state->longest_lease, &lease->ends);
	sg_lease_recount(lease, &state->now);
	return (lease->counted & LIVES) == 0 || maker_of(issued, lease->by) != NULL;
}

void
sg_lease_is_gone(struct sg_lease *lease)
{
	struct sg_issued_to *to = lease->issued_to;
	if (lease->issued != NULL)
		count_as(lease, 0);
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
sg_issued_turn(struct sg_issued *issued, bool fresh)
{
	struct sg_ring *head = fresh ? &issued->fresh : &issued->told, *first = sg_ring_first(head);
	if (first == NULL)
		return NULL;
	sg_ring_join(head, first);
	return SG_RING_OF(first, struct sg_lease, of_back);
}

bool
sg_issued_has(const struct sg_issued *issued, uint64_t by)
{
	return issued != NULL && maker_of(issued, by) != NULL;
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
