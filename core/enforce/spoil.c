/* SPDX-License-Identifier: Apache-2.0
 * A call whose answer may not be passed on. */
#include "enforce/proxy_in.h"

#include "base/str.h"

#include <stdio.h>

void
sg_proxy_spoil(struct sg_proxy *proxy, struct sg_mcp_call *call, enum sg_mcp_error error)
{
	if (call == NULL)
		return;
	if (call->decision[0] != '\0' && !call->cancelled)
		sg_daemon_outcome(proxy->daemon, sg_str(call->decision), "unknown", (struct sg_str){NULL, 0});
	if (!call->own && !call->cancelled)
		sg_mcp_write_error(call->method->side == SG_SIDE_CLIENT ? &proxy->to_client : &proxy->to_server, sg_str(call->asked), error);
	sg_mcp_call_free(call);
}
