/* SPDX-License-Identifier: Apache-2.0
 * Tokens that are well signed and wrong, tokens that are not well signed, and each rule at its limit. */
#include "token/access.h"

#include "base/str.h"
#include "token/base64url.h"
#include "unit/cases.h"

enum { NOW = 1800000000 };

static struct sg_jwk signer;
static struct sg_jwks keys;

static void
need_keys(void)
{
	if (keys.count > 0)
		return;
	CU_ASSERT_FATAL(sg_jwk_make(&signer, NULL) == SG_OK);
	strcpy(signer.kid, "k1");
	keys.keys[0] = signer;
	keys.count = 1;
}

static const char *
read_with(struct sg_str token, int64_t wall)
{
	static struct sg_err err;
	struct sg_arena arena;
	const struct sg_json *claims = NULL;
	struct sg_token_rules rules = {.type = "at+jwt", .wall = wall};
	err = (struct sg_err){0};
	sg_arena_init(&arena, 1 << 20);
	enum sg_status status = sg_token_read(&arena, &keys, token, &rules, &claims, &err);
	const char *code = status == SG_OK ? "ok" : err.code;
	if ((status == SG_OK) != (claims != NULL) || (status != SG_OK && err.status != status))
		code = "inconsistent";
	sg_arena_done(&arena);
	return code;
}

static const char *
sign_and_read(const char *header, struct sg_str payload, int64_t wall)
{
	struct sg_buf token;
	need_keys();
	sg_buf_init(&token, 1 << 16);
	CU_ASSERT(sg_jws_sign(&token, &signer, sg_str(header), payload, NULL) == SG_OK);
	const char *code = read_with(sg_buf_view(&token), wall);
	sg_buf_done(&token);
	return code;
}

#define HEADER "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}"
#define NAMES "\"aud\":\"https://a\",\"iss\":\"spiffe://d\",\"jti\":\"j\",\"sub\":\"spiffe://d/agent/a\""
#define TIMES "\"exp\":1800000060,\"iat\":1800000000"
#define GOOD "{" NAMES "," TIMES "}"

static void
a_good_one(void)
{
	CU_ASSERT_STRING_EQUAL(sign_and_read(HEADER, SG_STR(GOOD), NOW), "ok");
	CU_ASSERT_STRING_EQUAL(
		sign_and_read("{\"typ\":\"at+jwt\",\"kid\":\"k1\",\"alg\":\"ES256\"}", SG_STR(GOOD), NOW), "ok");
}

