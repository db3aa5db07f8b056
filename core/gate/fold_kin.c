/* SPDX-License-Identifier: Apache-2.0
 * Domains of one user under several kinds: a reload has moved the wall between its processes while some of them are at work. Until those have ended, what
 * one carries the others carry; what is of one kind stays apart. */
#include "gate/fold_in.h"

#include <stdlib.h>
#include <string.h>

/* The user of a domain of processes: its name begins with it. -1: of a session, or of what an enforcer asserts. */
static long long
user_of(const struct sg_domain *d)
{
	static const char *const kinds[] = {"uid", "cgroup", "unit", "process"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(d->kind, kinds[i]) == 0)
			return d->name != NULL ? atoll(d->name) : -1;
	return -1;
}

struct sg_domain *
sg_domain_kin(const struct sg_state *state, const struct sg_domain *domain, size_t *at)
{
	long long user = user_of(domain);
	struct sg_domain *d = user < 0 ? NULL : sg_table_next(&state->domains, at);
	while (d != NULL && (user_of(d) != user || strcmp(d->kind, domain->kind) == 0))
		d = sg_table_next(&state->domains, at);
	return d;
}

void
sg_domain_join_kin(struct sg_fold *f, struct sg_domain *domain)
{
	size_t at = 0;
	uint64_t before = domain->taint.seq;
	for (struct sg_domain *d; (d = sg_domain_kin(f->state, domain, &at)) != NULL;) {
		if (!sg_taint_join(&domain->taint, &d->taint))
			f->missing = "memory";
		if (d->frozen && !domain->frozen) {
			domain->frozen = true;
			domain->frozen_ms = f->at_ms;
		}
	}
	if (domain->taint.seq != before && domain->since_ms == 0)
		domain->since_ms = f->at_ms;
}
