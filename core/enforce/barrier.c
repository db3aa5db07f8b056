/* SPDX-License-Identifier: Apache-2.0
 * Has the server read past what was taken back? A ping behind it says so, once it is answered: what a server does one after the other is done then, and what it
 * does side by side it has begun, or let be. */
#include "enforce/proxy_in.h"

#include <stdio.h>

uint64_t
sg_barrier_behind(const struct sg_proxy *proxy)
{
	return proxy->pings + 1;
}

void
sg_barrier_next(struct sg_proxy *proxy)
{
	char key[48];
	struct sg_mcp_message m;
	struct sg_buf line;
	if (!proxy->barrier_due || proxy->barrier_open)
		return;
	sg_proxy_key(key);
	sg_buf_init(&line, 256);
	sg_buf_printf(&line, "{\"id\":\"%s\",\"jsonrpc\":\"2.0\",\"method\":\"ping\"}", key);
	bool kept = sg_mcp_read(&m, sg_buf_view(&line), SG_MCP_CLIENT_LINE) == SG_MCP_FINE && sg_mcp_remember_own(&proxy->open, &m) == SG_MCP_FINE;
	if (kept && sg_mcp_put(&proxy->to_server, sg_buf_view(&line))) { /* else when the next line of the server's comes */
		proxy->barrier_open = true;
		proxy->barrier_due = false;
		proxy->pings++;
	} else if (kept) {
		sg_mcp_call_free(sg_mcp_take(&proxy->open, m.id));
	}
	sg_arena_done(&m.arena);
	sg_buf_done(&line);
}

void
sg_barrier_answered(struct sg_proxy *proxy)
{
	proxy->barrier_open = false;
	proxy->barrier_due = sg_mcp_pinged(&proxy->open, proxy->pings);
}
