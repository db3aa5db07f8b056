/* SPDX-License-Identifier: Apache-2.0
 * Issue modules make the credential of one decision and take it back. The gate has decided before, and wrote the lease down before;
 * claims come finished: a module may add what its format needs and never replaces or leaves out any (a verify module reads the
 * credential again before it is handed out). Names in outside systems derive from the lease, so that everything can be found again.
 * A module that makes nothing beyond some life says so with an option of the type INTEGER named `lifetime_max`, in seconds: a stanza whose `ttl` is longer is
 * then refused before anything is issued (issue_ttl), by `stepgate config check` as by start and reload. */
#ifndef STEPGATE_ISSUE_H
#define STEPGATE_ISSUE_H

#include <stepgate/module.h>

enum { SG_CREDENTIAL_MAX = 4096, SG_CLAIMS_MAX = 16384 };

/* How soon revoking is felt. Zero is not an answer. */
enum sg_revocation {
	SG_REVOKE_INSTANT = 1,  /* sessions end with it */
	SG_REVOKE_NEXT_USE = 2, /* the resource asks (introspection) and hears no */
	SG_REVOKE_EXPIRY = 3    /* good until it expires, whatever is done */
};

/* What `make` makes. The host of a verify module reads the first three again, with the keys that `keys` tells, before anything is handed
 * out: what it finds must be what was decided (modules/README.md says which member of a format carries which claim). */
enum sg_format { SG_FORMAT_JWT = 1, SG_FORMAT_X509 = 2, SG_FORMAT_SSH = 3, SG_FORMAT_OPAQUE = 4 };

/* make: everything set. The others: only deadline and lease, and where they are known exp, the end of the lease, and iat, the time now as Stepgate believes
 * it: a clock that stands ahead does not change that. A claim that is absent is {NULL, 0} or 0. */
struct sg_issue_in {
	size_t size;
	sg_time deadline;
	struct sg_str lease;  /* its id, [A-Za-z0-9_-], at most 64 */
	struct sg_str claims; /* RFC 8785 bytes of all claims, at most SG_CLAIMS_MAX */
	struct sg_str iss, sub, aud, jti; /* the same as in claims, read by the host */
	int64_t iat, exp; /* seconds since 1970 */
	struct sg_str action, resource_type, resource_id;
	struct sg_str arguments; /* RFC 8785 bytes of the effective arguments: those that were decided; host->member reads them */
	struct sg_str decision;  /* its id */
};

struct sg_issue_out {
	size_t size;
	struct sg_str token; /* make: the credential, UTF-8, at most SG_CREDENTIAL_MAX */
	struct sg_str keys;  /* keys: a JWK set of public keys (RFC 7517), also for X.509 and SSH */
};

/* Serial numbers of certificates come from the lease, so that revoking finds them: `digest` is SHA-256 of the lease's id. SSH: its first eight
 * bytes, never 0. X.509: its first 16 bytes as a positive number of exactly that length. */
static inline uint64_t
sg_ssh_serial(const unsigned char digest[32])
{
	uint64_t serial = 0;
	for (int i = 0; i < 8; i++)
		serial = serial << 8 | digest[i];
	return serial == 0 ? 1 : serial;
}

static inline void
sg_x509_serial(unsigned char serial[16], const unsigned char digest[32])
{
	for (int i = 0; i < 16; i++)
		serial[i] = digest[i];
	serial[0] = (unsigned char)((serial[0] & 0x3f) | 0x40);
}

/* Every verb may come twice and answers the same way the second time.
 * make     the credential of this lease. Required.
 * revoke   it works no longer, as far as `revocation` promises. SG_OK also for what never existed. Required. Without SG_OK it comes again until there
 *          is one. After its `exp` it comes for opaque credentials that are not of SG_REVOKE_EXPIRY: what was made for them is to go.
 * confirm  it was handed out. NULL: nothing to do. The gate of this version never says so: what `make` made works from then on, and what was
 *          not handed out is reaped.
 * reap     it never left Stepgate, if it was made at all: what belongs to this lease, if anything, goes;
 *          nobody need be warned of it. NULL: as revoke.
 * keys     what others verify these credentials with; asked once, after start. NULL: none. */
struct sg_issue_ops {
	size_t size;
	enum sg_revocation revocation;
	enum sg_format format;
	bool enforcer_only; /* never handed to the agent itself: the enforcer uses it on its behalf */
	enum sg_status (*make)(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err);
	enum sg_status (*revoke)(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err);
	enum sg_status (*confirm)(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err);
	enum sg_status (*reap)(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err);
	enum sg_status (*keys)(void *state, struct sg_issue_out *out, struct sg_err *err);
	/* How many credentials can be revoked at a time, each until its exp and a minute: more are never out, so that each of them can be taken back.
	 * 0: there is no such bound. */
	uint64_t revocations;
};

#endif
