/* SPDX-License-Identifier: Apache-2.0
 * The line of a record that is held. */
#include "gate/snapshot/snapshot_in.h"
#include "gate/snapshot/snapshot_out.h"

void
sg_snapshot_hold(struct sg_snapshot_out *o, const struct sg_hold_word *hold)
{
	if (hold->leaf == 0)
		return;
	sg_line_begin(o);
	sg_jw_member_int(&o->w, "at", hold->at_ms);
	sg_jw_member_text(&o->w, "by", hold->by);
	sg_jw_member_text(&o->w, "k", "hold");
	sg_jw_member_int(&o->w, "leaf", (int64_t)hold->leaf);
	sg_jw_member_text(&o->w, "reason", hold->reason);
	sg_line_end(o);
}

void
sg_read_hold_line(struct sg_fold *f)
{
	struct sg_hold_word *hold = &f->state->hold;
	hold->at_ms = sg_fold_int(f, "at");
	hold->leaf = (uint64_t)sg_fold_int(f, "leaf");
	sg_fold_id(f, "by", hold->by, sizeof(hold->by));
	sg_fold_id(f, "reason", hold->reason, sizeof(hold->reason));
	if (hold->leaf == 0)
		f->missing = "hold";
}
