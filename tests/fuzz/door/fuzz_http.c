/* SPDX-License-Identifier: Apache-2.0
 * Heads and bodies: whatever is accepted stays inside its bytes, and a body that is accepted is canonical. */
#include "base/canon.h"
#include "door/body.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
inside(struct sg_str part, const uint8_t *bytes, size_t len)
{
	if (part.len > 0 && ((const uint8_t *)part.ptr < bytes || (const uint8_t *)part.ptr + part.len > bytes + len))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_http_head head;
	struct sg_str text = {(const char *)bytes, len}, argument;
	const struct sg_route_row *route = NULL;
	const char *why;
	if (sg_http_head_read(text, &head) != SG_HTTP_OK)
		return 0;
	inside(head.method, bytes, len);
	inside(head.path, bytes, len);
	inside(head.query, bytes, len);
	inside(head.content_type, bytes, len);
	if (head.size > len)
		abort();
	for (int face = SG_FACE_AGENT; face <= SG_FACE_ADMIN; face++) {
		struct sg_buf out;
		if (sg_http_route((enum sg_face)face, &head, &route, &argument) != SG_HTTP_OK)
			continue;
		sg_buf_init(&out, 1 << 20);
		if (sg_body_canonical(route, &head, (struct sg_str){text.ptr + head.size, len - head.size}, &out, &why) == SG_HTTP_OK) {
			struct sg_arena arena;
			const struct sg_json *json;
			struct sg_json_limits limits = {.bytes = 1 << 20};
			sg_arena_init(&arena, 16 << 20);
			if (sg_canon_parse(&arena, sg_buf_view(&out), &limits, &json, NULL) != SG_OK || json->type != SG_JSON_OBJECT)
				abort();
			sg_arena_done(&arena);
		}
		sg_buf_done(&out);
	}
	return 0;
}
