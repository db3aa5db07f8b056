/* SPDX-License-Identifier: Apache-2.0
 * What reader and writer of JSON share: runs of plain bytes, UTF-8 sequences, the order of names. Private to base. */
#ifndef SG_BASE_JSON_SCAN_H
#define SG_BASE_JSON_SCAN_H

#include "base/json.h"

#include <endian.h>
#include <string.h>
#ifdef __x86_64__
#include <emmintrin.h>
#endif

/* 2^53: the last of the integers that a double holds without gaps. */
#define SG_JSON_INTEGER_MAX INT64_C(9007199254740992)

static inline bool
sg_json_is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* The top bit of each of the eight bytes that is not plain; of one behind such a byte perhaps, too: subtracting sets it where a byte was too small. */
static inline uint64_t
sg_json_odd(uint64_t word)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	uint64_t quote = word ^ (each * '"'), slash = word ^ (each * '\\');
	return (word | (word - each * 0x20) | (quote - each) | (slash - each)) & (each * 0x80);
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

#ifdef __x86_64__
enum { SG_JSON_STEP = 16 };
/* Plain bytes in front of the first that is none, of so many at `at`: those beyond ASCII are below zero, as signed ones. */
static inline size_t
sg_json_plain_step(const char *at)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
	__m128i odd = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)),
				   _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
	return (size_t)__builtin_ctz((unsigned)_mm_movemask_epi8(odd) | 1U << 16);
}
#else
enum { SG_JSON_STEP = 8 };
static inline size_t
sg_json_plain_step(const char *at)
{
	uint64_t word;
	memcpy(&word, at, 8);
	uint64_t odd = sg_json_odd(le64toh(word)); /* the first byte is the lowest, and the lowest bit is never a false one */
	return odd == 0 ? 8 : (size_t)__builtin_ctzll(odd) / 8;
}
#endif

/* Of the last bytes before `end`, fewer than sixteen. */
static inline size_t
sg_json_plain_end(const char *at, const char *end)
{
	size_t count = (size_t)(end - at), plain = 0;
	uint64_t first, last;
	if (count >= 8) {
		memcpy(&first, at, 8);
		memcpy(&last, end - 8, 8);
	} else
		first = last = count > 0 ? sg_json_few(at, count) : 0;
	if ((sg_json_odd(first) | sg_json_odd(last)) == 0 || count == 0)
		return count;
	while (plain < count && sg_json_is_plain((unsigned char)at[plain]))
		plain++;
	return plain;
}

/* How many bytes from `at` stand for themselves in a string: ASCII without control characters, quote and backslash. */
static inline size_t
sg_json_plain(const char *at, const char *end)
{
	const char *start = at;
	for (size_t plain = SG_JSON_STEP; end - at >= SG_JSON_STEP; at += SG_JSON_STEP)
		if ((plain = sg_json_plain_step(at)) < SG_JSON_STEP)
			return (size_t)(at - start) + plain;
	return (size_t)(at - start) + sg_json_plain_end(at, end);
}

/* sg_json_name_cmp(name, next) < 0; most differ in their first letter. */
static inline bool
sg_json_name_rises(struct sg_str name, struct sg_str next)
{
	if (name.len > 0 && next.len > 0 && name.ptr[0] != next.ptr[0] && (signed char)name.ptr[0] > 0 && (signed char)next.ptr[0] > 0)
		return name.ptr[0] < next.ptr[0];
	return sg_json_name_cmp(name, next) < 0;
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
