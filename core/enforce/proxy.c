/* SPDX-License-Identifier: Apache-2.0
 * The session: reading strictly, routing by the method table, deciding, filtering lists, reporting outcomes. */
#include "enforce/proxy.h"
#include "enforce/values.h"

#include "base/canon.h"
#include "base/digest.h"
#include "base/secret.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

/* A request on its way to the server. */
struct open_call {
	char *id; /* canonical */
	char decision[64];
	const struct sg_method *method;
};

struct tool {
	char *name;
	char digest[SG_SHA256_HEX];
};

static const struct {
	const char *code, *text;
	int number;
} errors[] = {
	{"", "", 0},
#define X(code, number, text) {#code, text, number},
	SG_MCP_ERRORS(X)
#undef X
};

const char *
sg_mcp_code(enum sg_mcp_error error)
{
	return errors[error].code;
}

void
sg_proxy_init(struct sg_proxy *proxy, struct sg_daemon *daemon, const char *name)
{
	uint64_t seed = 0;
	sg_random(&seed, sizeof(seed), NULL);
	*proxy = (struct sg_proxy){.daemon = daemon};
	snprintf(proxy->name, sizeof(proxy->name), "%s", name);
	sg_buf_init(&proxy->to_client, 2 * SG_MCP_SERVER_LINE);
	sg_buf_init(&proxy->to_server, 2 * SG_MCP_SERVER_LINE);
	sg_table_init(&proxy->open, seed);
	sg_table_init(&proxy->from_server, seed);
	sg_table_init(&proxy->tools, seed);
}

static void
free_calls(struct sg_table *table)
{
	size_t at = 0;
	for (struct open_call *c; (c = sg_table_next(table, &at)) != NULL;) {
		free(c->id);
		free(c);
	}
	sg_table_done(table);
}

void
sg_proxy_done(struct sg_proxy *proxy)
{
	size_t at = 0;
	for (struct tool *t; (t = sg_table_next(&proxy->tools, &at)) != NULL;) {
		free(t->name);
		free(t);
	}
	sg_table_done(&proxy->tools);
	free_calls(&proxy->open);
	free_calls(&proxy->from_server);
	sg_buf_done(&proxy->to_client);
	sg_buf_done(&proxy->to_server);
}

/* ---- lines out ---- */

static void
pass(struct sg_buf *to, struct sg_str line)
{
	sg_buf_str(to, line);
	sg_buf_text(to, "\n");
}

/* `id` NULL: the id is not known. Nothing of the refused line is said back. */
static void
write_error(struct sg_buf *to, const struct sg_json *id, enum sg_mcp_error error)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, to);
	sg_jw_object(&w);
	sg_jw_name(&w, "error");
	sg_jw_object(&w);
	sg_jw_member_int(&w, "code", errors[error].number);
	sg_jw_name(&w, "data");
	sg_jw_object(&w);
	sg_jw_member_text(&w, "stepgate", errors[error].code);
	if (error == SG_MCP_mcp_era)
		sg_jw_member_raw(&w, "supported", SG_STR("[\"2025-11-25\",\"2025-06-18\",\"2025-03-26\",\"2024-11-05\"]"));
	sg_jw_end(&w);
	sg_jw_member_text(&w, "message", errors[error].text);
	sg_jw_end(&w);
	sg_jw_name(&w, "id");
	id != NULL ? sg_jw_value(&w, id) : sg_jw_null(&w);
	sg_jw_member_text(&w, "jsonrpc", "2.0");
	sg_jw_end(&w);
	sg_buf_text(to, "\n");
}

static void
refuse(struct sg_proxy *proxy, enum sg_side sender, const struct sg_json *id, enum sg_mcp_error error)
{
	proxy->refused++;
	fprintf(stderr, "stepgate mcp: refused a line of the %s: %s\n", sender == SG_SIDE_CLIENT ? "client" : "server", errors[error].code);
	if (sender == SG_SIDE_CLIENT)
		write_error(&proxy->to_client, id, error);
	else if (id != NULL)
		write_error(&proxy->to_server, id, error);
}

/* ---- reading ---- */

struct message {
	struct sg_arena arena;
	const struct sg_json *json, *id, *params;
	struct sg_str method;
	bool request, notification, answer;
};

static bool
id_fine(const struct sg_json *id)
{
	int64_t number;
	struct sg_str text;
	return sg_json_int(id, &number) || (sg_json_string(id, &text) && text.len <= 256);
}

