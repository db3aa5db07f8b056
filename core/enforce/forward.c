/* SPDX-License-Identifier: Apache-2.0
 * A decided call on its way to the server: written anew, with the arguments that were decided and nothing that was not. */
#include "enforce/proxy_in.h"

#include "base/str.h"

/* The message again, canonical, with the arguments that were decided. */
static bool
write_decided(struct sg_buf *to, const struct sg_mcp_message *m, struct sg_str params)
{
	struct sg_buf line;
	struct sg_json_writer w;
	sg_buf_init(&line, to->max);
	sg_jw_begin(&w, &line);
	sg_jw_object(&w);
	sg_jw_name(&w, "id");
	sg_jw_raw(&w, m->id_text);
	sg_jw_member_text(&w, "jsonrpc", "2.0");
	sg_jw_member_str(&w, "method", m->method);
	sg_jw_member_raw(&w, "params", params);
	sg_jw_end(&w);
	bool good = !line.failed && sg_mcp_put(to, sg_buf_view(&line));
	sg_buf_done(&line);
	return good;
}

/* Only what was decided goes on: the name or uri, the arguments, and the token by which progress is told. Anything else was not judged. */
static bool
may_pass(const struct sg_json *member, const char *subject)
{
	const struct sg_json *token = sg_json_get(member, "progressToken");
	if (sg_str_is(member->name, "_meta"))
		return token != NULL && sg_mcp_id_fine(token);
	return sg_str_is(member->name, subject) || (sg_str_is(member->name, "arguments") && strcmp(subject, "name") == 0);
}

static void
write_progress(struct sg_json_writer *w, const struct sg_json *meta)
{
	sg_jw_object(w);
	struct sg_buf token; /* an id of its own: as it came */
	sg_buf_init(&token, 8192);
	sg_json_line(&token, sg_json_get(meta, "progressToken"));
	sg_jw_name(w, "progressToken");
	sg_jw_raw(w, token.failed ? SG_STR("") : sg_buf_view(&token));
	sg_buf_done(&token);
	sg_jw_end(w);
}

/* params with `arguments` replaced (tools/call, prompts/get) and its subject named as it was decided, members in canonical order. */
static void
write_params(struct sg_buf *out, const struct sg_json *params, const char *subject, struct sg_str decided, struct sg_str arguments)
{
	struct sg_buf canonical;
	struct sg_arena arena;
	const struct sg_json *sorted = NULL;
	struct sg_json_writer w;
	struct sg_json_limits limits = {.bytes = SG_MCP_SERVER_LINE, .nodes = 1 << 20};
	sg_buf_init(&canonical, SG_MCP_SERVER_LINE);
	sg_arena_init(&arena, 64 << 20);
	sg_canon_write(&canonical, params);
	sg_jw_begin(&w, out);
	if (sg_canon_parse(&arena, sg_buf_view(&canonical), &limits, &sorted, NULL) != SG_OK) {
		out->failed = true;
	} else {
		bool written = sg_json_get(sorted, "arguments") != NULL;
		sg_jw_object(&w);
		for (const struct sg_json *p = sg_json_first(sorted); p != NULL; p = sg_json_next(sorted, p)) {
			if (!may_pass(p, subject))
				continue;
			if (sg_str_is(p->name, "_meta")) {
				sg_jw_name_str(&w, p->name);
				write_progress(&w, sg_json_get(params, "_meta")); /* as it came, not as it was sorted */
				continue;
			}
			if (!written && sg_str_cmp(p->name, SG_STR("arguments")) > 0 && arguments.len > 2) {
				sg_jw_member_raw(&w, "arguments", arguments);
				written = true;
			}
			sg_jw_name_str(&w, p->name);
			sg_str_is(p->name, "arguments") ? sg_jw_raw(&w, arguments) : sg_jw_str(&w, decided);
		}
		sg_jw_end(&w);
	}
	sg_arena_done(&arena);
	sg_buf_done(&canonical);
}

/* A resource is named twice in what was decided: as what it is done to, and in the arguments, which policy may narrow. What was narrowed to another one was not
 * judged as that. */
static bool
names_one(const struct sg_proxy_call *call, const struct sg_reply *reply)
{
	struct sg_arena arena;
	const struct sg_json *arguments = NULL;
	struct sg_str uri = {"", 0};
	bool is_uri = strcmp(call->method->subject, "uri") == 0;
	if (strcmp(call->method->subject, "ref") == 0) /* it goes on as the arguments have it */
		return sg_str_eq(reply->resource_id, call->resource_id);
	sg_arena_init(&arena, 16 << 20);
	bool good = !is_uri || (sg_json_parse(&arena, reply->arguments, NULL, &arguments, NULL) == SG_OK && sg_json_string(sg_json_get(arguments, "uri"), &uri) &&
				(sg_str_eq(uri, call->subject) || sg_str_eq(uri, reply->resource_id)));
	sg_arena_done(&arena);
	return good;
}

/* The name or uri that goes to the server. False: it was decided on something else than can be sent. */
static bool
decided_subject(const struct sg_proxy_call *call, const struct sg_reply *reply, struct sg_str *subject)
{
	size_t before = call->resource_id.len - call->subject.len; /* a tool is "SERVER/tool" */
	if (reply->resource_id.len <= before || memcmp(reply->resource_id.ptr, call->resource_id.ptr, before) != 0 || !names_one(call, reply))
		return false;
	*subject = (struct sg_str){reply->resource_id.ptr + before, reply->resource_id.len - before};
	return true;
}

void
sg_proxy_forward(struct sg_proxy *proxy, const struct sg_mcp_message *m, const struct sg_proxy_call *call, const struct sg_reply *reply)
{
	const struct sg_method *method = call->method;
	struct sg_buf params;
	struct sg_str subject = {"", 0};
	bool named = decided_subject(call, reply, &subject);
	sg_buf_init(&params, SG_MCP_SERVER_LINE);
	if (strcmp(method->subject, "ref") == 0)
		sg_buf_str(&params, reply->arguments);
	else
		write_params(&params, m->params, method->subject, subject, strcmp(method->subject, "uri") != 0 ? reply->arguments : SG_STR(""));
	enum sg_mcp_error error = !named ? SG_MCP_mcp_decided : params.failed ? SG_MCP_mcp_line : sg_mcp_remember(&proxy->open, m, method, reply->decision);
	if (error != SG_MCP_FINE) {
		sg_daemon_outcome(proxy->daemon, reply->decision, "failed", (struct sg_str){NULL, 0});
		sg_proxy_refuse(proxy, SG_SIDE_CLIENT, m->id_text, error);
	} else if (!write_decided(&proxy->to_server, m, sg_buf_view(&params))) {
		sg_proxy_spoil(proxy, sg_mcp_take(&proxy->open, m->id), SG_MCP_mcp_line);
	} else if (sg_str_is(m->method, "resources/subscribe") && sg_str_eq(subject, call->subject)) {
		sg_given_note(proxy, SG_GIVEN_URI, sg_json_get(m->params, "uri"));
	}
	sg_buf_done(&params);
}
