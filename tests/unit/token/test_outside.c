/* SPDX-License-Identifier: Apache-2.0
 * Tokens and key sets of issuers outside, signed here with OpenSSL; each rule broken once. */
#include "token/outside.h"

#include "base/buf.h"
#include "base/str.h"
#include "token/base64url.h"
#include "unit/cases.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <stdio.h>

#define NOW 1800000000

static EVP_PKEY *rsa, *p256, *p384, *ed;
static struct sg_outside_keys keys;

static void
put_number(struct sg_buf *out, const char *name, EVP_PKEY *key, const char *param)
{
	BIGNUM *number = NULL;
	unsigned char bytes[1024];
	CU_ASSERT_EQUAL_FATAL(EVP_PKEY_get_bn_param(key, param, &number), 1);
	int len = strcmp(param, OSSL_PKEY_PARAM_RSA_N) == 0 || strcmp(param, OSSL_PKEY_PARAM_RSA_E) == 0 ? BN_bn2bin(number, bytes)
													   : BN_bn2binpad(number, bytes, EVP_PKEY_get_bits(key) / 8);
	sg_buf_printf(out, ",\"%s\":\"", name);
	sg_b64u_write(out, (struct sg_str){(char *)bytes, (size_t)len});
	sg_buf_text(out, "\"");
	BN_free(number);
}

/* `more`: members with a comma in front */
static void
put_key(struct sg_buf *out, EVP_PKEY *key, const char *more)
{
	unsigned char raw[32];
	size_t len = sizeof(raw);
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
		sg_buf_text(out, "{\"kty\":\"RSA\"");
		put_number(out, "n", key, OSSL_PKEY_PARAM_RSA_N);
		put_number(out, "e", key, OSSL_PKEY_PARAM_RSA_E);
	} else if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
		sg_buf_printf(out, "{\"kty\":\"EC\",\"crv\":\"P-%d\"", EVP_PKEY_get_bits(key));
		put_number(out, "x", key, OSSL_PKEY_PARAM_EC_PUB_X);
		put_number(out, "y", key, OSSL_PKEY_PARAM_EC_PUB_Y);
	} else {
		EVP_PKEY_get_raw_public_key(key, raw, &len);
		sg_buf_text(out, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"");
		sg_b64u_write(out, (struct sg_str){(char *)raw, len});
		sg_buf_text(out, "\"");
	}
	sg_buf_printf(out, "%s}", more);
}

static const char *
read_set(struct sg_outside_keys *set, struct sg_str text)
{
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 4 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, text, NULL, &json, NULL), SG_OK);
	enum sg_status status = sg_outside_keys_read(set, json, &err);
	sg_arena_done(&arena);
	return status == SG_OK ? "ok" : err.code;
}

static void
begin(void)
{
	static const char *const more[] = {",\"kid\":\"rs\"", ",\"kid\":\"ps\",\"alg\":\"PS256\"", ",\"kid\":\"es\",\"use\":\"sig\"", ",\"kid\":\"e3\"",
					   ",\"kid\":\"ed\",\"alg\":\"EdDSA\"", ",\"kid\":\"sv\",\"use\":\"jwt-svid\"", ",\"kid\":\"se\",\"use\":\"jwt-svid\""};
	struct sg_buf set;
	rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	p256 = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	p384 = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	EVP_PKEY *const all[] = {rsa, rsa, p256, p384, ed, p256, ed};
	sg_buf_init(&set, 1 << 20);
	for (size_t i = 0; i < 7; i++) {
		sg_buf_text(&set, i == 0 ? "{\"keys\":[" : ",");
		put_key(&set, all[i], more[i]);
	}
	sg_buf_text(&set, "]}");
	CU_ASSERT_STRING_EQUAL(read_set(&keys, sg_buf_view(&set)), "ok");
	CU_ASSERT_EQUAL(keys.count, 7);
	sg_buf_done(&set);
}

static void
end(void)
{
	sg_outside_keys_done(&keys);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(p256);
	EVP_PKEY_free(p384);
	EVP_PKEY_free(ed);
}

