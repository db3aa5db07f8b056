/* SPDX-License-Identifier: Apache-2.0
 * Users who are looked at: who counts as one, and what is remembered of them. */
#include "gate/loop/loop.h"

enum { STRANGERS = 1, FIRST_UID = 2 /* tags of users */ };

static sg_time
now_of(const struct sg_loop *loop)
{
	return loop->sys->boot_time(loop->sys);
}

/* One person may have tens of thousands of uids (subuid(5)). What the configuration names, or was found to be somebody, stands for itself; all others are one. */
bool
sg_is_stranger(struct sg_loop *loop, const struct sg_conn *conn)
{
	struct sg_looker *looker = conn->peer.network || conn->named ? NULL : sg_looker_known(loop, (uint64_t)conn->peer.uid + FIRST_UID);
	if (looker == NULL && conn->known && !conn->peer.network) {
		looker = sg_looker_of(loop, (uint64_t)conn->peer.uid + FIRST_UID);
		looker->known = true;
	}
	return !conn->peer.network && !conn->named && looker == NULL;
}

uint64_t
sg_look_whose(struct sg_loop *loop, const struct sg_conn *conn)
{
	char name[33];
	uint64_t tag = UINT64_C(14695981039346656037); /* FNV-1a; a collision only makes two share a turn */
	if (!conn->peer.network)
		return sg_is_stranger(loop, conn) ? STRANGERS : (uint64_t)conn->peer.uid + FIRST_UID;
	sg_address_name(conn->peer.address, name);
	for (const char *at = name; *at != '\0'; at++)
		tag = (tag ^ (unsigned char)*at) * UINT64_C(1099511628211);
	return tag | UINT64_C(1) << 63;
}

/* One that was found to be somebody. */
struct sg_looker *
sg_looker_known(struct sg_loop *loop, uint64_t whose)
{
	for (size_t i = 0; i < SG_LOOKERS; i++)
		if (loop->lookers[i].whose == whose && loop->lookers[i].known)
			return &loop->lookers[i];
	return NULL;
}

/* Whoever was asked about longest ago gives its place: a rest, or a hang, is forgotten last. */
static uint64_t
worth(const struct sg_looker *looker, sg_time now)
{
	bool kept = looker->until > now || looker->hung != 0 || looker->slow != 0 || looker->known;
	return looker->served + (kept ? UINT64_C(1) << 62 : 0);
}

struct sg_looker *
sg_looker_of(struct sg_loop *loop, uint64_t whose)
{
	sg_time now = now_of(loop);
	struct sg_looker *least = &loop->lookers[0];
	for (size_t i = 0; i < SG_LOOKERS; i++) {
		struct sg_looker *looker = &loop->lookers[i];
		if (looker->whose == whose)
			return looker;
		if (worth(looker, now) < worth(least, now))
			least = looker;
	}
	*least = (struct sg_looker){.whose = whose};
	return least;
}

struct sg_conn *
sg_look_conn(struct sg_loop *loop, const struct sg_look *look)
{
	struct sg_conn *conn = NULL;
	for (size_t i = 0; i < look->whom_count && conn == NULL; i++)
		conn = sg_conn_find(loop->gate, look->whom[i].conn);
	return conn;
}
