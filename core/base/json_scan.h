/* SPDX-License-Identifier: Apache-2.0
 * What reader and writer of JSON share: runs of plain bytes, UTF-8 sequences, the order of names. Private to base. */
#ifndef SG_BASE_JSON_SCAN_H
#define SG_BASE_JSON_SCAN_H

#include "base/json.h"

#include <string.h>

/* 2^53: the last of the integers that a double holds without gaps. */
#define SG_JSON_INTEGER_MAX INT64_C(9007199254740992)

static inline bool
sg_json_is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* True if some of the eight bytes may not be plain: subtracting sets a byte's top bit where it was too small. A false alarm needs such a byte below it. */
static inline bool
sg_json_odd(uint64_t word)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	uint64_t quote = word ^ (each * '"'), slash = word ^ (each * '\\');
	return ((word | (word - each * 0x20) | (quote - each) | (slash - each)) & (each * 0x80)) != 0;
}

/* One to seven bytes in one word, some of them twice; what is left over is plain. */
static inline uint64_t
sg_json_few(const char *at, size_t count)
{
	uint32_t low, high;
	if (count < 4)
		return UINT64_C(0x2020202020000000) | (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[count / 2] << 8 |
		       (uint64_t)(unsigned char)at[count - 1] << 16;
	memcpy(&low, at, 4);
	memcpy(&high, at + count - 4, 4);
	return low | (uint64_t)high << 32;
}

/* How many bytes from `at` stand for themselves in a string: ASCII without control characters, quote and backslash. */
static inline size_t
sg_json_plain(const char *at, const char *end)
{
	const char *start = at;
	bool odd = false;
	for (uint64_t word; end - at >= 8 && !odd; at += odd ? 0 : 8) {
		memcpy(&word, at, 8);
		odd = sg_json_odd(word);
	}
	if (!odd && at < end && !sg_json_odd(sg_json_few(at, (size_t)(end - at))))
		return (size_t)(end - start);
	while (at < end && sg_json_is_plain((unsigned char)*at))
		at++;
	return (size_t)(at - start);
}

/* Length (2 to 4) of the valid UTF-8 sequence of a character beyond ASCII at `at`; 0 if there is none (RFC 3629 section
 * 4). */
size_t sg_json_utf8(const char *at, const char *end);

struct sg_json_problem {
	const char *code, *what;
};

/* A string being decoded in place. `at` stands behind the opening quote, later behind the closing one or where the trouble is;
 * `end` must point at a NUL. `out` is what the string says. */
struct sg_json_text {
	char *at, *end;
	struct sg_str out;
};

/* NULL when all is well. */
const struct sg_json_problem *sg_json_text(struct sg_json_text *text);

/* As sg_json_parse. On SG_OK `odd` is false only if the text is what sg_canon_write would make of it: no space, no escape, names in order, numbers whole and
 * written as digits. */
enum sg_status sg_json_parse_odd(struct sg_arena *arena, struct sg_str text, const struct sg_json_limits *limits, const struct sg_json **root, bool *odd,
				 struct sg_err *err);

/* Sorts members by sg_json_name_cmp. */
void sg_json_sort(const struct sg_json **members, size_t count);

#endif
