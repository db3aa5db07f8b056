/* SPDX-License-Identifier: Apache-2.0
 * Taking back: whoever asked wants no answer any more. By MCP none comes then, so the call no longer counts as open; but one may come, so its id is
 * not free for another before, and the answer goes nowhere. Beyond a bound such calls count as open again. One that was decided has its place until the
 * server has read past it (barrier.c): else a server that does what was cancelled is given any number. */
#include "enforce/proxy_in.h"
#include "enforce/tell.h"

#include "base/str.h"

bool
sg_proxy_cancelled(struct sg_proxy *proxy, struct sg_mcp_calls *calls, const struct sg_mcp_message *m)
{
	const struct sg_mcp_call *call = sg_mcp_cancel(calls, sg_json_get(m->params, "requestId"), sg_barrier_behind(proxy));
	if (call == NULL)
		return false;
	if (call->decision[0] != '\0')
		sg_daemon_outcome(proxy->daemon, sg_str(call->decision), "unknown", (struct sg_str){NULL, 0});
	if (call->method->treatment == SG_METHOD_DECIDED)
		proxy->barrier_due = true;
	if (!call->aside)
		sg_mcp_tell("%d cancelled calls were never answered: what is cancelled from now on counts as open", SG_MCP_CANCELLED_CALLS);
	return true;
}
