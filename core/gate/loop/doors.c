/* SPDX-License-Identifier: Apache-2.0
 * Doors: accepting, looking before any byte is read, passing the descriptor on, carrying answers back. */
#include "gate/loop/loop.h"
#include "gate/desk/buckets.h"

#include "base/octets.h"
#include "frame/limits.h"
#include "base/peer.h"
#include "base/str.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct sg_conn_door {
	uint64_t conn, slot;
};

static struct sg_child *
door_of(struct sg_loop *loop, uint64_t conn)
{
	struct sg_conn_door *entry = sg_table_get(&loop->conn_doors, sg_number_key(&conn));
	return entry == NULL ? NULL : sg_child_slot(loop, entry->slot);
}

static void
forget_door(struct sg_loop *loop, uint64_t conn)
{
	free(sg_table_take(&loop->conn_doors, sg_number_key(&conn)));
}

static struct sg_waiting_conn *
take_waiting(struct sg_loop *loop, uint64_t id)
{
	for (struct sg_waiting_conn **at = &loop->conns; *at != NULL; at = &(*at)->next)
		if ((*at)->id == id) {
			struct sg_waiting_conn *found = *at;
			*at = found->next;
			return found;
		}
	return NULL;
}

static void
drop_waiting(struct sg_loop *loop, uint64_t id)
{
	struct sg_waiting_conn *waiting = take_waiting(loop, id);
	if (waiting == NULL)
		return;
	if (waiting->fd >= 0)
		close(waiting->fd);
	free(waiting);
}

/* Who has no process is known by its address until it presents something. */
static bool
read_address(const struct sockaddr_storage *from, struct sg_peer *peer)
{
	*peer = (struct sg_peer){.uid = (uid_t)-1, .gid = (gid_t)-1, .pidfd = -1, .network = true};
	if (from->ss_family == AF_INET6) {
		memcpy(peer->address, &((const struct sockaddr_in6 *)from)->sin6_addr, sizeof(peer->address));
		return true;
	}
	peer->address[10] = peer->address[11] = 0xff;
	memcpy(peer->address + 12, &((const struct sockaddr_in *)from)->sin_addr, 4);
	return from->ss_family == AF_INET;
}

static bool
read_peer(struct sg_loop *loop, int fd, enum sg_face face, const struct sockaddr_storage *from, struct sg_peer *peer)
{
	int on = 1;
	if (face == SG_FACE_TLS)
		return read_address(from, peer);
	setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)); /* it has it from its listener */
	return loop->sys->peer(loop->sys, fd, peer, NULL) == SG_OK;
}

static void
accept_one(struct sg_loop *loop, int fd, enum sg_face face, const struct sockaddr_storage *from)
{
	struct sg_peer peer;
	if (!read_peer(loop, fd, face, from, &peer)) {
		close(fd);
		return;
	}
	struct sg_waiting_conn *waiting = calloc(1, sizeof(*waiting));
	if (waiting == NULL) {
		sg_peer_done(&peer);
		close(fd);
		return;
	}
	*waiting = (struct sg_waiting_conn){.next = loop->conns, .id = ++loop->next_conn, .fd = fd, .face = face, .uid = peer.uid};
	loop->conns = waiting;
	uint64_t id = waiting->id;
	if (sg_gate_connect(loop->gate, id, face == SG_FACE_TLS ? SG_FACE_ENFORCER : face, &peer, NULL) != SG_OK)
		drop_waiting(loop, id);
}

/* Its user has no connection left to make: closed before anything more is asked of the kernel. */
static bool
is_spent(struct sg_loop *loop, int fd, enum sg_face face, uid_t *uid)
{
	struct ucred by;
	socklen_t len = sizeof(by);
	if (face == SG_FACE_TLS || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &by, &len) != 0)
		return false;
	*uid = by.uid;
	return sg_connect_spent(loop->gate, face, by.uid);
}

/* Whoever goes on connecting is refused by the kernel for a moment, so that those behind them find room. Said once in that time. */
static void
shut_out(struct sg_loop *loop, enum sg_face face, uid_t uid)
{
	sg_time now = loop->sys->boot_time(loop->sys);
	size_t place = loop->shut_next % SG_SHUT_KNOWN;
	for (size_t i = 0; i < SG_SHUT_KNOWN; i++)
		if (loop->shut[i].uid == uid && loop->shut[i].face == face && now < loop->shut[i].until)
			return;
	loop->shut_next++;
	loop->shut[place].uid = uid;
	loop->shut[place].face = face;
	loop->shut[place].until = now + SG_SHUT_AGAIN_MS * SG_MSEC;
	loop->gate->shut_out++;
	sg_supervisor_send(loop, SG_FRAME_G_SHUT, "{\"face\":\"%s\",\"uid\":%u}", sg_face_name(face), (unsigned)uid);
}

