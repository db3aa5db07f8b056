/* SPDX-License-Identifier: Apache-2.0
 * Connections: admitted or not before any byte is read, looked at, ended. */
#include "gate/request.h"

#include "base/err.h"
#include "base/peer.h"
#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOOK_FRESH_MS = 1000 };
static const uint64_t conn_look = UINT64_C(1) << 63; /* a look on behalf of a connection, not of a request */

static size_t
conns_of(const struct sg_gate *gate, uid_t uid)
{
	size_t at = 0, count = 0;
	for (struct sg_conn *c; (c = sg_table_next(&gate->conns, &at)) != NULL;)
		count += c->peer.uid == uid;
	return count;
}

static enum sg_status
may_connect(const struct sg_gate *gate, enum sg_face face, const struct sg_peer *peer, struct sg_err *err)
{
	const struct sg_limits *limits = &gate->catalogue->limits;
	/* operators keep a share of the connections for themselves */
	size_t most = (size_t)limits->connections - (face == SG_FACE_ADMIN ? 0 : 16);
	if (gate->conns.count >= most || conns_of(gate, peer->uid) >= (size_t)limits->uid_connections)
		return sg_fail(err, SG_LIMIT, "too_many_connections", "too many connections");
	if (face == SG_FACE_ADMIN && sg_catalogue_admin_uid(gate->catalogue, peer->uid) == NULL)
		return sg_fail(err, SG_REFUSED, "not_admin", "uid %u is no admin", (unsigned)peer->uid);
	return SG_OK;
}

static void
free_conn(struct sg_conn *conn)
{
	sg_peer_done(&conn->peer);
	sg_facts_done(&conn->facts);
	free(conn);
}

enum sg_status
sg_gate_connect(struct sg_gate *gate, uint64_t id, enum sg_face face, struct sg_peer *peer, struct sg_err *err)
{
	sg_gate_now(gate);
	enum sg_status status = may_connect(gate, face, peer, err);
	struct sg_conn *conn = status == SG_OK ? calloc(1, sizeof(*conn)) : NULL;
	if (conn == NULL) {
		sg_peer_done(peer);
		return status != SG_OK ? status : sg_fail(err, SG_NOMEM, "no_memory", "no memory for a connection");
	}
	conn->id = id;
	conn->face = face;
	conn->peer = *peer;
	snprintf(conn->key, sizeof(conn->key), "%" PRIx64, id);
	if (face == SG_FACE_ADMIN)
		conn->admin = sg_catalogue_admin_uid(gate->catalogue, peer->uid);
	if (sg_table_put(&gate->conns, sg_str(conn->key), conn) != SG_OK || !gate->ports.look(gate->ports.self, conn_look | id, id)) {
		sg_table_take(&gate->conns, sg_str(conn->key));
		free_conn(conn);
		return sg_fail(err, SG_UNAVAILABLE, "facts_unavailable", "nothing attests peers now");
	}
	return SG_OK;
}

void
sg_gate_disconnect(struct sg_gate *gate, uint64_t id)
{
	struct sg_conn *conn = sg_conn_find(gate, id);
	if (conn == NULL)
		return;
	struct sg_request *request = sg_request_find(gate, conn->request);
	sg_table_take(&gate->conns, sg_str(conn->key));
	free_conn(conn);
	/* what is already committed goes its way and is withheld; what only waits has nobody left to wait */
	if (request != NULL && (request->stage == SG_STAGE_POLL || request->stage == SG_STAGE_LOOK))
		sg_request_end(gate, request);
}

void
sg_gate_changed(struct sg_gate *gate, uint64_t id)
{
	struct sg_conn *conn = sg_conn_find(gate, id);
	if (conn == NULL || conn->changed)
		return;
	conn->changed = true;
	char uid[16];
	struct sg_buf body;
	snprintf(uid, sizeof(uid), "%u", (unsigned)conn->peer.uid);
	if (!sg_bucket_take(gate, "unknown", sg_str(uid))) {
		sg_gap_count(gate, 0, SG_REASON_peer_changed);
		return;
	}
	sg_buf_init(&body, 256);
	sg_buf_printf(&body, "{\"by\":\"\",\"pid\":%d,\"result\":\"peer_changed\",\"uid\":%s,\"verb\":\"connection\"}",
		      (int)conn->peer.pid, uid);
	sg_record(gate, "admin", sg_buf_view(&body), SG_STR(""), NULL, NULL);
	sg_buf_done(&body);
}

