/* SPDX-License-Identifier: Apache-2.0
 * How often users may come to a gateway. Each that comes costs a process and a question to the daemon, which the gateway pays for: whoever comes without end,
 * with a task or without, must not use up what the others' sessions ask with. */
#ifndef SG_ENFORCE_PACE_H
#define SG_ENFORCE_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SG_PACE_USERS = 512,       /* whose coming is kept; of those that have shown no task the one that came least lately gives way */
	SG_PACE_RATE = 10,         /* a second, of one user that has shown no task yet */
	SG_PACE_BURST = 64,
	SG_PACE_KNOWN_RATE = 20,   /* of one that has */
	SG_PACE_KNOWN_BURST = 256,
	SG_PACE_ALL_RATE = 200,    /* of all together that have not: users come without end where one may make them */
	SG_PACE_ALL_BURST = 512
};

struct sg_pace_row {
	bool used, known;
	long uid;
	int64_t milli, at_ms; /* thousandths that are left, as of then */
};

/* All zero: nobody has come. */
struct sg_pace {
	struct sg_pace_row rows[SG_PACE_USERS], all;
};

/* May it come now (milliseconds of any steady clock)? */
bool sg_pace_take(struct sg_pace *pace, long uid, int64_t now_ms);
/* It showed a task. */
void sg_pace_known(struct sg_pace *pace, long uid);

#endif
