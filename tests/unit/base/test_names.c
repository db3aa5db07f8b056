/* SPDX-License-Identifier: Apache-2.0
 * Names that readers who do not look at case take for one. */
#include "base/names.h"
#include "base/buf.h"
#include "base/hidden.h"

#include "unit/cases.h"

#include <string.h>

static void
alike(void)
{
	static const struct {
		const char *one, *other;
		bool is;
	} rows[] = {
		{"limit", "Limit", true},	{"limit", "LIMIT", true},	   {"limit", "limits", false},	   {"limit", "limi", false},	    {"limit", "l1mit", false},
		{"limit", "lim\xc4\xb1t", true}, {"limit", "l\xc4\xb0mit", true}, {"limit", "l" "i\xcc\x87" "mit", true}, {"task", "ta\xc5\xbfk", true}, {"task", "tas\xe2\x84\xaa", true}, {"address", "addre\xc3\x9f", true},
		{"address", "ADDRE\xe1\xba\x9e", true}, {"profit", "pro\xef\xac\x81t", true}, {"profit", "PROFIT", true}, {"offset", "o\xef\xac\x80set", true}, {"flow", "\xef\xac\x82ow", true},
		{"affinity", "a\xef\xac\x83nity", true}, {"affluent", "a\xef\xac\x84uent", true}, {"last", "la\xef\xac\x85", true}, {"last", "la\xef\xac\x86", true}, {"address", "addres\xc3\x9f", false},
		{"ss", "\xc3\x9f", true}, {"s", "\xc3\x9f", false}, {"st", "\xef\xac\x85", true}, {"\xef\xac\x85", "\xef\xac\x86", true}, {"\xc3\x9f", "\xe1\xba\x9e", true}, {"f", "\xef\xac\x80", false},
		{"m\xc3\xa4ngd", "m\xc3\x84ngd", true}, {"\xd1\x81\xd1\x83\xd0\xbc\xd0\xbc\xd0\xb0", "\xd0\xa1\xd0\xa3\xd0\x9c\xd0\x9c\xd0\x90", true}, {"\xce\xb1", "\xce\x91", true}, {"\xcf\x82", "\xcf\x83", true},
		{"\xc3\x97", "\xc3\xb7", false}, {"\xc4\x81", "\xc4\x80", true}, {"\xc4\x81", "\xc4\x82", false}, {"\xc5\xba", "\xc5\xb9", true}, {"\xd1\x90", "\xd0\x80", true}, {"\xd5\xa1", "\xd4\xb1", true},
		{"\xef\xbd\x81", "\xef\xbc\xa1", true}, {"\xe1\xb8\x81", "\xe1\xb8\x80", true}, {"\xc3\xbf", "\xc5\xb8", true}, {"\xc3\xa9", "e", false}, {"\xe4\xb8\x80", "\xe4\xb8\x81", false},
		{"same", "same", false}, {"", "", false}, {"", "a", false}, {"\xc3", "\xc3\x9f", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_str one = {rows[i].one, strlen(rows[i].one)}, other = {rows[i].other, strlen(rows[i].other)};
		if (sg_names_alike(one, other) != rows[i].is)
			fprintf(stderr, "  %s, %s\n", rows[i].one, rows[i].other);
		CU_ASSERT_EQUAL(sg_names_alike(one, other), rows[i].is);
		CU_ASSERT_EQUAL(sg_names_alike(other, one), rows[i].is);
	}
}

/* Few members and many, which are held in memory of their own; at whatever depth. */
static void
colliding(void)
{
	for (size_t count = 2; count < 200; count += count < 20 ? 1 : 37)
		for (int twice = 0; twice < 2; twice++) {
			struct sg_buf text;
			struct sg_arena arena;
			const struct sg_json *json = NULL;
			sg_buf_init(&text, 1 << 16);
			sg_arena_init(&arena, 1 << 20);
			sg_buf_text(&text, "[{\"deep\":{");
			for (size_t i = 0; i < count; i++)
				sg_buf_printf(&text, "%s\"name_%zu\":1", i > 0 ? "," : "", i);
			sg_buf_printf(&text, ",\"%s\":2}}]", twice ? "NAME_1" : "NAME_x");
			CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_buf_view(&text), NULL, &json, NULL), SG_OK);
			const struct sg_json *found = sg_names_colliding(json);
			CU_ASSERT_EQUAL(sg_names_collide(json), twice != 0);
			CU_ASSERT_TRUE(twice ? found != NULL && sg_name_folds_to(found->name, "name_1") : found == NULL);
			sg_arena_done(&arena);
			sg_buf_done(&text);
		}
}

/* What reaches a log is one line in which nothing steers or hides. */
static void
plain_lines(void)
{
	static const char *const rows[][2] = {
		{"plain", "plain"}, {"a\nb\tc", "a?b?c"}, {"\x1b[31m", "?[31m"}, {"\xc2\x9b" "31m", "?31m"}, {"x\xe2\x80\xaey", "x?y"}, {"x\xe2\x81\xa6y", "x?y"}, {"\xc3\xa4\xff", "\xc3\xa4?"},
		{"\xe2\x80\x8b", "?"}, {"\x7f", "?"}, {"", ""}, {"0123456789", "012345678"}, {"01234567\xc3\xa4", "01234567"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[10];
		sg_plain_line(out, sizeof(out), (struct sg_str){rows[i][0], strlen(rows[i][0])});
		CU_ASSERT_STRING_EQUAL(out, rows[i][1]);
	}
}

SG_CASES("base.names", {"alike", alike}, {"colliding", colliding}, {"plain lines", plain_lines})