/* Whoever only connects is let wait where the kernel keeps them, so that the loop has time for those who ask something. */
static void
rest(struct sg_loop *loop, struct sg_source *listener)
{
	sg_loop_watch(loop, listener, 0, false);
	loop->accept_rests = loop->sys->boot_time(loop->sys) + SG_ACCEPT_REST_MS * SG_MSEC;
}

void
sg_doors_rested(struct sg_loop *loop)
{
	if (loop->accept_rests == 0 || loop->sys->boot_time(loop->sys) < loop->accept_rests)
		return;
	loop->accept_rests = 0;
	for (size_t i = 0; i < loop->listener_count; i++)
		sg_loop_watch(loop, &loop->listeners[i].source, EPOLLIN, false);
}

void
sg_doors_accept(struct sg_loop *loop, struct sg_source *listener, enum sg_face face)
{
	sg_time until = loop->sys->boot_time(loop->sys) + SG_ACCEPT_SPENT_US * (SG_MSEC / 1000);
	bool over = false;
	uid_t uid = 0;
	for (int taken = 0; taken < SG_ACCEPT_BATCH && !over;) {
		struct sockaddr_storage from = {0};
		socklen_t len = sizeof(from);
		int fd = accept4(listener->fd, (struct sockaddr *)&from, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0 && errno == EINTR)
			continue;
		if (fd < 0)
			return;
		if (is_spent(loop, fd, face, &uid)) {
			close(fd); /* as fast as they come: whoever else connects stands behind them */
			over = loop->sys->boot_time(loop->sys) >= until;
			if (over)
				shut_out(loop, face, uid);
		} else {
			accept_one(loop, fd, face, &from);
			taken++;
		}
	}
	if (over && face != SG_FACE_ADMIN && loop->accepting)
		rest(loop, listener);
}

static void
pass_on(struct sg_loop *loop, struct sg_child *door, uint64_t id)
{
	struct sg_waiting_conn *waiting = take_waiting(loop, id);
	struct sg_conn_door *entry = waiting == NULL ? NULL : calloc(1, sizeof(*entry));
	if (waiting == NULL)
		return;
	if (entry != NULL) {
		entry->conn = id;
		entry->slot = door->slot;
	}
	/* the link takes the descriptor, also when it cannot take the frame */
	bool passed = entry != NULL && sg_table_put(&loop->conn_doors, sg_number_key(&entry->conn), entry) == SG_OK;
	if (!passed) {
		free(entry);
		close(waiting->fd);
	} else if (sg_link_queue(&door->link, SG_FRAME_D_CONN, id, SG_STR(""), waiting->fd, NULL) != SG_OK) {
		forget_door(loop, id);
		passed = false;
	}
	free(waiting);
	if (!passed)
		sg_gate_disconnect(loop->gate, id);
}

void
sg_doors_admit(void *self, uint64_t conn, enum sg_face face)
{
	struct sg_loop *loop = self;
	struct sg_waiting_conn *waiting = NULL;
	(void)face; /* the listener's says more: enforcers have two */
	for (struct sg_waiting_conn *w = loop->conns; w != NULL; w = w->next)
		if (w->id == conn)
			waiting = w;
	struct sg_child *door = waiting == NULL ? NULL : sg_door_for(loop, waiting->face, waiting->uid);
	if (door == NULL) {
		sg_doors_close(self, conn);
		sg_gate_disconnect(loop->gate, conn);
		return;
	}
	waiting->admitted = true;
	if (door->linked && door->link.out_fd_count < SG_LINK_FDS)
		pass_on(loop, door, conn);
}

static bool
waits_for(const struct sg_waiting_conn *w, const struct sg_child *door)
{
	return w->admitted && w->face == door->face && (w->face != SG_FACE_AGENT || w->uid == door->uid);
}

/* As many as the link carries in one go; the rest follows in the next turn. */
static void
pass_waiting(struct sg_loop *loop, struct sg_child *door)
{
	struct sg_waiting_conn *next;
	for (struct sg_waiting_conn *w = loop->conns; w != NULL; w = next) {
		next = w->next;
		if (waits_for(w, door) && door->link.out_fd_count < SG_LINK_FDS)
			pass_on(loop, door, w->id);
	}
}

static void
tell_limits(struct sg_loop *loop, struct sg_child *door)
{
	const struct sg_limits *limits = &loop->gate->catalogue->limits;
	char payload[64];
	size_t len = 0;
#define X(option, member)                                            \
	sg_octets_put(payload + len, (uint64_t)limits->option, 8); \
	len += 8;
	SG_DOOR_LIMITS(X)
#undef X
	if (sg_link_queue(&door->link, SG_FRAME_D_LIMITS, 0, (struct sg_str){payload, len}, -1, NULL) != SG_OK)
		sg_link_break(&door->link);
}

/* Behind a reload: they began with what was in force then. */
void
sg_doors_limits(struct sg_loop *loop)
{
	for (size_t i = 0; i < loop->children_top; i++)
		if (loop->children[i].used && loop->children[i].role == SG_ROLE_DOOR && loop->children[i].linked)
			tell_limits(loop, &loop->children[i]);
}

