/* SPDX-License-Identifier: Apache-2.0
 * Values in other encodings. */
#include "gate/state/value_decode.h"

#include "gate/state/values.h"

#include <string.h>

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static int
hex_digit(char c)
{
	c = lower(c);
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Each decoder: the bytes, or {NULL, 0} if this is not that encoding. */
static struct sg_str
from_percent(struct sg_str text, char *out)
{
	size_t len = 0;
	bool any = false;
	for (size_t i = 0; i < text.len; i++) {
		bool coded = text.ptr[i] == '%' && i + 2 < text.len + 0 && hex_digit(text.ptr[i + 1]) >= 0 && hex_digit(text.ptr[i + 2]) >= 0;
		out[len++] = coded ? (char)(hex_digit(text.ptr[i + 1]) * 16 + hex_digit(text.ptr[i + 2])) : text.ptr[i] == '+' ? ' ' : text.ptr[i];
		i += coded ? 2 : 0;
		any |= coded;
	}
	return any ? (struct sg_str){out, len} : (struct sg_str){NULL, 0};
}

static struct sg_str
from_hex(struct sg_str text, char *out)
{
	size_t len = 0;
	if (text.len < 16 || text.len % 2 != 0)
		return (struct sg_str){NULL, 0};
	for (size_t i = 0; i < text.len; i += 2) {
		int high = hex_digit(text.ptr[i]), low = hex_digit(text.ptr[i + 1]);
		if (high < 0 || low < 0)
			return (struct sg_str){NULL, 0};
		out[len++] = (char)(high * 16 + low);
	}
	return (struct sg_str){out, len};
}

static int
base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	if (c == '-' || c == '_')
		c = c == '-' ? '+' : '/';
	const char *at = c == '\0' ? NULL : strchr(digits, c);
	return at == NULL ? -1 : (int)(at - digits);
}

/* RFC 4648 sections 4 and 5, padding or not. */
static struct sg_str
from_base64(struct sg_str text, char *out)
{
	size_t len = 0;
	unsigned bits = 0, held = 0;
	while (text.len > 0 && text.ptr[text.len - 1] == '=')
		text.len--;
	if (text.len < 8 || text.len % 4 == 1)
		return (struct sg_str){NULL, 0};
	for (size_t i = 0; i < text.len; i++) {
		int digit = base64_digit(text.ptr[i]);
		if (digit < 0)
			return (struct sg_str){NULL, 0};
		held = held << 6 | (unsigned)digit;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[len++] = (char)(held >> bits);
		}
	}
	return (struct sg_str){out, len};
}

static bool
readable(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' && strchr("\t\r\n", text.ptr[i]) == NULL)
			return false;
	return text.len > 0;
}

struct sg_str
sg_value_plain(size_t decoder, struct sg_str text, char out[SG_ENCODED_MAX])
{
	static struct sg_str (*const decoders[SG_DECODERS])(struct sg_str, char *) = {from_percent, from_hex, from_base64};
	struct sg_str plain = text.len > SG_ENCODED_MAX ? (struct sg_str){NULL, 0} : decoders[decoder](text, out);
	return plain.ptr != NULL && readable(plain) ? plain : (struct sg_str){NULL, 0};
}

struct sg_str
sg_value_word(struct sg_str text, size_t *at)
{
	static const char ends[] = " \t\r\n,;()<>[]{}\"'|`";
	size_t end = *at;
	while (end < text.len && (text.ptr[end] == '\0' || strchr(ends, text.ptr[end]) == NULL))
		end++;
	struct sg_str word = {text.ptr + *at, end - *at};
	while (word.len > 0 && strchr(".:!?=", word.ptr[word.len - 1]) != NULL)
		word.len--;
	*at = end + 1;
	return word;
}

struct decoding {
	bool (*text)(void *to, struct sg_str text);
	void *to;
};

static bool decode_all(const struct decoding *d, struct sg_str text, int depth);

static bool
decode_one(const struct decoding *d, struct sg_str text, int depth)
{
	char out[SG_ENCODED_MAX];
	bool good = true;
	for (size_t i = 0; good && depth > 0 && i < SG_DECODERS; i++) {
		struct sg_str plain = sg_value_plain(i, text, out);
		if (plain.ptr != NULL)
			good = d->text(d->to, plain) && decode_all(d, plain, depth - 1);
	}
	return good;
}

static bool
decode_all(const struct decoding *d, struct sg_str text, int depth)
{
	bool good = decode_one(d, text, depth);
	for (size_t at = 0; good && depth > 0 && at < text.len;) {
		struct sg_str word = sg_value_word(text, &at);
		if (word.len >= 3 && word.len < text.len)
			good = decode_one(d, word, depth);
	}
	return good;
}

bool
sg_value_decoded(struct sg_str value, bool (*text)(void *to, struct sg_str text), void *to)
{
	return decode_all(&(struct decoding){text, to}, value, 2);
}
