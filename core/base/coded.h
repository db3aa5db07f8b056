/* SPDX-License-Identifier: Apache-2.0
 * Signs in percent (RFC 3986 section 2.1), as readers one behind another take them. */
#ifndef SG_BASE_CODED_H
#define SG_BASE_CODED_H

#include <stdbool.h>
#include <stepgate/types.h>

/* What stands in percent: a byte, or ("%u2024") a whole character. */
struct sg_sign {
	uint32_t c;
	bool whole;
};

/* What a text that is not empty begins with in percent, once or more often ("%2e", "%252e", "%25%32%65", "%u002e"): its length, and which; 0: there is none. */
size_t sg_coded(struct sg_str text, struct sg_sign *sign);
/* Something in it stands in percent ("%6b", "%256b", "%u006b"); a '%' alone is itself. */
bool sg_has_coded(struct sg_str text);

#endif
