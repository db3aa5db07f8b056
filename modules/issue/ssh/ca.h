/* SPDX-License-Identifier: Apache-2.0
 * The certificate authority's key: ECDSA P-256. */
#ifndef SSH_CA_H
#define SSH_CA_H

#include "wire.h"

struct ca;

enum { CA_BLOB = 104 };

/* From PEM without a passphrase; NULL unless it is an EC P-256 private key that signs. */
struct ca *ca_read(const char *pem, size_t len);
void ca_free(struct ca *ca);

/* Its public half: as SSH writes it (CA_BLOB bytes), and as a JWK set. Both live as long as the key. */
const unsigned char *ca_blob(const struct ca *ca);
const char *ca_keys(const struct ca *ca);

/* Appends the signature over all that was written so far, as a string. */
void ca_sign(const struct ca *ca, struct wire *w);

/* True if 65 bytes are an uncompressed point of P-256. */
bool ca_point(const unsigned char *point, size_t len);

#endif
