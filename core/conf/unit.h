/* SPDX-License-Identifier: Apache-2.0
 * Values with a unit, written as strings so that no version of libconfig can read them its own way. One strict reader
 * each: digits without leading zeros, no sign, no blank, one unit, nothing behind. */
#ifndef SG_CONF_UNIT_H
#define SG_CONF_UNIT_H

#include <stdbool.h>
#include <stepgate/types.h>

/* "200ms", "60s", "5m", "1h", "7d" to milliseconds. False (output untouched) on any other form or beyond 2^53 ms. */
bool sg_conf_duration(struct sg_str text, int64_t *milliseconds);

/* The same, or "never", which is SG_CONF_NEVER: a hundred years. */
#define SG_CONF_NEVER (INT64_C(86400000) * 36500)
bool sg_conf_life(struct sg_str text, int64_t *milliseconds);

/* "512B", "64KiB", "1MiB", "2GiB" to bytes. False as above. */
bool sg_conf_size(struct sg_str text, int64_t *bytes);

/* "0660": a zero and three octal digits. False as above. */
bool sg_conf_mode(struct sg_str text, int64_t *mode);

/* "2027-01-31": a day of the Gregorian calendar from 1970 to 9999. */
bool sg_conf_date(struct sg_str text);

/* An absolute path without ".", ".." or empty parts. */
bool sg_conf_is_path(struct sg_str text);

#endif
