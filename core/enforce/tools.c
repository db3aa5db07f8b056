/* SPDX-License-Identifier: Apache-2.0
 * What tools a server has, as its listings say: the digest of each definition, for the pin in the catalogue; and which names one listing had twice. */
#include "enforce/proxy_in.h"

#include "base/secret.h"
#include "base/str.h"

#include <stdlib.h>

enum { TOOLS_MOST = 4096 }; /* what is beyond is not shown, has no digest, and where it is pinned it is refused */

struct tool {
	char *name;
	char digest[SG_SHA256_HEX]; /* "": not known any more */
	char page[SG_SHA256_HEX];   /* of its listing: as in struct sg_mcp_call */
	uint64_t listing, answer;
	bool twice;
	uint64_t again_in; /* the listing that had it twice last; 0: none */
};

struct sg_str
sg_tool_digest(const struct sg_proxy *proxy, const struct sg_method *method, struct sg_str subject)
{
	const struct tool *tool = strcmp(method->name, "tools/call") == 0 ? sg_table_get(&proxy->tools, subject) : NULL;
	if (tool != NULL && tool->twice)
		return SG_STR("twice");
	return tool == NULL ? SG_STR("") : sg_str(tool->digest);
}

struct sg_str
sg_tools_shown(const struct sg_proxy *proxy, struct sg_str name)
{
	const struct tool *tool = sg_table_get(&proxy->tools, name);
	return tool == NULL || tool->twice || tool->answer != proxy->answers ? SG_STR("") : sg_str(tool->digest);
}

static void
free_tool(struct tool *tool)
{
	if (tool != NULL)
		free(tool->name);
	free(tool);
}

/* Makes room: what neither of the listings that are being read has. */
static void
drop_old(struct sg_proxy *proxy)
{
	size_t at = 0;
	for (struct tool *t; (t = sg_table_next(&proxy->tools, &at)) != NULL;)
		if (t->listing != proxy->listing_of[0] && t->listing != proxy->listing_of[1])
			free_tool(sg_table_take(&proxy->tools, sg_str(t->name)));
}

/* NULL: there is no room. */
static struct tool *
tool_named(struct sg_proxy *proxy, struct sg_str name)
{
	struct tool *tool = sg_table_get(&proxy->tools, name);
	if (tool != NULL)
		return tool;
	if (proxy->tools.count >= TOOLS_MOST)
		drop_old(proxy);
	if (proxy->tools.count >= TOOLS_MOST || (tool = calloc(1, sizeof(*tool))) == NULL)
		return NULL;
	if ((tool->name = strndup(name.ptr, name.len)) != NULL && sg_table_put(&proxy->tools, (struct sg_str){tool->name, name.len}, tool) == SG_OK)
		return tool;
	free_tool(tool);
	return NULL;
}

static void
learn_tool(struct sg_proxy *proxy, const struct sg_mcp_call *call, const struct sg_json *definition, struct sg_str name)
{
	struct sg_buf canonical;
	struct tool *tool = memchr(name.ptr, '\0', name.len) == NULL ? tool_named(proxy, name) : NULL;
	uint64_t listing = proxy->listing_of[call->own];
	if (tool == NULL)
		return;
	bool again = tool->listing == listing && (tool->answer == proxy->answers || strcmp(tool->page, call->page) != 0);
	if (again) { /* and the page it came from first stays known */
		tool->twice = true;
		tool->again_in = listing;
		return;
	}
	sg_buf_init(&canonical, SG_MCP_SERVER_LINE);
	sg_canon_write(&canonical, definition);
	sg_sha256_hex(tool->digest, sg_buf_view(&canonical));
	tool->listing = listing;
	tool->answer = proxy->answers;
	memcpy(tool->page, call->page, sizeof(tool->page));
	sg_buf_done(&canonical);
}

/* A listing that was read to its end has what it had once; until then what another one had twice is not believed. */
static void
had_once(struct sg_proxy *proxy, uint64_t listing)
{
	size_t at = 0;
	for (struct tool *t; (t = sg_table_next(&proxy->tools, &at)) != NULL;)
		if (t->listing == listing && t->again_in != listing)
			t->twice = false;
}

void
sg_tools_learn(struct sg_proxy *proxy, const struct sg_mcp_call *call, const struct sg_json *tools, bool last)
{
	if (call->page[0] == '\0')
		proxy->listing_of[call->own] = ++proxy->listings;
	proxy->answers++;
	for (const struct sg_json *t = sg_json_first(tools); t != NULL; t = sg_json_next(tools, t)) {
		struct sg_str name;
		if (sg_json_string(sg_json_get(t, "name"), &name))
			learn_tool(proxy, call, t, name);
	}
	if (last)
		had_once(proxy, proxy->listing_of[call->own]);
	proxy->listed |= last;
}

/* Of a listing that is being read it stays known which names it had. */
void
sg_tools_forget(struct sg_proxy *proxy)
{
	size_t at = 0;
	for (struct tool *t; (t = sg_table_next(&proxy->tools, &at)) != NULL;) {
		t->digest[0] = '\0';
		t->twice = false;
	}
	proxy->listed = false;
	proxy->changed = proxy->listing;
}

void
sg_tools_done(struct sg_proxy *proxy)
{
	size_t at = 0;
	for (struct tool *t; (t = sg_table_next(&proxy->tools, &at)) != NULL;)
		free_tool(t);
	sg_table_done(&proxy->tools);
}
