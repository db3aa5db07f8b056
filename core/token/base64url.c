/* SPDX-License-Identifier: Apache-2.0
 * base64url: six bits at a time. */
#include "token/base64url.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
sg_b64u_write(struct sg_buf *out, struct sg_str bytes)
{
	unsigned bits = 0, held = 0;
	char *to = sg_buf_reserve(out, bytes.len / 3 * 4 + 4);
	if (to == NULL)
		return;
	for (size_t i = 0; i < bytes.len; i++) {
		bits = bits << 8 | (unsigned char)bytes.ptr[i];
		for (held += 8; held >= 6; held -= 6, out->len++)
			*to++ = alphabet[bits >> (held - 6) & 63];
	}
	if (held > 0) {
		*to = alphabet[bits << (6 - held) & 63];
		out->len++;
	}
}

static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool
sg_b64u_read(struct sg_str text, void *out, size_t room, size_t *len)
{
	unsigned bits = 0, held = 0;
	unsigned char *to = out;
	size_t done = 0;
	if (text.len % 4 == 1 || text.len / 4 * 3 + text.len % 4 * 3 / 4 > room)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int value = value_of(text.ptr[i]);
		if (value < 0)
			return false;
		bits = bits << 6 | (unsigned)value;
		held += 6;
		if (held >= 8) {
			held -= 8;
			to[done++] = (unsigned char)(bits >> held);
		}
	}
	if ((bits & ((1U << held) - 1)) != 0)
		return false;
	*len = done;
	return true;
}