static enum sg_mcp_error
read_shape(struct message *m)
{
	m->id = sg_json_get(m->json, "id");
	m->params = sg_json_get(m->json, "params");
	bool has_method = sg_json_string(sg_json_get(m->json, "method"), &m->method);
	bool has_result = sg_json_get(m->json, "result") != NULL, has_error = sg_json_get(m->json, "error") != NULL;
	if (!sg_json_is(m->json, "jsonrpc", "2.0"))
		return SG_MCP_mcp_jsonrpc;
	if (m->id != NULL && !id_fine(m->id) && !(has_error && m->id->type == SG_JSON_NULL))
		return SG_MCP_mcp_id;
	m->request = has_method && m->id != NULL;
	m->notification = has_method && m->id == NULL;
	m->answer = !has_method && sg_json_get(m->json, "method") == NULL && m->id != NULL && has_result != has_error;
	if ((has_method && (has_result || has_error)) || !(m->request || m->notification || m->answer))
		return SG_MCP_mcp_shape;
	return m->params != NULL && m->params->type != SG_JSON_OBJECT ? SG_MCP_mcp_params : SG_MCP_FINE;
}

static enum sg_mcp_error
read_message(struct message *m, struct sg_str line, size_t most)
{
	struct sg_json_limits limits = {.bytes = most, .nodes = 1 << 20};
	*m = (struct message){.json = NULL};
	sg_arena_init(&m->arena, 16 * most + (1 << 20));
	if (line.len > most)
		return SG_MCP_mcp_line;
	if (sg_json_parse(&m->arena, line, &limits, &m->json, NULL) != SG_OK)
		return SG_MCP_mcp_json;
	if (m->json->type == SG_JSON_ARRAY)
		return SG_MCP_mcp_batch;
	if (m->json->type != SG_JSON_OBJECT)
		return SG_MCP_mcp_not_object;
	return read_shape(m);
}

/* The newer era marks each request with its protocol version, and probes with server/discover. */
static bool
newer_era(const struct message *m)
{
	const struct sg_json *meta = sg_json_get(m->params, "_meta");
	return sg_json_get(meta, "io.modelcontextprotocol/protocolVersion") != NULL || sg_str_is(m->method, "server/discover");
}

static char *
canonical_id(const struct sg_json *id)
{
	struct sg_buf out;
	sg_buf_init(&out, 4096);
	sg_canon_write(&out, id);
	char *copy = out.failed ? NULL : strndup(out.ptr, out.len);
	sg_buf_done(&out);
	return copy;
}

static struct open_call *
take_call(struct sg_table *table, const struct sg_json *id)
{
	char *key = canonical_id(id);
	struct open_call *call = key == NULL ? NULL : sg_table_take(table, sg_str(key));
	free(key);
	return call;
}

static enum sg_mcp_error
remember(struct sg_table *table, const struct message *m, const struct sg_method *method, struct sg_str decision)
{
	struct open_call *call = calloc(1, sizeof(*call));
	if (call == NULL || table->count >= SG_MCP_OPEN_CALLS || (call->id = canonical_id(m->id)) == NULL) {
		free(call);
		return SG_MCP_mcp_too_many;
	}
	if (sg_table_get(table, sg_str(call->id)) != NULL || sg_table_put(table, sg_str(call->id), call) != SG_OK) {
		free(call->id);
		free(call);
		return SG_MCP_mcp_id_used;
	}
	call->method = method;
	snprintf(call->decision, sizeof(call->decision), "%.*s", SG_STR_ARG(decision));
	return SG_MCP_FINE;
}

static bool
id_in_use(const struct sg_table *table, const struct sg_json *id)
{
	char *key = canonical_id(id);
	bool used = key == NULL || sg_table_get(table, sg_str(key)) != NULL;
	free(key);
	return used;
}

/* ---- deciding ---- */

/* "mcp.files.tools.read_file"; what a catalogue cannot name is asked under a name that no catalogue has. */
static struct sg_str
action_name(const struct sg_proxy *proxy, const struct sg_method *method, struct sg_str subject, struct sg_arena *arena)
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

static void
new_key(char key[48])
{
	unsigned char bytes[16];
	char hex[33];
	if (sg_random(bytes, sizeof(bytes), NULL) != SG_OK)
		abort(); /* without randomness nothing may be asked twice by accident */
	sg_hex(hex, bytes, sizeof(bytes));
	snprintf(key, 48, "mcp-%s", hex);
}

