/* SPDX-License-Identifier: Apache-2.0
 * Zones by the system's own data: hours that do not exist, hours that come twice, half an hour, dates that differ; and what is refused. */
#include "unit/conf/folder.h"

#include "base/canon.h"
#include "conf/zone.h"

#include <stdlib.h>
#include <time.h>

#define NOW INT64_C(1796083200) /* 2026-12-01 */

static int64_t
utc(const char *text)
{
	struct tm tm = {0};
	CU_ASSERT_EQUAL_FATAL(sscanf(text, "%d-%d-%dT%d:%d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec), 6);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return timegm(&tm);
}

static struct sg_office
office_in(const char *name)
{
	struct sg_zone zone;
	struct sg_office office = {.zone = sg_str(name)};
	const char *wrong = sg_zone_read(SG_ZONE_DIR, sg_str(name), NOW, &zone);
	if (wrong != NULL)
		printf("\n  %s: %s", name, wrong);
	CU_ASSERT_PTR_NULL_FATAL(wrong);
	memcpy(office.offsets, zone.offsets, sizeof(zone.offsets));
	office.offset_count = zone.count;
	return office;
}

static bool
says(const struct sg_office *office, const char *at, const char *want)
{
	struct sg_json_writer w;
	struct sg_buf out;
	sg_buf_init(&out, 1024);
	sg_jw_begin(&w, &out);
	sg_office_write(&w, office, utc(at));
	sg_buf_add(&out, "", 1);
	bool good = strstr(out.ptr, want) != NULL;
	if (!good)
		printf("\n  %s: wanted %s, got %s\n", at, want, out.ptr);
	sg_buf_done(&out);
	return good;
}

struct moment {
	const char *zone, *at, *want;
};

static void
check(const struct moment *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct sg_office office = office_in(rows[i].zone);
		CU_ASSERT_TRUE(says(&office, rows[i].at, rows[i].want));
	}
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof(rows[0]))

/* 2027-03-28, 02:00 to 03:00 in Berlin: nobody lives there. */
static void
gap(void)
{
	static const struct moment rows[] = {
		{"Europe/Berlin", "2027-03-28T00:59:59", "\"date\":\"2027-03-28\",\"holiday\":false,\"hour\":1,\"minute\":59,\"office\":false,\"offset\":3600,\"weekday\":7"},
		{"Europe/Berlin", "2027-03-28T01:00:00", "\"date\":\"2027-03-28\",\"holiday\":false,\"hour\":3,\"minute\":0,\"office\":false,\"offset\":7200,\"weekday\":7"},
	};
	CHECK(rows);
	struct sg_office office = office_in("Europe/Berlin");
	for (int64_t at = utc("2027-03-27T23:00:00"); at < utc("2027-03-28T22:00:00"); at += 60) {
		struct sg_json_writer w;
		struct sg_buf out;
		sg_buf_init(&out, 1024);
		sg_jw_begin(&w, &out);
		sg_office_write(&w, &office, at);
		sg_buf_add(&out, "", 1);
		CU_ASSERT_PTR_NULL(strstr(out.ptr, "\"hour\":2,"));
		sg_buf_done(&out);
	}
}

/* 2026-10-25, 02:00 to 03:00 in Berlin: twice, told apart by the offset; hours hold in both. */
static void
overlap(void)
{
	static const struct moment rows[] = {
		{"Europe/Berlin", "2026-10-24T23:59:59", "\"hour\":1,\"minute\":59,\"office\":false,\"offset\":7200"},
		{"Europe/Berlin", "2026-10-25T00:00:00", "\"hour\":2,\"minute\":0,\"office\":false,\"offset\":7200"},
		{"Europe/Berlin", "2026-10-25T00:59:59", "\"hour\":2,\"minute\":59,\"office\":false,\"offset\":7200"},
		{"Europe/Berlin", "2026-10-25T01:00:00", "\"hour\":2,\"minute\":0,\"office\":false,\"offset\":3600"},
		{"Europe/Berlin", "2026-10-25T01:59:59", "\"hour\":2,\"minute\":59,\"office\":false,\"offset\":3600"},
		{"Europe/Berlin", "2026-10-25T02:00:00", "\"hour\":3,\"minute\":0,\"office\":false,\"offset\":3600"},
	};
	CHECK(rows);
	struct sg_office office = office_in("Europe/Berlin");
	CU_ASSERT_TRUE_FATAL(sg_hours_read(SG_STR("sun 02:00-02:30"), &office.hours[office.hours_count++], NULL));
	CU_ASSERT_TRUE(says(&office, "2026-10-24T23:59:59", "\"office\":false"));
	CU_ASSERT_TRUE(says(&office, "2026-10-25T00:29:59", "\"office\":true"));
	CU_ASSERT_TRUE(says(&office, "2026-10-25T00:30:00", "\"office\":false"));
	CU_ASSERT_TRUE(says(&office, "2026-10-25T01:29:59", "\"office\":true"));
	CU_ASSERT_TRUE(says(&office, "2026-10-25T01:30:00", "\"office\":false"));
	CU_ASSERT_TRUE(says(&office, "2027-03-28T00:59:59", "\"office\":false")); /* and in the gap in neither */
	CU_ASSERT_TRUE(says(&office, "2027-03-28T01:00:00", "\"office\":false"));
}

/* The same places by data that counts leap seconds: 27 of them by now. */
static void
leap_seconds(void)
{
	static const char *const names[] = {"Europe/Berlin", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati", "America/St_Johns", "Africa/Casablanca", "Pacific/Chatham", "Etc/GMT+12"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char right[64];
		struct sg_zone zone;
		snprintf(right, sizeof(right), "right/%s", names[i]);
		const char *wrong = sg_zone_read(SG_ZONE_DIR, sg_str(right), NOW, &zone);
		CU_ASSERT_TRUE(wrong == SG_ZONE_MISSING || (wrong != NULL && strstr(wrong, "leap seconds") != NULL)); /* not every system has them */
		CU_ASSERT_PTR_NULL(sg_zone_read(SG_ZONE_DIR, sg_str(names[i]), NOW, &zone));
		CU_ASSERT_TRUE(zone.count > 0);
		CU_ASSERT_PTR_NULL(sg_zone_read(SG_ZONE_DIR, sg_str(names[i]), utc("2096-02-29T12:00:00"), &zone));
	}
}

static void
elsewhere(void)
{
	static const struct moment rows[] = {
		{"Australia/Lord_Howe", "2027-04-03T14:59:59", "\"date\":\"2027-04-04\",\"holiday\":false,\"hour\":1,\"minute\":59,\"office\":false,\"offset\":39600,\"weekday\":7"},
		{"Australia/Lord_Howe", "2027-04-03T15:00:00", "\"hour\":1,\"minute\":30,\"office\":false,\"offset\":37800,\"weekday\":7"}, /* half an hour comes twice */
		{"Australia/Lord_Howe", "2027-10-02T15:30:00", "\"hour\":2,\"minute\":30,\"office\":false,\"offset\":39600,\"weekday\":7"}, /* and half an hour is left out */
		{"Asia/Kolkata", "2026-06-30T18:29:59", "\"date\":\"2026-06-30\",\"holiday\":false,\"hour\":23,\"minute\":59,\"office\":false,\"offset\":19800,\"weekday\":2"},
		{"Asia/Kolkata", "2026-06-30T18:30:00", "\"date\":\"2026-07-01\",\"holiday\":false,\"hour\":0,\"minute\":0,\"office\":false,\"offset\":19800,\"weekday\":3"},
		{"America/Los_Angeles", "2027-01-01T07:59:59", "\"date\":\"2026-12-31\",\"holiday\":false,\"hour\":23,\"minute\":59,\"office\":false,\"offset\":-28800,\"weekday\":4"},
		{"America/Los_Angeles", "2027-01-01T08:00:00", "\"date\":\"2027-01-01\",\"holiday\":false,\"hour\":0,\"minute\":0,\"office\":false,\"offset\":-28800,\"weekday\":5"},
		{"Pacific/Kiritimati", "2026-12-31T10:00:00", "\"date\":\"2027-01-01\",\"holiday\":false,\"hour\":0"},
		{"Etc/GMT+12", "2027-01-01T11:59:59", "\"date\":\"2026-12-31\",\"holiday\":false,\"hour\":23"},
		{"America/Argentina/Buenos_Aires", "2026-12-01T03:00:00", "\"hour\":0,\"minute\":0,\"office\":false,\"offset\":-10800"},
	};
	CHECK(rows);
	struct sg_office india = office_in("Asia/Kolkata");
	CU_ASSERT_EQUAL(india.offset_count, 1); /* none changes there */
}

static void
bounds(void)
{
	struct sg_zone a, b;
	CU_ASSERT_PTR_NULL(sg_zone_read(SG_ZONE_DIR, SG_STR("Europe/Berlin"), utc("2026-01-01T00:00:00"), &a));
	CU_ASSERT_PTR_NULL(sg_zone_read(SG_ZONE_DIR, SG_STR("Europe/Berlin"), utc("2026-12-31T23:59:59"), &b));
	CU_ASSERT_TRUE(a.count == b.count && memcmp(a.offsets, b.offsets, a.count * sizeof(a.offsets[0])) == 0); /* one digest for a whole year */
	CU_ASSERT_EQUAL(a.count, 1 + 2 * 12);
	CU_ASSERT_TRUE(a.offsets[0].from == 0 && a.offsets[0].seconds == 3600);
	CU_ASSERT_EQUAL(a.offsets[1].from, utc("2025-03-30T01:00:00"));
	CU_ASSERT_EQUAL(a.offsets[a.count - 1].from, utc("2036-10-26T01:00:00"));
	struct sg_office office = office_in("Europe/Berlin");
	CU_ASSERT_TRUE(says(&office, "2037-07-01T00:00:00", "\"offset\":3600")); /* behind the last it holds, summer or not */
	CU_ASSERT_PTR_NULL(sg_zone_read("/nonexistent", SG_STR("UTC"), NOW, &a));
	CU_ASSERT_TRUE(a.count == 1 && a.offsets[0].seconds == 0);
}

/* TZ of whoever asks is as it was. */
static void
leaves_no_trace(void)
{
	struct sg_zone zone;
	time_t at = 0;
	struct tm here;
	setenv("TZ", "XYZ-3", 1);
	tzset();
	CU_ASSERT_PTR_NULL(sg_zone_read(SG_ZONE_DIR, SG_STR("Asia/Kolkata"), NOW, &zone));
	CU_ASSERT_STRING_EQUAL(getenv("TZ"), "XYZ-3");
	localtime_r(&at, &here);
	CU_ASSERT_EQUAL(here.tm_hour, 3);
	unsetenv("TZ");
	CU_ASSERT_PTR_NULL(sg_zone_read(SG_ZONE_DIR, SG_STR("Asia/Kolkata"), NOW, &zone));
	CU_ASSERT_PTR_NULL(getenv("TZ"));
}

static void
names(void)
{
	static const char *const good[] = {"UTC", "Europe/Berlin", "Etc/GMT+12", "Etc/GMT-14", "America/Port-au-Prince", "America/Argentina/Buenos_Aires"},
				 *const bad[] = {"", "/Europe/Berlin", "Europe/", "Europe//Berlin", "../etc/passwd", "Europe/../UTC", ".", "Europe/Ber lin", ":UTC", "UTC\n", "CET-1CEST,M3.5.0,M10.5.0/3", "Europe/B\xc3\xa9rlin"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_TRUE(sg_zone_name(sg_str(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(sg_zone_name(sg_str(bad[i])));
	CU_ASSERT_TRUE(sg_zone_name(SG_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
	CU_ASSERT_FALSE(sg_zone_name(SG_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
}

/* Files that are none: libc would take UTC for each without a word. */
static void
files(void)
{
	static const struct {
		const char *name;
		struct sg_str text;
		const char *wrong;
	} rows[] = {
		{"Text", SG_STR("Europe/Berlin\n"), "its file holds no zone"},
		{"Empty", SG_STR(""), "its file holds no zone"},
		{"Short", SG_STR("TZif"), "its file cannot be read, or counts leap seconds"},
		{"Cut", SG_STR("TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x7f\0\0\0\x02\0\0\0\x08xxxx"), "its file cannot be read, or counts leap seconds"},
	};
	struct folder f;
	struct sg_zone zone;
	char path[256];
	folder_open(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		folder_put(&f, rows[i].name, rows[i].text);
		const char *wrong = sg_zone_read(f.path, sg_str(rows[i].name), NOW, &zone);
		CU_ASSERT_PTR_NOT_NULL_FATAL(wrong);
		CU_ASSERT_STRING_EQUAL(wrong, rows[i].wrong);
	}
	CU_ASSERT_PTR_EQUAL(sg_zone_read(f.path, SG_STR("Nowhere"), NOW, &zone), SG_ZONE_MISSING);
	CU_ASSERT_PTR_EQUAL(sg_zone_read(f.path, SG_STR("Text/Below"), NOW, &zone), SG_ZONE_MISSING);
	CU_ASSERT_PTR_EQUAL(sg_zone_read("/usr/share", SG_STR("zoneinfo"), NOW, &zone), SG_ZONE_MISSING); /* a folder */
	snprintf(path, sizeof(path), "%s/Secret", f.path);
	folder_put(&f, "Secret", SG_STR("TZif"));
	chmod(path, 0);
	if (geteuid() != 0)
		CU_ASSERT_STRING_EQUAL(sg_zone_read(f.path, SG_STR("Secret"), NOW, &zone), "its file cannot be read");
	folder_close(&f);
}

/* ---- in files ---- */

static bool
loads(struct folder *f, const char *text)
{
	folder_put(f, "stepgate.conf", sg_str(text));
	return folder_load(f, NULL) == SG_OK;
}

static void
documents(void)
{
	struct folder f;
	struct sg_office office;
	struct sg_arena arena;
	const struct sg_json *root = NULL;
	folder_open(&f);
	sg_arena_init(&arena, 64 << 20);
	CU_ASSERT_TRUE(loads(&f, "office : { zone = \"Europe/Berlin\"  hours = [ \"mon-fri 08:00-18:00\", \"sat 09:00-12:00\" ]  holidays = [ \"2026-12-25\", \"2027-01-01\" ] }\n"));
	CU_ASSERT_EQUAL_FATAL(sg_canon_parse(&arena, sg_buf_view(&f.document), &sg_conf_document_limits, &root, NULL), SG_OK);
	CU_ASSERT_TRUE(sg_office_read(sg_json_get(root, "office"), &office));
	CU_ASSERT_TRUE(sg_str_is(office.zone, "Europe/Berlin") && office.hours_count == 2 && office.holiday_count == 2 && office.offset_count == 25);
	CU_ASSERT_TRUE(loads(&f, "mode = \"dev\"\n"));
	sg_buf_add(&f.document, "", 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.document.ptr, "\"office\":{\"holidays\":[],\"hours\":[],\"offsets\":[\"0 0\"],\"zone\":\"UTC\"}"));
	sg_arena_done(&arena);
	folder_close(&f);
}

/* At the bound, and one more. */
static void
as_many(void)
{
	static const struct {
		const char *key, *entry;
		int most;
	} rows[] = {{"hours", "\"mon 08:00-18:00\"", SG_OFFICE_HOURS}, {"holidays", "\"2026-12-25\"", SG_OFFICE_HOLIDAYS}};
	static char text[1 << 15];
	struct folder f;
	folder_open(&f);
	for (size_t i = 0; i < 2; i++)
		for (int over = 0; over < 2; over++) {
			size_t len = (size_t)snprintf(text, sizeof(text), "office : { %s = [ %s", rows[i].key, rows[i].entry);
			for (int n = 1; n < rows[i].most + over; n++)
				len += (size_t)snprintf(text + len, sizeof(text) - len, ", %s", rows[i].entry);
			snprintf(text + len, sizeof(text) - len, " ] }\n");
			CU_ASSERT_EQUAL(loads(&f, text), over == 0);
			CU_ASSERT_TRUE(over == 0 || strcmp(f.errors.list[0].code, "conf_range") == 0);
		}
	folder_close(&f);
}

SG_CASES("conf.zone", {"an hour that does not exist", gap}, {"an hour that comes twice", overlap}, {"data that counts leap seconds", leap_seconds}, {"half hours, none, west of UTC", elsewhere}, {"which years, and what is behind them", bounds},
	 {"TZ stays as it was", leaves_no_trace}, {"names", names}, {"files that are none", files}, {"in the document", documents}, {"as many as there may be, and one more", as_many})
