/* SPDX-License-Identifier: Apache-2.0
 * Keys: in and out of OpenSSL, their names. The JSON form of others' keys is read in jwk_read.c. */
#include "token/jwk.h"

#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"
#include "token/base64url.h"
#include "token/jwk_point.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>

enum sg_status
sg_jwk_start(struct sg_err *err)
{
	struct sg_jwk key = {0};
	unsigned char signature[128];
	size_t len = sizeof(signature);
	enum sg_status status = sg_jwk_make(&key, err);
	/* one signature, made and read, so that nothing is left to be loaded */
	if (status == SG_OK && (EVP_DigestSign(key.signs, signature, &len, (const unsigned char *)"", 0) != 1 ||
				EVP_DigestVerify(key.verifies, signature, len, (const unsigned char *)"", 0) != 1))
		status = sg_fail(err, SG_UNAVAILABLE, "no_crypto", "OpenSSL cannot sign with ES256");
	sg_jwk_done(&key);
	return status;
}

static bool
set_up(EVP_MD_CTX **context, EVP_PKEY *pkey, bool sign)
{
	*context = EVP_MD_CTX_new();
	if (*context == NULL)
		return false;
	return sign ? EVP_DigestSignInit_ex(*context, NULL, "SHA256", NULL, NULL, pkey, NULL) == 1
		    : EVP_DigestVerifyInit_ex(*context, NULL, "SHA256", NULL, NULL, pkey, NULL) == 1;
}

bool
sg_jwk_point(const struct sg_jwk *key, unsigned char point[SG_POINT_BYTES])
{
	size_t len = 0;
	return EVP_PKEY_get_octet_string_param(key->pkey, OSSL_PKEY_PARAM_PUB_KEY, point, SG_POINT_BYTES, &len) == 1 &&
	       len == SG_POINT_BYTES && point[0] == POINT_CONVERSION_UNCOMPRESSED;
}

static void
write_coordinates(struct sg_buf *x, struct sg_buf *y, const struct sg_jwk *key)
{
	unsigned char point[SG_POINT_BYTES];
	if (!sg_jwk_point(key, point)) {
		x->failed = true;
		return;
	}
	sg_b64u_write(x, (struct sg_str){(const char *)point + 1, SG_COORDINATE_BYTES});
	sg_b64u_write(y, (struct sg_str){(const char *)point + 1 + SG_COORDINATE_BYTES, SG_COORDINATE_BYTES});
}

/* RFC 7638: the required members in byte order, without blanks. */
static bool
name_by_thumbprint(struct sg_jwk *key)
{
	struct sg_buf x, y, form, kid;
	unsigned char digest[SG_SHA256_BYTES];
	sg_buf_init(&x, 64);
	sg_buf_init(&y, 64);
	sg_buf_init(&form, 256);
	sg_buf_init(&kid, SG_KID_MAX);
	write_coordinates(&x, &y, key);
	sg_buf_printf(&form, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%.*s\",\"y\":\"%.*s\"}", (int)x.len, x.ptr,
		      (int)y.len, y.ptr);
	sg_sha256(digest, sg_buf_view(&form));
	sg_b64u_write(&kid, (struct sg_str){(const char *)digest, sizeof(digest)});
	bool good = !x.failed && !y.failed && !form.failed && !kid.failed;
	if (good)
		memcpy(key->kid, kid.ptr, kid.len);
	sg_buf_done(&x);
	sg_buf_done(&y);
	sg_buf_done(&form);
	sg_buf_done(&kid);
	return good;
}

enum sg_status
sg_jwk_finish(struct sg_jwk *key, bool private, struct sg_err *err)
{
	char group[32] = "";
	if (key->pkey == NULL || EVP_PKEY_get_base_id(key->pkey) != EVP_PKEY_EC ||
	    EVP_PKEY_get_group_name(key->pkey, group, sizeof(group), NULL) != 1 || strcmp(group, "prime256v1") != 0) {
		ERR_clear_error();
		sg_jwk_done(key);
		return sg_fail(err, SG_MALFORMED, "jwk_type", "not an EC P-256 key");
	}
	if ((key->kid[0] == '\0' && !name_by_thumbprint(key)) || !set_up(&key->verifies, key->pkey, false) ||
	    (private && !set_up(&key->signs, key->pkey, true))) {
		ERR_clear_error();
		sg_jwk_done(key);
		return sg_fail(err, SG_UNAVAILABLE, "jwk_failed", "OpenSSL cannot use the key");
	}
	return SG_OK;
}

enum sg_status
sg_jwk_make(struct sg_jwk *key, struct sg_err *err)
{
	*key = (struct sg_jwk){.pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")};
	if (key->pkey == NULL)
		return sg_fail(err, SG_UNAVAILABLE, "jwk_failed", "OpenSSL makes no P-256 key");
	return sg_jwk_finish(key, true, err);
}

static int
no_passphrase(char *buffer, int size, int writing, void *argument)
{
	(void)buffer, (void)size, (void)writing, (void)argument;
	return -1;
}

enum sg_status
sg_jwk_read_pem(struct sg_jwk *key, struct sg_str pem, struct sg_err *err)
{
	BIO *bio = pem.len == 0 || pem.len > SG_PEM_MAX ? NULL : BIO_new_mem_buf(pem.ptr, (int)pem.len);
	*key = (struct sg_jwk){.pkey = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL)};
	BIO_free(bio);
	ERR_clear_error();
	if (key->pkey == NULL)
		return sg_fail(err, SG_MALFORMED, "jwk_pem", "no private key in PEM form without a passphrase");
	return sg_jwk_finish(key, true, err);
}

enum sg_status
sg_jwk_write_pem(struct sg_buf *out, const struct sg_jwk *key, struct sg_err *err)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char *text = NULL;
	long len = 0;
	if (bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1)
		len = BIO_get_mem_data(bio, &text);
	if (len > 0)
		sg_buf_add(out, text, (size_t)len);
	BIO_free(bio);
	return len > 0 && !out->failed ? SG_OK
				       : sg_fail(err, SG_UNAVAILABLE, "jwk_failed", "the key could not be written");
}

void
sg_jwk_write(struct sg_json_writer *w, const struct sg_jwk *key)
{
	struct sg_buf x, y;
	sg_buf_init(&x, 64);
	sg_buf_init(&y, 64);
	write_coordinates(&x, &y, key);
	w->out->failed |= x.failed || y.failed;
	const struct {
		const char *name;
		struct sg_str value;
	} members[] = {{"alg", SG_STR("ES256")}, {"crv", SG_STR("P-256")}, {"kid", sg_str(key->kid)},
		       {"kty", SG_STR("EC")},    {"use", SG_STR("sig")},   {"x", sg_buf_view(&x)},
		       {"y", sg_buf_view(&y)}};
	sg_jw_object(w);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		sg_jw_named_str(w, members[i].name, members[i].value);
	sg_jw_end(w);
	sg_buf_done(&x);
	sg_buf_done(&y);
}

void
sg_jwk_done(struct sg_jwk *key)
{
	EVP_MD_CTX_free(key->signs);
	EVP_MD_CTX_free(key->verifies);
	EVP_PKEY_free(key->pkey);
	*key = (struct sg_jwk){0};
}
