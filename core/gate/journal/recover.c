/* SPDX-License-Identifier: Apache-2.0
 * Recovery: which segments count, folding their leaves, healing a torn tail, refusing a broken middle; and reading one leaf again. */
#include "base/err.h"
#include "base/str.h"
#include "frame/beside.h"
#include "gate/journal/journal_files.h"
#include "gate/journal/pulse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct recovery {
	struct sg_journal *journal;
	const struct sg_journal_from *from;
	sg_journal_fold *fold;
	void *to;
	uint64_t *segments; /* those that count, ascending */
	size_t count;
	uint64_t high;
	size_t torn;
	struct sg_beside heads[2]; /* beside the journal, and beside the keys: where the whole folder was lost the other one says so */
	const struct sg_beside *other; /* one that stands behind a leaf that is another one here */
};

static void
goes_on_from(struct sg_journal *journal, const struct sg_cut *anchor)
{
	journal->base = *anchor;
	journal->segment = anchor->segment;
	journal->durable = journal->appended = anchor->last;
	memcpy(journal->durable_chain, anchor->chain, SG_SHA256_BYTES);
	memcpy(journal->chain, anchor->chain, SG_SHA256_BYTES);
}

/* Leaves that are deleted are known from a snapshot alone. */
static enum sg_status
stands_behind_base(const struct recovery *r, struct sg_err *err)
{
	const struct sg_cut *base = &r->journal->base;
	if (r->from->leaf < base->last)
		return sg_fail(err, SG_MALFORMED, "journal_base", "leaves up to %llu were deleted by retention, and no snapshot behind them can be read; restore a backup",
			       (unsigned long long)base->last);
	if (base->segment != 0 && r->from->leaf == base->last && memcmp(r->from->chain, base->chain, SG_SHA256_BYTES) != 0)
		return sg_fail(err, SG_MALFORMED, "journal_lost", "leaf %llu is not the one that the snapshot stands behind; " SG_LOST_WAY, (unsigned long long)base->last);
	return SG_OK;
}

/* From the newest good header back along `previous`; what is not on that path was behind a failed sync. */
static enum sg_status
choose_segments(struct recovery *r, struct sg_err *err)
{
	int error = 0;
	struct sg_cut anchor;
	uint64_t *all = malloc(SG_SEGMENTS_MAX * sizeof(*all));
	if (all == NULL)
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory to recover");
	int count = sg_segment_list(r->journal->folder, all, SG_SEGMENTS_MAX, &error);
	bool cut = sg_cut_read(r->journal->folder, &anchor);
	enum sg_status status = count < 0 ? sg_journal_io(err, "state/journal", error) : SG_OK;
	size_t chosen = 0;
	uint64_t want = 0;
	if (count > 0)
		r->high = all[count - 1];
	for (int i = count - 1; status == SG_OK && i >= 0; i--) {
		struct sg_segment_header header = {0};
		bool torn = false;
		if (want != 0 && all[i] != want)
			continue;
		status = sg_journal_header(r->journal, all[i], &header, &torn, err);
		if (status != SG_OK && torn && want == 0) {
			status = SG_OK;
			continue;
		}
		if (status != SG_OK)
			break;
		all[SG_SEGMENTS_MAX - 1 - chosen++] = all[i];
		want = sg_cut_ends_at(&anchor, &header) ? 0 : header.previous;
		if (want == 0 && header.previous != 0)
			goes_on_from(r->journal, &anchor);
		if (want == 0)
			break;
	}
	if (status == SG_OK && chosen == 0 && cut)
		want = anchor.segment + 1; /* what the anchor is of is gone with all the rest */
	if (status == SG_OK && want != 0)
		status = sg_fail(err, SG_MALFORMED, "journal_gap", "segment %llu is missing", (unsigned long long)want);
	if (status == SG_OK) {
		memmove(all, all + SG_SEGMENTS_MAX - chosen, chosen * sizeof(*all));
		r->segments = all;
		r->count = chosen;
		return SG_OK;
	}
	free(all);
	return status;
}

static void
note_leaf(struct sg_journal *journal, const struct sg_record *record)
{
	int64_t at_ms = 0;
	const struct sg_json *body = sg_json_get(record->json, "body");
	bool accepted = sg_json_is(record->json, "kind", "admin") && sg_json_is(body, "verb", SG_VERB_CLOCK) && sg_json_is(body, "result", "accepted");
	if (sg_json_int(sg_json_get(record->json, "at"), &at_ms) && (accepted || at_ms > journal->last_at_ms))
		journal->last_at_ms = at_ms;
	sg_journal_mark(journal, record->number, journal->segment, record->at);
	journal->durable = journal->appended = record->number;
	memcpy(journal->durable_chain, record->chain, SG_SHA256_BYTES);
	memcpy(journal->chain, record->chain, SG_SHA256_BYTES);
}

