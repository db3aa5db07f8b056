/* SPDX-License-Identifier: Apache-2.0
 * RFC 8785: its published numbers and orders, the two-way property, the canonical-only reader, the writer's refusals.
 */
#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "unit/cases.h"
#include <stdlib.h>
#include <stdio.h>

#include <math.h>

/* Canonical form of `text`, or the error code, NUL-terminated in `out`. */
static void
canonical(struct sg_buf *out, struct sg_str text)
{
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *root;
	sg_arena_init(&arena, 4 << 20);
	sg_buf_clear(out);
	if (sg_json_parse(&arena, text, NULL, &root, &err) == SG_OK)
		sg_canon_write(out, root);
	else
		sg_buf_text(out, err.code);
	sg_buf_add(out, "", 1);
	CU_ASSERT_FALSE_FATAL(out->failed);
	sg_arena_done(&arena);
}

/* RFC 8785 appendix B, and ECMAScript's thresholds. */
static void
test_numbers(void)
{
	static const struct {
		uint64_t bits;
		const char *text;
	} cases[] = {
		{0x0000000000000000, "0"},
		{0x8000000000000000, "0"},
		{0x0000000000000001, "5e-324"},
		{0x8000000000000001, "-5e-324"},
		{0x7fefffffffffffff, "1.7976931348623157e+308"},
		{0xffefffffffffffff, "-1.7976931348623157e+308"},
		{0x4340000000000000, "9007199254740992"},
		{0xc340000000000000, "-9007199254740992"},
		{0x4430000000000000, "295147905179352830000"},
		{0x44b52d02c7e14af5, "9.999999999999997e+22"},
		{0x44b52d02c7e14af6, "1e+23"},
		{0x44b52d02c7e14af7, "1.0000000000000001e+23"},
		{0x444b1ae4d6e2ef4e, "999999999999999700000"},
		{0x444b1ae4d6e2ef4f, "999999999999999900000"},
		{0x444b1ae4d6e2ef50, "1e+21"},
		{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
		{0x3eb0c6f7a0b5ed8d, "0.000001"},
		{0x41b3de4355555553, "333333333.3333332"},
		{0x41b3de4355555554, "333333333.33333325"},
		{0x41b3de4355555555, "333333333.3333333"},
		{0x41b3de4355555556, "333333333.3333334"},
		{0x41b3de4355555557, "333333333.33333343"},
		{0xbecbf647612f3696, "-0.0000033333333333333333"},
		{0x43143ff3c1cb0959, "1424953923781206.2"},
		{0x3d30000000000000, "5.684341886080802e-14"}, /* 2^-44: the nearest 16 digits do not read back */
		{0x0010000000000000, "2.2250738585072014e-308"},
		{0x3ff8000000000000, "1.5"},
		{0x4059000000000000, "100"},
	};
	struct sg_buf out;
	sg_buf_init(&out, 64);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double number;
		memcpy(&number, &cases[i].bits, sizeof(number));
		sg_buf_clear(&out);
		sg_canon_number(&out, number);
		sg_buf_add(&out, "", 1);
		CU_ASSERT_STRING_EQUAL(out.ptr, cases[i].text);
	}
	sg_canon_number(&out, NAN);
	CU_ASSERT(out.failed);
	sg_buf_clear(&out);
	sg_canon_number(&out, INFINITY);
	CU_ASSERT(out.failed);
	sg_buf_done(&out);
}

