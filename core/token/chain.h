/* SPDX-License-Identifier: Apache-2.0
 * Client certificates and X.509-SVIDs: a chain in DER against given anchors, at a given time, with checks of our own behind OpenSSL's. */
#ifndef SG_TOKEN_CHAIN_H
#define SG_TOKEN_CHAIN_H

#include "base/digest.h"

#include <openssl/x509.h>
#include <stdbool.h>

enum { SG_CHAIN_BYTES_MAX = 16384, SG_CHAIN_CERTS_MAX = 8, SG_CHAIN_DEPTH_MAX = 8, SG_ANCHORS_MAX = 64, SG_NAME_MAX = 256 };

/* Prepares OpenSSL; call before the process is confined. SG_UNAVAILABLE no_crypto. */
enum sg_status sg_chain_start(struct sg_err *err);

/* Trust anchors from PEM, 1 to SG_ANCHORS_MAX, each a CA certificate that signed itself: an intermediate is no anchor. The caller frees with
 * X509_STORE_free. SG_MALFORMED: anchor_pem (nothing but certificates may stand there), anchor_ca; SG_LIMIT anchor_many; SG_NOMEM. */
enum sg_status sg_anchors_read(X509_STORE **anchors, struct sg_str pem, struct sg_err *err);

struct sg_chain_rules {
	struct sg_str trust_domain; /* of SPIFFE IDs; empty: there may be none */
	bool dns;                   /* a certificate without URI is accepted if it has one DNS name */
	int64_t wall;               /* seconds since 1970 */
	int depth;                  /* intermediates at most */
};

/* Texts end with NUL; what there is none of is "". Hexadecimal is in lower case. */
struct sg_chain_facts {
	char spiffe_id[SG_NAME_MAX + 1], dns[SG_NAME_MAX + 1];
	char subject[SG_NAME_MAX + 1]; /* RFC 2253; "" also if it is longer or not printable */
	char serial[2 * 20 + 3];
	char fingerprint[SG_SHA256_HEX], issuer_fingerprint[SG_SHA256_HEX]; /* SHA-256 of the DER */
};

/* Reads `der`, the peer's own certificate first, and checks, in this order; all refusals SG_REFUSED but the first three (SG_MALFORMED):
 *   chain_size      empty or longer than SG_CHAIN_BYTES_MAX
 *   chain_der       not certificates one behind the other
 *   chain_many      more than SG_CHAIN_CERTS_MAX
 *   chain_path      RFC 5280: signatures, dates, CA flags, path lengths, name constraints, key sizes, no way to an anchor
 *   leaf_ca         the leaf is a CA, or of X.509 version 1
 *   leaf_usage      key usage missing, without digitalSignature, or with keyCertSign or cRLSign
 *   leaf_extended   extended key usage there and without clientAuth
 *   leaf_names      no subject alternative name, or the extension twice
 *   leaf_uris       more than one URI
 *   leaf_spiffe     the URI is no SPIFFE ID with a path in the trust domain
 *   leaf_dns        no URI, and DNS names are not accepted; or not exactly one, or it is no plain name (wildcards are not)
 *   leaf_serial     longer than 20 bytes
 *   issuer_extended a CA on the path has extended key usage, and neither clientAuth nor any in it
 *   SG_NOMEM chain_memory */
enum sg_status sg_chain_read(X509_STORE *anchors, struct sg_str der, const struct sg_chain_rules *rules, struct sg_chain_facts *facts,
			     struct sg_err *err);

#endif