/* Its effect is in the state already; the last of these must be the very leaf that the state was taken behind. */
static enum sg_status
known_leaf(const struct recovery *r, const struct sg_record *record, struct sg_err *err)
{
	if (record->number < r->from->leaf || memcmp(record->chain, r->from->chain, SG_SHA256_BYTES) == 0)
		return SG_OK;
	return sg_fail(err, SG_MALFORMED, "journal_lost", "leaf %llu is not the one that the snapshot stands behind; " SG_LOST_WAY, (unsigned long long)record->number);
}

/* A segment whose leaves are all known: its place in the chain is in the header of the one behind it. */
static void
pass_segment(struct recovery *r, const struct sg_segment_header *header, const struct sg_segment_header *after)
{
	struct sg_journal *journal = r->journal;
	journal->segment = header->segment;
	memcpy(journal->durable_chain, header->chain, SG_SHA256_BYTES);
	sg_journal_mark(journal, header->first, header->segment, SG_SEGMENT_HEADER);
	journal->durable = journal->appended = after->last;
	memcpy(journal->durable_chain, after->chain, SG_SHA256_BYTES);
	memcpy(journal->chain, after->chain, SG_SHA256_BYTES);
	journal->next = after->first;
	journal->last_at_ms = r->from->at_ms;
}

static enum sg_status
may_pass(struct recovery *r, size_t i, bool *passed, struct sg_err *err)
{
	struct sg_segment_header header, after;
	bool torn = false;
	*passed = false;
	if (r->from->leaf == 0 || i + 1 == r->count)
		return SG_OK;
	enum sg_status status = sg_journal_header(r->journal, r->segments[i], &header, &torn, err);
	if (status == SG_OK)
		status = sg_segment_follows(&header, r->journal->segment, r->journal->durable, r->journal->durable_chain, err);
	if (status == SG_OK)
		status = sg_journal_header(r->journal, r->segments[i + 1], &after, &torn, err);
	if (status != SG_OK || after.last > r->from->leaf)
		return status;
	if (after.last == r->from->leaf && memcmp(after.chain, r->from->chain, SG_SHA256_BYTES) != 0)
		return sg_fail(err, SG_MALFORMED, "journal_lost", "leaf %llu is not the one that the snapshot stands behind; " SG_LOST_WAY, (unsigned long long)after.last);
	pass_segment(r, &header, &after);
	*passed = true;
	return SG_OK;
}

static void
compare_heads(struct recovery *r, const struct sg_record *record)
{
	for (size_t i = 0; i < 2; i++)
		if (r->heads[i].good && r->heads[i].leaf == record->number && memcmp(r->heads[i].chain, record->chain, SG_SHA256_BYTES) != 0)
			r->other = &r->heads[i];
}

/* Folds the leaves of one segment up to number `last` (those behind it are void). */
static enum sg_status
fold_segment(struct recovery *r, struct sg_segment_reader *reader, uint64_t last, struct sg_err *err)
{
	enum sg_status status = SG_OK;
	while (status == SG_OK && reader->next <= last) {
		struct sg_arena arena;
		struct sg_record record;
		sg_arena_init(&arena, SG_RECORD_BUDGET);
		sg_pulse_beat();
		status = sg_segment_next(reader, &arena, &record, err);
		if (status == SG_OK) {
			note_leaf(r->journal, &record);
			compare_heads(r, &record);
			status = record.number <= r->from->leaf ? known_leaf(r, &record, err) : r->fold(r->to, &record, err);
			if (status != SG_OK && status != SG_NOMEM)
				status = SG_BUG; /* never mistaken for the end or for a torn record */
		}
		sg_arena_done(&arena);
	}
	return status;
}

/* A sync that failed may have left pages in the cache that count as written and are not. So the good part is written once more over itself, which makes them
 * count as unwritten, what is torn is cut off, and length and name are synced along: nothing rests on a page cache, and nothing of it needs room on the disk. */
static enum sg_status
write_again(const struct recovery *r, uint64_t segment, struct sg_str good, struct sg_err *err)
{
	const struct sg_sys *sys = r->journal->sys;
	char name[SG_SEGMENT_NAME];
	int error = 0;
	sg_segment_name(name, segment);
	int fd = sys->openat(sys, r->journal->folder, name, O_RDWR, 0);
	if (fd < 0)
		return sg_journal_io(err, name, errno);
	int failed = sg_write_all(sys, fd, good, 0, &error);
	if (failed == 0 && (sys->ftruncate(sys, fd, (off_t)good.len) != 0 || sys->fsync(sys, fd) != 0 || sys->fsync(sys, r->journal->folder) != 0)) {
		failed = -1;
		error = errno;
	}
	sys->close(sys, fd);
	return failed == 0 ? SG_OK : sg_journal_io(err, name, error);
}

