/* SPDX-License-Identifier: Apache-2.0
 * What reading a certificate again needs, whatever its format. */
#include "host/leaf.h"

#include "base/err.h"
#include "base/str.h"

enum { KEYS_BUDGET = 1 << 20 };

enum sg_status
sg_leaf_keys(struct sg_jwks *keys, struct sg_str text, struct sg_err *err)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	if (text.ptr == NULL)
		return sg_fail(err, SG_REFUSED, "token_no_keys", "no keys to verify with");
	sg_arena_init(&arena, KEYS_BUDGET);
	enum sg_status status = sg_json_parse(&arena, text, NULL, &json, err);
	if (status == SG_OK)
		status = sg_jwks_read(keys, json, err);
	sg_arena_done(&arena);
	return status;
}

enum sg_status
sg_leaf_time(const struct sg_host *host, int64_t after, int64_t before, struct sg_err *err)
{
	int64_t now = host->wall(host) / SG_SEC;
	if (before <= after || before - after > SG_LEAF_LIFETIME_S)
		return sg_fail(err, SG_REFUSED, "leaf_lifetime", "a certificate lives 1 to %d s", SG_LEAF_LIFETIME_S);
	if (after > now + SG_LEAF_LEEWAY_S)
		return sg_fail(err, SG_REFUSED, "leaf_early", "the certificate is not good yet");
	if (before <= now - SG_LEAF_LEEWAY_S)
		return sg_fail(err, SG_REFUSED, "leaf_expired", "the certificate has expired");
	return SG_OK;
}

enum sg_status
sg_leaf_answer(const struct sg_host *host, struct sg_buf *text, struct sg_verify_out *out, struct sg_err *err)
{
	char *copy = text->failed ? NULL : host->alloc(host, text->len);
	if (copy == NULL)
		return sg_fail(err, SG_NOMEM, "token_memory", "no memory for claims");
	out->claims = (struct sg_str){memcpy(copy, text->ptr, text->len), text->len};
	return SG_OK;
}
