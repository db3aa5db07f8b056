/* SPDX-License-Identifier: Apache-2.0
 * Arbitrary bytes as a snapshot: refused, or read into a state that is written again as the same bytes. */
#include "base/buf.h"
#include "gate/snapshot/snapshot.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool
add_line(void *to, struct sg_str line)
{
	sg_buf_str(to, line);
	sg_buf_text(to, "\n");
	return !((struct sg_buf *)to)->failed;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const unsigned char key[SG_KEY_BYTES];
	struct sg_state state;
	struct sg_snapshot_head head = {.leaf = 0};
	struct sg_buf again;
	if (sg_digest_start(NULL) != SG_OK || sg_state_init(&state, key, "boot", NULL) != SG_OK)
		abort();
	if (sg_snapshot_read(&state, (struct sg_str){(const char *)bytes, len}, &head, NULL) == SG_OK) {
		sg_buf_init(&again, 16 << 20);
		if (sg_snapshot_write(&state, &head, add_line, &again, NULL) != SG_OK)
			abort();
		struct sg_state twice;
		struct sg_snapshot_head head2 = {.leaf = 0};
		if (sg_state_init(&twice, key, "boot", NULL) != SG_OK || sg_snapshot_read(&twice, sg_buf_view(&again), &head2, NULL) != SG_OK)
			abort(); /* what is written can be read */
		sg_state_done(&twice);
		sg_buf_done(&again);
	}
	sg_state_done(&state);
	return 0;
}
