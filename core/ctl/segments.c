/* SPDX-License-Identifier: Apache-2.0
 * Walking the segments from the newest back, then the leaves from the first on. The rules are those of the daemon's recovery, which mends;
 * this only looks. */
#include "ctl/segments.h"

#include "base/err.h"
#include "base/secret.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SEGMENTS = 1 << 16, RECORD_BUDGET = 8 << 20 };

struct walk {
	int journal, keys; /* folders; keys may be -1 */
	uint64_t *all; /* segment numbers: found, then those that count */
	size_t count;
	uint64_t segment;
	const struct sg_verify_anchor *anchor;
	sg_verify_leaf *each;
	void *to;
	struct sg_verify_result *result;
};

const char *
sg_verify_name(enum sg_verify verdict)
{
	static const char *const names[] = {"intact", "tampered", "torn", "unreadable"};
	return names[verdict];
}

static bool
wrong(struct walk *w, enum sg_verify verdict, const char *file)
{
	w->result->verdict = verdict;
	snprintf(w->result->file, sizeof(w->result->file), "%s", file);
	return false;
}

static bool
unreadable(struct walk *w, const char *file, int error)
{
	sg_fail(&w->result->err, SG_UNAVAILABLE, "journal_io", "%s: %s", file, strerror(error));
	return wrong(w, SG_VERIFY_UNREADABLE, file);
}

static void
name_of(char out[32], uint64_t segment)
{
	snprintf(out, 32, "%08" PRIu64 ".seg", segment);
}

/* ---- files ---- */

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

/* "00000042.seg" is 42; anything else is no segment. */
static uint64_t
number_of(const char *name)
{
	char again[32];
	char *end = NULL;
	uint64_t number = strtoull(name, &end, 10);
	name_of(again, number);
	return end != name && strcmp(again, name) == 0 ? number : 0;
}

