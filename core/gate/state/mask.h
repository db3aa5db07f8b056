/* SPDX-License-Identifier: Apache-2.0
 * Secrets that a tree of tasks was given, known again where they come back in words that would be recorded. */
#ifndef SG_GATE_MASK_H
#define SG_GATE_MASK_H

#include <stdbool.h>
#include <stepgate/types.h>

enum {
	SG_MASK_LEAST = 8,   /* bytes; shorter ones would be found in innocent words */
	SG_MASK_MOST = 128,  /* bytes; longer ones fit no label (SG_LABEL_MAX) */
	SG_MASK_SECRETS = 1024 /* of one tree, each counted once; it is given no other then (masks_full) */
};

/* Of a secret only its length and a keyed fingerprint are kept: a rolling sum of byte * key^position, modulo 2^64. The key is the state's own, so that
 * nobody can aim at one; a false find masks a word too much. len 0: none. */
struct sg_masked {
	uint64_t len, print;
};

/* Of one tree, for as long as it is kept; in order. Zeroed memory knows none. */
struct sg_mask {
	struct sg_masked *items;
	size_t count;
};

/* `key` is odd. {0, 0} where the secret is too short or too long to be known again. */
struct sg_masked sg_mask_of(uint64_t key, struct sg_str secret);
/* The same one twice is one. False if there is no memory, or no room. */
bool sg_mask_add(struct sg_mask *mask, struct sg_masked secret);
/* True if it is there already, or there is room for it. */
bool sg_mask_room(const struct sg_mask *mask, struct sg_masked secret);
/* True if a secret stands in it, whole, wherever. */
bool sg_mask_finds(const struct sg_mask *mask, uint64_t key, struct sg_str text);
void sg_mask_free(struct sg_mask *mask);

#endif
