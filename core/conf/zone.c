/* SPDX-License-Identifier: Apache-2.0
 * Zone data through libc: it is asked for the offset of each day, and where that changes, for the second at which it does. */
#include "conf/zone.h"

#include "base/near.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 63, PATH_BYTES = 1200, YEARS_BACK = 1, YEARS_ON = 10, DAY = 86400 };

const char SG_ZONE_MISSING[] = "there is no such zone";

bool
sg_zone_name(struct sg_str text)
{
	bool slash = true; /* none at the begin, none behind another */
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
		if (!plain && (c != '/' || slash))
			return false;
		slash = c == '/';
	}
	return !slash && text.len <= NAME_MAX_BYTES;
}

/* ---- libc ---- */

/* For what libc cannot read it takes UTC without a word. */
static const char *
file_trouble(const char *path)
{
	char magic[4] = "";
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? SG_ZONE_MISSING : "its file cannot be read";
	bool file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	bool zone = file && read(fd, magic, sizeof(magic)) == sizeof(magic) && memcmp(magic, "TZif", sizeof(magic)) == 0;
	close(fd);
	return zone ? NULL : file ? "its file holds no zone" : SG_ZONE_MISSING;
}

/* Days from 1970-01-01 to that one of the Gregorian calendar. By hand: libc's own way back counts by the zone's leap seconds, too. */
static int64_t
days_to(int64_t year, int month, int day)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int64_t last = month > 2 ? year : year - 1; /* whose leap days are over */
	return 365 * (year - 1970) + last / 4 - last / 100 + last / 400 - 477 + before[month - 1] + day - 1;
}

/* False where libc did not read the file after all, or its clock is not that of the system (it counts leap seconds). */
static bool
offset_at(time_t at, int64_t *offset)
{
	struct tm here;
	if (localtime_r(&at, &here) == NULL || here.tm_zone == NULL || here.tm_zone[0] == '\0')
		return false;
	*offset = here.tm_gmtoff;
	return days_to(here.tm_year + 1900, here.tm_mon + 1, here.tm_mday) * DAY + here.tm_hour * 3600 + here.tm_min * 60 + here.tm_sec == at + here.tm_gmtoff;
}

/* The first second behind `before` at which the offset is no longer that one; at `after` it is not. */
static time_t
change_between(time_t before, time_t after, int64_t offset)
{
	while (after - before > 1) {
		time_t middle = before + (after - before) / 2;
		int64_t then = 0;
		*(offset_at(middle, &then) && then == offset ? &before : &after) = middle;
	}
	return after;
}

static time_t
first_of(int year)
{
	return (time_t)(days_to(year, 1, 1) * DAY);
}

static const char *
read_offsets(time_t now, struct sg_zone *zone)
{
	struct tm utc;
	int64_t last = 0, next = 0;
	if (gmtime_r(&now, &utc) == NULL || !offset_at(now, &last))
		return "its file cannot be read, or counts leap seconds";
	int year = utc.tm_year + 1900;
	time_t at = first_of(year - YEARS_BACK), end = first_of(year + YEARS_ON + 1);
	offset_at(at, &last);
	zone->offsets[zone->count++] = (struct sg_offset){0, last};
	for (; at < end; at += DAY) {
		if (!offset_at(at + DAY, &next) || next == last)
			continue;
		if (zone->count == SG_OFFICE_OFFSETS)
			return "it changes its offset too often";
		zone->offsets[zone->count++] = (struct sg_offset){change_between(at, at + DAY, last), next};
		last = next;
	}
	return NULL;
}

/* TZ for libc; NULL: none. */
static void
use_zone(const char *tz)
{
	tz != NULL ? setenv("TZ", tz, 1) : unsetenv("TZ");
	tzset();
}

