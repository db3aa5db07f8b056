/* SPDX-License-Identifier: Apache-2.0
 * Walking through an answer, within bounds. */
#include "enforce/values.h"

#include "base/canon.h"
#include "base/str.h"

enum { TEXT_NODES = 4096, TEXT_ARENA = 4 << 20 };

struct walk {
	struct sg_buf *out;
	size_t count, begin;
	bool full;
};

/* ---- one value ---- */

static void
add(struct walk *k, const struct sg_buf *one)
{
	k->full |= k->count == SG_MCP_VALUES || k->out->len - k->begin + one->len + 2 > SG_MCP_VALUES_BYTES;
	if (k->full || one->failed)
		return;
	sg_buf_text(k->out, k->count++ > 0 ? "," : "");
	sg_buf_str(k->out, sg_buf_view(one));
}

static void
add_scalar(struct walk *k, const struct sg_json *value)
{
	struct sg_buf one;
	sg_buf_init(&one, 8 * SG_MCP_VALUE_BYTES);
	if (value->type == SG_JSON_NUMBER)
		sg_canon_number(&one, value->number);
	else if (value->string.len > 0)
		sg_canon_string(&one, sg_str_most(value->string, SG_MCP_VALUE_BYTES));
	if (one.len > 0)
		add(k, &one);
	sg_buf_done(&one);
}

static void
walk(struct walk *k, const struct sg_json *value, int depth)
{
	if (k->full || depth > SG_MCP_VALUES_DEPTH || value == NULL)
		return;
	if (value->type == SG_JSON_NUMBER || value->type == SG_JSON_STRING)
		add_scalar(k, value);
	for (const struct sg_json *m = sg_json_first(value); m != NULL && !k->full; m = sg_json_next(value, m))
		walk(k, m, depth + 1);
}

/* ---- content ---- */

/* Many servers write JSON into a text: its values are what one would compare, not its commas. */
static void
walk_text(struct walk *k, const struct sg_json *text)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.nodes = TEXT_NODES};
	struct sg_str first = text->string;
	bool may = first.len > 1 && (first.ptr[0] == '{' || first.ptr[0] == '[');
	sg_arena_init(&arena, TEXT_ARENA);
	if (may && sg_json_parse(&arena, text->string, &limits, &json, NULL) == SG_OK)
		walk(k, json, 0);
	else
		add_scalar(k, text);
	sg_arena_done(&arena);
}

/* Members of a block of content that say nothing by themselves, or that no argument is compared with. */
static bool
is_told(const struct sg_json *member)
{
	static const char *const not[] = {"_meta", "annotations", "blob", "data", "icons", "lastModified", "mimeType", "role", "size", "type"};
	for (size_t i = 0; i < sizeof(not) / sizeof(not[0]); i++)
		if (sg_str_is(member->name, not[i]))
			return false;
	return true;
}

static void
walk_content(struct walk *k, const struct sg_json *content, int depth)
{
	if (content == NULL || depth > SG_MCP_VALUES_DEPTH || k->full)
		return;
	if (content->type == SG_JSON_STRING)
		walk_text(k, content);
	for (const struct sg_json *m = sg_json_first(content); m != NULL && !k->full; m = sg_json_next(content, m))
		if (content->type == SG_JSON_ARRAY || is_told(m))
			walk_content(k, m, depth + 1);
}

void
sg_mcp_values(struct sg_buf *out, const struct sg_json *answer)
{
	static const char *const contents[] = {"content", "contents", "messages", "message"};
	struct walk k = {.out = out, .begin = out->len};
	sg_buf_text(out, "[");
	walk(&k, sg_json_get(answer, "structuredContent"), 0);
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++)
		walk_content(&k, sg_json_get(answer, contents[i]), 0);
	sg_buf_text(out, "]");
}
