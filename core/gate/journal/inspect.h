/* SPDX-License-Identifier: Apache-2.0
 * Segments that a start passed over, because a snapshot stands behind them: read as a start without one would read them. */
#ifndef SG_GATE_JOURNAL_INSPECT_H
#define SG_GATE_JOURNAL_INSPECT_H

#include "base/sys.h"

/* Reads every segment before `last`, newest first, along their headers. SG_OK; SG_MALFORMED with the segment's number in the text: journal_gap (it ends too early,
 * or is missing), or what sg_segment_next says; SG_UNAVAILABLE, SG_NOMEM: it could not be read. Needs memory for one segment. Any process that may read the folder. */
enum sg_status sg_journal_inspect(const struct sg_sys *sys, int folder, uint64_t last, struct sg_err *err);

/* newest.c: the header of the newest segment that counts, and nothing else of the journal. SG_OK, also where there is none; SG_MALFORMED journal_newer, journal_header: a start would refuse it so; SG_UNAVAILABLE journal_io, SG_NOMEM. Beside
 * a daemon that writes, too. */
enum sg_status sg_journal_newest(const struct sg_sys *sys, int folder, struct sg_err *err);

#endif
