/* SPDX-License-Identifier: Apache-2.0
 * Leaves about what is kept of the journal, and that it is held. */
#include "gate/state/fold_in.h"

#include "base/str.h"

#include <stdio.h>

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

/* What is longer than a request may be is none of ours, and half a letter is none. */
static void
say(char *to, size_t room, struct sg_str text)
{
	snprintf(to, room, "%.*s", text.len < room ? (int)text.len : 0, text.ptr);
}

/* Of all that operators did otherwise this alone is part of the state: a word on a record that is held is the last one; and that leaves were lost. */
void
sg_fold_kind_admin(struct sg_fold *f)
{
	struct sg_hold_word *hold = &f->state->hold;
	struct sg_str verb = sg_fold_text_or(f, "verb");
	if (sg_str_is(verb, SG_VERB_RESTORE) || sg_str_is(verb, SG_VERB_ACCEPT_LOSS))
		sg_enrolments_drop(f->state); /* what was lost may have revoked one */
	if (sg_str_is(verb, SG_VERB_RELEASE))
		*hold = (struct sg_hold_word){.leaf = 0};
	if (!sg_str_is(verb, SG_VERB_HOLD))
		return;
	*hold = (struct sg_hold_word){.leaf = f->number, .at_ms = f->at_ms};
	say(hold->by, sizeof(hold->by), sg_fold_text_or(f, "by"));
	say(hold->reason, sizeof(hold->reason), sg_fold_text_or(f, "reason"));
}
