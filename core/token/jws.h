/* SPDX-License-Identifier: Apache-2.0
 * Compact JWS with ES256 (RFC 7515 section 3.1, RFC 7518 section 3.4): signing bytes, checking bytes. What a token may
 * say is in access.h. */
#ifndef SG_TOKEN_JWS_H
#define SG_TOKEN_JWS_H

#include "token/jwk.h"

enum { SG_ES256_BYTES = 64 };

/* Appends BASE64URL(header).BASE64URL(payload).BASE64URL(signature). SG_BUG (token_sign) without a private key or if
 * OpenSSL fails; SG_LIMIT (token_size) if it does not fit into `out`. */
enum sg_status sg_jws_sign(struct sg_buf *out, const struct sg_jwk *key, struct sg_str header, struct sg_str payload,
			   struct sg_err *err);

/* `signed_bytes`: the first two parts with the dot between; `signature`: the third part as written. SG_MALFORMED
 * (token_signature_form) unless it is 64 bytes; SG_REFUSED (token_signature) unless it is the key's. */
enum sg_status sg_jws_check(const struct sg_jwk *key, struct sg_str signed_bytes, struct sg_str signature,
			    struct sg_err *err);

#endif
