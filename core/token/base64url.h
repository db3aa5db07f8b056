/* SPDX-License-Identifier: Apache-2.0
 * base64url without padding (RFC 4648 section 5, RFC 7515 appendix C), strict: one spelling for one byte string. */
#ifndef SG_TOKEN_BASE64URL_H
#define SG_TOKEN_BASE64URL_H

#include "base/buf.h"

/* Bytes that `len` characters stand for at most. */
#define SG_B64U_BYTES(len) ((len) / 4 * 3 + 2)

void sg_b64u_write(struct sg_buf *out, struct sg_str bytes);

/* Into `out`, which holds `room` bytes; `*len` of them are written. False (out undefined) on a character outside the
 * alphabet, padding, blanks, a length that no byte string has, unused bits that are not zero, or too little room. */
bool sg_b64u_read(struct sg_str text, void *out, size_t room, size_t *len);

#endif
