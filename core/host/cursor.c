/* SPDX-License-Identifier: Apache-2.0
 * Places in the journal, and whether it has them. */
#include "host/cursor.h"

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "host/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 96, FILE_MAX = SG_CURSOR_PLACES * LINE_MAX_BYTES, LEAF_BUDGET = 8 << 20 };

static const char cursor_name[] = "cursor", cursor_new[] = ".cursor.new";

/* "NUMBER" or "NUMBER CHAIN". */
static bool
read_place(struct sg_cursor_place *place, struct sg_str line)
{
	struct sg_str chain = line, digits = sg_str_cut(&chain, ' ');
	int64_t number = 0;
	*place = (struct sg_cursor_place){.chained = chain.ptr != NULL};
	if (!sg_str_int(digits, 0, INT64_MAX, &number))
		return false;
	place->number = (uint64_t)number;
	return !place->chained || sg_unhex(place->chain, SG_CHAIN_BYTES, chain);
}

static bool
read_places(struct sg_cursor *cursor, struct sg_str text)
{
	if (text.len < 2 || text.ptr[text.len - 1] != '\n')
		return false;
	for (struct sg_str rest = {text.ptr, text.len - 1}; rest.ptr != NULL; cursor->count++)
		if (cursor->count == SG_CURSOR_PLACES || !read_place(&cursor->places[cursor->count], sg_str_cut(&rest, '\n')))
			return false;
	return true;
}

enum sg_status
sg_cursor_read(struct sg_cursor *cursor, int folder, struct sg_err *err)
{
	char text[FILE_MAX + 1];
	int fd = openat(folder, cursor_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	cursor->count = 0;
	if (fd < 0 && errno == ENOENT)
		return SG_OK;
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text));
	if (fd >= 0)
		close(fd);
	if (got < 0 || got > FILE_MAX || !read_places(cursor, (struct sg_str){text, (size_t)got}))
		return sg_fail(err, SG_MALFORMED, "sink_cursor", "the cursor is no list of leaves; remove it to send everything again");
	return SG_OK;
}

static int
bits_of(uint64_t number)
{
	int bits = 0;
	for (; number > 0; number >>= 1)
		bits++;
	return bits;
}

/* Leaves stand in blocks, whose size is a power of two that is larger than what lies between them and the newest. Of each block the newest place is kept: whatever was kept stays until two blocks
 * become one, so that no distance is ever without one. */
static void
put_first(struct sg_cursor *cursor, const struct sg_cursor_place *place)
{
	struct sg_cursor before = *cursor;
	int last_size = 0;
	uint64_t last_block = 0;
	cursor->places[0] = *place;
	cursor->count = 1;
	for (size_t i = 0; i < before.count && cursor->count < SG_CURSOR_PLACES; i++) {
		const struct sg_cursor_place *p = &before.places[i];
		int size = p->number < place->number ? bits_of(place->number - p->number) : 0;
		if (size == 0 || (size == last_size && p->number >> size == last_block))
			continue;
		cursor->places[cursor->count++] = *p;
		last_size = size;
		last_block = p->number >> size;
	}
}

static size_t
write_places(char text[FILE_MAX], const struct sg_cursor *cursor)
{
	size_t len = 0;
	for (size_t i = 0; i < cursor->count; i++) {
		char hex[2 * SG_CHAIN_BYTES + 1];
		const struct sg_cursor_place *p = &cursor->places[i];
		sg_hex(hex, p->chain, SG_CHAIN_BYTES);
		len += (size_t)snprintf(text + len, FILE_MAX - len, p->chained ? "%" PRIu64 " %s\n" : "%" PRIu64 "\n", p->number, hex);
	}
	return len;
}

enum sg_status
sg_cursor_write(struct sg_cursor *cursor, int folder, const struct sg_cursor_place *place, struct sg_err *err)
{
	char text[FILE_MAX];
	put_first(cursor, place);
	size_t len = write_places(text, cursor);
	int fd = openat(folder, cursor_new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = fd >= 0 && sg_write_whole(fd, (struct sg_str){text, len}) && fdatasync(fd) == 0;
	if (fd >= 0)
		close(fd);
	good = good && renameat(folder, cursor_new, folder, cursor_name) == 0 && fsync(folder) == 0;
	return good ? SG_OK : sg_fail(err, SG_UNAVAILABLE, "sink_cursor", "the cursor cannot be written: %s", strerror(errno));
}

/* The journal has that leaf, or had it: what retention took cannot be asked. */
static bool
is_there(const struct sg_cursor_place *place, int journal)
{
	struct sg_tail tail;
	struct sg_arena arena;
	struct sg_record record = {.number = 0};
	uint64_t missing = 0;
	if (place->number == 0 || !place->chained)
		return true;
	if (sg_tail_open(&tail, journal, place->number - 1, NULL) != SG_OK)
		return false;
	sg_arena_init(&arena, LEAF_BUDGET);
	bool taken = tail.missing > 0, last = taken && tail.cursor == place->number && memcmp(tail.reader.chain, place->chain, SG_CHAIN_BYTES) == 0;
	bool found = sg_tail_next(&tail, place->number, 0, &arena, &record, &missing, NULL) == SG_OK;
	bool same = found && record.number == place->number && memcmp(record.chain, place->chain, SG_CHAIN_BYTES) == 0;
	sg_arena_done(&arena);
	sg_tail_done(&tail);
	return same || last || (taken && tail.cursor > place->number);
}

bool
sg_cursor_follow(struct sg_cursor *cursor, int journal)
{
	size_t gone = 0;
	while (gone < cursor->count && !is_there(&cursor->places[gone], journal))
		gone++;
	memmove(cursor->places, cursor->places + gone, (cursor->count - gone) * sizeof(cursor->places[0]));
	cursor->count -= gone;
	return gone > 0;
}
