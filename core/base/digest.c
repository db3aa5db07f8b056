/* SPDX-License-Identifier: Apache-2.0
 * Digests and sealing: thin names over EVP. A failing library is a stop, not an answer. */
#include "base/digest.h"

#include "base/err.h"
#include "base/secret.h"
#include "base/str.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static EVP_MD *sha256;
static EVP_CIPHER *gcm;

enum sg_status
sg_digest_start(struct sg_err *err)
{
	if (sha256 != NULL)
		return SG_OK;
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (sha256 == NULL || gcm == NULL)
		return sg_fail(err, SG_UNAVAILABLE, "no_crypto", "OpenSSL has no SHA-256 or AES-256-GCM");
	return SG_OK;
}

static const EVP_MD *
md(void)
{
	return sha256 != NULL ? sha256 : EVP_sha256();
}

void
sg_sha256_two(unsigned char out[SG_SHA256_BYTES], struct sg_str a, struct sg_str b)
{
	static _Thread_local EVP_MD_CTX *context;
	if (context == NULL)
		context = EVP_MD_CTX_new();
	if (context == NULL || EVP_DigestInit_ex(context, md(), NULL) != 1 ||
	    EVP_DigestUpdate(context, a.ptr, a.len) != 1 || EVP_DigestUpdate(context, b.ptr, b.len) != 1 ||
	    EVP_DigestFinal_ex(context, out, NULL) != 1)
		abort();
}

void
sg_sha256(unsigned char out[SG_SHA256_BYTES], struct sg_str a)
{
	sg_sha256_two(out, a, (struct sg_str){"", 0});
}

void
sg_sha256_hex(char out[SG_SHA256_HEX], struct sg_str a)
{
	unsigned char digest[SG_SHA256_BYTES];
	sg_sha256(digest, a);
	sg_hex(out, digest, sizeof(digest));
}

/* What RFC 2104 puts before the text, and before what that comes to: a key of at most a block, filled up with zeros, and one byte over all of it. */
enum { BLOCK = 64, INNER = 0x36, OUTER = 0x5c };
struct pads {
	unsigned char inner[BLOCK], outer[BLOCK];
};

static void
pads_of(struct pads *pads, const unsigned char key[SG_KEY_BYTES])
{
	for (size_t i = 0; i < BLOCK; i++) {
		unsigned char k = i < SG_KEY_BYTES ? key[i] : 0;
		pads->inner[i] = k ^ INNER;
		pads->outer[i] = k ^ OUTER;
	}
}

/* HMAC over EVP's digest: its own contexts are copied for each text, with memory taken twice. */
static void
mac_with(const struct pads *pads, unsigned char out[SG_SHA256_BYTES], struct sg_str text)
{
	unsigned char inner[SG_SHA256_BYTES];
	sg_sha256_two(inner, (struct sg_str){(const char *)pads->inner, BLOCK}, text);
	sg_sha256_two(out, (struct sg_str){(const char *)pads->outer, BLOCK}, (struct sg_str){(const char *)inner, sizeof(inner)});
}

static void
hmac_once(unsigned char out[SG_SHA256_BYTES], const unsigned char key[SG_KEY_BYTES], struct sg_str text)
{
	struct pads pads;
	pads_of(&pads, key);
	mac_with(&pads, out, text);
	sg_wipe(&pads, sizeof(pads));
}

/* The last key stays with the thread that used it: of a gate that is the state key, which it holds anyway. */
void
sg_hmac(unsigned char out[SG_SHA256_BYTES], const unsigned char key[SG_KEY_BYTES], struct sg_str text)
{
	static _Thread_local struct pads pads;
	static _Thread_local unsigned char last[SG_KEY_BYTES];
	static _Thread_local bool known;
	if (!known || !sg_secret_eq(key, last, SG_KEY_BYTES)) {
		pads_of(&pads, key);
		memcpy(last, key, SG_KEY_BYTES);
		known = true;
	}
	mac_with(&pads, out, text);
}

