/* SPDX-License-Identifier: Apache-2.0
 * Writing and reading SSH's wire form. */
#include "wire.h"

#include <openssl/evp.h>
#include <string.h>

enum { TEXT_MAX = 4096 };

void
wire_raw(struct wire *w, const void *bytes, size_t len)
{
	if (w->failed || len > w->room - w->len) {
		w->failed = true;
		return;
	}
	if (len > 0)
		memcpy(w->bytes + w->len, bytes, len);
	w->len += len;
}

void
wire_byte(struct wire *w, unsigned char value)
{
	wire_raw(w, &value, 1);
}

void
wire_u32(struct wire *w, uint32_t value)
{
	unsigned char bytes[4];
	for (int i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(value >> (24 - 8 * i));
	wire_raw(w, bytes, sizeof(bytes));
}

void
wire_u64(struct wire *w, uint64_t value)
{
	wire_u32(w, (uint32_t)(value >> 32));
	wire_u32(w, (uint32_t)value);
}

void
wire_string(struct wire *w, const void *bytes, size_t len)
{
	wire_u32(w, (uint32_t)len);
	wire_raw(w, bytes, len);
}

void
wire_text(struct wire *w, const char *text)
{
	wire_string(w, text, strlen(text));
}

void
wire_mpint(struct wire *w, const unsigned char *bytes, size_t len)
{
	while (len > 0 && bytes[0] == 0)
		bytes++, len--;
	bool sign = len > 0 && (bytes[0] & 0x80) != 0;
	wire_u32(w, (uint32_t)(len + sign));
	if (sign)
		wire_byte(w, 0);
	wire_raw(w, bytes, len);
}

size_t
wire_open(struct wire *w)
{
	wire_u32(w, 0);
	return w->len;
}

void
wire_close(struct wire *w, size_t opened)
{
	if (w->failed)
		return;
	struct wire length = {w->bytes + opened - 4, 0, 4, false};
	wire_u32(&length, (uint32_t)(w->len - opened));
}

bool
wire_take(struct wire_view *from, size_t len, struct wire_view *out)
{
	if (from->len < len)
		return false;
	*out = (struct wire_view){from->ptr, len};
	from->ptr += len;
	from->len -= len;
	return true;
}

bool
wire_take_u32(struct wire_view *from, uint32_t *out)
{
	struct wire_view bytes;
	if (!wire_take(from, 4, &bytes))
		return false;
	*out = (uint32_t)bytes.ptr[0] << 24 | (uint32_t)bytes.ptr[1] << 16 | (uint32_t)bytes.ptr[2] << 8 | bytes.ptr[3];
	return true;
}

bool
wire_take_u64(struct wire_view *from, uint64_t *out)
{
	uint32_t high, low;
	if (from->len < 8 || !wire_take_u32(from, &high) || !wire_take_u32(from, &low))
		return false;
	*out = (uint64_t)high << 32 | low;
	return true;
}

bool
wire_take_string(struct wire_view *from, struct wire_view *out)
{
	struct wire_view rest = *from;
	uint32_t len;
	if (!wire_take_u32(&rest, &len) || !wire_take(&rest, len, out))
		return false;
	*from = rest;
	return true;
}

bool
wire_is(struct wire_view view, const char *text)
{
	return view.len == strlen(text) && memcmp(view.ptr, text, view.len) == 0;
}

size_t
wire_encode(const unsigned char *bytes, size_t len, char *out, size_t room)
{
	if (len == 0 || len > INT32_MAX / 2 || room < (len + 2) / 3 * 4 + 1)
		return 0;
	int written = EVP_EncodeBlock((unsigned char *)out, bytes, (int)len);
	return written > 0 ? (size_t)written : 0;
}

/* What OpenSSL reads leniently is written again and compared. */
size_t
wire_decode(const char *text, size_t len, unsigned char *out, size_t room)
{
	char again[TEXT_MAX];
	if (len < 4 || len % 4 != 0 || len >= TEXT_MAX || room < len / 4 * 3)
		return 0;
	int got = EVP_DecodeBlock(out, (const unsigned char *)text, (int)len);
	int padding = (text[len - 1] == '=') + (text[len - 2] == '=');
	if (got <= padding)
		return 0;
	size_t bytes = (size_t)(got - padding);
	return wire_encode(out, bytes, again, sizeof(again)) == len && memcmp(again, text, len) == 0 ? bytes : 0;
}
