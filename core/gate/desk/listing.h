/* SPDX-License-Identifier: Apache-2.0
 * Lists of what there is much of, made a slice in each turn: those that matter most, and how many there are. Gate thread only. */
#ifndef SG_GATE_DESK_LISTING_H
#define SG_GATE_DESK_LISTING_H

#include "gate/desk/request.h"

enum { SG_LISTED_NOT = 0, SG_LISTING_SLICE = 4096 /* slots of a table that are looked at in one turn */, SG_LISTING_AGAIN = 8 /* times it begins anew because the table grew */ };

/* One kind of list. */
struct sg_listing_of {
	const char *name;  /* of the member; behind it stands "total" */
	size_t table;      /* where in the state it stands */
	size_t most, bytes; /* so many are shown, in so many bytes */
	/* 1 and up, the least first; SG_LISTED_NOT: it is not asked for. */
	uint64_t (*rank)(const struct sg_gate *gate, const struct sg_request *request, const void *thing);
	/* Its key in the table. */
	const char *(*id)(const void *thing);
	void (*write)(struct sg_json_writer *w, struct sg_gate *gate, void *thing);
};

/* Answers with {NAME: [...], "total": n}, now if a slice is all there is. */
void sg_list(struct sg_gate *gate, struct sg_request *request, const struct sg_listing_of *of);
/* Once in each turn. True: a list is not done, and it should be called again soon. */
bool sg_listings_turn(struct sg_gate *gate);

#endif
