/* SPDX-License-Identifier: Apache-2.0
 * The approvers' page is a room of its own; this only starts its program. */
#include "ctl/daemon.h"

int
sg_ctl_web(struct sg_ctl *ctl)
{
	return sg_daemon_become(ctl, "stepgate-web", (const char *const *)ctl->rest);
}
