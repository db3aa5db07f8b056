/* SPDX-License-Identifier: Apache-2.0
 * Files of the journal. */
#include "gate/journal/journal_files.h"
#include "gate/journal/pulse.h"

#include "base/err.h"
#include "base/octets.h"
#include "base/folder.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void
sg_segment_name(char out[SG_SEGMENT_NAME], uint64_t segment)
{
	snprintf(out, SG_SEGMENT_NAME, "%08" PRIu64 ".seg", segment);
}

int
sg_write_all(const struct sg_sys *sys, int fd, struct sg_str bytes, off_t at, int *error)
{
	while (bytes.len > 0) {
		ssize_t n = sys->pwrite(sys, fd, bytes.ptr, bytes.len, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			*error = n == 0 ? EIO : errno;
			return -1;
		}
		bytes.ptr += n;
		bytes.len -= (size_t)n;
		at += n;
	}
	return 0;
}

int
sg_segment_create(const struct sg_sys *sys, int folder, const struct sg_segment_header *header, int *error)
{
	char name[SG_SEGMENT_NAME];
	unsigned char bytes[SG_SEGMENT_HEADER];
	sg_segment_name(name, header->segment);
	sg_segment_header_write(bytes, header);
	int fd = sys->openat(sys, folder, name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0) {
		*error = errno;
		return -1;
	}
	if (sg_write_all(sys, fd, (struct sg_str){(char *)bytes, sizeof(bytes)}, 0, error) == 0) {
		if (sys->fdatasync(sys, fd) == 0 && sys->fsync(sys, folder) == 0)
			return fd;
		*error = errno;
	}
	sys->close(sys, fd);
	sg_segment_drop(folder, header->segment); /* once a second on a full disk: a start reads no more than SG_SEGMENTS_MAX */
	return -1;
}

void
sg_segment_drop(int folder, uint64_t segment)
{
	char name[SG_SEGMENT_NAME];
	sg_segment_name(name, segment);
	unlinkat(folder, name, 0);
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static bool
segment_number(const char *name, uint64_t *out)
{
	int64_t number;
	size_t len = strlen(name);
	if (len < 12 || strcmp(name + len - 4, ".seg") != 0)
		return false;
	struct sg_str digits = {name, len - 4};
	while (digits.len > 1 && digits.ptr[0] == '0') {
		digits.ptr++;
		digits.len--;
	}
	if (!sg_str_int(digits, 1, INT64_MAX, &number))
		return false;
	*out = (uint64_t)number;
	return true;
}

static int
list(int folder, uint64_t *segments, size_t room, int *error)
{
	DIR *dir = sg_folder_list(folder);
	if (dir == NULL) {
		*error = errno;
		return -1;
	}
	size_t count = 0;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		uint64_t number;
		if (!segment_number(entry->d_name, &number))
			continue;
		if (count == room) {
			*error = EMFILE;
			closedir(dir);
			return -1;
		}
		segments[count++] = number;
	}
	closedir(dir);
	qsort(segments, count, sizeof(*segments), by_number);
	return (int)count;
}

int
sg_segment_list(int folder, uint64_t *segments, size_t room, int *error)
{
	sg_pulse_disk(true);
	int count = list(folder, segments, room, error);
	sg_pulse_disk(false);
	return count;
}

static int
read_segment(const struct sg_sys *sys, int folder, uint64_t segment, struct sg_buf *out, int *error)
{
	enum { CHUNK = 1 << 20 };
	char name[SG_SEGMENT_NAME];
	sg_segment_name(name, segment);
	int fd = sys->openat(sys, folder, name, O_RDONLY, 0);
	if (fd < 0) {
		*error = errno;
		return -1;
	}
	for (;;) {
		char *to = sg_buf_reserve(out, CHUNK);
		ssize_t n = to == NULL ? -1 : sys->pread(sys, fd, to, CHUNK, (off_t)out->len);
		if (n < 0 && to != NULL && errno == EINTR)
			continue;
		if (n <= 0) {
			*error = to != NULL ? errno : out->len > out->max - CHUNK ? EFBIG : ENOMEM;
			sys->close(sys, fd);
			return n == 0 ? 0 : -1;
		}
		out->len += (size_t)n;
	}
}

