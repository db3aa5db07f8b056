/* SPDX-License-Identifier: Apache-2.0
 * Escaping, and values. */
#include "web/html.h"

#include "base/hidden.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

void
sg_html(struct sg_buf *out, const char *markup)
{
	sg_buf_text(out, markup);
}

static const char *
entity(char c)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (entities[i].c == c)
			return entities[i].entity;
	return NULL;
}

static void
escaped(struct sg_buf *out, struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char *as = entity(text.ptr[i]);
		if (as != NULL)
			sg_buf_text(out, as);
		else
			sg_buf_add(out, &text.ptr[i], 1);
	}
}

void
sg_html_attribute(struct sg_buf *out, struct sg_str text)
{
	escaped(out, text);
}

/* One character, or one byte that is none. */
static void
character(struct sg_buf *out, struct sg_str one, uint32_t c, size_t len)
{
	if (len == 0)
		sg_buf_printf(out, "<b class=odd>byte %02X</b>", (unsigned char)one.ptr[0]);
	else if (c == '\n')
		sg_buf_text(out, "<b class=odd title=\"end of line\">\xe2\x86\xb5</b>\n");
	else if (sg_is_hidden(c) || (c != ' ' && sg_is_blank(c)))
		sg_buf_printf(out, "<b class=odd>U+%04X</b>", (unsigned)c);
	else if (c > 126) {
		sg_buf_printf(out, "<u title=\"U+%04X\">", (unsigned)c);
		escaped(out, one);
		sg_buf_text(out, "</u>");
	} else
		escaped(out, one);
}

void
sg_html_text(struct sg_buf *out, struct sg_str text)
{
	while (text.len > 0) {
		uint32_t c = 0;
		size_t len = sg_utf8_first(text, &c);
		struct sg_str one = {text.ptr, len > 0 ? len : 1};
		character(out, one, c, len);
		text = (struct sg_str){text.ptr + one.len, text.len - one.len};
	}
}

static void
scalar(struct sg_buf *out, const struct sg_json *value)
{
	if (value->type == SG_JSON_STRING) {
		sg_html_text(out, value->string);
		sg_html(out, value->string.len == 0 ? "<i>empty</i>" : "");
	} else if (value->type == SG_JSON_NUMBER)
		sg_html_text(out, value->string);
	else
		sg_html(out, value->type == SG_JSON_NULL ? "<i>null</i>" : value->boolean ? "<i>true</i>" : "<i>false</i>");
}

void
sg_html_value(struct sg_buf *out, const struct sg_json *value)
{
	size_t n = 0;
	if (value == NULL)
		return;
	if (value->type != SG_JSON_OBJECT && value->type != SG_JSON_ARRAY) {
		scalar(out, value);
		return;
	}
	sg_html(out, value->count == 0 ? "<i>empty</i>" : "<table>");
	for (const struct sg_json *m = sg_json_first(value); m != NULL; m = sg_json_next(value, m)) {
		sg_html(out, "<tr><th scope=row>");
		if (value->type == SG_JSON_OBJECT)
			sg_html_text(out, m->name);
		else
			sg_buf_printf(out, "%zu", ++n);
		sg_html(out, "<td>");
		sg_html_value(out, m);
	}
	sg_html(out, value->count == 0 ? "" : "</table>");
}

void
sg_html_row(struct sg_buf *out, const char *name, struct sg_str text)
{
	if (text.len == 0)
		return;
	sg_buf_printf(out, "<dt>%s<dd>", name);
	sg_html_text(out, text);
}
