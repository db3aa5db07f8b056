/* SPDX-License-Identifier: Apache-2.0
 * Durations, sizes, modes and dates. */
#include "conf/unit.h"

#include "base/str.h"

static const struct unit {
	const char *name;
	int64_t factor;
} durations[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}},
  sizes[] = {{"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};

#define MOST INT64_C(9007199254740992)
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool
read_with_unit(struct sg_str text, const struct unit *units, size_t count, int64_t *out)
{
	size_t digits = 0;
	int64_t number;
	if (text.len == 0)
		return false;
	while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
		digits++;
	struct sg_str unit = {text.ptr + digits, text.len - digits};
	for (size_t i = 0; i < count; i++) {
		if (!sg_str_is(unit, units[i].name))
			continue;
		if (!sg_str_int((struct sg_str){text.ptr, digits}, 0, MOST / units[i].factor, &number))
			return false;
		*out = number * units[i].factor;
		return true;
	}
	return false;
}

bool
sg_conf_duration(struct sg_str text, int64_t *milliseconds)
{
	return read_with_unit(text, durations, COUNT(durations), milliseconds);
}

bool
sg_conf_life(struct sg_str text, int64_t *milliseconds)
{
	if (!sg_str_is(text, "never"))
		return sg_conf_duration(text, milliseconds);
	*milliseconds = SG_CONF_NEVER;
	return true;
}

bool
sg_conf_size(struct sg_str text, int64_t *bytes)
{
	return read_with_unit(text, sizes, COUNT(sizes), bytes);
}

bool
sg_conf_mode(struct sg_str text, int64_t *mode)
{
	int64_t value = 0;
	if (text.len != 4 || text.ptr[0] != '0')
		return false;
	for (size_t i = 1; i < 4; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '7')
			return false;
		value = value * 8 + (text.ptr[i] - '0');
	}
	*mode = value;
	return true;
}

/* Two or four digits at `at`, or -1. */
static int
digits(const char *at, size_t count)
{
	int value = 0;
	for (size_t i = 0; i < count; i++) {
		if (at[i] < '0' || at[i] > '9')
			return -1;
		value = value * 10 + (at[i] - '0');
	}
	return value;
}

bool
sg_conf_date(struct sg_str text)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-')
		return false;
	int year = digits(text.ptr, 4), month = digits(text.ptr + 5, 2), day = digits(text.ptr + 8, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1)
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return day <= lengths[month - 1] + (month == 2 && leap);
}

bool
sg_conf_is_path(struct sg_str text)
{
	if (!sg_str_starts(text, "/"))
		return false;
	sg_str_cut(&text, '/');
	while (text.ptr != NULL) {
		struct sg_str part = sg_str_cut(&text, '/');
		if (part.len == 0 || sg_str_is(part, ".") || sg_str_is(part, ".."))
			return false;
	}
	return true;
}
