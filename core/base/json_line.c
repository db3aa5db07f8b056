/* SPDX-License-Identifier: Apache-2.0
 * One JSON value on one line. */
#include "base/json_line.h"

#include "base/canon.h"

#include <stdio.h>
#include <string.h>

/* How long the character at `at` is if some reader splits there, 0 if none does; all of them stand for themselves in UTF-8, which was checked. */
static size_t
splits(const char *at, const char *end, unsigned *point)
{
	const unsigned char *c = (const unsigned char *)at;
	*point = c[0];
	if (c[0] == 0x7f)
		return 1;
	*point = end - at >= 2 ? c[1] : 0;
	if (c[0] == 0xC2 && *point >= 0x80 && *point <= 0x9F)
		return 2;
	*point = end - at >= 3 ? 0x2000u + (c[2] & 0x3Fu) : 0;
	return c[0] == 0xE2 && c[1] == 0x80 && (*point == 0x2028 || *point == 0x2029) ? 3 : 0;
}

void
sg_json_line_text(struct sg_buf *out, struct sg_str json)
{
	const char *at = json.ptr, *end = json.len > 0 ? json.ptr + json.len : json.ptr, *plain = at;
	while (at < end && !out->failed) {
		char escape[8];
		unsigned point;
		if ((unsigned char)*at < 0x20)
			out->failed = true;
		size_t len = (unsigned char)*at < 0x7f ? 0 : splits(at, end, &point);
		if (len == 0) {
			at++;
			continue;
		}
		sg_buf_add(out, plain, (size_t)(at - plain));
		sg_buf_add(out, escape, (size_t)snprintf(escape, sizeof(escape), "\\u%04x", point & 0xFFFFu));
		plain = at += len;
	}
	if (end > plain)
		sg_buf_add(out, plain, (size_t)(end - plain));
}

static void
write_text(struct sg_buf *out, struct sg_str text)
{
	struct sg_buf canonical;
	sg_buf_init(&canonical, out->max);
	sg_canon_string(&canonical, text);
	out->failed |= canonical.failed;
	sg_json_line_text(out, sg_buf_view(&canonical));
	sg_buf_done(&canonical);
}

static void
write_members(struct sg_buf *out, const struct sg_json *container)
{
	const struct sg_json *first = sg_json_first(container);
	sg_buf_add(out, container->type == SG_JSON_OBJECT ? "{" : "[", 1);
	for (const struct sg_json *m = first; m != NULL && !out->failed; m = sg_json_next(container, m)) {
		if (m != first)
			sg_buf_add(out, ",", 1);
		if (container->type == SG_JSON_OBJECT) {
			write_text(out, m->name);
			sg_buf_add(out, ":", 1);
		}
		sg_json_line(out, m); /* as deep as the reader admits */
	}
	sg_buf_add(out, container->type == SG_JSON_OBJECT ? "}" : "]", 1);
}

void
sg_json_line(struct sg_buf *out, const struct sg_json *value)
{
	switch (value->type) {
	case SG_JSON_NUMBER:
		sg_buf_str(out, value->string);
		out->failed |= value->string.len == 0;
		return;
	case SG_JSON_STRING:
		write_text(out, value->string);
		return;
	case SG_JSON_ARRAY:
	case SG_JSON_OBJECT:
		write_members(out, value);
		return;
	case SG_JSON_NULL:
	case SG_JSON_BOOL:
		sg_canon_write(out, value);
		return;
	}
	out->failed = true;
}
