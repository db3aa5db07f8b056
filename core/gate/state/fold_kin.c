/* SPDX-License-Identifier: Apache-2.0
 * Domains of one user under several kinds: a reload has moved the wall between its processes while some of them are at work. Until those have ended, what
 * one carries the others carry; what is of one kind stays apart. */
#include "gate/state/fold_in.h"

void
sg_domain_join_kin(struct sg_fold *f, struct sg_domain *domain)
{
	uint64_t before = domain->taint.seq;
	for (struct sg_domain *d = NULL; (d = sg_domain_kin(f->state, domain, d)) != NULL;) {
		if (!sg_taint_join(&domain->taint, &d->taint) || !sg_kept_join(&domain->kept, &d->kept))
			f->missing = "memory";
		if (d->frozen && !domain->frozen) {
			domain->frozen = true;
			domain->frozen_ms = f->at_ms;
		}
	}
	if (domain->taint.seq != before && domain->since_ms == 0)
		domain->since_ms = f->at_ms;
}
