/* SPDX-License-Identifier: Apache-2.0
 * A child whose system calls are seen as they are refused: for who has to be told what a wall held back. Nothing of the daemon is watched so. */
#ifndef SG_BASE_WATCHED_H
#define SG_BASE_WATCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SG_REFUSED_KEPT = 3, SG_REFUSED_PATH = 160 };

struct sg_refused {
	char call[24];
	uint64_t args[3];           /* the first three */
	char path[SG_REFUSED_PATH]; /* which it named; "": none, or it could not be read */
};

struct sg_watched {
	struct sg_refused last[SG_REFUSED_KEPT]; /* the last ones that differ, oldest first */
	size_t count;
};

/* In the child: its parent sees from here on. False: this system lets no parent see; the child goes on unseen. */
bool sg_watch_me(void);

/* In the parent: until the child ends, whose wait status comes back (-1: there is no such child). `*seen` gets calls that answered EPERM or EACCES while `*on`,
 * which the child may set in memory that both have. */
int sg_watch(pid_t child, const volatile bool *on, struct sg_watched *seen);

#endif
