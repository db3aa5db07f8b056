/* SPDX-License-Identifier: Apache-2.0
 * Looking for the id in bytes that are no JSON, or not all of them. Nothing found here is passed on but that id, in our own spelling. */
#include "enforce/stray.h"

#include "base/json_line.h"
#include "base/str.h"

#include <stdio.h>

enum { NAME_MOST = 64 };

struct scan {
	struct sg_mcp_stray *stray;
	const char *at, *end;
	size_t depth;
	bool found, several;
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* From the opening quote to behind the closing one, or to the end. */
static struct sg_str
take_string(struct scan *s)
{
	const char *from = s->at++;
	while (s->at < s->end && *s->at != '"')
		s->at += *s->at == '\\' && s->end - s->at > 1 ? 2 : 1;
	s->at += s->at < s->end;
	return (struct sg_str){from, (size_t)(s->at - from)};
}

static struct sg_str
take_number(struct scan *s)
{
	const char *from = s->at;
	while (s->at < s->end && ((*s->at >= '0' && *s->at <= '9') || memchr("+-.eE", *s->at, 5) != NULL))
		s->at++;
	return (struct sg_str){from, (size_t)(s->at - from)};
}

/* An integer that the reader cannot hold is an id like any other to the one who waits for it. */
static bool
is_integer(struct sg_str text)
{
	size_t i = text.len > 0 && text.ptr[0] == '-', first = i;
	while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9')
		i++;
	return i == text.len && i > first && (text.ptr[first] != '0' || i == first + 1);
}

static bool
is_name(struct sg_str text, const char *name)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 16 << 10);
	bool same = text.len <= NAME_MOST && sg_json_parse(&arena, text, NULL, &json, NULL) == SG_OK && sg_str_is(json->string, name);
	sg_arena_done(&arena);
	return same;
}

/* Writes the id anew into `out`; "" if it is none. */
static void
write_id(char *out, size_t room, struct sg_str text)
{
	struct sg_arena arena;
	struct sg_buf line;
	const struct sg_json *json = NULL;
	bool text_id = text.len > 0 && text.ptr[0] == '"';
	sg_arena_init(&arena, 64 << 10);
	sg_buf_init(&line, room - 1);
	if (!text_id && text.len <= SG_MCP_ID_DIGITS && is_integer(text))
		sg_buf_str(&line, text);
	else if (text.len < room && sg_json_parse(&arena, text, NULL, &json, NULL) == SG_OK &&
		 (text_id ? json->string.len <= SG_MCP_ID_BYTES : text.len <= SG_MCP_ID_DIGITS))
		sg_json_line(&line, json);
	snprintf(out, room, "%.*s", line.failed ? 0 : (int)line.len, line.len > 0 ? line.ptr : "");
	sg_buf_done(&line);
	sg_arena_done(&arena);
}

static void
take_id(struct scan *s)
{
	char id[sizeof(s->stray->id)] = "";
	if (s->at < s->end)
		write_id(id, sizeof(id), *s->at == '"' ? take_string(s) : take_number(s));
	s->several |= s->found && strcmp(id, s->stray->id) != 0;
	s->found = true;
	memcpy(s->stray->id, id, sizeof(id));
}

static void
skip(struct scan *s, bool colon)
{
	while (s->at < s->end && (is_space(*s->at) || (colon && *s->at == ':')))
		s->at++;
}

static void
take_name(struct scan *s)
{
	struct sg_str name = take_string(s);
	skip(s, false);
	if (s->depth != 1 || s->at >= s->end || *s->at != ':')
		return; /* a value, or deeper than what counts */
	s->stray->method |= is_name(name, "method");
	s->stray->outcome |= is_name(name, "result") || is_name(name, "error");
	if (!is_name(name, "id"))
		return;
	skip(s, true);
	take_id(s);
}

void
sg_mcp_stray(struct sg_mcp_stray *stray, struct sg_str line)
{
	struct scan s = {.stray = stray, .at = line.ptr, .end = line.len > 0 ? line.ptr + line.len : line.ptr};
	*stray = (struct sg_mcp_stray){.object = false};
	if (line.len >= 3 && memcmp(line.ptr, "\xEF\xBB\xBF", 3) == 0)
		s.at += 3;
	skip(&s, false);
	stray->object = s.at < s.end && *s.at == '{';
	while (stray->object && s.at < s.end) {
		char c = *s.at;
		if (c == '"') {
			take_name(&s);
			continue;
		}
		s.depth += c == '{' || c == '[';
		s.depth -= (c == '}' || c == ']') && s.depth > 0;
		s.at++;
	}
	if (s.several)
		stray->id[0] = '\0';
}
