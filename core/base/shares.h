/* SPDX-License-Identifier: Apache-2.0
 * What is scarce, shared between agents: no one of them can use up what the others need. */
#ifndef SG_BASE_SHARES_H
#define SG_BASE_SHARES_H

#include <stdbool.h>
#include <stddef.h>

enum { SG_SHARES_RESERVE = 16 /* one part in so many is never given: what comes back late, or from before, finds room */ };

/* Half of the room is shared evenly, and an agent's share is its own; the other half is for who comes first. */
struct sg_shares {
	size_t room;   /* that may be given, all agents */
	size_t share;  /* of each agent, at least 1 */
	size_t common; /* beyond the shares */
};

/* `places`: all there are, not 0. `agents`: that may ask; 0 counts as 1. */
struct sg_shares sg_shares_of(size_t places, size_t agents);

/* May an agent that has `own` of them have one more? `beyond`: what all agents have beyond their shares. */
bool sg_shares_admit(const struct sg_shares *shares, size_t own, size_t beyond);

#endif
