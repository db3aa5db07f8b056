/* SPDX-License-Identifier: Apache-2.0
 * Tokens of issuers outside (OpenID providers, Kubernetes, GitHub, SPIFFE), and the keys they publish. Read only: nothing is signed here. The key
 * says which algorithm it is for; a token only names the key. */
#ifndef SG_TOKEN_OUTSIDE_H
#define SG_TOKEN_OUTSIDE_H

#include "base/json.h"

#include <openssl/evp.h>

enum {
	SG_OUTSIDE_KEYS_MAX = 32,
	SG_OUTSIDE_KID_MAX = 128,
	SG_OUTSIDE_TOKEN_MAX = 16384,
	SG_OUTSIDE_HEADER_MAX = 2048,
	SG_OUTSIDE_RSA_LEAST = 2048, /* bits */
	SG_OUTSIDE_RSA_MOST = 8192
};

enum sg_outside_alg { SG_RS256, SG_PS256, SG_ES256, SG_ES384, SG_EDDSA };

struct sg_outside_key {
	EVP_PKEY *pkey;
	enum sg_outside_alg alg;
	bool svid; /* use = "jwt-svid": for JWT-SVIDs and nothing else; other keys are for everything but these */
	char kid[SG_OUTSIDE_KID_MAX + 1];
};

struct sg_outside_keys {
	size_t count;
	struct sg_outside_key list[SG_OUTSIDE_KEYS_MAX];
};

/* Reads a JWK set (RFC 7517). RSA with alg RS256 (taken where none is said) or PS256, EC P-256 and P-384, Ed25519. Keys of other types, algorithms
 * and uses (use, key_ops), and such without kid, are left out, as the standard wants. SG_MALFORMED: outside_form, outside_private (a private or symmetric member
 * anywhere), outside_alg (not this key's), outside_kid, outside_key (its numbers are no key, too weak, or a ROCA modulus), outside_none (nothing usable);
 * SG_LIMIT outside_many. On failure nothing is left to free. */
enum sg_status sg_outside_keys_read(struct sg_outside_keys *keys, const struct sg_json *json, struct sg_err *err);
void sg_outside_keys_done(struct sg_outside_keys *keys);
const struct sg_outside_key *sg_outside_find(const struct sg_outside_keys *keys, struct sg_str kid);
const char *sg_outside_alg_name(enum sg_outside_alg alg);

/* True if `signature` (base64url, as written) is this key's over `text`; of no key (NULL) it never is. */
bool sg_outside_signed(const struct sg_outside_key *key, struct sg_str text, struct sg_str signature);

struct sg_outside_rules {
	struct sg_str issuer;   /* exactly this iss; empty: iss is not looked at (JWT-SVID only) */
	struct sg_str audience; /* exactly this aud and no other */
	bool svid;              /* JWT-SVID: no header member but alg, kid, typ; keys for SVIDs; no EdDSA */
	int64_t wall;           /* seconds since 1970 */
	int64_t leeway, lifetime; /* seconds; lifetime: exp - iat at most, or what is left of it where the token does not say iat */
};

/* Checks, in this order, and refuses with SG_MALFORMED unless said otherwise:
 *   token_size, token_parts, token_base64, token_header_size (SG_LIMIT), token_header   as sg_token_read
 *   token_header_member   crit or b64, whatever they say; of a JWT-SVID every other member but alg, kid, typ
 *   token_typ             there, and not "JWT" (JWT-SVID: or "JOSE") (SG_REFUSED)
 *   token_kid             missing, or of no key in the set for this use (SG_REFUSED)
 *   token_alg             alg not the key's (SG_REFUSED)
 *   token_signature       not the key's (SG_REFUSED)
 *   token_claims          payload not a JSON object
 *   token_issuer, token_audience   not as the rules say (SG_REFUSED)
 *   token_claim           sub missing, empty or not a text
 *   token_bound           has a cnf, whatever it says: it is of use only with a key that nobody shows here (SG_REFUSED)
 *   token_time            exp missing, or a time that is no positive number (a fraction may be there); exp not after iat
 *   token_lifetime, token_early, token_expired   (SG_REFUSED)
 *   token_memory          SG_NOMEM
 * On SG_OK `*claims` lives as long as the arena. */
enum sg_status sg_outside_token(struct sg_arena *arena, const struct sg_outside_keys *keys, struct sg_str token,
				const struct sg_outside_rules *rules, const struct sg_json **claims, struct sg_err *err);

#endif
