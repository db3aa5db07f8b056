/* SPDX-License-Identifier: Apache-2.0
 * Whoever asks for much is asked for again no sooner than whoever asks for little. */
#include "host/turns.h"

#include <string.h>
#include <unistd.h>

/* When a user's last turn was; who comes for the first time stands behind all that wait. */
static uint64_t
user_served(const struct sg_turns *turns, uint32_t uid)
{
	for (size_t i = 0; i < SG_TURNS_MAX; i++)
		if (turns->list[i].used && turns->list[i].uid == uid)
			return turns->list[i].served;
	return turns->served;
}

bool
sg_turns_add(struct sg_turns *turns, const struct sg_frame *frame, uint32_t uid, sg_time until)
{
	struct sg_turn *place = NULL;
	size_t its = 0;
	for (size_t i = 0; i < SG_TURNS_MAX; i++) {
		its += turns->list[i].used && turns->list[i].uid == uid;
		place = turns->list[i].used ? place : &turns->list[i];
	}
	if (place == NULL || its >= SG_TURNS_SHARE || frame->payload.len > SG_LOOK_MAX)
		return false;
	uint64_t served = user_served(turns, uid);
	*place = (struct sg_turn){.used = true, .id = frame->id, .served = served, .uid = uid, .until = until, .fd = frame->fd, .len = frame->payload.len};
	memcpy(place->request, frame->payload.ptr, frame->payload.len);
	turns->count++;
	return true;
}

struct sg_turn *
sg_turns_next(struct sg_turns *turns)
{
	struct sg_turn *next = NULL;
	for (size_t i = 0; i < SG_TURNS_MAX; i++) {
		struct sg_turn *t = &turns->list[i];
		if (t->used && (next == NULL || t->served < next->served || (t->served == next->served && t->id < next->id)))
			next = t;
	}
	turns->served += next != NULL;
	for (size_t i = 0; next != NULL && i < SG_TURNS_MAX; i++)
		if (turns->list[i].uid == next->uid)
			turns->list[i].served = turns->served; /* the turn was its user's: those that are left wait, too */
	return next;
}

void
sg_turns_end(struct sg_turns *turns, struct sg_turn *turn)
{
	if (turn->fd >= 0)
		close(turn->fd);
	turn->used = false;
	turns->count--;
}
