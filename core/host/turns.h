/* SPDX-License-Identifier: Apache-2.0
 * Looks of which only a part is done: they take turns, user by user, while new ones go before them. */
#ifndef SG_HOST_TURNS_H
#define SG_HOST_TURNS_H

#include "frame/link.h"

enum {
	SG_TURNS_MAX = 48,   /* looks that wait */
	SG_TURNS_SHARE = 12, /* of one user */
	SG_LOOK_MAX = 160    /* bytes of a look's request */
};

struct sg_turn {
	bool used;
	uint64_t id, served; /* served: its user's last turn, counted */
	uint32_t uid;
	sg_time until; /* then it is refused */
	int fd;        /* the peer's pidfd, owned */
	size_t len;
	char request[SG_LOOK_MAX];
};

struct sg_turns {
	uint64_t served;
	size_t count;
	struct sg_turn list[SG_TURNS_MAX];
};

/* Keeps a look for later and takes the frame's descriptor. False: there is no room, or its user has enough. */
bool sg_turns_add(struct sg_turns *turns, const struct sg_frame *frame, uint32_t uid, sg_time until);
/* The next one: of the user whose turn is longest ago its oldest. NULL: none waits. */
struct sg_turn *sg_turns_next(struct sg_turns *turns);
/* It is answered: closes its descriptor. */
void sg_turns_end(struct sg_turns *turns, struct sg_turn *turn);

#endif
