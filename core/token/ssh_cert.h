/* SPDX-License-Identifier: Apache-2.0
 * OpenSSH user certificates as our issuer makes them (PROTOCOL.certkeys), and no others: one principal, known options, an ECDSA P-256 authority. */
#ifndef SG_TOKEN_SSH_CERT_H
#define SG_TOKEN_SSH_CERT_H

#include "token/jwk.h"

enum { SG_SSH_TEXT_MAX = 4096 };

/* Everything points into the arena. */
struct sg_ssh_cert {
	struct sg_str public_key; /* "TYPE BASE64", the key that was certified */
	uint64_t serial;
	struct sg_str key_id, principal;
	int64_t after, before; /* seconds since 1970 */
	struct sg_str command, source; /* {NULL, 0}: not restricted */
	bool pty;
	struct sg_str authority, signature, covered; /* wire form; the bytes that are signed */
};

/* "TYPE-cert-v01@openssh.com BASE64", strictly: one spelling, nothing behind. SG_MALFORMED ssh_text (not such a line), ssh_form (a part is missing,
 * too long or left over), ssh_key (not ed25519 or a point's size), ssh_type (no user certificate), ssh_principals (not exactly one), ssh_option
 * (unknown, twice, out of order), ssh_time; SG_NOMEM token_memory. */
enum sg_status sg_ssh_cert_read(struct sg_arena *arena, struct sg_str text, struct sg_ssh_cert *out, struct sg_err *err);

/* SG_REFUSED ssh_signer (its authority is none of `keys`), ssh_signature. */
enum sg_status sg_ssh_cert_check(const struct sg_ssh_cert *cert, const struct sg_jwks *keys, struct sg_err *err);

#endif
