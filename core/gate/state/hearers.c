/* SPDX-License-Identifier: Apache-2.0
 * A list for a tree is made with its first part: a root alone hears itself. */
#include "gate/state/hearers.h"

#include "base/str.h"
#include "gate/state/fold.h"

#include <stdlib.h>

struct sg_hearers *
sg_hearers_new(struct sg_task *root)
{
	struct sg_hearers *h = calloc(1, sizeof(*h));
	if (h == NULL)
		return NULL;
	h->root = root;
	sg_table_init(&h->by_domain, 0); /* ids of domains are keyed digests */
	return h;
}

void
sg_hearers_free(struct sg_hearers *hearers)
{
	size_t at = 0;
	if (hearers == NULL)
		return;
	for (struct sg_hearer *h; (h = sg_table_next(&hearers->by_domain, &at)) != NULL;)
		sg_hearer_goes(hearers, h);
	sg_table_done(&hearers->by_domain);
	free(hearers);
}

struct sg_hearer *
sg_hearer_of(struct sg_hearers *hearers, struct sg_domain *domain, bool make)
{
	struct sg_hearer *h = sg_table_get(&hearers->by_domain, sg_str(domain->id));
	if (h != NULL || !make || (h = calloc(1, sizeof(*h))) == NULL)
		return h;
	h->domain = domain;
	if (sg_table_put(&hearers->by_domain, sg_str(domain->id), h) != SG_OK) {
		free(h);
		return NULL;
	}
	domain->refs++;
	h->root = hearers->root;
	if (h->root != NULL)
		sg_ring_join(&domain->hears, &h->of_domain);
	return h;
}

void
sg_hearer_goes(struct sg_hearers *hearers, struct sg_hearer *hearer)
{
	sg_ring_leave(&hearer->of_over);
	sg_ring_leave(&hearer->of_domain);
	sg_table_take(&hearers->by_domain, sg_str(hearer->domain->id));
	hearer->domain->refs--;
	free(hearer);
}

static bool
joins(struct sg_hearers *hearers, struct sg_task *task)
{
	struct sg_hearer *h = sg_hearer_of(hearers, task->domain, true);
	if (h == NULL)
		return false;
	sg_ring_leave(&h->of_over);
	h->count++;
	task->heard = true;
	return true;
}

bool
sg_task_is_heard(struct sg_task *task)
{
	struct sg_task *root = task->root;
	if (task->heard || !task->claimed || task->state > SG_TASK_FROZEN || (task == root && root->hearers == NULL))
		return true;
	if (root->hearers == NULL && (root->hearers = sg_hearers_new(root)) == NULL)
		return false;
	if (task != root && !root->heard && root->claimed && root->state <= SG_TASK_FROZEN && !joins(root->hearers, root))
		return false;
	return joins(root->hearers, task);
}

void
sg_task_hears_no_more(struct sg_task *task, int64_t at_ms)
{
	struct sg_hearers *hearers = task->root->hearers;
	struct sg_hearer *h = !task->heard || hearers == NULL ? NULL : sg_hearer_of(hearers, task->domain, false);
	task->heard = false;
	if (h == NULL)
		return;
	h->until_ms = at_ms;
	if (--h->count == 0)
		sg_ring_join(&hearers->over, &h->of_over);
	for (struct sg_ring *first; (first = sg_ring_first(&hearers->over)) != NULL;) {
		struct sg_hearer *oldest = SG_RING_OF(first, struct sg_hearer, of_over);
		if (at_ms - oldest->until_ms < SG_KEPT_MS)
			break;
		sg_hearer_goes(hearers, oldest);
	}
}
