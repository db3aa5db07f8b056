/* SPDX-License-Identifier: Apache-2.0
 * The state that the journal gives, made anew beside the one in memory (I1): after a lost sync it takes its place, in tests both are compared. */
#ifndef SG_GATE_REFOLD_H
#define SG_GATE_REFOLD_H

#include "gate/journal/journal.h"
#include "gate/state/state.h"

/* Fills `out`, which is not initialised yet, from the newest good snapshot of leaf `newest` or of one before it (0: from the first leaf of all) up to
 * journal->durable; nothing behind that leaf is read. Key, boot and clocks are those of `like`. The segments are read again, so this takes as long as a start;
 * the pulse goes on. The caller ends `out` with sg_state_done in any case. SG_MALFORMED (refold_short: leaves are not there, or chain to another one than
 * memory has); what sg_state_fold and sg_state_init say; SG_NOMEM. */
enum sg_status sg_refold(struct sg_state *out, const struct sg_state *like, const struct sg_journal *journal, uint64_t newest, struct sg_err *err);

#endif
