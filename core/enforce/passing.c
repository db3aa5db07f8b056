/* SPDX-License-Identifier: Apache-2.0
 * What a client says that is not decided goes on with what its method needs and nothing else, so that no words of its own come past a decision to a server:
 * a cursor, a uri, a token that this server was told or told, one of eight levels, a number. Not here: ids, which go on as they came, and answers to what the
 * server asked. */
#include "enforce/proxy_in.h"

#include "base/str.h"

static void
digest_of(unsigned char out[SG_SHA256_BYTES], const char *kind, const struct sg_json *value)
{
	struct sg_buf text;
	sg_buf_init(&text, SG_MCP_SERVER_LINE);
	sg_canon_write(&text, value);
	sg_sha256_two(out, sg_str(kind), sg_buf_view(&text));
	sg_buf_done(&text);
}

void
sg_given_note(struct sg_proxy *proxy, const char *kind, const struct sg_json *value)
{
	if (value == NULL || (value->type != SG_JSON_STRING && value->type != SG_JSON_NUMBER))
		return;
	digest_of(proxy->given[proxy->given_next], kind, value);
	proxy->given_next = (proxy->given_next + 1) % SG_GIVEN;
}

static bool
was_given(const struct sg_proxy *proxy, const char *kind, const struct sg_json *value)
{
	unsigned char digest[SG_SHA256_BYTES];
	if (value->type != SG_JSON_STRING && value->type != SG_JSON_NUMBER)
		return false;
	digest_of(digest, kind, value);
	for (size_t i = 0; i < SG_GIVEN; i++)
		if (memcmp(digest, proxy->given[i], sizeof(digest)) == 0)
			return true;
	return false;
}

static bool
is_cursor(const struct sg_proxy *proxy, const struct sg_json *value)
{
	return was_given(proxy, SG_GIVEN_CURSOR, value);
}

static bool
is_subscribed(const struct sg_proxy *proxy, const struct sg_json *value)
{
	return was_given(proxy, SG_GIVEN_URI, value);
}

static bool
is_token(const struct sg_proxy *proxy, const struct sg_json *value)
{
	return was_given(proxy, SG_GIVEN_TOKEN, value);
}

static bool
is_number(const struct sg_proxy *proxy, const struct sg_json *value)
{
	(void)proxy;
	return value->type == SG_JSON_NUMBER && value->string.len <= 24;
}

static bool
is_asked(const struct sg_proxy *proxy, const struct sg_json *value)
{
	return sg_mcp_id_fine(value) && sg_mcp_in_use(&proxy->open, value);
}

/* RFC 5424, as MCP names them. */
static bool
is_level(const struct sg_proxy *proxy, const struct sg_json *value)
{
	static const char *const levels[] = {"alert", "critical", "debug", "emergency", "error", "info", "notice", "warning"};
	(void)proxy;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (value->type == SG_JSON_STRING && sg_str_is(value->string, levels[i]))
			return true;
	return false;
}

/* Members of params, each with what it may be. What is not here is left out; where one is something else, nothing goes on. */
static const struct {
	const char *method, *member;
	bool (*fits)(const struct sg_proxy *proxy, const struct sg_json *value);
} rows[] = {
	{"tools/list", "cursor", is_cursor},
	{"resources/list", "cursor", is_cursor},
	{"resources/templates/list", "cursor", is_cursor},
	{"prompts/list", "cursor", is_cursor},
	{"resources/unsubscribe", "uri", is_subscribed},
	{"logging/setLevel", "level", is_level},
	{"notifications/cancelled", "requestId", is_asked},
	{"notifications/progress", "progressToken", is_token},
	{"notifications/progress", "progress", is_number},
	{"notifications/progress", "total", is_number},
};

/* Nothing, said in words: a first page is asked for so, too. */
static bool
is_empty(const struct sg_json *value)
{
	return value->type == SG_JSON_NULL || (value->type == SG_JSON_STRING && value->string.len == 0);
}

static bool
write_params(struct sg_buf *line, const struct sg_proxy *proxy, const struct sg_mcp_message *m)
{
	const char *comma = "{";
	for (const struct sg_json *p = sg_json_first(m->params); p != NULL; p = sg_json_next(m->params, p)) {
		size_t row = 0, count = sizeof(rows) / sizeof(rows[0]);
		while (row < count && !(sg_str_is(m->method, rows[row].method) && sg_str_is(p->name, rows[row].member)))
			row++;
		if (row == count || is_empty(p))
			continue;
		if (!rows[row].fits(proxy, p))
			return false;
		sg_buf_text(line, comma);
		sg_canon_string(line, p->name);
		sg_buf_text(line, ":");
		sg_json_line(line, p);
		comma = ",";
	}
	sg_buf_text(line, comma[0] == '{' ? "{}" : "}");
	return true;
}

enum sg_mcp_error
sg_passing_write(struct sg_proxy *proxy, const struct sg_mcp_message *m)
{
	struct sg_buf line;
	sg_buf_init(&line, SG_MCP_CLIENT_LINE);
	sg_buf_text(&line, "{\"jsonrpc\":\"2.0\",");
	if (m->request)
		sg_buf_printf(&line, "\"id\":%.*s,", SG_STR_ARG(m->id_text));
	sg_buf_text(&line, "\"method\":");
	sg_canon_string(&line, m->method);
	bool fits = true;
	if (m->params != NULL) {
		sg_buf_text(&line, ",\"params\":");
		fits = write_params(&line, proxy, m);
	}
	sg_buf_text(&line, "}");
	enum sg_mcp_error error = !fits ? SG_MCP_mcp_words : line.failed || !sg_mcp_put(&proxy->to_server, sg_buf_view(&line)) ? SG_MCP_mcp_line : SG_MCP_FINE;
	sg_buf_done(&line);
	return error;
}
