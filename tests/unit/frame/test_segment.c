/* SPDX-License-Identifier: Apache-2.0
 * Journal segments that are not what they should be, each refused with its code. */
#include "frame/segment.h"

#include "base/err.h"
#include "base/str.h"
#include "unit/cases.h"

#include <stdio.h>
#include <string.h>

static unsigned char chain[SG_SHA256_BYTES];
static const unsigned char salt[32] = {9};

static void
begin(struct sg_buf *out)
{
	unsigned char bytes[SG_SEGMENT_HEADER];
	struct sg_segment_header header = {.segment = 1, .first = 1};
	memcpy(header.salt, salt, sizeof(salt));
	sg_buf_init(out, 1 << 20);
	sg_segment_header_write(bytes, &header);
	sg_buf_add(out, bytes, sizeof(bytes));
	memset(chain, 0, sizeof(chain));
}

static void
leaf_text(struct sg_buf *out, const char *text)
{
	sg_record_write(out, SG_RECORD_LEAF, sg_str(text));
	sg_chain_next(chain, sg_str(text), NULL);
	sg_buf_add(out, chain, sizeof(chain));
}

static void
leaf(struct sg_buf *out, int n, const char *sealed)
{
	char text[512];
	snprintf(text, sizeof(text), "{\"at\":1,\"body\":{},\"config\":\"\",\"kind\":\"start\",\"n\":%d,\"policy\":\"\",\"sealed\":\"%s\",\"v\":1}", n, sealed);
	leaf_text(out, text);
}

static void
record(struct sg_buf *out, unsigned length, unsigned type, unsigned reserved, const char *body)
{
	unsigned char head[8] = {length & 255, length >> 8 & 255, length >> 16 & 255, length >> 24, (unsigned char)type, (unsigned char)reserved};
	sg_buf_add(out, head, sizeof(head));
	sg_buf_text(out, body);
}

/* Reads to the end or the first break; the code, or "end". */
static const char *
outcome(struct sg_buf *bytes, size_t *leaves)
{
	struct sg_segment_reader reader;
	static struct sg_err err;
	err = (struct sg_err){0};
	*leaves = 0;
	enum sg_status status = sg_segment_begin(&reader, sg_buf_view(bytes), &err);
	while (status == SG_OK) {
		struct sg_arena arena;
		struct sg_record found;
		sg_arena_init(&arena, 8 << 20);
		status = sg_segment_next(&reader, &arena, &found, &err);
		*leaves += status == SG_OK;
		sg_arena_done(&arena);
	}
	return status == SG_NOT_FOUND ? "end" : err.code;
}

static void
expect(struct sg_buf *bytes, const char *code, size_t leaves)
{
	size_t have;
	const char *got = outcome(bytes, &have);
	if (strcmp(got, code) != 0 || have != leaves)
		fprintf(stderr, "  %s after %zu leaves instead of %s after %zu\n", got, have, code, leaves);
	CU_ASSERT_STRING_EQUAL(got, code);
	CU_ASSERT_EQUAL(have, leaves);
	sg_buf_done(bytes);
}

static void
whole(void)
{
	struct sg_buf b;
	begin(&b);
	sg_group_write(&b, salt, 1, 0);
	leaf(&b, 1, "");
	leaf(&b, 2, "");
	sg_group_write(&b, salt, 3, 2);
	leaf(&b, 3, "");
	expect(&b, "end", 3);
}

static void
headers(void)
{
	for (int i = 0; i < 6; i++) {
		static const size_t at[] = {0, 8, 24, 40, 100, 159};
		struct sg_buf b;
		begin(&b);
		b.ptr[at[i]] ^= 1;
		expect(&b, "journal_header", 0);
	}
	struct sg_buf b;
	begin(&b);
	b.len = 159;
	expect(&b, "journal_header", 0);
	begin(&b);
	b.len = 0;
	expect(&b, "journal_header", 0);
}

/* A whole segment of another format, its header as that program would have written it. */
static void
of_format(struct sg_buf *b, char format)
{
	enum { HASHED = SG_SEGMENT_HEADER - SG_SHA256_BYTES };
	begin(b);
	b->ptr[7] = format;
	sg_sha256((unsigned char *)b->ptr + HASHED, (struct sg_str){b->ptr, HASHED});
	leaf(b, 1, "");
}

static void
formats(void)
{
	for (int c = 0; c < 256; c++) {
		struct sg_buf b;
		bool known = c >= '0' + SG_JOURNAL_FORMAT_LEAST && c <= '0' + SG_JOURNAL_FORMAT, newer = c > '0' + SG_JOURNAL_FORMAT && c <= '9';
		of_format(&b, (char)c);
		expect(&b, known ? "end" : newer ? "journal_newer" : "journal_header", known);
	}
	struct sg_buf b;
	of_format(&b, '9');
	b.ptr[9] ^= 1; /* what is broken says nothing of versions */
	expect(&b, "journal_header", 0);
}

