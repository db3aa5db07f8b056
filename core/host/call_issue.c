/* SPDX-License-Identifier: Apache-2.0
 * Making a credential and taking it back. Claims are read here once, so that a module needs no JSON reader. */
#include "base/err.h"
#include "base/str.h"
#include "host/call.h"
#include "token/jwk.h"

#include <stepgate/issue.h>

typedef enum sg_status verb_fn(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err);

static bool
good_lease(struct sg_str lease)
{
	for (size_t i = 0; i < lease.len; i++) {
		char c = lease.ptr[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_' &&
		    c != '-')
			return false;
	}
	return lease.len > 0 && lease.len <= SG_LEASE_MAX;
}

static enum sg_status
read_lease(const struct sg_call *call, struct sg_issue_in *in, struct sg_err *err)
{
	const struct sg_json *end = sg_json_get(call->request, "exp");
	*in = (struct sg_issue_in){.size = sizeof(*in), .deadline = sg_call_deadline(call->instance)};
	const struct sg_json *now = sg_json_get(call->request, "now");
	if ((end != NULL && !sg_json_int(end, &in->exp)) || (now != NULL && !sg_json_int(now, &in->iat)))
		return sg_fail(err, SG_MALFORMED, "call_malformed", "exp and now are numbers of seconds");
	if (!sg_json_string(sg_json_get(call->request, "lease"), &in->lease) || !good_lease(in->lease))
		return sg_fail(err, SG_MALFORMED, "call_malformed", "a lease is 1 to %d of A-Z a-z 0-9 _ -",
			       SG_LEASE_MAX);
	return SG_OK;
}

/* A claim that is there must be of its type. */
static bool
read_claims(const struct sg_json *claims, struct sg_issue_in *in)
{
	const struct {
		const char *name;
		struct sg_str *to;
	} texts[] = {{"iss", &in->iss}, {"sub", &in->sub}, {"aud", &in->aud}, {"jti", &in->jti}};
	const struct {
		const char *name;
		int64_t *to;
	} times[] = {{"iat", &in->iat}, {"exp", &in->exp}};
	bool good = true;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct sg_json *claim = sg_json_get(claims, texts[i].name);
		good = good && (claim == NULL || sg_json_string(claim, texts[i].to));
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		const struct sg_json *claim = sg_json_get(claims, times[i].name);
		good = good && (claim == NULL || sg_json_int(claim, times[i].to));
	}
	return good;
}

/* What was decided, besides the claims: texts that must be there, and the arguments as bytes. */
static bool
read_request(const struct sg_json *request, struct sg_issue_in *in, struct sg_buf *arguments)
{
	const struct sg_json *resource = sg_json_get(request, "resource"), *args = sg_json_get(request, "arguments");
	if (request == NULL || request->count != 4 || args == NULL || args->type != SG_JSON_OBJECT ||
	    !sg_json_string(sg_json_get(request, "action"), &in->action) || !sg_json_string(sg_json_get(request, "decision"), &in->decision))
		return false;
	sg_json_string(sg_json_get(resource, "type"), &in->resource_type);
	sg_json_string(sg_json_get(resource, "id"), &in->resource_id);
	sg_canon_write(arguments, args);
	in->arguments = sg_buf_view(arguments);
	return !arguments->failed;
}

static void
write_done(const struct sg_call *call, struct sg_str lease, const struct sg_str *token)
{
	struct sg_json_writer *w = call->answer;
	sg_jw_object(w);
	sg_jw_member_str(w, "lease", lease);
	sg_jw_member_bool(w, "ok", true);
	if (token != NULL)
		sg_jw_member_str(w, "token", *token);
	sg_jw_end(w);
}

static enum sg_status
run(const struct sg_call *call, verb_fn *verb, const struct sg_issue_in *in, struct sg_issue_out *out,
    struct sg_err *err)
{
	struct sg_err why = {0};
	enum sg_status status = verb == NULL ? SG_OK : verb(call->instance->state, in, out, &why);
	if (status == SG_OK)
		return SG_OK;
	sg_module_err(err, &why, status);
	return err->status;
}

/* Claims and request, checked; `claims` and `arguments` keep the bytes. */
static enum sg_status
read_make(const struct sg_call *call, struct sg_issue_in *in, struct sg_buf *claims, struct sg_buf *arguments, struct sg_err *err)
{
	const struct sg_json *given = sg_json_get(call->request, "claims");
	bool to_agent = !sg_json_is(call->request, "asker", "enforcer");
	enum sg_status status = read_lease(call, in, err);
	if (status != SG_OK)
		return status;
	if (given == NULL || given->type != SG_JSON_OBJECT || call->request->count != 5 || !read_claims(given, in) ||
	    !read_request(sg_json_get(call->request, "request"), in, arguments))
		return sg_fail(err, SG_MALFORMED, "call_malformed", "make brings asker, claims, lease and request");
	if (to_agent && call->instance->module->issue->enforcer_only)
		return sg_fail(err, SG_REFUSED, "enforcer_only", "this credential is never handed to an agent itself");
	sg_canon_write(claims, given);
	in->claims = sg_buf_view(claims);
	return claims->failed ? sg_fail(err, SG_LIMIT, "call_size", "claims have at most %d bytes", SG_CLAIMS_MAX) : SG_OK;
}

