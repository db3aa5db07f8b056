/* SPDX-License-Identifier: Apache-2.0
 * Appending and group commit. Recovery is in recover.c. */
#include "gate/journal/journal.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/spare.h"
#include "base/str.h"
#include "frame/seal_key.h"
#include "gate/journal/journal_files.h"

#include <errno.h>
#include <stdlib.h>

static uint64_t
today(const struct sg_journal *journal)
{
	return (uint64_t)(sg_journal_wall(journal) / 86400000);
}

/* The new segment's salt and key are needed as soon as something is sealed for it; its place in the chain is filled in by `take`. */
enum sg_status
sg_journal_plan_segment(struct sg_journal *journal, struct sg_err *err)
{
	struct sg_segment_header *header = &journal->header;
	if (journal->sys->random(journal->sys, header->salt, sizeof(header->salt)) != 0)
		return sg_fail(err, SG_UNAVAILABLE, "no_randomness", "no random salt for a journal segment");
	unsigned char day_key[SG_KEY_BYTES];
	uint64_t day = today(journal);
	enum sg_status status = sg_day_key(journal, day, true, day_key, err);
	if (status != SG_OK)
		return status;
	sg_derive(journal->seal_key, day_key, (struct sg_str){(char *)header->salt, sizeof(header->salt)}, "sealed frames");
	sg_seal_key_name(header, day_key);
	sg_wipe(day_key, sizeof(day_key));
	header->day = day;
	header->first = journal->next;
	journal->pending_starts_segment = true;
	return SG_OK;
}

static enum sg_status
begin_group(struct sg_journal *journal, struct sg_err *err)
{
	/* behind what is on its way, which may be the first of a new segment */
	off_t start = journal->committing ? journal->commit.at + (off_t)journal->commit.bytes.len : journal->at;
	/* another day, or a clock that was wrong when the segment was planned: a key of that day would be kept and destroyed with the wrong ones */
	if (today(journal) != journal->header.day || (!journal->pending_starts_segment && start >= journal->roll_at)) {
		enum sg_status status = sg_journal_plan_segment(journal, err);
		if (status != SG_OK)
			return status;
	}
	sg_group_write(&journal->pending, journal->header.salt, journal->next, journal->durable);
	return SG_OK;
}

/* Seals twice: the ciphertext is needed for the leaf, the tag needs the leaf. Only the second tag ever leaves this function. */
static enum sg_status
seal_input(struct sg_journal *journal, struct sg_str input, struct sg_str aad, char *out, struct sg_err *err)
{
	return sg_seal(out, journal->seal_key, journal->next, aad, input, err);
}

static void
write_leaf(struct sg_buf *out, const struct sg_journal *journal, const struct sg_leaf *leaf, int64_t at_ms, const char *sealed)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "at", at_ms);
	sg_jw_member_raw(&w, "body", leaf->body);
	sg_jw_member_str(&w, "config", sg_str(leaf->config));
	sg_jw_member_text(&w, "kind", leaf->kind);
	sg_jw_member_int(&w, "n", (int64_t)journal->next);
	sg_jw_member_str(&w, "policy", sg_str(leaf->policy));
	sg_jw_member_str(&w, "sealed", sg_str(sealed));
	sg_jw_member_int(&w, "v", 1);
	sg_jw_end(&w);
}

static int64_t
leaf_time(struct sg_journal *journal)
{
	int64_t now_ms = sg_journal_wall(journal);
	if (now_ms > journal->last_at_ms)
		journal->last_at_ms = now_ms;
	return journal->last_at_ms;
}

static enum sg_status
finish_append(struct sg_journal *journal, struct sg_str leaf, struct sg_str sealed, struct sg_str *text, struct sg_err *err)
{
	if (sealed.len > 0)
		sg_record_write(&journal->pending, SG_RECORD_SEALED, sealed);
	sg_record_write(&journal->pending, SG_RECORD_LEAF, leaf);
	unsigned char chain[SG_SHA256_BYTES];
	memcpy(chain, journal->chain, sizeof(chain));
	sg_chain_next(chain, leaf, NULL);
	sg_buf_add(&journal->pending, chain, sizeof(chain));
	if (journal->pending.failed)
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory for the journal");
	memcpy(journal->chain, chain, sizeof(chain));
	journal->appended = journal->next++;
	if (text != NULL)
		*text = (struct sg_str){journal->pending.ptr + journal->pending.len - sizeof(chain) - leaf.len, leaf.len};
	return SG_OK;
}

