/* SPDX-License-Identifier: Apache-2.0
 * Control groups, looked at from outside: is anybody left in one? */
#ifndef SG_BASE_GROUP_H
#define SG_BASE_GROUP_H

#include "base/sys.h"

enum { SG_GROUP_PATH = 257 };

/* A path as /proc/PID/cgroup shows it: absolute, without "..", shorter than SG_GROUP_PATH. */
bool sg_group_valid(struct sg_str path);

/* Bytes of `path` up to and with the systemd unit that it is in: x.service, x.scope, x.socket, x.mount or x.swap below slices alone, one of a user's manager below
 * user@N.service (systemd.special(7), systemd.slice(5)). 0: it is in none, or among what is neither. */
size_t sg_group_unit(struct sg_str path);

/* True if the group's folder can be seen and `uid` may write neither there nor in any folder above: only then it cannot make groups of its own and put its
 * processes there. What a user group, others or an access list (its mask is the group's bits) may write counts as writable by everybody. */
bool sg_group_kept(const struct sg_sys *self, const char *path, uid_t uid);
/* The same in the hierarchy at `mount`. 1: kept; 0: not; -1: there is no such group. */
int sg_group_kept_at(const char *mount, const char *path, uid_t uid);

/* The same for anybody but root, on a path of any length: 1: root alone says which processes are in the group (`below`: in it or below it, in whatever groups);
 * 0: another user could have put one there; -1: there is no such group. In version 2 who may write a group alone moves nobody into it from outside
 * (cgroups(7), delegation containment), in version 1 they do. */
int sg_group_roots_at(const char *mount, const char *path, bool below, bool unified);

/* Where the unified hierarchy, or systemd's own one of version 1, is mounted whole, by /proc/self/mountinfo. False: nowhere, or only a part of it. */
bool sg_group_mount(struct sg_str mountinfo, bool unified, char out[SG_GROUP_PATH]);

/* 1: nobody is left in the group and below it, or it is gone; 0: somebody is; -1: it could not be found out. Version 2 (cgroup.events), else
 * systemd's own hierarchy of version 1 (cgroup.procs of the group itself; with groups below it, it counts as held). */
int sg_group_empty(const struct sg_sys *self, const char *path);

#endif