/* The first look stays: a later one that differs means that the process became another one behind the same connection. */
static bool
take_look(struct sg_gate *gate, struct sg_conn *conn, struct sg_str text)
{
	struct sg_facts facts;
	if (text.len == 0 || sg_facts_read(&facts, text, NULL) != SG_OK)
		return false;
	bool first = conn->facts.json == NULL, same = !first && sg_facts_same(&conn->facts, &facts);
	if (first) {
		conn->facts = facts;
		conn->looked = gate->state.now.boot;
		return true;
	}
	sg_facts_done(&facts);
	if (same)
		conn->looked = gate->state.now.boot;
	else
		conn->changed = true;
	return same;
}

static bool
fits_an_agent(const struct sg_gate *gate, const struct sg_conn *conn)
{
	enum sg_strength strength;
	for (size_t i = 0; i < gate->catalogue->agent_count; i++)
		if (sg_facts_fit(&conn->facts, &gate->catalogue->agents[i].match, &strength))
			return true;
	return false;
}

static void
looked_conn(struct sg_gate *gate, struct sg_conn *conn, struct sg_str text)
{
	bool good = take_look(gate, conn, text);
	/* an agent must not be its own operator; only dev mode, which is marked everywhere, lets one uid be both */
	if (good && conn->face == SG_FACE_ADMIN && !gate->catalogue->dev && fits_an_agent(gate, conn))
		good = false;
	if (good) {
		conn->admitted = true;
		gate->ports.admit(gate->ports.self, conn->id, conn->face);
	} else {
		gate->ports.close(gate->ports.self, conn->id);
		sg_gate_disconnect(gate, conn->id);
	}
}

void
sg_look_first(struct sg_gate *gate, struct sg_request *r, void (*then)(struct sg_gate *, struct sg_request *))
{
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	if (conn == NULL) {
		sg_request_end(gate, r);
		return;
	}
	if (conn->changed || gate->state.now.boot - conn->looked <= LOOK_FRESH_MS * SG_MSEC) {
		then(gate, r);
		return;
	}
	r->stage = SG_STAGE_LOOK;
	r->after_look = then;
	if (!gate->ports.look(gate->ports.self, r->id, r->conn)) {
		conn->changed = true;
		then(gate, r);
	}
}

void
sg_gate_looked(struct sg_gate *gate, uint64_t id, struct sg_str text)
{
	sg_gate_now(gate);
	if ((id & conn_look) != 0) {
		struct sg_conn *conn = sg_conn_find(gate, id & ~conn_look);
		if (conn != NULL && !conn->admitted)
			looked_conn(gate, conn, text);
		return;
	}
	struct sg_request *r = sg_request_find(gate, id);
	struct sg_conn *conn = r == NULL ? NULL : sg_conn_find(gate, r->conn);
	if (r == NULL)
		return;
	bool same = conn != NULL && take_look(gate, conn, text);
	if (r->stage == SG_STAGE_LOOK) {
		if (conn != NULL && !same)
			conn->changed = true;
		r->after_look(gate, r);
	} else if (r->stage == SG_STAGE_ISSUE && !r->looked_again) {
		sg_issue_looked(gate, r, same);
	}
}

bool
sg_peer_uid_fits(const struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	int64_t uid = -1;
	const struct sg_json *from = r->authzen ? sg_json_get(r->body, "context") : r->body;
	(void)gate;
	if (!r->proven)
		return true;
	if (!sg_json_int(sg_json_get(from, "peer_uid"), &uid)) { /* who presented the token is not known: it proves nothing */
		r->proven = false;
		r->strength = SG_HINT;
		return true;
	}
	return uid == task->uid;
}
