/* SPDX-License-Identifier: Apache-2.0
 * The list of tools as the client sees it: without what ceilings can never allow, what the pin does not fit, and what one listing has twice. */
#include "enforce/proxy_in.h"

#include "base/str.h"

enum { ASKED_AT_ONCE = 64 };

/* One page on its way to the client. */
struct page {
	struct sg_proxy *proxy;
	struct sg_mcp_message *m;
	const struct sg_method *call;
	struct sg_buf line;
	const char *comma;
	bool untold; /* the daemon did not say which */
};

bool
sg_tools_are(const struct sg_mcp_message *m)
{
	const struct sg_json *tools = sg_json_get(sg_json_get(m->json, "result"), "tools");
	return tools != NULL && tools->type == SG_JSON_ARRAY;
}

/* Writes the next tools' actions and digests. The first tool that is not among them, or NULL. */
static const struct sg_json *
write_asked(const struct page *page, const struct sg_json *tools, const struct sg_json *from, struct sg_buf *names, struct sg_buf *digests)
{
	struct sg_json_writer n, d;
	size_t count = 0;
	sg_jw_begin(&n, names);
	sg_jw_begin(&d, digests);
	sg_jw_array(&n);
	sg_jw_array(&d);
	for (; from != NULL && count < ASKED_AT_ONCE; from = sg_json_next(tools, from)) {
		struct sg_str name;
		if (!sg_json_string(sg_json_get(from, "name"), &name) || sg_tools_shown(page->proxy, name).len == 0)
			continue;
		sg_jw_str(&n, sg_proxy_action(page->proxy, page->call, name, &page->m->arena));
		sg_jw_str(&d, sg_tools_shown(page->proxy, name));
		count++;
	}
	sg_jw_end(&n);
	sg_jw_end(&d);
	return from;
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

/* Such a call would be refused by the server: what makes a task of it is not carried. */
static bool
as_task_only(const struct sg_json *tool)
{
	return sg_json_is(sg_json_get(tool, "execution"), "taskSupport", "required");
}

/* What nobody has read and pinned is the server's words, and they stand before the client's model. */
static bool
may_say(struct page *page, const struct sg_json *answer, struct sg_str action)
{
	return !listed(sg_json_get(answer, "unpinned"), action) || sg_said_pass(page->proxy);
}

static void
write_allowed(struct page *page, const struct sg_json *tools, const struct sg_json *from, const struct sg_json *end, const struct sg_json *answer)
{
	const struct sg_json *allowed = sg_json_get(answer, "actions");
	for (const struct sg_json *t = from; t != end; t = sg_json_next(tools, t)) {
		struct sg_str name;
		if (!sg_json_string(sg_json_get(t, "name"), &name) || sg_tools_shown(page->proxy, name).len == 0 || as_task_only(t) ||
		    !listed(allowed, sg_proxy_action(page->proxy, page->call, name, &page->m->arena)) ||
		    !may_say(page, answer, sg_proxy_action(page->proxy, page->call, name, &page->m->arena)))
			continue;
		sg_buf_text(&page->line, page->comma);
		sg_canon_write(&page->line, t); /* as it was digested: a number's further digits are in no pin */
		page->comma = ",";
	}
}

/* If the daemon does not say, there is no list: one without tools would be believed. */
static const struct sg_json *
write_some(struct page *page, const struct sg_json *tools, const struct sg_json *from)
{
	struct sg_buf names, digests, answer;
	const struct sg_json *allowed = NULL;
	sg_buf_init(&names, 1 << 20);
	sg_buf_init(&digests, 1 << 20);
	sg_buf_init(&answer, 1 << 20);
	const struct sg_json *end = write_asked(page, tools, from, &names, &digests);
	bool asked = names.failed || names.len > 2;
	bool told = !names.failed && asked && sg_daemon_ceiling(page->proxy->daemon, sg_buf_view(&names), sg_buf_view(&digests), &answer, NULL) == SG_OK &&
		    sg_json_parse(&page->m->arena, sg_arena_copy(&page->m->arena, sg_buf_view(&answer)), NULL, &allowed, NULL) == SG_OK;
	if (told)
		write_allowed(page, tools, from, end, allowed);
	page->untold |= asked && !told;
	sg_buf_done(&names);
	sg_buf_done(&digests);
	sg_buf_done(&answer);
	return end;
}

/* Where to ask on is the server's own text, and may be any words: they go on where what it says by the way may. Without it the list would be believed to end. */
static enum sg_mcp_error
may_go_on(struct sg_proxy *proxy, const struct sg_json *cursor)
{
	if (cursor == NULL || cursor->type == SG_JSON_NULL || (cursor->type == SG_JSON_STRING && cursor->string.len == 0))
		return SG_MCP_FINE;
	return cursor->type != SG_JSON_STRING ? SG_MCP_mcp_line : sg_said_pass(proxy) ? SG_MCP_FINE : SG_MCP_mcp_said;
}

/* With nothing beside the tools but where to ask on: a list's _meta is the server's words, and no pin is over them. */
static void
write_result(struct page *page, const struct sg_json *result, const struct sg_json *tools)
{
	const struct sg_json *next = sg_json_get(result, "nextCursor");
	sg_buf_text(&page->line, "\"result\":{");
	if (next != NULL) {
		sg_buf_text(&page->line, "\"nextCursor\":");
		sg_json_line(&page->line, next);
		sg_buf_text(&page->line, ",");
	}
	sg_buf_text(&page->line, "\"tools\":[");
	for (const struct sg_json *t = sg_json_first(tools); t != NULL && !page->untold;)
		t = write_some(page, tools, t);
	sg_buf_text(&page->line, "]}");
}

enum sg_mcp_error
sg_tools_show(struct sg_proxy *proxy, const struct sg_mcp_call *call, struct sg_mcp_message *m)
{
	const struct sg_json *result = sg_json_get(m->json, "result"), *tools = sg_json_get(result, "tools"), *next = sg_json_get(result, "nextCursor");
	struct page page = {.proxy = proxy, .m = m, .call = sg_method_find(SG_SIDE_CLIENT, SG_STR("tools/call")), .comma = ""};
	sg_tools_learn(proxy, call, tools, next == NULL || next->type == SG_JSON_NULL || (next->type == SG_JSON_STRING && next->string.len == 0));
	enum sg_mcp_error wrong = may_go_on(proxy, next);
	if (wrong != SG_MCP_FINE)
		return wrong;
	sg_buf_init(&page.line, proxy->to_client.max);
	sg_buf_printf(&page.line, "{\"id\":%s,\"jsonrpc\":\"2.0\",", call->asked);
	write_result(&page, result, tools);
	sg_buf_text(&page.line, "}");
	bool put = !page.untold && !page.line.failed && sg_mcp_put(&proxy->to_client, sg_buf_view(&page.line));
	sg_buf_done(&page.line);
	return put ? SG_MCP_FINE : page.untold ? SG_MCP_mcp_untold : SG_MCP_mcp_line;
}
