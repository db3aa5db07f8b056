/* SPDX-License-Identifier: Apache-2.0
 * verify/jwt, part of the program: it reads what our own issuers made (RFC 9068 access tokens) with core/token, the reader everything else
 * in stepgate uses. Written against the module interface all the same. */
#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "host/built_in.h"
#include "host/verify_jwt.h"
#include "token/access.h"

#include <stdlib.h>

enum { KEYS_BUDGET = 1 << 20, TOKEN_BUDGET = 256 << 10, CLAIMS_ROOM = 16 << 10 };

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	enum sg_status status = sg_jwk_start(err);
	if (status != SG_OK)
		return status;
	struct sg_jwt_verifier *self = calloc(1, sizeof(*self));
	if (self == NULL)
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory for a verifier");
	self->host = host;
	sg_buf_init(&self->text, SG_JSON_MAX_BYTES);
	status = sg_jwt_identify_start(self, options, err);
	if (status == SG_OK)
		*state = self;
	else
		free(self);
	return status;
}

static void
stop(void *state)
{
	struct sg_jwt_verifier *self = state;
	sg_jwks_done(&self->keys);
	sg_outside_keys_done(&self->outside);
	sg_buf_done(&self->text);
	free(self);
}

static enum sg_status
take_keys(struct sg_jwt_verifier *self, struct sg_str text, struct sg_err *err)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	if (text.ptr == NULL)
		return sg_fail(err, SG_REFUSED, "token_no_keys", "no keys to verify with");
	if (self->keys.count > 0 && sg_str_eq(sg_buf_view(&self->text), text))
		return SG_OK;
	sg_jwks_done(&self->keys);
	sg_buf_clear(&self->text);
	sg_arena_init(&arena, KEYS_BUDGET);
	enum sg_status status = sg_json_parse(&arena, text, NULL, &json, err);
	if (status == SG_OK)
		status = sg_jwks_read(&self->keys, json, err);
	if (status == SG_OK)
		sg_buf_str(&self->text, text);
	sg_arena_done(&arena);
	return status;
}

static enum sg_status
verify(void *state, const struct sg_verify_in *in, struct sg_verify_out *out, struct sg_err *err)
{
	struct sg_jwt_verifier *self = state;
	struct sg_token_rules rules = {.type = "at+jwt", .wall = self->host->wall(self->host) / SG_SEC};
	struct sg_arena arena;
	struct sg_buf text;
	const struct sg_json *claims = NULL;
	sg_arena_init(&arena, TOKEN_BUDGET);
	sg_buf_init(&text, CLAIMS_ROOM);
	enum sg_status status = take_keys(self, in->keys, err);
	if (status == SG_OK)
		status = sg_token_read(&arena, &self->keys, in->token, &rules, &claims, err);
	if (status == SG_OK) {
		sg_canon_write(&text, claims);
		char *copy = text.failed ? NULL : self->host->alloc(self->host, text.len);
		if (copy == NULL)
			status = sg_fail(err, SG_NOMEM, "token_memory", "no memory for claims");
		else
			out->claims = (struct sg_str){memcpy(copy, text.ptr, text.len), text.len};
	}
	sg_buf_done(&text);
	sg_arena_done(&arena);
	return status;
}

static const struct sg_verify_ops operations = {.size = sizeof(operations), .verify = verify, .identify = sg_jwt_identify};
const struct sg_module sg_verify_jwt = {
	.size = sizeof(sg_verify_jwt),
	.abi = SG_ABI,
	.kind = SG_KIND_verify,
	.name = "jwt",
	.options = sg_jwt_options,
	.configure = sg_jwt_configure,
	.start = start,
	.stop = stop,
	.verify = &operations,
};