static void
wrong_headers(void)
{
	static const struct {
		const char *header, *code;
	} bad[] = {
		{"{\"alg\":\"none\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_alg"},
		{"{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_alg"},
		{"{\"alg\":\"ES384\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_alg"},
		{"{\"alg\":\"RS256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_alg"},
		{"{\"alg\":\"es256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_alg"},
		{"{\"alg\":\"ES256 \",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_alg"},
		{"{\"alg\":\"ES256\\u0000\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_alg"},
		{"{\"alg\":[\"ES256\"],\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_alg"},
		{"{\"alg\":null,\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_alg"},
		{"{\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_alg"},
		{"{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}", "token_kid"},
		{"{\"alg\":\"ES256\",\"kid\":\"k2\",\"typ\":\"at+jwt\"}", "token_kid"},
		{"{\"alg\":\"ES256\",\"kid\":\"k\",\"typ\":\"at+jwt\"}", "token_kid"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1 \",\"typ\":\"at+jwt\"}", "token_kid"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\\u0000\",\"typ\":\"at+jwt\"}", "token_kid"},
		{"{\"alg\":\"ES256\",\"kid\":\"\",\"typ\":\"at+jwt\"}", "token_kid"},
		{"{\"alg\":\"ES256\",\"kid\":1,\"typ\":\"at+jwt\"}", "token_kid"},
		{"{\"alg\":\"ES256\",\"kid\":\"../../k1\",\"typ\":\"at+jwt\"}", "token_kid"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\"}", "token_typ"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"JWT\"}", "token_typ"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"AT+JWT\"}", "token_typ"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"application/at+jwt\"}", "token_typ"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"dpop+jwt\"}", "token_typ"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":[\"at+jwt\"]}", "token_typ"},
		{"{\"alg\":\"ES256\",\"crit\":[],\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_header_member"},
		{"{\"alg\":\"ES256\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"k1\",\"typ\":\"at+jwt\"}",
		 "token_header_member"},
		{"{\"alg\":\"ES256\",\"jku\":\"https://x\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_header_member"},
		{"{\"alg\":\"ES256\",\"jwk\":{},\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_header_member"},
		{"{\"alg\":\"ES256\",\"jwk\":null,\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_header_member"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"at+jwt\",\"x5u\":\"https://x\"}", "token_header_member"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"at+jwt\",\"x5c\":\"\"}", "token_header_member"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"at+jwt\",\"zip\":\"DEF\"}", "token_header_member"},
		{"{\"alg\":\"ES256\",\"cty\":\"JWT\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_header_member"},
		{"{\"Alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_header_member"},
		{"{\"alg\":\"ES256\",\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_header"},
		{"{\"alg\":\"ES256\",\"a\\u006cg\":\"none\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_header"},
		{"[\"ES256\"]", "token_header"},
		{"\"ES256\"", "token_header"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"} ", "ok"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}x", "token_header"},
		{"{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"at+jwt\xff\"}", "token_header"},
		{"\xef\xbb\xbf{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", "token_header"},
		{"{'alg':'ES256'}", "token_header"},
		{"null", "token_header"},
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_STRING_EQUAL(sign_and_read(bad[i].header, SG_STR(GOOD), NOW), bad[i].code);
}

static void
wrong_claims(void)
{
	static const struct {
		const char *claims, *code;
	} bad[] = {
		{"[]", "token_claims"},
		{"1", "token_claims"},
		{"x", "token_claims"},
		{"{" NAMES "," TIMES "}x", "token_claims"},
		{"{" NAMES "," TIMES ",\"exp\":1900000000}", "token_claims"},
		{"{" NAMES "," TIMES ",\"x\":\"\xff\"}", "token_claims"},
		{"{" NAMES "," TIMES ",\"x\":9007199254740993}", "token_claims"},
		{"{" NAMES "," TIMES ",\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", "token_claims"},
		{"{\"iss\":\"i\",\"jti\":\"j\",\"sub\":\"s\"," TIMES "}", "token_claim"},
		{"{\"aud\":\"a\",\"jti\":\"j\",\"sub\":\"s\"," TIMES "}", "token_claim"},
		{"{\"aud\":\"a\",\"iss\":\"i\",\"sub\":\"s\"," TIMES "}", "token_claim"},
		{"{\"aud\":\"a\",\"iss\":\"i\",\"jti\":\"j\"," TIMES "}", "token_claim"},
		{"{\"aud\":\"\",\"iss\":\"i\",\"jti\":\"j\",\"sub\":\"s\"," TIMES "}", "token_claim"},
		{"{\"aud\":[\"a\"],\"iss\":\"i\",\"jti\":\"j\",\"sub\":\"s\"," TIMES "}", "token_claim"},
		{"{\"aud\":\"a\",\"iss\":\"i\",\"jti\":1,\"sub\":\"s\"," TIMES "}", "token_claim"},
		{"{\"aud\":\"a\",\"iss\":\"i\",\"jti\":\"j\",\"sub\":null," TIMES "}", "token_claim"},
		{"{\"client_id\":7," NAMES "," TIMES "}", "token_claim"},
		{"{" NAMES ",\"iat\":1800000000}", "token_time"},
		{"{" NAMES ",\"exp\":1800000060}", "token_time"},
		{"{" NAMES ",\"exp\":\"1800000060\",\"iat\":1800000000}", "token_time"},
		{"{" NAMES ",\"exp\":1800000060.5,\"iat\":1800000000}", "token_time"},
		{"{" NAMES ",\"exp\":1e300,\"iat\":1800000000}", "token_time"},
		{"{" NAMES ",\"exp\":1800000060,\"iat\":0}", "token_time"},
		{"{" NAMES ",\"exp\":1800000060,\"iat\":-1}", "token_time"},
		{"{" NAMES ",\"exp\":1800000000,\"iat\":1800000000}", "token_time"},
		{"{" NAMES ",\"exp\":-5,\"iat\":1800000000}", "token_time"},
		{"{" NAMES "," TIMES ",\"nbf\":\"now\"}", "token_time"},
		{"{" NAMES "," TIMES ",\"nbf\":1.5}", "token_time"},
		{"{" NAMES ",\"exp\":9007199254740991,\"iat\":1800000000}", "token_lifetime"},
		{"{" NAMES ",\"exp\":1800003601,\"iat\":1800000000}", "token_lifetime"},
		{"{" NAMES ",\"exp\":1800003600,\"iat\":1800000000}", "ok"},
		{"{" NAMES ",\"exp\":1800000065,\"iat\":1800000006}", "token_early"},
		{"{" NAMES ",\"exp\":1800000065,\"iat\":1800000005}", "ok"},
		{"{" NAMES "," TIMES ",\"nbf\":1800000006}", "token_early"},
		{"{" NAMES "," TIMES ",\"nbf\":1800000005}", "ok"},
		{"{" NAMES ",\"exp\":1799999995,\"iat\":1799999000}", "token_expired"},
		{"{" NAMES ",\"exp\":1799999996,\"iat\":1799999000}", "ok"},
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_STRING_EQUAL(sign_and_read(HEADER, sg_str(bad[i].claims), NOW), bad[i].code);
	CU_ASSERT_STRING_EQUAL(sign_and_read(HEADER, SG_STR("{" NAMES "," TIMES ",\"x\":\"a\0b\"}"), NOW),
			       "token_claims");
}

static void
leeway_both_ways(void)
{
	CU_ASSERT_STRING_EQUAL(sign_and_read(HEADER, SG_STR(GOOD), NOW - SG_JWS_LEEWAY_S), "ok");
	CU_ASSERT_STRING_EQUAL(sign_and_read(HEADER, SG_STR(GOOD), NOW - SG_JWS_LEEWAY_S - 1), "token_early");
	CU_ASSERT_STRING_EQUAL(sign_and_read(HEADER, SG_STR(GOOD), NOW + 60 + SG_JWS_LEEWAY_S - 1), "ok");
	CU_ASSERT_STRING_EQUAL(sign_and_read(HEADER, SG_STR(GOOD), NOW + 60 + SG_JWS_LEEWAY_S), "token_expired");
}

static void
wrong_forms(void)
{
	struct sg_buf token;
	need_keys();
	sg_buf_init(&token, 1 << 16);
	CU_ASSERT(sg_jws_sign(&token, &signer, SG_STR(HEADER), SG_STR(GOOD), NULL) == SG_OK);
	const char *dot = strchr(token.ptr, '.'), *last = memrchr(token.ptr, '.', token.len);
	int one = (int)(dot - token.ptr), two = (int)(last - token.ptr), all = (int)token.len;
	const struct {
		const char *text, *code;
	} bad[] = {
		{"", "token_parts"},          {".", "token_parts"},
		{"..", "token_parts"},        {"a.b", "token_parts"},
		{"a.b.", "token_parts"},      {".b.c", "token_parts"},
		{"a..c", "token_parts"},      {"a.b.c.d", "token_parts"},
		{"a.b.c.d.e", "token_parts"}, {"a.b.c", "token_base64"},
		{"e30.e30.e30", "token_typ"}, {"{\"payload\":\"\",\"signatures\":[]}", "token_parts"},
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_STRING_EQUAL(read_with(sg_str(bad[i].text), NOW), bad[i].code);

	static const struct {
		const char *format, *code;
	} pieces[] = {
		{"%.*s.%.*s.%.*s=", "token_signature_form"},  {"%.*s=.%.*s.%.*s", "token_base64"},
		{"%.*s.%.*s=.%.*s", "token_base64"},          {"%.*s.%.*s.%.*s.", "token_parts"},
		{" %.*s.%.*s.%.*s", "token_base64"},          {"%.*s.%.*s.%.*s\n", "token_signature_form"},
		{"%.*s.%.*s.%.*sA", "token_signature_form"},  {"%.*s.%.*s.A%.*s", "token_signature_form"},
		{"%.*s.%.*s.%.*s%%", "token_signature_form"},
	};
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct sg_buf text;
		sg_buf_init(&text, 1 << 16);
		sg_buf_printf(&text, pieces[i].format, one, token.ptr, two - one - 1, token.ptr + one + 1,
			      all - two - 1, token.ptr + two + 1);
		CU_ASSERT_STRING_EQUAL(read_with(sg_buf_view(&text), NOW), pieces[i].code);
		sg_buf_done(&text);
	}
	CU_ASSERT_STRING_EQUAL(read_with((struct sg_str){token.ptr, (size_t)two + 1}, NOW), "token_parts");
	CU_ASSERT_STRING_EQUAL(read_with(sg_buf_view(&token), NOW), "ok");
	sg_buf_done(&token);
}

/* No single character can be exchanged. */
static void
every_character_counts(void)
{
	struct sg_buf token;
	need_keys();
	sg_buf_init(&token, 1 << 16);
	CU_ASSERT(sg_jws_sign(&token, &signer, SG_STR(HEADER), SG_STR(GOOD), NULL) == SG_OK);
	int taken = 0;
	for (size_t i = 0; i < token.len; i++) {
		char was = token.ptr[i];
		token.ptr[i] = was == 'A' ? 'B' : 'A';
		taken += strcmp(read_with(sg_buf_view(&token), NOW), "ok") == 0;
		token.ptr[i] = was;
	}
	CU_ASSERT_EQUAL(taken, 0);
	sg_buf_done(&token);
}

static void
another_key(void)
{
	struct sg_jwk other;
	struct sg_buf token;
	need_keys();
	CU_ASSERT_FATAL(sg_jwk_make(&other, NULL) == SG_OK);
	sg_buf_init(&token, 1 << 16);
	CU_ASSERT(sg_jws_sign(&token, &other, SG_STR(HEADER), SG_STR(GOOD), NULL) == SG_OK);
	CU_ASSERT_STRING_EQUAL(read_with(sg_buf_view(&token), NOW), "token_signature");
	sg_buf_clear(&token);
	CU_ASSERT(sg_token_write(&token, &other, "at+jwt", SG_STR(GOOD), NULL) == SG_OK);
	CU_ASSERT_STRING_EQUAL(read_with(sg_buf_view(&token), NOW), "token_kid");
	sg_buf_clear(&token);
	CU_ASSERT(sg_token_write(&token, &signer, "at+jwt", SG_STR(GOOD), NULL) == SG_OK);
	CU_ASSERT_STRING_EQUAL(read_with(sg_buf_view(&token), NOW), "ok");
	sg_buf_done(&token);
	sg_jwk_done(&other);
}

/* `pad` bytes more than the shortest payload. */
static const char *
token_of(size_t pad)
{
	static char claims[SG_JWS_MAX];
	snprintf(claims, sizeof(claims), "{" NAMES "," TIMES ",\"x\":\"%0*d\"}", (int)pad, 0);
	return claims;
}

static void
sizes(void)
{
	struct sg_buf token;
	const char *at_limit = "", *beyond = "";
	need_keys();
	for (size_t pad = 2000; pad < 3300; pad++) {
		sg_buf_init(&token, 1 << 16);
		CU_ASSERT(sg_jws_sign(&token, &signer, SG_STR(HEADER " "), sg_str(token_of(pad)), NULL) == SG_OK);
		if (token.len == SG_JWS_MAX)
			at_limit = read_with(sg_buf_view(&token), NOW);
		if (token.len == SG_JWS_MAX + 1 || token.len == SG_JWS_MAX + 2)
			beyond = read_with(sg_buf_view(&token), NOW);
		bool over = token.len > SG_JWS_MAX + 2;
		sg_buf_done(&token);
		if (over)
			break;
	}
	CU_ASSERT_STRING_EQUAL(at_limit, "ok");
	CU_ASSERT_STRING_EQUAL(beyond, "token_size");

	char header[SG_JWS_HEADER_MAX + 64];
	for (int extra = 0; extra < 2; extra++) {
		int pad = SG_JWS_HEADER_MAX - (int)strlen(HEADER) + extra;
		snprintf(header, sizeof(header), HEADER "%*s", pad, "");
		CU_ASSERT_STRING_EQUAL(sign_and_read(header, SG_STR(GOOD), NOW),
				       extra == 0 ? "ok" : "token_header_size");
	}
}

static void
no_memory_is_a_refusal(void)
{
	struct sg_buf token;
	struct sg_token_rules rules = {.type = "at+jwt", .wall = NOW};
	need_keys();
	sg_buf_init(&token, 1 << 16);
	CU_ASSERT(sg_jws_sign(&token, &signer, SG_STR(HEADER), SG_STR(GOOD), NULL) == SG_OK);
	int good = 0;
	for (size_t budget = 0; budget < 8192; budget += 64) {
		struct sg_arena arena;
		const struct sg_json *claims = NULL;
		struct sg_err err = {0};
		sg_arena_init(&arena, budget);
		enum sg_status status = sg_token_read(&arena, &keys, sg_buf_view(&token), &rules, &claims, &err);
		CU_ASSERT(status == SG_OK ||
			  (status == SG_NOMEM && strcmp(err.code, "token_memory") == 0 && claims == NULL));
		good += status == SG_OK;
		sg_arena_done(&arena);
	}
	CU_ASSERT(good > 0 && good < 128);
	sg_buf_done(&token);
}

SG_CASES("token.access", {"a good one", a_good_one}, {"wrong headers", wrong_headers}, {"wrong claims", wrong_claims},
	 {"leeway both ways", leeway_both_ways}, {"wrong forms", wrong_forms},
	 {"every character counts", every_character_counts}, {"another key", another_key}, {"sizes", sizes},
	 {"no memory is a refusal", no_memory_is_a_refusal})
