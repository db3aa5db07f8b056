/* SPDX-License-Identifier: Apache-2.0
 * One entry of tools/list as what is proposed for it. */
#include "ctl/learn.h"

#include "base/digest.h"
#include "base/str.h"

enum { STANZA_MOST = 63, ACTION_MOST = 128, ABOUT_MOST = 100 };

void
sg_learn_comment(struct sg_buf *out, struct sg_str text, size_t most)
{
	for (size_t i = 0, shown = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (((unsigned char)c & 0xc0) == 0x80)
			continue; /* the rest of a character that was shown as one */
		if (shown++ == most) {
			sg_buf_text(out, "...");
			return;
		}
		c = c == '\n' || c == '\t' || c == '\r' ? ' ' : c;
		sg_buf_add(out, c >= ' ' && c <= '~' ? &c : "?", 1);
	}
}

const char *
sg_learn_stanza(struct sg_arena *arena, struct sg_str name)
{
	char *out = sg_arena_strdup(arena, name);
	for (size_t i = 0; out != NULL && i < name.len; i++) {
		char c = out[i] >= 'A' && out[i] <= 'Z' ? (char)(out[i] + 32) : out[i];
		out[i] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
	}
	return out == NULL || name.len <= STANZA_MOST ? out : sg_learn_apart(arena, out, name);
}

const char *
sg_learn_apart(struct sg_arena *arena, const char *stanza, struct sg_str name)
{
	char hex[SG_SHA256_HEX];
	sg_sha256_hex(hex, name);
	return sg_arena_printf(arena, "%.50s_%.8s", stanza, hex);
}

/* What may be a tool's name at all, by MCP; control characters, quotes and the like may not. */
static bool
is_tool_name(struct sg_str name, bool *callable)
{
	*callable = true;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (c == '.' || c == '/')
			*callable = false; /* an action's segments end at dots */
		else if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return name.len > 0 && name.len <= SG_LEARN_NAME;
}

static const char *
about(struct sg_arena *arena, const struct sg_json *entry)
{
	struct sg_str text = {"", 0};
	struct sg_buf out;
	sg_json_string(sg_json_get(entry, "description"), &text);
	sg_buf_init(&out, 4096);
	sg_learn_comment(&out, text, ABOUT_MOST);
	const char *copy = sg_arena_strdup(arena, sg_buf_view(&out));
	sg_buf_done(&out);
	return copy;
}

static const char *
claim(const struct sg_json *entry)
{
	bool reads = false;
	sg_json_bool(sg_json_get(sg_json_get(entry, "annotations"), "readOnlyHint"), &reads);
	return reads ? "the server says that it only reads: effect = \"read\" if you know that it does" : NULL;
}

static bool
digest(const struct sg_json *entry, char out[SG_SHA256_HEX])
{
	struct sg_buf canonical;
	sg_buf_init(&canonical, SG_LEARN_LINE);
	sg_canon_write(&canonical, entry);
	bool good = !canonical.failed;
	sg_sha256_hex(out, sg_buf_view(&canonical));
	sg_buf_done(&canonical);
	return good;
}

bool
sg_learn_tool(struct sg_arena *arena, const char *name, const struct sg_json *entry, struct sg_learn_tool *tool, const char **wrong)
{
	struct sg_str word = {"", 0};
	bool callable = false;
	const struct sg_json *schema = sg_json_get(entry, "inputSchema");
	*tool = (struct sg_learn_tool){.kind = "other"};
	sg_json_string(sg_json_get(entry, "name"), &word);
	*wrong = "its name is not 1 to 128 of A-Z, a-z, 0-9, '_', '-', '.' and '/'";
	if (!is_tool_name(word, &callable))
		return false;
	*wrong = "it can only be called as a task, which stepgate mcp does not carry";
	if (sg_json_is(sg_json_get(entry, "execution"), "taskSupport", "required"))
		return false;
	*wrong = "its inputSchema is no object";
	if (schema == NULL || schema->type != SG_JSON_OBJECT)
		return false;
	*wrong = "there is no memory for it";
	tool->tool = sg_arena_strdup(arena, word);
	tool->action = sg_arena_printf(arena, "mcp.%s.tools.%s", name, tool->tool);
	if (tool->action == NULL || !digest(entry, tool->digest))
		return false;
	tool->stanza = sg_learn_stanza(arena, sg_str(sg_arena_printf(arena, "mcp_%s_%s", name, tool->tool)));
	tool->about = about(arena, entry);
	tool->taint = sg_arena_printf(arena, "mcp:%s", name);
	tool->kind = sg_guess_class(word);
	tool->effect = sg_guess_effect(word);
	tool->says = claim(entry);
	tool->why_not = !callable ? "its name has dots or slashes" : strlen(tool->action) > ACTION_MOST ? "its action's name would be longer than 128" : NULL;
	sg_learn_arguments(arena, schema, tool);
	return tool->stanza != NULL && tool->taint != NULL && tool->about != NULL && !arena->overflow;
}
