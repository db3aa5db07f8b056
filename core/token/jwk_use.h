/* SPDX-License-Identifier: Apache-2.0
 * What a key was published for: members `use` and `key_ops` (RFC 7517, 4.2 and 4.3). */
#ifndef SG_TOKEN_JWK_USE_H
#define SG_TOKEN_JWK_USE_H

#include "base/json.h"

/* True if signatures may be verified with it: each of the two says so, or is not there. `use` is "sig", or "jwt-svid" as SPIFFE has it; `key_ops` is a list
 * of texts, none of them twice, with "verify". */
bool sg_jwk_verifies(const struct sg_json *key);

#endif