/* RFC 8785 3.2.2 (the example of section 3.2.4) and 3.2.3 (sorting), then orders that a byte-wise sort gets wrong. */
static void
test_forms(void)
{
	static const struct {
		const char *text, *canonical;
	} cases[] = {
		{"{\"numbers\": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],"
		 "\"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\","
		 "\"literals\": [null, true, false]}",
		 "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
		 "\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"},
		{"{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With "
		 "Dagesh\","
		 "\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
		 "\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
		 "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
		 "\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\","
		 "\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}"},
		{"{\"aa\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"aa\":1}"},
		{"{\"x\xf0\x90\x80\x80z\":1,\"x\xee\x80\x80y\":2}", "{\"x\xf0\x90\x80\x80z\":1,\"x\xee\x80\x80y\":2}"},
		{"{\"\xed\x9f\xbf\":1,\"\xf0\x90\x80\x80\":2}", "{\"\xed\x9f\xbf\":1,\"\xf0\x90\x80\x80\":2}"},
		{"{\"z\":{\"b\":[ ],\"a\":{ }},\"y\":-0.0}", "{\"y\":0,\"z\":{\"a\":{},\"b\":[]}}"},
		{"\"\\u0000\\b\\t\\n\\f\\r\\u001f\\u007f\\/\"", "\"\\u0000\\b\\t\\n\\f\\r\\u001f\x7f/\""},
		{"[1.0,1e0,10e-1,100e-2]", "[1,1,1,1]"},
	};
	struct sg_buf out;
	sg_buf_init(&out, 4096);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		canonical(&out, sg_str(cases[i].text));
		CU_ASSERT_STRING_EQUAL(out.ptr, cases[i].canonical);
	}
	sg_buf_done(&out);
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void
random_value(struct sg_buf *out, uint32_t *seed, int depth)
{
	static const char *const scalars[] = {"null",
					      "true",
					      "-0",
					      "12",
					      "1.25e2",
					      "-3.5e-9",
					      "\"\"",
					      "\"\\u00e9\\n\"",
					      "\"\xf0\x9f\x98\x80\"",
					      "9007199254740991",
					      "1e300",
					      "0.1"};
	uint32_t pick = next_random(seed) % (depth > 4 ? 12 : 18);
	if (pick < 12) {
		sg_buf_text(out, scalars[pick]);
		return;
	}
	bool object = pick < 16;
	sg_buf_text(out, object ? "{ " : "[\t");
	uint32_t count = next_random(seed) % 5, base = next_random(seed) % 1000;
	for (uint32_t i = 0; i < count; i++) {
		if (object)
			sg_buf_printf(out, "\"%u%s\" : ", (base + i * 7919) % 10007, i % 2 == 0 ? "" : "\xee\x80\x80");
		random_value(out, seed, depth + 1);
		sg_buf_text(out, i + 1 < count ? " ,\n" : " ");
	}
	sg_buf_text(out, object ? "}" : "]");
}

/* write(read(b)) = b once b is canonical, and the canonical reader takes exactly that b. */
static void
test_two_ways(void)
{
	struct sg_buf text, once, twice;
	uint32_t seed = 20260131;
	sg_buf_init(&text, SG_JSON_MAX_BYTES);
	sg_buf_init(&once, SG_JSON_MAX_BYTES);
	sg_buf_init(&twice, SG_JSON_MAX_BYTES);
	for (int i = 0; i < 3000; i++) {
		sg_buf_clear(&text);
		random_value(&text, &seed, 0);
		canonical(&once, sg_buf_view(&text));
		once.len--; /* the NUL */
		canonical(&twice, sg_buf_view(&once));
		twice.len--;
		CU_ASSERT_FATAL(sg_str_eq(sg_buf_view(&once), sg_buf_view(&twice)));

		struct sg_arena arena;
		const struct sg_json *root;
		sg_arena_init(&arena, 1 << 20);
		bool same = sg_str_eq(sg_buf_view(&text), sg_buf_view(&once));
		CU_ASSERT_EQUAL(sg_canon_parse(&arena, sg_buf_view(&once), NULL, &root, NULL), SG_OK);
		CU_ASSERT_EQUAL(sg_canon_parse(&arena, sg_buf_view(&text), NULL, &root, NULL) == SG_OK, same);
		sg_arena_done(&arena);
	}
	sg_buf_done(&text);
	sg_buf_done(&once);
	sg_buf_done(&twice);
}