/* Signs as JOSE does; `how`: RS256 ... */
static void
sign(struct sg_buf *out, const char *how, EVP_PKEY *key, const char *header, const char *claims)
{
	unsigned char bytes[1024], raw[96];
	size_t len = sizeof(bytes), half = strcmp(how, "ES256") == 0 ? 32 : strcmp(how, "ES384") == 0 ? 48 : 0;
	EVP_PKEY_CTX *padding = NULL;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	sg_b64u_write(out, sg_str(header));
	sg_buf_text(out, ".");
	sg_b64u_write(out, sg_str(claims));
	const char *digest = strcmp(how, "EdDSA") == 0 ? NULL : strcmp(how, "ES384") == 0 ? "SHA384" : "SHA256";
	CU_ASSERT_EQUAL_FATAL(EVP_DigestSignInit_ex(context, &padding, digest, NULL, NULL, key, NULL), 1);
	if (strcmp(how, "PS256") == 0) {
		EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST);
	}
	CU_ASSERT_EQUAL_FATAL(EVP_DigestSign(context, bytes, &len, (unsigned char *)out->ptr, out->len), 1);
	EVP_MD_CTX_free(context);
	sg_buf_text(out, ".");
	const unsigned char *at = bytes;
	ECDSA_SIG *pair = half == 0 ? NULL : d2i_ECDSA_SIG(NULL, &at, (long)len);
	if (pair != NULL) {
		BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, (int)half);
		BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + half, (int)half);
		ECDSA_SIG_free(pair);
	}
	sg_b64u_write(out, half == 0 ? (struct sg_str){(char *)bytes, len} : (struct sg_str){(char *)raw, 2 * half});
}

static const struct sg_outside_rules oidc = {{"https://idp.example", 19}, {"stepgate", 8}, false, NOW, 5, 3600};
static const struct sg_outside_rules svid = {{NULL, 0}, {"stepgate", 8}, true, NOW, 5, 300};

static const char *
verdict(struct sg_str token, const struct sg_outside_rules *rules)
{
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *claims = NULL;
	sg_arena_init(&arena, 1 << 20);
	enum sg_status status = sg_outside_token(&arena, &keys, token, rules, &claims, &err);
	CU_ASSERT_EQUAL(claims != NULL, status == SG_OK);
	sg_arena_done(&arena);
	return status == SG_OK ? "ok" : err.code;
}

static void
expect(const char *how, EVP_PKEY *key, const char *header, const char *claims, const struct sg_outside_rules *rules, const char *want)
{
	struct sg_buf token;
	sg_buf_init(&token, 1 << 16);
	sign(&token, how, key, header, claims);
	const char *got = verdict(sg_buf_view(&token), rules);
	if (strcmp(got, want) != 0)
		fprintf(stderr, "  %s %s: %s, not %s\n", header, claims, got, want);
	CU_ASSERT_STRING_EQUAL(got, want);
	sg_buf_done(&token);
}

#define GOOD "{\"iss\":\"https://idp.example\",\"sub\":\"me\",\"aud\":\"stepgate\",\"iat\":1800000000,\"exp\":1800000600}"
#define CLAIMS(rest) "{\"iss\":\"https://idp.example\",\"sub\":\"me\",\"aud\":\"stepgate\"," rest "}"

static void
algorithms(void)
{
	static const char *const names[] = {"RS256", "PS256", "ES256", "ES384", "EdDSA"}, *const kids[] = {"rs", "ps", "es", "e3", "ed"};
	begin();
	EVP_PKEY *const all[] = {rsa, rsa, p256, p384, ed};
	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < 5; k++) {
			char header[128];
			/* signed as i, said to be i, with the key named k: only the key's own algorithm is taken */
			snprintf(header, sizeof(header), "{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"JWT\"}", names[i], kids[k]);
			expect(names[i], all[i], header, GOOD, &oidc, i == k ? "ok" : "token_alg");
			/* said to be what the key is, signed otherwise */
			snprintf(header, sizeof(header), "{\"alg\":\"%s\",\"kid\":\"%s\"}", names[k], kids[k]);
			expect(names[i], all[i], header, GOOD, &oidc, i == k ? "ok" : "token_signature");
		}
	end();
}