void
sg_derive(unsigned char out[SG_KEY_BYTES], const unsigned char key[SG_KEY_BYTES], struct sg_str salt, const char *label)
{
	unsigned char extract_key[SG_KEY_BYTES], extracted[SG_SHA256_BYTES];
	char expand[128];
	sg_sha256(extract_key, salt); /* a salt of fixed length, whatever was given */
	hmac_once(extracted, extract_key, (struct sg_str){(const char *)key, SG_KEY_BYTES});

	size_t len = strnlen(label, sizeof(expand) - 1);
	memcpy(expand, label, len);
	expand[len] = 1;
	hmac_once(out, extracted, (struct sg_str){expand, len + 1});
	sg_wipe(extracted, sizeof(extracted));
}

static void
nonce_of(unsigned char nonce[12], uint64_t number)
{
	memset(nonce, 0, 12);
	for (int i = 0; i < 8; i++)
		nonce[11 - i] = (unsigned char)(number >> (8 * i));
}

/* For encryption with that key, which stays with the thread until another comes: its schedule is made once a day. NULL: no memory. */
static EVP_CIPHER_CTX *
sealing(const unsigned char key[SG_KEY_BYTES])
{
	static _Thread_local EVP_CIPHER_CTX *context;
	static _Thread_local unsigned char last[SG_KEY_BYTES];
	if (context != NULL && sg_secret_eq(key, last, SG_KEY_BYTES))
		return context;
	EVP_CIPHER_CTX_free(context); /* wipes the key before */
	context = EVP_CIPHER_CTX_new();
	if (context != NULL && EVP_EncryptInit_ex(context, gcm != NULL ? gcm : EVP_aes_256_gcm(), NULL, key, NULL) != 1) {
		EVP_CIPHER_CTX_free(context);
		context = NULL;
	}
	memcpy(last, key, SG_KEY_BYTES);
	return context;
}

enum sg_status
sg_seal(char *out, const unsigned char key[SG_KEY_BYTES], uint64_t number, struct sg_str aad, struct sg_str plain,
	struct sg_err *err)
{
	unsigned char nonce[12];
	int len = 0, rest = 0;
	nonce_of(nonce, number);
	EVP_CIPHER_CTX *context = sealing(key);
	int ok = context != NULL && plain.len < INT32_MAX && aad.len < INT32_MAX &&
		 EVP_EncryptInit_ex(context, NULL, NULL, NULL, nonce) == 1 &&
		 EVP_EncryptUpdate(context, NULL, &len, (const unsigned char *)aad.ptr, (int)aad.len) == 1 &&
		 EVP_EncryptUpdate(context, (unsigned char *)out, &len, (const unsigned char *)plain.ptr, (int)plain.len) == 1 &&
		 EVP_EncryptFinal_ex(context, (unsigned char *)out + len, &rest) == 1 &&
		 EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, SG_SEAL_OVERHEAD, out + plain.len) == 1;
	return ok ? SG_OK : sg_fail(err, SG_BUG, "seal_failed", "AES-256-GCM did not encrypt");
}

enum sg_status
sg_unseal(char *out, const unsigned char key[SG_KEY_BYTES], uint64_t number, struct sg_str aad, struct sg_str sealed,
	  struct sg_err *err)
{
	if (sealed.len < SG_SEAL_OVERHEAD || sealed.len > INT32_MAX)
		return sg_fail(err, SG_MALFORMED, "seal_broken", "sealed text of %zu bytes", sealed.len);
	size_t plain_len = sealed.len - SG_SEAL_OVERHEAD;
	unsigned char nonce[12];
	int len = 0, rest = 0;
	nonce_of(nonce, number);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int ok = context != NULL &&
		 EVP_DecryptInit_ex(context, gcm != NULL ? gcm : EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
		 EVP_DecryptUpdate(context, NULL, &len, (const unsigned char *)aad.ptr, (int)aad.len) == 1 &&
		 EVP_DecryptUpdate(context, (unsigned char *)out, &len, (const unsigned char *)sealed.ptr, (int)plain_len) == 1 &&
		 EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, SG_SEAL_OVERHEAD, (void *)(sealed.ptr + plain_len)) == 1 &&
		 EVP_DecryptFinal_ex(context, (unsigned char *)out + len, &rest) == 1;
	EVP_CIPHER_CTX_free(context);
	return ok ? SG_OK : sg_fail(err, SG_MALFORMED, "seal_broken", "sealed text was changed or belongs to another key");
}
