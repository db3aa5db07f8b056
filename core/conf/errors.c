/* SPDX-License-Identifier: Apache-2.0
 * Configuration errors: collecting, printing, and carrying them from the reading child to its parent. */
#include "conf/errors.h"

#include "base/canon.h"
#include "base/json_scan.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

enum { ARENA_BYTES = 256 * 1024, WHAT_BYTES = 400, EXCERPT_BYTES = 160, BEFORE_PLACE = 100 };

#define WORD(name, meaning) "conf_" #name,
#define MEANING(name, meaning) meaning,
static const char *const words[] = {SG_CONF_CODES(WORD)};
static const char *const meanings[] = {SG_CONF_CODES(MEANING)};

const char *
sg_conf_code_word(enum sg_conf_code code)
{
	return words[code];
}

const char *
sg_conf_code_meaning(enum sg_conf_code code)
{
	return meanings[code];
}

void
sg_conf_errors_init(struct sg_conf_errors *errors)
{
	errors->count = 0;
	errors->more = false;
	sg_arena_init(&errors->arena, ARENA_BYTES);
}

void
sg_conf_errors_done(struct sg_conf_errors *errors)
{
	sg_arena_done(&errors->arena);
	errors->count = 0;
	errors->more = false;
}

static struct sg_str
line_of(struct sg_str text, uint32_t line)
{
	struct sg_str found = {NULL, 0};
	while (line-- > 0)
		found = sg_str_cut(&text, '\n');
	if (found.len > 0 && found.ptr[found.len - 1] == '\r')
		found.len--;
	return found;
}

/* Length of the printable character at `at`; 0 if it must not reach a terminal. */
static size_t
printable(const char *at, const char *end)
{
	unsigned char c = (unsigned char)*at;
	if (c >= 0x80) /* C1 control characters are C2 80 to C2 9F */
		return c == 0xC2 && end - at > 1 && (unsigned char)at[1] < 0xA0 ? 0 : sg_json_utf8(at, end);
	return (c >= 0x20 && c != 0x7F) || c == '\t';
}

/* Copies the part of `line` around `column`, anything unprintable as '?'. Returns where the column is in the copy. */
static uint32_t
excerpt(struct sg_buf *out, struct sg_str line, uint32_t column)
{
	uint32_t skip = column > BEFORE_PLACE ? column - BEFORE_PLACE : 0, seen = 0;
	const char *end = line.ptr + line.len;
	for (const char *at = line.ptr; at < end && out->len < EXCERPT_BYTES; seen++) {
		size_t len = printable(at, end);
		if (seen >= skip)
			sg_buf_add(out, len > 0 ? at : "?", len > 0 ? len : 1);
		at += len > 0 ? len : 1;
	}
	return column - skip;
}

static void
add_source(struct sg_arena *arena, struct sg_conf_error *error, struct sg_conf_place place)
{
	struct sg_str line = line_of(place.file->text, place.line);
	struct sg_buf copy;
	sg_buf_init(&copy, EXCERPT_BYTES + 8);
	if (line.len > 0)
		error->caret = excerpt(&copy, line, place.column);
	error->source = sg_arena_strdup(arena, sg_buf_view(&copy));
	sg_buf_done(&copy);
}

void
sg_conf_error_add(struct sg_conf_errors *errors, enum sg_conf_code code, struct sg_conf_place place, const char *hint,
		  const char *format, ...)
{
	char what[WHAT_BYTES];
	va_list args;
	if (errors->count == SG_CONF_MAX_ERRORS) {
		errors->more = true;
		return;
	}
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);

	struct sg_conf_error error = {.code = words[code], .line = place.line, .column = place.column};
	error.file = sg_arena_strdup(&errors->arena, sg_str(place.file->path));
	error.what = sg_arena_strdup(&errors->arena, sg_str(what));
	error.hint = sg_arena_strdup(&errors->arena, sg_str(hint));
	add_source(&errors->arena, &error, place);
	errors->more = errors->more || errors->arena.overflow;
	if (!errors->arena.overflow)
		errors->list[errors->count++] = error;
}

bool
sg_conf_errors_any(const struct sg_conf_errors *errors)
{
	return errors->count > 0 || errors->more;
}

static bool
stands_after(const struct sg_conf_error *a, const struct sg_conf_error *b)
{
	int order = strcmp(a->file, b->file);
	if (order != 0)
		return order > 0;
	return a->line != b->line ? a->line > b->line : a->column > b->column;
}

