/* SPDX-License-Identifier: Apache-2.0
 * Two limits and a value, as a JSON array of three. What one covers, it admits whatever the other admits; nothing that has no valid form admits or
 * covers anything; every valid limit but one on values that cannot be compared covers itself. */
#include "base/canon.h"
#include "gate/state/grant.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition) ((condition) ? (void)0 : abort())

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_arena arena;
	const struct sg_json *root = NULL;
	sg_arena_init(&arena, 1 << 20);
	if (sg_json_parse(&arena, (struct sg_str){(const char *)bytes, len}, NULL, &root, NULL) == SG_OK && root->type == SG_JSON_ARRAY && root->count == 3) {
		const struct sg_json *a = sg_json_first(root), *b = sg_json_next(root, a), *value = sg_json_next(root, b);
		bool valid_a = sg_constraint_valid(a), valid_b = sg_constraint_valid(b);
		bool covers = sg_constraint_covers(a, b), by_a = sg_constraint_admits(a, value, SG_FORM_exact), by_b = sg_constraint_admits(b, value, SG_FORM_exact);
		MUST(!covers || (valid_a && valid_b));
		MUST((!by_a || valid_a) && (!by_b || valid_b));
		MUST(!(covers && by_b) || by_a);
	}
	sg_arena_done(&arena);
	return 0;
}
