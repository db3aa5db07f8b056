/* SPDX-License-Identifier: Apache-2.0
 * Which day key a segment's inputs were sealed with. A segment names it by a fingerprint under its own salt; a key that was lost and made anew under the
 * same day's name is another one, and what it cannot open is not reproducible, which is no tampering. */
#ifndef SG_FRAME_SEAL_KEY_H
#define SG_FRAME_SEAL_KEY_H

#include "base/secret.h"
#include "frame/segment.h"

enum sg_seal_key {
	SG_SEAL_KEY_OTHER,   /* not the segment's: opens nothing in it */
	SG_SEAL_KEY_UNNAMED, /* of a segment of before, which names none: what it does not open may be either */
	SG_SEAL_KEY_OWN      /* what it does not open was changed */
};

/* Fills header->key_name, from its salt and this day key. */
void sg_seal_key_name(struct sg_segment_header *header, const unsigned char day_key[SG_KEY_BYTES]);
enum sg_seal_key sg_seal_key_is(const struct sg_segment_header *header, const unsigned char day_key[SG_KEY_BYTES]);

#endif
