/* SPDX-License-Identifier: Apache-2.0
 * What a writer notes is what a reader of its text comes to: value by value, whatever was written. */
#include "base/json_tape.h"
#include "unit/cases.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLAYS = 20000, BYTES = 1 << 16, MOST = 512 };

static uint64_t seed;

static unsigned
dice(unsigned sides)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
	return (unsigned)(seed >> 33) % sides;
}

static struct sg_str
text(char out[64])
{
	static const char *const pieces[] = {"a", "plain and of some length, sixteen bytes and more", "\"", "\\", "\n", "\x01", "\xc3\xa9", "\xf0\x9f\x98\x80", "1", "e", "/"};
	size_t len = 0;
	for (unsigned n = dice(4); n > 0; n--) {
		const char *piece = pieces[dice(sizeof(pieces) / sizeof(pieces[0]))];
		if (len + strlen(piece) < 64)
			len += (size_t)snprintf(out + len, 64 - len, "%s", piece);
	}
	return (struct sg_str){out, len};
}

static void any(struct sg_json_writer *w, unsigned depth);

/* Members in their order; their names are kept until the object ends, and by nobody afterwards. */
static void
object(struct sg_json_writer *w, unsigned depth)
{
	static const char *const odd[] = {"\n", "\"q", "name that is longer than a few bytes", "zz\\", "\xc3\xa9"};
	char names[5][64];
	sg_jw_object(w);
	for (unsigned i = dice(5); i < 5; i++) {
		snprintf(names[i], sizeof(names[i]), "%s", odd[i]);
		sg_jw_name_text(w, names[i]);
		any(w, depth + 1);
		if (i == 2 && dice(2) == 0) {
			sg_jw_name(w, "plain");
			any(w, depth + 1);
			sg_jw_member_int(w, "plainer", -7);
		}
	}
	sg_jw_end(w);
	memset(names, '!', sizeof(names));
}

static void
array(struct sg_json_writer *w, unsigned depth)
{
	sg_jw_array(w);
	for (unsigned n = dice(4); n > 0; n--)
		any(w, depth + 1);
	sg_jw_end(w);
}

static void
any(struct sg_json_writer *w, unsigned depth)
{
	static const char *const raws[] = {"[]", "{}", "[1,\"a\\n\",{\"x\":[true]}]", "{\"a\":1,\"b\":[]}", "\"raw\"", "2.5"};
	static const double numbers[] = {0, -0.0, 1.5, 1e21, -9007199254740991.0, 2.5e-300};
	char room[64];
	switch (dice(depth < 5 ? 9 : 7)) {
	case 0: sg_jw_null(w); break;
	case 1: sg_jw_bool(w, dice(2) == 0); break;
	case 2: sg_jw_int(w, (int64_t)dice(1000) - 500); break;
	case 3: sg_jw_number(w, numbers[dice(6)]); break;
	case 4: sg_jw_raw(w, sg_str(raws[dice(6)])); break;
	case 5: sg_jw_text(w, dice(8) == 0 ? NULL : "constant"); break;
	case 6: sg_jw_str(w, text(room)); break;
	case 7: object(w, depth); break;
	default: array(w, depth); break;
	}
	memset(room, '?', sizeof(room)); /* what was written is nobody's any more */
}

static bool
same(const struct sg_json *a, const struct sg_json *b)
{
	return a->type == b->type && a->span == b->span && a->count == b->count && a->boolean == b->boolean && a->sorted == b->sorted && a->number == b->number &&
	       sg_str_eq(a->name, b->name) && sg_str_eq(a->string, b->string);
}

static void
as_read(void)
{
	size_t noted = 0, values = 0;
	for (seed = 1; seed <= PLAYS; seed++) {
		uint64_t kept = seed;
		struct sg_json_writer w;
		struct sg_json_tape tape;
		struct sg_arena arena, other;
		struct sg_buf out;
		const struct sg_json *read = NULL;
		sg_arena_init(&arena, 1 << 20);
		sg_arena_init(&other, 1 << 20);
		sg_buf_init(&out, BYTES);
		sg_jw_begin(&w, &out);
		sg_json_tape_begin(&tape, &w, &arena, MOST, BYTES);
		dice(2) == 0 ? object(&w, 0) : any(&w, 0);
		const struct sg_json *wrote = sg_json_tape_end(&tape, &w);
		CU_ASSERT_EQUAL_FATAL(sg_canon_parse(&other, sg_buf_view(&out), NULL, &read, NULL), SG_OK);
		noted += wrote != NULL;
		CU_ASSERT_TRUE((wrote != NULL) == (read->span <= MOST));
		for (uint32_t i = 0; wrote != NULL && i < read->span; i++, values++)
			if (!same(&wrote[i], &read[i])) {
				printf(" %.*s\n", SG_STR_ARG(sg_buf_view(&out)));
				CU_FAIL("noted otherwise than it is read");
				break;
			}
		sg_buf_done(&out);
		sg_arena_done(&arena);
		sg_arena_done(&other);
		seed = kept;
	}
	CU_ASSERT_TRUE(noted > PLAYS * 9 / 10 && values > PLAYS);
}

/* Nothing is given where something is missing: then the text is read. */
static void
refused(void)
{
	for (int kind = 0; kind < 6; kind++) {
		struct sg_json_writer w;
		struct sg_json_tape tape;
		struct sg_arena arena;
		struct sg_buf out;
		sg_arena_init(&arena, kind == 0 ? 16 : 1 << 20);
		sg_buf_init(&out, BYTES);
		sg_jw_begin(&w, &out);
		sg_json_tape_begin(&tape, &w, &arena, kind == 1 ? 2 : MOST, kind == 2 ? 16 : 4096);
		sg_jw_array(&w);
		sg_jw_str(&w, SG_STR("one"));
		for (int i = 0; kind == 2 && i < 1000; i++)
			sg_jw_str(&w, SG_STR("so long that it must move"));
		if (kind == 3)
			sg_jw_name(&w, "in an array");
		if (kind == 4)
			sg_jw_raw(&w, SG_STR("{\"b\":1,\"a\":2}"));
		sg_jw_str(&w, SG_STR("two"));
		if (kind != 5)
			sg_jw_end(&w);
		CU_ASSERT_PTR_NULL(sg_json_tape_end(&tape, &w));
		sg_buf_done(&out);
		sg_arena_done(&arena);
	}
}

/* The text moves between two names of one object, and what was there is overwritten: the order is still that of the names. */
static void
moved(void)
{
	struct sg_json_writer w;
	struct sg_json_tape tape;
	struct sg_arena arena;
	struct sg_buf out;
	char name[32], text[512];
	memset(text, 'x', sizeof(text));
	sg_arena_init(&arena, 1 << 20);
	sg_buf_init(&out, BYTES);
	sg_jw_begin(&w, &out);
	sg_json_tape_begin(&tape, &w, &arena, MOST, 256);
	sg_jw_object(&w);
	for (int i = 10; i < 40; i++) {
		struct sg_str kept = {NULL, 0};
		snprintf(name, sizeof(name), "n%d", i);
		kept = sg_arena_copy(&arena, sg_str(name));
		sg_jw_name_str(&w, kept);
		sg_jw_str(&w, (struct sg_str){text, sizeof(text)});
	}
	sg_jw_end(&w);
	CU_ASSERT_TRUE(sg_jw_done(&w));
	CU_ASSERT_PTR_NULL(sg_json_tape_end(&tape, &w));
	sg_buf_done(&out);
	sg_arena_done(&arena);
}

SG_CASES("base.tape", {"as it is read", as_read}, {"what is missing", refused}, {"a text that moves", moved})
