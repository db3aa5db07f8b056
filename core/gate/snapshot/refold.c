/* SPDX-License-Identifier: Apache-2.0
 * Reading the journal again while it is written to: what was synced, no byte behind it (JOINTS, journal). */
#include "gate/snapshot/refold.h"

#include "base/err.h"
#include "gate/snapshot/snapshot_file.h"

struct refolding {
	struct sg_state *state;
	struct sg_snapshot_head from;
	uint64_t last;
	unsigned char chain[SG_SHA256_BYTES]; /* of `last` */
	enum sg_status status;
	struct sg_err *err;
};

static enum sg_status
begin(struct sg_state *out, const struct sg_state *like, struct sg_err *err)
{
	enum sg_status status = sg_state_init(out, like->key, like->boot_id, err);
	out->now = like->now;
	return status;
}

/* The leaf that a snapshot stands behind is looked at as well: it must be the one. */
static bool
one(void *to, const struct sg_record *record)
{
	struct refolding *r = to;
	if (record->number > r->from.leaf)
		r->status = sg_state_fold(r->state, record, r->err);
	else if (memcmp(record->chain, r->from.chain, SG_SHA256_BYTES) != 0)
		r->status = sg_fail(r->err, SG_MALFORMED, "refold_short", "leaf %llu is not the one that the snapshot stands behind", (unsigned long long)record->number);
	r->last = record->number;
	memcpy(r->chain, record->chain, sizeof(r->chain));
	return r->status == SG_OK;
}

static enum sg_status
behind(struct refolding *r, const struct sg_journal *journal)
{
	uint64_t first = r->from.leaf > 0 ? r->from.leaf : 1;
	if (r->from.leaf < journal->base.last)
		return sg_fail(r->err, SG_MALFORMED, "refold_short", "leaves up to %llu were deleted, and no snapshot stands behind them", (unsigned long long)journal->base.last);
	if (journal->durable > 0)
		sg_journal_leaves(journal, first, journal->durable, SIZE_MAX, one, r);
	if (r->status == SG_OK && journal->durable > 0 && (r->last != journal->durable || memcmp(r->chain, journal->durable_chain, SG_SHA256_BYTES) != 0))
		r->status = sg_fail(r->err, SG_MALFORMED, "refold_short", "the journal could be read up to leaf %llu of %llu", (unsigned long long)r->last,
				    (unsigned long long)journal->durable);
	return r->status;
}

enum sg_status
sg_refold(struct sg_state *out, const struct sg_state *like, const struct sg_journal *journal, uint64_t newest, struct sg_err *err)
{
	struct sg_snapshot_file file = {.leaf = newest + 1};
	struct refolding r = {.state = out, .err = err};
	enum sg_status status = begin(out, like, err);
	while (status == SG_OK && file.leaf > 0) {
		sg_snapshot_newest(journal->folder, file.leaf, &file);
		if (newest == 0 || file.leaf == 0)
			break;
		if (sg_snapshot_load(journal->folder, &file, out, &r.from, NULL) == SG_OK)
			break;
		sg_state_done(out);
		r.from = (struct sg_snapshot_head){.leaf = 0};
		status = begin(out, like, err);
	}
	return status == SG_OK ? behind(&r, journal) : status;
}
