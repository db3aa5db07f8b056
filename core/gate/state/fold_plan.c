/* SPDX-License-Identifier: Apache-2.0
 * Leaves about what binds a whole tree: the plan that was signed, the tools in quarantine. */
#include "gate/state/fold_in.h"

#include "base/str.h"
#include "gate/state/values.h"

#include <stdlib.h>
#include <string.h>

void
sg_fold_kind_plan(struct sg_fold *f)
{
	struct sg_task *task = sg_fold_task_of(f);
	const struct sg_json *steps = sg_fold_get(f, "steps");
	struct sg_tree *tree = sg_task_tree(task);
	struct sg_plan_step *kept = calloc(steps->count + 1, sizeof(*kept));
	const struct sg_json *times = sg_json_first(sg_fold_get(f, "times"));
	if (kept == NULL || tree == NULL) {
		free(kept);
		f->missing = "memory";
		return;
	}
	free(tree->plan.steps);
	tree->plan = (struct sg_plan){.steps = kept, .any_order = sg_fold_flag_or(f, "any_order", true)}; /* plans of before neither counted nor ordered */
	sg_fold_id(f, "digest", tree->plan.digest, sizeof(tree->plan.digest));
	memcpy(tree->plan.signer, task->id, sizeof(task->id));
	for (const struct sg_json *s = sg_json_first(steps); s != NULL; s = sg_json_next(steps, s)) {
		struct sg_str hex;
		struct sg_plan_step *step = &kept[tree->plan.count++];
		if (sg_json_string(s, &hex))
			step->digest = sg_value_unhex(hex);
		if (times != NULL && sg_json_int(times, &step->times))
			times = sg_json_next(sg_fold_get(f, "times"), times);
	}
}

void
sg_fold_kind_tool(struct sg_fold *f)
{
	struct sg_task *task = sg_fold_task_of(f);
	struct sg_tree *tree = sg_task_tree(task);
	if (tree == NULL) {
		f->missing = "memory";
		return;
	}
	struct sg_quarantined *more = realloc(tree->quarantine, (tree->quarantine_count + 1) * sizeof(*more));
	if (more != NULL)
		tree->quarantine = more;
	if (more == NULL || tree->quarantine_count == SG_QUARANTINE_MAX) {
		tree->quarantine_full = true;
		return;
	}
	struct sg_quarantined *q = &more[tree->quarantine_count];
	*q = (struct sg_quarantined){.action = sg_fold_keep(f, "action")};
	tree->quarantine_count += q->action != NULL;
	sg_fold_id(f, "digest", q->digest, sizeof(q->digest));
}
