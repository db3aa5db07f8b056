/* SPDX-License-Identifier: Apache-2.0
 * What jwk.c and jwk_read.c share: the point behind a key, and making one usable. */
#ifndef SG_TOKEN_JWK_POINT_H
#define SG_TOKEN_JWK_POINT_H

#include "token/jwk.h"

enum { SG_COORDINATE_BYTES = 32, SG_POINT_BYTES = 1 + 2 * SG_COORDINATE_BYTES };

/* Uncompressed: 4, x, y. False if OpenSSL does not tell. */
bool sg_jwk_point(const struct sg_jwk *key, unsigned char point[SG_POINT_BYTES]);

/* Checks the curve, names the key unless it has a name, sets up its contexts. On failure the key is done with. */
enum sg_status sg_jwk_finish(struct sg_jwk *key, bool private, struct sg_err *err);

#endif
