/* SPDX-License-Identifier: Apache-2.0
 * One JSON number: grammar (RFC 8259 section 6), then the double it means, or why it means none here. */
#include "base/json_number.h"

#include "base/json_scan.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *
digits(const char *at)
{
	while (is_digit(*at))
		at++;
	return at;
}

/* The end of the fraction and exponent that start at `at`; NULL if they are begun and not finished. */
static const char *
tail(const char *at)
{
	if (*at == '.') {
		if (!is_digit(*++at))
			return NULL;
		at = digits(at);
	}
	if (*at != 'e' && *at != 'E')
		return at;
	at++;
	if (*at == '+' || *at == '-')
		at++;
	return is_digit(*at) ? digits(at) : NULL;
}

static bool
mantissa_is_zero(const char *at)
{
	while (*at == '-' || *at == '0' || *at == '.')
		at++;
	return !is_digit(*at);
}

/* Integers are whole up to 2^53. What would be written as more digits than that is refused in any spelling (1e20 too),
 * because its canonical form could not be read back. From 1e21 on the canonical form has an exponent. */
static enum sg_json_number
read_double(const char *start, const char *end, double *out)
{
	char *stop;
	double value = strtod(start, &stop), size = fabs(value);
	if (stop != end || !isfinite(value) || (size < DBL_MIN && !mantissa_is_zero(start)))
		return SG_JSON_NUMBER_RANGE;
	if (size > (double)SG_JSON_INTEGER_MAX && size < 1e21)
		return SG_JSON_NUMBER_INTEGER;
	*out = value == 0 ? 0 : value;
	return SG_JSON_NUMBER_OK;
}

enum sg_json_number
sg_json_number(const char **at, double *out)
{
	const char *start = *at, *first = start + (*start == '-'), *whole, *end;
	if (!is_digit(*first))
		return SG_JSON_NUMBER_GRAMMAR;
	whole = digits(first);
	end = tail(whole);
	if (end == NULL || (*first == '0' && whole - first > 1))
		return SG_JSON_NUMBER_GRAMMAR;
	*at = end;
	if (end != whole)
		return read_double(start, end, out);
	if (whole - first > 16)
		return SG_JSON_NUMBER_INTEGER;

	int64_t value = 0;
	for (const char *d = first; d < whole; d++)
		value = value * 10 + (*d - '0');
	if (value > SG_JSON_INTEGER_MAX)
		return SG_JSON_NUMBER_INTEGER;
	*out = (double)(first == start ? value : -value);
	return SG_JSON_NUMBER_OK;
}
