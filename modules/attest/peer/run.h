/* SPDX-License-Identifier: Apache-2.0
 * Whether a process still runs the program that it ran when it was first looked at. What the kernel shows of its memory is kept open (/proc/PID/maps): it stays
 * with the memory it was opened for, and is empty once exec has begun another program, whatever that one arranges afterwards. The places of stack and program
 * (/proc/PID/stat, fields 26 and 28) are compared as well, should something else keep the old memory alive. */
#ifndef PEER_RUN_H
#define PEER_RUN_H

#include "../proc.h"

enum {
	RUNS_MOST = 8192, /* processes that are remembered, fewer where descriptors run out (RLIMIT_NOFILE) */
	RUNS_SHARE = 4    /* one part in so many is one user's at most */
};

struct runs;

/* NULL: no memory, or no random bytes. */
struct runs *runs_new(const struct sg_host *host);
void runs_free(struct runs *runs);

/* Which of its programs the process runs, from 1, counted up by each exec that is seen. 0: nobody can tell: its memory is hidden from this process, or there is no room: what
 * is kept of a process that lives is never given up for another, so that no other program is taken for the one before. `process`: its folder; `stat`: what stands in
 * /proc/PID/stat. */
unsigned runs_look(struct runs *runs, const struct sg_attest_in *in, int process, const char *stat);

#endif
