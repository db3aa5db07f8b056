/* SPDX-License-Identifier: Apache-2.0
 * Durations, sizes, modes, dates: the one form of each, and what is near it. */
#include "base/str.h"
#include "conf/unit.h"
#include "unit/cases.h"

static const struct {
	const char *text;
	int64_t value; /* -1: refused */
} durations[] =
	{
		{"200ms", 200},
		{"60s", 60000},
		{"5m", 300000},
		{"1h", 3600000},
		{"7d", 604800000},
		{"0s", 0},
		{"9007199254740992ms", 9007199254740992},
		{"9007199254740993ms", -1},
		{"9007199254740s", 9007199254740000},
		{"9007199254741s", -1},
		{"99999999999999999999s", -1},
		{"", -1},
		{"s", -1},
		{"5", -1},
		{"05s", -1},
		{"-5s", -1},
		{"+5s", -1},
		{" 5s", -1},
		{"5 s", -1},
		{"5s ", -1},
		{"5S", -1},
		{"1h30m", -1},
		{"1.5s", -1},
		{"5sec", -1},
		{"5\ns", -1},
},
  sizes[] =
	  {
		  {"512B", 512},        {"64KiB", 65536}, {"1MiB", 1048576},
		  {"2GiB", 2147483648}, {"0B", 0},        {"8388608GiB", 9007199254740992},
		  {"8388609GiB", -1},   {"64", -1},       {"64K", -1},
		  {"64KB", -1},         {"64kib", -1},    {"64 KiB", -1},
		  {"064KiB", -1},       {"KiB", -1},
},
  modes[] = {
	  {"0660", 0660}, {"0000", 0},   {"0777", 0777}, {"660", -1}, {"1777", -1},
	  {"0668", -1},   {"00660", -1}, {"", -1},       {"066", -1},
};

#define CHECK(list, read)                                                                                              \
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {                                                  \
		int64_t value = -1;                                                                                    \
		CU_ASSERT_EQUAL(read(sg_str(list[i].text), &value), list[i].value >= 0);                               \
		CU_ASSERT_EQUAL(value, list[i].value);                                                                 \
	}

static void
test_durations(void)
{
	CHECK(durations, sg_conf_duration)
	int64_t value;
	CU_ASSERT_FALSE(sg_conf_duration((struct sg_str){NULL, 0}, &value));
	CU_ASSERT_FALSE(sg_conf_duration(SG_STR("5s\0"), &value));
}

static void
test_sizes(void)
{
	CHECK(sizes, sg_conf_size)
}

static void
test_modes(void)
{
	CHECK(modes, sg_conf_mode)
}

static void
test_dates(void)
{
	static const char *const good[] = {"2027-01-31", "2028-02-29", "2000-02-29", "1970-01-01", "9999-12-31"},
				 *const bad[] = {"2027-02-29", "1900-02-29", "2027-00-01", "2027-13-01",  "2027-01-00",
						 "2027-01-32", "2027-04-31", "2027-1-31",  "27-01-31",    "2027/01/31",
						 "2027-01-3x", "1969-12-31", "",           "2027-01-311", "-027-01-31"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT(sg_conf_date(sg_str(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(sg_conf_date(sg_str(bad[i])));
}

SG_CASES("conf.unit", {"durations", test_durations}, {"sizes", test_sizes}, {"modes", test_modes},
	 {"dates", test_dates})
