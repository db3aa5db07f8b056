/* SPDX-License-Identifier: Apache-2.0
 * Calls without a process around them: bounds of what a gate may ask. */
#include "host/call.h"

#include "base/str.h"
#include "unit/cases.h"

#include <stepgate/issue.h>
#include <stepgate/verify.h>

static struct sg_issue_in seen;
static size_t claims_len;
static bool keys_given;

static enum sg_status
make(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)err;
	seen = *in;
	claims_len = in->claims.len;
	out->token = SG_STR("t");
	return SG_OK;
}

static enum sg_status
verify(void *state, const struct sg_verify_in *in, struct sg_verify_out *out, struct sg_err *err)
{
	(void)state, (void)err;
	keys_given = in->keys.ptr != NULL;
	out->claims = SG_STR("{}");
	return SG_OK;
}

static const struct sg_issue_ops issue = {
	.size = sizeof(issue), .revocation = SG_REVOKE_INSTANT, .make = make, .revoke = make};
static const struct sg_verify_ops verifying = {sizeof(verifying), verify};
static const struct sg_module issuer = {.size = sizeof(issuer), .kind = SG_KIND_issue, .name = "i", .issue = &issue};
static const struct sg_module verifier = {
	.size = sizeof(verifier), .kind = SG_KIND_verify, .name = "v", .verify = &verifying};
static const struct sg_module auditor = {.size = sizeof(auditor), .kind = SG_KIND_audit, .name = "a"};

static const char *
call(const struct sg_module *module, const char *request)
{
	static char copy[8192];
	struct sg_instance i;
	struct sg_buf answer;
	struct sg_arena arena;
	const struct sg_json *json;
	sg_instance_init(&i);
	i.module = module;
	sg_buf_init(&answer, SG_ANSWER_MAX);
	sg_arena_init(&arena, 1 << 20);
	sg_buf_text(&answer, "left over");
	sg_call(&i, sg_str(request), -1, &answer);
	CU_ASSERT(sg_canon_parse(&arena, sg_buf_view(&answer), NULL, &json, NULL) == SG_OK);
	snprintf(copy, sizeof(copy), "%.*s", SG_STR_ARG(sg_buf_view(&answer)));
	sg_arena_done(&arena);
	sg_buf_done(&answer);
	i.module = NULL;
	sg_instance_done(&i);
	return copy;
}

static bool
fails(const char *answer, const char *code)
{
	char want[100];
	snprintf(want, sizeof(want), "{\"code\":\"%s\",\"fault\":\"", code);
	return strncmp(answer, want, strlen(want)) == 0 && strstr(answer, ",\"ok\":false,\"text\":") != NULL;
}

static void
answers_have_one_form(void)
{
	CU_ASSERT_STRING_EQUAL(
		call(&issuer, "{\"asker\":\"agent\",\"claims\":{\"exp\":5,\"sub\":\"s\"},\"lease\":\"L-1_a\",\"request\":{\"action\":\"a.b\",\"arguments\":{},\"decision\":\"d1\",\"resource\":null},\"verb\":\"make\"}"),
		"{\"lease\":\"L-1_a\",\"ok\":true,\"token\":\"t\"}");
	CU_ASSERT(seen.exp == 5 && seen.iat == 0 && seen.aud.ptr == NULL && seen.deadline > 0 &&
		  seen.size == sizeof(seen));
	CU_ASSERT_STRING_EQUAL(call(&issuer, "{\"lease\":\"L\",\"verb\":\"revoke\"}"), "{\"lease\":\"L\",\"ok\":true}");
	CU_ASSERT_STRING_EQUAL(call(&issuer, "{\"lease\":\"L\",\"verb\":\"confirm\"}"),
			       "{\"lease\":\"L\",\"ok\":true}");
	CU_ASSERT_STRING_EQUAL(call(&issuer, "{\"verb\":\"keys\"}"), "{\"jwks\":null,\"ok\":true}");
	CU_ASSERT_STRING_EQUAL(call(&verifier, "{\"jwks\":null,\"lease\":\"\",\"token\":\"x\",\"verb\":\"verify\"}"),
			       "{\"claims\":{},\"ok\":true}");
	CU_ASSERT(!keys_given);
	call(&verifier, "{\"jwks\":{},\"lease\":\"\",\"token\":\"x\",\"verb\":\"verify\"}");
	CU_ASSERT(keys_given);
	CU_ASSERT(fails(call(&auditor, "{\"verb\":\"write\"}"), "call_verb"));
}

static void
size_of_claims(void)
{
	static char request[SG_CLAIMS_MAX + 200];
	for (int extra = 0; extra < 2; extra++) {
		int pad = SG_CLAIMS_MAX - (int)strlen("{\"a\":\"\"}") + extra;
		snprintf(request, sizeof(request), "{\"asker\":\"agent\",\"claims\":{\"a\":\"%0*d\"},\"lease\":\"L\",\"request\":{\"action\":\"a.b\",\"arguments\":{},\"decision\":\"d1\",\"resource\":null},\"verb\":\"make\"}",
			 pad, 0);
		const char *answer = call(&issuer, request);
		CU_ASSERT(extra == 0 ? strstr(answer, "\"ok\":true") != NULL : fails(answer, "call_size"));
	}
	CU_ASSERT_EQUAL(claims_len, SG_CLAIMS_MAX);
}

static void
size_of_tokens(void)
{
	static char request[SG_VERIFY_TOKEN_MAX + 200];
	for (int extra = 0; extra < 2; extra++) {
		snprintf(request, sizeof(request), "{\"jwks\":null,\"lease\":\"\",\"token\":\"%0*d\",\"verb\":\"verify\"}",
			 SG_VERIFY_TOKEN_MAX + extra, 0);
		const char *answer = call(&verifier, request);
		CU_ASSERT(extra == 0 ? strstr(answer, "\"ok\":true") != NULL : fails(answer, "call_size"));
	}
	static const char *const bad[] = {
		"{\"token\":\"x\",\"verb\":\"verify\"}", "{\"jwks\":null,\"verb\":\"verify\"}",
		"{\"jwks\":[],\"lease\":\"\",\"token\":\"x\",\"verb\":\"verify\"}", "{\"jwks\":null,\"lease\":\"\",\"token\":1,\"verb\":\"verify\"}",
		"{\"jwks\":null,\"lease\":\"\",\"more\":1,\"token\":\"x\",\"verb\":\"verify\"}"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT(fails(call(&verifier, bad[i]), "call_malformed"));
}

SG_CASES("host.call", {"answers have one form", answers_have_one_form}, {"size of claims", size_of_claims},
	 {"size of tokens", size_of_tokens})
