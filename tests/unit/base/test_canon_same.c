/* SPDX-License-Identifier: Apache-2.0
 * The canonical reader, which believes what it saw while reading, against the one it replaced, which wrote everything again and compared: both take a text or
 * both refuse it. 100,000 generated texts; argument or --long: more. */
#include "base/canon.h"
#include "base/str.h"
#include "unit/cases.h"

#include <stdio.h>

enum { ROOM = 4096 };
static long rounds = 100000;
static uint32_t seed = 8785;

static uint32_t
random_below(uint32_t most)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % most;
}

static const char *
one_of(const char *const *list, size_t count)
{
	return list[random_below((uint32_t)count)];
}
#define ONE_OF(list) one_of(list, sizeof(list) / sizeof(list[0]))

/* Spaces, escapes, other spellings: now and then, so that texts of which all is canonical are as many as others. */
static bool odd;

static void
write_space(struct sg_buf *out)
{
	static const char *const spaces[] = {" ", "\n", "\t", "\r", "  "};
	if (odd && random_below(40) == 0)
		sg_buf_text(out, ONE_OF(spaces));
}

static void
write_text(struct sg_buf *out)
{
	static const char *const usual[] = {"", "a", "b", "agent", "helper", "mail.read", "0123456789abcdef0123456789abcdef", "\xc3\xa9", "\xe2\x82\xac uro", "\xf0\x9f\x98\x80", "\x7f",
					    "\\n", "\\\"", "\\\\", "\\u0001", "\\u001f", "seven77", "eightttt", "nine nine", "a'b", "\\b\\f\\r\\t"};
	static const char *const others[] = {"\\u0041", "\\/", "\\u000a", "\\u001F", "\\u00e9", "\\ud83d\\ude00", "\\u0022", "\\u0000", "\\u007f", "\\u005c", "\x01", "\xed\xa0\x80", "\xff", "\\ud800", "\\x"};
	sg_buf_text(out, "\"");
	for (uint32_t n = random_below(3) + 1; n > 0; n--)
		sg_buf_text(out, odd && random_below(12) == 0 ? ONE_OF(others) : ONE_OF(usual));
	sg_buf_text(out, "\"");
}

static void
write_number(struct sg_buf *out)
{
	static const char *const usual[] = {"0", "1", "-1", "1799900000123", "9007199254740992", "-9007199254740992", "0.5", "-0.001", "1e+21", "1.5e-7", "123456.789", "5e-324", "2.2250738585072014e-308"};
	static const char *const others[] = {"-0", "0.0", "-0.0", "1.0", "1e2", "1E2", "1e+2", "01", "00", "1.50", "9007199254740993", "1e21", "1e400", "+1", ".5", "5.", "-", "1e-400", "0e0", "10e-1"};
	sg_buf_text(out, odd && random_below(8) == 0 ? ONE_OF(others) : ONE_OF(usual));
}

static void
write_name(struct sg_buf *out, uint32_t at)
{
	static const char *const others[] = {"a", "A", "", "\\u0061", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "zz"};
	odd &&random_below(10) == 0 ? sg_buf_printf(out, "\"%s\"", ONE_OF(others)) : sg_buf_printf(out, "\"%c%.*s\"", (char)('a' + at), (int)random_below(12), "_member_name");
}

static void write_value(struct sg_buf *out, int depth);

static void
write_items(struct sg_buf *out, int depth, bool object)
{
	sg_buf_text(out, object ? "{" : "[");
	for (uint32_t i = 0, count = random_below(6); i < count; i++) {
		if (i > 0)
			sg_buf_text(out, ",");
		write_space(out);
		if (object) {
			write_name(out, i);
			write_space(out);
			sg_buf_text(out, ":");
		}
		write_space(out);
		write_value(out, depth + 1);
	}
	write_space(out);
	sg_buf_text(out, object ? "}" : "]");
}

static void
write_value(struct sg_buf *out, int depth)
{
	static const char *const words[] = {"true", "false", "null"};
	uint32_t kind = random_below(depth > 4 ? 6 : 10);
	if (kind < 3)
		write_text(out);
	else if (kind < 5)
		write_number(out);
	else if (kind == 5)
		sg_buf_text(out, ONE_OF(words));
	else
		write_items(out, depth, kind > 7);
}

/* What was done before. */
static bool
is_what_it_writes(struct sg_str text)
{
	struct sg_arena arena;
	struct sg_buf again;
	const struct sg_json *value;
	sg_arena_init(&arena, 4 << 20);
	sg_buf_init(&again, 8 * ROOM);
	bool same = sg_json_parse(&arena, text, NULL, &value, NULL) == SG_OK;
	if (same)
		sg_canon_write(&again, value);
	same = same && !again.failed && sg_str_eq(sg_buf_view(&again), text);
	sg_buf_done(&again);
	sg_arena_done(&arena);
	return same;
}

static bool
is_taken(struct sg_str text)
{
	struct sg_arena arena;
	const struct sg_json *value = NULL;
	sg_arena_init(&arena, 4 << 20);
	bool taken = sg_canon_parse(&arena, text, NULL, &value, NULL) == SG_OK;
	CU_ASSERT_TRUE(taken == (value != NULL));
	sg_arena_done(&arena);
	return taken;
}

static void
spoil(struct sg_buf *text)
{
	static const char meaning[] = "{}[]\",:\\u0123456789eE+-. \n\x00\x1f\x80";
	if (text->len > 0)
		text->ptr[random_below((uint32_t)text->len)] = meaning[random_below(sizeof(meaning) - 1)];
}

static void
same(void)
{
	long takes = 0, refuses = 0, wrong = 0;
	for (long i = 0; i < rounds; i++) {
		struct sg_buf text;
		sg_buf_init(&text, 8 * ROOM);
		odd = i % 2 == 1;
		write_value(&text, 0);
		if (i % 8 == 7)
			spoil(&text);
		struct sg_str view = sg_buf_view(&text);
		bool before = is_what_it_writes(view), now = is_taken(view);
		takes += before;
		refuses += !before;
		if (before != now && ++wrong < 10)
			printf("\n    %.*s: %s\n", SG_STR_ARG(view), now ? "taken, and is not what is written of it" : "refused");
		sg_buf_done(&text);
	}
	printf("\n    %ld taken, %ld refused\n", takes, refuses);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_TRUE(takes > rounds / 10 && refuses > rounds / 10); /* the comparison compared something */
}

int
main(int argc, char **argv)
{
	static const struct sg_case cases[] = {{"texts in all spellings", same}};
	if (argc > 1)
		rounds = atol(argv[1]);
	return sg_run_cases("base.canon_same", cases, 1);
}
