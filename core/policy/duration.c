/* SPDX-License-Identifier: Apache-2.0
 * One number, one unit. */
#include "policy/duration.h"

#include "base/str.h"

bool
sg_duration_read(struct sg_str text, int64_t *milliseconds)
{
	static const struct {
		const char *unit;
		int64_t factor;
	} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
	size_t digits = 0;
	while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
		digits++;

	int64_t number;
	struct sg_str unit = {text.ptr + digits, text.len - digits};
	if (!sg_str_int((struct sg_str){text.ptr, digits}, 0, SG_DURATION_MAX, &number))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!sg_str_is(unit, units[i].unit) || number > SG_DURATION_MAX / units[i].factor)
			continue;
		*milliseconds = number * units[i].factor;
		return true;
	}
	return false;
}
