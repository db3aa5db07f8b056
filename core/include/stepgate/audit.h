/* SPDX-License-Identifier: Apache-2.0
 * Audit modules carry the journal's leaves elsewhere. Declared so that its place is known; no host loads this kind yet. A module tails
 * the journal behind a cursor: it is never in the way of a decision, and one that lags too far behind makes the gate deny. */
#ifndef STEPGATE_AUDIT_H
#define STEPGATE_AUDIT_H

#include <stepgate/module.h>

struct sg_audit_in {
	size_t size;
	sg_time deadline;
	uint64_t number;     /* of the leaf, without gaps */
	struct sg_str leaf;  /* RFC 8785 bytes */
	unsigned char chain[32]; /* SHA-256 chain hash up to and with this leaf */
};

struct sg_audit_out {
	size_t size;
	uint64_t durable; /* flush: the last leaf that survives a crash of the sink */
};

/* write takes a leaf (the same one may come again after a crash); flush answers how far everything is safe. */
struct sg_audit_ops {
	size_t size;
	enum sg_status (*write)(void *state, const struct sg_audit_in *in, struct sg_audit_out *out, struct sg_err *err);
	enum sg_status (*flush)(void *state, const struct sg_audit_in *in, struct sg_audit_out *out, struct sg_err *err);
};

#endif
