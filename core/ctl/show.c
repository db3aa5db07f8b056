/* SPDX-License-Identifier: Apache-2.0
 * Making text safe to look at. */
#include "ctl/show.h"

#include "base/hidden.h"
#include "base/str.h"

#include <stdarg.h>
#include <time.h>

enum { ROW_MAX = 4 << 20, ANSWER_MAX = 1 << 30 /* eight times as long as an answer, which may be all escapes */, NAME_WIDTH = 11 };

/* ---- characters ---- */

static void
show_hidden(struct sg_buf *out, uint32_t c, bool json)
{
	if (!json && (c == '\n' || c == '\t' || c == '\r'))
		sg_buf_text(out, c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r");
	else if (c < 0x10000)
		sg_buf_printf(out, "\\u%04x", (unsigned)c);
	else if (json)
		sg_buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
			      (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
	else
		sg_buf_printf(out, "\\u{%x}", (unsigned)c);
}

static void
show(struct sg_buf *out, struct sg_str text, bool json)
{
	while (text.len > 0) {
		uint32_t c = 0;
		size_t plain = 0;
		while (plain < text.len && text.ptr[plain] >= 0x20 && text.ptr[plain] < 0x7f && text.ptr[plain] != '\\')
			plain++;
		sg_buf_add(out, text.ptr, plain);
		text.ptr += plain;
		text.len -= plain;
		if (text.len == 0)
			return;
		size_t len = sg_utf8_first(text, &c);
		if (len == 0)
			sg_buf_printf(out, "\\x%02x", (unsigned)(unsigned char)text.ptr[0]);
		else if (sg_is_hidden(c))
			show_hidden(out, c, json);
		else if (c == '\\' && !json)
			sg_buf_text(out, "\\\\");
		else
			sg_buf_add(out, text.ptr, len);
		len += len == 0;
		text.ptr += len;
		text.len -= len;
	}
}

void
sg_show_text(struct sg_buf *out, struct sg_str text)
{
	show(out, text, false);
}

void
sg_show_json(struct sg_buf *out, struct sg_str json)
{
	show(out, json, true);
}

bool
sg_show_line(struct sg_str json)
{
	struct sg_buf shown;
	if (json.len > 0 && json.ptr[json.len - 1] == '\n')
		json.len--;
	sg_buf_init(&shown, ANSWER_MAX);
	sg_show_json(&shown, json);
	bool good = !shown.failed && shown.len > 0 && fwrite(shown.ptr, 1, shown.len, stdout) == shown.len;
	sg_buf_done(&shown);
	return putchar('\n') == '\n' && good;
}

void
sg_show_answer(struct sg_str json)
{
	if (!sg_show_line(json))
		fprintf(stderr, "stepgate: the answer cannot be shown, or is too large for it\n");
	fflush(stdout);
}

/* ---- rows ---- */

static void
print_row(const char *name, const struct sg_buf *shown)
{
	printf("  %-*s %.*s%s\n", NAME_WIDTH, name, (int)shown->len, shown->ptr, shown->failed ? " (cut)" : "");
}

void
sg_show_row(const char *name, struct sg_str value)
{
	struct sg_buf shown;
	if (value.len == 0)
		return;
	sg_buf_init(&shown, ROW_MAX);
	sg_show_text(&shown, value);
	print_row(name, &shown);
	sg_buf_done(&shown);
}

void
sg_show_rowf(const char *name, const char *format, ...)
{
	char text[2048];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	sg_show_row(name, sg_str(text));
}

void
sg_show_member(const char *name, const struct sg_json *object, const char *member)
{
	const struct sg_json *value = sg_json_get(object, member);
	struct sg_buf json, shown;
	if (value == NULL || value->type == SG_JSON_NULL)
		return;
	if (value->type == SG_JSON_STRING) {
		sg_show_row(name, value->string);
		return;
	}
	sg_buf_init(&json, ROW_MAX);
	sg_buf_init(&shown, 2 * ROW_MAX);
	sg_canon_write(&json, value);
	sg_show_json(&shown, sg_buf_view(&json));
	print_row(name, &shown);
	sg_buf_done(&json);
	sg_buf_done(&shown);
}

int64_t
sg_show_int(const struct sg_json *object, const char *member)
{
	int64_t out = 0;
	sg_json_int(sg_json_get(object, member), &out);
	return out;
}

bool
sg_show_bool(const struct sg_json *object, const char *member)
{
	bool out = false;
	sg_json_bool(sg_json_get(object, member), &out);
	return out;
}

void
sg_show_cell(struct sg_str text, int width)
{
	struct sg_buf shown;
	sg_buf_init(&shown, ROW_MAX);
	sg_show_text(&shown, text);
	printf("%.*s", (int)shown.len, shown.ptr == NULL ? "" : shown.ptr);
	for (int at = (int)shown.len; at < width; at++)
		putchar(' ');
	sg_buf_done(&shown);
}

void
sg_show_time(char out[32], int64_t unix_seconds)
{
	time_t at = (time_t)unix_seconds;
	struct tm utc;
	if (gmtime_r(&at, &utc) == NULL || strftime(out, 32, "%Y-%m-%d %H:%M:%SZ", &utc) == 0)
		snprintf(out, 32, "%lld", (long long)unix_seconds);
}

static const char *
color_of(struct sg_str word)
{
	static const char *const green[] = {"allow", "open", "active", "granted", "same", "intact", "effective", NULL};
	static const char *const red[] = {"deny", "closed", "denied", "killed", "different", "tampered", "void", NULL};
	for (size_t i = 0; green[i] != NULL; i++)
		if (sg_str_is(word, green[i]))
			return "\033[32m";
	for (size_t i = 0; red[i] != NULL; i++)
		if (sg_str_is(word, red[i]))
			return "\033[31m";
	return "\033[33m";
}

void
sg_show_verdict(const struct sg_ctl *ctl, struct sg_str verdict, int width)
{
	if (ctl->color)
		fputs(color_of(verdict), stdout);
	sg_show_cell(verdict, width);
	if (ctl->color)
		fputs("\033[0m", stdout);
}