/* What the model is told: what was refused, why, whether asking again helps, and the decision to name when asking a person. */
static struct sg_str
denial_text(const struct sg_reply *reply, struct sg_str action, struct sg_arena *arena)
{
	if (reply->said == SG_SAID_STEP_UP)
		return sg_str(sg_arena_printf(arena,
					      "Approval pending (%.*s): a person must approve %.*s first. Repeat the call unchanged once it is granted. "
					      "%.*s%s[decision %.*s]",
					      SG_STR_ARG(reply->approval), SG_STR_ARG(action), SG_STR_ARG(reply->say),
					      reply->say.len > 0 ? " " : "", SG_STR_ARG(reply->decision)));
	return sg_str(sg_arena_printf(arena, "Refused by stepgate: %.*s (%.*s: %.*s). %.*s%sWhat may be asked for is what tools/list shows; asking again "
				      "unchanged does not help. [decision %.*s]", SG_STR_ARG(action),
				      SG_STR_ARG(reply->code), SG_STR_ARG(reply->reason), SG_STR_ARG(reply->say),
				      reply->say.len > 0 ? ". " : "", SG_STR_ARG(reply->decision)));
}

static void
write_meta(struct sg_json_writer *w, const struct sg_reply *reply)
{
	sg_jw_object(w);
	sg_jw_name(w, "dev.stepgate/decision");
	sg_jw_object(w);
	if (reply->approval.len > 0)
		sg_jw_member_str(w, "approval", reply->approval);
	sg_jw_member_str(w, "code", reply->code);
	sg_jw_member_str(w, "decision_id", reply->decision);
	sg_jw_member_text(w, "verdict", reply->said == SG_SAID_STEP_UP ? "step_up" : "deny");
	sg_jw_end(w);
	sg_jw_end(w);
}

/* A tool's denial is a result that the model reads; other methods have no such result and get an error. */
static void
write_denial(struct sg_proxy *proxy, const struct message *m, const struct sg_method *method, const struct sg_reply *reply, struct sg_str text)
{
	struct sg_json_writer w;
	bool is_tool = strcmp(method->name, "tools/call") == 0;
	sg_jw_begin(&w, &proxy->to_client);
	sg_jw_object(&w);
	if (!is_tool) {
		sg_jw_name(&w, "error");
		sg_jw_object(&w);
		sg_jw_member_int(&w, "code", -32001);
		sg_jw_name(&w, "data");
		write_meta(&w, reply);
		sg_jw_member_str(&w, "message", text);
		sg_jw_end(&w);
	}
	sg_jw_name(&w, "id");
	sg_jw_value(&w, m->id);
	sg_jw_member_text(&w, "jsonrpc", "2.0");
	if (is_tool) {
		sg_jw_name(&w, "result");
		sg_jw_object(&w);
		sg_jw_name(&w, "_meta");
		write_meta(&w, reply);
		sg_jw_name(&w, "content");
		sg_jw_array(&w);
		sg_jw_object(&w);
		sg_jw_member_str(&w, "text", text);
		sg_jw_member_text(&w, "type", "text");
		sg_jw_end(&w);
		sg_jw_end(&w);
		sg_jw_member_bool(&w, "isError", true);
		sg_jw_end(&w);
	}
	sg_jw_end(&w);
	sg_buf_text(&proxy->to_client, "\n");
}

/* The message again, canonical, with the arguments that were decided. */
static void
write_decided(struct sg_buf *to, const struct message *m, struct sg_str arguments)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, to);
	sg_jw_object(&w);
	sg_jw_name(&w, "id");
	sg_jw_value(&w, m->id);
	sg_jw_member_text(&w, "jsonrpc", "2.0");
	sg_jw_member_str(&w, "method", m->method);
	sg_jw_member_raw(&w, "params", arguments);
	sg_jw_end(&w);
	sg_buf_text(to, "\n");
}

/* Only what was decided goes on: the name or uri, the arguments, and the token by which progress is told. Anything else was not judged. */
static bool
may_pass(const struct sg_json *member, const char *subject)
{
	const struct sg_json *token = sg_json_get(member, "progressToken");
	if (sg_str_is(member->name, "_meta"))
		return token != NULL && id_fine(token);
	return sg_str_is(member->name, subject) || (sg_str_is(member->name, "arguments") && strcmp(subject, "name") == 0);
}

