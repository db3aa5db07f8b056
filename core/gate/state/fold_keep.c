/* SPDX-License-Identifier: Apache-2.0
 * Leaves about what is kept of the journal. */
#include "gate/state/fold_in.h"

#include "base/str.h"

/* One that says less than the last, or is no hash, takes nothing back. */
void
sg_fold_kind_keep(struct sg_fold *f)
{
	struct sg_cut cut = {.leaf = f->number, .at_ms = f->at_ms};
	cut.segment = (uint64_t)sg_fold_int(f, "segment");
	cut.last = (uint64_t)sg_fold_int(f, "last");
	if (sg_str_is(sg_fold_text(f, "event"), SG_CUT_EVENT) && cut.segment > f->state->cut.segment && cut.segment <= INT64_MAX &&
	    sg_unhex(cut.chain, sizeof(cut.chain), sg_fold_text(f, "chain")))
		f->state->cut = cut;
}
