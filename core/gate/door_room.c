/* SPDX-License-Identifier: Apache-2.0
 * Which door a connection goes through, and who gives up a door where there is none left. */
#include "gate/loop.h"
#include "gate/request.h"

/* What a door of the agent face has its place by: whatever holds most of the connections behind it, on their way to it included. */
static enum sg_hold
door_hold(struct sg_loop *loop, const struct sg_child *door)
{
	size_t at = 0;
	enum sg_hold most = SG_HOLD_NONE;
	for (const struct sg_conn *c; (c = sg_table_next(&loop->gate->conns, &at)) != NULL;) {
		enum sg_hold hold = c->face == SG_FACE_AGENT && c->peer.uid == door->uid ? sg_conn_hold(loop->gate, c) : SG_HOLD_NONE;
		most = hold > most ? hold : most;
	}
	return most;
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
	enum sg_hold least = sg_hold_least(named);
	for (size_t i = 0; i < SG_CHILDREN; i++) {
		struct sg_child *c = &loop->children[i];
		if (!c->used || c->role != SG_ROLE_DOOR || c->face != SG_FACE_AGENT)
			continue;
		enum sg_hold hold = door_hold(loop, c);
		if (hold < least || (hold == least && (found == NULL || c->slot < found->slot))) {
			found = c;
			least = hold;
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
	size_t doors = 0, free_slots = 0;
	for (size_t i = 0; i < SG_CHILDREN; i++) {
		struct sg_child *c = &loop->children[i];
		free_slots += !c->used;
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
