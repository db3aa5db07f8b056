/* SPDX-License-Identifier: Apache-2.0
 * Connections: admitted or not before any byte is read, looked at, ended. */
#include "gate/desk/desk.h"

#include "base/err.h"
#include "base/peer.h"
#include "base/secret.h"
#include "base/str.h"

#include <stepgate/verify.h>

#include <stdio.h>
#include <stdlib.h>

enum { KEPT_FOR_PEOPLE = 16 };

/* An operator's are counted for themselves: what the same user runs for others keeps nobody from stopping it. */
static size_t
conns_of(const struct sg_gate *gate, uid_t uid, enum sg_face face)
{
	char name[SG_CONN_NAME];
	struct sg_conn one = {.peer = {.uid = uid}};
	sg_conn_name(&one, name);
	const struct sg_crowd *crowd = sg_crowd_find(gate, name);
	return crowd == NULL ? 0 : face == SG_FACE_ADMIN ? crowd->operators : crowd->count - crowd->operators;
}

/* Each has a descriptor of its own: where there are fewer of those, some are kept for operators all the same. */
size_t
sg_conns_most(const struct sg_gate *gate)
{
	size_t most = (size_t)gate->catalogue->limits.connections;
	return gate->connections_most > 0 && gate->connections_most < most ? gate->connections_most : most;
}

/* An enforcer speaks for many, who must not shut each other out: a gateway asks for each session on a connection of its own. */
static bool
is_crowded(const struct sg_gate *gate, enum sg_face face, const struct sg_peer *peer)
{
	const struct sg_limits *limits = &gate->catalogue->limits;
	bool many = face == SG_FACE_ENFORCER && sg_uid_enforces(gate->catalogue, peer->uid);
	int64_t half = (int64_t)sg_conns_most(gate) / 2, most = !many ? limits->uid_connections : limits->enforcer_connections < half ? limits->enforcer_connections : half;
	return !peer->network && conns_of(gate, peer->uid, face) >= (size_t)most;
}

/* By the operators' socket, and may do more than approve or watch. */
static bool
operates(const struct sg_gate *gate, enum sg_face listener, const struct sg_peer *peer)
{
	const struct sg_admin *admin = sg_catalogue_admin_uid(gate->catalogue, peer->uid);
	return listener == SG_FACE_ADMIN && admin != NULL && !admin->approves_only && !admin->watches_only;
}

void
sg_conn_roles(struct sg_gate *gate, struct sg_conn *conn)
{
	bool now = operates(gate, conn->approver ? SG_FACE_APPROVER : conn->face, &conn->peer);
	gate->operators += (size_t)now - (size_t)conn->operates;
	conn->operates = now;
}

static enum sg_status
may_connect(struct sg_gate *gate, enum sg_face listener, const struct sg_peer *peer, struct sg_err *err)
{
	enum sg_face face = sg_face_spoken(listener);
	bool operator = operates(gate, listener, peer);
	/* people keep a share of the connections for themselves, and of it operators the half, whatever others hold of it: also where a reload has left less than there are */
	size_t share = operator ? KEPT_FOR_PEOPLE : KEPT_FOR_PEOPLE / 2, most = sg_conns_most(gate) - (operator ? 0 : face == SG_FACE_ADMIN ? KEPT_FOR_PEOPLE / 2 : KEPT_FOR_PEOPLE);
	if ((face == SG_FACE_ADMIN && gate->conns.count >= most && (operator ? gate->operators : gate->people - gate->operators) >= share) || is_crowded(gate, face, peer))
		return sg_fail(err, SG_LIMIT, "too_many_connections", "too many connections");
	if (!sg_connect_afford(gate, face == SG_FACE_ADMIN && !operator ? SG_FACE_APPROVER : face, peer))
		return sg_fail(err, SG_LIMIT, "too_many_connections", "too many connections a second of this user");
	if (peer->network && !sg_address_take(gate, peer->address))
		return sg_fail(err, SG_LIMIT, "too_many_connections", "too many connections a second");
	if (face == SG_FACE_ADMIN && sg_catalogue_admin_uid(gate->catalogue, peer->uid) == NULL)
		return sg_fail(err, SG_REFUSED, "not_admin", "uid %u is no admin", (unsigned)peer->uid);
	if ((peer->network && !sg_far_room(gate, peer, most)) || (face != SG_FACE_ADMIN && !sg_conn_room(gate, peer, most))) /* last: whoever is refused closes nobody's */
		return sg_fail(err, SG_LIMIT, "too_many_connections", "too many connections");
	return SG_OK;
}

