/* SPDX-License-Identifier: Apache-2.0
 * X.509 certificates as our issuer makes them, and no others: a P-256 authority, one URI as the only name, good for clients (and servers). */
#ifndef SG_TOKEN_X509_LEAF_H
#define SG_TOKEN_X509_LEAF_H

#include "token/jwk.h"

#include <openssl/x509.h>

enum { SG_X509_TEXT_MAX = 4096, SG_X509_CHAIN_MAX = 4, SG_X509_SERIAL = 16 };

struct sg_x509_leaf {
	X509 *certificate; /* sg_x509_leaf_done */
	unsigned char serial[SG_X509_SERIAL];
	struct sg_str uri, public_key; /* in the arena; SubjectPublicKeyInfo in base64 */
	int64_t after, before; /* seconds since 1970 */
};

/* PEM, the leaf first, behind it at most SG_X509_CHAIN_MAX others, written exactly as OpenSSL writes them. SG_MALFORMED x509_text (another text),
 * x509_form (version, algorithm, subject, serial), x509_extension (unknown, missing, twice, or saying more), x509_name (not one URI), x509_time,
 * x509_key; SG_NOMEM token_memory. On failure there is nothing to be done with. */
enum sg_status sg_x509_leaf_read(struct sg_arena *arena, struct sg_str text, struct sg_x509_leaf *out, struct sg_err *err);
void sg_x509_leaf_done(struct sg_x509_leaf *leaf);

/* SG_REFUSED x509_signature unless one of the keys signed it. */
enum sg_status sg_x509_leaf_check(const struct sg_x509_leaf *leaf, const struct sg_jwks *keys, struct sg_err *err);

#endif
