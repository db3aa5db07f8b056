/* SPDX-License-Identifier: Apache-2.0
 * What running issuers told about themselves. Without such a word nothing is issued; with it the gate knows how to read again what they make. */
#ifndef SG_GATE_ISSUERS_H
#define SG_GATE_ISSUERS_H

#include "base/buf.h"
#include "base/json.h"

struct sg_gate;
struct sg_request;

/* X(name, as an issuer says it, the verify module of this program that reads it again). What must be found again in a credential of each format
 * stands in issuers.c. */
#define SG_ISSUE_FORMATS(X)                                                                                            \
	X(none, "", "") X(jwt, "jwt", "jwt") X(x509, "x509", "x509_leaf") X(ssh, "ssh", "ssh") X(opaque, "opaque", "")

enum sg_issue_format {
#define X(name, word, reader) SG_ISSUE_##name,
	SG_ISSUE_FORMATS(X)
#undef X
	SG_ISSUE_FORMAT_COUNT
};

struct sg_issuer_told {
	struct sg_issuer_told *next;
	char name[64], revocation[16];
	size_t revocations; /* credentials that it can list as revoked at a time; 0: no bound */
	enum sg_issue_format format;
	bool enforcer_only;
	bool fails; /* it was told to take something back, and did not, and has taken nothing back since */
	struct sg_buf keys; /* JWK set, canonical; empty if there is none */
	struct sg_buf former; /* those before, until what they signed has ended */
	sg_time former_until;
};

/* An issuer's instance is ready (H_READY). The keys of a JWT issuer that has changed them stay known for limits.credential_ttl_max: tokens that they
 * signed may still live. False if what it says is not understood: then it is not used. */
bool sg_gate_issuer(struct sg_gate *gate, struct sg_str name, const struct sg_json *ready);
/* NULL if it never was ready. */
const struct sg_issuer_told *sg_issuer_told(const struct sg_gate *gate, struct sg_str name);
/* True if what it makes is gone only once it says so: there is no end in it, and its class is not "expiry". */
bool sg_issuer_confirms(const struct sg_gate *gate, struct sg_str name);
/* Names by what it makes credentials that it must take back itself: module, options, grants and keys as they are now. 0: tokens, which are asked about here, or it
 * never was ready. */
uint64_t sg_issuer_tag(const struct sg_gate *gate, struct sg_str name);
/* Notes whether an issuer takes back what it gave. True if that is news; also of one that never was ready. */
bool sg_issuer_fails(struct sg_gate *gate, struct sg_str name, bool fails);
/* Each second: keys that nothing alive can be signed with any more go. */
void sg_issuers_turn(struct sg_gate *gate);
/* Forgets issuers that the catalogue no longer has, and their keys: nothing they sign from now on is anybody's. */
void sg_issuers_forget(struct sg_gate *gate);
void sg_issuers_done(struct sg_gate *gate);

/* "jwt", ... */
const char *sg_issue_format_name(enum sg_issue_format format);
/* The module that reads it again; "" for those that nothing can read. */
const char *sg_issue_format_reader(enum sg_issue_format format);

/* True if what was read out of a credential of this format is what was decided: the claims that it carries, and the arguments of the effective
 * action that it carries. `made` is the verify module's word. */
bool sg_issued_as_decided(enum sg_issue_format format, const struct sg_json *claims, const struct sg_json *arguments,
			  const struct sg_json *made);

/* An issuer's public keys, canonical JWKS; joined with those of the others. */
void sg_gate_keys(struct sg_gate *gate, struct sg_str jwks);

#endif
