/* SPDX-License-Identifier: Apache-2.0
 * Units in the path of a control group, as systemd lays them out: /SLICE/.../UNIT/whatever a delegated unit made below. */
#ifndef SYSTEMD_UNIT_H
#define SYSTEMD_UNIT_H

#include "../proc.h"

struct unit {
	char unit[PROC_VALUE], slice[PROC_VALUE]; /* slice: "-.slice" for a unit that stands in none */
	bool user;                                /* below a user's own manager, who may move processes about */
};

/* The unit (a .service, .scope, .socket, .mount or .swap) that a process in `cgroup` belongs to: the first behind its slices; below user@N.service the first
 * one behind that. False where there is none: the root, a bare slice, outside. */
bool unit_of(const char *cgroup, struct unit *unit);

#endif
