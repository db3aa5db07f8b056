/* SPDX-License-Identifier: Apache-2.0
 * The programs in front of MCP servers are a room of their own; this only starts them. */
#include "ctl/daemon.h"

int
sg_ctl_mcp(struct sg_ctl *ctl)
{
	return sg_daemon_become(ctl, "stepgate-mcp", (const char *const *)ctl->rest);
}
