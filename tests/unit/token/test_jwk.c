/* SPDX-License-Identifier: Apache-2.0
 * Keys: RFC examples, the way out and back, and what is refused. */
#include "token/jwk.h"

#include "base/str.h"
#include "unit/cases.h"

#include <openssl/pem.h>

#define X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU" /* RFC 7515 A.3 */
#define Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define XY "\"x\":\"" X "\",\"y\":\"" Y "\""

static enum sg_status
read_text(const char *text, struct sg_jwk *key, struct sg_err *err)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 1 << 20);
	enum sg_status status = sg_json_parse(&arena, sg_str(text), NULL, &json, err);
	if (status == SG_OK)
		status = sg_jwk_read(key, json, err);
	sg_arena_done(&arena);
	return status;
}

static void
thumbprint_of_rfc_9449(void)
{
	struct sg_jwk key;
	struct sg_err err = {0};
	CU_ASSERT(read_text("{\"kty\":\"EC\",\"x\":\"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs\","
			    "\"y\":\"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA\",\"crv\":\"P-256\"}",
			    &key, &err) == SG_OK);
	CU_ASSERT_STRING_EQUAL(key.kid, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
	sg_jwk_done(&key);
}

static void
out_and_back(void)
{
	struct sg_jwk key, again, public;
	struct sg_buf pem, jwk;
	struct sg_json_writer w;
	sg_buf_init(&pem, SG_PEM_MAX);
	sg_buf_init(&jwk, 4096);
	CU_ASSERT_FATAL(sg_jwk_make(&key, NULL) == SG_OK && strlen(key.kid) == 43);
	CU_ASSERT_FATAL(sg_jwk_write_pem(&pem, &key, NULL) == SG_OK);
	CU_ASSERT_FATAL(sg_jwk_read_pem(&again, sg_buf_view(&pem), NULL) == SG_OK);
	CU_ASSERT_STRING_EQUAL(again.kid, key.kid);
	sg_jw_begin(&w, &jwk);
	sg_jwk_write(&w, &key);
	CU_ASSERT(sg_jw_done(&w));
	sg_buf_add(&jwk, "", 1);
	CU_ASSERT_FATAL(read_text(jwk.ptr, &public, NULL) == SG_OK);
	CU_ASSERT_STRING_EQUAL(public.kid, key.kid);
	CU_ASSERT_PTR_NULL(public.signs);
	CU_ASSERT(EVP_PKEY_eq(public.pkey, key.pkey) == 1);
	CU_ASSERT_PTR_NULL(strstr(jwk.ptr, "\"d\""));
	sg_jwk_done(&key);
	sg_jwk_done(&again);
	sg_jwk_done(&public);
	sg_buf_done(&pem);
	sg_buf_done(&jwk);
}

static void
refused_keys(void)
{
	static const struct {
		const char *text, *code;
	} bad[] = {
		{"[]", "jwk_form"},
		{"\"key\"", "jwk_form"},
		{"{}", "jwk_type"},
		{"{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", "jwk_type"},
		{"{\"kty\":\"oct\",\"k\":\"AAAA\"}", "jwk_private"},
		{"{\"crv\":\"P-384\",\"kty\":\"EC\"," XY "}", "jwk_type"},
		{"{\"crv\":\"p-256\",\"kty\":\"EC\"," XY "}", "jwk_type"},
		{"{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" X "\"}", "jwk_type"},
		{"{\"crv\":\"P-256\",\"d\":\"" X "\",\"kty\":\"EC\"," XY "}", "jwk_private"},
		{"{\"crv\":\"P-256\",\"d\":null,\"kty\":\"EC\"," XY "}", "jwk_private"},
		{"{\"alg\":\"ES384\",\"crv\":\"P-256\",\"kty\":\"EC\"," XY "}", "jwk_alg"},
		{"{\"alg\":\"none\",\"crv\":\"P-256\",\"kty\":\"EC\"," XY "}", "jwk_alg"},
		{"{\"alg\":\"HS256\",\"crv\":\"P-256\",\"kty\":\"EC\"," XY "}", "jwk_alg"},
		{"{\"alg\":null,\"crv\":\"P-256\",\"kty\":\"EC\"," XY "}", "jwk_alg"},
		{"{\"crv\":\"P-256\",\"kty\":\"EC\",\"use\":\"enc\"," XY "}", "jwk_use"},
		{"{\"crv\":\"P-256\",\"key_ops\":[\"encrypt\"],\"kty\":\"EC\"," XY "}", "jwk_use"},
		{"{\"crv\":\"P-256\",\"key_ops\":[],\"kty\":\"EC\",\"use\":\"sig\"," XY "}", "jwk_use"},
		{"{\"crv\":\"P-256\",\"key_ops\":\"verify\",\"kty\":\"EC\"," XY "}", "jwk_use"},
		{"{\"crv\":\"P-256\",\"key_ops\":[\"verify\",\"verify\"],\"kty\":\"EC\"," XY "}", "jwk_use"},
		{"{\"crv\":\"P-256\",\"kid\":\"\",\"kty\":\"EC\"," XY "}", "jwk_kid"},
		{"{\"crv\":\"P-256\",\"kid\":1,\"kty\":\"EC\"," XY "}", "jwk_kid"},
		{"{\"crv\":\"P-256\",\"kid\":\"a b\",\"kty\":\"EC\"," XY "}", "jwk_kid"},
		{"{\"crv\":\"P-256\",\"kid\":\"a\\u0000b\",\"kty\":\"EC\"," XY "}", "jwk_kid"},
		{"{\"crv\":\"P-256\",\"kty\":\"EC\"}", "jwk_point"},
		{"{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" X "\"}", "jwk_point"},
		{"{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" X "\",\"y\":\"" X "\"}", "jwk_point"},
		{"{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" Y "\",\"y\":\"" X "\"}", "jwk_point"},
		{"{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" X "=\",\"y\":\"" Y "\"}", "jwk_point"},
		{"{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"AA" X "\",\"y\":\"" Y "\"}", "jwk_point"},
		{"{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"\",\"y\":\"\"}", "jwk_point"},
		{"{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"y\":"
		 "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
		 "jwk_point"},
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sg_err err = {0};
		struct sg_jwk key;
		CU_ASSERT(read_text(bad[i].text, &key, &err) == SG_MALFORMED);
		CU_ASSERT_STRING_EQUAL(err.code != NULL ? err.code : "", bad[i].code);
		CU_ASSERT_PTR_NULL(key.pkey);
	}
}

static void
bounds_of_kid(void)
{
	char text[400], kid[SG_KID_MAX + 2] = "";
	struct sg_jwk key;
	memset(kid, 'k', SG_KID_MAX);
	snprintf(text, sizeof(text), "{\"crv\":\"P-256\",\"extra\":[1],\"kid\":\"%s\",\"kty\":\"EC\"," XY "}", kid);
	CU_ASSERT(read_text(text, &key, NULL) == SG_OK);
	CU_ASSERT_STRING_EQUAL(key.kid, kid);
	sg_jwk_done(&key);
	kid[SG_KID_MAX] = 'k';
	snprintf(text, sizeof(text), "{\"crv\":\"P-256\",\"kid\":\"%s\",\"kty\":\"EC\"," XY "}", kid);
	CU_ASSERT(read_text(text, &key, NULL) == SG_MALFORMED);
}

static enum sg_status
read_set(int count, bool same_kid, struct sg_jwks *set, struct sg_err *err)
{
	struct sg_arena arena;
	struct sg_buf text;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 1 << 20);
	sg_buf_init(&text, 1 << 16);
	sg_buf_text(&text, "{\"keys\":[");
	for (int i = 0; i < count; i++)
		sg_buf_printf(&text, "%s{\"crv\":\"P-256\",\"kid\":\"k%d\",\"kty\":\"EC\"," XY "}", i > 0 ? "," : "",
			      same_kid ? 0 : i);
	sg_buf_text(&text, "]}");
	enum sg_status status = sg_json_parse(&arena, sg_buf_view(&text), NULL, &json, err);
	if (status == SG_OK)
		status = sg_jwks_read(set, json, err);
	sg_buf_done(&text);
	sg_arena_done(&arena);
	return status;
}