static void
write_progress(struct sg_json_writer *w, const struct sg_json *meta)
{
	sg_jw_object(w);
	sg_jw_name(w, "progressToken");
	sg_jw_value(w, sg_json_get(meta, "progressToken"));
	sg_jw_end(w);
}

/* params with `arguments` replaced (tools/call, prompts/get), members in canonical order. */
static void
write_params(struct sg_buf *out, const struct sg_json *params, const char *subject, struct sg_str arguments)
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
				write_progress(&w, p);
				continue;
			}
			if (!written && sg_str_cmp(p->name, SG_STR("arguments")) > 0 && arguments.len > 2) {
				sg_jw_member_raw(&w, "arguments", arguments);
				written = true;
			}
			sg_jw_name_str(&w, p->name);
			sg_str_is(p->name, "arguments") ? sg_jw_raw(&w, arguments) : sg_jw_value(&w, p);
		}
		sg_jw_end(&w);
	}
	sg_arena_done(&arena);
	sg_buf_done(&canonical);
}

static struct sg_str
tool_digest(const struct sg_proxy *proxy, const struct sg_method *method, struct sg_str subject)
{
	const struct tool *tool = strcmp(method->name, "tools/call") == 0 ? sg_table_get(&proxy->tools, subject) : NULL;
	return tool == NULL ? SG_STR("") : sg_str(tool->digest);
}

static void
forward_decided(struct sg_proxy *proxy, const struct message *m, const struct sg_method *method, bool with_arguments, const struct sg_reply *reply)
{
	struct sg_buf params;
	sg_buf_init(&params, SG_MCP_SERVER_LINE);
	write_params(&params, m->params, method->subject, with_arguments ? reply->arguments : SG_STR(""));
	enum sg_mcp_error error = params.failed ? SG_MCP_mcp_line : remember(&proxy->open, m, method, reply->decision);
	if (error == SG_MCP_FINE) {
		write_decided(&proxy->to_server, m, sg_buf_view(&params));
	} else {
		sg_daemon_outcome(proxy->daemon, reply->decision, "failed", (struct sg_str){NULL, 0});
		refuse(proxy, SG_SIDE_CLIENT, m->id, error);
	}
	sg_buf_done(&params);
}

/* For tools and prompts the decided arguments are `arguments`; for resources they are {"uri"}. */
static bool
read_arguments(const struct message *m, const struct sg_method *method, struct sg_buf *out, bool *with_arguments)
{
	const struct sg_json *arguments = sg_json_get(m->params, "arguments");
	*with_arguments = strcmp(method->subject, "name") == 0;
	if (*with_arguments) {
		if (arguments != NULL && arguments->type != SG_JSON_OBJECT)
			return false;
		arguments != NULL ? sg_canon_write(out, arguments) : sg_buf_text(out, "{}");
		return !out->failed;
	}
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_name(&w, "uri");
	sg_jw_value(&w, sg_json_get(m->params, "uri"));
	sg_jw_end(&w);
	return !out->failed;
}

static void
decide(struct sg_proxy *proxy, struct message *m, const struct sg_method *method)
{
	struct sg_str subject = {NULL, 0};
	struct sg_buf arguments;
	bool with_arguments = false;
	char key[48];
	if (!m->request || !sg_json_string(sg_json_get(m->params, method->subject), &subject) || subject.len == 0) {
		refuse(proxy, SG_SIDE_CLIENT, m->id, SG_MCP_mcp_params);
		return;
	}
	if (id_in_use(&proxy->open, m->id)) {
		refuse(proxy, SG_SIDE_CLIENT, m->id, SG_MCP_mcp_id_used);
		return;
	}
	sg_buf_init(&arguments, SG_MCP_SERVER_LINE);
	if (!read_arguments(m, method, &arguments, &with_arguments)) {
		refuse(proxy, SG_SIDE_CLIENT, m->id, SG_MCP_mcp_params);
		sg_buf_done(&arguments);
		return;
	}
	new_key(key);
	bool is_tool = strcmp(method->name, "tools/call") == 0;
	struct sg_ask ask = {.action = action_name(proxy, method, subject, &m->arena), .tool = tool_digest(proxy, method, subject),
			     .resource_type = is_tool ? SG_STR("mcp_tool") : sg_str(sg_arena_printf(&m->arena, "mcp_%.*s", (int)strlen(method->action) - 1, method->action)),
			     .resource_id = is_tool ? sg_str(sg_arena_printf(&m->arena, "%s/%.*s", proxy->name, SG_STR_ARG(subject))) : subject,
			     .arguments = sg_buf_view(&arguments), .key = key};
	struct sg_reply reply;
	sg_daemon_act(proxy->daemon, &ask, &m->arena, &reply);
	if (reply.said == SG_SAID_ALLOW)
		forward_decided(proxy, m, method, with_arguments, &reply);
	else
		write_denial(proxy, m, method, &reply, denial_text(&reply, ask.action, &m->arena));
	sg_buf_done(&arguments);
}

