/* SPDX-License-Identifier: Apache-2.0
 * Large bodies take their time to read. They wait until all small ones of a turn are through; then those come first of whom is known who speaks there, and of these
 * those whose sender was served least lately: nobody's many connections keep another's from being read. */
#include "door/conn.h"

/* Of whom it is known when a body of theirs was last read: users, connections of other machines. Who is not among them was not served lately. */
static sg_time *
served(struct sg_door *door, uint64_t sender)
{
	size_t oldest = 0;
	for (size_t i = 0; i < SG_DOOR_SENDERS; i++) {
		if (door->senders[i].at != 0 && door->senders[i].who == sender)
			return &door->senders[i].at;
		if (door->senders[i].at < door->senders[oldest].at)
			oldest = i;
	}
	door->senders[oldest].who = sender;
	door->senders[oldest].at = 0;
	return &door->senders[oldest].at;
}

static sg_time
last_of(const struct sg_door *door, uint64_t sender)
{
	for (size_t i = 0; i < SG_DOOR_SENDERS; i++)
		if (door->senders[i].at != 0 && door->senders[i].who == sender)
			return door->senders[i].at;
	return 0;
}

static struct sg_door_conn *
next(const struct sg_door *door)
{
	struct sg_door_conn *found = NULL;
	const bool known_first = door->turn % 4 != 0; /* one in four is whoever's it is: who comes new is not kept out */
	sg_time least = 0;
	for (struct sg_ring *at = sg_ring_first(&door->whole); at != NULL; at = sg_ring_after(&door->whole, at)) {
		struct sg_door_conn *conn = SG_RING_OF(at, struct sg_door_conn, waits);
		sg_time last = last_of(door, conn->sender);
		if (found == NULL || (known_first && conn->known != found->known ? conn->known : last < least)) {
			found = conn;
			least = last;
		}
	}
	return found;
}

bool
sg_door_waits(struct sg_door *door, struct sg_door_conn *conn)
{
	if (conn->head.length <= SG_DOOR_SMALL)
		return false;
	sg_ring_join(&door->whole, &conn->waits);
	conn->state = SG_CONN_WHOLE;
	conn->deadline = 0; /* it has done its part */
	return true;
}

struct sg_door_conn *
sg_door_next(struct sg_door *door)
{
	struct sg_door_conn *conn = next(door);
	if (conn == NULL)
		return NULL;
	*served(door, conn->sender) = ++door->turn;
	sg_ring_leave(&conn->waits);
	return conn;
}
