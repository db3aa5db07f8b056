/* SPDX-License-Identifier: Apache-2.0
 * Names that readers who do not look at case take for one. */
#include "base/names.h"

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
		{"m\xc3\xa4ngd", "m\xc3\x84ngd", false}, /* other letters keep their case */
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

SG_CASES("base.names", {"alike", alike})
