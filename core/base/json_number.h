/* SPDX-License-Identifier: Apache-2.0
 * Reading one JSON number. Private to base. */
#ifndef SG_BASE_JSON_NUMBER_H
#define SG_BASE_JSON_NUMBER_H

#include <stdint.h>

enum sg_json_number {
	SG_JSON_NUMBER_OK,
	SG_JSON_NUMBER_GRAMMAR, /* not a number: 01, 1., .5, +1, 1e */
	SG_JSON_NUMBER_RANGE,   /* too large for a double, or so small that digits would be lost (zero or subnormal) */
	SG_JSON_NUMBER_INTEGER, /* an integer beyond 2^53 */
};

/* Reads the number at `*at` and moves `*at` behind it (not on a grammar error). The text must end with a byte that
 * belongs to no number, such as NUL. Expects LC_NUMERIC "C"; in any other locale fractions are refused, never misread.
 * -0 gives 0. */
enum sg_json_number sg_json_number(const char **at, double *out);

#endif
