/* SPDX-License-Identifier: Apache-2.0
 * The door's loop: connections from the gate, requests to it, answers back; deadlines are absolute and bounded work is done per turn. */
#include "door/door.h"

#include "base/confine.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/octets.h"
#include "base/spare.h"
#include "base/str.h"
#include "base/sys.h"
#include "door/conn.h"
#include "door/tls.h"
#include "frame/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 64, EXIT_CONFINE = 71 };

static bool
take_conn(struct sg_door *door, uint64_t id, int fd)
{
	struct sg_door_conn *conn = sg_door_conn_new(door, id, fd);
	struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = conn};
	if (conn != NULL)
		conn->events = event.events;
	if (conn == NULL) {
		close(fd);
		return sg_link_queue(&door->gate, SG_FRAME_D_GONE, id, SG_STR(""), -1, NULL) == SG_OK;
	}
	if (epoll_ctl(door->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		sg_door_conn_end(door, conn, true);
	return true;
}

/* From now on; a connection that is open takes as much as it did, and no more than is allowed now. */
static bool
take_limits(struct sg_door *door, struct sg_str payload)
{
	struct sg_door_limits *l = &door->how.limits;
	size_t at = 0;
	struct sg_door_conn *c;
#define X(option, member) +8
	if (payload.len != 0 SG_DOOR_LIMITS(X))
		return false;
#undef X
#define X(option, member)                                                \
	l->member = sg_octets_get(payload.ptr + at, 8);                  \
	at += 8;
	SG_DOOR_LIMITS(X)
#undef X
	for (at = 0; (c = sg_table_next(&door->conns, &at)) != NULL;)
		c->in.max = sg_door_conn_room(door) > c->in.room ? sg_door_conn_room(door) : c->in.room;
	return true;
}

static bool
gate_frame(struct sg_door *door, const struct sg_frame *frame)
{
	struct sg_door_conn *conn = sg_door_conn_find(door, frame->id);
	switch (frame->type) {
	case SG_FRAME_D_CONN:
		return take_conn(door, frame->id, frame->fd);
	case SG_FRAME_D_LIMITS:
		return take_limits(door, frame->payload);
	case SG_FRAME_D_ANSWER:
		if (conn != NULL)
			sg_door_conn_answer(door, conn, frame->payload);
		return true;
	case SG_FRAME_D_CLOSE:
		if (conn != NULL)
			sg_door_conn_end(door, conn, false);
		return true;
	default:
		return false;
	}
}

static bool
read_gate(struct sg_door *door)
{
	struct sg_frame frame;
	enum sg_status filled = sg_link_fill(&door->gate, NULL), status;
	while ((status = sg_link_next(&door->gate, &frame, NULL)) == SG_OK)
		if (!gate_frame(door, &frame))
			return false;
	return status == SG_AGAIN && (filled == SG_OK || filled == SG_AGAIN);
}

/* Large bodies for some time, one at least. */
static void
read_large(struct sg_door *door)
{
	sg_time until = sg_sys_real.boot_time(&sg_sys_real) + SG_DOOR_TURN_US * (SG_MSEC / 1000);
	struct sg_door_conn *conn;
	do
		if ((conn = sg_door_next(door)) != NULL)
			sg_door_conn_whole(door, conn);
	while (conn != NULL && sg_sys_real.boot_time(&sg_sys_real) < until);
}

static bool
turn(struct sg_door *door)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(door->epoll, events, EVENTS, sg_ring_first(&door->whole) != NULL ? 0 : 200);
	door->now = sg_sys_real.boot_time(&sg_sys_real);
	for (int i = 0; i < count; i++) {
		if (events[i].data.ptr == NULL) {
			if (!read_gate(door))
				return false;
			continue;
		}
		struct sg_door_conn *conn = events[i].data.ptr;
		if (conn->fd >= 0)
			sg_door_conn_event(door, conn, events[i].events);
	}
	read_large(door);
	sg_door_conns_sweep(door);
	enum sg_status status = sg_link_pending(&door->gate) ? sg_link_flush(&door->gate, NULL) : SG_OK;
	struct epoll_event want = {.events = EPOLLIN | (status == SG_AGAIN ? EPOLLOUT : 0), .data.ptr = NULL};
	if (want.events != door->gate_events && epoll_ctl(door->epoll, EPOLL_CTL_MOD, door->gate.fd, &want) == 0)
		door->gate_events = want.events;
	return (count >= 0 || errno == EINTR) && (status == SG_OK || status == SG_AGAIN);
}

/* The key is read before the process is confined, and its file closed. */
static enum sg_status
prepare_tls(struct sg_door *door, struct sg_err *err)
{
	if (!door->how.tls)
		return SG_OK;
	enum sg_status status = sg_tls_server_new(&door->tls, door->how.certificate, door->how.key, err);
	close(door->how.certificate);
	close(door->how.key);
	return status;
}

int
sg_door_run(const struct sg_door_process *how)
{
	struct sg_err err = {0};
	unsigned layers = 0;
	struct sg_door *door = calloc(1, sizeof(*door));
	if (door == NULL || sg_die_with_parent(how->parent, &err) != SG_OK) {
		free(door);
		return EXIT_CONFINE;
	}
	sg_spare_keep(SG_SPARE_FEW);
	door->how = *how;
	door->epoll = epoll_create1(EPOLL_CLOEXEC);
	int keep[] = {how->gate, door->epoll};
	struct sg_confinement confinement = {.profile = SG_PROFILE_DOOR, .keep = keep, .keep_count = 2};
	if (door->epoll < 0 || prepare_tls(door, &err) != SG_OK || sg_confine(&confinement, &layers, &err) != SG_OK) {
		fprintf(stderr, "stepgated: door: %s\n", err.text);
		free(door);
		return EXIT_CONFINE;
	}
	fcntl(how->gate, F_SETFL, O_NONBLOCK);
	sg_link_init(&door->gate, how->gate, SG_ROLE_DOOR, SG_ROLE_GATE);
	sg_table_init(&door->conns, (uint64_t)sg_sys_real.boot_time(&sg_sys_real));
	struct epoll_event gate_event = {.events = door->gate_events = EPOLLIN, .data.ptr = NULL};
	epoll_ctl(door->epoll, EPOLL_CTL_ADD, how->gate, &gate_event);
	while (turn(door)) {
	}
	free(door); /* its connections end with the process */
	return 0;
}
