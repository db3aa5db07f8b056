/* SPDX-License-Identifier: Apache-2.0
 * ES256: the example of RFC 7515 A.3, own signatures, and what is no signature. */
#include "token/jws.h"

#include "base/str.h"
#include "token/base64url.h"
#include "unit/cases.h"

#define SIGNED                                                                                                         \
	"eyJhbGciOiJFUzI1NiJ9."                                                                                        \
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define SIGNATURE "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"

static void
read_key(struct sg_jwk *key)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 1 << 16);
	CU_ASSERT_FATAL(sg_json_parse(&arena,
				      SG_STR("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
					     "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
					     "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"),
				      NULL, &json, NULL) == SG_OK);
	CU_ASSERT_FATAL(sg_jwk_read(key, json, NULL) == SG_OK);
	sg_arena_done(&arena);
}

static void
example_of_rfc_7515(void)
{
	struct sg_jwk key;
	read_key(&key);
	CU_ASSERT(sg_jws_check(&key, SG_STR(SIGNED), SG_STR(SIGNATURE), NULL) == SG_OK);
	CU_ASSERT(sg_jws_check(&key, SG_STR(SIGNED), SG_STR(SIGNATURE), NULL) == SG_OK);
	CU_ASSERT(sg_jws_check(&key, SG_STR(SIGNED " "), SG_STR(SIGNATURE), NULL) == SG_REFUSED);
	CU_ASSERT(sg_jws_check(&key, SG_STR(""), SG_STR(SIGNATURE), NULL) == SG_REFUSED);
	sg_jwk_done(&key);
}

static void
every_bit_counts(void)
{
	struct sg_jwk key;
	unsigned char raw[SG_ES256_BYTES];
	size_t len;
	read_key(&key);
	CU_ASSERT_FATAL(sg_b64u_read(SG_STR(SIGNATURE), raw, sizeof(raw), &len));
	for (size_t bit = 0; bit < 8 * sizeof(raw); bit += 7) {
		struct sg_buf text;
		sg_buf_init(&text, 128);
		raw[bit / 8] ^= (unsigned char)(1 << bit % 8);
		sg_b64u_write(&text, (struct sg_str){(const char *)raw, sizeof(raw)});
		raw[bit / 8] ^= (unsigned char)(1 << bit % 8);
		CU_ASSERT(sg_jws_check(&key, SG_STR(SIGNED), sg_buf_view(&text), NULL) == SG_REFUSED);
		sg_buf_done(&text);
	}
	sg_jwk_done(&key);
}

/* r and s of 0, of the group's order, of all ones: CVE-2022-21449 and relatives. */
static void
degenerate_signatures(void)
{
	static const unsigned char order[32] = {0xff, 0xff, 0xff, 0xff, 0,    0,    0,    0,    0xff, 0xff, 0xff,
						0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
						0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
	static const unsigned char zero[32], one[32] = {[31] = 1};
	unsigned char ones[32];
	memset(ones, 0xff, sizeof(ones));
	const unsigned char *const halves[] = {zero, one, order, ones};
	struct sg_jwk key;
	read_key(&key);
	for (int i = 0; i < 16; i++) {
		unsigned char raw[SG_ES256_BYTES];
		struct sg_buf text;
		sg_buf_init(&text, 128);
		memcpy(raw, halves[i / 4], 32);
		memcpy(raw + 32, halves[i % 4], 32);
		sg_b64u_write(&text, (struct sg_str){(const char *)raw, sizeof(raw)});
		CU_ASSERT(sg_jws_check(&key, SG_STR(SIGNED), sg_buf_view(&text), NULL) == SG_REFUSED);
		sg_buf_done(&text);
	}
	sg_jwk_done(&key);
}

static void
forms_of_signature(void)
{
	/* DER, 63 and 65 bytes, padding, nothing */
	static const char *const bad[] = {
		"MEUCIA7RIVN5Y2xIPC9_FVgH1AKjsigDOvl8fheBmsMWnqZlAiEAxQoH04w8cOXY8S2vCEpUgKZlkMXyk1Caj6d_ioOjVNU",
		"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU",
		"AA" SIGNATURE,
		SIGNATURE "==",
		SIGNATURE "A",
		""};
	struct sg_jwk key;
	read_key(&key);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sg_err err = {0};
		CU_ASSERT(sg_jws_check(&key, SG_STR(SIGNED), sg_str(bad[i]), &err) == SG_MALFORMED);
		CU_ASSERT_STRING_EQUAL(err.code, "token_signature_form");
	}
	sg_jwk_done(&key);
}

static void
own_signatures(void)
{
	struct sg_jwk key, other, public;
	struct sg_buf out;
	struct sg_err err = {0};
	CU_ASSERT_FATAL(sg_jwk_make(&key, NULL) == SG_OK && sg_jwk_make(&other, NULL) == SG_OK);
	for (int i = 0; i < 50; i++) { /* r or s shorter than 32 bytes comes about once in 128 */
		sg_buf_init(&out, 4096);
		CU_ASSERT(sg_jws_sign(&out, &key, SG_STR("{}"), SG_STR("{}"), NULL) == SG_OK);
		const char *dot = memrchr(out.ptr, '.', out.len);
		struct sg_str text = {out.ptr, (size_t)(dot - out.ptr)}, signature = {dot + 1, out.len - text.len - 1};
		CU_ASSERT_EQUAL(signature.len, 86);
		CU_ASSERT(sg_jws_check(&key, text, signature, NULL) == SG_OK);
		CU_ASSERT(sg_jws_check(&other, text, signature, NULL) == SG_REFUSED);
		sg_buf_done(&out);
	}
	sg_buf_init(&out, 50);
	CU_ASSERT(sg_jws_sign(&out, &key, SG_STR("{}"), SG_STR("{}"), &err) == SG_LIMIT);
	CU_ASSERT_STRING_EQUAL(err.code, "token_size");
	sg_buf_done(&out);
	read_key(&public);
	sg_buf_init(&out, 4096);
	CU_ASSERT(sg_jws_sign(&out, &public, SG_STR("{}"), SG_STR("{}"), &err) == SG_BUG);
	CU_ASSERT_STRING_EQUAL(err.code, "token_sign");
	sg_buf_done(&out);
	sg_jwk_done(&key);
	sg_jwk_done(&other);
	sg_jwk_done(&public);
}

SG_CASES("token.jws", {"example of RFC 7515 A.3", example_of_rfc_7515}, {"every bit counts", every_bit_counts},
	 {"degenerate signatures", degenerate_signatures}, {"forms of signature", forms_of_signature},
	 {"own signatures", own_signatures})
