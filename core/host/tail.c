/* SPDX-License-Identifier: Apache-2.0
 * A window on one segment, and the step from one segment to the next. */
#include "host/tail.h"

#include "base/err.h"
#include "base/folder.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum sg_status
fail_io(const char *what, struct sg_err *err)
{
	return sg_fail(err, SG_UNAVAILABLE, "journal_io", "%s: %s", what, strerror(errno));
}

static int
open_segment(const struct sg_tail *tail, uint64_t segment)
{
	char name[32];
	snprintf(name, sizeof(name), "%08" PRIu64 ".seg", segment);
	return openat(tail->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

/* SG_NOT_FOUND: no such file, or one whose making was torn. */
static enum sg_status
read_header(const struct sg_tail *tail, uint64_t segment, struct sg_segment_header *header, struct sg_err *err)
{
	char bytes[SG_SEGMENT_HEADER];
	struct sg_segment_reader reader;
	int fd = open_segment(tail, segment);
	if (fd < 0)
		return errno == ENOENT ? SG_NOT_FOUND : fail_io("a segment", err);
	ssize_t got = pread(fd, bytes, sizeof(bytes), 0);
	close(fd);
	if (got != (ssize_t)sizeof(bytes) || sg_segment_begin(&reader, (struct sg_str){bytes, sizeof(bytes)}, NULL) != SG_OK)
		return SG_NOT_FOUND;
	*header = reader.header;
	return SG_OK;
}

/* The highest number of a segment file; 0 if there is none. */
static uint64_t
newest(const struct sg_tail *tail)
{
	uint64_t best = 0;
	DIR *dir = sg_folder_list(tail->folder);
	if (dir == NULL)
		return 0;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		char *end = NULL;
		uint64_t number = strtoull(entry->d_name, &end, 10);
		if (end != entry->d_name && strcmp(end, ".seg") == 0 && number > best)
			best = number;
	}
	closedir(dir);
	return best;
}

/* The newest segment with a good header. */
static enum sg_status
newest_header(const struct sg_tail *tail, struct sg_segment_header *header, struct sg_err *err)
{
	enum sg_status status = SG_NOT_FOUND;
	for (uint64_t at = newest(tail); at > 0 && status == SG_NOT_FOUND; at--)
		status = read_header(tail, at, header, err);
	return status == SG_NOT_FOUND ? sg_fail(err, SG_UNAVAILABLE, "journal_io", "there is no segment") : status;
}

static enum sg_status
enter(struct sg_tail *tail, const struct sg_segment_header *header, struct sg_err *err)
{
	int fd = open_segment(tail, header->segment);
	if (fd < 0)
		return fail_io("a segment", err);
	if (tail->fd >= 0)
		close(tail->fd);
	tail->fd = fd;
	tail->from = SG_SEGMENT_HEADER;
	sg_buf_clear(&tail->window);
	tail->reader = (struct sg_segment_reader){.header = *header, .next = header->first};
	memcpy(tail->reader.chain, header->chain, sizeof(tail->reader.chain));
	return SG_OK;
}

enum sg_status
sg_tail_open(struct sg_tail *tail, int folder, uint64_t cursor, struct sg_err *err)
{
	struct sg_segment_header header, before;
	*tail = (struct sg_tail){.folder = folder, .fd = -1, .cursor = cursor};
	sg_buf_init(&tail->window, SG_TAIL_WINDOW);
	if (cursor == 0 && newest(tail) == 0)
		return SG_OK; /* a journal that begins */
	enum sg_status status = newest_header(tail, &header, err);
	while (status == SG_OK && header.last > cursor && header.previous != 0 &&
	       (status = read_header(tail, header.previous, &before, err)) == SG_OK)
		header = before;
	if (status == SG_NOT_FOUND) { /* retention took what is further back */
		tail->missing = header.last - cursor;
		tail->cursor = header.last;
		status = SG_OK;
	}
	return status == SG_OK ? enter(tail, &header, err) : status;
}

void
sg_tail_done(struct sg_tail *tail)
{
	if (tail->fd >= 0)
		close(tail->fd);
	tail->fd = -1;
	sg_buf_done(&tail->window);
}

/* The segment that continues the present one: from the newest back along `previous`. SG_AGAIN: there is none. */
static enum sg_status
successor(const struct sg_tail *tail, struct sg_segment_header *header, struct sg_err *err)
{
	enum sg_status status = newest_header(tail, header, err);
	while (status == SG_OK && header->segment > tail->reader.header.segment && header->previous != tail->reader.header.segment)
		status = read_header(tail, header->previous, header, err);
	if (status == SG_OK && header->segment <= tail->reader.header.segment)
		return SG_AGAIN;
	return status == SG_NOT_FOUND ? sg_fail(err, SG_UNAVAILABLE, "journal_io", "a segment was taken away") : status;
}

/* Moves the window to where the reader stands, and reads it afresh: what was not durable may have been written since. */
static enum sg_status
refill(struct sg_tail *tail, struct sg_err *err)
{
	tail->from += (off_t)tail->reader.at;
	tail->reader.at = 0;
	sg_buf_clear(&tail->window);
	char *to = sg_buf_reserve(&tail->window, SG_TAIL_WINDOW);
	ssize_t got = to == NULL ? -1 : pread(tail->fd, to, SG_TAIL_WINDOW, tail->from);
	if (got < 0)
		return fail_io("the journal", err);
	tail->window.len = (size_t)got;
	tail->reader.bytes = (struct sg_str){tail->window.ptr, tail->window.len};
	return SG_OK;
}

/* A durable leaf that is not whole in the window is whole in a fresh one: SG_TAIL_WINDOW holds the largest record. */
static enum sg_status
next_record(struct sg_tail *tail, struct sg_arena *arena, struct sg_record *record, struct sg_err *err)
{
	enum sg_status status = sg_segment_next(&tail->reader, arena, record, err);
	if (status != SG_NOT_FOUND && status != SG_MALFORMED)
		return status;
	status = refill(tail, err);
	if (status == SG_OK)
		status = sg_segment_next(&tail->reader, arena, record, err);
	return status == SG_NOT_FOUND ? sg_fail(err, SG_MALFORMED, "journal_cut", "a durable leaf is not there") : status;
}

/* Into the first segment of a journal that had none when it was opened. SG_AGAIN: nothing of it is durable yet. */
static enum sg_status
enter_first(struct sg_tail *tail, uint64_t durable, struct sg_err *err)
{
	if (durable == 0)
		return SG_AGAIN;
	sg_buf_done(&tail->window);
	enum sg_status status = sg_tail_open(tail, tail->folder, 0, err);
	return status == SG_OK && tail->fd < 0 ? sg_fail(err, SG_UNAVAILABLE, "journal_io", "there is no segment") : status;
}

/* How far the present segment counts, and where it goes on. */
static enum sg_status
bound(struct sg_tail *tail, uint64_t durable, uint64_t segment, uint64_t *last, struct sg_segment_header *next, struct sg_err *err)
{
	*last = durable;
	next->segment = 0;
	if (tail->reader.header.segment == segment)
		return SG_OK;
	enum sg_status status = successor(tail, next, err);
	if (status == SG_OK && next->last < durable)
		*last = next->last;
	if (status == SG_AGAIN)
		next->segment = 0;
	return status == SG_AGAIN ? SG_OK : status;
}

enum sg_status
sg_tail_next(struct sg_tail *tail, uint64_t durable, uint64_t segment, struct sg_arena *arena, struct sg_record *record,
	     uint64_t *missing, struct sg_err *err)
{
	enum sg_status status = tail->fd < 0 ? enter_first(tail, durable, err) : SG_OK;
	while (status == SG_OK) {
		struct sg_segment_header next;
		uint64_t last;
		status = bound(tail, durable, segment, &last, &next, err);
		if (status != SG_OK)
			return status;
		if (tail->reader.next > last && next.segment == 0)
			return SG_AGAIN;
		if (tail->reader.next > last) {
			status = enter(tail, &next, err);
			continue;
		}
		status = next_record(tail, arena, record, err);
		if (status != SG_OK || record->number <= tail->cursor)
			continue;
		tail->cursor = record->number;
		*missing = tail->missing;
		tail->missing = 0;
		return SG_OK;
	}
	return status;
}
