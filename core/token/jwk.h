/* SPDX-License-Identifier: Apache-2.0
 * Keys of tokens: EC P-256 only, so that a key means exactly one algorithm, ES256 (RFC 7517, RFC 7518 6.2). kid = RFC
 * 7638 thumbprint. */
#ifndef SG_TOKEN_JWK_H
#define SG_TOKEN_JWK_H

#include "base/canon.h"

#include <openssl/evp.h>

enum { SG_KID_MAX = 64, SG_JWKS_MAX = 16, SG_PEM_MAX = 4096 };

/* Zeroed memory is no key. */
struct sg_jwk {
	EVP_PKEY *pkey;
	EVP_MD_CTX *signs, *verifies; /* set up once, copied for each use; signs is NULL without the private part */
	char kid[SG_KID_MAX + 1];
};

struct sg_jwks {
	size_t count;
	struct sg_jwk keys[SG_JWKS_MAX];
};

/* Fetches what the others need; call before the process is confined. SG_UNAVAILABLE no_crypto. */
enum sg_status sg_jwk_start(struct sg_err *err);

/* A new private key. SG_UNAVAILABLE (jwk_failed). */
enum sg_status sg_jwk_make(struct sg_jwk *key, struct sg_err *err);

/* A private key as PEM (SEC 1 or PKCS #8, no passphrase). SG_MALFORMED jwk_pem; jwk_type if it is not EC P-256. */
enum sg_status sg_jwk_read_pem(struct sg_jwk *key, struct sg_str pem, struct sg_err *err);
/* The private key as PKCS #8 PEM. The caller wipes `out` (sg_buf_done does). */
enum sg_status sg_jwk_write_pem(struct sg_buf *out, const struct sg_jwk *key, struct sg_err *err);

/* A public key. Known members must be right, unknown ones are ignored (RFC 7517 section 4). Without kid the thumbprint
 * is taken. SG_MALFORMED: jwk_form, jwk_type (kty, crv), jwk_alg, jwk_use, jwk_kid, jwk_point (not 32 + 32 bytes on the
 * curve), jwk_private (a private member: somebody is about to publish a secret). */
enum sg_status sg_jwk_read(struct sg_jwk *key, const struct sg_json *json, struct sg_err *err);
/* {"alg","crv","kid","kty","use","x","y"} */
void sg_jwk_write(struct sg_json_writer *w, const struct sg_jwk *key);

/* {"keys":[...]}, 1 to SG_JWKS_MAX, each kid once. SG_MALFORMED jwks_form, jwks_kid; SG_LIMIT jwks_many; else as
 * sg_jwk_read. */
enum sg_status sg_jwks_read(struct sg_jwks *set, const struct sg_json *json, struct sg_err *err);
/* NULL if there is none. */
const struct sg_jwk *sg_jwks_find(const struct sg_jwks *set, struct sg_str kid);

/* Frees; the memory is zeroed. */
void sg_jwk_done(struct sg_jwk *key);
void sg_jwks_done(struct sg_jwks *set);

#endif
