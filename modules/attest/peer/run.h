/* SPDX-License-Identifier: Apache-2.0
 * Whether a process still runs the program that it ran when it was first looked at. Each exec lays stack and program out anew at random places
 * (/proc/PID/stat, fields 26 and 28), so the same program started again by exec is told apart, too. The places are kept here and stated to nobody. */
#ifndef PEER_RUN_H
#define PEER_RUN_H

#include "../proc.h"

enum { RUNS_MOST = 8192 }; /* processes that are remembered; of more than these the one that was looked at longest ago is forgotten */

struct runs;

/* NULL: no memory. */
struct runs *runs_new(void);
void runs_free(struct runs *runs);

/* Which of its programs the process runs, from 1, counted up by each exec that is seen. 0: nobody can tell: the places are hidden from this process, or not random
 * (personality, kernel.randomize_va_space). `stat`: what stands in /proc/PID/stat. */
unsigned runs_look(struct runs *runs, const struct sg_attest_in *in, const char *stat);

#endif
