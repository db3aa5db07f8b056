/* SPDX-License-Identifier: Apache-2.0
 * ES256: JOSE carries r and s as 64 raw bytes, OpenSSL as DER. */
#include "token/jws.h"

#include "base/err.h"
#include "base/str.h"
#include "token/base64url.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>

enum { DER_MAX = 80, HALF = SG_ES256_BYTES / 2 };

static bool
sign_raw(unsigned char raw[SG_ES256_BYTES], const struct sg_jwk *key, struct sg_str text)
{
	unsigned char der[DER_MAX];
	const unsigned char *at = der;
	size_t len = sizeof(der);
	ECDSA_SIG *pair = NULL;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool ok = context != NULL && key->signs != NULL && EVP_MD_CTX_copy_ex(context, key->signs) == 1 &&
		  EVP_DigestSign(context, der, &len, (const unsigned char *)text.ptr, text.len) == 1 &&
		  (pair = d2i_ECDSA_SIG(NULL, &at, (long)len)) != NULL &&
		  BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, HALF) == HALF &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + HALF, HALF) == HALF;
	ECDSA_SIG_free(pair);
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return ok;
}

enum sg_status
sg_jws_sign(struct sg_buf *out, const struct sg_jwk *key, struct sg_str header, struct sg_str payload,
	    struct sg_err *err)
{
	unsigned char raw[SG_ES256_BYTES];
	size_t from = out->len;
	sg_b64u_write(out, header);
	sg_buf_text(out, ".");
	sg_b64u_write(out, payload);
	if (out->failed)
		return sg_fail(err, SG_LIMIT, "token_size", "the token is longer than %zu bytes", out->max);
	if (!sign_raw(raw, key, (struct sg_str){out->ptr + from, out->len - from}))
		return sg_fail(err, SG_BUG, "token_sign", "the key does not sign");
	sg_buf_text(out, ".");
	sg_b64u_write(out, (struct sg_str){(const char *)raw, sizeof(raw)});
	return out->failed ? sg_fail(err, SG_LIMIT, "token_size", "the token is longer than %zu bytes", out->max)
			   : SG_OK;
}

/* Length of the DER form, 0 on failure. */
static int
to_der(unsigned char der[DER_MAX], const unsigned char raw[SG_ES256_BYTES])
{
	unsigned char *at = der;
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, HALF, NULL), *s = BN_bin2bn(raw + HALF, HALF, NULL);
	if (pair == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(pair, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		ECDSA_SIG_free(pair);
		return 0;
	}
	int len = i2d_ECDSA_SIG(pair, &at);
	ECDSA_SIG_free(pair);
	return len > 0 ? len : 0;
}

enum sg_status
sg_jws_check(const struct sg_jwk *key, struct sg_str signed_bytes, struct sg_str signature, struct sg_err *err)
{
	unsigned char raw[SG_ES256_BYTES], der[DER_MAX];
	size_t len = 0;
	if (!sg_b64u_read(signature, raw, sizeof(raw), &len) || len != sizeof(raw))
		return sg_fail(err, SG_MALFORMED, "token_signature_form", "an ES256 signature is %d bytes",
			       SG_ES256_BYTES);
	int der_len = to_der(der, raw);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool ok = der_len > 0 && context != NULL && EVP_MD_CTX_copy_ex(context, key->verifies) == 1 &&
		  EVP_DigestVerify(context, der, (size_t)der_len, (const unsigned char *)signed_bytes.ptr,
				   signed_bytes.len) == 1;
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return ok ? SG_OK : sg_fail(err, SG_REFUSED, "token_signature", "the signature is not this key's");
}