static void
headers(void)
{
	static const struct {
		const char *header, *want;
	} rows[] = {
		{"{\"alg\":\"RS256\",\"kid\":\"rs\",\"x5t\":\"abc\",\"jku\":\"https://evil\",\"jwk\":{},\"x5u\":\"u\"}", "ok"}, /* not looked at */
		{"{\"alg\":\"none\",\"kid\":\"rs\"}", "token_alg"},	   {"{\"alg\":\"HS256\",\"kid\":\"rs\"}", "token_alg"},
		{"{\"alg\":\"rs256\",\"kid\":\"rs\"}", "token_alg"},	   {"{\"kid\":\"rs\"}", "token_alg"},
		{"{\"alg\":\"RS256\"}", "token_kid"},			   {"{\"alg\":\"RS256\",\"kid\":\"xx\"}", "token_kid"},
		{"{\"alg\":\"RS256\",\"kid\":5}", "token_kid"},		   {"{\"alg\":\"ES256\",\"kid\":\"sv\"}", "token_kid"},
		{"{\"alg\":\"RS256\",\"crit\":[],\"kid\":\"rs\"}", "token_header_member"},
		{"{\"alg\":\"RS256\",\"b64\":false,\"kid\":\"rs\"}", "token_header_member"},
		{"{\"alg\":\"RS256\",\"kid\":\"rs\",\"typ\":\"at+jwt\"}", "token_typ"},
		{"{\"alg\":\"RS256\",\"kid\":\"rs\",\"typ\":\"JOSE\"}", "token_typ"},
		{"{\"alg\":\"RS256\",\"kid\":\"rs\",\"typ\":null}", "token_typ"},
		{"{\"alg\":\"RS256\",\"alg\":\"RS256\",\"kid\":\"rs\"}", "token_header"},
		{"[]", "token_header"},
		{"{\"alg\":\"RS256\",\"kid\":\"rs\"} ", "ok"},
		{"{\"alg\":\"RS256\",\"kid\":\"rs\"}x", "token_header"},
	};
	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect("RS256", rsa, rows[i].header, GOOD, &oidc, rows[i].want);
	char header[SG_OUTSIDE_HEADER_MAX + 64];
	for (int extra = 0; extra <= 1; extra++) {
		int len = snprintf(header, sizeof(header), "{\"alg\":\"RS256\",\"kid\":\"rs\",\"x\":\"");
		memset(header + len, 'x', sizeof(header) - (size_t)len);
		snprintf(header + SG_OUTSIDE_HEADER_MAX - 2 + extra, 3, "\"}");
		expect("RS256", rsa, header, GOOD, &oidc, extra == 0 ? "ok" : "token_header_size");
	}
	end();
}

