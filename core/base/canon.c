/* SPDX-License-Identifier: Apache-2.0
 * RFC 8785: writing a value in its one canonical form, and reading only what has that form. Numbers: canon_number.c. */
#include "base/canon.h"

#include "base/err.h"
#include "base/json_scan.h"
#include "base/secret.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

static void
write_escape(struct sg_buf *out, unsigned char c)
{
	static const char short_form[128] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'};
	char text[8];
	int len = short_form[c] != 0 ? snprintf(text, sizeof(text), "\\%c", short_form[c])
				     : snprintf(text, sizeof(text), "\\u%04x", c);
	sg_buf_add(out, text, (size_t)len);
}

static void
write_special(struct sg_buf *out, const char *at, const char *end)
{
	while (at < end && !out->failed) {
		size_t len = sg_json_plain(at, end);
		if (len == 0 && (unsigned char)*at < 0x80) {
			write_escape(out, (unsigned char)*at++);
			continue;
		}
		if (len == 0)
			len = sg_json_utf8(at, end);
		if (len == 0)
			out->failed = true;
		sg_buf_add(out, at, len);
		at += len;
	}
	sg_buf_add(out, "\"", 1);
}

/* Whatever has an escape, or a letter beyond ASCII. */
static void
write_odd(struct sg_buf *out, bool comma, struct sg_str text)
{
	sg_buf_add(out, ",\"" + !comma, 1 + comma);
	write_special(out, text.ptr, text.ptr + text.len);
}

#ifdef __x86_64__
/* Copied, and looked at on the way: true if all of it stands for itself. Sixteen bytes at least. */
static inline bool
copy_long(char *to, const char *from, size_t len)
{
	const __m128i least = _mm_set1_epi8(0x20), quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
	__m128i odd = _mm_setzero_si128();
	for (size_t i = 0; i < len; i += SG_JSON_STEP) {
		size_t at = len - i < SG_JSON_STEP ? len - SG_JSON_STEP : i; /* the last ones overlap */
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(from + at));
		_mm_storeu_si128((__m128i *)(void *)(to + at), bytes);
		odd = _mm_or_si128(odd, _mm_or_si128(_mm_cmplt_epi8(bytes, least), _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, slash))));
	}
	return _mm_movemask_epi8(odd) == 0;
}
#else
static inline bool
copy_long(char *to, const char *from, size_t len)
{
	memcpy(to, from, len);
	return sg_json_plain(from, from + len) == len;
}
#endif

static inline bool
copy_plain(char *to, const char *from, size_t len)
{
	uint64_t first, last;
	if (len >= 16)
		return copy_long(to, from, len);
	if (len < 8) {
		if (len > 0)
			sg_copy_few(to, from, len);
		return len == 0 || sg_json_odd(sg_json_few(from, len)) == 0;
	}
	memcpy(&first, from, 8);
	memcpy(&last, from + len - 8, 8);
	memcpy(to, &first, 8);
	memcpy(to + len - 8, &last, 8);
	return (sg_json_odd(first) | sg_json_odd(last)) == 0;
}

void
sg_canon_string_after(struct sg_buf *out, bool comma, struct sg_str text)
{
	char *to = sg_buf_reserve(out, text.len + 2 + comma);
	if (to == NULL)
		return;
	to[0] = ',';
	to[comma] = '"';
	if (!copy_plain(to + comma + 1, text.ptr, text.len)) {
		sg_wipe(to, text.len + 2); /* what is written in its place may fail */
		write_odd(out, comma, text);
		return;
	}
	to[text.len + 1 + comma] = '"';
	out->len += text.len + 2 + comma;
}

void
sg_canon_string(struct sg_buf *out, struct sg_str text)
{
	sg_canon_string_after(out, false, text);
}

static void
write_member(struct sg_buf *out, const struct sg_json *member, bool first)
{
	sg_canon_string_after(out, !first, member->name);
	sg_buf_add(out, ":", 1);
	sg_canon_write(out, member);
}

static void
write_sorted(struct sg_buf *out, const struct sg_json *object)
{
	enum { FEW = 32 };
	const struct sg_json *few[FEW], **list = few;
	size_t count = 0;
	if (object->count > FEW)
		list = malloc(object->count * sizeof(*list));
	if (list == NULL) {
		out->failed = true;
		return;
	}
	for (const struct sg_json *m = sg_json_first(object); m != NULL; m = sg_json_next(object, m))
		list[count++] = m;
	sg_json_sort(list, count);
	for (size_t i = 0; i < count; i++)
		write_member(out, list[i], i == 0);
	if (list != few)
		free(list);
}

static void
write_object(struct sg_buf *out, const struct sg_json *object)
{
	const struct sg_json *first = sg_json_first(object);
	sg_buf_add(out, "{", 1);
	if (!object->sorted)
		write_sorted(out, object);
	else
		for (const struct sg_json *m = first; m != NULL; m = sg_json_next(object, m))
			write_member(out, m, m == first);
	sg_buf_add(out, "}", 1);
}

static void
write_array(struct sg_buf *out, const struct sg_json *array)
{
	const struct sg_json *first = sg_json_first(array);
	sg_buf_add(out, "[", 1);
	for (const struct sg_json *e = first; e != NULL; e = sg_json_next(array, e)) {
		if (e != first)
			sg_buf_add(out, ",", 1);
		sg_canon_write(out, e);
	}
	sg_buf_add(out, "]", 1);
}

void
sg_canon_write(struct sg_buf *out, const struct sg_json *value)
{
	switch (value->type) {
	case SG_JSON_NULL:
		sg_buf_add(out, "null", 4);
		return;
	case SG_JSON_BOOL:
		sg_buf_str(out, value->boolean ? SG_STR("true") : SG_STR("false"));
		return;
	case SG_JSON_NUMBER:
		sg_canon_number_as(out, value->number, value->string);
		return;
	case SG_JSON_STRING:
		sg_canon_string(out, value->string);
		return;
	case SG_JSON_ARRAY:
		write_array(out, value);
		return;
	case SG_JSON_OBJECT:
		write_object(out, value);
		return;
	}
	out->failed = true;
}

/* What the reader saw to be canonical is; anything else is written again and compared: nothing else than write(read(b)) = b can pass. The second copy lies
 * in the arena and is never longer than the text, so that nothing is allocated for it. */
enum sg_status
sg_canon_parse(struct sg_arena *arena, struct sg_str text, const struct sg_json_limits *limits,
	       const struct sg_json **root, struct sg_err *err)
{
	const struct sg_json *value;
	bool odd = true;
	enum sg_status status = sg_json_parse_odd(arena, text, limits, &value, &odd, err);
	if (status != SG_OK)
		return status;
	if (!odd) {
		*root = value;
		return SG_OK;
	}
	struct sg_buf again = {.ptr = sg_arena_room(arena, text.len), .room = text.len, .max = text.len};
	if (again.ptr == NULL)
		return sg_fail(err, SG_NOMEM, "json_memory", "no memory for %zu bytes of JSON", text.len);
	sg_canon_write(&again, value);
	if (again.failed || again.len != text.len || memcmp(again.ptr, text.ptr, text.len) != 0)
		return sg_fail(err, SG_MALFORMED, "json_not_canonical", "not in the form of RFC 8785");
	*root = value;
	return SG_OK;
}
