/* SPDX-License-Identifier: Apache-2.0
 * Growing bytes: doubles up to its cap, then fails and stays failed. Credentials pass through here: what is no longer held is overwritten. */
#include "base/buf.h"

#include "base/secret.h"
#include "base/spare.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
sg_buf_init(struct sg_buf *buf, size_t max)
{
	*buf = (struct sg_buf){.max = max};
}

void
sg_buf_done(struct sg_buf *buf)
{
	if (buf->len > 0)
		sg_wipe(buf->ptr, buf->len);
	sg_spare_give(buf->ptr, buf->room);
	sg_buf_init(buf, buf->max);
}

void
sg_buf_clear(struct sg_buf *buf)
{
	sg_buf_cut(buf, 0);
	buf->failed = false;
}

void
sg_buf_cut(struct sg_buf *buf, size_t len)
{
	if (buf->len > len)
		sg_wipe(buf->ptr + len, buf->len - len);
	buf->len = len;
}

static bool
grow(struct sg_buf *buf, size_t need)
{
	size_t room = buf->room == 0 ? 256 : buf->room;
	while (room < need)
		room *= 2;
	if (room > buf->max)
		room = buf->max;
	char *bytes = sg_spare_take(room);
	if (bytes == NULL)
		return false;
	if (buf->ptr != NULL) {
		memcpy(bytes, buf->ptr, buf->len);
		sg_wipe(buf->ptr, buf->len);
		sg_spare_give(buf->ptr, buf->room);
	}
	buf->ptr = bytes;
	buf->room = room;
	return true;
}

char *
sg_buf_grow(struct sg_buf *buf, size_t len)
{
	if (buf->failed || len > buf->max - buf->len ||
	    (buf->len + len > buf->room && !grow(buf, buf->len + len))) {
		buf->failed = true;
		return NULL;
	}
	return buf->ptr + buf->len;
}

void
sg_buf_str(struct sg_buf *buf, struct sg_str text)
{
	sg_buf_add(buf, text.ptr, text.len);
}

void
sg_buf_text(struct sg_buf *buf, const char *text)
{
	sg_buf_add(buf, text, strlen(text));
}

void
sg_buf_printf(struct sg_buf *buf, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);

	char *to = len < 0 ? NULL : sg_buf_reserve(buf, (size_t)len + 1);
	if (to != NULL) {
		vsnprintf(to, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void
sg_buf_drop(struct sg_buf *buf, size_t len)
{
	size_t left = buf->len - len;
	if (left > 0 && len > 0)
		memmove(buf->ptr, buf->ptr + len, left);
	sg_buf_cut(buf, left);
}

struct sg_str
sg_buf_view(const struct sg_buf *buf)
{
	return (struct sg_str){buf->ptr, buf->len};
}
