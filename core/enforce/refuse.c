/* SPDX-License-Identifier: Apache-2.0
 * A line that is not let through. */
#include "enforce/proxy_in.h"
#include "enforce/tell.h"

void
sg_proxy_refuse(struct sg_proxy *proxy, enum sg_side sender, struct sg_str id, enum sg_mcp_error error)
{
	proxy->refused++;
	sg_mcp_tell("refused a line of the %s: %s", sender == SG_SIDE_CLIENT ? "client" : "server", sg_mcp_code(error));
	if (sender == SG_SIDE_CLIENT)
		sg_mcp_write_error(&proxy->to_client, id, error);
	else if (id.len > 0)
		sg_mcp_write_error(&proxy->to_server, id, error);
}
