/* SPDX-License-Identifier: Apache-2.0
 * Requests that wait for their answer, by their canonical ids. */
#include "enforce/calls.h"

#include "base/canon.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

void
sg_mcp_call_free(struct sg_mcp_call *call)
{
	free(call->id);
	free(call->asked);
	free(call);
}

void
sg_mcp_calls_init(struct sg_mcp_calls *calls, uint64_t seed)
{
	sg_table_init(&calls->table, seed);
	calls->aside = 0;
}

void
sg_mcp_calls_done(struct sg_mcp_calls *calls)
{
	size_t at = 0;
	for (struct sg_mcp_call *c; (c = sg_table_next(&calls->table, &at)) != NULL;)
		sg_mcp_call_free(c);
	sg_table_done(&calls->table);
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

static struct sg_mcp_call *
take(struct sg_mcp_calls *calls, struct sg_str key)
{
	struct sg_mcp_call *call = sg_table_take(&calls->table, key);
	if (call != NULL && call->aside)
		calls->aside--;
	return call;
}

struct sg_mcp_call *
sg_mcp_take(struct sg_mcp_calls *calls, const struct sg_json *id)
{
	char *key = canonical_id(id);
	struct sg_mcp_call *call = key == NULL ? NULL : take(calls, sg_str(key));
	free(key);
	return call;
}

struct sg_mcp_call *
sg_mcp_take_any(struct sg_mcp_calls *calls)
{
	size_t at = 0;
	const struct sg_mcp_call *any = sg_table_next(&calls->table, &at);
	return any == NULL ? NULL : take(calls, sg_str(any->id));
}

/* The one that waits for its answer; of cancelled ones none is expected. */
static const struct sg_mcp_call *
only_one(const struct sg_mcp_calls *calls)
{
	size_t at = 0;
	const struct sg_mcp_call *only = NULL;
	for (const struct sg_mcp_call *c; (c = sg_table_next(&calls->table, &at)) != NULL;) {
		if (!c->cancelled && only != NULL)
			return NULL;
		only = c->cancelled ? only : c;
	}
	return only;
}

struct sg_mcp_call *
sg_mcp_take_text(struct sg_mcp_calls *calls, struct sg_str id)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	const struct sg_mcp_call *only = id.len == 0 ? only_one(calls) : NULL;
	sg_arena_init(&arena, 64 << 10);
	struct sg_mcp_call *call = only != NULL ? take(calls, sg_str(only->id)) : NULL;
	if (id.len > 0 && sg_json_parse(&arena, id, NULL, &json, NULL) == SG_OK)
		call = sg_mcp_take(calls, json);
	sg_arena_done(&arena);
	return call;
}

/* Not by its text, which a server may choose as long as it likes. */
static void
name_page(struct sg_mcp_call *call, const struct sg_mcp_message *m)
{
	const struct sg_json *cursor = sg_json_get(m->params, "cursor");
	struct sg_buf text;
	if (cursor == NULL || cursor->type == SG_JSON_NULL || (cursor->type == SG_JSON_STRING && cursor->string.len == 0))
		return;
	sg_buf_init(&text, SG_MCP_CLIENT_LINE);
	sg_canon_write(&text, cursor);
	sg_sha256_hex(call->page, sg_buf_view(&text));
	sg_buf_done(&text);
}

enum sg_mcp_error
sg_mcp_remember(struct sg_mcp_calls *calls, const struct sg_mcp_message *m, const struct sg_method *method, struct sg_str decision)
{
	struct sg_mcp_call *call = calloc(1, sizeof(*call));
	if (call == NULL || calls->table.count - calls->aside >= SG_MCP_OPEN_CALLS || (call->id = canonical_id(m->id)) == NULL ||
	    (call->asked = strndup(m->id_text.ptr, m->id_text.len)) == NULL) {
		if (call != NULL)
			sg_mcp_call_free(call);
		return SG_MCP_mcp_too_many;
	}
	if (sg_table_get(&calls->table, sg_str(call->id)) != NULL || sg_table_put(&calls->table, sg_str(call->id), call) != SG_OK) {
		sg_mcp_call_free(call);
		return SG_MCP_mcp_id_used;
	}
	call->method = method;
	name_page(call, m);
	snprintf(call->decision, sizeof(call->decision), "%.*s", SG_STR_ARG(decision));
	return SG_MCP_FINE;
}

static struct sg_mcp_call *
find(const struct sg_mcp_calls *calls, const struct sg_json *id)
{
	char *key = canonical_id(id);
	struct sg_mcp_call *call = key == NULL ? NULL : sg_table_get(&calls->table, sg_str(key));
	free(key);
	return call;
}

const struct sg_mcp_call *
sg_mcp_find_text(const struct sg_mcp_calls *calls, struct sg_str id)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 64 << 10);
	const struct sg_mcp_call *call = sg_json_parse(&arena, id, NULL, &json, NULL) == SG_OK ? find(calls, json) : NULL;
	sg_arena_done(&arena);
	return call;
}

bool
sg_mcp_in_use(const struct sg_mcp_calls *calls, const struct sg_json *id)
{
	return find(calls, id) != NULL;
}

struct sg_mcp_call *
sg_mcp_cancel(struct sg_mcp_calls *calls, const struct sg_json *id, uint64_t behind)
{
	struct sg_mcp_call *call = id == NULL ? NULL : find(calls, id);
	if (call == NULL || call->own || call->cancelled || strcmp(call->method->name, "initialize") == 0)
		return NULL;
	call->cancelled = true;
	call->behind = behind;
	call->aside = calls->aside < SG_MCP_CANCELLED_CALLS;
	calls->aside += call->aside;
	return call;
}

enum sg_mcp_error
sg_mcp_remember_own(struct sg_mcp_calls *calls, const struct sg_mcp_message *m)
{
	enum sg_mcp_error error = sg_mcp_remember(calls, m, sg_method_find(SG_SIDE_CLIENT, m->method), SG_STR(""));
	struct sg_mcp_call *call = error == SG_MCP_FINE ? find(calls, m->id) : NULL;
	if (call != NULL)
		call->own = true;
	return error == SG_MCP_FINE && call == NULL ? SG_MCP_mcp_too_many : error;
}

size_t
sg_mcp_decided(const struct sg_mcp_calls *calls)
{
	size_t at = 0, count = 0;
	for (const struct sg_mcp_call *c; (c = sg_table_next(&calls->table, &at)) != NULL;)
		count += c->method->treatment == SG_METHOD_DECIDED && (!c->cancelled || c->behind > 0);
	return count;
}

bool
sg_mcp_pinged(struct sg_mcp_calls *calls, uint64_t ping)
{
	size_t at = 0;
	bool more = false;
	for (struct sg_mcp_call *c; (c = sg_table_next(&calls->table, &at)) != NULL;) {
		c->behind = c->behind <= ping ? 0 : c->behind;
		more |= c->behind > 0;
	}
	return more;
}
