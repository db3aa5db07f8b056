/* SPDX-License-Identifier: Apache-2.0
 * What tools a server has: the digest of each definition, for the pin in the catalogue; and the list that the client sees, without what ceilings can
 * never allow. */
#include "enforce/proxy_in.h"

#include "base/digest.h"
#include "base/secret.h"
#include "base/str.h"

#include <stdlib.h>

enum { TOOLS_MOST = 4096 }; /* what is beyond has no digest, and where it is pinned it is refused */

struct tool {
	char *name;
	char digest[SG_SHA256_HEX];
};

struct sg_str
sg_tool_digest(const struct sg_proxy *proxy, const struct sg_method *method, struct sg_str subject)
{
	const struct tool *tool = strcmp(method->name, "tools/call") == 0 ? sg_table_get(&proxy->tools, subject) : NULL;
	return tool == NULL ? SG_STR("") : sg_str(tool->digest);
}

static void
learn_tool(struct sg_proxy *proxy, const struct sg_json *definition, struct sg_str name)
{
	struct sg_buf canonical;
	struct tool *tool = sg_table_get(&proxy->tools, name);
	if (tool == NULL && proxy->tools.count >= TOOLS_MOST)
		return;
	if (tool == NULL) {
		tool = calloc(1, sizeof(*tool));
		if (tool == NULL || (tool->name = strndup(name.ptr, name.len)) == NULL ||
		    sg_table_put(&proxy->tools, sg_str(tool->name), tool) != SG_OK) {
			if (tool != NULL)
				free(tool->name);
			free(tool);
			return;
		}
	}
	sg_buf_init(&canonical, SG_MCP_SERVER_LINE);
	sg_canon_write(&canonical, definition);
	sg_sha256_hex(tool->digest, sg_buf_view(&canonical));
	sg_buf_done(&canonical);
}

void
sg_tools_learn(struct sg_proxy *proxy, const struct sg_json *tools, bool last)
{
	for (const struct sg_json *t = sg_json_first(tools); t != NULL; t = sg_json_next(tools, t)) {
		struct sg_str name;
		if (sg_json_string(sg_json_get(t, "name"), &name))
			learn_tool(proxy, t, name);
	}
	proxy->listed |= last;
}

void
sg_tools_forget(struct sg_proxy *proxy)
{
	size_t at = 0;
	for (struct tool *t; (t = sg_table_next(&proxy->tools, &at)) != NULL;) {
		free(t->name);
		free(t);
	}
	uint64_t seed = 0;
	sg_table_done(&proxy->tools);
	sg_random(&seed, sizeof(seed), NULL);
	sg_table_init(&proxy->tools, seed);
	proxy->listed = false;
	proxy->changed = proxy->listing;
}

static void
write_names(struct sg_proxy *proxy, const struct sg_json *tools, struct sg_buf *names, struct sg_arena *arena)
{
	const struct sg_method *call = sg_method_find(SG_SIDE_CLIENT, SG_STR("tools/call"));
	struct sg_json_writer w;
	sg_jw_begin(&w, names);
	sg_jw_array(&w);
	for (const struct sg_json *t = sg_json_first(tools); t != NULL; t = sg_json_next(tools, t)) {
		struct sg_str name;
		if (!sg_json_string(sg_json_get(t, "name"), &name))
			continue;
		sg_jw_str(&w, sg_proxy_action(proxy, call, name, arena));
	}
	sg_jw_end(&w);
}

static bool
listed(const struct sg_json *allowed, struct sg_str action)
{
	for (const struct sg_json *a = sg_json_first(allowed); a != NULL; a = sg_json_next(allowed, a)) {
		struct sg_str name;
		if (sg_json_string(a, &name) && sg_str_eq(name, action))
			return true;
	}
	return false;
}

static void
write_shown(struct sg_buf *line, const struct sg_proxy *proxy, struct sg_mcp_message *m, const struct sg_json *allowed)
{
	const struct sg_method *call = sg_method_find(SG_SIDE_CLIENT, SG_STR("tools/call"));
	const struct sg_json *result = sg_json_get(m->json, "result"), *tools = sg_json_get(result, "tools");
	static const char *const beside[] = {"_meta", "nextCursor"};
	const char *comma = "";
	sg_buf_text(line, "\"result\":{");
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if (sg_json_get(result, beside[i]) != NULL) {
			sg_buf_printf(line, "\"%s\":", beside[i]);
			sg_json_line(line, sg_json_get(result, beside[i]));
			sg_buf_text(line, ",");
		}
	sg_buf_text(line, "\"tools\":[");
	for (const struct sg_json *t = sg_json_first(tools); t != NULL; t = sg_json_next(tools, t)) {
		struct sg_str name;
		if (!sg_json_string(sg_json_get(t, "name"), &name) || !listed(allowed, sg_proxy_action(proxy, call, name, &m->arena)))
			continue;
		sg_buf_text(line, comma);
		sg_json_line(line, t);
		comma = ",";
	}
	sg_buf_text(line, "]}");
}

/* The list without what ceilings can never allow. If the daemon does not say, nothing is listed: the call would be refused anyway. */
bool
sg_tools_filter(struct sg_proxy *proxy, struct sg_mcp_message *m, struct sg_str id)
{
	const struct sg_json *result = sg_json_get(m->json, "result"), *tools = sg_json_get(result, "tools"), *allowed = NULL;
	struct sg_buf names, answer, line;
	sg_tools_learn(proxy, tools, sg_json_get(result, "nextCursor") == NULL);
	sg_buf_init(&names, 1 << 20);
	sg_buf_init(&answer, 1 << 20);
	sg_buf_init(&line, proxy->to_client.max);
	write_names(proxy, tools, &names, &m->arena);
	if (!names.failed && sg_daemon_ceiling(proxy->daemon, sg_buf_view(&names), &answer, NULL) == SG_OK &&
	    sg_json_parse(&m->arena, sg_arena_copy(&m->arena, sg_buf_view(&answer)), NULL, &allowed, NULL) == SG_OK)
		allowed = sg_json_get(allowed, "actions");
	sg_buf_printf(&line, "{\"id\":%.*s,\"jsonrpc\":\"2.0\",", SG_STR_ARG(id));
	write_shown(&line, proxy, m, allowed);
	sg_buf_text(&line, "}");
	bool good = !line.failed && sg_mcp_put(&proxy->to_client, sg_buf_view(&line));
	sg_buf_done(&line);
	sg_buf_done(&names);
	sg_buf_done(&answer);
	return good;
}