void
sg_door_linked(struct sg_loop *loop, struct sg_child *door)
{
	tell_limits(loop, door);
	pass_waiting(loop, door);
}

void
sg_doors_turn(struct sg_loop *loop)
{
	for (size_t i = 0; loop->conns != NULL && i < loop->children_top; i++)
		if (loop->children[i].used && loop->children[i].role == SG_ROLE_DOOR && loop->children[i].linked)
			pass_waiting(loop, &loop->children[i]);
}

void
sg_doors_answer(void *self, uint64_t conn, unsigned status, struct sg_str body)
{
	struct sg_loop *loop = self;
	struct sg_child *door = door_of(loop, conn);
	struct sg_buf payload;
	if (door == NULL || !door->linked)
		return;
	sg_buf_init(&payload, SG_FRAME_MAX);
	char head[4] = {0};
	const struct sg_conn *known = sg_conn_find(loop->gate, conn);
	sg_octets_put(head, status, 2);
	head[3] = known != NULL && known->known;
	sg_buf_add(&payload, head, sizeof(head));
	sg_buf_str(&payload, body);
	/* an answer that cannot go leaves nobody waiting: the door ends, and its connections with it */
	if (payload.failed || sg_link_queue(&door->link, SG_FRAME_D_ANSWER, conn, sg_buf_view(&payload), -1, NULL) != SG_OK)
		sg_link_break(&door->link);
	sg_buf_done(&payload);
}

void
sg_doors_close(void *self, uint64_t conn)
{
	struct sg_loop *loop = self;
	struct sg_child *door = door_of(loop, conn);
	drop_waiting(loop, conn);
	if (door != NULL && door->linked)
		sg_link_queue(&door->link, SG_FRAME_D_CLOSE, conn, SG_STR(""), -1, NULL);
	forget_door(loop, conn);
}

static bool
door_request(struct sg_loop *loop, uint64_t conn, struct sg_str payload)
{
	if (payload.len < 4)
		return false;
	unsigned route = (unsigned)sg_octets_get(payload.ptr, 2), len = (unsigned)sg_octets_get(payload.ptr + 2, 2);
	if (payload.len - 4 < len)
		return false;
	struct sg_str argument = {payload.ptr + 4, len}, body = {payload.ptr + 4 + len, payload.len - 4 - len};
	return sg_gate_request(loop->gate, conn, route, argument, body);
}

/* A frame about a connection that was not passed to this door kills the door. */
bool
sg_door_frame(struct sg_loop *loop, struct sg_child *door, const struct sg_frame *frame)
{
	struct sg_child *its = door_of(loop, frame->id);
	if (its == NULL && frame->type == SG_FRAME_D_GONE)
		return true; /* closed from both ends at once */
	if (its == NULL && frame->id <= loop->next_conn && frame->id != 0)
		return true; /* late word about one that the gate closed */
	if (its != door)
		return false;
	switch (frame->type) {
	case SG_FRAME_D_REQUEST:
		return door_request(loop, frame->id, frame->payload);
	case SG_FRAME_D_PRESENTED:
		return frame->payload.len > 2 && sg_gate_presented(loop->gate, frame->id, (unsigned)sg_octets_get(frame->payload.ptr, 2),
								   (struct sg_str){frame->payload.ptr + 2, frame->payload.len - 2});
	case SG_FRAME_D_CHANGED:
		sg_gate_changed(loop->gate, frame->id);
		return true;
	case SG_FRAME_D_GONE:
		forget_door(loop, frame->id);
		sg_gate_disconnect(loop->gate, frame->id);
		return true;
	default:
		return false;
	}
}

void
sg_door_missed(struct sg_loop *loop, struct sg_child *door)
{
	struct sg_waiting_conn *next;
	for (struct sg_waiting_conn *w = loop->conns; w != NULL; w = next) {
		uint64_t id = w->id;
		next = w->next;
		if (!waits_for(w, door))
			continue;
		drop_waiting(loop, id);
		sg_gate_disconnect(loop->gate, id);
	}
}

void
sg_door_gone(struct sg_loop *loop, struct sg_child *door)
{
	size_t at = 0;
	uint64_t slot = door->slot;
	door->used = false;
	for (struct sg_conn_door *e; (e = sg_table_next(&loop->conn_doors, &at)) != NULL;) {
		if (e->slot != slot)
			continue;
		uint64_t conn = e->conn;
		sg_table_take(&loop->conn_doors, sg_number_key(&e->conn));
		free(e);
		sg_gate_disconnect(loop->gate, conn);
	}
	/* connections that wait for this door get another one */
	for (struct sg_waiting_conn *w = loop->conns; w != NULL; w = w->next)
		if (waits_for(w, door)) {
			sg_door_for(loop, w->face, w->uid);
			break;
		}
}