/* Room for leaf and seal is taken once per call; both are bounded. */
static enum sg_status
append_sealed(struct sg_journal *journal, const struct sg_leaf *leaf, struct sg_buf *text, char *sealed, struct sg_err *err)
{
	char hash[SG_SHA256_HEX] = "";
	enum sg_status status = SG_OK;
	if (leaf->input.len > 0) {
		if ((status = seal_input(journal, leaf->input, SG_STR(""), sealed, err)) != SG_OK)
			return status;
		sg_sha256_hex(hash, (struct sg_str){sealed, leaf->input.len});
	}
	write_leaf(text, journal, leaf, leaf_time(journal), hash);
	if (text->failed)
		return sg_fail(err, SG_LIMIT, "leaf_size", "a %s leaf larger than %d bytes", leaf->kind, SG_LEAF_MAX);
	if (leaf->input.len > 0) {
		unsigned char aad[SG_SHA256_BYTES];
		sg_sha256(aad, sg_buf_view(text));
		status = seal_input(journal, leaf->input, (struct sg_str){(char *)aad, sizeof(aad)}, sealed, err);
	}
	return status;
}

enum sg_status
sg_journal_append(struct sg_journal *journal, const struct sg_leaf *leaf, uint64_t *number, struct sg_str *text,
		  struct sg_err *err)
{
	if (journal->closed)
		return sg_fail(err, SG_UNAVAILABLE, "audit_unavailable", "the journal is closed");
	if (leaf->input.len > SG_SEALED_MAX - SG_SEAL_OVERHEAD ||
	    journal->pending.len + leaf->input.len > SG_JOURNAL_PENDING_MAX - 2 * SG_LEAF_MAX)
		return sg_fail(err, SG_LIMIT, "journal_backlog", "more waits for the disk than %d bytes", SG_JOURNAL_PENDING_MAX);

	size_t sealed_len = leaf->input.len > 0 ? leaf->input.len + SG_SEAL_OVERHEAD : 0;
	size_t sealed_room = sg_spare_room(sealed_len + 1);
	char *sealed = sg_spare_take(sealed_room);
	struct sg_buf leaf_text;
	sg_buf_init(&leaf_text, SG_LEAF_MAX);
	enum sg_status status = sealed == NULL ? sg_fail(err, SG_NOMEM, "no_memory", "no memory to seal") : SG_OK;
	size_t before = journal->pending.len;
	if (status == SG_OK && before == 0)
		status = begin_group(journal, err);
	if (status == SG_OK)
		status = append_sealed(journal, leaf, &leaf_text, sealed, err);
	if (status == SG_OK && leaf->json != NULL)
		status = sg_canon_parse(leaf->arena, sg_buf_view(&leaf_text), NULL, leaf->json, err);
	if (status == SG_OK)
		status = finish_append(journal, sg_buf_view(&leaf_text), (struct sg_str){sealed, sealed_len}, text, err);
	if (status == SG_OK)
		*number = journal->appended;
	else
		journal->pending.len = before; /* half a leaf is none */
	journal->pending.failed = false;
	sg_buf_done(&leaf_text);
	sg_spare_give(sealed, sealed_room);
	return status;
}

struct sg_journal_point
sg_journal_here(const struct sg_journal *journal)
{
	struct sg_journal_point point = {journal->pending.len, journal->next, journal->appended, journal->last_at_ms, {0}};
	memcpy(point.chain, journal->chain, sizeof(point.chain));
	return point;
}

void
sg_journal_back(struct sg_journal *journal, const struct sg_journal_point *point)
{
	journal->pending.len = point->pending;
	journal->next = point->next;
	journal->appended = point->appended;
	journal->last_at_ms = point->last_at_ms;
	memcpy(journal->chain, point->chain, sizeof(journal->chain));
}

bool
sg_journal_ready(const struct sg_journal *journal)
{
	return !journal->committing && (journal->trying || (!journal->closed && journal->pending.len > 0));
}

struct sg_commit *
sg_journal_take(struct sg_journal *journal)
{
	struct sg_commit *commit = &journal->commit;
	struct sg_buf empty = commit->bytes;
	sg_buf_clear(&empty);
	*commit = (struct sg_commit){.bytes = journal->pending, .fd = journal->fd, .at = journal->at,
				     .last = journal->appended, .segment = journal->segment, .trial = journal->trying};
	journal->trying = false;
	journal->pending = empty;
	if (journal->pending_starts_segment) {
		journal->header.segment = ++journal->segment_high; /* used once, also where the file stays half there */
		journal->header.previous = journal->segment;
		journal->header.last = journal->durable;
		memcpy(journal->header.chain, journal->durable_chain, SG_SHA256_BYTES);
		commit->starts_segment = true;
		commit->fd = -1;
		commit->at = SG_SEGMENT_HEADER;
		commit->segment = journal->header.segment;
		commit->header = journal->header;
	}
	journal->pending_starts_segment = false;
	journal->committing = true;
	return commit;
}

