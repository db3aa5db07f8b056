/* SPDX-License-Identifier: Apache-2.0
 * What a lost record leaves in memory that a restart would not find: taken back at once, so that nothing rests on what nobody can read any more. */
#include "gate/state/fold_in.h"
#include "gate/state/fold_memory.h"

#include "base/str.h"

#include <stdlib.h>

static void
step_back(struct sg_task *task, int64_t step)
{
	struct sg_tree *tree = task->root->tree;
	if (tree != NULL && step > 0 && (uint64_t)step <= tree->plan.count && tree->plan.steps[step - 1].done > 0)
		tree->plan.steps[step - 1].done--;
}

/* It was granted before, and nothing was done with it. */
static void
give_back(struct sg_state *state, struct sg_approval *approval)
{
	if (approval == NULL || approval->state != SG_APPROVAL_CONSUMED)
		return;
	approval->state = SG_APPROVAL_GRANTED;
	approval->task->approvals++;
	state->open_approvals++;
}

void
sg_state_lost_allow(struct sg_state *state, struct sg_attempt *attempt, int64_t step, struct sg_str approval)
{
	sg_fold_failed(state, attempt);
	step_back(attempt->task, step);
	give_back(state, sg_state_approval(state, approval));
}

void
sg_state_lost_attempt(struct sg_state *state, struct sg_str decision)
{
	struct sg_attempt *attempt = sg_table_take(&state->decisions, decision);
	if (attempt == NULL)
		return;
	sg_table_take(&attempt->task->attempts, sg_str(attempt->key));
	sg_fold_await_no_more(state, attempt);
	sg_reading_end(state, attempt);
	sg_taint_free(&attempt->labels);
	free(attempt->charges);
	free(attempt);
}
