/* SPDX-License-Identifier: Apache-2.0
 * From arbitrary bytes to a document: what is wrong gives errors that can be told, what is not gives a document and
 * origins that are canonical JSON, every stanza of the stack with a place of its own. */
#include "base/canon.h"
#include "base/str.h"
#include "conf/check.h"
#include "conf/load.h"
#include "conf/precheck.h"
#include "conf/zone.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition)                                                                                                \
	if (!(condition))                                                                                              \
	abort()

static void
check_stack(const struct sg_json *attest)
{
	uint64_t seen = 0;
	for (const struct sg_json *s = sg_json_first(attest); s != NULL; s = sg_json_next(attest, s)) {
		int64_t order = -1;
		MUST(sg_json_int(sg_json_get(s, "order"), &order) && order >= 0 && order < attest->count);
		if (order < 64)
			MUST((seen & UINT64_C(1) << order) == 0);
		seen |= order < 64 ? UINT64_C(1) << order : 0;
	}
}

static void
check_good(struct sg_arena *arena, const struct sg_conf_node *root)
{
	struct sg_buf document, origins;
	const struct sg_json *json;
	sg_buf_init(&document, SG_CONF_MAX_DOCUMENT);
	sg_buf_init(&origins, SG_CONF_MAX_ORIGINS);
	sg_conf_document(&document, arena, root);
	sg_conf_origins(&origins, arena, root);
	MUST(!document.failed && !origins.failed);
	MUST(sg_canon_parse(arena, sg_buf_view(&origins), &sg_conf_origins_limits, &json, NULL) == SG_OK);
	MUST(sg_canon_parse(arena, sg_buf_view(&document), &sg_conf_document_limits, &json, NULL) == SG_OK);
	check_stack(sg_json_get(json, "attest"));
	sg_buf_done(&document);
	sg_buf_done(&origins);
}

static void
check_bad(const struct sg_conf_errors *errors)
{
	struct sg_buf out;
	sg_buf_init(&out, 4 << 20);
	sg_conf_errors_write(&out, errors);
	MUST(!out.failed);
	for (size_t i = 0; i < errors->count; i++)
		MUST(errors->list[i].what[0] != '\0');
	sg_buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_conf_errors errors;
	struct sg_conf_tokens tokens;
	struct sg_arena arena;
	sg_conf_errors_init(&errors);
	sg_arena_init(&arena, 256 << 20);
	struct sg_conf_file file = {"fuzz.conf", sg_arena_copy(&arena, (struct sg_str){(const char *)bytes, len})};
	struct sg_conf_node *root = NULL;
	if (sg_conf_precheck(&arena, &file, &errors, &tokens))
		root = sg_conf_read(&arena, &file, &tokens, &errors);
	if (root != NULL) {
		sg_conf_check(&arena, root, &errors);
		sg_conf_check_references(root, &errors);
		sg_conf_order(&arena, root, &errors);
		sg_conf_zone(&arena, root, SG_ZONE_DIR, &errors);
	}
	if (root != NULL && !sg_conf_errors_any(&errors))
		check_good(&arena, root);
	else
		check_bad(&errors);
	sg_arena_done(&arena);
	sg_conf_errors_done(&errors);
	return 0;
}
