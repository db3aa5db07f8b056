/* SPDX-License-Identifier: Apache-2.0
 * Splits: money that broke a budget, and less of it asked next by the same agent in the same tree. */
#ifndef SG_GATE_STATE_SPLIT_H
#define SG_GATE_STATE_SPLIT_H

#include "gate/state/state.h"

/* Money of that much broke a budget; 0: none did. */
void sg_task_set_split(struct sg_task *task, int64_t below);
/* Somebody has looked at it: what was asked before is no beginning of a split, in all its tree. */
void sg_task_no_split(struct sg_task *task);
/* The money below which this task's next is a split; 0: any. */
int64_t sg_task_split_below(const struct sg_task *task);

#endif
