/* SPDX-License-Identifier: Apache-2.0
 * Cutting what may be no JSON. Quotes and brackets are all that is looked at; a text in which they do not fit is cut somewhere, and its pieces are not read. */
#include "base/json_cut.h"

#include "base/str.h"

enum { NAME_MOST = 64, PIECE_ROOM = 1 << 20 };

static struct sg_str
bare(struct sg_str text)
{
	while (text.len > 0 && memchr(" \t\r\n", text.ptr[0], 4) != NULL)
		text = (struct sg_str){text.ptr + 1, text.len - 1};
	while (text.len > 0 && memchr(" \t\r\n", text.ptr[text.len - 1], 4) != NULL)
		text.len--;
	return text;
}

/* Where the string that begins at `at` ends: behind its quote. */
static size_t
string_end(struct sg_str text, size_t at)
{
	for (at++; at < text.len && text.ptr[at] != '"'; at++)
		at += text.ptr[at] == '\\';
	return at < text.len ? at + 1 : text.len;
}

/* Up to the first `mark` that stands in no string and no brackets; else all of it. */
static size_t
up_to(struct sg_str text, char mark)
{
	size_t depth = 0;
	for (size_t at = 0; at < text.len;) {
		char c = text.ptr[at];
		if (c == mark && depth == 0)
			return at;
		depth += c == '{' || c == '[';
		depth -= (c == '}' || c == ']') && depth > 0;
		at = c == '"' ? string_end(text, at) : at + 1;
	}
	return text.len;
}

static bool
next_piece(struct sg_str *rest, struct sg_str *piece)
{
	size_t end = up_to(*rest, ',');
	if (bare(*rest).len == 0)
		return false;
	*piece = bare((struct sg_str){rest->ptr, end});
	*rest = end < rest->len ? (struct sg_str){rest->ptr + end + 1, rest->len - end - 1} : (struct sg_str){rest->ptr + end, 0};
	return true;
}

/* What stands between a container's brackets; empty if it is none of this kind. */
static struct sg_str
inside(struct sg_str text, char open, char close)
{
	text = bare(text);
	bool is = text.len >= 2 && text.ptr[0] == open && text.ptr[text.len - 1] == close;
	return is ? (struct sg_str){text.ptr + 1, text.len - 2} : (struct sg_str){text.ptr, 0};
}

static bool
is_name(struct sg_str text, const char *name)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 16 << 10);
	bool same = text.len <= NAME_MOST && sg_json_parse(&arena, text, NULL, &json, NULL) == SG_OK && json->type == SG_JSON_STRING && sg_str_is(json->string, name);
	sg_arena_done(&arena);
	return same;
}

struct sg_str
sg_json_cut_member(struct sg_str object, const char *name)
{
	struct sg_str rest = inside(object, '{', '}'), piece, found = {"", 0};
	size_t count = 0;
	while (next_piece(&rest, &piece)) {
		size_t colon = up_to(piece, ':');
		if (colon >= piece.len || !is_name(bare((struct sg_str){piece.ptr, colon}), name))
			continue;
		found = bare((struct sg_str){piece.ptr + colon + 1, piece.len - colon - 1});
		count++;
	}
	return count == 1 ? found : (struct sg_str){"", 0};
}

static bool
is_readable(struct sg_str piece, const struct sg_json_limits *limits, struct sg_err *err)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 16 * (piece.len + PIECE_ROOM));
	bool good = sg_json_parse(&arena, piece, limits, &json, err) == SG_OK;
	sg_arena_done(&arena);
	return good;
}

bool
sg_json_cut_list(struct sg_buf *out, struct sg_str text, const char *const *path, const struct sg_json_limits *limits, sg_json_cut_told *told, void *context)
{
	struct sg_str list = text, piece;
	struct sg_json_limits within = *limits;
	size_t left_out = 0, kept = 0;
	within.depth = SG_JSON_MAX_DEPTH - 1;
	for (; *path != NULL; path++, within.depth--)
		list = sg_json_cut_member(list, *path);
	struct sg_str rest = inside(list, '[', ']');
	if (rest.len == 0)
		return false;
	sg_buf_str(out, (struct sg_str){text.ptr, (size_t)(rest.ptr - text.ptr)});
	while (next_piece(&rest, &piece)) {
		struct sg_err err = {0};
		if (is_readable(piece, &within, &err)) {
			sg_buf_text(out, kept++ > 0 ? "," : "");
			sg_buf_str(out, piece);
			continue;
		}
		left_out++;
		told(context, piece, &err);
	}
	sg_buf_str(out, (struct sg_str){rest.ptr + rest.len, (size_t)(text.ptr + text.len - rest.ptr - rest.len)});
	return left_out > 0;
}
