/* SPDX-License-Identifier: Apache-2.0
 * What the pre-check lets pass, libconfig reads the same way, word by word; a name given twice is all it may still
 * refuse. */
#include "base/str.h"
#include "conf/precheck.h"
#include "conf/tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_conf_errors errors;
	struct sg_conf_tokens tokens;
	struct sg_arena arena;
	sg_conf_errors_init(&errors);
	sg_arena_init(&arena, 64 << 20);
	struct sg_conf_file file = {"fuzz.conf", sg_arena_copy(&arena, (struct sg_str){(const char *)bytes, len})};
	if (sg_conf_precheck(&arena, &file, &errors, &tokens) &&
	    sg_conf_read(&arena, &file, &tokens, &errors) == NULL && strcmp(errors.list[0].code, "conf_duplicate") != 0)
		abort();
	sg_arena_done(&arena);
	sg_conf_errors_done(&errors);
	return 0;
}
