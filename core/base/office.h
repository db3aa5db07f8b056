/* SPDX-License-Identifier: Apache-2.0
 * The time of day where the office is, and whether it is open: a zone as a list of offsets, hours of the week, holidays. No file is read here and no clock: whoever
 * makes the list (conf/zone.h) reads the system's zone data once, and from then on it is numbers. */
#ifndef SG_BASE_OFFICE_H
#define SG_BASE_OFFICE_H

#include "base/canon.h"
#include "base/json.h"

enum { SG_OFFICE_OFFSETS = 64, SG_OFFICE_HOURS = 32, SG_OFFICE_HOLIDAYS = 512 };

/* So many seconds east of UTC, from that second since 1970 on. */
struct sg_offset {
	int64_t from, seconds;
};

/* On `days` days of the week from `first` (1 is Monday) on, `minutes` long from minute `from` of the day on; it may reach into the next day. */
struct sg_hours {
	int first, days, from, minutes;
};

struct sg_office {
	struct sg_str zone; /* borrowed */
	struct sg_offset offsets[SG_OFFICE_OFFSETS]; /* ascending; the first also holds before it, the last behind it. None: UTC */
	struct sg_hours hours[SG_OFFICE_HOURS];
	int32_t holidays[SG_OFFICE_HOLIDAYS]; /* 20261225 */
	size_t offset_count, hours_count, holiday_count;
};

/* "mon-fri 08:00-18:00", "sat 09:00-12:00", "fri-sat 22:00-06:00" (the nights that begin on these days); 24:00 is the end of a day. False: `why` (NULL: nobody asks)
 * says in words what is wrong. */
bool sg_hours_read(struct sg_str text, struct sg_hours *out, const char **why);

/* From the document's {"holidays":["2026-12-25"],"hours":["mon-fri 08:00-18:00"],"offsets":["0 3600"],"zone":"Europe/Berlin"}. `json` NULL: UTC, no hours, no
 * holidays. False where it has another form or more than fits; `office` then is as for NULL. */
bool sg_office_read(const struct sg_json *json, struct sg_office *office);

/* Writes what rules read as r.time.here, of that second since 1970. */
void sg_office_write(struct sg_json_writer *w, const struct sg_office *office, int64_t at);

#endif
