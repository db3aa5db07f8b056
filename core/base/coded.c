/* SPDX-License-Identifier: Apache-2.0
 * Percent, once or more often. */
#include "base/coded.h"

#include "base/str.h"

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum { CODED_DEEP = 3 /* readings, one behind another, that could make a digit of it */ };

static size_t coded_at(struct sg_str text, size_t at, int deep, struct sg_sign *sign);

/* A letter or digit at `at`, plain or in percent itself ("%32" for 2): its length; 0: there is none. */
static size_t
coded_letter(struct sg_str text, size_t at, int deep, char *letter)
{
	struct sg_sign sign = {0, false};
	if (at >= text.len)
		return 0;
	size_t len = text.ptr[at] != '%' ? 1 : deep > 0 ? coded_at(text, at, deep - 1, &sign) : 0;
	*letter = len == 1 ? text.ptr[at] : sign.c < 0x80 ? (char)sign.c : '\0';
	return len;
}

/* So many hexadecimal digits from `at` on. */
static size_t
coded_digits(struct sg_str text, size_t at, int deep, int count, uint32_t *number)
{
	size_t len, end = at;
	*number = 0;
	for (char c = '\0'; count > 0; count--, end += len) {
		if ((len = coded_letter(text, end, deep, &c)) == 0 || digit(c) < 0)
			return 0;
		*number = *number * 16 + (uint32_t)digit(c);
	}
	return end - at;
}

/* What the percent at `at` begins: its length; 0: nothing. What says percent may begin another one ("%252e"). */
static size_t
coded_at(struct sg_str text, size_t at, int deep, struct sg_sign *sign)
{
	size_t end = at + 1, len, mark;
	char first = '\0';
	*sign = (struct sg_sign){'%', false};
	for (uint32_t c; sign->c == '%' && (mark = coded_letter(text, end, deep, &first)) > 0; end += len) {
		bool whole = (first | 0x20) == 'u';
		len = whole ? coded_digits(text, end + mark, deep, 4, &c) : coded_digits(text, end, deep, 2, &c);
		if (len == 0)
			break;
		len += whole ? mark : 0;
		*sign = (struct sg_sign){c, whole};
	}
	return end > at + 1 ? end - at : 0;
}

size_t
sg_coded(struct sg_str text, struct sg_sign *sign)
{
	size_t percents = 1;
	while (percents < text.len && percents <= CODED_DEEP + 1 && text.ptr[percents] == '%')
		percents++;
	return percents > CODED_DEEP + 1 ? 0 : coded_at(text, 0, CODED_DEEP, sign); /* so many in a row begin nothing */
}

bool
sg_has_coded(struct sg_str text)
{
	struct sg_sign sign;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '%' && sg_coded((struct sg_str){text.ptr + i, text.len - i}, &sign) > 0)
			return true;
	return false;
}
