/* SPDX-License-Identifier: Apache-2.0
 * One line of a snapshot being read. Private to the files snapshot_*.c. */
#ifndef SG_GATE_SNAPSHOT_IN_H
#define SG_GATE_SNAPSHOT_IN_H

#include "gate/state/fold_in.h"
#include "gate/snapshot/snapshot.h"

void sg_take_taint(struct sg_fold *f, struct sg_taint *taint);
void sg_take_ints(struct sg_fold *f, const char *name, int64_t *out, size_t count);
void sg_take_times(struct sg_fold *f, const char *name, struct sg_times *times);
/* 16 hex digits; 0 for anything else. */
uint64_t sg_take_hex(const struct sg_json *json);
/* Zeroed memory, or NULL and noted as missing. */
void *sg_take_fresh(struct sg_fold *f, size_t size);

/* Into its table, if nothing is missing and its key is new; else it is ended by `end`, and that is noted. */
void sg_take_place(struct sg_fold *f, struct sg_table *table, const char *key, void *value, void (*end)(void *));

/* snapshot_end.c: for that, one each. */
void sg_end_account(void *value);
void sg_end_attempt(void *value);
void sg_end_lease(void *value);
void sg_end_approval(void *value);
void sg_end_memory(void *value);
void sg_end_agent(void *value);
void sg_end_human(void *value);

/* What belongs to the whole of the task that the line names; NULL and noted as missing if there is none. */
struct sg_tree *sg_take_tree(struct sg_fold *f);

/* snapshot_read_tree.c, snapshot_read_past.c: one kind of line each. */
void sg_read_instance_line(struct sg_fold *f);
void sg_read_domain_line(struct sg_fold *f);
void sg_read_task_line(struct sg_fold *f);
void sg_read_tree_line(struct sg_fold *f);
void sg_read_source_line(struct sg_fold *f);
void sg_read_history_line(struct sg_fold *f);
void sg_read_deeds_line(struct sg_fold *f);

/* snapshot_read_life.c */
void sg_read_agent_line(struct sg_fold *f);
void sg_read_human_line(struct sg_fold *f);
void sg_read_killed_line(struct sg_fold *f);
void sg_read_ending_line(struct sg_fold *f);
void sg_read_cut_line(struct sg_fold *f);

/* snapshot_enrolment.c */
void sg_read_enrolment_line(struct sg_fold *f);

/* snapshot_hold.c */
void sg_read_hold_line(struct sg_fold *f);

/* snapshot_kept.c */
void sg_read_kept_line(struct sg_fold *f);

/* snapshot_duties.c */
void sg_read_duty_line(struct sg_fold *f);
/* mask_line.c */
void sg_read_mask_line(struct sg_fold *f);

#endif
