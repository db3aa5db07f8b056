/* SPDX-License-Identifier: Apache-2.0
 * Minutes of the week, and days of a list. */
#include "base/office.h"

#include "base/str.h"

#include <stdio.h>
#include <time.h>

enum { HOUR = 60, DAY = 24 * HOUR, WEEK = 7 * DAY };

/* ---- hours, as they are written ---- */

/* 1 is Monday; 0: it is none. */
static int
weekday(struct sg_str word)
{
	static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	for (int i = 0; i < 7; i++)
		if (sg_str_is(word, names[i]))
			return i + 1;
	return 0;
}

static int
two_digits(const char *at)
{
	return at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9' ? -1 : (at[0] - '0') * 10 + at[1] - '0';
}

/* "08:00" as minutes of the day, or -1. */
static int
minute(struct sg_str text)
{
	if (text.len != 5 || text.ptr[2] != ':')
		return -1;
	int hours = two_digits(text.ptr), minutes = two_digits(text.ptr + 3), all = hours * HOUR + minutes;
	return hours < 0 || minutes < 0 || minutes > 59 || all > DAY ? -1 : all;
}

static bool
read_days(struct sg_str text, struct sg_hours *out)
{
	int first = weekday(sg_str_cut(&text, '-')), last = text.ptr == NULL ? first : weekday(text);
	out->first = first;
	out->days = (last - first + 7) % 7 + 1;
	return first > 0 && last > 0;
}

static bool
read_minutes(struct sg_str text, struct sg_hours *out)
{
	int from = minute(sg_str_cut(&text, '-')), to = text.ptr == NULL ? -1 : minute(text);
	out->from = from;
	out->minutes = to >= from ? to - from : to + DAY - from;
	return from >= 0 && from < DAY && to >= 0;
}

bool
sg_hours_read(struct sg_str text, struct sg_hours *out, const char **why)
{
	struct sg_hours hours = {0};
	struct sg_str days = sg_str_cut(&text, ' ');
	const char *wrong = !read_days(days, &hours)                        ? "the days are mon, tue, wed, thu, fri, sat, sun, or two of them with a - between"
			    : text.ptr == NULL || !read_minutes(text, &hours) ? "the hours are HH:MM-HH:MM, from 00:00 to 24:00"
			    : hours.minutes == 0                                ? "they end when they begin; a whole day is 00:00-24:00"
									      : NULL;
	if (wrong == NULL)
		*out = hours;
	if (why != NULL)
		*why = wrong;
	return wrong == NULL;
}

/* ---- the document ---- */

static bool
add_hours(struct sg_office *office, struct sg_str text)
{
	return office->hours_count < SG_OFFICE_HOURS && sg_hours_read(text, &office->hours[office->hours_count++], NULL);
}

static bool
add_offset(struct sg_office *office, struct sg_str text)
{
	struct sg_str from = sg_str_cut(&text, ' ');
	struct sg_offset *to = &office->offsets[office->offset_count];
	return text.ptr != NULL && office->offset_count++ < SG_OFFICE_OFFSETS && sg_str_int(from, 0, INT64_MAX, &to->from) &&
	       sg_str_int(text, -DAY * 60, DAY * 60, &to->seconds);
}

static bool
add_holiday(struct sg_office *office, struct sg_str text)
{
	if (office->holiday_count == SG_OFFICE_HOLIDAYS || text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-')
		return false;
	int century = two_digits(text.ptr), year = two_digits(text.ptr + 2), month = two_digits(text.ptr + 5), day = two_digits(text.ptr + 8);
	office->holidays[office->holiday_count++] = ((century * 100 + year) * 100 + month) * 100 + day;
	return century >= 0 && year >= 0 && month > 0 && day > 0;
}

static bool
add_all(struct sg_office *office, const struct sg_json *list, bool (*add)(struct sg_office *, struct sg_str))
{
	bool good = list != NULL && list->type == SG_JSON_ARRAY;
	for (const struct sg_json *e = good ? sg_json_first(list) : NULL; e != NULL && good; e = sg_json_next(list, e))
		good = e->type == SG_JSON_STRING && add(office, e->string);
	return good;
}

bool
sg_office_read(const struct sg_json *json, struct sg_office *office)
{
	*office = (struct sg_office){.zone = SG_STR("UTC")};
	bool good = json == NULL || (sg_json_string(sg_json_get(json, "zone"), &office->zone) && add_all(office, sg_json_get(json, "offsets"), add_offset) &&
				     add_all(office, sg_json_get(json, "hours"), add_hours) && add_all(office, sg_json_get(json, "holidays"), add_holiday));
	if (!good)
		*office = (struct sg_office){.zone = SG_STR("UTC")};
	return good;
}

/* ---- a second ---- */

static int64_t
offset_at(const struct sg_office *office, int64_t at)
{
	size_t i = office->offset_count;
	while (i > 1 && office->offsets[i - 1].from > at)
		i--;
	return i == 0 ? 0 : office->offsets[i - 1].seconds;
}

static bool
within_hours(const struct sg_office *office, int day, int of_day)
{
	int now = (day - 1) * DAY + of_day;
	for (size_t i = 0; i < office->hours_count; i++) {
		const struct sg_hours *h = &office->hours[i];
		for (int d = 0; d < h->days; d++)
			if ((now - ((h->first - 1 + d) % 7 * DAY + h->from) + WEEK) % WEEK < h->minutes)
				return true;
	}
	return false;
}

static bool
is_holiday(const struct sg_office *office, int32_t date)
{
	for (size_t i = 0; i < office->holiday_count; i++)
		if (office->holidays[i] == date)
			return true;
	return false;
}

void
sg_office_write(struct sg_json_writer *w, const struct sg_office *office, int64_t at)
{
	int64_t offset = offset_at(office, at);
	time_t shifted = (time_t)(at + offset);
	struct tm here = {0};
	char date[48];
	gmtime_r(&shifted, &here);
	int day = here.tm_wday == 0 ? 7 : here.tm_wday, year = here.tm_year + 1900;
	bool holiday = is_holiday(office, (int32_t)(year * 10000 + (here.tm_mon + 1) * 100 + here.tm_mday));
	snprintf(date, sizeof(date), "%04d-%02d-%02d", year, here.tm_mon + 1, here.tm_mday);
	sg_jw_object(w);
	sg_jw_member_text(w, "date", date);
	sg_jw_member_bool(w, "holiday", holiday);
	sg_jw_member_int(w, "hour", here.tm_hour);
	sg_jw_member_int(w, "minute", here.tm_min);
	sg_jw_member_bool(w, "office", !holiday && within_hours(office, day, here.tm_hour * HOUR + here.tm_min));
	sg_jw_member_int(w, "offset", offset);
	sg_jw_member_int(w, "weekday", day);
	sg_jw_member_str(w, "zone", office->zone);
	sg_jw_end(w);
}