/* Asked before a byte is changed: what is cut off as torn may be what somebody mends by hand. */
static enum sg_status
nothing_lost(const struct recovery *r, struct sg_err *err)
{
	if (r->journal->durable < r->from->leaf)
		return sg_fail(err, SG_MALFORMED, "journal_lost", SG_LOST_TEXT, (unsigned long long)r->journal->durable, "a snapshot", (unsigned long long)r->from->leaf);
	if (r->other != NULL)
		return sg_fail(err, SG_MALFORMED, "journal_lost", "leaf %llu is another one than its head says; " SG_LOST_WAY, (unsigned long long)r->other->leaf);
	for (size_t i = 0; i < 2; i++)
		if (r->heads[i].good && r->heads[i].leaf > r->journal->durable)
			return sg_fail(err, SG_MALFORMED, "journal_lost", SG_LOST_TEXT, (unsigned long long)r->journal->durable, "its head", (unsigned long long)r->heads[i].leaf);
	return SG_OK;
}

static enum sg_status
end_of_last(struct recovery *r, const struct sg_segment_reader *reader, enum sg_status status, struct sg_err *err)
{
	if (status != SG_OK && status != SG_NOT_FOUND) {
		if (status != SG_MALFORMED || sg_segment_broken_middle(reader))
			return status;
		r->torn = reader->bytes.len - reader->at;
	}
	if ((status = nothing_lost(r, err)) != SG_OK)
		return status;
	sg_pulse_disk(true);
	unlinkat(r->journal->folder, "rewrite.tmp", 0); /* of releases that wrote the segment anew beside itself: as large as one */
	status = write_again(r, reader->header.segment, (struct sg_str){reader->bytes.ptr, reader->at}, err);
	sg_pulse_disk(false);
	return status;
}

static enum sg_status
one_segment(struct recovery *r, size_t i, struct sg_buf *bytes, struct sg_err *err)
{
	struct sg_journal *journal = r->journal;
	struct sg_segment_reader reader = {.at = 0};
	struct sg_segment_header after = {.last = 0};
	bool last = i + 1 == r->count, torn = false;
	int error = 0;
	sg_buf_clear(bytes);
	int failed = sg_segment_read(journal->sys, journal->folder, r->segments[i], bytes, &error);
	if (failed != 0 && error == EFBIG)
		return sg_fail(err, SG_MALFORMED, "journal_length", "segment %llu is longer than any can be", (unsigned long long)r->segments[i]);
	if (failed != 0)
		return sg_journal_io(err, "a segment", error);
	enum sg_status status = sg_segment_begin(&reader, sg_buf_view(bytes), err);
	if (status == SG_OK)
		status = sg_segment_follows(&reader.header, journal->segment, journal->durable, journal->durable_chain, err);
	if (status == SG_OK && !last)
		status = sg_journal_header(journal, r->segments[i + 1], &after, &torn, err);
	if (status != SG_OK)
		return status;

	journal->segment = reader.header.segment;
	if (reader.header.first > journal->next)
		journal->next = reader.header.first;
	status = fold_segment(r, &reader, last ? UINT64_MAX : after.last, err);
	if (reader.next > journal->next)
		journal->next = reader.next;
	if (!last)
		return status == SG_NOT_FOUND ? sg_fail(err, SG_MALFORMED, "journal_gap", "segment %llu ends too early",
							(unsigned long long)journal->segment)
					      : status;
	return end_of_last(r, &reader, status, err);
}

enum sg_status
sg_journal_open(struct sg_journal *journal, const struct sg_sys *sys, int folder, int keys, off_t segment_bytes,
		const struct sg_journal_from *from, sg_journal_fold *fold, void *to, size_t *torn, struct sg_err *err)
{
	static const struct sg_journal_from beginning;
	*journal = (struct sg_journal){.sys = sys, .folder = folder, .keys = keys, .fd = -1, .next = 1, .roll_at = segment_bytes};
	sg_buf_init(&journal->pending, SG_JOURNAL_PENDING_MAX);
	sg_buf_init(&journal->commit.bytes, SG_JOURNAL_PENDING_MAX);

	struct recovery r = {.journal = journal, .from = from != NULL ? from : &beginning, .fold = fold, .to = to};
	struct sg_buf bytes;
	sg_pulse_disk(true);
	sg_head_read(folder, &r.heads[0]);
	sg_head_read(keys, &r.heads[1]);
	sg_pulse_disk(false);
	sg_buf_init(&bytes, SG_SEGMENT_MAX);
	enum sg_status status = choose_segments(&r, err);
	if (status == SG_OK)
		status = stands_behind_base(&r, err);
	for (size_t i = 0; status == SG_OK && i < r.count; i++) {
		bool passed = false;
		status = may_pass(&r, i, &passed, err);
		if (status == SG_OK && !passed)
			status = one_segment(&r, i, &bytes, err);
	}
	if (status == SG_OK && r.count == 0)
		status = nothing_lost(&r, err);
	sg_buf_done(&bytes);
	free(r.segments);
	*torn = r.torn;
	journal->segment_high = r.high;
	if (status == SG_OK)
		status = sg_journal_plan_segment(journal, err);
	if (status != SG_OK)
		sg_journal_close(journal);
	return status;
}
