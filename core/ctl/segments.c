/* SPDX-License-Identifier: Apache-2.0
 * Every leaf from the first on. The rules are those of the daemon's recovery, which mends; this only looks. */
#include "ctl/walk.h"

#include "base/err.h"
#include "base/secret.h"
#include "base/str.h"
#include "frame/seal_key.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RECORD_BUDGET = 8 << 20 };

const char *
sg_verify_name(enum sg_verify verdict)
{
	static const char *const names[] = {"intact", "tampered", "torn", "unreadable"};
	return names[verdict];
}

/* ---- leaves ---- */

/* OTHER also where there is none. */
static enum sg_seal_key
read_key(const struct sg_walk *w, const struct sg_segment_header *header, unsigned char key[SG_KEY_BYTES])
{
	char name[32];
	unsigned char day[SG_KEY_BYTES];
	snprintf(name, sizeof(name), "%" PRIu64 ".key", header->day);
	int fd = w->keys < 0 ? -1 : openat(w->keys, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool good = fd >= 0 && read(fd, day, sizeof(day)) == (ssize_t)sizeof(day);
	if (fd >= 0)
		close(fd);
	enum sg_seal_key which = good ? sg_seal_key_is(header, day) : SG_SEAL_KEY_OTHER;
	if (good)
		sg_derive(key, day, (struct sg_str){(const char *)header->salt, sizeof(header->salt)}, "sealed frames");
	sg_wipe(day, sizeof(day));
	return which;
}

static bool
opens(const struct sg_record *record, const unsigned char *key)
{
	unsigned char hash[SG_SHA256_BYTES];
	char *plain = malloc(record->sealed.len);
	sg_sha256(hash, record->leaf);
	bool good = plain != NULL && record->sealed.len > SG_SEAL_OVERHEAD &&
		    sg_unseal(plain, key, record->number, (struct sg_str){(char *)hash, sizeof(hash)}, record->sealed,
			      NULL) == SG_OK;
	if (plain != NULL)
		sg_wipe(plain, record->sealed.len);
	free(plain);
	return good;
}

/* One segment's sealed inputs, and what its key came to. */
struct sealed {
	enum sg_seal_key which;
	unsigned char key[SG_KEY_BYTES];
	uint64_t opened, shut; /* shut: the first leaf whose input did not open; 0: none */
};

/* The tag of a sealed input is the only part of a segment that the chain does not cover: the key is needed to check it. A key that the segment does not
 * name is believed to be its own once it has opened one. */
static bool
check_sealed(struct sg_walk *w, const struct sealed *s)
{
	if (s->shut == 0 || (s->which == SG_SEAL_KEY_UNNAMED && s->opened == 0))
		return true;
	sg_fail(&w->result->err, SG_MALFORMED, "journal_sealed", "the sealed input of leaf %" PRIu64 " was changed", s->shut);
	return false;
}

static bool
open_sealed(struct sg_walk *w, const struct sg_record *record, struct sealed *s)
{
	if (record->sealed.ptr == NULL)
		return true;
	w->result->sealed++;
	if (s->which == SG_SEAL_KEY_OTHER)
		return true;
	bool good = opens(record, s->key);
	w->result->opened += good;
	s->opened += good;
	if (!good && s->shut == 0)
		s->shut = record->number;
	return check_sealed(w, s);
}

/* A start goes by a snapshot that a leaf names, and by no other. */
static void
note_named(struct sg_walk *w, const struct sg_json *leaf)
{
	char name[SG_BESIDE_NAME], digest[SG_SHA256_HEX];
	const struct sg_json *body = sg_json_get(leaf, "body");
	int64_t of = 0;
	if (!sg_json_is(leaf, "kind", "snapshot") || !sg_json_int(sg_json_get(body, "leaf"), &of))
		return;
	snprintf(digest, sizeof(digest), "%.*s", SG_STR_ARG(sg_json_text_at(body, "digest")));
	sg_snapshot_name(name, (uint64_t)of, digest);
	for (size_t i = 0; i < w->beside_count; i++)
		w->named |= strcmp(w->beside[i].name, name) == 0 ? 1u << i : 0;
}

/* It is held against the journal. */
static bool
counts(const struct sg_walk *w, const struct sg_beside *beside)
{
	return beside->good && beside->leaf < w->beyond;
}

static bool
note(struct sg_walk *w, const struct sg_record *record)
{
	struct sg_cut cut;
	note_named(w, record->json);
	if (sg_cut_of_leaf(record->json, &cut) && cut.segment > w->said.segment)
		w->said = cut;
	w->result->leaves++;
	w->result->last = record->number;
	memcpy(w->result->chain, record->chain, SG_SHA256_BYTES);
	if (w->anchor != NULL && w->anchor->number == record->number) {
		w->result->anchored = memcmp(w->anchor->chain, record->chain, SG_SHA256_BYTES) == 0;
		if (!w->result->anchored) {
			sg_fail(&w->result->err, SG_MALFORMED, "journal_anchor",
				"leaf %" PRIu64 " is another one than was noted", record->number);
			return false;
		}
	}
	for (size_t i = 0; i < w->beside_count; i++)
		if (counts(w, &w->beside[i]) && w->beside[i].leaf == record->number && memcmp(w->beside[i].chain, record->chain, SG_SHA256_BYTES) != 0) {
			w->result->ahead = record->number;
			sg_fail(&w->result->err, SG_MALFORMED, "journal_lost", "leaf %" PRIu64 " is another one than %s stands behind", record->number,
				w->beside[i].name);
			return false;
		}
	if (w->each != NULL)
		w->each(w->to, record);
	return true;
}

/* The leaves of one segment up to `last`; what stands behind is void and no part of the record. */
static enum sg_status
read_leaves(struct sg_walk *w, struct sg_segment_reader *reader, uint64_t last)
{
	struct sealed sealed = {.opened = 0};
	sealed.which = read_key(w, &reader->header, sealed.key);
	enum sg_status status = SG_OK;
	while (status == SG_OK && reader->next <= last) {
		struct sg_arena arena;
		struct sg_record record;
		sg_arena_init(&arena, RECORD_BUDGET);
		status = sg_segment_next(reader, &arena, &record, &w->result->err);
		if (status == SG_OK && (!open_sealed(w, &record, &sealed) || !note(w, &record)))
			status = SG_BUG; /* a good record with something wrong in it: never mistaken for a torn end */
		sg_arena_done(&arena);
	}
	sg_wipe(sealed.key, sizeof(sealed.key));
	return status;
}

/* A block of the file that was never written: lost power leaves those behind the last sync. */
static bool
has_hole(struct sg_str bytes, size_t from)
{
	enum { BLOCK = 512, LEAST = 32 };
	for (size_t at = (from + BLOCK - 1) / BLOCK * BLOCK; at + LEAST <= bytes.len; at += BLOCK) {
		size_t end = at + BLOCK < bytes.len ? at + BLOCK : bytes.len, zero = at;
		while (zero < end && bytes.ptr[zero] == 0)
			zero++;
		if (zero == end)
			return true;
	}
	return false;
}

/* Only a record that ends too early, or has a hole, may be what a crash left; whatever else is wrong was written so. */
static bool
end_of_last(struct sg_walk *w, const struct sg_segment_reader *reader, enum sg_status status, const char *name)
{
	if (status == SG_NOT_FOUND)
		return true;
	w->result->torn = reader->bytes.len - reader->at;
	bool cut = status == SG_MALFORMED && !sg_segment_broken_middle(reader) &&
		   (strcmp(w->result->err.code, "journal_cut") == 0 || has_hole(reader->bytes, reader->at));
	return sg_walk_wrong(w, cut ? SG_VERIFY_TORN : SG_VERIFY_TAMPERED, name);
}

static bool
one_segment(struct sg_walk *w, size_t i, struct sg_buf *bytes)
{
	struct sg_segment_reader reader;
	struct sg_segment_header after = {.last = UINT64_MAX};
	bool is_last = i + 1 == w->count, torn;
	char name[32];
	sg_walk_name(name, w->all[i]);
	if (!is_last && !sg_walk_header(w, w->all[i + 1], &after, &torn))
		return false;
	sg_buf_clear(bytes);
	int error = sg_walk_read(w, name, bytes, SG_SEGMENT_MAX);
	if (error != 0)
		return sg_walk_unreadable(w, name, error);
	if (sg_segment_begin(&reader, sg_buf_view(bytes), &w->result->err) != SG_OK ||
	    sg_segment_follows(&reader.header, w->segment, w->result->last, w->result->chain, &w->result->err) != SG_OK)
		return sg_walk_wrong(w, SG_VERIFY_TAMPERED, name);
	w->segment = reader.header.segment;
	w->result->segments++;
	enum sg_status status = read_leaves(w, &reader, after.last);
	if (is_last)
		return end_of_last(w, &reader, status, name);
	if (status == SG_NOT_FOUND)
		sg_fail(&w->result->err, SG_MALFORMED, "journal_gap", "segment %" PRIu64 " ends too early", w->segment);
	return status == SG_OK ? true : sg_walk_wrong(w, SG_VERIFY_TAMPERED, name);
}

/* What was noted of a leaf that is deleted cannot be held against it any more, but for the last of them. */
static bool
begin_behind_cut(struct sg_walk *w)
{
	const struct sg_cut *cut = &w->result->cut;
	if (cut->segment == 0)
		return true;
	w->segment = cut->segment;
	w->result->last = cut->last;
	memcpy(w->result->chain, cut->chain, SG_SHA256_BYTES);
	if (w->anchor == NULL || w->anchor->number != cut->last)
		return true;
	w->result->anchored = memcmp(w->anchor->chain, cut->chain, SG_SHA256_BYTES) == 0;
	if (w->result->anchored)
		return true;
	sg_fail(&w->result->err, SG_MALFORMED, "journal_anchor", "leaf %" PRIu64 " is another one than was noted", cut->last);
	return sg_walk_wrong(w, SG_VERIFY_TAMPERED, SG_CUT_FILE);
}

static bool
walk(struct sg_walk *w)
{
	struct sg_buf bytes;
	sg_buf_init(&bytes, SG_SEGMENT_MAX + 1);
	w->all = malloc(SG_WALK_SEGMENTS * sizeof(*w->all));
	bool good = w->all != NULL && sg_walk_list(w) && (w->count == 0 || (sg_walk_choose(w) && begin_behind_cut(w)));
	for (size_t i = 0; good && i < w->count; i++)
		good = one_segment(w, i, &bytes);
	sg_buf_done(&bytes);
	free(w->all);
	return good;
}

static void
read_beside(struct sg_walk *w)
{
	w->beside_count = sg_beside_read(w->journal, w->keys, w->beside);
	for (size_t i = 0; i < w->beside_count; i++) {
		w->result->beside += w->beside[i].good;
		if (!w->beside[i].good && w->result->beside_bad++ == 0)
			snprintf(w->result->beside_why, sizeof(w->result->beside_why), "%s", w->beside[i].err.text);
	}
}

/* How far what is left aside says that it went. */
static void
note_beyond(struct sg_walk *w)
{
	for (size_t i = 0; i < w->beside_count; i++)
		if (w->beside[i].good && w->beside[i].leaf >= w->beyond && w->beside[i].leaf > w->result->ahead)
			w->result->ahead = w->beside[i].leaf;
}

/* What stands behind more leaves than there are was made of leaves that were on disk. */
static void
check_end(struct sg_walk *w)
{
	for (size_t i = 0; i < w->beside_count; i++) {
		if (!counts(w, &w->beside[i]) || w->beside[i].leaf <= w->result->last)
			continue;
		w->result->ahead = w->beside[i].leaf;
		sg_fail(&w->result->err, SG_MALFORMED, "journal_lost", SG_LOST_TEXT, (unsigned long long)w->result->last, w->beside[i].name,
			(unsigned long long)w->beside[i].leaf);
		sg_walk_wrong(w, SG_VERIFY_TAMPERED, "journal");
		return;
	}
}

static void
check_cut(struct sg_walk *w)
{
	const struct sg_cut *cut = &w->result->cut;
	w->result->based = cut->segment == 0;
	for (size_t i = 0; i < w->beside_count; i++)
		w->result->based |= counts(w, &w->beside[i]) && w->beside[i].leaf >= cut->last && (w->named >> i & 1) != 0;
	if (cut->segment == 0 || sg_cut_borne_out(w->journal, w->keys, &w->said, w->result->last, cut))
		return;
	sg_fail(&w->result->err, SG_MALFORMED, "journal_anchor", "segments up to %" PRIu64 " are gone, and no leaf says that they were deleted", cut->segment);
	sg_walk_wrong(w, SG_VERIFY_TAMPERED, SG_CUT_FILE);
}

static void
verify(const char *folder, struct sg_walk w)
{
	const struct sg_verify_anchor *anchor = w.anchor;
	struct sg_verify_result *result = w.result;
	*result = (struct sg_verify_result){.verdict = SG_VERIFY_INTACT};
	int state = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	w.journal = state < 0 ? -1 : openat(state, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w.journal < 0) {
		sg_walk_unreadable(&w, state < 0 ? "the state folder" : "journal", errno);
	} else {
		w.keys = openat(state, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		read_beside(&w);
		note_beyond(&w);
		bool good = walk(&w);
		if (good && result->torn > 0) {
			sg_fail(&result->err, SG_MALFORMED, "journal_header",
				"the newest segment is cut inside its header");
			sg_walk_wrong(&w, SG_VERIFY_TORN, "journal");
		}
		if (result->verdict == SG_VERIFY_INTACT || result->verdict == SG_VERIFY_TORN)
			check_end(&w);
		if (result->verdict == SG_VERIFY_INTACT || result->verdict == SG_VERIFY_TORN)
			check_cut(&w);
		if (result->verdict == SG_VERIFY_INTACT && w.count == 0)
			sg_walk_unreadable(&w, "journal", ENOENT); /* and what stands beside it proves nothing */
		if (result->verdict == SG_VERIFY_INTACT && anchor != NULL && !result->anchored && anchor->number > result->cut.last) {
			sg_fail(&result->err, SG_MALFORMED, "journal_anchor",
				"leaf %" PRIu64 ", which was noted, is gone", anchor->number);
			sg_walk_wrong(&w, SG_VERIFY_TAMPERED, "journal");
		}
	}
	int all[] = {state, w.journal, w.keys};
	for (size_t i = 0; i < 3; i++)
		if (all[i] >= 0)
			close(all[i]);
}

void
sg_verify_journal(const char *folder, const struct sg_verify_anchor *anchor, sg_verify_leaf *each, void *to, struct sg_verify_result *result)
{
	verify(folder, (struct sg_walk){.journal = -1, .keys = -1, .beyond = UINT64_MAX, .anchor = anchor, .each = each, .to = to, .result = result});
}

void
sg_verify_without(const char *folder, uint64_t beyond, struct sg_verify_result *result)
{
	verify(folder, (struct sg_walk){.journal = -1, .keys = -1, .beyond = beyond, .result = result});
}