static void
claims(void)
{
	static const struct {
		const char *claims, *want;
	} rows[] = {
		{GOOD, "ok"},
		{CLAIMS("\"exp\":1800003599"), "ok"}, /* no iat: what is left of its life counts */
		{CLAIMS("\"exp\":1800003601"), "token_lifetime"},
		{CLAIMS("\"iat\":1799999000,\"exp\":1800002600"), "ok"},
		{CLAIMS("\"iat\":1799999000,\"exp\":1800002601"), "token_lifetime"},
		{CLAIMS("\"iat\":1800000005,\"exp\":1800000600"), "ok"},
		{CLAIMS("\"iat\":1800000006,\"exp\":1800000600"), "token_early"},
		{CLAIMS("\"nbf\":1800000006,\"iat\":1800000000,\"exp\":1800000600"), "token_early"},
		{CLAIMS("\"iat\":1799999900,\"exp\":1799999996"), "ok"},
		{CLAIMS("\"iat\":1799999900,\"exp\":1799999995"), "token_expired"},
		{CLAIMS("\"iat\":1800000000"), "token_time"},
		{CLAIMS("\"iat\":1800000000,\"exp\":\"1800000600\""), "token_time"},
		/* with a fraction, as RFC 7519 allows */
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600.5"), "ok"},
		{CLAIMS("\"iat\":1799999999.25,\"nbf\":1799999999.5,\"exp\":1.8000006e9"), "ok"},
		{CLAIMS("\"iat\":1800000005.5,\"exp\":1800000600"), "token_early"},
		{CLAIMS("\"nbf\":1800000005.5,\"iat\":1800000000,\"exp\":1800000600"), "token_early"},
		{CLAIMS("\"iat\":1799999900,\"exp\":1799999995.5"), "ok"},
		{CLAIMS("\"iat\":1799999900,\"exp\":1799999994.5"), "token_expired"},
		{CLAIMS("\"iat\":1799999000,\"exp\":1800002600.5"), "token_lifetime"},
		{CLAIMS("\"iat\":1800000000.5,\"exp\":1800000000.5"), "token_time"},
		{CLAIMS("\"iat\":1800000000,\"exp\":1e300"), "token_time"},
		{CLAIMS("\"iat\":1800000000,\"exp\":-0.5"), "token_time"},
		{CLAIMS("\"iat\":1800000000,\"exp\":true"), "token_time"},
		{CLAIMS("\"iat\":-1,\"exp\":1800000600"), "token_time"},
		{CLAIMS("\"iat\":1800000600,\"exp\":1800000600"), "token_time"},
		{CLAIMS("\"iat\":1800000000,\"exp\":9007199254740993"), "token_claims"},
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600,\"exp\":1800000700"), "token_claims"},
		{"{\"iss\":\"https://idp.example/\",\"sub\":\"me\",\"aud\":\"stepgate\",\"iat\":1800000000,\"exp\":1800000600}", "token_issuer"},
		{"{\"sub\":\"me\",\"aud\":\"stepgate\",\"iat\":1800000000,\"exp\":1800000600}", "token_issuer"},
		{"{\"iss\":[\"https://idp.example\"],\"sub\":\"me\",\"aud\":\"stepgate\",\"iat\":1800000000,\"exp\":1800000600}", "token_issuer"},
		{"{\"iss\":\"https://idp.example\",\"sub\":\"me\",\"aud\":[\"stepgate\"],\"iat\":1800000000,\"exp\":1800000600}", "ok"},
		{"{\"iss\":\"https://idp.example\",\"sub\":\"me\",\"aud\":[\"stepgate\",\"b\"],\"iat\":1800000000,\"exp\":1800000600}", "token_audience"},
		{"{\"iss\":\"https://idp.example\",\"sub\":\"me\",\"aud\":[],\"iat\":1800000000,\"exp\":1800000600}", "token_audience"},
		{"{\"iss\":\"https://idp.example\",\"sub\":\"me\",\"aud\":\"Stepgate\",\"iat\":1800000000,\"exp\":1800000600}", "token_audience"},
		{"{\"iss\":\"https://idp.example\",\"sub\":\"me\",\"iat\":1800000000,\"exp\":1800000600}", "token_audience"},
		{"{\"iss\":\"https://idp.example\",\"aud\":\"stepgate\",\"iat\":1800000000,\"exp\":1800000600}", "token_claim"},
		{"{\"iss\":\"https://idp.example\",\"sub\":\"\",\"aud\":\"stepgate\",\"iat\":1800000000,\"exp\":1800000600}", "token_claim"},
		{"[]", "token_claims"},
		/* bound to a key: no bearer */
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600,\"cnf\":{\"x5t#S256\":\"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2\"}"), "token_bound"},
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600,\"cnf\":{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}"), "token_bound"},
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600,\"cnf\":{\"jwk\":{}}"), "token_bound"},
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600,\"cnf\":{\"kid\":\"x\"}"), "token_bound"},
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600,\"cnf\":{}"), "token_bound"},
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600,\"cnf\":null"), "token_bound"},
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600,\"cnf\":\"\""), "token_bound"},
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600,\"cnf\":[]"), "token_bound"},
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600,\"c\\u006ef\":false"), "token_bound"},
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600,\"Cnf\":{}"), "ok"},
		{CLAIMS("\"iat\":1800000000,\"exp\":1800000600,\"act\":{\"cnf\":{}}"), "ok"},
	};
	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect("RS256", rsa, "{\"alg\":\"RS256\",\"kid\":\"rs\"}", rows[i].claims, &oidc, rows[i].want);
	struct sg_outside_rules nobody = oidc;
	nobody.audience = (struct sg_str){"", 0};
	expect("RS256", rsa, "{\"alg\":\"RS256\",\"kid\":\"rs\"}", GOOD, &nobody, "token_audience");
	nobody = oidc;
	nobody.issuer = (struct sg_str){"", 0};
	expect("RS256", rsa, "{\"alg\":\"RS256\",\"kid\":\"rs\"}", GOOD, &nobody, "token_issuer");
	end();
}

