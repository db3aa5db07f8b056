/* SPDX-License-Identifier: Apache-2.0
 * Zones: a name becomes a list of offsets, by libc's own reader of the system's zone data. Done where the configuration is read, and nowhere else: who decides
 * opens no file, and a recorded configuration says what was read. */
#ifndef SG_CONF_ZONE_H
#define SG_CONF_ZONE_H

#include "base/office.h"
#include "conf/tree.h"

#define SG_ZONE_DIR "/usr/share/zoneinfo"

/* Letters, digits, '_', '+', '-', parts between single slashes; at most 63 bytes. */
bool sg_zone_name(struct sg_str text);

struct sg_zone {
	struct sg_offset offsets[SG_OFFICE_OFFSETS];
	size_t count;
};

/* The offsets of `name` (a zone's) from the year before that of `now` (seconds since 1970) to the end of the tenth after it; the same for all of one year, and the
 * first from 0 on. "UTC" takes no file. NULL, or what is wrong, in words; SG_ZONE_MISSING if there is no such file. Changes TZ for a while: one thread only. */
extern const char SG_ZONE_MISSING[];
const char *sg_zone_read(const char *folder, struct sg_str name, int64_t now, struct sg_zone *zone);

/* Adds to the section office what its zone's offsets are, or an error. Takes trees with mistakes. */
void sg_conf_zone(struct sg_arena *arena, struct sg_conf_node *root, const char *folder, struct sg_conf_errors *errors);

#endif
