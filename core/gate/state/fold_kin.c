/* SPDX-License-Identifier: Apache-2.0
 * Domains of one user under several kinds: a reload has moved the wall between its processes while some of them are at work. Until those have ended, what
 * one carries the others carry; what is of one kind stays apart. */
#include "gate/state/fold_in.h"

void
sg_domain_join_kin(struct sg_fold *f, struct sg_domain *domain)
{
	uint64_t before = domain->taint.seq;
	struct sg_kept all = {.size = 0};
	bool good = sg_kept_join(&all, &domain->kept);
	for (struct sg_domain *d = NULL; (d = sg_domain_kin(f->state, domain, d)) != NULL;) {
		good &= sg_taint_join(&domain->taint, &d->taint) && sg_kept_join(&all, &d->kept);
		if (d->frozen && !domain->frozen) {
			domain->frozen = true;
			domain->frozen_ms = f->at_ms;
		}
	}
	sg_kept_take(&domain->kept, &all);
	sg_kept_free(&all);
	if (!good)
		f->missing = "memory";
	if (domain->taint.seq != before && domain->since_ms == 0)
		domain->since_ms = f->at_ms;
}
