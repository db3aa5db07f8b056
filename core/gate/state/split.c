/* SPDX-License-Identifier: Apache-2.0
 * Those of a tree that broke a budget are a ring of their own: nobody looks at the others. */
#include "gate/state/split.h"

#include <string.h>

void
sg_task_set_split(struct sg_task *task, int64_t below)
{
	task->split_below = below;
	if (below > 0)
		sg_ring_join(&task->root->splits, &task->of_splits);
	else
		sg_ring_leave(&task->of_splits);
}

void
sg_task_no_split(struct sg_task *task)
{
	for (struct sg_ring *first; (first = sg_ring_first(&task->root->splits)) != NULL;)
		sg_task_set_split(SG_RING_OF(first, struct sg_task, of_splits), 0);
}

int64_t
sg_task_split_below(const struct sg_task *task)
{
	int64_t most = 0;
	const struct sg_ring *all = &task->root->splits;
	for (const struct sg_ring *at = all; (at = sg_ring_after(all, at)) != NULL;) {
		const struct sg_task *t = SG_RING_OF(at, struct sg_task, of_splits);
		if (t->split_below > most && strcmp(t->agent, task->agent) == 0)
			most = t->split_below;
	}
	return most;
}
