/* SPDX-License-Identifier: Apache-2.0
 * Labels, written. Gate thread only, but for what a snapshot's copy writes. */
#ifndef SG_GATE_LABELS_H
#define SG_GATE_LABELS_H

#include "base/canon.h"
#include "gate/state/state.h"

/* The labels of a taint, an array; NULL: none. */
void sg_write_labels(struct sg_json_writer *w, const struct sg_taint *taint);
/* What may be in a value that nobody can place, an array: all that its task and its domain have read; what the domain was cleansed of the task has still. `also` is
 * what is known of it, NULL: nothing. No label stands twice. */
void sg_write_all_read(struct sg_json_writer *w, const struct sg_task *task, const struct sg_taint *also);

#endif