const char *
sg_zone_read(const char *folder, struct sg_str name, int64_t now, struct sg_zone *zone)
{
	char path[PATH_BYTES], *before = getenv("TZ");
	*zone = (struct sg_zone){.count = 0};
	if (sg_str_is(name, "UTC")) {
		zone->offsets[zone->count++] = (struct sg_offset){0, 0};
		return NULL;
	}
	snprintf(path, sizeof(path), ":%.1000s/%.*s", folder, SG_STR_ARG(name));
	const char *wrong = sg_zone_name(name) ? file_trouble(path + 1) : SG_ZONE_MISSING;
	if (wrong != NULL)
		return wrong;
	before = before != NULL ? strdup(before) : NULL;
	use_zone(path);
	wrong = read_offsets((time_t)now, zone);
	use_zone(before);
	free(before);
	return wrong;
}

/* ---- the configuration ---- */

/* The third word of each line of zone.tab is a zone's name. */
static void
offer_zones(struct sg_arena *arena, const char *folder, struct sg_near *near)
{
	char path[PATH_BYTES], line[512];
	snprintf(path, sizeof(path), "%.1000s/zone.tab", folder);
	FILE *file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		struct sg_str rest = sg_str(line);
		sg_str_cut(&rest, '\t');
		sg_str_cut(&rest, '\t');
		struct sg_str zone = sg_str_cut(&rest, '\t');
		while (zone.len > 0 && zone.ptr[zone.len - 1] == '\n')
			zone.len--;
		if (line[0] != '#' && zone.len > 0)
			sg_near_offer(near, zone);
		if (near->best.ptr == zone.ptr)
			near->best = sg_arena_copy(arena, zone); /* the line is read over */
	}
	if (file != NULL)
		fclose(file);
}

static void
no_zone(struct sg_arena *arena, const struct sg_conf_node *zone, const char *folder, struct sg_conf_errors *errors)
{
	char hint[160], otherwise[96];
	struct sg_near near = sg_near(zone->text);
	offer_zones(arena, folder, &near);
	snprintf(otherwise, sizeof(otherwise), "%s", access(folder, F_OK) == 0 ? "such as \"Europe/Berlin\"; `timedatectl list-timezones` has all" : "install the system's zone data (tzdata)");
	sg_conf_error_add(errors, SG_CONF_E_reference, zone->value, sg_near_hint(&near, '"', otherwise, hint, sizeof(hint)), "there is no zone \"%.*s\" in %s", SG_STR_ARG(zone->text), folder);
}

static void
add_offsets(struct sg_arena *arena, struct sg_conf_node *office, const struct sg_zone *zone)
{
	struct sg_conf_node *list = sg_conf_node_new(arena, SG_CONF_LIST);
	for (size_t i = 0; list != NULL && i < zone->count; i++) {
		struct sg_conf_node *entry = sg_conf_node_new(arena, SG_CONF_TEXT);
		if (entry == NULL)
			return; /* the arena's overflow is seen at the end */
		entry->text = sg_str(sg_arena_printf(arena, "%lld %lld", (long long)zone->offsets[i].from, (long long)zone->offsets[i].seconds));
		sg_conf_node_append(list, entry);
	}
	if (list == NULL)
		return;
	list->name = SG_STR("offsets");
	list->place = list->value = office->place;
	list->standard = true;
	sg_conf_node_append(office, list);
}

void
sg_conf_zone(struct sg_arena *arena, struct sg_conf_node *root, const char *folder, struct sg_conf_errors *errors)
{
	struct sg_conf_node *office = sg_conf_node_get(root, "office");
	const struct sg_conf_node *name = sg_conf_node_get(office, "zone");
	struct sg_zone zone;
	if (name == NULL || name->kind != SG_CONF_TEXT || !sg_zone_name(name->text))
		return;
	const char *wrong = sg_zone_read(folder, name->text, time(NULL), &zone);
	if (wrong == SG_ZONE_MISSING)
		no_zone(arena, name, folder, errors);
	else if (wrong != NULL)
		sg_conf_error_add(errors, SG_CONF_E_value, name->value, "look at the file, or name another zone", "the zone \"%.*s\" in %s: %s", SG_STR_ARG(name->text), folder, wrong);
	else
		add_offsets(arena, office, &zone);
}
