/* SPDX-License-Identifier: Apache-2.0
 * A growing run of bytes with a hard cap and a sticky failure. Behind its length nothing stays of what it held: whatever shortens it overwrites. */
#ifndef SG_BASE_BUF_H
#define SG_BASE_BUF_H

#include <stdbool.h>
#include <stepgate/types.h>
#include <string.h>

/* Zeroed memory is an empty buffer without a cap set: call sg_buf_init first. Not thread-safe. */
struct sg_buf {
	char *ptr;
	size_t len;
	size_t room; /* bytes allocated */
	size_t max;  /* bytes allowed */
	bool failed; /* sticky: something did not fit or memory ran out; contents are then incomplete */
};

void sg_buf_init(struct sg_buf *buf, size_t max);
/* Wipes and frees; the buffer is empty and usable again. */
void sg_buf_done(struct sg_buf *buf);
/* Empties without giving memory back; clears `failed`. */
void sg_buf_clear(struct sg_buf *buf);
/* For sg_buf_reserve alone: where there is no room yet. */
char *sg_buf_grow(struct sg_buf *buf, size_t len);
/* Makes room for `len` more bytes and returns where they go, or NULL (sticky). The caller then raises buf->len by what was
 * written there: nothing behind it is wiped. */
static inline char *
sg_buf_reserve(struct sg_buf *buf, size_t len)
{
	return !buf->failed && len <= buf->room - buf->len ? buf->ptr + buf->len : sg_buf_grow(buf, len);
}
static inline void
sg_buf_add(struct sg_buf *buf, const void *bytes, size_t len)
{
	char *to = len == 0 ? NULL : sg_buf_reserve(buf, len);
	if (to == NULL)
		return;
	memcpy(to, bytes, len);
	buf->len += len;
}
void sg_buf_str(struct sg_buf *buf, struct sg_str text);
void sg_buf_text(struct sg_buf *buf, const char *text);
void sg_buf_printf(struct sg_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Keeps the first `len` bytes (len <= buf->len). */
void sg_buf_cut(struct sg_buf *buf, size_t len);
/* Drops the first `len` bytes (len <= buf->len). */
void sg_buf_drop(struct sg_buf *buf, size_t len);
/* The contents, borrowed until the next change. */
struct sg_str sg_buf_view(const struct sg_buf *buf);

#endif
