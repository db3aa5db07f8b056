/* SPDX-License-Identifier: Apache-2.0
 * The oldest part of the journal, and its end: deleted segment by segment, once a leaf that is on disk says so. */
#ifndef SG_GATE_JOURNAL_KEEP_H
#define SG_GATE_JOURNAL_KEEP_H

#include "gate/journal/journal.h"

enum { SG_DAY_MS = 86400000 };

/* The oldest segment, if a newer one is written to by now. */
struct sg_oldest {
	struct sg_cut cut; /* as if it were deleted; .leaf and .at_ms are not filled */
	uint64_t first;    /* its first leaf */
	int64_t until_ms;  /* all its leaves are older: a segment ends with its day, UTC */
};

/* False: there is none, or it cannot be read. Reads two headers, and those of segments between without a leaf, which go with it. */
bool sg_journal_oldest(const struct sg_journal *journal, struct sg_oldest *out);
/* How many with leaves there are: 0, 1, or 2 for more. */
unsigned sg_journal_segments(const struct sg_journal *journal);
/* Bytes of all segments, those behind failed syncs too; a stat each. */
int64_t sg_journal_bytes(const struct sg_journal *journal);
/* From now on the journal begins behind `cut`; the files are still there. */
void sg_journal_forget(struct sg_journal *journal, const struct sg_cut *cut);

/* What another thread does with a cut, which touches none of the gate's memory. */
struct sg_discard {
	const struct sg_sys *sys;
	int folder, keys;
	struct sg_cut cut;
	uint64_t today; /* whose key may have no segment yet */
	int error;      /* errno of what failed; the files are then there still */
};
/* Writes the anchor, unlinks the segments up to the cut, and destroys the keys of days that no segment is of any more. May be done again. */
void sg_journal_discard(struct sg_discard *discard);

#endif
