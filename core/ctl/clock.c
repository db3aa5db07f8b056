/* SPDX-License-Identifier: Apache-2.0
 * An operator's word on the wall clock. */
#include "ctl/show.h"

#include "base/str.h"

static void
show_clock(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	sg_show_verdict(ctl, sg_json_text_at(sg_json_get(answer, "clock"), "state"), 0);
	putchar('\n');
}

int
sg_ctl_clock_accept(struct sg_ctl *ctl)
{
	return sg_ctl_word(ctl, "/v1/clock/accept", NULL, NULL, show_clock);
}
