/* SPDX-License-Identifier: Apache-2.0
 * Following a journal that grows, moves on to another segment, and has segments and leaves that do not count. */
#include "host/cursor.h"
#include "host/tail.h"

#include "base/str.h"
#include "unit/cases.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/sg-tail-XXXXXX";
static int folder = -1;
static const unsigned char salt[32] = {9};

/* One segment being written: its file and the chain behind its last leaf. */
struct writer {
	int fd;
	uint64_t segment, next, last;
	unsigned char chain[SG_SHA256_BYTES];
};

static void
begin(void)
{
	char made[] = "/tmp/sg-tail-XXXXXX";
	strcpy(path, made);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(path));
	folder = open(path, O_RDONLY | O_DIRECTORY);
}

static void
end(void)
{
	char command[64];
	close(folder);
	snprintf(command, sizeof(command), "rm -rf %s", path);
	CU_ASSERT_EQUAL(system(command), 0);
}

static void
segment(struct writer *w, uint64_t number, uint64_t previous, uint64_t last, uint64_t first)
{
	unsigned char bytes[SG_SEGMENT_HEADER];
	char name[32];
	struct sg_segment_header header = {.segment = number, .previous = previous, .last = last, .first = first};
	memcpy(header.chain, w->chain, sizeof(header.chain));
	memcpy(header.salt, salt, sizeof(salt));
	sg_segment_header_write(bytes, &header);
	snprintf(name, sizeof(name), "%08d.seg", (int)number);
	w->fd = openat(folder, name, O_CREAT | O_WRONLY | O_TRUNC, 0600);
	w->segment = number;
	w->next = first;
	w->last = last;
	CU_ASSERT_EQUAL(write(w->fd, bytes, sizeof(bytes)), (ssize_t)sizeof(bytes));
}

/* A group of `count` leaves; with `size` each leaf's body is that long. Returns the bytes instead of writing them if `into` is not NULL. */
static void
leaves(struct writer *w, int count, size_t size, struct sg_buf *into)
{
	struct sg_buf out;
	sg_buf_init(&out, 64 << 20);
	sg_group_write(&out, salt, w->next, w->last);
	for (int i = 0; i < count; i++) {
		char *text = malloc(size + 256);
		int len = snprintf(text, size + 256, "{\"at\":1,\"body\":{\"x\":\"%0*d\"},\"config\":\"\",\"kind\":\"start\",\"n\":%d,\"policy\":\"\",\"sealed\":\"\",\"v\":1}", (int)size, 0,
				   (int)w->next);
		struct sg_str leaf = {text, (size_t)len};
		sg_record_write(&out, SG_RECORD_LEAF, leaf);
		sg_chain_next(w->chain, leaf, NULL);
		sg_buf_add(&out, w->chain, sizeof(w->chain));
		w->last = w->next++;
		free(text);
	}
	if (into != NULL)
		sg_buf_str(into, sg_buf_view(&out));
	else
		CU_ASSERT_EQUAL(write(w->fd, out.ptr, out.len), (ssize_t)out.len);
	sg_buf_done(&out);
}

static uint64_t gone;

/* The next number, or 0 if there is none. */
static uint64_t
next(struct sg_tail *tail, uint64_t durable, uint64_t written)
{
	struct sg_arena arena;
	struct sg_record record = {0};
	struct sg_err err = {0};
	sg_arena_init(&arena, 8 << 20);
	gone = 0;
	enum sg_status status = sg_tail_next(tail, durable, written, &arena, &record, &gone, &err);
	sg_arena_done(&arena);
	if (status != SG_OK && status != SG_AGAIN)
		printf("\n    %s: %s ", err.code, err.text);
	CU_ASSERT(status == SG_OK || status == SG_AGAIN);
	return status == SG_OK ? record.number : 0;
}

static void
before_the_first_segment(void)
{
	struct writer w = {0};
	struct sg_tail tail;
	struct sg_err err = {0};
	begin();
	CU_ASSERT_EQUAL(sg_tail_open(&tail, folder, 3, &err), SG_UNAVAILABLE); /* a cursor of a journal that is gone */
	CU_ASSERT_EQUAL_FATAL(sg_tail_open(&tail, folder, 0, NULL), SG_OK);
	CU_ASSERT_EQUAL(next(&tail, 0, 1), 0);
	CU_ASSERT_EQUAL(sg_tail_next(&tail, 1, 1, NULL, NULL, NULL, &err), SG_UNAVAILABLE); /* told of a leaf that stands nowhere */
	CU_ASSERT_STRING_EQUAL(err.code, "journal_io");
	segment(&w, 1, 0, 0, 1);
	CU_ASSERT_EQUAL(next(&tail, 0, 1), 0);
	leaves(&w, 2, 10, NULL);
	CU_ASSERT_EQUAL(next(&tail, 2, 1), 1);
	CU_ASSERT_EQUAL(next(&tail, 2, 1), 2);
	CU_ASSERT_EQUAL(next(&tail, 2, 1), 0);
	sg_tail_done(&tail);
	close(w.fd);
	end();
}

