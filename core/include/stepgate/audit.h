/* SPDX-License-Identifier: Apache-2.0
 * Audit modules carry the journal's leaves elsewhere. The host reads the journal behind a cursor of its own and hands over leaves in order,
 * only such as are on disk; a sink is never in the way of a decision, and one that must not lag makes the gate deny when it does. */
#ifndef STEPGATE_AUDIT_H
#define STEPGATE_AUDIT_H

#include <stepgate/module.h>

struct sg_audit_in {
	size_t size;
	sg_time deadline;
	uint64_t number;         /* of the leaf; the next call brings the next number, but for a gap */
	uint64_t missing;        /* leaves before this one that can no longer be read; 0 but for a gap: say so where the others went */
	struct sg_str leaf;      /* RFC 8785 bytes; host->member reads them */
	unsigned char chain[32]; /* SHA-256 chain hash up to and with this leaf */
};

struct sg_audit_out {
	size_t size;
	uint64_t durable; /* flush: the last leaf that survives a crash of the sink */
};

/* write   takes one leaf. The same one may come again after a crash: `number` tells. Required.
 * flush   answers how far everything is safe; called when there is nothing more at the moment, and at least every 256 leaves. Required.
 * Anything but SG_OK ends the instance: it starts again behind the last leaf that was durable. */
struct sg_audit_ops {
	size_t size;
	enum sg_status (*write)(void *state, const struct sg_audit_in *in, struct sg_err *err);
	enum sg_status (*flush)(void *state, const struct sg_audit_in *in, struct sg_audit_out *out, struct sg_err *err);
};

#endif
