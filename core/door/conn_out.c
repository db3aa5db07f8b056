/* SPDX-License-Identifier: Apache-2.0
 * What leaves a connection, and its end. */
#include "door/conn_tls.h"
#include "door/tls.h"

#include "base/str.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct sg_door_conn *
sg_door_conn_find(struct sg_door *door, uint64_t id)
{
	char key[24];
	snprintf(key, sizeof(key), "%" PRIx64, id);
	return sg_table_get(&door->conns, sg_str(key));
}

void
sg_door_conn_end(struct sg_door *door, struct sg_door_conn *conn, bool tell)
{
	if (conn->fd < 0)
		return;
	epoll_ctl(door->epoll, EPOLL_CTL_DEL, conn->fd, NULL);
	close(conn->fd);
	conn->fd = -1;
	sg_ring_leave(&conn->waits);
	sg_table_take(&door->conns, sg_str(conn->key));
	if (tell)
		sg_link_queue(&door->gate, SG_FRAME_D_GONE, conn->id, SG_STR(""), -1, NULL);
	conn->next_ended = door->ended;
	door->ended = conn;
}

void
sg_door_conn_flush(struct sg_door *door, struct sg_door_conn *conn)
{
	while (conn->out.len > 0) {
		ssize_t sent = send(conn->fd, conn->out.ptr, conn->out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (sent <= 0) {
			sg_door_conn_end(door, conn, true);
			return;
		}
		sg_buf_drop(&conn->out, (size_t)sent);
	}
	if (conn->out.len == 0 && conn->state == SG_CONN_LAST) {
		shutdown(conn->fd, SHUT_WR);
		sg_door_conn_end(door, conn, true);
		return;
	}
	if (conn->out.len == 0 && conn->out.room > SG_READ_CHUNK)
		sg_buf_done(&conn->out); /* one long answer does not stay for as long as the connection does */
	/* whoever does not read what it was answered is not read either: nothing grows, and its deadline runs */
	struct epoll_event event = {.events = EPOLLRDHUP | (conn->out.len > 0 ? EPOLLOUT : EPOLLIN), .data.ptr = conn};
	if (event.events != conn->events && epoll_ctl(door->epoll, EPOLL_CTL_MOD, conn->fd, &event) == 0)
		conn->events = event.events;
}

bool
sg_door_tls_seal(struct sg_door_conn *conn, size_t from, bool last)
{
	struct sg_str plain = {conn->out.ptr + from, conn->out.len - from};
	bool good = !conn->out.failed && sg_tls_write(conn->tls, plain, last);
	sg_buf_cut(&conn->out, from);
	sg_tls_drain(conn->tls, &conn->out);
	return good;
}