static void
svids(void)
{
#define SVID "{\"sub\":\"spiffe://acme.example/gw\",\"aud\":[\"stepgate\"],\"exp\":1800000200}"
	begin();
	expect("ES256", p256, "{\"alg\":\"ES256\",\"kid\":\"sv\",\"typ\":\"JWT\"}", SVID, &svid, "ok");
	expect("ES256", p256, "{\"alg\":\"ES256\",\"kid\":\"sv\",\"typ\":\"JOSE\"}", SVID, &svid, "ok");
	expect("ES256", p256, "{\"alg\":\"ES256\",\"kid\":\"sv\",\"x5t\":\"a\"}", SVID, &svid, "token_header_member");
	expect("ES256", p256, "{\"alg\":\"ES256\",\"kid\":\"es\"}", SVID, &svid, "token_kid"); /* a key of another use */
	expect("EdDSA", ed, "{\"alg\":\"EdDSA\",\"kid\":\"se\"}", SVID, &svid, "token_alg");
	expect("ES256", p256, "{\"alg\":\"ES256\",\"kid\":\"sv\"}", "{\"sub\":\"spiffe://acme.example/gw\",\"aud\":[\"stepgate\"],\"exp\":1800000200,\"cnf\":{\"x5t#S256\":\"a\"}}",
	       &svid, "token_bound");
	end();
}

static void
mutations(void)
{
	struct sg_buf token;
	begin();
	sg_buf_init(&token, 1 << 16);
	sign(&token, "RS256", rsa, "{\"alg\":\"RS256\",\"kid\":\"rs\"}", GOOD);
	CU_ASSERT_STRING_EQUAL(verdict(sg_buf_view(&token), &oidc), "ok");
	for (size_t i = 0; i < token.len; i++) {
		char was = token.ptr[i];
		token.ptr[i] = was == 'A' ? 'B' : 'A';
		CU_ASSERT_STRING_NOT_EQUAL(verdict(sg_buf_view(&token), &oidc), "ok");
		token.ptr[i] = was;
		CU_ASSERT_STRING_NOT_EQUAL(verdict((struct sg_str){token.ptr, i}, &oidc), "ok");
	}
	static const char *const tails[] = {"=", ".", " ", "\n", "A", ".."};
	for (size_t i = 0; i < 6; i++) {
		size_t len = token.len;
		sg_buf_text(&token, tails[i]);
		CU_ASSERT_STRING_NOT_EQUAL(verdict(sg_buf_view(&token), &oidc), "ok");
		token.len = len;
	}
	char *large = calloc(1, SG_OUTSIDE_TOKEN_MAX + 1);
	memset(large, 'A', SG_OUTSIDE_TOKEN_MAX + 1);
	CU_ASSERT_STRING_EQUAL(verdict((struct sg_str){large, SG_OUTSIDE_TOKEN_MAX}, &oidc), "token_parts");
	CU_ASSERT_STRING_EQUAL(verdict((struct sg_str){large, SG_OUTSIDE_TOKEN_MAX + 1}, &oidc), "token_size");
	free(large);
	sg_buf_done(&token);
	end();
}