static void
never_beyond_what_is_durable(void)
{
	struct writer w = {0};
	struct sg_tail tail;
	begin();
	segment(&w, 1, 0, 0, 1);
	CU_ASSERT_EQUAL_FATAL(sg_tail_open(&tail, folder, 0, NULL), SG_OK);
	CU_ASSERT_EQUAL(next(&tail, 0, 1), 0);
	leaves(&w, 5, 10, NULL);
	CU_ASSERT_EQUAL(next(&tail, 0, 1), 0);
	for (uint64_t n = 1; n <= 3; n++)
		CU_ASSERT_EQUAL(next(&tail, 3, 1), n);
	CU_ASSERT_EQUAL(next(&tail, 3, 1), 0);
	CU_ASSERT_EQUAL(next(&tail, 5, 1), 4);
	sg_tail_done(&tail);
	close(w.fd);
	end();
}

/* The window holds part of a leaf that was being written when it was read. */
static void
half_written_when_seen(void)
{
	struct writer w = {0};
	struct sg_tail tail;
	struct sg_buf group;
	begin();
	segment(&w, 1, 0, 0, 1);
	leaves(&w, 1, 10, NULL);
	CU_ASSERT_EQUAL_FATAL(sg_tail_open(&tail, folder, 0, NULL), SG_OK);
	sg_buf_init(&group, 1 << 20);
	leaves(&w, 2, 3000, &group);
	off_t at = lseek(w.fd, 0, SEEK_CUR);
	CU_ASSERT_EQUAL(write(w.fd, group.ptr, 1000), 1000);
	CU_ASSERT_EQUAL(ftruncate(w.fd, at + (off_t)group.len), 0); /* as a file that grew before its bytes came */
	CU_ASSERT_EQUAL(next(&tail, 1, 1), 1);
	CU_ASSERT_EQUAL(pwrite(w.fd, group.ptr, group.len, at), (ssize_t)group.len);
	CU_ASSERT_EQUAL(next(&tail, 3, 1), 2);
	CU_ASSERT_EQUAL(next(&tail, 3, 1), 3);
	CU_ASSERT_EQUAL(next(&tail, 3, 1), 0);
	sg_buf_done(&group);
	sg_tail_done(&tail);
	close(w.fd);
	end();
}

/* Segment 2 was behind a failed sync and never counted; 3 goes on from leaf 2 with leaf 6. */
static void
write_history(struct writer *w)
{
	segment(w, 1, 0, 0, 1);
	leaves(w, 2, 10, NULL);
	struct writer lost = *w;
	leaves(&lost, 2, 10, NULL);
	close(w->fd);
	struct writer away = lost;
	segment(&away, 2, 1, 4, 5);
	leaves(&away, 1, 10, NULL);
	close(away.fd);
	segment(w, 3, 1, 2, 6);
	leaves(w, 3, 10, NULL);
}

static void
segments_that_do_not_count(void)
{
	struct writer w = {0};
	struct sg_tail tail;
	begin();
	write_history(&w);
	CU_ASSERT_EQUAL_FATAL(sg_tail_open(&tail, folder, 0, NULL), SG_OK);
	static const uint64_t want[] = {1, 2, 6, 7, 8, 0};
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		CU_ASSERT_EQUAL(next(&tail, 8, 3), want[i]);
		CU_ASSERT_EQUAL(gone, 0); /* void is not missing */
	}
	int torn = openat(folder, "00000004.seg", O_CREAT | O_WRONLY, 0600);
	CU_ASSERT_EQUAL(write(torn, "SGJOURN1", 8), 8);
	close(torn);
	CU_ASSERT_EQUAL(next(&tail, 8, 4), 0);
	sg_tail_done(&tail);

	for (uint64_t cursor = 0; cursor <= 8; cursor++) {
		CU_ASSERT_EQUAL_FATAL(sg_tail_open(&tail, folder, cursor, NULL), SG_OK);
		uint64_t first = cursor < 1 ? 1 : cursor < 2 ? 2 : cursor < 6 ? 6 : cursor < 8 ? cursor + 1 : 0;
		CU_ASSERT_EQUAL(next(&tail, 8, 3), first);
		sg_tail_done(&tail);
	}
	close(w.fd);
	end();
}

