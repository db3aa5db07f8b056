/* SPDX-License-Identifier: Apache-2.0
 * Three parts between two dots, strict base64url, strict JSON. */
#include "token/compact.h"

#include "base/err.h"
#include "base/str.h"
#include "token/access.h"
#include "token/base64url.h"

enum sg_status
sg_compact_cut(struct sg_str token, size_t most, struct sg_compact *parts, struct sg_err *err)
{
	struct sg_str rest = token;
	if (token.len > most)
		return sg_fail(err, SG_LIMIT, "token_size", "token of %zu bytes, limit is %zu", token.len, most);
	parts->header = sg_str_cut(&rest, '.');
	parts->payload = rest.ptr == NULL ? rest : sg_str_cut(&rest, '.');
	parts->signature = rest;
	if (parts->header.len == 0 || parts->payload.len == 0 || rest.ptr == NULL || rest.len == 0 ||
	    memchr(rest.ptr, '.', rest.len) != NULL)
		return sg_fail(err, SG_MALFORMED, "token_parts", "a token is three parts between two dots");
	parts->signed_bytes = (struct sg_str){token.ptr, parts->header.len + 1 + parts->payload.len};
	return SG_OK;
}

enum sg_status
sg_compact_decode(struct sg_arena *arena, struct sg_str *part, struct sg_err *err)
{
	size_t room = SG_B64U_BYTES(part->len);
	char *bytes = sg_arena_alloc(arena, room);
	if (bytes == NULL)
		return sg_fail(err, SG_NOMEM, "token_memory", "no memory for a token");
	if (!sg_b64u_read(*part, bytes, room, &part->len))
		return sg_fail(err, SG_MALFORMED, "token_base64", "a part is not base64url without padding");
	part->ptr = bytes;
	return SG_OK;
}

enum sg_status
sg_compact_parse(struct sg_arena *arena, struct sg_str text, const char *code, const struct sg_json **json, struct sg_err *err)
{
	struct sg_json_limits limits = {.depth = SG_JWS_DEPTH};
	struct sg_err why = {0};
	const struct sg_json *found = NULL;
	enum sg_status status = sg_json_parse(arena, text, &limits, &found, &why);
	if (status == SG_NOMEM)
		return sg_fail(err, status, "token_memory", "no memory for a token");
	if (status != SG_OK)
		return sg_fail(err, SG_MALFORMED, code, "%s", why.text);
	if (found->type != SG_JSON_OBJECT)
		return sg_fail(err, SG_MALFORMED, code, "not an object");
	*json = found;
	return SG_OK;
}
