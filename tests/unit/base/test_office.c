/* SPDX-License-Identifier: Apache-2.0
 * What time it is where the office is, from numbers alone: first and last minutes, first and last seconds, days of the week on both sides of midnight. */
#include "unit/cases.h"

#include "base/office.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* "2026-12-25T00:00:00" as seconds, in UTC. */
static int64_t
utc(const char *text)
{
	struct tm tm = {0};
	CU_ASSERT_EQUAL_FATAL(sscanf(text, "%d-%d-%dT%d:%d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec), 6);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return timegm(&tm);
}

static bool
read_office(struct sg_arena *arena, const char *json, struct sg_office *office)
{
	const struct sg_json *root = NULL;
	struct sg_json_limits limits = {.bytes = 1 << 20, .nodes = 4096};
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(arena, sg_str(json), &limits, &root, NULL), SG_OK);
	return sg_office_read(root, office);
}

static bool
says(const struct sg_office *office, int64_t at, const char *want)
{
	struct sg_json_writer w;
	struct sg_buf out;
	sg_buf_init(&out, 1024);
	sg_jw_begin(&w, &out);
	sg_office_write(&w, office, at);
	sg_buf_add(&out, "", 1);
	bool good = strstr(out.ptr, want) != NULL;
	if (!good)
		printf("\n  wanted %s, got %s\n", want, out.ptr);
	sg_buf_done(&out);
	return good;
}

#define OPEN "\"office\":true"
#define SHUT "\"office\":false"

static void
standard(void)
{
	struct sg_office office;
	CU_ASSERT_TRUE(sg_office_read(NULL, &office));
	CU_ASSERT_TRUE(says(&office, utc("2026-01-05T10:00:00"),
			    "{\"date\":\"2026-01-05\",\"holiday\":false,\"hour\":10,\"minute\":0,\"office\":false,\"offset\":0,\"weekday\":1,\"zone\":\"UTC\"}"));
}

static void
hours(void)
{
	static const struct {
		const char *at, *want;
	} rows[] = {
		{"2026-11-27T07:59:59", SHUT}, {"2026-11-27T08:00:00", OPEN}, {"2026-11-27T17:59:59", OPEN}, {"2026-11-27T18:00:00", SHUT}, /* Friday */
		{"2026-11-28T08:59:59", SHUT}, {"2026-11-28T09:00:00", OPEN}, {"2026-11-28T11:59:59", OPEN}, {"2026-11-28T12:00:00", SHUT}, /* Saturday */
		{"2026-11-29T21:59:59", SHUT}, {"2026-11-29T22:00:00", OPEN}, {"2026-11-29T23:59:59", OPEN}, {"2026-11-30T00:00:00", OPEN}, /* the night behind Sunday */
		{"2026-11-30T05:59:59", OPEN}, {"2026-11-30T06:00:00", SHUT}, {"2026-11-29T05:59:59", SHUT}, {"2026-11-29T08:30:00", SHUT},
	};
	struct sg_office office;
	struct sg_arena arena;
	sg_arena_init(&arena, 1 << 20);
	CU_ASSERT_TRUE(read_office(&arena, "{\"holidays\":[],\"hours\":[\"mon-fri 08:00-18:00\",\"sat 09:00-12:00\",\"sun 22:00-06:00\"],\"offsets\":[\"0 0\"],\"zone\":\"UTC\"}", &office));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_TRUE(says(&office, utc(rows[i].at), rows[i].want));
	CU_ASSERT_TRUE(read_office(&arena, "{\"holidays\":[],\"hours\":[\"fri-mon 00:00-24:00\"],\"offsets\":[],\"zone\":\"UTC\"}", &office));
	CU_ASSERT_TRUE(says(&office, utc("2026-11-26T23:59:59"), SHUT)); /* days go round the end of the week */
	CU_ASSERT_TRUE(says(&office, utc("2026-11-27T00:00:00"), OPEN));
	CU_ASSERT_TRUE(says(&office, utc("2026-11-30T23:59:59"), OPEN));
	CU_ASSERT_TRUE(says(&office, utc("2026-12-01T00:00:00"), SHUT));
	CU_ASSERT_TRUE(read_office(&arena, "{\"holidays\":[],\"hours\":[\"sat-mon 08:00-09:00\"],\"offsets\":[],\"zone\":\"UTC\"}", &office));
	CU_ASSERT_TRUE(says(&office, utc("2026-11-30T07:59:59"), SHUT));
	CU_ASSERT_TRUE(says(&office, utc("2026-11-30T08:00:00"), OPEN));
	CU_ASSERT_TRUE(says(&office, utc("2026-11-30T09:00:00"), SHUT));
	sg_arena_done(&arena);
}

/* A holiday is of the date on the wall, also in the night that began the day before. */
static void
holidays(void)
{
	struct sg_office office;
	struct sg_arena arena;
	sg_arena_init(&arena, 1 << 20);
	CU_ASSERT_TRUE(read_office(&arena, "{\"holidays\":[\"2026-12-25\",\"2027-01-01\"],\"hours\":[\"mon-sun 00:00-24:00\"],\"offsets\":[\"0 -18000\"],\"zone\":\"x\"}", &office));
	CU_ASSERT_TRUE(says(&office, utc("2026-12-25T04:59:59"), "{\"date\":\"2026-12-24\",\"holiday\":false,\"hour\":23,\"minute\":59," OPEN ",\"offset\":-18000,\"weekday\":4"));
	CU_ASSERT_TRUE(says(&office, utc("2026-12-25T05:00:00"), "{\"date\":\"2026-12-25\",\"holiday\":true,\"hour\":0,\"minute\":0," SHUT ",\"offset\":-18000,\"weekday\":5"));
	CU_ASSERT_TRUE(says(&office, utc("2026-12-26T04:59:59"), "\"holiday\":true,\"hour\":23"));
	CU_ASSERT_TRUE(says(&office, utc("2026-12-26T05:00:00"), "\"holiday\":false,\"hour\":0"));
	CU_ASSERT_TRUE(says(&office, utc("2027-01-01T04:59:59"), "{\"date\":\"2026-12-31\",\"holiday\":false"));
	CU_ASSERT_TRUE(says(&office, utc("2027-01-01T05:00:00"), "{\"date\":\"2027-01-01\",\"holiday\":true"));
	sg_arena_done(&arena);
}

static void
offsets(void)
{
	struct sg_office office;
	struct sg_arena arena;
	sg_arena_init(&arena, 1 << 20);
	CU_ASSERT_TRUE(read_office(&arena, "{\"holidays\":[],\"hours\":[],\"offsets\":[\"0 3600\",\"1000000 7200\",\"2000000 -60\"],\"zone\":\"x\"}", &office));
	static const struct {
		int64_t at;
		const char *want;
	} rows[] = {{-1, "\"offset\":3600"}, {0, "\"offset\":3600"}, {999999, "\"offset\":3600"}, {1000000, "\"offset\":7200"}, {1999999, "\"offset\":7200"}, {2000000, "\"offset\":-60"}, {INT64_C(1) << 40, "\"offset\":-60"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_TRUE(says(&office, rows[i].at, rows[i].want));
	sg_arena_done(&arena);
}

static void
written_badly(void)
{
	static const char *const good[] = {"mon 00:00-24:00", "sun-sun 23:59-00:00", "mon-sun 22:00-06:00", "fri-mon 08:00-08:01"},
				 *const bad[] = {"", "mon", "mon 08:00", "mon-fri", "Mon 08:00-18:00", "monday 08:00-18:00", "mon,tue 08:00-18:00", "mon- 08:00-18:00", "-mon 08:00-18:00", "mon-fri-sat 08:00-18:00",
						 "mon  08:00-18:00", "mon 8:00-18:00", "mon 08:00-24:01", "mon 24:00-06:00", "mon 08:60-18:00", "mon 08:00-18:00 ", "mon 08:00-18:00-19:00", "mon 08:00-08:00",
						 "mon 00:00-00:00", "mon 08.00-18.00", "mon 08:00 -18:00", "mon 25:00-26:00", "mon -8:00-18:00"};
	struct sg_hours hours;
	const char *why;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_TRUE(sg_hours_read(sg_str(good[i]), &hours, NULL));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = NULL;
		CU_ASSERT_FALSE(sg_hours_read(sg_str(bad[i]), &hours, &why));
		CU_ASSERT_PTR_NOT_NULL(why);
	}
	CU_ASSERT_FALSE(sg_hours_read((struct sg_str){NULL, 0}, &hours, NULL));
}

/* A document that is none leaves UTC, and never open. */
static void
no_document(void)
{
	static const char *const bad[] = {"{}", "[]", "{\"holidays\":[],\"hours\":[],\"offsets\":[],\"zone\":7}", "{\"holidays\":[],\"hours\":[\"x\"],\"offsets\":[],\"zone\":\"UTC\"}",
					  "{\"holidays\":[\"2026-1-01\"],\"hours\":[],\"offsets\":[],\"zone\":\"UTC\"}", "{\"holidays\":[\"20x6-01-01\"],\"hours\":[],\"offsets\":[],\"zone\":\"UTC\"}",
					  "{\"holidays\":[],\"hours\":[],\"offsets\":[\"0\"],\"zone\":\"UTC\"}", "{\"holidays\":[],\"hours\":[],\"offsets\":[\"0 99999\"],\"zone\":\"UTC\"}",
					  "{\"holidays\":[],\"hours\":[],\"offsets\":[0],\"zone\":\"UTC\"}", "{\"holidays\":{},\"hours\":[],\"offsets\":[],\"zone\":\"UTC\"}"};
	static char many[1 << 16];
	struct sg_office office;
	struct sg_arena arena;
	sg_arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_FALSE(read_office(&arena, bad[i], &office));
		CU_ASSERT_TRUE(office.hours_count == 0 && office.holiday_count == 0 && office.offset_count == 0 && sg_str_is(office.zone, "UTC"));
	}
	for (int over = 0; over < 2; over++) {
		size_t len = (size_t)snprintf(many, sizeof(many), "{\"holidays\":[\"2026-12-25\"");
		for (int i = 1; i < SG_OFFICE_HOLIDAYS + over; i++)
			len += (size_t)snprintf(many + len, sizeof(many) - len, ",\"2026-12-25\"");
		snprintf(many + len, sizeof(many) - len, "],\"hours\":[],\"offsets\":[],\"zone\":\"UTC\"}");
		CU_ASSERT_EQUAL(read_office(&arena, many, &office), over == 0);
	}
	sg_arena_done(&arena);
}

SG_CASES("base.office", {"nothing is said: UTC, never open", standard}, {"hours, at their first and last minute", hours}, {"holidays, at their first and last second", holidays},
	 {"offsets, at the second of a change", offsets}, {"hours that are none", written_badly}, {"documents that are none, and bounds", no_document})
