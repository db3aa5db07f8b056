/* SPDX-License-Identifier: Apache-2.0
 * Borrowed strings: order, cutting, hexadecimal, integers. */
#include "base/str.h"
#include "unit/cases.h"

static void
test_order(void)
{
	CU_ASSERT(sg_str_cmp(SG_STR("a"), SG_STR("b")) < 0);
	CU_ASSERT(sg_str_cmp(SG_STR("b"), SG_STR("a")) > 0);
	CU_ASSERT(sg_str_cmp(SG_STR("a"), SG_STR("ab")) < 0);
	CU_ASSERT(sg_str_cmp(SG_STR("ab"), SG_STR("a")) > 0);
	CU_ASSERT_EQUAL(sg_str_cmp(SG_STR("ab"), SG_STR("ab")), 0);
	CU_ASSERT(sg_str_cmp(SG_STR("\xff"), SG_STR("a")) > 0);
	CU_ASSERT_EQUAL(sg_str_cmp(sg_str(NULL), SG_STR("")), 0);
	CU_ASSERT(sg_str_eq(sg_str(NULL), SG_STR("")));
	CU_ASSERT_FALSE(sg_str_eq(SG_STR("a\0b"), SG_STR("a\0c")));
	CU_ASSERT(sg_str_starts(SG_STR("abc"), "ab") && !sg_str_starts(SG_STR("a"), "ab"));
}

static void
test_cut(void)
{
	struct sg_str rest = SG_STR("a..b");
	CU_ASSERT(sg_str_is(sg_str_cut(&rest, '.'), "a"));
	CU_ASSERT(sg_str_is(sg_str_cut(&rest, '.'), ""));
	CU_ASSERT_PTR_NOT_NULL(rest.ptr);
	CU_ASSERT(sg_str_is(sg_str_cut(&rest, '.'), "b"));
	CU_ASSERT_PTR_NULL(rest.ptr);
	rest = SG_STR("a.");
	sg_str_cut(&rest, '.');
	CU_ASSERT(rest.ptr != NULL && rest.len == 0);
}

static void
test_hex(void)
{
	char text[7];
	unsigned char bytes[3] = {0x00, 0xab, 0xff}, back[3];
	sg_hex(text, bytes, 3);
	CU_ASSERT_STRING_EQUAL(text, "00abff");
	CU_ASSERT(sg_unhex(back, 3, sg_str(text)) && memcmp(back, bytes, 3) == 0);
	CU_ASSERT_FALSE(sg_unhex(back, 3, SG_STR("00ABff")));
	CU_ASSERT_FALSE(sg_unhex(back, 3, SG_STR("00abf")));
	CU_ASSERT_FALSE(sg_unhex(back, 3, SG_STR("00abff0")));
	CU_ASSERT_FALSE(sg_unhex(back, 3, SG_STR("00abfg")));
}

static void
test_integers(void)
{
	static const char *const bad[] = {
		"", "-", "01", "-0", "-01", "+1", " 1", "1 ", "1x", "0x1", "9223372036854775808"};
	int64_t out = 42;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(sg_str_int(sg_str(bad[i]), INT64_MIN, INT64_MAX, &out));
	CU_ASSERT_FALSE(sg_str_int(SG_STR("11"), 0, 10, &out));
	CU_ASSERT_FALSE(sg_str_int(SG_STR("-1"), 0, 10, &out));
	CU_ASSERT_FALSE(sg_str_int(SG_STR("4"), 5, 10, &out));
	CU_ASSERT_EQUAL(out, 42);
	CU_ASSERT(sg_str_int(SG_STR("10"), 0, 10, &out) && out == 10);
	CU_ASSERT(sg_str_int(SG_STR("0"), 0, 10, &out) && out == 0);
	CU_ASSERT(sg_str_int(SG_STR("-9223372036854775808"), INT64_MIN, 0, &out) && out == INT64_MIN);
	CU_ASSERT(sg_str_int(SG_STR("9223372036854775807"), 0, INT64_MAX, &out) && out == INT64_MAX);
}

SG_CASES("base.str", {"order is by bytes, shorter first", test_order}, {"cutting", test_cut}, {"hexadecimal", test_hex},
	 {"decimal integers in bounds", test_integers})
