/* SPDX-License-Identifier: Apache-2.0
 * Durations as policies write them: "200ms", "30s", "2m", "1h", "7d", or milliseconds as an integer. */
#ifndef SG_POLICY_DURATION_H
#define SG_POLICY_DURATION_H

#include <stdbool.h>
#include <stepgate/types.h>

#define SG_DURATION_MAX INT64_C(31622400000) /* ms: 366 days */

/* Reads digits and one unit; false on anything else or more than SG_DURATION_MAX. */
bool sg_duration_read(struct sg_str text, int64_t *milliseconds);

#endif
