/* SPDX-License-Identifier: Apache-2.0
 * Lines that cannot be read: whoever waits for one gets an error instead of silence; what was decided ends as unknown. */
#include "enforce/proxy_in.h"
#include "enforce/tell.h"
#include "enforce/stray.h"

#include "base/json_cut.h"
#include "base/str.h"

/* Batches are of an older revision: each request in one is refused by its own id. */
static bool
refuse_batch(struct sg_proxy *proxy, const struct sg_json *batch)
{
	size_t named = 0;
	for (const struct sg_json *e = sg_json_first(batch); e != NULL; e = sg_json_next(batch, e)) {
		struct sg_buf id;
		sg_buf_init(&id, 8192);
		if (sg_json_get(e, "method") != NULL && sg_mcp_id_fine(sg_json_get(e, "id")))
			sg_json_line(&id, sg_json_get(e, "id"));
		if (id.len > 0 && !id.failed && ++named <= SG_MCP_OPEN_CALLS)
			sg_proxy_refuse(proxy, SG_SIDE_CLIENT, sg_buf_view(&id), SG_MCP_mcp_batch);
		sg_buf_done(&id);
	}
	return named > 0;
}

/* An answer of the client to a question of the server is told to the server; everything else to the client. */
void
sg_proxy_lost_client(struct sg_proxy *proxy, const struct sg_mcp_message *m, struct sg_str line, enum sg_mcp_error error)
{
	struct sg_mcp_stray stray;
	struct sg_mcp_call *asked = NULL;
	if (error == SG_MCP_mcp_batch && refuse_batch(proxy, m->json))
		return;
	sg_mcp_stray(&stray, line);
	if (stray.object && !stray.method && (stray.outcome || stray.id[0] != '\0'))
		asked = sg_mcp_take_text(&proxy->from_server, sg_str(stray.id));
	if (asked == NULL) {
		sg_proxy_refuse(proxy, SG_SIDE_CLIENT, sg_str(stray.id), error);
		return;
	}
	proxy->refused++;
	sg_mcp_tell("the client's answer cannot be read: %s", sg_mcp_code(error));
	sg_proxy_spoil(proxy, asked, SG_MCP_mcp_unreadable);
}

static void
spoil(struct sg_proxy *proxy, struct sg_mcp_call *call)
{
	bool own = call->own, ping = call->method->treatment == SG_METHOD_PASSED;
	sg_proxy_spoil(proxy, call, SG_MCP_mcp_unreadable);
	if (own && ping)
		sg_barrier_answered(proxy);
	else if (own)
		sg_held_spoilt(proxy);
}

/* Every call that an unreadable batch of answers is about. */
static void
spoil_batch(struct sg_proxy *proxy, const struct sg_json *batch)
{
	for (const struct sg_json *e = sg_json_first(batch); e != NULL; e = sg_json_next(batch, e)) {
		const struct sg_json *id = sg_json_get(e, "id");
		struct sg_mcp_call *call = id != NULL && sg_json_get(e, "method") == NULL ? sg_mcp_take(&proxy->open, id) : NULL;
		if (call != NULL)
			spoil(proxy, call);
	}
}

/* A line without an id that looks like an answer is the answer to the one call that waits, if it is one. What looks like nothing is not passed on. */
void
sg_proxy_lost_server(struct sg_proxy *proxy, const struct sg_mcp_message *m, struct sg_str line, enum sg_mcp_error error)
{
	struct sg_mcp_stray stray;
	struct sg_mcp_call *call = NULL;
	sg_mcp_stray(&stray, line);
	bool answer = stray.object && (stray.outcome || (!stray.method && stray.id[0] != '\0'));
	if (answer && error != SG_MCP_mcp_answer)
		call = sg_mcp_take_text(&proxy->open, sg_str(stray.id));
	else if (answer && m->id != NULL && m->id->type == SG_JSON_NULL)
		call = sg_mcp_take_text(&proxy->open, SG_STR("")); /* the server could not read what it was asked */
	sg_proxy_refuse(proxy, SG_SIDE_SERVER, stray.method && call == NULL ? sg_str(stray.id) : SG_STR(""), error);
	if (call != NULL)
		spoil(proxy, call);
	else if (error == SG_MCP_mcp_batch)
		spoil_batch(proxy, m->json);
	else if (error == SG_MCP_mcp_line && !stray.method)
		proxy->broken = true;
}

static void
left_out(void *proxy, struct sg_str element, const struct sg_err *err)
{
	(void)proxy;
	(void)element;
	sg_mcp_tell("a tool of the server cannot be read and is left out: %s", err->text);
}

bool
sg_proxy_mended(struct sg_proxy *proxy, struct sg_str line, struct sg_buf *rest)
{
	static const char *const tools[] = {"result", "tools", NULL};
	struct sg_json_limits limits = {.bytes = SG_MCP_SERVER_LINE, .nodes = 1 << 20};
	struct sg_mcp_stray stray;
	sg_mcp_stray(&stray, line);
	const struct sg_mcp_call *call = stray.id[0] != '\0' && stray.outcome && !stray.method ? sg_mcp_find_text(&proxy->open, sg_str(stray.id)) : NULL;
	if (call == NULL || call->method->treatment != SG_METHOD_FILTERED)
		return false;
	return sg_json_cut_list(rest, line, tools, &limits, left_out, proxy) && !rest->failed;
}