/* ---- the client's lines ---- */

static void
client_answer(struct sg_proxy *proxy, const struct message *m, struct sg_str line)
{
	struct open_call *call = take_call(&proxy->from_server, m->id);
	if (call == NULL) {
		proxy->refused++;
		fprintf(stderr, "stepgate mcp: the client answered nothing that was asked\n");
		return;
	}
	free(call->id);
	free(call);
	pass(&proxy->to_server, line);
}

void
sg_proxy_client_line(struct sg_proxy *proxy, struct sg_str line)
{
	struct message m;
	enum sg_mcp_error error = read_message(&m, line, SG_MCP_CLIENT_LINE);
	const struct sg_method *method = error == SG_MCP_FINE ? sg_method_find(SG_SIDE_CLIENT, m.method) : NULL;
	const struct sg_json *id = error == SG_MCP_FINE || (m.json != NULL && m.id != NULL && id_fine(m.id)) ? m.id : NULL;
	if (error == SG_MCP_FINE && m.answer)
		client_answer(proxy, &m, line);
	else if (error == SG_MCP_FINE && newer_era(&m))
		refuse(proxy, SG_SIDE_CLIENT, id, SG_MCP_mcp_era);
	else if (error != SG_MCP_FINE || method == NULL || method->treatment == SG_METHOD_REFUSED)
		refuse(proxy, SG_SIDE_CLIENT, id, error != SG_MCP_FINE ? error : SG_MCP_mcp_method);
	else if (method->treatment == SG_METHOD_DECIDED)
		decide(proxy, &m, method);
	else if (m.request && (error = remember(&proxy->open, &m, method, SG_STR(""))) != SG_MCP_FINE)
		refuse(proxy, SG_SIDE_CLIENT, id, error);
	else
		pass(&proxy->to_server, line);
	sg_arena_done(&m.arena);
}

/* ---- the server's lines ---- */

