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

/* White space of Unicode, and the pattern of braille that has no dot. */
static bool
is_blank(uint32_t c)
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
	return is_blank(first) || is_blank(last);
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

bool
sg_is_disguise(uint32_t c)
{
	static const uint32_t all[] = {
		0x2024, 0x2025, 0xfe30, 0xfe52, 0xff0e, 0xff61, /* a dot, two, two, a dot */
		0x2044, 0x2215, 0x29f8, 0xff0f, 0x2216, 0x29f9, 0xfe68, 0xff3c, /* slashes, the other ones */
		0x2100, 0x2101, 0x2105, 0x2106, /* letters around a slash */
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (c == all[i])
			return true;
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
