/* SPDX-License-Identifier: Apache-2.0
 * Match expressions: what a stanza wants of one fact. Read by conf/ when the configuration is checked and by the gate when a peer is matched:
 * one reader, so that what was checked is what is matched. Every text either is an expression or is refused; every expression holds or does
 * not, in time linear in its length. All expressions of a list must hold; there is no "or" and no negation of a whole. */
#ifndef SG_BASE_MATCH_H
#define SG_BASE_MATCH_H

#include <stdbool.h>
#include <stepgate/types.h>

enum { SG_MATCH_STEP_MAX = 63, SG_MATCH_FACT_MAX = 48, SG_MATCH_VALUE_MAX = 256 };

enum sg_match_op {
	SG_MATCH_IS,   /* STEP:fact=value    the fact is there and has this value, byte for byte */
	SG_MATCH_NOT,  /* STEP:fact!=value   the fact is there and has another value */
	SG_MATCH_LIKE, /* STEP:fact~pattern  the fact is there and fits this slashed pattern (base/pattern.h) */
	SG_MATCH_HAS   /* STEP:fact          the fact is there */
};

struct sg_match {
	enum sg_match_op op;
	struct sg_str step, name; /* "peer", "peer:exe" */
	struct sg_str value;      /* value or pattern; empty for HAS */
	bool narrows; /* it says which one: `=`, and `~` with one literal segment at least. Otherwise the fact counts as a hint, whatever its own
		       * strength: that something is there, or is not something else, says of nobody who it is. */
};

/* Reads one expression; all of it points into `text`. False (output untouched), and `*why` (may be NULL) says what is wrong. */
bool sg_match_read(struct sg_str text, struct sg_match *match, const char **why);

/* True if `value`, which the fact has, is what the expression wants. */
bool sg_match_holds(const struct sg_match *match, struct sg_str value);

#endif
