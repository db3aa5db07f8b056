/* SPDX-License-Identifier: Apache-2.0
 * Borrowed strings: comparing and cutting bytes that are not NUL-terminated. */
#ifndef SG_BASE_STR_H
#define SG_BASE_STR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <stepgate/types.h>

/* A string constant as sg_str, without counting at run time. */
#define SG_STR(literal) ((struct sg_str){(literal), sizeof(literal) - 1})

/* For printf's "%.*s". */
#define SG_STR_ARG(s) (int)(s).len, (s).ptr

static inline struct sg_str
sg_str(const char *text)
{
	return (struct sg_str){text, text == NULL ? 0 : strlen(text)};
}

/* memcmp for what is mostly short: no call where it is. Equal: true. */
static inline bool
sg_same_few(const char *a, const char *b, size_t len)
{
	if (len > 16)
		return memcmp(a, b, len) == 0;
	if (len >= 8) { /* both ends: they meet or overlap */
		uint64_t one[2], other[2];
		memcpy(&one[0], a, 8);
		memcpy(&one[1], a + len - 8, 8);
		memcpy(&other[0], b, 8);
		memcpy(&other[1], b + len - 8, 8);
		return one[0] == other[0] && one[1] == other[1];
	}
	if (len >= 4) {
		uint32_t one[2], other[2];
		memcpy(&one[0], a, 4);
		memcpy(&one[1], a + len - 4, 4);
		memcpy(&other[0], b, 4);
		memcpy(&other[1], b + len - 4, 4);
		return one[0] == other[0] && one[1] == other[1];
	}
	return len == 0 || (a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1]);
}

static inline bool
sg_str_eq(struct sg_str a, struct sg_str b)
{
	return a.len == b.len && sg_same_few(a.ptr, b.ptr, a.len);
}

static inline bool
sg_str_is(struct sg_str a, const char *text)
{
	return sg_str_eq(a, sg_str(text));
}

static inline bool
sg_str_starts(struct sg_str a, const char *prefix)
{
	size_t n = strlen(prefix);
	return a.len >= n && memcmp(a.ptr, prefix, n) == 0;
}

/* The beginning of a text, of so many bytes at most, with no letter of UTF-8 in half. */
static inline struct sg_str
sg_str_most(struct sg_str text, size_t most)
{
	size_t cut = text.len < most ? text.len : most;
	while (cut > 0 && cut < text.len && ((unsigned char)text.ptr[cut] & 0xc0) == 0x80)
		cut--;
	return (struct sg_str){text.ptr, cut};
}

/* memcpy for what is mostly short: no call where it is. `len` is not 0. */
static inline void
sg_copy_few(char *to, const char *from, size_t len)
{
	if (len > 16) {
		memcpy(to, from, len);
	} else if (len >= 8) { /* both ends: they meet or overlap */
		uint64_t first, last;
		memcpy(&first, from, 8);
		memcpy(&last, from + len - 8, 8);
		memcpy(to, &first, 8);
		memcpy(to + len - 8, &last, 8);
	} else if (len >= 4) {
		uint32_t first, last;
		memcpy(&first, from, 4);
		memcpy(&last, from + len - 4, 4);
		memcpy(to, &first, 4);
		memcpy(to + len - 4, &last, 4);
	} else {
		to[0] = from[0];
		to[len / 2] = from[len / 2];
		to[len - 1] = from[len - 1];
	}
}

/* Byte order, shorter first on a tie: <0, 0, >0. */
int sg_str_cmp(struct sg_str a, struct sg_str b);

/* Cuts `*rest` at the first `separator`: returns what stands before it and moves `*rest` behind it.
 * Without a separator the whole is returned and `rest->ptr` becomes NULL. */
struct sg_str sg_str_cut(struct sg_str *rest, char separator);

/* Lower-case hexadecimal: `out` takes 2 * len + 1 bytes. */
void sg_hex(char *out, const void *bytes, size_t len);
enum { SG_DECIMAL = 24 };
/* The number in decimal digits, somewhere in `room`; without a NUL. */
struct sg_str sg_decimal(char room[SG_DECIMAL], int64_t number);
/* The number's 16 hexadecimal digits and a NUL: a key of a table, made without printf. */
void sg_hex_number(char out[17], uint64_t number);

/* Reads exactly 2 * len lower-case hexadecimal digits; false on anything else. */
bool sg_unhex(void *bytes, size_t len, struct sg_str text);

/* A decimal integer in [min, max], digits only (a leading '-' where min < 0), no leading zeros, nothing behind. */
bool sg_str_int(struct sg_str text, int64_t min, int64_t max, int64_t *out);

#endif
