/* SPDX-License-Identifier: Apache-2.0
 * A tool that is pinned is called by its definition, so the definition must be known: where the client has not asked for the list, the gateway does, and
 * calls wait until it is there. */
#include "enforce/proxy_in.h"
#include "enforce/tell.h"

#include "base/str.h"

enum { PAGES_MOST = 64, CURSOR_MOST = 4096 };

static void
ask_page(struct sg_proxy *proxy, struct sg_str cursor)
{
	char key[48];
	struct sg_mcp_message m;
	struct sg_buf line;
	sg_proxy_key(key);
	sg_buf_init(&line, 8 * CURSOR_MOST);
	sg_buf_printf(&line, "{\"id\":\"%s\",\"jsonrpc\":\"2.0\",\"method\":\"tools/list\",\"params\":{", key);
	sg_buf_text(&line, cursor.len > 0 ? "\"cursor\":" : "");
	if (cursor.len > 0)
		sg_canon_string(&line, cursor);
	sg_buf_text(&line, "}}");
	proxy->listing = !line.failed && sg_mcp_read(&m, sg_buf_view(&line), SG_MCP_CLIENT_LINE) == SG_MCP_FINE &&
			 sg_mcp_remember_own(&proxy->open, &m) == SG_MCP_FINE;
	if (proxy->listing)
		proxy->listing = sg_mcp_put(&proxy->to_server, sg_buf_view(&line));
	if (!line.failed)
		sg_arena_done(&m.arena);
	sg_buf_done(&line);
}

/* What no list makes allowed is answered at once. Where this cannot be asked, the decision cannot either, and says so. */
static bool
may_ever(const struct sg_proxy *proxy, struct sg_mcp_message *m, const struct sg_method *method, struct sg_str name)
{
	return sg_json_first(sg_json_get(sg_proxy_ceiling(proxy, &m->arena, sg_proxy_action(proxy, method, name, &m->arena)), "actions")) != NULL;
}

static bool
waits(const struct sg_proxy *proxy, struct sg_mcp_message *m, const struct sg_method *method)
{
	struct sg_str name = {"", 0};
	sg_json_string(sg_json_get(m->params, "name"), &name);
	return m->request && strcmp(method->name, "tools/call") == 0 && name.len > 0 && !proxy->overdue &&
	       (proxy->listing || (!proxy->listed && sg_tool_digest(proxy, method, name).len == 0)) && may_ever(proxy, m, method, name);
}

bool
sg_held_hold(struct sg_proxy *proxy, struct sg_mcp_message *m, const struct sg_method *method)
{
	if (proxy->letting_go || !waits(proxy, m, method))
		return false;
	if (!proxy->listing) {
		proxy->pages = 1;
		proxy->list_ms = sg_mcp_now_ms() + SG_HELD_MS;
		ask_page(proxy, SG_STR(""));
	}
	if (!proxy->listing)
		return false;
	if (!sg_mcp_pass(&proxy->held, m->json, SG_STR("")) && m->request)
		sg_proxy_refuse(proxy, SG_SIDE_CLIENT, m->id_text, SG_MCP_mcp_too_many);
	return true;
}

static void
let_go(struct sg_proxy *proxy, void (*take)(struct sg_proxy *, struct sg_str))
{
	struct sg_buf lines = proxy->held;
	sg_buf_init(&proxy->held, lines.max);
	proxy->listing = false;
	proxy->letting_go = true;
	for (struct sg_str rest = sg_buf_view(&lines); rest.len > 0;)
		take(proxy, sg_str_cut(&rest, '\n'));
	proxy->letting_go = false;
	sg_buf_done(&lines);
}

void
sg_held_answer(struct sg_proxy *proxy, const struct sg_mcp_call *call, const struct sg_mcp_message *m)
{
	struct sg_str cursor = {"", 0};
	const struct sg_json *result = sg_json_get(m->json, "result"), *tools = sg_json_get(result, "tools");
	bool more = sg_json_string(sg_json_get(result, "nextCursor"), &cursor) && cursor.len > 0;
	bool again = proxy->changed; /* from the beginning: what came before may be no more */
	if (!again && tools != NULL && tools->type == SG_JSON_ARRAY)
		sg_tools_learn(proxy, call, tools, !more);
	if (proxy->overdue)
		proxy->list_ms = sg_mcp_now_ms() + SG_HELD_MS;
	proxy->listing = proxy->changed = proxy->overdue = false;
	if ((again || more) && ++proxy->pages <= PAGES_MOST)
		ask_page(proxy, again ? SG_STR("") : cursor);
	if (!proxy->listing)
		let_go(proxy, proxy->client_line);
}

void
sg_held_spoilt(struct sg_proxy *proxy)
{
	proxy->listing = proxy->changed = proxy->overdue = false;
	let_go(proxy, proxy->client_line);
}

void
sg_held_late(struct sg_proxy *proxy)
{
	sg_mcp_tell("the server does not answer tools/list");
	sg_held_spoilt(proxy);
	proxy->overdue = true;
}

static bool
has_id(struct sg_str line, struct sg_str id)
{
	struct sg_mcp_message m;
	struct sg_buf its;
	sg_buf_init(&its, 4096);
	if (sg_mcp_read(&m, line, SG_MCP_CLIENT_LINE) == SG_MCP_FINE)
		sg_canon_write(&its, m.id);
	bool same = !its.failed && its.len > 0 && sg_str_eq(sg_buf_view(&its), id);
	sg_buf_done(&its);
	sg_arena_done(&m.arena);
	return same;
}

static bool
cancel_in(struct sg_buf *waiting, struct sg_str id)
{
	struct sg_buf lines = *waiting;
	bool found = false;
	sg_buf_init(waiting, lines.max);
	for (struct sg_str rest = sg_buf_view(&lines); rest.len > 0;) {
		struct sg_str line = sg_str_cut(&rest, '\n');
		bool taken = !found && has_id(line, id);
		found = found || taken;
		if (!taken)
			sg_mcp_put(waiting, line);
	}
	sg_buf_done(&lines);
	return found;
}

bool
sg_held_cancel(struct sg_proxy *proxy, const struct sg_mcp_message *cancel)
{
	const struct sg_json *id = sg_json_get(cancel->params, "requestId");
	struct sg_buf text;
	if ((proxy->held.len == 0 && proxy->lined.len == 0) || !sg_mcp_id_fine(id))
		return false;
	sg_buf_init(&text, 4096);
	sg_canon_write(&text, id);
	bool found = cancel_in(&proxy->held, sg_buf_view(&text)) || cancel_in(&proxy->lined, sg_buf_view(&text));
	sg_buf_done(&text);
	return found;
}

static void
answer_gone(struct sg_proxy *proxy, struct sg_str line)
{
	struct sg_mcp_message m;
	if (sg_mcp_read(&m, line, SG_MCP_CLIENT_LINE) == SG_MCP_FINE && m.request)
		sg_mcp_write_error(&proxy->to_client, m.id_text, SG_MCP_mcp_server_gone);
	sg_arena_done(&m.arena);
}

void
sg_held_gone(struct sg_proxy *proxy)
{
	let_go(proxy, answer_gone);
	for (struct sg_str rest = sg_buf_view(&proxy->lined); rest.len > 0;)
		answer_gone(proxy, sg_str_cut(&rest, '\n'));
	sg_buf_clear(&proxy->lined);
}
