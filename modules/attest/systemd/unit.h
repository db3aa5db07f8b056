/* SPDX-License-Identifier: Apache-2.0
 * Units in the path of a control group, as systemd lays them out: /SLICE/.../UNIT/whatever a delegated unit made below. */
#ifndef SYSTEMD_UNIT_H
#define SYSTEMD_UNIT_H

#include "../proc.h"

struct unit {
	char unit[PROC_VALUE], slice[PROC_VALUE]; /* slice: "-.slice" for a unit that stands in none */
	bool user;                                /* below a user's own manager, who may move processes about */
	size_t end;                               /* of the path, up to and with the unit */
	bool below;                               /* the process is in a group below the unit's */
};

/* The unit (a .service, .scope, .socket, .mount or .swap) that a process in `cgroup` belongs to: the first behind its slices; below user@N.service the first
 * one behind that. False where there is none: the root, a bare slice, outside. */
bool unit_of(const char *cgroup, struct unit *unit);

/* The unit of a process by its whole /proc/PID/cgroup, and the group that says so. False also for what a runtime keeps below its own service or elsewhere
 * (the service is the runtime's unit, not the container's), except a container that is a part of its unit. */
bool unit_of_process(const char *cgroup, struct proc_group *group, struct unit *unit);

#endif
