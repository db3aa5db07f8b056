/* SPDX-License-Identifier: Apache-2.0
 * Leaves read again while the journal is written: from the mark before them. */
#include "base/err.h"
#include "base/str.h"
#include "frame/seal_key.h"
#include "gate/journal/journal_files.h"
#include "gate/journal/pulse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static const struct sg_journal_mark *
find_mark(const struct sg_journal *journal, uint64_t number)
{
	size_t low = 0, high = journal->mark_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (journal->marks[middle].number <= number)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? NULL : &journal->marks[low - 1];
}

/* The first mark of the segment behind the one that `mark` is of (NULL: of the first one); NULL: it is the last. */
static const struct sg_journal_mark *
next_segment(const struct sg_journal *journal, const struct sg_journal_mark *mark)
{
	const struct sg_journal_mark *end = journal->marks + journal->mark_count, *next = mark == NULL ? journal->marks : mark + 1;
	while (mark != NULL && next < end && next->segment == mark->segment)
		next++;
	return next < end ? next : NULL;
}

/* The last leaf that counts of the segment that `mark` is of: what else stands in it was behind a failed sync. */
static uint64_t
counts_until(const struct sg_journal *journal, const struct sg_journal_mark *mark)
{
	const struct sg_journal_mark *next = next_segment(journal, mark);
	return next != NULL ? next->before : journal->durable;
}

/* From a mark to the next one of the same segment, or to the end. */
static enum sg_status
read_from_disk(const struct sg_journal *journal, const struct sg_journal_mark *mark, struct sg_buf *out, struct sg_err *err)
{
	enum { CHUNK = 256 << 10 };
	const struct sg_journal_mark *next = mark + 1;
	bool bounded = next < journal->marks + journal->mark_count && next->segment == mark->segment;
	size_t most = bounded ? next->at - mark->at : SG_SEGMENT_MAX;
	char name[SG_SEGMENT_NAME];
	sg_segment_name(name, mark->segment);
	int fd = journal->sys->openat(journal->sys, journal->folder, name, O_RDONLY, 0);
	if (fd < 0)
		return sg_journal_io(err, name, errno);
	ssize_t got = 1;
	while (got > 0 && out->len < most) {
		size_t want = most - out->len < CHUNK ? most - out->len : CHUNK;
		char *to = sg_buf_reserve(out, want);
		got = to == NULL ? -1 : journal->sys->pread(journal->sys, fd, to, want, (off_t)(mark->at + out->len));
		out->len += got > 0 ? (size_t)got : 0;
	}
	int error = errno;
	journal->sys->close(journal->sys, fd);
	return got < 0 ? sg_journal_io(err, name, error) : SG_OK;
}

static enum sg_status
read_range(const struct sg_journal *journal, const struct sg_journal_mark *mark, struct sg_buf *out, struct sg_err *err)
{
	sg_pulse_disk(true);
	enum sg_status status = read_from_disk(journal, mark, out, err);
	sg_pulse_disk(false);
	return status;
}

/* One part, from its mark on. False: `each` has enough. */
static bool
tell_range(struct sg_segment_reader *reader, uint64_t last, uint64_t *told, bool (*each)(void *to, const struct sg_record *record), void *to)
{
	bool more = true;
	while (more && reader->next <= last) {
		struct sg_arena arena;
		struct sg_record record = {0};
		sg_arena_init(&arena, SG_RECORD_BUDGET);
		sg_pulse_beat();
		more = sg_segment_next(reader, &arena, &record, NULL) == SG_OK;
		if (more && record.number > *told) {
			more = each(to, &record);
			*told = more ? record.number : *told;
		}
		sg_arena_done(&arena);
		if (!more)
			return reader->at >= reader->bytes.len; /* at its end, not in the middle */
	}
	return true;
}

/* The part of the segment behind `mark`, from leaf *told + 1 to `last`. False: `each` has enough, or it cannot be read. */
static bool
tell_behind(const struct sg_journal *journal, const struct sg_journal_mark *mark, uint64_t last, uint64_t *told, size_t *read,
	    bool (*each)(void *to, const struct sg_record *record), void *to)
{
	struct sg_segment_reader reader = {.at = 0};
	struct sg_buf bytes;
	bool torn, good = sg_journal_header(journal, mark->segment, &reader.header, &torn, NULL) == SG_OK;
	sg_buf_init(&bytes, SG_SEGMENT_MAX);
	good = good && read_range(journal, mark, &bytes, NULL) == SG_OK;
	if (good) {
		reader.bytes = sg_buf_view(&bytes);
		reader.next = mark->number;
		memcpy(reader.chain, mark->chain, sizeof(reader.chain));
		good = tell_range(&reader, last, told, each, to);
	}
	*read += bytes.len;
	sg_buf_done(&bytes);
	return good;
}

