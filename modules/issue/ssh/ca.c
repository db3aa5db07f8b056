/* SPDX-License-Identifier: Apache-2.0
 * Signing as the authority, over OpenSSL. It signs in DER; SSH wants r and s as mpints (RFC 5656 section 3.1.2). */
#include "ca.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HALF = 32, POINT = 1 + 2 * HALF, TEXT_HALF = 48, DER_MAX = 80 };

static const char type[] = "ecdsa-sha2-nistp256", curve[] = "nistp256";

struct ca {
	EVP_PKEY *pkey;
	EVP_MD_CTX *signs; /* set up once, copied for each signature */
	unsigned char blob[CA_BLOB];
	char keys[512];
};

/* 32 bytes in base64url. */
static void
encode(const unsigned char *bytes, char out[TEXT_HALF])
{
	out[wire_encode(bytes, HALF, out, TEXT_HALF) - 1] = '\0';
	for (char *at = out; *at != '\0'; at++)
		*at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
}

/* The public half in writing; kid = RFC 7638 thumbprint. */
static bool
describe(struct ca *ca)
{
	unsigned char point[POINT], digest[HALF];
	char x[TEXT_HALF], y[TEXT_HALF], kid[TEXT_HALF], form[256];
	struct wire blob = {ca->blob, 0, sizeof(ca->blob), false};
	size_t len = 0;
	if (EVP_PKEY_get_octet_string_param(ca->pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &len) != 1 || len != POINT)
		return false;
	wire_text(&blob, type);
	wire_text(&blob, curve);
	wire_string(&blob, point, sizeof(point));
	encode(point + 1, x);
	encode(point + 1 + HALF, y);
	int form_len = snprintf(form, sizeof(form), "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", x, y);
	if (EVP_Digest(form, (size_t)form_len, digest, NULL, EVP_sha256(), NULL) != 1)
		return false;
	encode(digest, kid);
	snprintf(ca->keys, sizeof(ca->keys),
		 "{\"keys\":[{\"alg\":\"ES256\",\"crv\":\"P-256\",\"kid\":\"%s\",\"kty\":\"EC\",\"use\":\"sig\",\"x\":\"%s\",\"y\":\"%s\"}]}", kid, x, y);
	return !blob.failed && blob.len == CA_BLOB;
}

static bool
is_p256(const EVP_PKEY *pkey)
{
	char group[32] = "";
	return pkey != NULL && EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) == 1 && strcmp(group, "prime256v1") == 0;
}

static int
no_passphrase(char *buffer, int size, int writing, void *argument)
{
	(void)buffer, (void)size, (void)writing, (void)argument;
	return -1;
}

/* r, then s. */
static bool
sign(const struct ca *ca, const unsigned char *bytes, size_t len, unsigned char raw[2 * HALF])
{
	unsigned char der[DER_MAX];
	const unsigned char *at = der;
	size_t der_len = sizeof(der);
	ECDSA_SIG *pair = NULL;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool ok = context != NULL && EVP_MD_CTX_copy_ex(context, ca->signs) == 1 &&
		  EVP_DigestSign(context, der, &der_len, bytes, len) == 1 && (pair = d2i_ECDSA_SIG(NULL, &at, (long)der_len)) != NULL &&
		  BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, HALF) == HALF && BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + HALF, HALF) == HALF;
	ECDSA_SIG_free(pair);
	EVP_MD_CTX_free(context);
	return ok;
}

struct ca *
ca_read(const char *pem, size_t len)
{
	unsigned char raw[2 * HALF];
	struct ca *ca = calloc(1, sizeof(*ca));
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	if (ca != NULL && bio != NULL)
		ca->pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	if (ca != NULL && is_p256(ca->pkey) && (ca->signs = EVP_MD_CTX_new()) != NULL &&
	    EVP_DigestSignInit_ex(ca->signs, NULL, "SHA256", NULL, NULL, ca->pkey, NULL) == 1 && describe(ca) &&
	    sign(ca, ca->blob, CA_BLOB, raw) && ca_point(ca->blob + CA_BLOB - POINT, POINT)) /* once now, while OpenSSL can still load */
		return ca;
	ca_free(ca);
	return NULL;
}

void
ca_free(struct ca *ca)
{
	if (ca == NULL)
		return;
	EVP_MD_CTX_free(ca->signs);
	EVP_PKEY_free(ca->pkey);
	free(ca);
}

const unsigned char *
ca_blob(const struct ca *ca)
{
	return ca->blob;
}

const char *
ca_keys(const struct ca *ca)
{
	return ca->keys;
}

void
ca_sign(const struct ca *ca, struct wire *w)
{
	unsigned char raw[2 * HALF];
	if (w->failed || !sign(ca, w->bytes, w->len, raw)) {
		w->failed = true;
		return;
	}
	size_t whole = wire_open(w);
	wire_text(w, type);
	size_t pair = wire_open(w);
	wire_mpint(w, raw, HALF);
	wire_mpint(w, raw + HALF, HALF);
	wire_close(w, pair);
	wire_close(w, whole);
}

bool
ca_point(const unsigned char *point, size_t len)
{
	EVP_PKEY *pkey = NULL;
	EVP_PKEY_CTX *context = len == POINT && point[0] == 4 ? EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL) : NULL;
	OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"P-256", 0),
			       OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, len), OSSL_PARAM_construct_end()};
	bool good = context != NULL && EVP_PKEY_fromdata_init(context) == 1 && EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) == 1;
	EVP_PKEY_free(pkey);
	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return good;
}
