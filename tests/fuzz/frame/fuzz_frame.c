/* SPDX-License-Identifier: Apache-2.0
 * Frames: bytes from a process that went bad, read as each receiver would. */
#include "frame/link.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	for (int pair = 0; pair < 36; pair++) {
		struct sg_link link;
		struct sg_frame frame;
		sg_link_init(&link, -1, (enum sg_role)(pair / 6), (enum sg_role)(pair % 6));
		sg_buf_add(&link.in, bytes, len);
		while (sg_link_next(&link, &frame, NULL) == SG_OK)
			if (!sg_frame_rule(frame.type) || frame.payload.len > len)
				abort();
		sg_link_done(&link);
	}
	return 0;
}
