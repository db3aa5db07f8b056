/* SPDX-License-Identifier: Apache-2.0
 * Domains that hear of something: those of whoever works in a tree, or did not long ago, and those of whoever is reading a memory. Few where agents are users, however
 * many their tasks: so each is looked at whenever something is told, whether or not it is news to others. */
#ifndef SG_GATE_STATE_HEARERS_H
#define SG_GATE_STATE_HEARERS_H

#include "gate/state/state.h"

struct sg_hearer {
	struct sg_domain *domain; /* kept in memory by this */
	size_t count;             /* open tasks, or reads that may not be over */
	int64_t until_ms;         /* when the last of them ended, or will be over */
	struct sg_ring of_over;   /* hearers->over, while count is 0 */
	struct sg_task *root;     /* of which tree; NULL: of a memory */
	struct sg_ring of_domain; /* domain->hears, of a tree */
};

struct sg_hearers {
	struct sg_table by_domain; /* struct sg_hearer, by the domain's id */
	struct sg_ring over;       /* those of whom nothing is left, who ended first first */
	struct sg_task *root;
};

/* Of that tree, or (NULL) of a memory. NULL on no memory. */
struct sg_hearers *sg_hearers_new(struct sg_task *root);
/* NULL: nothing. */
void sg_hearers_free(struct sg_hearers *hearers);
/* The one of that domain, or (`make`) a new one; NULL: there is none, or no memory. */
struct sg_hearer *sg_hearer_of(struct sg_hearers *hearers, struct sg_domain *domain, bool make);
void sg_hearer_goes(struct sg_hearers *hearers, struct sg_hearer *hearer);

/* ---- of a tree ---- */

/* Whoever has the task works in its tree from now on, as long as it is open; what unclaimed parts will be is nobody's yet. False on no memory. */
bool sg_task_is_heard(struct sg_task *task);
/* The task ended, or went on to somebody else. Those who ended SG_KEPT_MS before are forgotten. */
void sg_task_hears_no_more(struct sg_task *task, int64_t at_ms);

#endif
