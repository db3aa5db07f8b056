/* SPDX-License-Identifier: Apache-2.0
 * Between the wire and the connection: handshake first, under a deadline of its own, then plain bytes. */
#include "door/conn_tls.h"

#include "base/octets.h"
#include "base/str.h"
#include "door/tls.h"

#include <stepgate/verify.h>

#include <errno.h>
#include <sys/socket.h>

static bool
present_chain(struct sg_door *door, struct sg_door_conn *conn)
{
	struct sg_buf der;
	sg_buf_init(&der, SG_TLS_CHAIN_MAX);
	bool good = sg_tls_chain(conn->tls, &der) && sg_door_present(door, conn, SG_PRESENTED_CHAIN, sg_buf_view(&der));
	sg_buf_done(&der);
	return good;
}

/* True once there may be plain bytes. An alert still goes out before the end. */
static bool
shake(struct sg_door *door, struct sg_door_conn *conn)
{
	enum sg_status status = sg_tls_shake(conn->tls);
	sg_tls_drain(conn->tls, &conn->out);
	if (status == SG_REFUSED)
		conn->state = SG_CONN_LAST;
	if (conn->out.len > 0 || status == SG_REFUSED)
		sg_door_conn_flush(door, conn);
	if (status != SG_OK || conn->fd < 0)
		return false;
	if (!present_chain(door, conn)) {
		sg_door_conn_end(door, conn, true);
		return false;
	}
	conn->shaken = true;
	conn->deadline = door->now + door->how.limits.idle_ms * SG_MSEC;
	return true;
}

static void
read_plain(struct sg_door *door, struct sg_door_conn *conn)
{
	int got = 1;
	while (conn->fd >= 0 && got > 0) {
		char *to = sg_buf_reserve(&conn->in, SG_TLS_RECORD_MAX);
		got = to == NULL ? -1 : sg_tls_read(conn->tls, to, SG_TLS_RECORD_MAX);
		if (got > 0)
			sg_door_conn_received(door, conn, (size_t)got);
	}
	if (conn->fd >= 0 && got < 0)
		sg_door_conn_end(door, conn, true);
}

void
sg_door_tls_read(struct sg_door *door, struct sg_door_conn *conn)
{
	char wire[SG_TLS_RECORD_MAX];
	ssize_t got = recv(conn->fd, wire, sizeof(wire), MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0 || conn->state == SG_CONN_LAST || !sg_tls_take(conn->tls, (struct sg_str){wire, (size_t)got})) {
		sg_door_conn_end(door, conn, true);
		return;
	}
	if (conn->shaken || shake(door, conn))
		read_plain(door, conn);
}