static void
sets(void)
{
	struct sg_jwks set;
	struct sg_err err = {0};
	CU_ASSERT(read_set(SG_JWKS_MAX, false, &set, NULL) == SG_OK && set.count == SG_JWKS_MAX);
	CU_ASSERT(sg_jwks_find(&set, SG_STR("k15")) == &set.keys[15]);
	CU_ASSERT_PTR_NULL(sg_jwks_find(&set, SG_STR("k16")));
	CU_ASSERT_PTR_NULL(sg_jwks_find(&set, SG_STR("")));
	sg_jwks_done(&set);
	CU_ASSERT(read_set(SG_JWKS_MAX + 1, false, &set, &err) == SG_LIMIT && set.count == 0);
	CU_ASSERT_STRING_EQUAL(err.code, "jwks_many");
	CU_ASSERT(read_set(2, true, &set, &err) == SG_MALFORMED);
	CU_ASSERT_STRING_EQUAL(err.code, "jwks_kid");
	CU_ASSERT(read_set(0, false, &set, &err) == SG_MALFORMED);
	CU_ASSERT_STRING_EQUAL(err.code, "jwks_form");
	CU_ASSERT(sg_jwks_read(&set, NULL, &err) == SG_MALFORMED);
}

static void
pem_of_another_kind(const char *type, const char *curve)
{
	struct sg_jwk key;
	struct sg_err err = {0};
	char *text = NULL;
	EVP_PKEY *other =
		curve != NULL ? EVP_PKEY_Q_keygen(NULL, NULL, type, curve) : EVP_PKEY_Q_keygen(NULL, NULL, type);
	BIO *bio = BIO_new(BIO_s_mem());
	CU_ASSERT(PEM_write_bio_PKCS8PrivateKey(bio, other, NULL, NULL, 0, NULL, NULL) == 1);
	long len = BIO_get_mem_data(bio, &text);
	CU_ASSERT(sg_jwk_read_pem(&key, (struct sg_str){text, (size_t)len}, &err) == SG_MALFORMED);
	CU_ASSERT_STRING_EQUAL(err.code, "jwk_type");
	BIO_free(bio);
	EVP_PKEY_free(other);
}