enum sg_status
sg_gate_connect(struct sg_gate *gate, uint64_t id, enum sg_face face, struct sg_peer *peer, struct sg_err *err)
{
	bool approver = face == SG_FACE_APPROVER;
	face = sg_face_spoken(face);
	sg_gate_now(gate);
	enum sg_status status = may_connect(gate, approver ? SG_FACE_APPROVER : face, peer, err);
	struct sg_conn *conn = status == SG_OK ? calloc(1, sizeof(*conn)) : NULL;
	if (conn == NULL) {
		sg_peer_done(peer);
		return status != SG_OK ? status : sg_fail(err, SG_NOMEM, "no_memory", "no memory for a connection");
	}
	conn->id = id;
	conn->face = face;
	conn->approver = approver;
	conn->peer = *peer;
	conn->named = !peer->network && sg_uid_named(gate->catalogue, peer->uid);
	if (face == SG_FACE_ADMIN)
		conn->admin = sg_catalogue_admin_uid(gate->catalogue, peer->uid);
	conn->operates = face == SG_FACE_ADMIN && operates(gate, approver ? SG_FACE_APPROVER : face, peer); /* counted as it joins */
	conn->why = SG_REASON_facts_unavailable;
	if (sg_table_put(&gate->conns, sg_number_key(&conn->id), conn) != SG_OK || !sg_conn_joins(gate, conn)) {
		sg_table_take(&gate->conns, sg_number_key(&conn->id));
		sg_conn_free(conn);
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory for a connection");
	}
	/* credentials, pidfd and start time were taken with the connection; a module looks once there is a request, so that connecting alone is no work */
	conn->admitted = true;
	gate->ports.admit(gate->ports.self, id, face);
	return SG_OK;
}

enum presented {
	KEPT,
	NOT_KEPT, /* no memory: it speaks on, and nothing is known of it */
	REFUSED
};

static enum presented
keep_presented(struct sg_conn *conn, unsigned form, struct sg_str bytes)
{
	if ((form != SG_PRESENTED_TOKEN && form != SG_PRESENTED_CHAIN) || bytes.len == 0 || bytes.len > SG_PRESENTED_MAX ||
	    conn->presented[form - 1].ptr != NULL || (form == SG_PRESENTED_CHAIN && !conn->peer.network))
		return REFUSED;
	char *copy = malloc(bytes.len);
	if (copy == NULL)
		return NOT_KEPT;
	conn->presented[form - 1] = (struct sg_str){memcpy(copy, bytes.ptr, bytes.len), bytes.len};
	return KEPT;
}

bool
sg_gate_presented(struct sg_gate *gate, uint64_t id, unsigned form, struct sg_str bytes)
{
	struct sg_conn *conn = sg_conn_find(gate, id);
	if (conn == NULL)
		return true; /* closed in the meantime */
	if (conn->face == SG_FACE_ADMIN || !conn->admitted || conn->request != 0)
		return false;
	enum presented what = keep_presented(conn, form, bytes);
	conn->unread |= what == KEPT;
	if (what == NOT_KEPT) {
		conn->changed = true;
		conn->why = SG_REASON_facts_unavailable;
		sg_conn_place(gate, conn);
	}
	return what != REFUSED;
}
