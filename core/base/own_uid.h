/* SPDX-License-Identifier: Apache-2.0
 * A user that nobody else is. Whoever shares a user with a process may stop, kill and, where the kernel lets it, change it: 65534, which services and containers
 * run as by the dozen, is no user of one's own. */
#ifndef SG_BASE_OWN_UID_H
#define SG_BASE_OWN_UID_H

#include <stdbool.h>
#include <sys/types.h>

/* Above all that distributions, systemd and container runtimes give out (systemd's UIDS-GIDS table ends below 2^31; FreeIPA's subordinate ids do not: where these are
 * used, give none from here on); one for each process id there may be, and as many for paths. */
#define SG_OWN_UIDS 0xE0000000u
/* So the kernel calls who has no other name; taken only where this process's user namespace has no more. */
#define SG_NOBODY 65534u

/* Becomes a user and group above SG_OWN_UIDS, for good, without groups: with `path` always the same for the same path, so that it finds again what it wrote; NULL: one
 * by its process id. In a user namespace that does not have these: SG_NOBODY. For a process of root. False: it stays what it is, and must go no further. */
bool sg_become_nobody_else(const char *path);
/* Such a user is there for processes of this user namespace (/proc/self/uid_map). */
bool sg_own_uids_are(void);

#endif