void
sg_journal_write(const struct sg_journal *journal, struct sg_commit *commit)
{
	commit->status = SG_OK;
	if (commit->trial) {
		sg_journal_write_trial(journal, commit);
		return;
	}
	if (commit->starts_segment)
		commit->fd = sg_segment_create(journal->sys, journal->folder, &commit->header, &commit->error);
	if (commit->fd < 0 || sg_write_all(journal->sys, commit->fd, sg_buf_view(&commit->bytes), commit->at, &commit->error) != 0) {
		commit->status = SG_UNAVAILABLE;
	} else if (journal->sys->fdatasync(journal->sys, commit->fd) != 0) {
		commit->error = errno;
		commit->status = SG_UNAVAILABLE;
	}
	if (commit->status != SG_OK && commit->starts_segment && commit->fd >= 0) /* nobody will read it: a full disk would gather them */
		sg_segment_drop(journal->folder, commit->segment);
}

/* Every so many leaves a mark, so that one can be found without reading from the start. */
static void
mark_group(struct sg_journal *journal, const struct sg_commit *commit)
{
	/* a new segment begins behind the numbers that were lost */
	uint64_t first = commit->starts_segment ? commit->header.first : commit->at == SG_SEGMENT_HEADER ? journal->first : journal->durable + 1;
	sg_journal_mark(journal, first, commit->segment, (size_t)commit->at);
}

void
sg_journal_done(struct sg_journal *journal, struct sg_commit *commit)
{
	journal->committing = false;
	journal->scarce |= commit->freed;
	journal->room = commit->freed ? commit->room : journal->room;
	if (commit->status != SG_OK) {
		if (commit->starts_segment && commit->fd >= 0)
			journal->sys->close(journal->sys, commit->fd);
		journal->closed = true; /* the bytes stay: sg_journal_void tells what was lost */
		journal->lost |= !commit->trial;
		return;
	}
	if (commit->starts_segment) {
		if (journal->fd >= 0)
			journal->sys->close(journal->sys, journal->fd);
		journal->fd = commit->fd;
		journal->segment = commit->segment;
	}
	journal->at = commit->at + (off_t)commit->bytes.len;
	if (commit->trial) {
		journal->first = commit->header.first;
		journal->closed = false;
		return;
	}
	mark_group(journal, commit);
	sg_commit_chain(commit, journal->durable_chain);
	journal->durable = commit->last;
}

static uint64_t
leaves_in(const struct sg_buf *part)
{
	struct sg_record record = {0};
	uint64_t count = 0;
	while (sg_records_next_leaf(sg_buf_view(part), &record))
		count++;
	return count;
}

enum sg_status
sg_journal_void(const struct sg_journal *journal, uint64_t after, sg_journal_fold *fold, void *to, struct sg_err *err)
{
	const struct sg_buf *parts[] = {&journal->commit.bytes, &journal->pending};
	uint64_t number = journal->appended - leaves_in(parts[0]) - leaves_in(parts[1]);
	for (size_t i = 0; i < 2; i++) {
		struct sg_record record = {0};
		while (sg_records_next_leaf(sg_buf_view(parts[i]), &record)) {
			struct sg_arena arena;
			if (++number <= after)
				continue;
			sg_arena_init(&arena, 4 << 20);
			enum sg_status status = sg_canon_parse(&arena, record.leaf, NULL, &record.json, err);
			if (status == SG_OK)
				status = fold(to, &record, err);
			sg_arena_done(&arena);
			if (status != SG_OK)
				return status;
		}
	}
	return SG_OK;
}

enum sg_status
sg_journal_try(struct sg_journal *journal, struct sg_err *err)
{
	sg_buf_clear(&journal->commit.bytes);
	sg_buf_clear(&journal->pending);
	memcpy(journal->chain, journal->durable_chain, SG_SHA256_BYTES);
	journal->appended = journal->durable;
	enum sg_status status = sg_journal_plan_segment(journal, err);
	journal->trying = status == SG_OK;
	return status;
}

int64_t
sg_journal_wall(const struct sg_journal *journal)
{
	int64_t now_ms = journal->sys->wall_time(journal->sys) / SG_MSEC;
	return journal->cap_ms != 0 && now_ms > journal->cap_ms ? journal->cap_ms : now_ms;
}

int64_t
sg_journal_clock_behind(const struct sg_journal *journal)
{
	int64_t now_ms = sg_journal_wall(journal);
	return now_ms < journal->last_at_ms ? journal->last_at_ms - now_ms : 0;
}

void
sg_journal_close(struct sg_journal *journal)
{
	if (journal->fd >= 0)
		journal->sys->close(journal->sys, journal->fd);
	journal->fd = -1;
	sg_buf_done(&journal->pending);
	sg_buf_done(&journal->commit.bytes);
	free(journal->marks);
	journal->marks = NULL;
	sg_wipe(journal->seal_key, sizeof(journal->seal_key));
}
