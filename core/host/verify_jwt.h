/* SPDX-License-Identifier: Apache-2.0
 * What the two halves of verify/jwt share: reading what our own issuers made (verify_jwt.c), and what a peer presents (identify_jwt.c). */
#ifndef SG_HOST_VERIFY_JWT_H
#define SG_HOST_VERIFY_JWT_H

#include "base/buf.h"
#include "token/jwk.h"
#include "token/outside.h"

#include <stepgate/verify.h>

/* The option rows, in this order. */
enum { SG_JWT_AUDIENCE, SG_JWT_ISSUER, SG_JWT_LEEWAY, SG_JWT_LIFETIME, SG_JWT_PROFILE, SG_JWT_TRUST_DOMAIN };
extern const struct sg_option sg_jwt_options[];

struct sg_jwt_profile;

struct sg_jwt_verifier {
	const struct sg_host *host;
	struct sg_buf text; /* of `keys`: keys change seldom; they are read again when their bytes differ */
	struct sg_jwks keys;
	struct sg_outside_keys outside;
	struct sg_outside_rules rules;         /* but for the time */
	const struct sg_jwt_profile *profile;  /* NULL: nothing is identified here */
	struct sg_str trust_domain;
};

/* SG_OK, or option_audience, option_issuer, option_profile, option_trust_domain (SG_MALFORMED). */
enum sg_status sg_jwt_configure(const struct sg_options *options, struct sg_err *err);
/* Reads the granted key set, if there is one; nothing is identified without. Errors of sg_outside_keys_read, jwks_unreadable, option_audience. */
enum sg_status sg_jwt_identify_start(struct sg_jwt_verifier *self, const struct sg_options *options, struct sg_err *err);
enum sg_status sg_jwt_identify(void *state, const struct sg_identify_in *in, struct sg_attest_out *out, struct sg_err *err);

#endif
