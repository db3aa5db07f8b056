/* SPDX-License-Identifier: Apache-2.0
 * ES256. OpenSSL signs in DER; JOSE wants r and s as 32 raw bytes each. */
#include "es256.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HALF = 32, POINT = 1 + 2 * HALF, TEXT_HALF = 44, HEADER_MAX = 256, DER_MAX = 80 };

struct es256_key {
	EVP_PKEY *pkey;
	EVP_MD_CTX *signs; /* set up once, copied for each signature */
	char kid[TEXT_HALF];
	char keys[512];
};

/* base64url without padding; returns what was written, 0 if it does not fit. */
static size_t
encode(const void *bytes, size_t len, char *out, size_t room)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const unsigned char *from = bytes;
	unsigned bits = 0, held = 0;
	size_t at = 0;
	if (room < len / 3 * 4 + 4)
		return 0;
	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | from[i];
		for (held += 8; held >= 6; held -= 6)
			out[at++] = alphabet[bits >> (held - 6) & 63];
	}
	if (held > 0)
		out[at++] = alphabet[bits << (6 - held) & 63];
	return at;
}

/* The public half in writing: thumbprint, then the key set. */
static bool
describe(struct es256_key *key)
{
	unsigned char point[POINT], digest[HALF];
	char x[TEXT_HALF + 4], y[TEXT_HALF + 4], form[256];
	size_t len = 0;
	if (EVP_PKEY_get_octet_string_param(key->pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &len) != 1 ||
	    len != POINT)
		return false;
	x[encode(point + 1, HALF, x, sizeof(x))] = '\0';
	y[encode(point + 1 + HALF, HALF, y, sizeof(y))] = '\0';
	int form_len =
		snprintf(form, sizeof(form), "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", x, y);
	if (EVP_Digest(form, (size_t)form_len, digest, NULL, EVP_sha256(), NULL) != 1)
		return false;
	key->kid[encode(digest, sizeof(digest), key->kid, sizeof(key->kid))] = '\0';
	snprintf(key->keys, sizeof(key->keys),
		 "{\"keys\":[{\"alg\":\"ES256\",\"crv\":\"P-256\",\"kid\":\"%s\",\"kty\":\"EC\",\"use\":\"sig\",\"x\":"
		 "\"%s\",\"y\":\"%s\"}]}",
		 key->kid, x, y);
	return true;
}

static bool
is_p256(const EVP_PKEY *pkey)
{
	char group[32] = "";
	return pkey != NULL && EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) == 1 &&
	       strcmp(group, "prime256v1") == 0;
}

static int
no_passphrase(char *buffer, int size, int writing, void *argument)
{
	(void)buffer, (void)size, (void)writing, (void)argument;
	return -1;
}

/* r, then s. */
static bool
sign(const struct es256_key *key, const char *text, size_t len, unsigned char raw[2 * HALF])
{
	unsigned char der[DER_MAX];
	const unsigned char *at = der;
	size_t der_len = sizeof(der);
	ECDSA_SIG *pair = NULL;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool ok = context != NULL && EVP_MD_CTX_copy_ex(context, key->signs) == 1 &&
		  EVP_DigestSign(context, der, &der_len, (const unsigned char *)text, len) == 1 &&
		  (pair = d2i_ECDSA_SIG(NULL, &at, (long)der_len)) != NULL &&
		  BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, HALF) == HALF &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + HALF, HALF) == HALF;
	ECDSA_SIG_free(pair);
	EVP_MD_CTX_free(context);
	return ok;
}

struct es256_key *
es256_read(const char *pem, size_t len)
{
	unsigned char raw[2 * HALF];
	struct es256_key *key = calloc(1, sizeof(*key));
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	if (key != NULL && bio != NULL)
		key->pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	if (key != NULL && is_p256(key->pkey) && (key->signs = EVP_MD_CTX_new()) != NULL &&
	    EVP_DigestSignInit_ex(key->signs, NULL, "SHA256", NULL, NULL, key->pkey, NULL) == 1 && describe(key) &&
	    sign(key, "", 0, raw)) /* once now: OpenSSL has everything loaded before files are out of reach */
		return key;
	es256_free(key);
	return NULL;
}

void
es256_free(struct es256_key *key)
{
	if (key == NULL)
		return;
	EVP_MD_CTX_free(key->signs);
	EVP_PKEY_free(key->pkey);
	free(key);
}

const char *
es256_keys(const struct es256_key *key)
{
	return key->keys;
}

size_t
es256_token(const struct es256_key *key, const char *type, const char *payload, size_t payload_len, char *out,
	    size_t room)
{
	char header[HEADER_MAX];
	unsigned char raw[2 * HALF];
	int header_len =
		snprintf(header, sizeof(header), "{\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"%s\"}", key->kid, type);
	if (header_len >= HEADER_MAX)
		return 0;
	size_t at = encode(header, (size_t)header_len, out, room);
	if (at == 0 || at == room)
		return 0;
	out[at++] = '.';
	size_t part = encode(payload, payload_len, out + at, room - at);
	if (part == 0 || !sign(key, out, at + part, raw) || at + part == room)
		return 0;
	at += part;
	out[at++] = '.';
	part = encode(raw, sizeof(raw), out + at, room - at);
	return part == 0 ? 0 : at + part;
}