static void
what_retention_took(void)
{
	struct writer w = {0};
	struct sg_tail tail;
	begin();
	write_history(&w);
	CU_ASSERT_EQUAL(unlinkat(folder, "00000001.seg", 0), 0);
	CU_ASSERT_EQUAL_FATAL(sg_tail_open(&tail, folder, 0, NULL), SG_OK);
	CU_ASSERT_EQUAL(next(&tail, 8, 3), 6);
	CU_ASSERT_EQUAL(gone, 2);
	CU_ASSERT_EQUAL(next(&tail, 8, 3), 7);
	CU_ASSERT_EQUAL(gone, 0);
	sg_tail_done(&tail);
	CU_ASSERT_EQUAL_FATAL(sg_tail_open(&tail, folder, 2, NULL), SG_OK); /* what is gone was carried before */
	CU_ASSERT_EQUAL(next(&tail, 8, 3), 6);
	CU_ASSERT_EQUAL(gone, 0);
	sg_tail_done(&tail);
	close(w.fd);
	end();
}

/* More than a window, with leaves of the largest size. */
static void
larger_than_the_window(void)
{
	struct writer w = {0};
	struct sg_tail tail;
	begin();
	segment(&w, 1, 0, 0, 1);
	for (int i = 0; i < 3; i++)
		leaves(&w, 40, 64000, NULL);
	CU_ASSERT_EQUAL_FATAL(sg_tail_open(&tail, folder, 0, NULL), SG_OK);
	for (uint64_t n = 1; n <= 120; n++)
		CU_ASSERT_EQUAL(next(&tail, 120, 1), n);
	CU_ASSERT_EQUAL(next(&tail, 120, 1), 0);
	sg_tail_done(&tail);
	close(w.fd);
	end();
}

static void
damage_is_an_error(void)
{
	struct writer w = {0};
	struct sg_tail tail;
	struct sg_arena arena;
	struct sg_record record;
	struct sg_err err = {0};
	uint64_t missing;
	begin();
	segment(&w, 1, 0, 0, 1);
	leaves(&w, 2, 100, NULL);
	CU_ASSERT_EQUAL(pwrite(w.fd, "!", 1, SG_SEGMENT_HEADER + 120), 1);
	CU_ASSERT_EQUAL_FATAL(sg_tail_open(&tail, folder, 0, NULL), SG_OK);
	sg_arena_init(&arena, 8 << 20);
	CU_ASSERT_EQUAL(sg_tail_next(&tail, 2, 1, &arena, &record, &missing, &err), SG_MALFORMED);
	CU_ASSERT_STRING_EQUAL(err.code, "journal_chain");
	CU_ASSERT_EQUAL(ftruncate(w.fd, SG_SEGMENT_HEADER), 0);
	sg_tail_done(&tail);
	CU_ASSERT_EQUAL_FATAL(sg_tail_open(&tail, folder, 0, NULL), SG_OK);
	CU_ASSERT_EQUAL(sg_tail_next(&tail, 2, 1, &arena, &record, &missing, &err), SG_MALFORMED);
	CU_ASSERT_STRING_EQUAL(err.code, "journal_cut");
	sg_arena_done(&arena);
	sg_tail_done(&tail);
	close(w.fd);
	end();
}

/* ---- the cursor that survives ---- */

/* The chain behind that leaf, as the journal has it. */
static struct sg_cursor_place
place_of(uint64_t number)
{
	struct sg_cursor_place place = {.number = number, .chained = true};
	struct sg_tail tail;
	struct sg_arena arena;
	struct sg_record record = {0};
	uint64_t missing = 0;
	sg_arena_init(&arena, 8 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_tail_open(&tail, folder, number - 1, NULL), SG_OK);
	CU_ASSERT_EQUAL_FATAL(sg_tail_next(&tail, number, 0, &arena, &record, &missing, NULL), SG_OK);
	memcpy(place.chain, record.chain, SG_CHAIN_BYTES);
	sg_tail_done(&tail);
	sg_arena_done(&arena);
	return place;
}

