/* SPDX-License-Identifier: Apache-2.0
 * Verify modules read bytes that came from outside: tokens, certificates. They hold no private key; once started, the process can open
 * nothing at all. What they return was in the bytes and is covered by a signature the module checked, nothing else. */
#ifndef STEPGATE_VERIFY_H
#define STEPGATE_VERIFY_H

#include <stepgate/attest.h>

enum { SG_PRESENTED_MAX = 16384 };

/* ---- verify: reading again what an issuer made, before it is handed out, and when a resource asks about it ---- */

struct sg_verify_in {
	size_t size;
	sg_time deadline;
	struct sg_str token; /* hostile; 1 to 4096 bytes */
	struct sg_str keys;  /* trusted: a JWK set as RFC 8785 bytes; {NULL, 0} if there is none */
	struct sg_str lease; /* trusted: whose credential it should be, for formats that hold only something derived from it; may be empty */
};

struct sg_verify_out {
	size_t size;
	struct sg_str claims; /* a JSON object, at most 16 KiB; the host makes it canonical */
};

/* ---- identify: reading what a peer presents, a step of the attest stack beside those that look at processes ---- */

enum sg_presented {
	SG_PRESENTED_TOKEN = 1, /* a bearer token, as it stood behind "Bearer " */
	SG_PRESENTED_CHAIN = 2  /* X.509 certificates in DER, one behind the other, the peer's own first; its key was proven by TLS */
};

struct sg_identify_in {
	size_t size;
	sg_time deadline;
	enum sg_presented form;
	struct sg_str bytes; /* hostile; 1 to SG_PRESENTED_MAX */
};

/* Both answer SG_OK only if every rule of the format held. One of them at least. `identify` answers in facts, as attest.h has them, and
 * SG_NOT_FOUND if this form is not its own. */
struct sg_verify_ops {
	size_t size;
	enum sg_status (*verify)(void *state, const struct sg_verify_in *in, struct sg_verify_out *out, struct sg_err *err);
	enum sg_status (*identify)(void *state, const struct sg_identify_in *in, struct sg_attest_out *out, struct sg_err *err);
};

#endif
