/* SPDX-License-Identifier: Apache-2.0
 * The certificate authority: its key, ECDSA P-256, and its certificate with what stands above it. */
#ifndef X509_CA_H
#define X509_CA_H

#include "der.h"

#include <stepgate/module.h>

enum { CA_NAME_MAX = 512, CA_CHAIN_MAX = 2800, CA_SIGNATURE_MAX = 80, CA_KEYS_MAX = 512 };

struct ca {
	void *key, *signs; /* EVP_PKEY; EVP_MD_CTX, set up once, copied for each signature */
	void *group, *point; /* EC_GROUP, EC_POINT: for looking at others' points */
	unsigned char name[CA_NAME_MAX], key_id[64]; /* subject in DER; subjectKeyIdentifier */
	size_t name_len, key_id_len;
	int64_t begins, ends; /* of its certificate */
	char chain[CA_CHAIN_MAX], keys[CA_KEYS_MAX]; /* PEM as it is handed out; a JWK set */
	size_t chain_len;
};

/* `pem`: the private key; `certificates`: PEM, the authority's own first. Codes: x509_key, x509_ca (not readable, no CA, no subjectKeyIdentifier,
 * too long), x509_match. `ca` is zeroed memory; ca_done in every case. */
enum sg_status ca_start(struct ca *ca, struct sg_str pem, struct sg_str certificates, struct sg_err *err);
void ca_done(struct ca *ca);

/* In DER; the length, 0 if OpenSSL fails. */
size_t ca_sign(const struct ca *ca, const unsigned char *bytes, size_t len, unsigned char out[CA_SIGNATURE_MAX]);

/* True if 65 bytes are an uncompressed point of P-256. */
bool ca_point(const struct ca *ca, const unsigned char *point);

#endif