int
sg_segment_read(const struct sg_sys *sys, int folder, uint64_t segment, struct sg_buf *out, int *error)
{
	sg_pulse_disk(true);
	int failed = read_segment(sys, folder, segment, out, error);
	sg_pulse_disk(false);
	return failed;
}

bool
sg_records_next_leaf(struct sg_str records, struct sg_record *record)
{
	record->sealed = (struct sg_str){NULL, 0};
	while (record->end + SG_RECORD_HEAD <= records.len) {
		const char *head = records.ptr + record->end;
		struct sg_str body = {head + SG_RECORD_HEAD, (size_t)sg_octets_get(head, 4)};
		record->end += SG_RECORD_HEAD + body.len;
		if (head[4] == SG_RECORD_SEALED)
			record->sealed = body;
		if (head[4] != SG_RECORD_LEAF)
			continue;
		record->leaf = body;
		memcpy(record->chain, body.ptr + body.len, SG_SHA256_BYTES);
		record->end += SG_SHA256_BYTES;
		return true;
	}
	return false;
}

void
sg_commit_chain(const struct sg_commit *commit, unsigned char chain[SG_SHA256_BYTES])
{
	if (commit->bytes.len >= SG_SHA256_BYTES) /* a group ends with a leaf, a leaf with its chain hash */
		memcpy(chain, commit->bytes.ptr + commit->bytes.len - SG_SHA256_BYTES, SG_SHA256_BYTES);
}

void
sg_journal_mark(struct sg_journal *journal, uint64_t number, uint64_t segment, size_t at)
{
	struct sg_journal_mark *last = journal->mark_count == 0 || journal->marks == NULL ? NULL : &journal->marks[journal->mark_count - 1];
	if (last != NULL && last->segment == segment && number < last->number + SG_JOURNAL_MARK_EVERY && at < last->at + SG_JOURNAL_MARK_BYTES)
		return;
	if (journal->mark_count == journal->mark_room) {
		size_t room = journal->mark_room == 0 ? 256 : journal->mark_room * 2;
		struct sg_journal_mark *bigger = realloc(journal->marks, room * sizeof(*bigger));
		if (bigger == NULL)
			return; /* reading starts at an earlier mark then */
		journal->marks = bigger;
		journal->mark_room = room;
	}
	if (journal->marks == NULL)
		return;
	struct sg_journal_mark *mark = &journal->marks[journal->mark_count++];
	*mark = (struct sg_journal_mark){.number = number, .segment = segment, .at = at, .before = journal->durable};
	memcpy(mark->chain, journal->durable_chain, sizeof(mark->chain));
}

enum sg_status
sg_journal_io(struct sg_err *err, const char *what, int error)
{
	return sg_fail(err, SG_UNAVAILABLE, "journal_io", "%s: %s", what, strerror(error));
}

/* A file no longer than a header whose header is bad was never synced: its creation was torn. */
enum sg_status
sg_journal_header(const struct sg_journal *journal, uint64_t segment, struct sg_segment_header *out, bool *torn, struct sg_err *err)
{
	char name[SG_SEGMENT_NAME], bytes[SG_SEGMENT_HEADER + 1];
	sg_segment_name(name, segment);
	sg_pulse_disk(true);
	int fd = journal->sys->openat(journal->sys, journal->folder, name, O_RDONLY, 0);
	ssize_t got = fd < 0 ? -1 : journal->sys->pread(journal->sys, fd, bytes, sizeof(bytes), 0);
	int error = errno;
	if (fd >= 0)
		journal->sys->close(journal->sys, fd);
	sg_pulse_disk(false);
	if (got < 0)
		return sg_journal_io(err, name, error);
	struct sg_segment_reader reader;
	enum sg_status status = sg_segment_begin(&reader, (struct sg_str){bytes, (size_t)got < SG_SEGMENT_HEADER ? (size_t)got : SG_SEGMENT_HEADER}, err);
	*torn = status != SG_OK && got <= SG_SEGMENT_HEADER;
	if (status == SG_OK && reader.header.segment != segment)
		status = sg_fail(err, SG_MALFORMED, "journal_header", "%s calls itself segment %llu", name,
				 (unsigned long long)reader.header.segment);
	if (status == SG_OK)
		*out = reader.header;
	return status;
}