static void
test_canonical_only(void)
{
	static const struct {
		const char *text, *code;
	} cases[] = {
		{"{\"a\":1,\"b\":[2,\"x\\n\"]}", NULL},
		{"{}", NULL},
		{"0", NULL},
		{" {}", "json_not_canonical"},
		{"{} ", "json_not_canonical"},
		{"{\"b\":1,\"a\":2}", "json_not_canonical"},
		{"[1, 2]", "json_not_canonical"},
		{"1.0", "json_not_canonical"},
		{"1e3", "json_not_canonical"},
		{"-0", "json_not_canonical"},
		{"1E300", "json_not_canonical"},
		{"\"\\u0041\"", "json_not_canonical"},
		{"\"\\/\"", "json_not_canonical"},
		{"\"\\u000A\"", "json_not_canonical"},
		{"\"\\u001F\"", "json_not_canonical"},
		{"{\"\xee\x80\x80\":1,\"\xf0\x90\x80\x80\":2}", "json_not_canonical"},
		{"{\"a\":1,\"a\":1}", "json_duplicate"},
		{"{\"a\":1", "json_syntax"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sg_arena arena;
		struct sg_err err = {0};
		const struct sg_json *root = NULL;
		sg_arena_init(&arena, 1 << 16);
		CU_ASSERT_EQUAL(sg_canon_parse(&arena, sg_str(cases[i].text), NULL, &root, &err) == SG_OK,
				cases[i].code == NULL);
		CU_ASSERT_EQUAL(root != NULL, cases[i].code == NULL);
		if (cases[i].code != NULL)
			CU_ASSERT_STRING_EQUAL(err.code, cases[i].code);
		sg_arena_done(&arena);
	}
}

static void
test_strings(void)
{
	struct sg_buf out;
	sg_buf_init(&out, 64);
	sg_canon_string(&out, SG_STR("\xff"));
	CU_ASSERT(out.failed);
	sg_buf_clear(&out);
	sg_canon_string(&out, SG_STR("ok\xe2\x82"));
	CU_ASSERT(out.failed);
	sg_buf_clear(&out);
	sg_canon_string(&out, (struct sg_str){NULL, 0});
	sg_canon_string(&out, SG_STR("plain text of more than eight"));
	CU_ASSERT(sg_str_is(sg_buf_view(&out), "\"\"\"plain text of more than eight\""));
	sg_buf_done(&out);
}

static void
test_writer(void)
{
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, 256);
	sg_jw_begin(&w, &out);
	CU_ASSERT_FALSE(sg_jw_done(&w));
	sg_jw_object(&w);
	sg_jw_name(&w, "a");
	sg_jw_array(&w);
	sg_jw_int(&w, -9007199254740992);
	sg_jw_bool(&w, true);
	sg_jw_null(&w);
	sg_jw_text(&w, NULL);
	sg_jw_str(&w, (struct sg_str){NULL, 0});
	sg_jw_end(&w);
	sg_jw_name_str(&w, SG_STR("b"));
	sg_jw_object(&w);
	CU_ASSERT_FALSE(sg_jw_done(&w));
	sg_jw_end(&w);
	sg_jw_name(&w, "c");
	sg_jw_raw(&w, SG_STR("[1]"));
	sg_jw_end(&w);
	CU_ASSERT(sg_jw_done(&w));
	CU_ASSERT(sg_str_is(sg_buf_view(&out), "{\"a\":[-9007199254740992,true,null,null,\"\"],\"b\":{},\"c\":[1]}"));
	sg_buf_done(&out);
}

static void
name_backwards(struct sg_json_writer *w)
{
	sg_jw_object(w);
	sg_jw_name(w, "b");
	sg_jw_int(w, 1);
	sg_jw_name(w, "a");
}

static void
name_twice(struct sg_json_writer *w)
{
	sg_jw_object(w);
	sg_jw_name(w, "a");
	sg_jw_int(w, 1);
	sg_jw_name(w, "a");
}

static void
value_without_name(struct sg_json_writer *w)
{
	sg_jw_object(w);
	sg_jw_int(w, 1);
}

static void
name_without_value(struct sg_json_writer *w)
{
	sg_jw_object(w);
	sg_jw_name(w, "a");
	sg_jw_end(w);
}

static void
name_after_name(struct sg_json_writer *w)
{
	sg_jw_object(w);
	sg_jw_name(w, "a");
	sg_jw_name(w, "b");
}

static void
name_in_array(struct sg_json_writer *w)
{
	sg_jw_array(w);
	sg_jw_name(w, "a");
}

static void
second_root(struct sg_json_writer *w)
{
	sg_jw_int(w, 1);
	sg_jw_int(w, 2);
}

static void
end_of_nothing(struct sg_json_writer *w)
{
	sg_jw_end(w);
}

static void
too_large(struct sg_json_writer *w)
{
	sg_jw_int(w, 9007199254740993);
}

static void
one_too_deep(struct sg_json_writer *w)
{
	for (int i = 0; i < SG_JSON_MAX_DEPTH; i++)
		sg_jw_array(w);
	CU_ASSERT_FALSE(w->out->failed);
	sg_jw_array(w);
}

