/* SPDX-License-Identifier: Apache-2.0
 * Room on the journal's disk that is held for the day when there is none: once it is let go, what operators say is recorded still. */
#ifndef SG_GATE_JOURNAL_RESERVE_H
#define SG_GATE_JOURNAL_RESERVE_H

#include "base/sys.h"

#include <stdbool.h>

enum { SG_RESERVE = 1 << 20 /* bytes: about a thousand orders of operators */, SG_RESERVE_FLOOR = 256 << 10 /* the last of it is for operators' words alone (gate/desk/scarce.h) */ };

/* True: it is there, whole and on the disk. It is made only where as much again is free, so that nobody's last byte goes into it; else false with `*error` (ENOSPC), or that of the disk.
 * On the disk's thread: a slow disk takes a moment. */
bool sg_reserve_make(const struct sg_sys *sys, int folder, int *error);
/* True: there was one, and it is gone. */
bool sg_reserve_free(int folder);
/* Bytes that the disk has left for this process; 0 also where it does not say. On the disk's thread. */
uint64_t sg_reserve_room(int folder);

#endif
