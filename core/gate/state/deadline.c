/* SPDX-License-Identifier: Apache-2.0
 * Ends by two clocks. */
#include "gate/state/deadline.h"

bool
sg_deadline_over(const struct sg_deadline *deadline, const struct sg_clock *now)
{
	return now->wall_ms >= deadline->wall_ms || now->boot >= deadline->boot;
}

bool
sg_deadline_passed(const struct sg_deadline *deadline, const struct sg_clock *now)
{
	return now->wall_ms >= deadline->wall_ms && now->boot >= deadline->boot;
}

struct sg_deadline
sg_deadline_in(const struct sg_clock *now, int64_t ms)
{
	return (struct sg_deadline){now->wall_ms + ms, now->boot + ms * SG_MSEC};
}

int64_t
sg_deadline_left(const struct sg_deadline *deadline, const struct sg_clock *now)
{
	int64_t wall = deadline->wall_ms - now->wall_ms, boot = (deadline->boot - now->boot) / SG_MSEC;
	int64_t left = wall < boot ? wall : boot;
	return left > 0 ? left : 0;
}