static uint64_t
carried_on_from(struct sg_cursor_place place, bool *turned)
{
	struct sg_cursor cursor = {.places = {place, place_of(8)}, .count = 2};
	*turned = sg_cursor_follow(&cursor, folder);
	return cursor.count > 0 ? cursor.places[0].number : 0;
}

static void
places_it_has(void)
{
	struct writer w = {0};
	bool turned;
	begin();
	write_history(&w);
	struct sg_cursor_place two = place_of(2), seven = place_of(7), another = seven, ahead = {.number = 9, .chained = true}, bare = {.number = 9};
	another.chain[0] ^= 1;
	CU_ASSERT_EQUAL(carried_on_from(seven, &turned), 7);
	CU_ASSERT_FALSE(turned);
	CU_ASSERT_EQUAL(carried_on_from(another, &turned), 8);
	CU_ASSERT_TRUE(turned);
	CU_ASSERT_EQUAL(carried_on_from(ahead, &turned), 8);
	CU_ASSERT_TRUE(turned);
	CU_ASSERT_EQUAL(carried_on_from(bare, &turned), 9); /* of a file of before: nothing says that it is not there */
	CU_ASSERT_FALSE(turned);
	CU_ASSERT_EQUAL(unlinkat(folder, "00000001.seg", 0), 0);
	CU_ASSERT_EQUAL(carried_on_from(two, &turned), 2); /* the last that retention took: what goes on behind it has its chain */
	CU_ASSERT_FALSE(turned);
	two.chain[0] ^= 1;
	CU_ASSERT_EQUAL(carried_on_from(two, &turned), 8);
	CU_ASSERT_TRUE(turned);
	close(w.fd);
	end();
}

static size_t
read_back(const char *text, struct sg_cursor *cursor)
{
	int fd = openat(folder, "cursor", O_CREAT | O_WRONLY | O_TRUNC, 0600);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return sg_cursor_read(cursor, folder, NULL) == SG_OK ? cursor->count : 99;
}

static void
as_it_is_written(void)
{
	static const char *const wrong[] = {"1", "x\n", "1 \n", "1 00\n", "-1\n", "1\n\n", "\n", "1 GG40000000000000000000000000000000000000000000000000000000000000\n", "18446744073709551616\n"};
	struct sg_cursor cursor, again;
	char many[4096] = "";
	begin();
	CU_ASSERT_EQUAL(sg_cursor_read(&cursor, folder, NULL), SG_OK);
	CU_ASSERT_EQUAL(cursor.count, 0);
	for (uint64_t n = 1; n <= 100000; n += 37) {
		struct sg_cursor_place place = {.number = n, .chained = true, .chain = {(unsigned char)n}};
		CU_ASSERT_EQUAL_FATAL(sg_cursor_write(&cursor, folder, &place, NULL), SG_OK);
	}
	CU_ASSERT_EQUAL(sg_cursor_read(&again, folder, NULL), SG_OK);
	CU_ASSERT(again.count == cursor.count && memcmp(again.places, cursor.places, cursor.count * sizeof(cursor.places[0])) == 0);
	CU_ASSERT(cursor.count > 5 && cursor.count < SG_CURSOR_PLACES);
	for (size_t i = 1; i + 1 < cursor.count; i++) { /* however far a journal goes back, little more than that is carried again */
		uint64_t nearer = cursor.places[0].number - cursor.places[i].number, further = cursor.places[0].number - cursor.places[i + 1].number;
		CU_ASSERT(further > nearer && further <= 3 * nearer + 37);
	}
	CU_ASSERT(cursor.places[cursor.count - 1].number <= 50000);
	CU_ASSERT_EQUAL(read_back("66\n", &cursor), 1);
	CU_ASSERT_FALSE(cursor.places[0].chained);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(read_back(wrong[i], &cursor), 99);
	for (int i = 0; i < SG_CURSOR_PLACES; i++)
		strcat(many, "1\n");
	CU_ASSERT_EQUAL(read_back(many, &cursor), SG_CURSOR_PLACES);
	CU_ASSERT_EQUAL(read_back(strcat(many, "1\n"), &cursor), 99);
	end();
}

SG_CASES("host.tail", {"before the first segment", before_the_first_segment}, {"never beyond what is durable", never_beyond_what_is_durable},
	 {"half written when seen", half_written_when_seen},
	 {"segments that do not count", segments_that_do_not_count}, {"what retention took", what_retention_took},
	 {"larger than the window", larger_than_the_window}, {"damage is an error", damage_is_an_error},
	 {"places of a cursor that the journal has", places_it_has}, {"a cursor as it is written", as_it_is_written})
