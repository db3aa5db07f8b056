/* SPDX-License-Identifier: Apache-2.0
 * Connections: admitted or not before any byte is read, looked at, ended. */
#include "gate/request.h"

#include "base/err.h"
#include "base/peer.h"
#include "base/secret.h"
#include "base/str.h"

#include <stepgate/verify.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOOK_FRESH_MS = 1000 };

/* Of one user; of one address where there is no user. */
static size_t
conns_of(const struct sg_gate *gate, const struct sg_peer *peer)
{
	size_t at = 0, count = 0;
	for (struct sg_conn *c; (c = sg_table_next(&gate->conns, &at)) != NULL;)
		count += c->peer.network == peer->network && (peer->network ? sg_address_same(c->peer.address, peer->address) : c->peer.uid == peer->uid);
	return count;
}

/* Whoever is far has half of the connections and no more: those on this machine are never shut out from there. */
static bool
network_full(const struct sg_gate *gate, size_t most)
{
	size_t at = 0, count = 0;
	for (struct sg_conn *c; (c = sg_table_next(&gate->conns, &at)) != NULL;)
		count += c->peer.network;
	return count >= most / 2;
}

static enum sg_status
may_connect(struct sg_gate *gate, enum sg_face face, const struct sg_peer *peer, struct sg_err *err)
{
	const struct sg_limits *limits = &gate->catalogue->limits;
	/* operators keep a share of the connections for themselves */
	size_t most = (size_t)limits->connections - (face == SG_FACE_ADMIN ? 0 : 16);
	if ((face == SG_FACE_ADMIN && gate->conns.count >= most) || (peer->network && network_full(gate, most)) || conns_of(gate, peer) >= (size_t)limits->uid_connections)
		return sg_fail(err, SG_LIMIT, "too_many_connections", "too many connections");
	if (!sg_connect_afford(gate, face, peer))
		return sg_fail(err, SG_LIMIT, "too_many_connections", "too many connections a second of this user");
	if (peer->network && !sg_address_take(gate, peer->address))
		return sg_fail(err, SG_LIMIT, "too_many_connections", "too many connections a second");
	if (face == SG_FACE_ADMIN && sg_catalogue_admin_uid(gate->catalogue, peer->uid) == NULL)
		return sg_fail(err, SG_REFUSED, "not_admin", "uid %u is no admin", (unsigned)peer->uid);
	if (face != SG_FACE_ADMIN && !sg_conn_room(gate, peer, most)) /* last: whoever is refused closes nobody's */
		return sg_fail(err, SG_LIMIT, "too_many_connections", "too many connections");
	return SG_OK;
}

static void
free_conn(struct sg_conn *conn)
{
	sg_peer_done(&conn->peer);
	sg_facts_done(&conn->facts);
	for (size_t i = 0; i < 2; i++) {
		sg_wipe((char *)conn->presented[i].ptr, conn->presented[i].len);
		free((char *)conn->presented[i].ptr);
	}
	free(conn);
}

/* There is nothing to look at before it has presented something: no process, or no step that looks at processes. */
static bool
speaks_first(const struct sg_gate *gate, const struct sg_conn *conn)
{
	return gate->catalogue->reads && (conn->peer.network || !gate->catalogue->looks);
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
	conn->named = !peer->network && sg_uid_named(gate->catalogue, peer->uid);
	snprintf(conn->key, sizeof(conn->key), "%" PRIx64, id);
	if (face == SG_FACE_ADMIN)
		conn->admin = sg_catalogue_admin_uid(gate->catalogue, peer->uid);
	conn->why = SG_REASON_facts_unavailable;
	if (sg_table_put(&gate->conns, sg_str(conn->key), conn) != SG_OK) {
		free_conn(conn);
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory for a connection");
	}
	/* credentials, pidfd and start time were taken with the connection; a module looks once there is a request, so that connecting alone is no work */
	conn->admitted = true;
	gate->ports.admit(gate->ports.self, id, face);
	return SG_OK;
}

bool
sg_first_look_due(const struct sg_gate *gate, const struct sg_conn *conn)
{
	return !conn->seen && !speaks_first(gate, conn);
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
	}
	return what != REFUSED;
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
	if (request != NULL && (request->stage == SG_STAGE_POLL || request->stage == SG_STAGE_LOOK || request->stage == SG_STAGE_SLOWED))
		sg_request_end(gate, request);
}

