/* SPDX-License-Identifier: Apache-2.0
 * verify/jwt, the one module that is part of the program: it reads what our own issuers made (RFC 9068 access tokens)
 * with core/token, the reader everything else in stepgate uses. Written against the module interface all the same. */
#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "host/leaf.h"
#include "host/load.h"
#include "token/access.h"

#include <stepgate/verify.h>

#include <stdlib.h>

enum { KEYS_BUDGET = 1 << 20, TOKEN_BUDGET = 256 << 10, CLAIMS_ROOM = 16 << 10 };

/* Keys change seldom; they are read again when their bytes differ. */
struct verifier {
	const struct sg_host *host;
	struct sg_buf text;
	struct sg_jwks keys;
};

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)options;
	enum sg_status status = sg_jwk_start(err);
	if (status != SG_OK)
		return status;
	struct verifier *self = calloc(1, sizeof(*self));
	if (self == NULL)
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory for a verifier");
	self->host = host;
	sg_buf_init(&self->text, SG_JSON_MAX_BYTES);
	*state = self;
	return SG_OK;
}

static void
stop(void *state)
{
	struct verifier *self = state;
	sg_jwks_done(&self->keys);
	sg_buf_done(&self->text);
	free(self);
}

static enum sg_status
take_keys(struct verifier *self, struct sg_str text, struct sg_err *err)
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
	struct verifier *self = state;
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

static const struct sg_verify_ops operations = {.size = sizeof(operations), .verify = verify};
static const struct sg_module verify_jwt = {
	.size = sizeof(verify_jwt),
	.abi = SG_ABI,
	.kind = SG_KIND_verify,
	.name = "jwt",
	.start = start,
	.stop = stop,
	.verify = &operations,
};

const struct sg_module *
sg_built_in(enum sg_kind kind, const char *name)
{
	static const struct sg_module *const modules[] = {&verify_jwt, &sg_leaf_ssh, &sg_leaf_x509};
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (modules[i]->kind == kind && strcmp(modules[i]->name, name) == 0)
			return modules[i];
	return NULL;
}
