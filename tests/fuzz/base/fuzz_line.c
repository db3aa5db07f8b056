/* SPDX-License-Identifier: Apache-2.0
 * One value on one line: whatever was read, no reader of lines can split what is written; it says the same, writes itself again, and every number keeps
 * its text. */
#include "base/canon.h"
#include "base/json_line.h"
#include "base/str.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition)                                                                                                \
	if (!(condition))                                                                                              \
	abort()

static void
no_split(struct sg_str line)
{
	for (size_t i = 0; i < line.len; i++) {
		const unsigned char *c = (const unsigned char *)line.ptr + i;
		MUST(c[0] >= 0x20 && c[0] != 0x7f);
		MUST(!(c[0] == 0xC2 && i + 1 < line.len && c[1] < 0xA0));
		MUST(!(c[0] == 0xE2 && i + 2 < line.len && c[1] == 0x80 && (c[2] == 0xA8 || c[2] == 0xA9)));
	}
}

/* Both have the same values in the same order, so their tapes go side by side. */
static void
same_numbers(const struct sg_json *a, const struct sg_json *b)
{
	for (uint32_t i = 0; i < a->span; i++)
		MUST(a[i].type == b[i].type && (a[i].type != SG_JSON_NUMBER || sg_str_eq(a[i].string, b[i].string)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_arena arena;
	struct sg_buf once, twice;
	struct sg_json_limits limits = {.bytes = 8 * SG_JSON_MAX_BYTES};
	const struct sg_json *value, *again;
	sg_arena_init(&arena, 8 << 20);
	sg_buf_init(&once, 8 * SG_JSON_MAX_BYTES);
	sg_buf_init(&twice, 8 * SG_JSON_MAX_BYTES);
	if (sg_json_parse(&arena, (struct sg_str){(const char *)bytes, len}, NULL, &value, NULL) == SG_OK) {
		sg_json_line(&once, value);
		MUST(!once.failed);
		no_split(sg_buf_view(&once));
		MUST(sg_json_parse(&arena, sg_buf_view(&once), &limits, &again, NULL) == SG_OK);
		MUST(sg_json_eq(value, again) && value->span == again->span);
		same_numbers(value, again);
		sg_json_line(&twice, again);
		MUST(sg_str_eq(sg_buf_view(&once), sg_buf_view(&twice)));
		sg_buf_clear(&twice);
		sg_canon_write(&twice, value);
		sg_buf_clear(&once);
		sg_json_line_text(&once, sg_buf_view(&twice));
		no_split(sg_buf_view(&once));
	}
	sg_buf_done(&once);
	sg_buf_done(&twice);
	sg_arena_done(&arena);
	return 0;
}
