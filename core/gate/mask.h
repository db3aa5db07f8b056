/* SPDX-License-Identifier: Apache-2.0
 * Secrets that went to enforcers, known again where they come back in words that would be recorded. */
#ifndef SG_GATE_MASK_H
#define SG_GATE_MASK_H

#include <stdbool.h>
#include <stepgate/types.h>

struct sg_sys;

/* Shorter ones would be found in innocent words; longer ones fit no label. */
enum { SG_MASK_SECRETS = 64, SG_MASK_LEAST = 8 };

/* Zeroed memory knows none. Of a secret only its length and a keyed fingerprint are kept, in memory, and of the newest SG_MASK_SECRETS ones. */
struct sg_mask {
	struct {
		size_t len;
		uint64_t print;
	} secrets[SG_MASK_SECRETS];
	size_t next;
	uint64_t key; /* odd; 0 until there is a secret */
};

/* Without randomness nothing is remembered. */
void sg_mask_note(struct sg_mask *mask, const struct sg_sys *sys, struct sg_str secret);
/* True if a secret stands in it, whole, wherever. */
bool sg_mask_finds(const struct sg_mask *mask, struct sg_str text);

#endif
