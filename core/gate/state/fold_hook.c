/* SPDX-License-Identifier: Apache-2.0
 * Hooks, folded: an outcome says that one is due, and the last leaf of what came of it that it is over or has failed. */
#include "gate/state/fold_in.h"

#include "base/str.h"

void
sg_fold_hook(struct sg_fold *f, struct sg_attempt *attempt)
{
	struct sg_str hook = sg_fold_text_or(f, "hook");
	struct sg_attempt *of = sg_state_decision(f->state, sg_fold_text_or(f, "of"));
	if (attempt != NULL && sg_str_is(hook, "due")) {
		attempt->hooks++;
		attempt->task->owed++;
	} else if (of != NULL && of->hooks > 0 && (sg_str_is(hook, "over") || sg_str_is(hook, "failed"))) {
		of->hooks--;
		of->task->owed--;
	}
}
