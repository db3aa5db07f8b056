/* SPDX-License-Identifier: Apache-2.0
 * One snapshot being written: the line under way and its parts. Private to the files snapshot*.c. */
#ifndef SG_GATE_SNAPSHOT_OUT_H
#define SG_GATE_SNAPSHOT_OUT_H

#include "base/canon.h"
#include "gate/snapshot/snapshot.h"

struct sg_snapshot_out {
	const struct sg_state *state;
	struct sg_buf buf;
	struct sg_json_writer w;
	bool (*line)(void *to, struct sg_str line);
	void *to;
	int64_t lines;
	bool failed, stopped;
};

/* A line begins as an object and ends by being handed on. */
void sg_line_begin(struct sg_snapshot_out *o);
void sg_line_end(struct sg_snapshot_out *o);
void sg_line_labels(struct sg_json_writer *w, const struct sg_taint *taint);
void sg_line_level(struct sg_json_writer *w, enum sg_sensitivity level);
void sg_line_deadline(struct sg_snapshot_out *o, const char *name, const struct sg_deadline *deadline);
void sg_line_ints(struct sg_json_writer *w, const char *name, const int64_t *numbers, size_t count);
void sg_line_times(struct sg_json_writer *w, const char *name, const struct sg_times *times);
void sg_line_counted(struct sg_json_writer *w, const char *name, const struct sg_counted *counted);
void sg_line_hex(struct sg_json_writer *w, uint64_t number);
void sg_line_tag(struct sg_json_writer *w, const char *name, uint64_t tag);

/* snapshot_tree.c: the lines of one instance, one task, one root's tree, one agent's past. */
void sg_snapshot_hold(struct sg_snapshot_out *o, const struct sg_hold_word *hold);
void sg_snapshot_instance(struct sg_snapshot_out *o, const void *value);
void sg_snapshot_domain(struct sg_snapshot_out *o, const void *value);
void sg_snapshot_task(struct sg_snapshot_out *o, const void *value);
void sg_snapshot_tree(struct sg_snapshot_out *o, const void *value);
void sg_snapshot_past(struct sg_snapshot_out *o, const void *value);

/* snapshot_approval.c, snapshot_enrolment.c */
void sg_snapshot_enrolment(struct sg_snapshot_out *o, const void *value);
void sg_snapshot_approval(struct sg_snapshot_out *o, const void *value);

/* One line for each secret that a tree was given: mask_line.c. */
void sg_snapshot_masks(struct sg_snapshot_out *o, const void *root);
/* What a domain keeps, in as many lines as that needs: snapshot_kept.c. */
void sg_snapshot_kept(struct sg_snapshot_out *o, const void *domain);
/* One line for each instance that had a role in a tree: snapshot_duties.c. */
void sg_snapshot_duties(struct sg_snapshot_out *o, const void *root);

#endif
