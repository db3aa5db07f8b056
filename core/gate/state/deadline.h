/* SPDX-License-Identifier: Apache-2.0
 * Time as leaves tell it: in both clocks, and steady. */
#ifndef SG_GATE_DEADLINE_H
#define SG_GATE_DEADLINE_H

#include <stdbool.h>
#include <stepgate/types.h>

/* Time in both clocks: over when either says so, so that neither sleep nor a clock set back prolongs anything. */
struct sg_deadline {
	int64_t wall_ms;
	sg_time boot;
};

struct sg_clock {
	int64_t wall_ms;
	sg_time boot;
};

/* Time that only passes: from one leaf to the next the lesser of what both clocks say, so that neither a clock set forward nor one set back moves
 * windows and thresholds. Across boots the wall clock alone is left. */
struct sg_steady {
	int64_t ms;
	struct sg_clock at; /* of the leaf it was last brought up to */
	char boot_id[64];   /* "": of none yet */
};

bool sg_deadline_over(const struct sg_deadline *deadline, const struct sg_clock *now);
/* Both clocks say so: a clock set forward is no reason to take something for ended. */
bool sg_deadline_passed(const struct sg_deadline *deadline, const struct sg_clock *now);
struct sg_deadline sg_deadline_in(const struct sg_clock *now, int64_t ms);
/* Milliseconds left, 0 if over. */
int64_t sg_deadline_left(const struct sg_deadline *deadline, const struct sg_clock *now);

#endif
