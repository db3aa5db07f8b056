/* SPDX-License-Identifier: Apache-2.0
 * The metrics are a room of their own; this only starts its program. */
#include "ctl/daemon.h"

int
sg_ctl_metrics(struct sg_ctl *ctl)
{
	return sg_daemon_become(ctl, "stepgate-metrics", (const char *const *)ctl->rest);
}
