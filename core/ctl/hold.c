/* SPDX-License-Identifier: Apache-2.0
 * An operator's word that the record is kept whole, and the one that takes it back. */
#include "ctl/show.h"

#include "base/str.h"

#include <stdio.h>

static void
show_hold(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	const struct sg_json *keep = sg_json_get(answer, "keep");
	(void)ctl;
	puts(sg_show_bool(keep, "hold") ? "held: nothing of the record is deleted" : "released: retention goes on");
}

int
sg_ctl_audit_hold(struct sg_ctl *ctl)
{
	return sg_ctl_word(ctl, "/v1/audit/hold", NULL, "hold", show_hold);
}

int
sg_ctl_audit_release(struct sg_ctl *ctl)
{
	return sg_ctl_word(ctl, "/v1/audit/hold", NULL, "release", show_hold);
}
