/* SPDX-License-Identifier: Apache-2.0
 * One value on one line: what readers of lines split at never stands raw, numbers keep their texts, members their order. */
#include "base/json_line.h"
#include "base/str.h"
#include "unit/cases.h"

#include <string.h>

static void
line_is(struct sg_str text, const char *want)
{
	struct sg_arena arena;
	struct sg_buf out;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 1 << 20);
	sg_buf_init(&out, 1 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, text, NULL, &json, NULL), SG_OK);
	sg_json_line(&out, json);
	CU_ASSERT_FALSE(out.failed);
	if (!sg_str_is(sg_buf_view(&out), want))
		fprintf(stderr, "\n%.*s\n", (int)out.len, out.ptr);
	CU_ASSERT_TRUE(sg_str_is(sg_buf_view(&out), want));
	sg_buf_done(&out);
	sg_arena_done(&arena);
}

static void
test_white_space(void)
{
	line_is(SG_STR("{\"a\":\r{\"b\":1}\r}"), "{\"a\":{\"b\":1}}");
	line_is(SG_STR("\r\n[\r1\r,\t2\n]\r"), "[1,2]");
	line_is(SG_STR("{\r\"a\"\r:\r1\r}"), "{\"a\":1}");
	line_is(SG_STR(" null\r"), "null");
}

/* The given ones, raw and as escapes, in values and in names; their neighbours stay. */
static void
test_splitters(void)
{
	line_is(SG_STR("\"a\\rb\\nc\""), "\"a\\rb\\nc\"");
	line_is(SG_STR("\"\\u000d\\u000A\\u0009\""), "\"\\r\\n\\t\"");
	line_is(SG_STR("\"\\u000b\\u000c\\u001c\\u001d\\u001e\\u001f\\u0000\""), "\"\\u000b\\f\\u001c\\u001d\\u001e\\u001f\\u0000\"");
	line_is(SG_STR("\"\x7f\\u007f\""), "\"\\u007f\\u007f\"");
	line_is(SG_STR("\"\xC2\x85\\u0085\""), "\"\\u0085\\u0085\"");
	line_is(SG_STR("\"\xC2\x80\xC2\x9F\xC2\xA0\""), "\"\\u0080\\u009f\xC2\xA0\"");
	line_is(SG_STR("\"\xE2\x80\xA8\xE2\x80\xA9\\u2028\\u2029\""), "\"\\u2028\\u2029\\u2028\\u2029\"");
	line_is(SG_STR("\"\xE2\x80\xA7\xE2\x80\xAA\xE2\x81\xA8\""), "\"\xE2\x80\xA7\xE2\x80\xAA\xE2\x81\xA8\"");
	line_is(SG_STR("{\"\xE2\x80\xA8\":1,\"\\r\":2,\"\xC2\x85\":3}"), "{\"\\u2028\":1,\"\\r\":2,\"\\u0085\":3}");
	line_is(SG_STR("\"\\\\u2028\\/\""), "\"\\\\u2028/\"");
	line_is(SG_STR("\"\xF0\x9F\x98\x80\\ud83d\\ude00\xC3\xA9\""), "\"\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xC3\xA9\"");
}

static void
test_numbers(void)
{
	line_is(SG_STR("[1.0, 1e0,-0 ,0.10,1E+2,9007199254740992,1e21,-1.5e-3]"), "[1.0,1e0,-0,0.10,1E+2,9007199254740992,1e21,-1.5e-3]");
	line_is(SG_STR("{\"id\":1.00}"), "{\"id\":1.00}");
}

static void
test_order(void)
{
	line_is(SG_STR("{\"b\":1,\"a\":[],\"c\":{}}"), "{\"b\":1,\"a\":[],\"c\":{}}");
}

/* Text that has white space between its tokens is refused, never repaired. */
static void
test_text(void)
{
	static const char *const bad[] = {"{\"a\":\r1}", "{}\n", "[1,\t2]", "\"a\rb\"", "\x0b", "\x1c"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sg_buf out;
		sg_buf_init(&out, 100);
		sg_json_line_text(&out, sg_str(bad[i]));
		CU_ASSERT_TRUE(out.failed);
		sg_buf_done(&out);
	}
	struct sg_buf out;
	sg_buf_init(&out, 8);
	sg_json_line_text(&out, SG_STR("\"\x7f\"")); /* eight bytes as escaped: at the limit */
	CU_ASSERT_TRUE(!out.failed && sg_str_is(sg_buf_view(&out), "\"\\u007f\""));
	sg_buf_clear(&out);
	sg_json_line_text(&out, SG_STR("\"\x7f \"")); /* one more */
	CU_ASSERT_TRUE(out.failed);
	sg_buf_done(&out);
}

SG_CASES("base.json_line", {"white space between tokens goes", test_white_space}, {"no reader of lines can split", test_splitters},
	 {"numbers keep their texts", test_numbers}, {"members keep their order", test_order}, {"text that is not ours is refused", test_text})
