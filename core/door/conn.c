/* SPDX-License-Identifier: Apache-2.0
 * A connection: bytes in, one request at a time to the gate, the answer out. Its deadlines do not move while bytes trickle. */
#include "door/conn_tls.h"

#include "base/canon.h"
#include "base/octets.h"
#include "base/str.h"
#include "door/tls.h"

#include <stepgate/verify.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OUT_MAX = 8 << 20 };

/* A process is known by its number, and each message then says which process sent it; who speaks TLS is known by its key. */
static bool
know_peer(struct sg_door *door, struct sg_door_conn *conn)
{
	int on = 1;
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);
	conn->sender = UINT64_C(1) << 32 | conn->id;
	if (door->tls != NULL) {
		conn->tls = sg_tls_new(door->tls);
		conn->deadline = door->now + door->how.limits.handshake_ms * SG_MSEC;
		return conn->tls != NULL;
	}
	if (getsockopt(conn->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0)
		conn->pid = peer.pid;
	conn->sender = peer.uid;
	return setsockopt(conn->fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0;
}

size_t
sg_door_conn_room(const struct sg_door *door)
{
	return SG_HTTP_HEAD_MAX + door->how.limits.max_body + SG_READ_CHUNK;
}

struct sg_door_conn *
sg_door_conn_new(struct sg_door *door, uint64_t id, int fd)
{
	struct sg_door_conn *conn = door->conns.count >= door->how.limits.connections ? NULL : calloc(1, sizeof(*conn));
	if (conn == NULL)
		return NULL;
	snprintf(conn->key, sizeof(conn->key), "%" PRIx64, id);
	conn->id = id;
	conn->fd = fd;
	sg_buf_init(&conn->in, sg_door_conn_room(door));
	sg_buf_init(&conn->out, OUT_MAX);
	conn->deadline = door->now + door->how.limits.idle_ms * SG_MSEC;
	sg_buf_init(&conn->token, SG_HTTP_HEAD_MAX);
	if (!know_peer(door, conn) || sg_table_put(&door->conns, sg_str(conn->key), conn) != SG_OK) {
		sg_tls_free(conn->tls);
		free(conn);
		return NULL;
	}
	return conn;
}

static void
respond(struct sg_door *door, struct sg_door_conn *conn, unsigned status, struct sg_str body, bool last)
{
	size_t from = conn->out.len;
	sg_buf_printf(&conn->out, "HTTP/1.1 %u %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n",
		      status, sg_http_phrase(status), body.len);
	if (conn->request_id[0] != '\0')
		sg_buf_printf(&conn->out, "X-Request-ID: %s\r\n", conn->request_id);
	sg_buf_text(&conn->out, last ? "Connection: close\r\n\r\n" : "\r\n");
	sg_buf_str(&conn->out, body);
	conn->request_id[0] = '\0';
	conn->state = last ? SG_CONN_LAST : SG_CONN_HEAD;
	conn->deadline = door->now + door->how.limits.idle_ms * SG_MSEC;
	if (conn->out.failed || (conn->tls != NULL && !sg_door_tls_seal(conn, from, last)))
		sg_door_conn_end(door, conn, true);
	else
		sg_door_conn_flush(door, conn);
}

/* Bad input is answered with the door's own words alone: nothing of what came is said back. */
void
sg_door_conn_refuse(struct sg_door *door, struct sg_door_conn *conn, enum sg_http_error error, const char *why)
{
	char body[512];
	int len = snprintf(body, sizeof(body), "{\"error\":{\"code\":\"%s\",\"hint\":\"%s\",\"message\":\"%s\"}}", sg_http_code(error), why,
			   sg_http_text(error));
	conn->request_id[0] = '\0';
	respond(door, conn, sg_http_status(error), (struct sg_str){body, (size_t)len}, true);
}

/* ---- in ---- */

/* What a connection begins with it keeps: one peer, one token, from the first request to the last. */
static enum sg_http_error
take_token(struct sg_door *door, struct sg_door_conn *conn)
{
	struct sg_str token = conn->head.bearer;
	if (door->how.face == SG_FACE_ADMIN)
		return SG_HTTP_OK;
	if (conn->requests > 0)
		return sg_str_eq(token, sg_buf_view(&conn->token)) ? SG_HTTP_OK : SG_HTTP_http_authorization;
	sg_buf_clear(&conn->token);
	if (token.len == 0)
		return SG_HTTP_OK;
	sg_buf_str(&conn->token, token);
	return !conn->token.failed && sg_door_present(door, conn, SG_PRESENTED_TOKEN, token) ? SG_HTTP_OK : SG_HTTP_http_authorization;
}

static void
hand_over(struct sg_door *door, struct sg_door_conn *conn, struct sg_str body)
{
	struct sg_buf payload;
	const char *why = "";
	sg_buf_init(&payload, SG_FRAME_MAX);
	unsigned char head[4];
	sg_octets_put(head, conn->route->route, 2);
	sg_octets_put(head + 2, conn->argument.len, 2);
	sg_buf_add(&payload, head, sizeof(head));
	sg_buf_str(&payload, conn->argument);
	enum sg_http_error error = sg_body_canonical(conn->route, &conn->head, body, &payload, &why);
	if (error == SG_HTTP_OK && !payload.failed)
		error = take_token(door, conn);
	if (error != SG_HTTP_OK || payload.failed) {
		sg_door_conn_refuse(door, conn, error != SG_HTTP_OK ? error : SG_HTTP_http_body_size, why);
	} else {
		conn->state = SG_CONN_GATE;
		conn->deadline = 0;
		conn->requests++;
		if (sg_link_queue(&door->gate, SG_FRAME_D_REQUEST, conn->id, sg_buf_view(&payload), -1, NULL) != SG_OK)
			sg_door_conn_end(door, conn, true);
	}
	sg_buf_done(&payload);
}

static enum sg_http_error
check_body(const struct sg_door *door, const struct sg_door_conn *conn)
{
	const struct sg_http_head *head = &conn->head;
	if (conn->route->body == SG_BODY_NONE)
		return head->length > 0 ? SG_HTTP_http_body_unwanted : SG_HTTP_OK;
	if (!head->has_length)
		return SG_HTTP_http_body_missing;
	return head->length > door->how.limits.max_body ? SG_HTTP_http_body_size : SG_HTTP_OK;
}

static void
keep_request_id(struct sg_door_conn *conn)
{
	struct sg_str id = conn->head.request_id;
	bool plain = id.len > 0 && id.len < sizeof(conn->request_id);
	for (size_t i = 0; plain && i < id.len; i++)
		plain = id.ptr[i] > ' ' && id.ptr[i] < 127;
	conn->request_id[0] = '\0';
	if (plain)
		snprintf(conn->request_id, sizeof(conn->request_id), "%.*s", SG_STR_ARG(id));
}

static enum sg_http_error
read_head(struct sg_door *door, struct sg_door_conn *conn)
{
	enum sg_http_error error = sg_http_head_read(sg_buf_view(&conn->in), &conn->head);
	if (error == SG_HTTP_OK)
		error = sg_http_route(door->how.face, &conn->head, &conn->route, &conn->argument);
	if (error == SG_HTTP_OK)
		error = check_body(door, conn);
	if (error == SG_HTTP_OK && conn->requests >= door->how.limits.requests)
		error = SG_HTTP_http_requests;
	if (error != SG_HTTP_OK)
		return error;
	keep_request_id(conn);
	conn->state = SG_CONN_BODY;
	conn->deadline = door->now + door->how.limits.body_ms * SG_MSEC;
	return SG_HTTP_OK;
}

/* The empty answer of the same door, for those who measure: no gate, no record, nothing decided. */
static bool
is_ping(const struct sg_door_conn *conn)
{
	return sg_str_is(conn->head.path, "/v1/ping") && sg_str_is(conn->head.method, "GET") && conn->head.length == 0;
}

static void
advance(struct sg_door *door, struct sg_door_conn *conn)
{
	if (conn->state == SG_CONN_HEAD && conn->in.len > 0) {
		enum sg_http_error error = read_head(door, conn);
		if (error == SG_HTTP_http_no_route && is_ping(conn)) {
			sg_buf_drop(&conn->in, conn->head.size);
			respond(door, conn, 200, SG_STR("{\"ok\":true}"), conn->in.len > 0 || ++conn->pings >= door->how.limits.requests);
			return;
		}
		if (error == SG_HTTP_AGAIN)
			return;
		if (error != SG_HTTP_OK) {
			sg_door_conn_refuse(door, conn, error, "");
			return;
		}
	}
	size_t whole = conn->head.size + conn->head.length;
	if (conn->state != SG_CONN_BODY || conn->in.len < whole)
		return;
	if (conn->in.len > whole) {
		sg_door_conn_refuse(door, conn, SG_HTTP_http_pipelined, "");
		return;
	}
	if (!sg_door_waits(door, conn))
		sg_door_conn_whole(door, conn);
}

void
sg_door_conn_whole(struct sg_door *door, struct sg_door_conn *conn)
{
	/* the buffer may have moved since the head was read, and head and argument point into it */
	if (sg_http_head_read(sg_buf_view(&conn->in), &conn->head) != SG_HTTP_OK ||
	    sg_http_route(door->how.face, &conn->head, &conn->route, &conn->argument) != SG_HTTP_OK) {
		sg_door_conn_end(door, conn, true);
		return;
	}
	hand_over(door, conn, (struct sg_str){conn->in.ptr + conn->head.size, conn->head.length});
}

void
sg_door_conn_received(struct sg_door *door, struct sg_door_conn *conn, size_t got)
{
	if (conn->state == SG_CONN_WHOLE || conn->state == SG_CONN_GATE || conn->state == SG_CONN_LAST) {
		sg_door_conn_end(door, conn, true); /* spoke while the answer was still to come */
		return;
	}
	if (conn->in.len == 0)
		conn->deadline = door->now + door->how.limits.head_ms * SG_MSEC;
	conn->in.len += got;
	advance(door, conn);
}

void
sg_door_conn_answer(struct sg_door *door, struct sg_door_conn *conn, struct sg_str payload)
{
	if (conn->state != SG_CONN_GATE || payload.len < 4)
		return;
	unsigned status = (unsigned)sg_octets_get(payload.ptr, 2);
	bool last = conn->head.close || payload.ptr[2] != 0 || conn->requests >= door->how.limits.requests;
	conn->known = payload.ptr[3] != 0;
	sg_buf_clear(&conn->in);
	respond(door, conn, status, (struct sg_str){payload.ptr + 4, payload.len - 4}, last);
}

static void
free_ended(struct sg_door *door)
{
	while (door->ended != NULL) {
		struct sg_door_conn *conn = door->ended;
		door->ended = conn->next_ended;
		sg_buf_done(&conn->in);
		sg_buf_done(&conn->out);
		sg_buf_done(&conn->token);
		sg_tls_free(conn->tls);
		free(conn);
	}
}

void
sg_door_conns_sweep(struct sg_door *door)
{
	size_t at = 0;
	if (door->now - door->swept >= 100 * SG_MSEC) {
		door->swept = door->now;
		for (struct sg_door_conn *c; (c = sg_table_next(&door->conns, &at)) != NULL;) {
			if (c->deadline == 0 || door->now < c->deadline)
				continue;
			if (c->in.len > 0 && (c->state == SG_CONN_HEAD || c->state == SG_CONN_BODY))
				sg_door_conn_refuse(door, c, SG_HTTP_http_timeout, "");
			else
				sg_door_conn_end(door, c, true);
		}
	}
	free_ended(door);
}