/* A connection that is not what it should be stands in the record. */
static void
note_conn(struct sg_gate *gate, const struct sg_conn *conn, enum sg_reason reason)
{
	char name[SG_CONN_NAME];
	struct sg_buf body;
	sg_conn_name(conn, name);
	if (!sg_bucket_take(gate, "unknown", sg_str(name))) {
		sg_gap_count(gate, 0, reason);
		return;
	}
	sg_buf_init(&body, 256);
	sg_buf_printf(&body, "{\"by\":\"stepgate\",\"pid\":%d,\"result\":\"%s\",\"uid\":%lld,\"verb\":\"connection\"}", (int)conn->peer.pid,
		      sg_reason_code(reason), (long long)sg_conn_uid(conn));
	if (sg_record(gate, "admin", sg_buf_view(&body), SG_STR(""), NULL, NULL) != SG_OK)
		sg_gap_count(gate, 1, SG_REASON_audit_unavailable);
	sg_buf_done(&body);
}

void
sg_gate_changed(struct sg_gate *gate, uint64_t id)
{
	struct sg_conn *conn = sg_conn_find(gate, id);
	if (conn == NULL || conn->changed)
		return;
	conn->changed = true;
	conn->why = SG_REASON_peer_changed;
	note_conn(gate, conn, SG_REASON_peer_changed);
}

/* A later look that the first does not stand before means that the process became another one behind the same connection. What is presented in between
 * adds facts, and may keep optional ones from counting; what both looks know must be the same. */
static bool
take_facts(struct sg_gate *gate, struct sg_conn *conn, struct sg_facts *facts)
{
	bool first = conn->facts.json == NULL || conn->unread;
	bool reloaded = conn->configured != gate->configured; /* another stack may state more, or less */
	bool stands = first      ? sg_facts_agree(&conn->facts, facts)
		      : reloaded ? sg_facts_stand(&conn->facts, facts, gate->catalogue)
				 : sg_facts_same(&conn->facts, facts);
	if (!stands) {
		sg_facts_done(facts);
		conn->changed = true;
		conn->why = SG_REASON_peer_changed;
		return false;
	}
	sg_facts_done(&conn->facts);
	conn->facts = *facts;
	conn->configured = gate->configured;
	conn->looked = gate->state.now.boot;
	return true;
}

static bool
take_look(struct sg_gate *gate, struct sg_conn *conn, struct sg_str text, enum sg_reason why)
{
	struct sg_facts facts;
	bool good = text.len > 0 && sg_facts_read(&facts, text, NULL) == SG_OK;
	if (good)
		good = take_facts(gate, conn, &facts);
	else if (!conn->changed)
		conn->why = text.len > 0 ? SG_REASON_facts_unavailable : why;
	conn->unread = false;
	return good;
}

bool
sg_fits_an_agent(const struct sg_gate *gate, const struct sg_conn *conn)
{
	enum sg_strength strength;
	for (size_t i = 0; i < gate->catalogue->agent_count; i++)
		if (sg_facts_fit(&conn->facts, &gate->catalogue->agents[i].match, &strength))
			return true;
	return false;
}

bool
sg_is_operator(const struct sg_gate *gate, const struct sg_conn *conn)
{
	return conn->admin != NULL && (gate->catalogue->dev || conn->facts.json == NULL || !sg_fits_an_agent(gate, conn));
}

bool
sg_operator_gone(const struct sg_gate *gate, const struct sg_conn *conn)
{
	const struct sg_human *human = conn == NULL || conn->admin == NULL ? NULL : sg_catalogue_human_admin(gate->catalogue, conn->admin->name);
	return human != NULL && sg_human_gone(gate, human);
}

/* An operator whom no look has seen since the last reload. */
static bool
is_anew(const struct sg_gate *gate, const struct sg_conn *conn)
{
	return conn->face == SG_FACE_ADMIN && conn->configured != gate->configured;
}

bool
sg_look_due(const struct sg_gate *gate, const struct sg_conn *conn)
{
	return conn->unread || sg_first_look_due(gate, conn) || (conn->facts.json != NULL && conn->configured != gate->configured);
}

/* Something that it asked for is being done; what only waits is not. */
static bool
is_busy(struct sg_gate *gate, const struct sg_conn *conn)
{
	const struct sg_request *r = sg_request_find(gate, conn->request);
	return r != NULL && r->stage != SG_STAGE_POLL;
}

