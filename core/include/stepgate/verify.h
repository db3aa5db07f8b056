/* SPDX-License-Identifier: Apache-2.0
 * Verify modules read bytes that came from outside: tokens, certificates, proofs. They hold no private key and no secret; the process
 * of a verify module can open nothing at all. What they return was in the bytes and is covered by the signature, nothing else. */
#ifndef STEPGATE_VERIFY_H
#define STEPGATE_VERIFY_H

#include <stepgate/module.h>

struct sg_verify_in {
	size_t size;
	sg_time deadline;
	struct sg_str token; /* hostile; 1 to 4096 bytes */
	struct sg_str keys;  /* trusted: a JWK set as RFC 8785 bytes; {NULL, 0} if there is none */
};

struct sg_verify_out {
	size_t size;
	struct sg_str claims; /* a JSON object, at most 16 KiB; the host makes it canonical */
};

/* verify: SG_OK only if every rule of the format held. Required. */
struct sg_verify_ops {
	size_t size;
	enum sg_status (*verify)(void *state, const struct sg_verify_in *in, struct sg_verify_out *out, struct sg_err *err);
};

#endif
