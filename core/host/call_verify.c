/* SPDX-License-Identifier: Apache-2.0
 * Reading foreign bytes. What the module says is read again and written canonically. */
#include "base/err.h"
#include "base/str.h"
#include "host/call.h"
#include "token/base64url.h"

#include <stepgate/issue.h>
#include <stepgate/verify.h>

enum { CLAIMS_BUDGET = 1 << 20 };

static enum sg_status
read_token(const struct sg_call *call, struct sg_verify_in *in, struct sg_buf *keys, struct sg_err *err)
{
	const struct sg_json *jwks = sg_json_get(call->request, "jwks");
	*in = (struct sg_verify_in){.size = sizeof(*in), .deadline = sg_call_deadline(call->instance)};
	if (call->request->count != 4 || !sg_json_string(sg_json_get(call->request, "token"), &in->token) ||
	    !sg_json_string(sg_json_get(call->request, "lease"), &in->lease) || in->lease.len > SG_LEASE_MAX ||
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

static enum sg_status
verify(const struct sg_call *call, struct sg_err *err)
{
	struct sg_verify_in in;
	struct sg_verify_out out = {.size = sizeof(out)};
	struct sg_err why = {0};
	struct sg_buf keys;
	sg_buf_init(&keys, SG_JSON_MAX_BYTES);
	enum sg_status status = read_token(call, &in, &keys, err);
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

/* ---- identify ---- */

static enum sg_status
read_presented(const struct sg_call *call, struct sg_identify_in *in, struct sg_buf *bytes, struct sg_err *err)
{
	struct sg_str text;
	*in = (struct sg_identify_in){.size = sizeof(*in), .deadline = sg_call_deadline(call->instance)};
	if (sg_json_is(call->request, "form", "token"))
		in->form = SG_PRESENTED_TOKEN;
	else if (sg_json_is(call->request, "form", "chain"))
		in->form = SG_PRESENTED_CHAIN;
	if (call->request->count != 3 || in->form == 0 || !sg_json_string(sg_json_get(call->request, "bytes"), &text) ||
	    text.len > SG_JSON_MAX_BYTES)
		return sg_fail(err, SG_MALFORMED, "call_malformed", "identify brings bytes and their form");
	char *room = sg_buf_reserve(bytes, SG_B64U_BYTES(text.len));
	size_t len = 0;
	if (room == NULL || !sg_b64u_read(text, room, SG_B64U_BYTES(text.len), &len))
		return sg_fail(err, SG_MALFORMED, "call_malformed", "what is presented is not base64url");
	if (len == 0 || len > SG_PRESENTED_MAX)
		return sg_fail(err, SG_LIMIT, "call_size", "what is presented has 1 to %d bytes", SG_PRESENTED_MAX);
	bytes->len += len;
	in->bytes = (struct sg_str){room, len};
	return SG_OK;
}

static enum sg_status
run_identify(const struct sg_call *call, const struct sg_identify_in *in, struct sg_err *err)
{
	struct sg_fact facts[SG_FACTS_ROOM];
	struct sg_attest_out out = {sizeof(out), facts, 0, SG_FACTS_ROOM};
	struct sg_err why = {0};
	enum sg_status status = call->instance->module->verify->identify(call->instance->state, in, &out, &why);
	if (status != SG_OK && status != SG_NOT_FOUND) {
		sg_module_err(err, &why, status);
		return err->status;
	}
	size_t count = status == SG_OK ? out.count : 0;
	if (out.facts != facts || (status == SG_OK && count == 0) || !sg_call_write_facts(call->answer, facts, count))
		return sg_fail(err, SG_BUG, "module_facts", "the module stated facts that are out of bounds or not UTF-8");
	return SG_OK;
}

static enum sg_status
identify(const struct sg_call *call, struct sg_err *err)
{
	struct sg_identify_in in;
	struct sg_buf bytes;
	sg_buf_init(&bytes, SG_JSON_MAX_BYTES);
	enum sg_status status = read_presented(call, &in, &bytes, err);
	if (status == SG_OK)
		status = run_identify(call, &in, err);
	sg_buf_done(&bytes);
	return status;
}

enum sg_status
sg_call_verify(const struct sg_call *call, struct sg_err *err)
{
	const struct sg_verify_ops *ops = call->instance->module->verify;
	if (sg_str_is(call->verb, "verify") && ops->verify != NULL)
		return verify(call, err);
	if (sg_str_is(call->verb, "identify") && ops->identify != NULL)
		return identify(call, err);
	return sg_fail(err, SG_REFUSED, "call_verb", "a verify module knows verify, identify or both");
}
