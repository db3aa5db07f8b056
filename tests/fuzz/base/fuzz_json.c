/* SPDX-License-Identifier: Apache-2.0
 * JSON: whatever the bytes, no crash; what is accepted has a canonical form, which is its own and is read by the
 * canonical reader. */
#include "base/canon.h"
#include "base/str.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition)                                                                                                \
	if (!(condition))                                                                                              \
	abort()

static void
check(struct sg_arena *arena, const struct sg_json *value)
{
	struct sg_buf once, twice;
	const struct sg_json *again;
	sg_buf_init(&once,
		    8 * SG_JSON_MAX_BYTES); /* \u0001 for a byte is the longest growth, and it was as long before */
	sg_buf_init(&twice, 8 * SG_JSON_MAX_BYTES);
	sg_canon_write(&once, value);
	MUST(!once.failed);
	if (once.len <= SG_JSON_MAX_BYTES) {
		MUST(sg_canon_parse(arena, sg_buf_view(&once), NULL, &again, NULL) == SG_OK);
		MUST(sg_json_eq(value, again));
		sg_canon_write(&twice, again);
		MUST(sg_str_eq(sg_buf_view(&once), sg_buf_view(&twice)));
	}
	sg_buf_done(&once);
	sg_buf_done(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_arena arena;
	struct sg_str text = {(const char *)bytes, len};
	const struct sg_json *value, *same;
	sg_arena_init(&arena, 4 << 20);
	bool taken = sg_json_parse(&arena, text, NULL, &value, NULL) == SG_OK;
	if (taken)
		check(&arena, value);
	MUST(taken || sg_canon_parse(&arena, text, NULL, &same, NULL) != SG_OK);
	sg_arena_done(&arena);
	return 0;
}
