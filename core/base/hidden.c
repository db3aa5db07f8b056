/* SPDX-License-Identifier: Apache-2.0
 * Characters that are not seen where they stand. */
#include "base/hidden.h"

#include <string.h>

size_t
sg_utf8_first(struct sg_str text, uint32_t *out)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)text.ptr[0];
	size_t len = first < 0x80 ? 1 : (first >> 5) == 6 ? 2 : (first >> 4) == 14 ? 3 : (first >> 3) == 30 ? 4 : 0;
	if (len == 0 || len > text.len)
		return 0;
	*out = len == 1 ? first : first & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if (((unsigned char)text.ptr[i] & 0xc0) != 0x80)
			return 0;
		*out = *out << 6 | ((unsigned char)text.ptr[i] & 0x3f);
	}
	return *out < least[len] || *out > 0x10ffff || (*out >= 0xd800 && *out < 0xe000) ? 0 : len;
}

/* Characters that steer a terminal, turn the direction, or leave no trace where they stand. */
static const struct {
	uint32_t from, to;
} hidden[] = {
	{0, 0x1f},          {0x7f, 0x9f}, /* C0, DEL, C1 */
	{0xad, 0xad},                     /* soft hyphen */
	{0x34f, 0x34f},                   /* grapheme joiner */
	{0x61c, 0x61c},                   /* Arabic letter mark */
	{0x115f, 0x1160},   {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x3164, 0x3164}, {0xffa0, 0xffa0}, /* fillers */
	{0x200b, 0x200f},                                       /* zero widths, direction marks */
	{0x2028, 0x202e},                                       /* line and paragraph ends, embeddings and overrides */
	{0x2060, 0x206f},                                       /* joiner, isolates, invisible operators */
	{0xfe00, 0xfe0f},   {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, /* variation selectors, BOM, annotations */
	{0xfdd0, 0xfdef},                   /* no characters */
	{0x1bca0, 0x1bca3}, {0x1d159, 0x1d159}, {0x1d173, 0x1d17a}, /* controls of shorthand and music */
	{0xe0000, 0xe0fff},                                     /* tags, more selectors */
};

bool
sg_is_hidden(uint32_t c)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (c >= hidden[i].from && c <= hidden[i].to)
			return true;
	return (c & 0xfffe) == 0xfffe; /* the last two of each plane are no characters */
}

bool
sg_has_hidden(struct sg_str text)
{
	while (text.len > 0) {
		uint32_t c = 0;
		if (text.ptr[0] >= ' ' && text.ptr[0] <= '~') {
			text = (struct sg_str){text.ptr + 1, text.len - 1};
			continue;
		}
		size_t len = sg_utf8_first(text, &c);
		if (len == 0 || sg_is_hidden(c))
			return true;
		text.ptr += len;
		text.len -= len;
	}
	return false;
}

bool
sg_is_blank(uint32_t c)
{
	static const uint32_t blanks[] = {' ', 0xa0, 0x1680, 0x202f, 0x205f, 0x2800, 0x3000};
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++)
		if (c == blanks[i])
			return true;
	return c >= 0x2000 && c <= 0x200a;
}

bool
sg_has_blank_end(struct sg_str text)
{
	uint32_t first = 0, last = 0;
	size_t at = text.len;
	while (at > 0 && ((unsigned char)text.ptr[at - 1] & 0xc0) == 0x80)
		at--;
	if (at == 0 || sg_utf8_first(text, &first) == 0 || sg_utf8_first((struct sg_str){text.ptr + at - 1, text.len - at + 1}, &last) == 0)
		return text.len > 0;
	return sg_is_blank(first) || sg_is_blank(last);
}

struct sg_str
sg_without_blank_ends(struct sg_str text)
{
	while (text.len > 0 && sg_has_blank_end(text)) {
		uint32_t c;
		size_t first = sg_utf8_first(text, &c);
		bool front = first > 0 && sg_has_blank_end((struct sg_str){text.ptr, first});
		text = front ? (struct sg_str){text.ptr + first, text.len - first} : (struct sg_str){text.ptr, text.len - 1};
	}
	return text;
}

/* What NFKC makes ASCII (Unicode 15; but for U+2026, whose three dots climb nowhere), and the signs that code pages of Windows or readers of paths take for a slash, the other one or a dot: U+00A5, U+2044, U+20A9,
 * U+2215, U+2216, U+29F5, U+29F8, U+29F9, U+FF61, U+FFE5, U+FFE6. */
