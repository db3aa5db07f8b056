/* SPDX-License-Identifier: Apache-2.0
 * Which door a connection goes through, and who gives up a door where there is none left. */
#include "gate/loop/loop.h"
#include "gate/wire/wire.h"

#include <stdlib.h>
#include <string.h>

static bool
is_door(const struct sg_child *c)
{
	return c->used && c->role == SG_ROLE_DOOR && c->face == SG_FACE_AGENT;
}

/* A door of the agent face by its user. */
struct user_door {
	uid_t uid;
	size_t at;
};

static int
by_uid(const void *a, const void *b)
{
	const struct user_door *x = a, *y = b;
	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

static size_t
sorted(const struct sg_loop *loop, struct user_door doors[SG_CHILDREN])
{
	size_t count = 0;
	for (size_t i = 0; i < loop->children_top; i++)
		if (is_door(&loop->children[i]))
			doors[count++] = (struct user_door){loop->children[i].uid, i};
	qsort(doors, count, sizeof(doors[0]), by_uid);
	return count;
}

/* What each door of the agent face has its place by: whatever holds most of the connections behind it, on their way to it included. Each connection is looked
 * at once: whoever has users without end would else make the gate look at all of them for each door. */
static void
door_holds(struct sg_loop *loop, enum sg_hold holds[SG_CHILDREN])
{
	size_t at = 0;
	struct user_door doors[SG_CHILDREN];
	size_t count = sorted(loop, doors);
	memset(holds, 0, SG_CHILDREN * sizeof(*holds));
	for (const struct sg_conn *c; (c = sg_table_next(&loop->gate->conns, &at)) != NULL;) {
		struct user_door of = {c->peer.uid, 0};
		const struct user_door *door = c->face != SG_FACE_AGENT ? NULL : bsearch(&of, doors, count, sizeof(doors[0]), by_uid);
		if (door != NULL && c->hold > holds[door->at])
			holds[door->at] = c->hold;
	}
}

/* Its connections go with it, also those on their way: they would ask for another one. */
static void
end_door(struct sg_loop *loop, struct sg_child *door)
{
	size_t at = 0;
	uid_t uid = door->uid;
	for (const struct sg_conn *c; (c = sg_table_next(&loop->gate->conns, &at)) != NULL;)
		if (c->face == SG_FACE_AGENT && c->peer.uid == uid)
			sg_conn_turn_out(loop->gate, c);
	sg_child_kill(loop, door);
}

/* A process each time: nobody makes the machine start them without end. */
static bool
may_turn_out(struct sg_loop *loop, bool named)
{
	sg_time now = loop->sys->boot_time(loop->sys);
	if (named)
		return true;
	if (now < loop->turn_out_at)
		return false;
	loop->turn_out_at = now + SG_TURN_OUT_MS * SG_MSEC;
	return true;
}

/* Users that came and went, or that nobody knows, hold no door against one that comes; of several the oldest goes. */
static bool
end_a_door_for(struct sg_loop *loop, bool named)
{
	struct sg_child *found = NULL;
	enum sg_hold holds[SG_CHILDREN], least = sg_hold_least(named);
	if (!named && loop->sys->boot_time(loop->sys) < loop->turn_out_at) /* for those that are refused anyway nothing is looked at */
		return false;
	door_holds(loop, holds);
	for (size_t i = 0; i < loop->children_top; i++) {
		struct sg_child *c = &loop->children[i];
		if (is_door(c) && (holds[i] < least || (holds[i] == least && (found == NULL || c->slot < found->slot)))) {
			found = c;
			least = holds[i];
		}
	}
	if (found == NULL || (least > SG_HOLD_NONE && !may_turn_out(loop, named)))
		return false;
	end_door(loop, found);
	return true;
}

/* The agent face has one door per uid, so that one user's bytes never meet another's; the others have one, for which there is always a place. */
struct sg_child *
sg_door_for(struct sg_loop *loop, enum sg_face face, uid_t uid)
{
	size_t doors = 0, free_slots = SG_CHILDREN;
	for (size_t i = 0; i < loop->children_top; i++) {
		struct sg_child *c = &loop->children[i];
		free_slots -= c->used;
		if (!c->used || c->role != SG_ROLE_DOOR)
			continue;
		doors += c->face == SG_FACE_AGENT;
		if (c->face == face && (face != SG_FACE_AGENT || c->uid == uid))
			return c;
	}
	bool full = doors >= (size_t)loop->gate->catalogue->limits.doors || free_slots <= SG_CHILDREN_KEPT;
	if (face == SG_FACE_AGENT && full && !end_a_door_for(loop, sg_uid_named(loop->gate->catalogue, uid)))
		return NULL;
	return sg_child_spawn(loop, SG_ROLE_DOOR, face, uid, "", false);
}
