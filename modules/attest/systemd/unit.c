/* SPDX-License-Identifier: Apache-2.0
 * The path, part by part. */
#include "unit.h"

#include <string.h>

static bool
ends(const char *text, size_t len, const char *with)
{
	size_t size = strlen(with);
	return len > size && memcmp(text + len - size, with, size) == 0;
}

static bool
is_unit(const char *part, size_t len)
{
	static const char *const kinds[] = {".service", ".scope", ".socket", ".mount", ".swap"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (ends(part, len, kinds[i]))
			return true;
	return false;
}

static void
take(char to[PROC_VALUE], const char *part, size_t len)
{
	memcpy(to, part, len);
	to[len] = '\0';
}

bool
unit_of(const char *cgroup, struct unit *unit)
{
	bool found = false;
	*unit = (struct unit){.slice = "-.slice"};
	if (cgroup[0] != '/' || strlen(cgroup) >= PROC_VALUE)
		return false;
	for (const char *part = cgroup + 1; *part != '\0' && !found;) {
		size_t len = strcspn(part, "/");
		bool manager = strncmp(part, "user@", 5) == 0 && ends(part, len, ".service");
		if (len == 0 || strncmp(part, "..", 2) == 0)
			return false;
		if (manager) {
			unit->user = true;
			take(unit->slice, "-.slice", 7);
		} else if (ends(part, len, ".slice")) {
			take(unit->slice, part, len);
		} else if (is_unit(part, len)) {
			take(unit->unit, part, len);
			found = true;
		} else {
			return false; /* processes of no unit among slices */
		}
		part += len + (part[len] == '/');
	}
	return found;
}
