/* SPDX-License-Identifier: Apache-2.0
 * Who had which role in a tree, for as long as it goes on: told by each part that was claimed, kept when the part is forgotten. Gate thread only. */
#ifndef SG_GATE_STATE_DUTIES_H
#define SG_GATE_STATE_DUTIES_H

#include "base/table.h"
#include "gate/state/bounds.h"

/* One process, or whatever an instance is, in its role. */
struct sg_duty {
	struct sg_duty *next; /* in the order in which they came */
	const char *agent, *role; /* words of the state */
	int64_t uid;              /* -1: not known */
	char instance[SG_ID_MAX];
};

/* One agent and user in one role, by however many processes. */
struct sg_hands {
	const char *agent, *role;
	int64_t uid;
};

/* Zeroed: nobody had any. */
struct sg_duties {
	struct sg_duty *first, *last;
	struct sg_table by_instance;
	struct sg_hands *hands;
	size_t hand_count;
	bool begun; /* by_instance is a table */
};

/* Notes it; what is there already is there once. An instance keeps the first of its roles. False: no memory. */
bool sg_duties_note(struct sg_duties *duties, const char *agent, const char *role, int64_t uid, const char *instance);
/* What that instance had; NULL: nothing. */
const struct sg_duty *sg_duties_of(const struct sg_duties *duties, const char *instance);
void sg_duties_free(struct sg_duties *duties);

#endif
