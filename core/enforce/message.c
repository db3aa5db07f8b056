/* SPDX-License-Identifier: Apache-2.0
 * One line of a session: read strictly, or refused with a code; and the error that answers it. */
#include "enforce/message.h"

#include "base/str.h"
#include "base/names.h"

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

bool
sg_mcp_put(struct sg_buf *to, struct sg_str json)
{
	size_t before = to->len;
	bool good = !to->failed;
	sg_json_line_text(to, json);
	sg_buf_text(to, "\n");
	if (good && to->failed) {
		to->len = before; /* what did not fit is not there, and the next may fit */
		to->failed = false;
		return false;
	}
	return good;
}

/* Readers there are that take `Method` for `method`, and the last of the two: what is none of these does not go on (JSON-RPC 2.0, sections 4 and 5). */
bool
sg_mcp_member(struct sg_str name)
{
	static const char *const members[] = {"error", "id", "jsonrpc", "method", "params", "result"};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (sg_str_is(name, members[i]))
			return true;
	return false;
}

bool
sg_mcp_goes_on(const struct sg_json *message, struct sg_str name)
{
	return sg_mcp_member(name) && (sg_json_get(message, "method") != NULL || !sg_str_is(name, "params"));
}

bool
sg_mcp_pass(struct sg_buf *to, const struct sg_json *message, struct sg_str id)
{
	struct sg_buf line;
	const char *comma = "{";
	sg_buf_init(&line, to->max);
	for (const struct sg_json *m = sg_json_first(message); m != NULL; m = sg_json_next(message, m)) {
		if (!sg_mcp_goes_on(message, m->name))
			continue;
		sg_buf_text(&line, comma);
		sg_canon_string(&line, m->name);
		sg_buf_text(&line, ":");
		id.len > 0 && sg_str_is(m->name, "id") ? sg_buf_str(&line, id) : sg_json_line(&line, m);
		comma = ",";
	}
	sg_buf_text(&line, "}");
	bool good = !line.failed && comma[0] == ',' && sg_mcp_put(to, sg_buf_view(&line));
	sg_buf_done(&line);
	return good;
}

/* Nothing of the refused line is said back but its id. */
void
sg_mcp_write_error(struct sg_buf *to, struct sg_str id, enum sg_mcp_error error)
{
	struct sg_buf line;
	struct sg_json_writer w;
	sg_buf_init(&line, 8192);
	sg_jw_begin(&w, &line);
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
	id.len > 0 ? sg_jw_raw(&w, id) : sg_jw_null(&w);
	sg_jw_member_text(&w, "jsonrpc", "2.0");
	sg_jw_end(&w);
	if (line.failed || !sg_mcp_put(to, sg_buf_view(&line)))
		to->failed = true; /* not even that: the session ends, and every call with it */
	sg_buf_done(&line);
}

bool
sg_mcp_id_fine(const struct sg_json *id)
{
	int64_t number;
	struct sg_str text;
	return (sg_json_int(id, &number) && id->string.len <= SG_MCP_ID_DIGITS) || (sg_json_string(id, &text) && text.len <= SG_MCP_ID_BYTES);
}

static struct sg_str
id_text(struct sg_mcp_message *m)
{
	struct sg_buf text;
	sg_buf_init(&text, 8192);
	sg_json_line(&text, m->id);
	struct sg_str copy = text.failed ? (struct sg_str){NULL, 0} : sg_arena_copy(&m->arena, sg_buf_view(&text));
	sg_buf_done(&text);
	return copy;
}

static bool
has_others(const struct sg_json *message)
{
	for (const struct sg_json *m = sg_json_first(message); m != NULL; m = sg_json_next(message, m))
		if (!sg_mcp_member(m->name))
			return true;
	return false;
}

/* Words of the protocol in params. One in another case says nothing to us, and something to servers that do not look at case. */
static bool
is_misspelt(struct sg_str name)
{
	static const char *const words[] = {"_meta", "argument", "arguments", "capabilities", "clientInfo", "context", "cursor", "id", "level", "method", "name", "params",
					    "progressToken", "protocolVersion", "reason", "ref", "requestId", "type", "uri", "value"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (sg_names_alike(name, sg_str(words[i])))
			return true;
	return false;
}

/* In params and what they hold; what a tool or prompt is called with is its own. */
static bool
has_misspelt(const struct sg_json *object)
{
	for (const struct sg_json *m = sg_json_first(object); m != NULL; m = sg_json_next(object, m)) {
		bool own = sg_str_is(m->name, "arguments");
		if (is_misspelt(m->name) || (!own && m->type == SG_JSON_OBJECT && has_misspelt(m)))
			return true;
	}
	return false;
}

static enum sg_mcp_error
read_shape(struct sg_mcp_message *m)
{
	m->id = sg_json_get(m->json, "id");
	m->params = sg_json_get(m->json, "params");
	bool has_method = sg_json_string(sg_json_get(m->json, "method"), &m->method);
	bool has_result = sg_json_get(m->json, "result") != NULL, has_error = sg_json_get(m->json, "error") != NULL;
	if (!sg_json_is(m->json, "jsonrpc", "2.0"))
		return SG_MCP_mcp_jsonrpc;
	if (m->id != NULL && !sg_mcp_id_fine(m->id) && !(has_error && m->id->type == SG_JSON_NULL))
		return SG_MCP_mcp_id;
	if (m->id != NULL && m->id->type != SG_JSON_NULL && (m->id_text = id_text(m)).len == 0)
		return SG_MCP_mcp_id;
	m->request = has_method && m->id != NULL;
	m->notification = has_method && m->id == NULL;
	m->answer = !has_method && sg_json_get(m->json, "method") == NULL && m->id != NULL && has_result != has_error;
	if ((has_method && (has_result || has_error || has_others(m->json))) || !(m->request || m->notification || m->answer))
		return SG_MCP_mcp_shape;
	if (has_method && (sg_names_collide(m->json) || (m->params != NULL && m->params->type == SG_JSON_OBJECT && has_misspelt(m->params))))
		return SG_MCP_mcp_names;
	return m->params != NULL && m->params->type != SG_JSON_OBJECT ? SG_MCP_mcp_params : SG_MCP_FINE;
}

enum sg_mcp_error
sg_mcp_read(struct sg_mcp_message *m, struct sg_str line, size_t most)
{
	struct sg_json_limits limits = {.bytes = most, .nodes = 1 << 20};
	*m = (struct sg_mcp_message){.json = NULL};
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
bool
sg_mcp_newer_era(const struct sg_mcp_message *m)
{
	const struct sg_json *meta = sg_json_get(m->params, "_meta");
	return sg_json_get(meta, "io.modelcontextprotocol/protocolVersion") != NULL || sg_str_is(m->method, "server/discover");
}
