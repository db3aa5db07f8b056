/* SPDX-License-Identifier: Apache-2.0
 * Lines made of parts, against snprintf. */
#include "base/line.h"
#include "unit/cases.h"

#include <inttypes.h>
#include <stdio.h>

static void
numbers(void)
{
	static const int64_t rows[] = {0, 1, -1, 9, 10, -10, 1799900000123, INT64_MAX, INT64_MIN, INT64_MIN + 1};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char want[32], got[32];
		struct sg_line line = sg_line_begin(got, sizeof(got), "");
		snprintf(want, sizeof(want), "%" PRId64, rows[i]);
		sg_line_number(&line, rows[i]);
		CU_ASSERT_STRING_EQUAL(got, want);
		CU_ASSERT_FALSE(line.cut);
	}
}

/* At the room, one less and one more: cut as snprintf cuts, and said. */
static void
limits(void)
{
	for (size_t room = 1; room <= 14; room++) {
		char want[16], got[16];
		memset(got, 'x', sizeof(got));
		struct sg_line line = sg_line_begin(got, room, "ab");
		sg_line_str(&line, SG_STR("cde"));
		sg_line_number(&line, -4711);
		sg_line_text(&line, "");
		snprintf(want, room, "abcde-4711");
		CU_ASSERT_STRING_EQUAL(got, want);
		CU_ASSERT_EQUAL(line.cut, room < 11);
		CU_ASSERT_EQUAL(line.len, room < 11 ? room - 1 : 10);
		CU_ASSERT_EQUAL(got[room], 'x');
	}
}

/* As many bytes as it says, also behind a NUL. */
static void
nothing_and_nul(void)
{
	char got[8];
	struct sg_line line = sg_line_begin(got, sizeof(got), "");
	sg_line_str(&line, (struct sg_str){NULL, 0});
	CU_ASSERT_STRING_EQUAL(got, "");
	sg_line_str(&line, (struct sg_str){"a\0b", 3});
	CU_ASSERT_TRUE(sg_str_eq(sg_line_view(&line), (struct sg_str){"a\0b", 3}));
	sg_line_join(got, sizeof(got), "i-", SG_STR("0123456789"));
	CU_ASSERT_STRING_EQUAL(got, "i-01234");
}

SG_CASES("base.line", {"numbers", numbers}, {"cut", limits}, {"nothing, and NUL", nothing_and_nul})