static void
refused_pem(void)
{
	struct sg_jwk key;
	struct sg_err err = {0};
	static char large[SG_PEM_MAX + 1];
	static const char *const bad[] = {"", "key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"};
	for (size_t i = 0; i < 3; i++) {
		CU_ASSERT(sg_jwk_read_pem(&key, sg_str(bad[i]), &err) == SG_MALFORMED);
		CU_ASSERT_STRING_EQUAL(err.code, "jwk_pem");
	}
	CU_ASSERT(sg_jwk_read_pem(&key, (struct sg_str){large, sizeof(large)}, &err) == SG_MALFORMED);
	pem_of_another_kind("EC", "P-384");
	pem_of_another_kind("EC", "secp256k1");
	pem_of_another_kind("ED25519", NULL);
}

static void
start_is_repeatable(void)
{
	CU_ASSERT(sg_jwk_start(NULL) == SG_OK && sg_jwk_start(NULL) == SG_OK);
}

SG_CASES("token.jwk", {"start is repeatable", start_is_repeatable}, {"thumbprint of RFC 9449", thumbprint_of_rfc_9449},
	 {"out and back", out_and_back}, {"refused keys", refused_keys}, {"bounds of kid", bounds_of_kid},
	 {"sets", sets}, {"refused PEM", refused_pem})