uint64_t
sg_journal_leaves(const struct sg_journal *journal, uint64_t first, uint64_t last, size_t most, bool (*each)(void *to, const struct sg_record *record), void *to)
{
	uint64_t told = first - 1, passed = told; /* passed: told, or void */
	size_t read = 0;
	while (passed < last && read < most) {
		const struct sg_journal_mark *mark = find_mark(journal, passed + 1), *next = next_segment(journal, mark);
		uint64_t until = mark == NULL ? 0 : counts_until(journal, mark), before = passed;
		if (passed >= until) {
			passed = next != NULL ? next->number - 1 : last;
			continue;
		}
		bool more = tell_behind(journal, mark, until < last ? until : last, &passed, &read, each, to);
		told = passed > before ? passed : told;
		if (!more || passed == before)
			break;
	}
	return told;
}

static enum sg_status
open_input(const struct sg_journal *journal, const struct sg_segment_reader *reader, const struct sg_record *record,
	   struct sg_arena *arena, struct sg_str *input, struct sg_err *err)
{
	*input = (struct sg_str){NULL, 0};
	if (record->sealed.ptr == NULL)
		return SG_OK;
	unsigned char day_key[SG_KEY_BYTES], key[SG_KEY_BYTES], aad[SG_SHA256_BYTES];
	enum sg_status status = sg_day_key(journal, reader->header.day, false, day_key, err);
	if (status != SG_OK) /* a key that is gone, or cut, means not reproducible, which is an answer and not an error */
		return status == SG_NOT_FOUND || status == SG_MALFORMED ? SG_OK : status;
	enum sg_seal_key which = sg_seal_key_is(&reader->header, day_key);
	char *plain = sg_arena_alloc(arena, record->sealed.len);
	if (plain == NULL)
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory for a sealed input");
	sg_derive(key, day_key, (struct sg_str){(const char *)reader->header.salt, 32}, "sealed frames");
	sg_sha256(aad, record->leaf);
	status = sg_unseal(plain, key, record->number, (struct sg_str){(char *)aad, sizeof(aad)}, record->sealed, err);
	sg_wipe(day_key, sizeof(day_key));
	sg_wipe(key, sizeof(key));
	if (status == SG_OK)
		*input = (struct sg_str){plain, record->sealed.len - SG_SEAL_OVERHEAD};
	return which == SG_SEAL_KEY_OWN ? status : SG_OK; /* another key opens nothing, and says nothing either */
}

enum sg_status
sg_journal_read(const struct sg_journal *journal, uint64_t number, struct sg_arena *arena, struct sg_record *record,
		struct sg_str *input, struct sg_err *err)
{
	const struct sg_journal_mark *mark = number > journal->durable ? NULL : find_mark(journal, number);
	if (mark == NULL || number > counts_until(journal, mark))
		return sg_fail(err, SG_NOT_FOUND, "not_found", "no such leaf");
	struct sg_buf bytes;
	struct sg_segment_reader reader = {.at = 0};
	bool torn;
	sg_buf_init(&bytes, SG_SEGMENT_MAX);
	enum sg_status status = sg_journal_header(journal, mark->segment, &reader.header, &torn, err);
	if (status == SG_OK)
		status = read_range(journal, mark, &bytes, err);
	reader.bytes = sg_buf_view(&bytes);
	reader.next = mark->number;
	memcpy(reader.chain, mark->chain, sizeof(reader.chain));
	struct sg_record found = {0};
	while (status == SG_OK && reader.next <= number) {
		struct sg_arena scratch;
		sg_arena_init(&scratch, SG_RECORD_BUDGET);
		status = sg_segment_next(&reader, reader.next == number ? arena : &scratch, &found, err);
		sg_arena_done(&scratch);
	}
	if (status == SG_OK && found.number != number)
		status = sg_fail(err, SG_NOT_FOUND, "not_found", "no such leaf");
	if (status == SG_OK)
		status = open_input(journal, &reader, &found, arena, input, err);
	if (status == SG_OK) {
		*record = found;
		record->leaf = sg_arena_copy(arena, found.leaf);
		record->sealed = (struct sg_str){NULL, 0};
	}
	sg_buf_done(&bytes);
	return status;
}
