/* SPDX-License-Identifier: Apache-2.0
 * Compact JWS with ES256 over OpenSSL (RFC 7515, RFC 7518 section 3.4): one private key, its public form, signing. */
#ifndef JWT_ES256_H
#define JWT_ES256_H

#include <stddef.h>

struct es256_key;

/* From PEM without a passphrase; NULL unless it is an EC P-256 private key that signs. */
struct es256_key *es256_read(const char *pem, size_t len);
void es256_free(struct es256_key *key);

/* The public key as a JWK set, canonical JSON, kid = RFC 7638 thumbprint. Lives as long as the key. */
const char *es256_keys(const struct es256_key *key);

/* A token under the header {"alg","kid","typ"}. Its length, not NUL-terminated; 0 if it does not fit or OpenSSL fails.
 */
size_t es256_token(const struct es256_key *key, const char *type, const char *payload, size_t payload_len, char *out,
		   size_t room);

#endif
