/* SPDX-License-Identifier: Apache-2.0
 * Reading foreign bytes. What the module says is read again and written canonically. */
#include "base/err.h"
#include "base/str.h"
#include "host/call.h"

#include <stepgate/issue.h>
#include <stepgate/verify.h>

enum { CLAIMS_BUDGET = 1 << 20 };

static enum sg_status
read_request(const struct sg_call *call, struct sg_verify_in *in, struct sg_buf *keys, struct sg_err *err)
{
	const struct sg_json *jwks = sg_json_get(call->request, "jwks");
	*in = (struct sg_verify_in){.size = sizeof(*in), .deadline = sg_call_deadline(call->instance)};
	if (call->request->count != 3 || !sg_json_string(sg_json_get(call->request, "token"), &in->token) ||
	    jwks == NULL || (jwks->type != SG_JSON_NULL && jwks->type != SG_JSON_OBJECT))
		return sg_fail(err, SG_MALFORMED, "call_malformed", "verify brings a token and a key set or null");
	if (in->token.len == 0 || in->token.len > SG_VERIFY_TOKEN_MAX)
		return sg_fail(err, SG_LIMIT, "call_size", "a token has 1 to %d bytes", SG_VERIFY_TOKEN_MAX);
	if (jwks->type == SG_JSON_OBJECT) {
		sg_canon_write(keys, jwks);
		in->keys = sg_buf_view(keys);
	}
	return SG_OK;
}

static enum sg_status
write_claims(const struct sg_call *call, struct sg_str claims, struct sg_err *err)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = SG_CLAIMS_MAX};
	struct sg_json_writer *w = call->answer;
	sg_arena_init(&arena, CLAIMS_BUDGET);
	bool good = claims.ptr != NULL && sg_json_parse(&arena, claims, &limits, &json, NULL) == SG_OK &&
		    json->type == SG_JSON_OBJECT;
	if (good) {
		sg_jw_object(w);
		sg_jw_name(w, "claims");
		sg_jw_value(w, json);
		sg_jw_member_bool(w, "ok", true);
		sg_jw_end(w);
	}
	sg_arena_done(&arena);
	return good ? SG_OK
		    : sg_fail(err, SG_BUG, "module_claims", "the module's claims are no JSON object of %d bytes",
			      SG_CLAIMS_MAX);
}

enum sg_status
sg_call_verify(const struct sg_call *call, struct sg_err *err)
{
	struct sg_verify_in in;
	struct sg_verify_out out = {.size = sizeof(out)};
	struct sg_err why = {0};
	struct sg_buf keys;
	if (!sg_str_is(call->verb, "verify"))
		return sg_fail(err, SG_REFUSED, "call_verb", "a verify module knows verify");
	sg_buf_init(&keys, SG_JSON_MAX_BYTES);
	enum sg_status status = read_request(call, &in, &keys, err);
	if (status == SG_OK &&
	    (status = call->instance->module->verify->verify(call->instance->state, &in, &out, &why)) != SG_OK) {
		sg_module_err(err, &why, status);
		status = err->status;
	}
	if (status == SG_OK)
		status = write_claims(call, out.claims, err);
	sg_buf_done(&keys);
	return status;
}