static bool
list(struct walk *w)
{
	int again = openat(w->journal, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = again < 0 ? NULL : fdopendir(again);
	if (dir == NULL)
		return unreadable(w, "journal", errno);
	for (struct dirent *entry; w->count < SEGMENTS && (entry = readdir(dir)) != NULL;)
		if (number_of(entry->d_name) != 0)
			w->all[w->count++] = number_of(entry->d_name);
	closedir(dir);
	qsort(w->all, w->count, sizeof(*w->all), by_number);
	if (w->count == 0)
		return unreadable(w, "journal", ENOENT); /* a daemon that ever ran has written one */
	return true;
}

static int
read_some(struct walk *w, const char *name, struct sg_buf *out, size_t most)
{
	int fd = openat(w->journal, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : 1;
	while (n > 0 && out->len < most) {
		size_t chunk = most - out->len < 1 << 20 ? most - out->len : 1 << 20;
		char *to = sg_buf_reserve(out, chunk);
		if (to == NULL) {
			errno = EFBIG;
			n = -1;
			break;
		}
		n = read(fd, to, chunk);
		out->len += n > 0 ? (size_t)n : 0;
		n = n < 0 && errno == EINTR ? 1 : n;
	}
	int error = errno;
	if (fd >= 0)
		close(fd);
	return n < 0 ? error : 0;
}

/* ---- which segments count ---- */

/* A file no longer than a header whose header is bad was never synced: its making was torn. */
static bool
header_of(struct walk *w, uint64_t segment, struct sg_segment_header *out, bool *torn)
{
	char name[32];
	struct sg_buf bytes;
	struct sg_segment_reader reader;
	name_of(name, segment);
	sg_buf_init(&bytes, SG_SEGMENT_HEADER + 1);
	int error = read_some(w, name, &bytes, SG_SEGMENT_HEADER + 1);
	struct sg_str head = {bytes.ptr, bytes.len < SG_SEGMENT_HEADER ? bytes.len : SG_SEGMENT_HEADER};
	enum sg_status status = error != 0 ? SG_UNAVAILABLE : sg_segment_begin(&reader, head, &w->result->err);
	*torn = error == 0 && status != SG_OK && bytes.len <= SG_SEGMENT_HEADER;
	sg_buf_done(&bytes);
	if (error != 0)
		return unreadable(w, name, error);
	if (status == SG_OK && reader.header.segment != segment)
		status = sg_fail(&w->result->err, SG_MALFORMED, "journal_header", "%s calls itself segment %" PRIu64, name, reader.header.segment);
	if (status != SG_OK)
		return wrong(w, SG_VERIFY_TAMPERED, name);
	*out = reader.header;
	return true;
}

/* From the newest good header back along `previous`; the others were behind a sync that failed. */
static bool
choose(struct walk *w)
{
	size_t chosen = 0, at = w->count;
	uint64_t want = 0;
	uint64_t *path = malloc(w->count * sizeof(*path));
	bool good = path != NULL;
	while (good && at-- > 0) {
		struct sg_segment_header header;
		bool torn = false;
		if (want != 0 && w->all[at] != want)
			continue;
		good = header_of(w, w->all[at], &header, &torn);
		if (!good && torn && want == 0) {
			w->result->torn = 1;
			good = true;
			continue;
		}
		if (good) {
			path[chosen++] = w->all[at];
			want = header.previous;
		}
		if (good && want == 0)
			break;
	}
	char name[32];
	name_of(name, want);
	if (good && (want != 0 || chosen == 0)) {
		sg_fail(&w->result->err, SG_MALFORMED, "journal_gap", "segment %" PRIu64 " is missing", want);
		good = wrong(w, chosen == 0 ? SG_VERIFY_TORN : SG_VERIFY_TAMPERED, name);
	}
	w->result->void_segments = w->count - chosen;
	for (size_t i = 0; good && i < chosen; i++)
		w->all[i] = path[chosen - 1 - i];
	w->count = chosen;
	free(path);
	return good;
}

/* ---- leaves ---- */

static bool
read_key(const struct walk *w, const struct sg_segment_header *header, unsigned char key[SG_KEY_BYTES])
{
	char name[32];
	unsigned char day[SG_KEY_BYTES];
	snprintf(name, sizeof(name), "%" PRIu64 ".key", header->day);
	int fd = w->keys < 0 ? -1 : openat(w->keys, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool good = fd >= 0 && read(fd, day, sizeof(day)) == (ssize_t)sizeof(day);
	if (fd >= 0)
		close(fd);
	if (good)
		sg_derive(key, day, (struct sg_str){(const char *)header->salt, sizeof(header->salt)}, "sealed frames");
	sg_wipe(day, sizeof(day));
	return good;
}

/* The tag of a sealed input is the only part of a segment that the chain does not cover: the key is needed to check it. */
static bool
open_sealed(struct walk *w, const struct sg_record *record, const unsigned char *key)
{
	unsigned char hash[SG_SHA256_BYTES];
	if (record->sealed.ptr == NULL)
		return true;
	w->result->sealed++;
	if (key == NULL)
		return true;
	char *plain = malloc(record->sealed.len);
	sg_sha256(hash, record->leaf);
	bool good = plain != NULL && record->sealed.len > SG_SEAL_OVERHEAD &&
		    sg_unseal(plain, key, record->number, (struct sg_str){(char *)hash, sizeof(hash)}, record->sealed, NULL) == SG_OK;
	if (plain != NULL)
		sg_wipe(plain, record->sealed.len);
	free(plain);
	w->result->opened += good;
	if (!good)
		sg_fail(&w->result->err, SG_MALFORMED, "journal_sealed", "the sealed input of leaf %" PRIu64 " was changed", record->number);
	return good;
}

static bool
note(struct walk *w, const struct sg_record *record)
{
	w->result->leaves++;
	w->result->last = record->number;
	memcpy(w->result->chain, record->chain, SG_SHA256_BYTES);
	if (w->anchor != NULL && w->anchor->number == record->number) {
		w->result->anchored = memcmp(w->anchor->chain, record->chain, SG_SHA256_BYTES) == 0;
		if (!w->result->anchored) {
			sg_fail(&w->result->err, SG_MALFORMED, "journal_anchor", "leaf %" PRIu64 " is another one than was noted", record->number);
			return false;
		}
	}
	if (w->each != NULL)
		w->each(w->to, record);
	return true;
}

/* The leaves of one segment up to `last`; what stands behind is void and no part of the record. */
static enum sg_status
read_leaves(struct walk *w, struct sg_segment_reader *reader, uint64_t last)
{
	unsigned char key[SG_KEY_BYTES];
	bool has_key = read_key(w, &reader->header, key);
	enum sg_status status = SG_OK;
	while (status == SG_OK && reader->next <= last) {
		struct sg_arena arena;
		struct sg_record record;
		sg_arena_init(&arena, RECORD_BUDGET);
		status = sg_segment_next(reader, &arena, &record, &w->result->err);
		if (status == SG_OK && (!open_sealed(w, &record, has_key ? key : NULL) || !note(w, &record)))
			status = SG_BUG; /* a good record with something wrong in it: never mistaken for a torn end */
		sg_arena_done(&arena);
	}
	sg_wipe(key, sizeof(key));
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
end_of_last(struct walk *w, const struct sg_segment_reader *reader, enum sg_status status, const char *name)
{
	if (status == SG_NOT_FOUND)
		return true;
	w->result->torn = reader->bytes.len - reader->at;
	bool cut = status == SG_MALFORMED && !sg_segment_broken_middle(reader) &&
		   (strcmp(w->result->err.code, "journal_cut") == 0 || has_hole(reader->bytes, reader->at));
	return wrong(w, cut ? SG_VERIFY_TORN : SG_VERIFY_TAMPERED, name);
}

static bool
one_segment(struct walk *w, size_t i, struct sg_buf *bytes)
{
	struct sg_segment_reader reader;
	struct sg_segment_header after = {.last = UINT64_MAX};
	bool is_last = i + 1 == w->count, torn;
	char name[32];
	name_of(name, w->all[i]);
	if (!is_last && !header_of(w, w->all[i + 1], &after, &torn))
		return false;
	sg_buf_clear(bytes);
	int error = read_some(w, name, bytes, SG_SEGMENT_MAX);
	if (error != 0)
		return unreadable(w, name, error);
	if (sg_segment_begin(&reader, sg_buf_view(bytes), &w->result->err) != SG_OK ||
	    sg_segment_follows(&reader.header, w->segment, w->result->last, w->result->chain, &w->result->err) != SG_OK)
		return wrong(w, SG_VERIFY_TAMPERED, name);
	w->segment = reader.header.segment;
	w->result->segments++;
	enum sg_status status = read_leaves(w, &reader, after.last);
	if (is_last)
		return end_of_last(w, &reader, status, name);
	if (status == SG_NOT_FOUND)
		sg_fail(&w->result->err, SG_MALFORMED, "journal_gap", "segment %" PRIu64 " ends too early", w->segment);
	return status == SG_OK ? true : wrong(w, SG_VERIFY_TAMPERED, name);
}

static bool
walk(struct walk *w)
{
	struct sg_buf bytes;
	sg_buf_init(&bytes, SG_SEGMENT_MAX + 1);
	w->all = malloc(SEGMENTS * sizeof(*w->all));
	bool good = w->all != NULL && list(w) && choose(w);
	for (size_t i = 0; good && i < w->count; i++)
		good = one_segment(w, i, &bytes);
	sg_buf_done(&bytes);
	free(w->all);
	return good;
}

void
sg_verify_journal(const char *folder, const struct sg_verify_anchor *anchor, sg_verify_leaf *each, void *to,
		  struct sg_verify_result *result)
{
	struct walk w = {.journal = -1, .keys = -1, .anchor = anchor, .each = each, .to = to, .result = result};
	*result = (struct sg_verify_result){.verdict = SG_VERIFY_INTACT};
	int state = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	w.journal = state < 0 ? -1 : openat(state, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w.journal < 0) {
		unreadable(&w, state < 0 ? "the state folder" : "journal", errno);
	} else {
		w.keys = openat(state, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		bool good = walk(&w);
		if (good && result->torn > 0) {
			sg_fail(&result->err, SG_MALFORMED, "journal_header", "the newest segment is cut inside its header");
			wrong(&w, SG_VERIFY_TORN, "journal");
		}
		if (result->verdict == SG_VERIFY_INTACT && anchor != NULL && !result->anchored) {
			sg_fail(&result->err, SG_MALFORMED, "journal_anchor", "leaf %" PRIu64 ", which was noted, is gone", anchor->number);
			wrong(&w, SG_VERIFY_TAMPERED, "journal");
		}
	}
	int all[] = {state, w.journal, w.keys};
	for (size_t i = 0; i < 3; i++)
		if (all[i] >= 0)
			close(all[i]);
}
