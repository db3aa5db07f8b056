/* SPDX-License-Identifier: Apache-2.0
 * Tasks as people see them: one task, and a tree of them. */
#ifndef SG_CTL_TASKS_H
#define SG_CTL_TASKS_H

#include "ctl/show.h"

/* {"task":{...}}: rows on stdout. */
void sg_show_task(const struct sg_ctl *ctl, const struct sg_json *answer);

/* "calls 47, money 18.40": amounts of a budget, appended. */
void sg_show_amounts(struct sg_buf *out, const struct sg_json *amounts);
/* "repo.read, ci.*", shown as text is shown, appended. */
void sg_show_list(struct sg_buf *out, const struct sg_json *list);

/* What is said of one node of a tree, a line each. */
enum sg_tree_line { SG_TREE_WHO, SG_TREE_GIVEN, SG_TREE_LEFT, SG_TREE_DID, SG_TREE_LINES };

/* Appends that line, safe to look at; nothing if there is nothing to say. */
void sg_tree_line(struct sg_buf *out, const struct sg_json *node, enum sg_tree_line which);

/* tree_svg.c: the tree as a picture on stdout; `asked` is the task that was asked for. SG_CTL_OK or told. */
int sg_tree_svg(const struct sg_ctl *ctl, const struct sg_json *root, struct sg_str asked);

#endif