static void
key_sets(void)
{
	begin();
	EVP_PKEY *weak = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
	const struct {
		EVP_PKEY *key; /* NULL: `more` is the whole key */
		const char *more, *want;
	} rows[] = {
		/* published for something else (RFC 7517, 4.3) */
		{p256, ",\"kid\":\"a\",\"key_ops\":[\"encrypt\"]", "outside_none"}, {p256, ",\"kid\":\"a\",\"key_ops\":[]", "outside_none"},
		{rsa, ",\"kid\":\"a\",\"use\":\"sig\",\"key_ops\":[\"wrapKey\",\"encrypt\"]", "outside_none"}, {p256, ",\"kid\":\"a\",\"key_ops\":\"verify\"", "outside_none"},
		{p256, ",\"kid\":\"a\",\"key_ops\":[\"verify\",5]", "outside_none"}, {p256, ",\"kid\":\"a\",\"key_ops\":[\"verify\",\"verify\"]", "outside_none"},
		{p256, ",\"kid\":\"a\",\"use\":\"enc\",\"key_ops\":[\"verify\"]", "outside_none"},
		{p256, ",\"kid\":\"a\",\"use\":\"enc\"", "outside_none"},	   {p256, "", "outside_none"},
		{p256, ",\"kid\":\"a\",\"alg\":\"ES384\"", "outside_alg"},	   {p256, ",\"kid\":\"a\",\"alg\":\"HS256\"", "outside_alg"},
		{rsa, ",\"kid\":\"a\",\"alg\":\"RS512\"", "outside_none"},	   {rsa, ",\"kid\":\"a\",\"alg\":\"RSA-OAEP\"", "outside_none"},
		{rsa, ",\"kid\":\"a\",\"d\":\"AQ\"", "outside_private"},	   {rsa, ",\"kid\":\"a\",\"use\":\"enc\",\"p\":\"AQ\"", "outside_private"},
		{weak, ",\"kid\":\"a\"", "outside_key"},			   {p256, ",\"kid\":\"\"", "outside_kid"},
		{p256, ",\"kid\":5", "outside_kid"},				   {p256, ",\"kid\":\"a b\"", "outside_kid"},
		{NULL, "{\"kty\":\"oct\",\"k\":\"AQ\",\"kid\":\"a\"}", "outside_private"},
		{NULL, "{\"kty\":\"EC\",\"crv\":\"P-521\",\"kid\":\"a\"}", "outside_none"},
		{NULL, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\",\"x\":\"AQ\",\"y\":\"AQ\"}", "outside_key"},
		{NULL, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\",\"x\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\",\"y\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\"}", "outside_key"},
		{NULL, "{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"\",\"e\":\"AQAB\"}", "outside_key"},
		{NULL, "5", "outside_form"},
	};
	struct sg_buf set;
	struct sg_outside_keys read;
	sg_buf_init(&set, 1 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sg_buf_clear(&set);
		sg_buf_text(&set, "{\"keys\":[");
		if (rows[i].key != NULL)
			put_key(&set, rows[i].key, rows[i].more);
		else
			sg_buf_text(&set, rows[i].more);
		sg_buf_text(&set, "]}");
		const char *got = read_set(&read, sg_buf_view(&set));
		if (strcmp(got, rows[i].want) != 0)
			fprintf(stderr, "  set %zu: %s, not %s\n", i, got, rows[i].want);
		CU_ASSERT_STRING_EQUAL(got, rows[i].want);
		CU_ASSERT_EQUAL(read.count, 0);
	}
	CU_ASSERT_STRING_EQUAL(read_set(&read, SG_STR("{\"keys\":[]}")), "outside_none");
	CU_ASSERT_STRING_EQUAL(read_set(&read, SG_STR("{\"keys\":{}}")), "outside_form");
	for (int extra = 0; extra <= 2; extra++) { /* as many as there may be, one more, the same name twice */
		sg_buf_clear(&set);
		for (int i = 0; i < SG_OUTSIDE_KEYS_MAX + (extra == 1); i++) {
			char more[32];
			snprintf(more, sizeof(more), ",\"kid\":\"k%d\"", extra == 2 && i == 1 ? 0 : i);
			sg_buf_text(&set, i == 0 ? "{\"keys\":[" : ",");
			put_key(&set, p256, more);
		}
		sg_buf_text(&set, "]}");
		CU_ASSERT_STRING_EQUAL(read_set(&read, sg_buf_view(&set)), extra == 0 ? "ok" : extra == 1 ? "outside_many" : "outside_kid");
		sg_outside_keys_done(&read);
	}
	sg_buf_done(&set);
	EVP_PKEY_free(weak);
	end();
}

