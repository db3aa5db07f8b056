/* SPDX-License-Identifier: Apache-2.0
 * Calls that are decided when the server can be given them, and not before: what waits in pipes would be done after a kill, by rules and labels of before. */
#include "enforce/proxy_in.h"

#include "base/str.h"

bool
sg_lined_hold(struct sg_proxy *proxy, const struct sg_mcp_message *m, const struct sg_method *method)
{
	bool first = proxy->lined.len == 0 || proxy->next_of_line;
	if (method->treatment != SG_METHOD_DECIDED || !m->request || (first && sg_mcp_decided(&proxy->open) < SG_MCP_AT_ONCE))
		return false;
	if (!sg_mcp_pass(&proxy->lined, m->json, SG_STR("")))
		sg_proxy_refuse(proxy, SG_SIDE_CLIENT, m->id_text, SG_MCP_mcp_too_many);
	return true;
}

void
sg_lined_next(struct sg_proxy *proxy)
{
	while (proxy->lined.len > 0 && !proxy->next_of_line && sg_mcp_decided(&proxy->open) < SG_MCP_AT_ONCE) {
		struct sg_str rest = sg_buf_view(&proxy->lined), line = sg_str_cut(&rest, '\n');
		struct sg_buf copy;
		sg_buf_init(&copy, SG_MCP_CLIENT_LINE + 1);
		sg_buf_str(&copy, line);
		sg_buf_drop(&proxy->lined, line.len + 1);
		proxy->next_of_line = true;
		if (!copy.failed)
			proxy->client_line(proxy, sg_buf_view(&copy));
		proxy->next_of_line = false;
		sg_buf_done(&copy);
	}
}