static const struct {
	uint32_t from, to;
} disguises[] = {
	{0xa0, 0xa0}, {0xa5, 0xa5}, {0xaa, 0xaa}, {0xb2, 0xb3}, {0xb9, 0xba}, {0x132, 0x133}, {0x17f, 0x17f}, {0x1c7, 0x1cc}, {0x1f1, 0x1f3}, {0x2b0, 0x2b0},
	{0x2b2, 0x2b3}, {0x2b7, 0x2b8}, {0x2e1, 0x2e3}, {0x37e, 0x37e}, {0x1d2c, 0x1d2c}, {0x1d2e, 0x1d2e}, {0x1d30, 0x1d31}, {0x1d33, 0x1d3a}, {0x1d3c, 0x1d3c}, {0x1d3e, 0x1d43},
	{0x1d47, 0x1d49}, {0x1d4d, 0x1d4d}, {0x1d4f, 0x1d50}, {0x1d52, 0x1d52}, {0x1d56, 0x1d58}, {0x1d5b, 0x1d5b}, {0x1d62, 0x1d65}, {0x1d9c, 0x1d9c}, {0x1da0, 0x1da0}, {0x1dbb, 0x1dbb},
	{0x1fef, 0x1fef}, {0x2000, 0x200a}, {0x2024, 0x2025}, {0x202f, 0x202f}, {0x203c, 0x203c}, {0x2044, 0x2044}, {0x2047, 0x2049}, {0x205f, 0x205f}, {0x2070, 0x2071}, {0x2074, 0x207a},
	{0x207c, 0x208a}, {0x208c, 0x208e}, {0x2090, 0x2093}, {0x2095, 0x209c}, {0x20a8, 0x20a9}, {0x2100, 0x2102}, {0x2105, 0x2106}, {0x210a, 0x210e}, {0x2110, 0x2113}, {0x2115, 0x2116},
	{0x2119, 0x211d}, {0x2120, 0x2122}, {0x2124, 0x2124}, {0x2128, 0x2128}, {0x212a, 0x212a}, {0x212c, 0x212d}, {0x212f, 0x2131}, {0x2133, 0x2134}, {0x2139, 0x2139}, {0x213b, 0x213b},
	{0x2145, 0x2149}, {0x2160, 0x217f}, {0x2215, 0x2216}, {0x2460, 0x24ea}, {0x29f5, 0x29f5}, {0x29f8, 0x29f9}, {0x2a74, 0x2a76}, {0x2c7c, 0x2c7d}, {0x3000, 0x3000}, {0x3250, 0x325f},
	{0x32b1, 0x32bf}, {0x32cc, 0x32cf}, {0x3371, 0x337a}, {0x3380, 0x3381}, {0x3383, 0x338b}, {0x338e, 0x3394}, {0x3396, 0x339a}, {0x339c, 0x33a6}, {0x33a9, 0x33ad}, {0x33b0, 0x33b1},
	{0x33b3, 0x33b5}, {0x33b7, 0x33bb}, {0x33bd, 0x33bf}, {0x33c2, 0x33c5}, {0x33c7, 0x33dd}, {0x33ff, 0x33ff}, {0xa7f2, 0xa7f4}, {0xfb00, 0xfb06}, {0xfb29, 0xfb29}, {0xfe10, 0xfe10},
	{0xfe13, 0xfe16}, {0xfe19, 0xfe19}, {0xfe30, 0xfe30}, {0xfe33, 0xfe38}, {0xfe47, 0xfe48}, {0xfe4d, 0xfe50}, {0xfe52, 0xfe52}, {0xfe54, 0xfe57}, {0xfe59, 0xfe5c}, {0xfe5f, 0xfe66},
	{0xfe68, 0xfe6b}, {0xff01, 0xff5e}, {0xff61, 0xff61}, {0xffe5, 0xffe6}, {0x107a5, 0x107a5}, {0x1d400, 0x1d454}, {0x1d456, 0x1d49c}, {0x1d49e, 0x1d49f}, {0x1d4a2, 0x1d4a2}, {0x1d4a5, 0x1d4a6},
	{0x1d4a9, 0x1d4ac}, {0x1d4ae, 0x1d4b9}, {0x1d4bb, 0x1d4bb}, {0x1d4bd, 0x1d4c3}, {0x1d4c5, 0x1d505}, {0x1d507, 0x1d50a}, {0x1d50d, 0x1d514}, {0x1d516, 0x1d51c}, {0x1d51e, 0x1d539}, {0x1d53b, 0x1d53e},
	{0x1d540, 0x1d544}, {0x1d546, 0x1d546}, {0x1d54a, 0x1d550}, {0x1d552, 0x1d6a3}, {0x1d7ce, 0x1d7ff}, {0x1f100, 0x1f10a}, {0x1f110, 0x1f129}, {0x1f12b, 0x1f12e}, {0x1f130, 0x1f14f}, {0x1f16a, 0x1f16c},
	{0x1f190, 0x1f190}, {0x1fbf0, 0x1fbf9},
};

bool
sg_is_disguise(uint32_t c)
{
	size_t from = 0, to = c < 0x80 ? 0 : sizeof(disguises) / sizeof(disguises[0]);
	while (from < to) {
		size_t middle = (from + to) / 2;
		if (c >= disguises[middle].from && c <= disguises[middle].to)
			return true;
		from = c > disguises[middle].to ? middle + 1 : from;
		to = c > disguises[middle].to ? to : middle;
	}
	return false;
}

void
sg_plain_line(char *out, size_t room, struct sg_str text)
{
	size_t len = 0;
	while (text.len > 0) {
		uint32_t c;
		size_t bytes = sg_utf8_first(text, &c);
		bool shown = bytes > 0 && !sg_is_hidden(c);
		size_t step = bytes > 0 ? bytes : 1;
		if (len + (shown ? step : 1) >= room)
			break;
		memcpy(out + len, shown ? text.ptr : "?", shown ? step : 1);
		len += shown ? step : 1;
		text = (struct sg_str){text.ptr + step, text.len - step};
	}
	out[len] = '\0';
}