/* A modulus as a chip with CVE-2017-15361 would make it, and one of another kind. */
static const char *
with_modulus(bool roca)
{
	struct sg_buf set;
	struct sg_outside_keys read;
	unsigned char bytes[512];
	BN_CTX *context = BN_CTX_new();
	BIGNUM *n = BN_new(), *primorial = BN_new(), *rest = BN_new(), *g = BN_new(), *e = BN_new();
	BN_one(primorial);
	for (unsigned p = 2; p <= 167; p++) {
		bool prime = true;
		for (unsigned d = 2; d * d <= p; d++)
			prime &= p % d != 0;
		if (prime)
			BN_mul_word(primorial, p);
	}
	BN_set_word(g, 65537);
	BN_set_word(e, 123456789);
	BN_mod_exp(rest, g, e, primorial, context);
	BN_rand(n, 2048 - BN_num_bits(primorial) + 1, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ANY);
	BN_mul(n, n, primorial, context);
	BN_add(n, n, rest);
	if (!roca)
		BN_add_word(n, 2);
	int len = BN_bn2bin(n, bytes);
	sg_buf_init(&set, 1 << 16);
	sg_buf_text(&set, "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"e\":\"AQAB\",\"n\":\"");
	sg_b64u_write(&set, (struct sg_str){(char *)bytes, (size_t)len});
	sg_buf_text(&set, "\"}]}");
	const char *got = read_set(&read, sg_buf_view(&set));
	sg_outside_keys_done(&read);
	sg_buf_done(&set);
	BN_free(n);
	BN_free(primorial);
	BN_free(rest);
	BN_free(g);
	BN_free(e);
	BN_CTX_free(context);
	return got;
}

static void
roca(void)
{
	for (int i = 0; i < 20; i++) {
		CU_ASSERT_STRING_EQUAL(with_modulus(true), "outside_key");
		CU_ASSERT_STRING_EQUAL(with_modulus(false), "ok");
	}
}

/* Points of small order, either sign: one signature under such a key is good for any text. One more than them is another point, or none. */
static void
small_points(void)
{
	static const unsigned char low[][2] = {{0, 0}, {1, 0}, {0xec, 0x7f}, {0xed, 0x7f}, {0xee, 0x7f}, {0, 0x80}, {1, 0x80}, {0xec, 0xff}, {0xed, 0xff}, {0xee, 0xff}};
	for (size_t i = 0; i < sizeof(low) / sizeof(low[0]); i++) {
		struct sg_buf set;
		struct sg_outside_keys read;
		unsigned char x[32];
		memset(x, (low[i][1] & 0x7f) != 0 ? 0xff : 0, sizeof(x));
		x[0] = low[i][0];
		x[31] = low[i][1];
		sg_buf_init(&set, 1 << 12);
		sg_buf_text(&set, "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\",\"x\":\"");
		sg_b64u_write(&set, (struct sg_str){(char *)x, sizeof(x)});
		sg_buf_text(&set, "\"}]}");
		CU_ASSERT_STRING_EQUAL(read_set(&read, sg_buf_view(&set)), "outside_key");
		sg_outside_keys_done(&read);
		sg_buf_done(&set);
	}
}

static void
operations(void)
{
	static const char *const more[] = {",\"kid\":\"a\",\"key_ops\":[\"verify\"]", ",\"kid\":\"a\",\"key_ops\":[\"sign\",\"verify\"]", ",\"kid\":\"a\",\"use\":\"sig\",\"key_ops\":[\"verify\"]"};
	struct sg_buf set;
	struct sg_outside_keys read;
	begin();
	sg_buf_init(&set, 1 << 16);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		sg_buf_clear(&set);
		sg_buf_text(&set, "{\"keys\":[");
		put_key(&set, p256, more[i]);
		sg_buf_text(&set, "]}");
		CU_ASSERT_STRING_EQUAL(read_set(&read, sg_buf_view(&set)), "ok");
		sg_outside_keys_done(&read);
	}
	sg_buf_done(&set);
	end();
}

SG_CASES("token.outside", {"a chip's weak primes", roca}, {"points of small order", small_points}, {"operations of a key", operations}, {"the key says the algorithm", algorithms}, {"headers", headers}, {"claims", claims}, {"JWT-SVIDs", svids},
	 {"one byte changed", mutations}, {"key sets", key_sets})
