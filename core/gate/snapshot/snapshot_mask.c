/* SPDX-License-Identifier: Apache-2.0
 * Lines of a snapshot about fingerprints of secrets. */
#include "gate/state/mask_line.h"
#include "gate/snapshot/snapshot_in.h"
#include "gate/snapshot/snapshot_out.h"

#include "base/str.h"

void
sg_snapshot_masks(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_task *root = value;
	for (size_t i = 0; root->tree != NULL && i < root->tree->mask.count && !o->failed && !o->stopped; i++) {
		sg_line_begin(o);
		sg_jw_member_int(&o->w, "index", (int64_t)i);
		sg_jw_member_text(&o->w, "k", "mask");
		sg_jw_name(&o->w, "secret");
		sg_mask_write(&o->w, o->state, sg_str(root->id), (int64_t)i, root->tree->mask.items[i]);
		sg_jw_member_text(&o->w, "task", root->id);
		sg_line_end(o);
	}
}

void
sg_read_mask_line(struct sg_fold *f)
{
	struct sg_tree *tree = sg_take_tree(f);
	struct sg_masked secret;
	int64_t index = sg_fold_int(f, "index");
	if (tree == NULL)
		return;
	if (!sg_mask_read(sg_fold_get(f, "secret"), f->state, sg_fold_text(f, "task"), index, &secret))
		f->missing = "secret";
	else if (!sg_mask_add(&tree->mask, secret))
		f->missing = "memory";
}