static enum sg_status
make(const struct sg_call *call, struct sg_err *err)
{
	struct sg_issue_in in;
	struct sg_issue_out out = {.size = sizeof(out)};
	struct sg_buf claims, arguments;
	sg_buf_init(&claims, SG_CLAIMS_MAX);
	sg_buf_init(&arguments, SG_ARGUMENTS_MAX);
	enum sg_status status = read_make(call, &in, &claims, &arguments, err);
	if (status == SG_OK)
		status = run(call, call->instance->module->issue->make, &in, &out, err);
	if (status == SG_OK && (out.token.ptr == NULL || out.token.len == 0 || out.token.len > SG_CREDENTIAL_MAX))
		status = sg_fail(err, SG_BUG, "module_token", "the module's credential has not 1 to %d bytes",
				 SG_CREDENTIAL_MAX);
	if (status == SG_OK)
		write_done(call, in.lease, &out.token);
	if (status == SG_OK && call->answer->out->failed)
		status = sg_fail(err, SG_BUG, "module_token", "the module's credential is not UTF-8");
	sg_buf_done(&claims);
	sg_buf_done(&arguments);
	return status;
}

static enum sg_status
end(const struct sg_call *call, verb_fn *verb, struct sg_err *err)
{
	struct sg_issue_in in;
	struct sg_issue_out out = {.size = sizeof(out)};
	enum sg_status status = read_lease(call, &in, err);
	unsigned more = (sg_json_get(call->request, "exp") != NULL) + (sg_json_get(call->request, "now") != NULL);
	if (status == SG_OK && call->request->count != 2 + more)
		status = sg_fail(err, SG_MALFORMED, "call_malformed", "this verb takes a lease, its exp, now, and nothing else");
	if (status == SG_OK)
		status = run(call, verb, &in, &out, err);
	if (status == SG_OK)
		write_done(call, in.lease, NULL);
	return status;
}

/* Public keys, read strictly: a module that publishes its private key by mistake is refused. */
static enum sg_status
check_keys(struct sg_str text, struct sg_buf *out, struct sg_err *err)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_jwks set = {0};
	struct sg_err why = {0};
	sg_arena_init(&arena, 1 << 20);
	enum sg_status status = sg_json_parse(&arena, text, NULL, &json, &why);
	if (status == SG_OK)
		status = sg_jwks_read(&set, json, &why);
	if (status == SG_OK)
		sg_canon_write(out, json);
	else
		status = sg_fail(err, SG_BUG, "module_keys", "the module's key set: %s", why.text);
	sg_jwks_done(&set);
	sg_arena_done(&arena);
	return status;
}

enum sg_status
sg_call_keys(struct sg_instance *instance, struct sg_buf *out, struct sg_err *err)
{
	const struct sg_issue_ops *ops = instance->module->issue;
	struct sg_issue_out made = {.size = sizeof(made)};
	struct sg_err why = {0};
	enum sg_status status = ops == NULL || ops->keys == NULL ? SG_OK : ops->keys(instance->state, &made, &why);
	if (status != SG_OK) {
		sg_module_err(err, &why, status);
		return err->status;
	}
	if (made.keys.ptr == NULL) {
		sg_buf_text(out, "null");
		return SG_OK;
	}
	return check_keys(made.keys, out, err);
}

static enum sg_status
tell_keys(const struct sg_call *call, struct sg_err *err)
{
	struct sg_buf keys;
	struct sg_json_writer *w = call->answer;
	sg_buf_init(&keys, SG_JSON_MAX_BYTES);
	enum sg_status status = sg_call_keys(call->instance, &keys, err);
	if (status == SG_OK) {
		sg_jw_object(w);
		sg_jw_member_raw(w, "jwks", sg_buf_view(&keys));
		sg_jw_member_bool(w, "ok", true);
		sg_jw_end(w);
	}
	sg_buf_done(&keys);
	return status;
}

enum sg_status
sg_call_issue(const struct sg_call *call, struct sg_err *err)
{
	const struct sg_issue_ops *ops = call->instance->module->issue;
	if (sg_str_is(call->verb, "make"))
		return make(call, err);
	if (sg_str_is(call->verb, "revoke"))
		return end(call, ops->revoke, err);
	if (sg_str_is(call->verb, "confirm"))
		return end(call, ops->confirm, err);
	if (sg_str_is(call->verb, "reap"))
		return end(call, ops->reap != NULL ? ops->reap : ops->revoke, err);
	if (sg_str_is(call->verb, "keys"))
		return tell_keys(call, err);
	return sg_fail(err, SG_REFUSED, "call_verb", "an issue module knows make, revoke, confirm, reap, keys");
}