static void
records(void)
{
	static const struct {
		unsigned length, type, reserved;
		const char *body, *code;
	} rows[] = {{0, 1, 0, "", "journal_length"}, {65536, 1, 0, "", "journal_length"}, {0xffffffff, 1, 0, "", "journal_length"},
		    {0xffffffff, 2, 0, "", "journal_length"}, {SG_SEALED_MAX + 1, 2, 0, "", "journal_length"}, {31, 3, 0, "", "journal_length"},
		    {33, 3, 0, "", "journal_length"}, {5, 0, 0, "hello", "journal_type"}, {5, 4, 0, "hello", "journal_type"},
		    {5, 255, 0, "hello", "journal_type"}, {5, 1, 1, "hello", "journal_reserved"}, {5, 1, 0, "hello", "journal_cut"},
		    {100, 1, 0, "short", "journal_cut"}, {32, 3, 0, "SGGROUP1aaaaaaaabbbbbbbbcccccccc", "journal_group"},
		    {32, 3, 0, "SGGROUP2aaaaaaaabbbbbbbbcccccccc", "journal_group"}, {5, 2, 0, "hello", "journal_cut"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_buf b;
		begin(&b);
		leaf(&b, 1, "");
		record(&b, rows[i].length, rows[i].type, rows[i].reserved, rows[i].body);
		expect(&b, rows[i].code, 1);
	}
	for (size_t tail = 1; tail < 8; tail++) {
		struct sg_buf b;
		begin(&b);
		leaf(&b, 1, "");
		sg_buf_add(&b, "\1\0\0\0\1\0\0\0", tail);
		expect(&b, "journal_cut", 1);
	}
}

static void
leaves(void)
{
	static const char *const bad[] = {"[]", "{}", "not json", "{\"n\":2,\"v\":1}", "{\"kind\":\"start\",\"v\":1}", "{\"kind\":\"start\",\"n\":2}",
					  "{\"kind\":\"start\",\"n\":2,\"v\":2}", "{\"kind\":5,\"n\":2,\"v\":1}", "{\"kind\":\"start\",\"n\":\"2\",\"v\":1}",
					  "{\"n\":2,\"kind\":\"start\",\"v\":1}", "{\"kind\":\"start\",\"n\":2, \"v\":1}"};
	struct sg_buf b;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin(&b);
		leaf(&b, 1, "");
		leaf_text(&b, bad[i]);
		expect(&b, "journal_leaf", 1);
	}
	static const int numbers[] = {0, 1, 3, -2};
	for (int i = 0; i < 4; i++) {
		begin(&b);
		leaf(&b, 1, "");
		leaf(&b, numbers[i], "");
		expect(&b, "journal_number", 1);
	}
	begin(&b);
	leaf(&b, 1, "");
	b.ptr[b.len - 1] ^= 1;
	expect(&b, "journal_chain", 0);
	begin(&b);
	sg_group_write(&b, salt, 2, 0); /* says the next leaf is 2 */
	leaf(&b, 1, "");
	expect(&b, "journal_group", 0);
}

static void
seals(void)
{
	struct sg_buf b;
	begin(&b);
	leaf(&b, 1, "aa"); /* names a sealed input that is not there */
	expect(&b, "journal_sealed", 0);
	begin(&b);
	record(&b, 20, SG_RECORD_SEALED, 0, "abcdtttttttttttttttt");
	leaf(&b, 1, ""); /* has one that it does not name */
	expect(&b, "journal_sealed", 0);
	begin(&b);
	record(&b, 20, SG_RECORD_SEALED, 0, "abcdtttttttttttttttt");
	leaf(&b, 1, "0000000000000000000000000000000000000000000000000000000000000000");
	expect(&b, "journal_sealed", 0);
	begin(&b);
	record(&b, 20, SG_RECORD_SEALED, 0, "abcdtttttttttttttttt");
	record(&b, 20, SG_RECORD_SEALED, 0, "abcdtttttttttttttttt");
	expect(&b, "journal_sealed", 0);
	begin(&b);
	char hash[SG_SHA256_HEX];
	sg_sha256_hex(hash, SG_STR("abcd"));
	record(&b, 20, SG_RECORD_SEALED, 0, "abcdtttttttttttttttt");
	leaf(&b, 1, hash);
	expect(&b, "end", 1);
}

static void
follows(void)
{
	struct sg_segment_header header = {.segment = 6, .previous = 5, .last = 10, .first = 11};
	CU_ASSERT_EQUAL(sg_segment_follows(&header, 5, 10, header.chain, NULL), SG_OK);
	CU_ASSERT_NOT_EQUAL(sg_segment_follows(&header, 4, 10, header.chain, NULL), SG_OK);
	CU_ASSERT_NOT_EQUAL(sg_segment_follows(&header, 5, 9, header.chain, NULL), SG_OK);
	CU_ASSERT_NOT_EQUAL(sg_segment_follows(&header, 5, 11, header.chain, NULL), SG_OK);
	unsigned char other[SG_SHA256_BYTES] = {1};
	CU_ASSERT_NOT_EQUAL(sg_segment_follows(&header, 5, 10, other, NULL), SG_OK);
	header.first = 10;
	CU_ASSERT_NOT_EQUAL(sg_segment_follows(&header, 5, 10, header.chain, NULL), SG_OK);
	header.first = 15; /* 11 to 14 are void */
	CU_ASSERT_EQUAL(sg_segment_follows(&header, 5, 10, header.chain, NULL), SG_OK);
}

SG_CASES("frame.segment", {"a whole one", whole}, {"headers", headers}, {"formats", formats}, {"records", records}, {"leaves", leaves}, {"seals", seals},
	 {"what follows what", follows})