static void
test_misuse(void)
{
	static void (*const mistakes[])(struct sg_json_writer *) = {
		name_backwards, name_twice,  value_without_name, name_without_value, name_after_name,
		name_in_array,  second_root, end_of_nothing,     too_large,          one_too_deep,
	};
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct sg_buf out;
		struct sg_json_writer w;
		sg_buf_init(&out, 256);
		sg_jw_begin(&w, &out);
		mistakes[i](&w);
		CU_ASSERT(out.failed);
		CU_ASSERT_FALSE(sg_jw_done(&w));
		sg_buf_done(&out);
	}
}

/* As it was written or searched for: the same. */
static void
test_as_written(void)
{
	uint64_t seed = 3;
	size_t wrong = 0, read = 0;
	struct sg_buf a, b;
	sg_buf_init(&a, 1 << 12);
	sg_buf_init(&b, 1 << 12);
	for (size_t n = 0; n < 300000; n++) {
		char text[64];
		size_t len = 0;
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
		unsigned r = (unsigned)(seed >> 33), whole = r % 8, behind = r / 8 % 14, zeros = r / 128 % 4;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", r / 1024 % 2 ? "-" : "");
		if (whole == 0)
			text[len++] = '0';
		for (unsigned i = 0; i < whole; i++)
			text[len++] = (char)('0' + (i == 0 ? 1 + (seed >> 20) % 9 : (seed >> (i * 4)) % 4 == 0 ? 0 : (seed >> (i * 3)) % 10));
		if (behind > 0) {
			text[len++] = '.';
			for (unsigned i = 0; i < behind; i++)
				text[len++] = (char)('0' + (i < zeros || i + 2 > behind + zeros % 3 ? 0 : (seed >> (i * 2 + 5)) % 10));
		}
		text[len] = '\0';
		if (r / 2048 % 2)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%c%s%0*d", r / 4096 % 2 ? 'e' : 'E', r / 8192 % 3 == 0 ? "-" : r / 8192 % 3 == 1 ? "+" : "", (int)(r % 4),
						(int)((seed >> 40) % (r / 16384 % 2 ? 340 : 30)));
		char *end;
		double number = strtod(text, &end);
		if (!isfinite(number) || end != text + len)
			continue;
		read++;
		sg_buf_clear(&a);
		sg_buf_clear(&b);
		sg_canon_number(&a, number);
		sg_canon_number_as(&b, number, (struct sg_str){text, len});
		wrong += !sg_str_eq(sg_buf_view(&a), sg_buf_view(&b));
		if (wrong == 1)
			printf(" %s: %.*s %.*s\n", text, (int)a.len, a.ptr, (int)b.len, b.ptr);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_TRUE(read > 200000);
	sg_buf_done(&a);
	sg_buf_done(&b);
}

/* Zeros on one side, and an exponent that takes them back. */
static void
test_long_numbers(void)
{
	enum { MOST = 1000000 };
	static const size_t zeros[] = {0, 390, 9998, 9999, 10000, 99998, 100000, 999900};
	static const char *const wanted[] = {"1.5", "-1.5", "1.5e+300", "1.5e-300"};
	char *text = malloc(MOST + 64);
	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++)
		for (size_t k = 0; k < 8; k++) {
			bool below = k % 4 == 1, large = k >= 4;
			int more = k % 4 == 2 ? 300 : k % 4 == 3 ? -300 : 0;
			size_t len = (size_t)snprintf(text, 16, "%s%s", below ? "-" : "", large ? "15" : "0.");
			memset(text + len, '0', zeros[i]);
			len += zeros[i];
			int exponent = large ? more - 1 - (int)zeros[i] : more + 1 + (int)zeros[i];
			len += (size_t)snprintf(text + len, 48, large ? ".0e%0*d" : "15e%0*d", (int)(k % 3 * 7), exponent);
			struct sg_buf out;
			sg_buf_init(&out, 4096);
			sg_canon_number_as(&out, strtod(text, NULL), (struct sg_str){text, len});
			CU_ASSERT_TRUE(sg_str_is(sg_buf_view(&out), wanted[k % 4]));
			sg_buf_done(&out);
		}
	free(text);
}

SG_CASES("base.canon", {"as written", test_as_written}, {"long numbers", test_long_numbers}, {"numbers as RFC 8785 publishes them", test_numbers},
	 {"forms as RFC 8785 publishes them", test_forms}, {"write(read(b)) = b", test_two_ways},
	 {"only canonical bytes are read", test_canonical_only}, {"strings must be UTF-8", test_strings},
	 {"the writer writes", test_writer}, {"each misuse of the writer is a refusal", test_misuse})