void
sg_conns_review(struct sg_gate *gate, size_t most)
{
	struct sg_conn *c;
	for (size_t n = 0; n < most && gate->reviewed != gate->configured; n++) {
		if ((c = sg_table_next(&gate->conns, &gate->review_at)) == NULL) {
			gate->review_at = 0;
			gate->reviewed = gate->review_again ? gate->reviewed : gate->configured;
			gate->review_again = false;
			continue;
		}
		c->named = !c->peer.network && sg_uid_named(gate->catalogue, c->peer.uid);
		if (c->face != SG_FACE_ADMIN || sg_is_operator(gate, c)) {
			sg_poll_review(gate, sg_request_find(gate, c->request));
		} else if (is_busy(gate, c)) {
			gate->review_again = true; /* its answer first: it was asked before the reload */
		} else {
			gate->ports.close(gate->ports.self, c->id);
			sg_gate_disconnect(gate, c->id);
		}
	}
}

/* The first look, and of an operator the first after each reload: false, if whoever speaks here is nobody to answer, and the connection is gone. */
static bool
first_look(struct sg_gate *gate, struct sg_conn *conn, struct sg_str text, enum sg_reason why)
{
	bool good = take_look(gate, conn, text, why);
	conn->seen = true;
	if (!good && conn->why == SG_REASON_facts_conflict)
		note_conn(gate, conn, conn->why);
	/* an agent must not be its own operator; only dev mode, which is marked everywhere, lets one uid be both */
	conn->blind = !good && conn->face == SG_FACE_ADMIN && conn->admin != NULL && !conn->changed;
	if (good && conn->face == SG_FACE_ADMIN && !sg_is_operator(gate, conn))
		good = false;
	if (good || conn->blind)
		return true;
	gate->ports.close(gate->ports.self, conn->id);
	sg_gate_disconnect(gate, conn->id); /* and the request with it */
	return false;
}

void
sg_look_now(struct sg_gate *gate, struct sg_request *r, void (*then)(struct sg_gate *, struct sg_request *))
{
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	r->stage = SG_STAGE_LOOK;
	r->after_look = then;
	if (conn == NULL || gate->ports.look(gate->ports.self, r->id, r->conn))
		return;
	if (sg_first_look_due(gate, conn) || is_anew(gate, conn)) {
		if (first_look(gate, conn, (struct sg_str){NULL, 0}, SG_REASON_facts_unavailable))
			then(gate, r);
		return;
	}
	conn->why = SG_REASON_facts_unavailable;
	conn->changed = true;
	then(gate, r);
}

void
sg_look_first(struct sg_gate *gate, struct sg_request *r, void (*then)(struct sg_gate *, struct sg_request *))
{
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	if (conn == NULL)
		sg_request_end(gate, r);
	else if (conn->changed || conn->facts.json == NULL || gate->state.now.boot - conn->looked <= LOOK_FRESH_MS * SG_MSEC)
		then(gate, r);
	else
		sg_look_now(gate, r, then);
}

static void
looked(struct sg_gate *gate, struct sg_request *r, struct sg_str text, enum sg_reason why)
{
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	if (conn != NULL && r->stage == SG_STAGE_LOOK && (is_anew(gate, conn) || sg_first_look_due(gate, conn))) {
		if (first_look(gate, conn, text, why))
			r->after_look(gate, r);
		return;
	}
	bool same = conn != NULL && take_look(gate, conn, text, why);
	if (r->stage == SG_STAGE_LOOK) {
		if (conn != NULL && !same)
			conn->changed = true;
		r->after_look(gate, r);
	} else if (r->stage == SG_STAGE_ISSUE && !r->looked_again) {
		sg_issue_looked(gate, r, same);
	}
}

void
sg_gate_looked(struct sg_gate *gate, uint64_t id, struct sg_str text, enum sg_reason why)
{
	sg_gate_now(gate);
	struct sg_request *r = sg_request_find(gate, id);
	if (r == NULL)
		return;
	sg_work_begin(gate, r);
	looked(gate, r, text, why);
	sg_work_end(gate);
}

bool
sg_peer_uid_fits(const struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	int64_t uid = -1;
	const struct sg_json *from = r->authzen ? sg_json_get(r->body, "context") : r->body;
	(void)gate;
	if (sg_json_int(sg_json_get(from, "peer_uid"), &uid)) /* an asserted task is of no process that anybody saw */
		return (task->asserted && !r->proven) || uid == task->instance->uid;
	if (r->proven) { /* who presented the token is not known: it proves nothing */
		r->proven = false;
		r->strength = SG_HINT;
	}
	return true;
}