void
sg_conf_errors_sort(struct sg_conf_errors *errors)
{
	for (size_t i = 1; i < errors->count; i++) {
		struct sg_conf_error moved = errors->list[i];
		size_t to = i;
		for (; to > 0 && stands_after(&errors->list[to - 1], &moved); to--)
			errors->list[to] = errors->list[to - 1];
		errors->list[to] = moved;
	}
}

static void
print_caret(struct sg_buf *out, const struct sg_conf_error *error)
{
	sg_buf_printf(out, "    %s\n    ", error->source);
	const char *at = error->source;
	for (uint32_t i = 1; i < error->caret && *at != '\0'; i++) {
		sg_buf_text(out, *at == '\t' ? "\t" : " ");
		for (at++; ((unsigned char)*at & 0xC0) == 0x80; at++)
			continue;
	}
	sg_buf_text(out, "^\n");
}

void
sg_conf_errors_print(struct sg_buf *out, const struct sg_conf_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++) {
		const struct sg_conf_error *error = &errors->list[i];
		sg_buf_text(out, error->file);
		if (error->line > 0)
			sg_buf_printf(out, ":%u:%u", error->line, error->column);
		sg_buf_printf(out, ": %s%s%s\n", error->what, error->hint[0] != '\0' ? "; " : "", error->hint);
		if (error->source[0] != '\0')
			print_caret(out, error);
	}
	if (errors->more)
		sg_buf_text(out, "and more\n");
}

static void
write_error(struct sg_json_writer *w, const struct sg_conf_error *error)
{
	sg_jw_object(w);
	sg_jw_member_int(w, "caret", error->caret);
	sg_jw_member_text(w, "code", error->code);
	sg_jw_member_int(w, "column", error->column);
	sg_jw_member_text(w, "file", error->file);
	sg_jw_member_text(w, "hint", error->hint);
	sg_jw_member_int(w, "line", error->line);
	sg_jw_member_text(w, "source", error->source);
	sg_jw_member_text(w, "what", error->what);
	sg_jw_end(w);
}

void
sg_conf_errors_write(struct sg_buf *out, const struct sg_conf_errors *errors)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_name(&w, "errors");
	sg_jw_array(&w);
	for (size_t i = 0; i < errors->count; i++)
		write_error(&w, &errors->list[i]);
	sg_jw_end(&w);
	sg_jw_member_bool(&w, "more", errors->more);
	sg_jw_end(&w);
}

static const char *
known_word(struct sg_str text)
{
	for (size_t i = 0; i < SG_CONF_CODE_COUNT; i++)
		if (sg_str_is(text, words[i]))
			return words[i];
	return NULL;
}

static bool
read_text(struct sg_arena *arena, const struct sg_json *object, const char *name, const char **out)
{
	struct sg_str text;
	if (!sg_json_string(sg_json_get(object, name), &text))
		return false;
	*out = sg_arena_strdup(arena, text);
	return *out != NULL;
}

static bool
read_count(const struct sg_json *object, const char *name, uint32_t *out)
{
	int64_t number;
	if (!sg_json_int(sg_json_get(object, name), &number) || number < 0 || number > UINT32_MAX)
		return false;
	*out = (uint32_t)number;
	return true;
}

static bool
read_error(struct sg_arena *arena, const struct sg_json *json, struct sg_conf_error *error)
{
	struct sg_str code;
	if (!sg_json_string(sg_json_get(json, "code"), &code))
		return false;
	error->code = known_word(code);
	return error->code != NULL && read_text(arena, json, "file", &error->file) &&
	       read_text(arena, json, "what", &error->what) && read_text(arena, json, "hint", &error->hint) &&
	       read_text(arena, json, "source", &error->source) && read_count(json, "line", &error->line) &&
	       read_count(json, "column", &error->column) && read_count(json, "caret", &error->caret);
}

bool
sg_conf_errors_read(struct sg_conf_errors *errors, const struct sg_json *json)
{
	const struct sg_json *list = sg_json_get(json, "errors");
	bool more;
	if (list == NULL || list->type != SG_JSON_ARRAY || list->count == 0 ||
	    !sg_json_bool(sg_json_get(json, "more"), &more))
		return false;
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		if (errors->count == SG_CONF_MAX_ERRORS || !read_error(&errors->arena, e, &errors->list[errors->count]))
			return false;
		errors->count++;
	}
	errors->more = more;
	return true;
}
