/* SPDX-License-Identifier: Apache-2.0
 * Journal segments: damaged files are read to the first break and not a byte further. */
#include "base/err.h"
#include "frame/segment.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_segment_reader reader;
	struct sg_record record;
	struct sg_err err = {0};
	enum sg_status status = sg_segment_begin(&reader, (struct sg_str){(const char *)bytes, len}, &err);
	if (status != SG_OK) { /* a fuzzer does not find SHA-256 preimages: read on as if the header were good */
		reader = (struct sg_segment_reader){.bytes = {(const char *)bytes, len}, .next = 1};
	}
	do {
		struct sg_arena arena;
		sg_arena_init(&arena, 8 << 20);
		status = sg_segment_next(&reader, &arena, &record, &err);
		if (status == SG_OK && (record.end > len || record.leaf.len > SG_LEAF_MAX))
			abort();
		sg_arena_done(&arena);
	} while (status == SG_OK);
	if (status == SG_MALFORMED)
		sg_segment_broken_middle(&reader);
	return 0;
}
