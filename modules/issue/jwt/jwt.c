/* SPDX-License-Identifier: Apache-2.0
 * issue/jwt: the gate's claims as an OAuth 2.0 access token (RFC 9068), signed with ES256. A bearer token, so it lives
 * a minute at most. */
#include "es256.h"

#include <stepgate/issue.h>

#include <stdlib.h>
#include <string.h>

enum { LIFETIME_MAX = 60, OPTION_LIFETIME = 0 };

static const struct sg_option options_table[] = {
	{"lifetime_max", SG_OPTION_INTEGER, "60", 1, LIFETIME_MAX,
	 "seconds a token may live at most; longer ones are refused"},
	{NULL},
};

struct issuer {
	const struct sg_host *host;
	struct es256_key *key;
	int64_t lifetime_max;
};

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	struct sg_str pem;
	struct issuer *self = host->alloc(host, sizeof(*self));
	if (self == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for an issuer");
	if (host->secret(host, "key", &pem) != SG_OK)
		return sg_refuse(err, SG_NOT_FOUND, "jwt_no_key", "the secret \"key\" was not handed over");
	*self = (struct issuer){host, es256_read(pem.ptr, pem.len), options->values[OPTION_LIFETIME].number};
	if (self->key == NULL)
		return sg_refuse(err, SG_MALFORMED, "jwt_key", "the secret \"key\" is no EC P-256 private key in PEM");
	*state = self;
	return SG_OK;
}

static void
stop(void *state)
{
	struct issuer *self = state;
	es256_free(self->key);
}

static enum sg_status
check(const struct issuer *self, const struct sg_issue_in *in, struct sg_err *err)
{
	int64_t now = self->host->wall(self->host) / SG_SEC;
	if (in->sub.len == 0 || in->aud.len == 0 || in->iss.len == 0)
		return sg_refuse(err, SG_MALFORMED, "jwt_claim", "iss, sub or aud is missing");
	if (in->jti.len != in->lease.len || in->jti.len == 0 || memcmp(in->jti.ptr, in->lease.ptr, in->jti.len) != 0)
		return sg_refuse(err, SG_MALFORMED, "jwt_jti", "jti is not the lease");
	if (in->iat <= 0 || in->exp <= in->iat || in->exp <= now)
		return sg_refuse(err, SG_MALFORMED, "jwt_time", "iat or exp is missing, or exp has passed");
	if (in->exp > now + self->lifetime_max || in->exp - in->iat > self->lifetime_max)
		return sg_refuse(err, SG_REFUSED, "jwt_lifetime", "a bearer token may live %lld s",
				 (long long)self->lifetime_max);
	return SG_OK;
}

static enum sg_status
make(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	struct issuer *self = state;
	enum sg_status status = check(self, in, err);
	if (status != SG_OK)
		return status;
	char *token = self->host->alloc(self->host, SG_CREDENTIAL_MAX);
	size_t len = token == NULL ? 0
				   : es256_token(self->key, "at+jwt", in->claims.ptr, in->claims.len, token,
						 SG_CREDENTIAL_MAX);
	if (len == 0)
		return sg_refuse(err, SG_LIMIT, "jwt_size", "the token would be longer than %d bytes",
				 SG_CREDENTIAL_MAX);
	out->token = (struct sg_str){token, len};
	return SG_OK;
}

/* Nothing to take back out there: whoever asks the gate hears no from now on, and others see it expire within the
 * minute. */
static enum sg_status
revoke(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)out, (void)err;
	return SG_OK;
}

static enum sg_status
keys(void *state, struct sg_issue_out *out, struct sg_err *err)
{
	(void)err;
	const struct issuer *self = state;
	const char *set = es256_keys(self->key);
	out->keys = (struct sg_str){set, strlen(set)};
	return SG_OK;
}

static const struct sg_issue_ops operations = {
	.size = sizeof(operations), .revocation = SG_REVOKE_NEXT_USE, .format = SG_FORMAT_JWT, .make = make, .revoke = revoke, .keys = keys};

SG_MODULE(issue, "jwt", .options = options_table, .start = start, .stop = stop, .issue = &operations);