static void
learn_tool(struct sg_proxy *proxy, const struct sg_json *definition, struct sg_str name)
{
	struct sg_buf canonical;
	struct tool *tool = sg_table_get(&proxy->tools, name);
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
		learn_tool(proxy, t, name);
		sg_jw_str(&w, action_name(proxy, call, name, arena));
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

/* The list without what ceilings can never allow. If the daemon does not say, nothing is listed: the call would be refused anyway. */
static void
filter_tools(struct sg_proxy *proxy, struct message *m)
{
	const struct sg_method *call = sg_method_find(SG_SIDE_CLIENT, SG_STR("tools/call"));
	const struct sg_json *result = sg_json_get(m->json, "result"), *tools = sg_json_get(result, "tools"), *allowed = NULL;
	struct sg_buf names, answer;
	struct sg_json_writer w;
	sg_buf_init(&names, 1 << 20);
	sg_buf_init(&answer, 1 << 20);
	write_names(proxy, tools, &names, &m->arena);
	if (!names.failed && sg_daemon_ceiling(proxy->daemon, sg_buf_view(&names), &answer, NULL) == SG_OK &&
	    sg_json_parse(&m->arena, sg_arena_copy(&m->arena, sg_buf_view(&answer)), NULL, &allowed, NULL) == SG_OK)
		allowed = sg_json_get(allowed, "actions");
	sg_jw_begin(&w, &proxy->to_client);
	sg_jw_object(&w);
	sg_jw_name(&w, "id");
	sg_jw_value(&w, m->id);
	sg_jw_member_text(&w, "jsonrpc", "2.0");
	sg_jw_name(&w, "result");
	sg_jw_object(&w);
	const struct sg_json *cursor = sg_json_get(result, "nextCursor");
	if (sg_json_get(result, "_meta") != NULL) {
		sg_jw_name(&w, "_meta");
		sg_jw_value(&w, sg_json_get(result, "_meta"));
	}
	if (cursor != NULL) {
		sg_jw_name(&w, "nextCursor");
		sg_jw_value(&w, cursor);
	}
	sg_jw_name(&w, "tools");
	sg_jw_array(&w);
	for (const struct sg_json *t = sg_json_first(tools); t != NULL; t = sg_json_next(tools, t)) {
		struct sg_str name;
		if (sg_json_string(sg_json_get(t, "name"), &name) && listed(allowed, action_name(proxy, call, name, &m->arena)))
			sg_jw_value(&w, t);
	}
	sg_jw_end(&w);
	sg_jw_end(&w);
	sg_jw_end(&w);
	sg_buf_text(&proxy->to_client, "\n");
	sg_buf_done(&names);
	sg_buf_done(&answer);
}

static const char *
result_of(const struct message *m)
{
	bool failed = false;
	if (sg_json_get(m->json, "error") != NULL)
		return "failed";
	sg_json_bool(sg_json_get(sg_json_get(m->json, "result"), "isError"), &failed);
	return failed ? "failed" : "ok";
}

/* Told before the client sees the answer, so that no argument made of it can come first. */
static void
report(struct sg_proxy *proxy, const struct message *m, struct sg_str decision)
{
	struct sg_buf values;
	const struct sg_json *error = sg_json_get(m->json, "error");
	sg_buf_init(&values, 2 * SG_MCP_VALUES_BYTES);
	sg_mcp_values(&values, error != NULL ? error : sg_json_get(m->json, "result"));
	sg_daemon_outcome(proxy->daemon, decision, result_of(m), values.failed || values.len <= 2 ? (struct sg_str){NULL, 0} : sg_buf_view(&values));
	sg_buf_done(&values);
}

static void
server_answer(struct sg_proxy *proxy, struct message *m, struct sg_str line)
{
	struct open_call *call = take_call(&proxy->open, m->id);
	if (call == NULL) {
		refuse(proxy, SG_SIDE_SERVER, NULL, SG_MCP_mcp_answer);
		return;
	}
	if (call->decision[0] != '\0')
		report(proxy, m, sg_str(call->decision));
	const struct sg_json *tools = sg_json_get(sg_json_get(m->json, "result"), "tools");
	if (call->method->treatment == SG_METHOD_FILTERED && tools != NULL && tools->type == SG_JSON_ARRAY)
		filter_tools(proxy, m);
	else
		pass(&proxy->to_client, line);
	free(call->id);
	free(call);
}

void
sg_proxy_server_line(struct sg_proxy *proxy, struct sg_str line)
{
	struct message m;
	enum sg_mcp_error error = read_message(&m, line, SG_MCP_SERVER_LINE);
	const struct sg_method *method = error == SG_MCP_FINE ? sg_method_find(SG_SIDE_SERVER, m.method) : NULL;
	if (error == SG_MCP_FINE && m.answer)
		server_answer(proxy, &m, line);
	else if (error != SG_MCP_FINE || method == NULL)
		refuse(proxy, SG_SIDE_SERVER, error == SG_MCP_FINE ? m.id : NULL, error != SG_MCP_FINE ? error : SG_MCP_mcp_method);
	else if (m.request && (error = remember(&proxy->from_server, &m, method, SG_STR(""))) != SG_MCP_FINE)
		refuse(proxy, SG_SIDE_SERVER, m.id, error);
	else
		pass(&proxy->to_client, line);
	sg_arena_done(&m.arena);
}

void
sg_proxy_server_gone(struct sg_proxy *proxy)
{
	size_t at = 0;
	for (struct open_call *c; (c = sg_table_next(&proxy->open, &at)) != NULL;) {
		struct sg_arena arena;
		const struct sg_json *id = NULL;
		sg_arena_init(&arena, 1 << 20);
		if (sg_json_parse(&arena, sg_str(c->id), NULL, &id, NULL) == SG_OK)
			write_error(&proxy->to_client, id, SG_MCP_mcp_server_gone);
		if (c->decision[0] != '\0')
			sg_daemon_outcome(proxy->daemon, sg_str(c->decision), "unknown", (struct sg_str){NULL, 0});
		sg_table_take(&proxy->open, sg_str(c->id));
		free(c->id);
		free(c);
		sg_arena_done(&arena);
	}
}
