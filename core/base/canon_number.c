/* SPDX-License-Identifier: Apache-2.0
 * Numbers as ECMAScript's Number::toString writes them (RFC 8785 section 3.2.2.3): the fewest digits that read back the
 * same. */
#include "base/canon.h"
#include "base/json_scan.h"
#include "base/str.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void
sg_canon_integer(struct sg_buf *out, int64_t number)
{
	char room[SG_DECIMAL];
	sg_buf_str(out, sg_decimal(room, number));
}

/* Below a power of two doubles lie twice as dense as above, so the nearest 16 digits may miss it where the next ones up
 * hit. */
static bool
hits_from_above(char *text, double number)
{
	int exponent;
	char *e = strchr(text, 'e');
	if (e == NULL || e[-1] == '9' || frexp(number, &exponent) != 0.5)
		return false;
	++e[-1];
	return strtod(text, NULL) == number;
}

/* What people write has few digits behind its point, and needs no search: of all texts of at most 15 digits one alone is this number. 0: it is none. */
static size_t
in_thousandths(double number, char digits[20], int *place)
{
	double scaled = nearbyint(number * 1000);
	if (!(scaled >= 1 && scaled < 1e15) || scaled / 1000 != number)
		return 0;
	size_t count = (size_t)snprintf(digits, 20, "%lld", (long long)scaled);
	*place = (int)count - 3;
	while (digits[count - 1] == '0')
		count--;
	return count;
}

/* The fewest significant digits of `number` > 0, without trailing zeros, and the place of the point: 0.DIGITS x
 * 10^place. 15 digits always survive in a normal double, so shorter ones appear there with zeros behind; subnormals
 * hold fewer. */
static size_t
shortest(double number, char digits[20], int *place)
{
	size_t few = in_thousandths(number, digits, place);
	if (few > 0)
		return few;
	char text[40];
	int precision = number < DBL_MIN ? 0 : 14;
	do
		snprintf(text, sizeof(text), "%.*e", precision, number);
	while (strtod(text, NULL) != number && !hits_from_above(text, number) && ++precision < 17);

	size_t count = 0;
	const char *at = text;
	for (; *at != 'e'; at++)
		if (*at >= '0' && *at <= '9')
			digits[count++] = *at;
	*place = (int)strtol(at + 1, NULL, 10) + 1;
	while (count > 1 && digits[count - 1] == '0')
		count--;
	return count;
}

static void
write_zeros(struct sg_buf *out, int count)
{
	sg_buf_add(out, "000000000000000000000", (size_t)count);
}

/* 1e+21, 1.5e-7: one digit, the others behind a point. */
static void
write_exponent(struct sg_buf *out, const char *digits, size_t count, int exponent)
{
	char text[8];
	sg_buf_add(out, digits, 1);
	if (count > 1)
		sg_buf_add(out, ".", 1);
	sg_buf_add(out, digits + 1, count - 1);
	sg_buf_add(out, text, (size_t)snprintf(text, sizeof(text), "e%+d", exponent));
}

static void
write_decimal(struct sg_buf *out, const char *digits, size_t count, int place)
{
	if (place <= 0) {
		sg_buf_add(out, "0.", 2);
		write_zeros(out, -place);
		sg_buf_add(out, digits, count);
	} else if ((int)count <= place) {
		sg_buf_add(out, digits, count);
		write_zeros(out, place - (int)count);
	} else {
		sg_buf_add(out, digits, (size_t)place);
		sg_buf_add(out, ".", 1);
		sg_buf_add(out, digits + place, count - (size_t)place);
	}
}

enum { FEW_DIGITS = 15, EXPONENT_MOST = 10000000 /* more than a text has places: what is beyond is no finite number, or nothing */, PLACE_MOST = 400 /* of a double */ };

/* "e-12", "E5", "": its value, as far as EXPONENT_MOST. */
static int
exponent_of(const char *at, const char *end)
{
	int exponent = 0;
	bool below = end - at > 1 && at[1] == '-';
	for (; at < end; at++)
		if (*at >= '0' && *at <= '9' && exponent < EXPONENT_MOST)
			exponent = exponent * 10 + (*at - '0');
	return below ? -exponent : exponent;
}

/* At most 15 significant digits, as they were written, are those of the number, and no fewer are: of texts that short each is another number, but for subnormal
 * ones. 0: there are more. */
static size_t
as_written(struct sg_str text, double number, char digits[20], int *place)
{
	const char *at = text.ptr, *end = text.len == 0 ? at : at + text.len;
	size_t count = 0, kept = 0;
	bool behind = false;
	*place = 0;
	if (fabs(number) < DBL_MIN)
		return 0;
	for (; at < end && *at != 'e' && *at != 'E'; at++) {
		if (*at == '-' || *at == '.') {
			behind |= *at == '.';
			continue;
		}
		if (count == 0 && *at == '0') {
			*place -= behind;
			continue;
		}
		*place += !behind;
		if (count < FEW_DIGITS)
			digits[count] = *at;
		else if (*at != '0')
			return 0;
		count += count < FEW_DIGITS;
		kept = *at != '0' ? count : kept;
	}
	*place += exponent_of(at, end);
	return *place > PLACE_MOST || *place < -PLACE_MOST ? 0 : kept; /* no double has such a place: it was not read rightly */
}

void
sg_canon_number(struct sg_buf *out, double number)
{
	sg_canon_number_as(out, number, (struct sg_str){NULL, 0});
}

void
sg_canon_number_as(struct sg_buf *out, double number, struct sg_str text)
{
	char digits[20];
	int place;
	if (!isfinite(number)) {
		out->failed = true;
		return;
	}
	if (fabs(number) <= (double)SG_JSON_INTEGER_MAX && number == trunc(number)) {
		sg_canon_integer(out, (int64_t)number);
		return;
	}
	if (number < 0)
		sg_buf_add(out, "-", 1);
	size_t count = as_written(text, number, digits, &place);
	if (count == 0)
		count = shortest(fabs(number), digits, &place);
	if (place > 21 || place < -5)
		write_exponent(out, digits, count, place - 1);
	else
		write_decimal(out, digits, count, place);
}
