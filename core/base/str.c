/* SPDX-License-Identifier: Apache-2.0
 * Borrowed strings: the parts too long to be inline. */
#include "base/str.h"

int
sg_str_cmp(struct sg_str a, struct sg_str b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);
	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

struct sg_str
sg_str_cut(struct sg_str *rest, char separator)
{
	const char *at = rest->len == 0 ? NULL : memchr(rest->ptr, separator, rest->len);
	struct sg_str head = *rest;
	if (at == NULL) {
		*rest = (struct sg_str){NULL, 0};
		return head;
	}
	head.len = (size_t)(at - rest->ptr);
	rest->ptr = at + 1;
	rest->len -= head.len + 1;
	return head;
}

void
sg_hex(char *out, const void *bytes, size_t len)
{
#define ROW(high) high "0" high "1" high "2" high "3" high "4" high "5" high "6" high "7" high "8" high "9" high "a" high "b" high "c" high "d" high "e" high "f"
	static const char pairs[] = ROW("0") ROW("1") ROW("2") ROW("3") ROW("4") ROW("5") ROW("6") ROW("7") ROW("8") ROW("9") ROW("a") ROW("b") ROW("c") ROW("d") ROW("e") ROW("f");
#undef ROW
	const unsigned char *in = bytes;
	for (size_t i = 0; i < len; i++)
		memcpy(out + 2 * i, pairs + 2 * (size_t)in[i], 2);
	out[2 * len] = '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
sg_unhex(void *bytes, size_t len, struct sg_str text)
{
	unsigned char *out = bytes;
	if (text.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hex_value(text.ptr[2 * i]), low = hex_value(text.ptr[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

bool
sg_str_int(struct sg_str text, int64_t min, int64_t max, int64_t *out)
{
	bool negative = min < 0 && text.len > 0 && text.ptr[0] == '-';
	size_t i = negative ? 1 : 0;
	if (text.len == i || (text.ptr[i] == '0' && text.len > i + 1) || (negative && text.ptr[i] == '0'))
		return false;

	int64_t value = 0;
	for (; i < text.len; i++) {
		int digit = text.ptr[i] - '0';
		if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, digit, &value))
			return false;
	}
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return false;
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

struct sg_str
sg_decimal(char room[SG_DECIMAL], int64_t number)
{
	static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
				    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
	char *end = room + SG_DECIMAL, *at = end;
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
	for (; rest >= 100; rest /= 100)
		memcpy(at -= 2, &pairs[rest % 100 * 2], 2);
	if (rest >= 10)
		memcpy(at -= 2, &pairs[rest * 2], 2);
	else
		*--at = (char)('0' + rest);
	if (number < 0)
		*--at = '-';
	return (struct sg_str){at, (size_t)(end - at)};
}

void
sg_hex_number(char out[17], uint64_t number)
{
	for (int i = 15; i >= 0; i--, number >>= 4)
		out[i] = "0123456789abcdef"[number & 15];
	out[16] = '\0';
}
