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
sg_mcp_calls_done(struct sg_table *table)
{
	size_t at = 0;
	for (struct sg_mcp_call *c; (c = sg_table_next(table, &at)) != NULL;)
		sg_mcp_call_free(c);
	sg_table_done(table);
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

struct sg_mcp_call *
sg_mcp_take(struct sg_table *table, const struct sg_json *id)
{
	char *key = canonical_id(id);
	struct sg_mcp_call *call = key == NULL ? NULL : sg_table_take(table, sg_str(key));
	free(key);
	return call;
}

struct sg_mcp_call *
sg_mcp_take_text(struct sg_table *table, struct sg_str id)
{
	size_t at = 0;
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	const struct sg_mcp_call *only = id.len == 0 && table->count == 1 ? sg_table_next(table, &at) : NULL;
	sg_arena_init(&arena, 64 << 10);
	struct sg_mcp_call *call = only != NULL ? sg_table_take(table, sg_str(only->id)) : NULL;
	if (id.len > 0 && sg_json_parse(&arena, id, NULL, &json, NULL) == SG_OK)
		call = sg_mcp_take(table, json);
	sg_arena_done(&arena);
	return call;
}

enum sg_mcp_error
sg_mcp_remember(struct sg_table *table, const struct sg_mcp_message *m, const struct sg_method *method, struct sg_str decision)
{
	struct sg_mcp_call *call = calloc(1, sizeof(*call));
	if (call == NULL || table->count >= SG_MCP_OPEN_CALLS || (call->id = canonical_id(m->id)) == NULL ||
	    (call->asked = strndup(m->id_text.ptr, m->id_text.len)) == NULL) {
		if (call != NULL)
			sg_mcp_call_free(call);
		return SG_MCP_mcp_too_many;
	}
	if (sg_table_get(table, sg_str(call->id)) != NULL || sg_table_put(table, sg_str(call->id), call) != SG_OK) {
		sg_mcp_call_free(call);
		return SG_MCP_mcp_id_used;
	}
	call->method = method;
	snprintf(call->decision, sizeof(call->decision), "%.*s", SG_STR_ARG(decision));
	return SG_MCP_FINE;
}

bool
sg_mcp_in_use(const struct sg_table *table, const struct sg_json *id)
{
	char *key = canonical_id(id);
	bool used = key == NULL || sg_table_get(table, sg_str(key)) != NULL;
	free(key);
	return used;
}

enum sg_mcp_error
sg_mcp_remember_own(struct sg_table *table, const struct sg_mcp_message *m)
{
	enum sg_mcp_error error = sg_mcp_remember(table, m, sg_method_find(SG_SIDE_CLIENT, m->method), SG_STR(""));
	char *id = error == SG_MCP_FINE ? canonical_id(m->id) : NULL;
	struct sg_mcp_call *call = id == NULL ? NULL : sg_table_get(table, sg_str(id));
	free(id);
	if (call != NULL)
		call->own = true;
	return error == SG_MCP_FINE && call == NULL ? SG_MCP_mcp_too_many : error;
}
