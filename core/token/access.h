/* SPDX-License-Identifier: Apache-2.0
 * Reading a signed token by rules that leave nothing to the token (RFC 8725, RFC 9068): the algorithm is the key's, the
 * type is the caller's, the times are integers. */
#ifndef SG_TOKEN_ACCESS_H
#define SG_TOKEN_ACCESS_H

#include "token/jws.h"

enum { SG_JWS_MAX = 4096, SG_JWS_HEADER_MAX = 1024, SG_JWS_DEPTH = 16, SG_JWS_LEEWAY_S = 5, SG_JWS_LIFETIME_S = 3600 };

struct sg_token_rules {
	const char *type;      /* exactly this `typ`, such as "at+jwt" */
	int64_t wall;          /* seconds since 1970; leeway SG_JWS_LEEWAY_S either way */
	int64_t lifetime_most; /* exp - iat, seconds; 0 means SG_JWS_LIFETIME_S */
};

/* Checks, in this order, and refuses with SG_MALFORMED unless said otherwise:
 *   token_size            longer than SG_JWS_MAX (SG_LIMIT)
 *   token_parts           not three parts, or an empty one
 *   token_base64          header or payload not strict base64url
 *   token_header_size     header longer than SG_JWS_HEADER_MAX (SG_LIMIT)
 *   token_header          header not a JSON object (duplicates, invalid UTF-8 and the like included)
 *   token_header_member   a member other than alg, kid, typ: crit, jku, x5u, jwk and whatever comes
 *   token_typ             typ missing or another (SG_REFUSED)
 *   token_kid             kid missing, or of no key in the set (SG_REFUSED)
 *   token_alg             alg not the key's (SG_REFUSED)
 *   token_signature_form, token_signature   as sg_jws_check
 *   token_claims          payload not a JSON object
 *   token_claim           iss, sub, aud, jti, client_id: missing, empty or not a string (client_id may be missing)
 *   token_time            exp or iat missing, or a time that is not a positive integer; exp not after iat
 *   token_lifetime        exp - iat above the rules' (SG_REFUSED)
 *   token_early           iat or nbf in the future (SG_REFUSED)
 *   token_expired         exp has passed (SG_REFUSED)
 *   token_memory          SG_NOMEM
 * On SG_OK `*claims` lives as long as the arena. */
enum sg_status sg_token_read(struct sg_arena *arena, const struct sg_jwks *keys, struct sg_str token,
			     const struct sg_token_rules *rules, const struct sg_json **claims, struct sg_err *err);

/* Signs claims (RFC 8785 bytes) under a header of exactly alg, kid, typ. Errors as sg_jws_sign. */
enum sg_status sg_token_write(struct sg_buf *out, const struct sg_jwk *key, const char *type, struct sg_str claims,
			      struct sg_err *err);

#endif
