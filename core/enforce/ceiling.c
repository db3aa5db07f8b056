/* SPDX-License-Identifier: Apache-2.0
 * What the daemon says of one action, whether or not it is asked for now. */
#include "enforce/proxy_in.h"

#include "base/secret.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

/* "mcp.files.tools.read_file"; what a catalogue cannot name is asked under a name that no catalogue has. */
struct sg_str
sg_proxy_action(const struct sg_proxy *proxy, const struct sg_method *method, struct sg_str subject, struct sg_arena *arena)
{
	bool is_tool = strcmp(method->name, "tools/call") == 0;
	if (!is_tool)
		return sg_str(sg_arena_printf(arena, "mcp.%s.%s.%s", proxy->name, method->action, strrchr(method->name, '/') + 1));
	for (size_t i = 0; i < subject.len; i++) {
		char c = subject.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return SG_STR("mcp.unnameable");
	}
	return sg_str(sg_arena_printf(arena, "mcp.%s.tools.%.*s", proxy->name, SG_STR_ARG(subject)));
}

const struct sg_json *
sg_proxy_ceiling(const struct sg_proxy *proxy, struct sg_arena *arena, struct sg_str action)
{
	struct sg_buf names, answer;
	const struct sg_json *json = NULL;
	sg_buf_init(&names, 8 * SG_MCP_CLIENT_LINE);
	sg_buf_init(&answer, SG_MCP_CLIENT_LINE);
	sg_buf_text(&names, "[");
	sg_canon_string(&names, action);
	sg_buf_text(&names, "]");
	bool told = !names.failed && sg_daemon_ceiling(proxy->daemon, sg_buf_view(&names), (struct sg_str){NULL, 0}, &answer, NULL) == SG_OK &&
		    sg_json_parse(arena, sg_arena_copy(arena, sg_buf_view(&answer)), NULL, &json, NULL) == SG_OK;
	sg_buf_done(&answer);
	sg_buf_done(&names);
	return told ? json : NULL;
}

void
sg_proxy_key(char key[48])
{
	unsigned char bytes[16];
	char hex[33];
	if (sg_random(bytes, sizeof(bytes), NULL) != SG_OK)
		abort(); /* without randomness nothing may be asked twice by accident */
	sg_hex(hex, bytes, sizeof(bytes));
	snprintf(key, 48, "mcp-%s", hex);
}
