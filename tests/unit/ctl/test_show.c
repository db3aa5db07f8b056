/* SPDX-License-Identifier: Apache-2.0
 * What agents wrote is shown, never obeyed. */
#include "unit/cases.h"

#include "base/str.h"
#include "ctl/show.h"

#include <string.h>

static const struct {
	const char *from, *text, *json;
} rows[] = {
	{"plain text, äöü 漢字 🙂", "plain text, äöü 漢字 🙂", "plain text, äöü 漢字 🙂"},
	{"\033[2J", "\\u001b[2J", "\\u001b[2J"},
	{"a\nb\tc\rd", "a\\nb\\tc\\rd", "a\\u000ab\\u0009c\\u000dd"},
	{"\177", "\\u007f", "\\u007f"},
	{"\302\233"
	 "31m",
	 "\\u009b31m", "\\u009b31m"},                                        /* CSI as one character */
	{"\342\200\256abc", "\\u202eabc", "\\u202eabc"},                     /* right to left override */
	{"\342\201\246x\342\201\251", "\\u2066x\\u2069", "\\u2066x\\u2069"}, /* isolates */
	{"\342\200\213", "\\u200b", "\\u200b"},                              /* zero width space */
	{"\342\200\250", "\\u2028", "\\u2028"},                              /* line separator */
	{"\357\273\277", "\\ufeff", "\\ufeff"},                              /* BOM */
	{"\330\234", "\\u061c", "\\u061c"},                                  /* Arabic letter mark */
	{"\363\240\201\201", "\\u{e0041}", "\\udb40\\udc41"},                /* tag letter A */
	{"\302\255", "\\u00ad", "\\u00ad"},                                  /* soft hyphen */
	{"\377\300\200", "\\xff\\xc0\\x80", "\\xff\\xc0\\x80"},              /* no UTF-8 */
	{"\355\240\200", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80"},              /* a surrogate */
	{"\342\202", "\\xe2\\x82", "\\xe2\\x82"},                            /* cut */
	{"\\u202e", "\\\\u202e", "\\u202e"}, /* text that looks like an escape; in JSON it is one */
};

static void
test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_buf text, json;
		sg_buf_init(&text, 1024);
		sg_buf_init(&json, 1024);
		sg_show_text(&text, sg_str(rows[i].from));
		sg_show_json(&json, sg_str(rows[i].from));
		CU_ASSERT_TRUE(sg_str_is(sg_buf_view(&text), rows[i].text));
		CU_ASSERT_TRUE(sg_str_is(sg_buf_view(&json), rows[i].json));
		sg_buf_done(&text);
		sg_buf_done(&json);
	}
}

/* Whatever comes in: nothing below space, no DEL, no C1, only whole UTF-8 comes out. */
static void
test_every_pair(void)
{
	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++) {
			char bytes[2] = {(char)a, (char)b};
			struct sg_buf out;
			sg_buf_init(&out, 64);
			sg_show_text(&out, (struct sg_str){bytes, 2});
			bool good = !out.failed;
			for (size_t i = 0; i < out.len; i++) {
				unsigned char c = (unsigned char)out.ptr[i];
				good &= c >= ' ' && c != 0x7f;
				good &= !(c == 0xc2 && i + 1 < out.len && (unsigned char)out.ptr[i + 1] < 0xa0);
			}
			if (!good)
				CU_FAIL("a control character came through");
			sg_buf_done(&out);
		}
	CU_PASS("all pairs");
}

/* JSON that is shown still means the same. */
static void
test_json_stays(void)
{
	static const char from[] = "{\"a\":\"\342\200\256\363\240\201\201\\n\\u0007\",\"\342\200\213\":1}";
	struct sg_buf shown, again;
	struct sg_arena arena;
	const struct sg_json *one = NULL, *two = NULL;
	sg_buf_init(&shown, 4096);
	sg_buf_init(&again, 4096);
	sg_arena_init(&arena, 1 << 20);
	sg_show_json(&shown, sg_str(from));
	CU_ASSERT_PTR_NULL(memmem(shown.ptr, shown.len, "\342\200", 2));
	CU_ASSERT_EQUAL(sg_json_parse(&arena, sg_str(from), NULL, &one, NULL), SG_OK);
	CU_ASSERT_EQUAL(sg_json_parse(&arena, sg_buf_view(&shown), NULL, &two, NULL), SG_OK);
	CU_ASSERT_TRUE(sg_json_eq(one, two));
	sg_arena_done(&arena);
	sg_buf_done(&shown);
	sg_buf_done(&again);
}

SG_CASES("ctl.show", {"each kind of hidden character is made visible", test_rows},
	 {"no pair of bytes lets a control character through", test_every_pair},
	 {"JSON that is shown means the same", test_json_stays})
