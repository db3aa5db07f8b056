/* SPDX-License-Identifier: Apache-2.0
 * Looks at who is behind a connection: the first, before its first request is judged; later ones, which must find the same. */
#include "gate/desk/desk.h"

#include "base/str.h"

#include <stdio.h>

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
	sg_conn_place(gate, conn);
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
		sg_conn_place(gate, conn);
		return false;
	}
	sg_facts_done(&conn->facts);
	conn->facts = *facts;
	conn->configured = gate->configured;
	conn->stack = gate->catalogue->stack; /* whoever looks asks again where a reload changed it meanwhile */
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
	conn->unseen = !good;
	return good;
}

bool
sg_is_operator(const struct sg_gate *gate, const struct sg_conn *conn)
{
	return conn->admin != NULL && (gate->catalogue->dev || conn->facts.json == NULL || !sg_fits_an_agent(gate, conn));
}

bool
sg_approves_only(const struct sg_conn *conn)
{
	return conn->approver || (conn->admin != NULL && conn->admin->approves_only);
}

bool
sg_may_ask(const struct sg_conn *conn, unsigned route, const char **why)
{
	bool watches = conn->admin != NULL && conn->admin->watches_only;
	*why = conn->approver ? "this socket is for approvals alone: admin.sock" : watches ? "this admin may read the status, nothing else" : "this admin may approve, nothing else";
	if (conn->face != SG_FACE_ADMIN || (!watches && !sg_approves_only(conn)))
		return true;
	return (!watches || route == SG_ROUTE_O_STATUS) && (!sg_approves_only(conn) || sg_route_approves(route));
}

bool
sg_operator_gone(const struct sg_gate *gate, const struct sg_conn *conn)
{
	return conn != NULL && conn->admin != NULL && sg_admin_gone(gate, conn->admin->name);
}

/* An operator whom no look has seen since the last reload. */
static bool
is_anew(const struct sg_gate *gate, const struct sg_conn *conn)
{
	return conn->face == SG_FACE_ADMIN && conn->configured != gate->configured;
}

/* There is nothing to look at before it has presented something: no process, or no step that looks at processes. */
static bool
speaks_first(const struct sg_gate *gate, const struct sg_conn *conn)
{
	return gate->catalogue->reads && (conn->peer.network || !gate->catalogue->looks);
}

bool
sg_first_look_due(const struct sg_gate *gate, const struct sg_conn *conn)
{
	return !conn->seen && !speaks_first(gate, conn);
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

static void
review_waiting(struct sg_gate *gate, struct sg_request *r)
{
	if (r == NULL || r->stage != SG_STAGE_POLL)
		return;
	sg_request_renew(gate, r); /* who asks is found anew */
	r->reviewed(gate, r);
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
		sg_conn_place(gate, c);
		if (c->face != SG_FACE_ADMIN || sg_is_operator(gate, c)) {
			review_waiting(gate, sg_request_find(gate, c->request));
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
	sg_request_wait(gate, r, SG_STAGE_LOOK);
	r->after_look = then;
	if (conn == NULL || gate->ports.look(gate->ports.self, r->id, r->conn))
		return;
	if (sg_first_look_due(gate, conn) || is_anew(gate, conn)) {
		if (first_look(gate, conn, (struct sg_str){NULL, 0}, SG_REASON_facts_unavailable))
			then(gate, r);
		return;
	}
	conn->why = SG_REASON_facts_unavailable;
	conn->unseen = true;
	then(gate, r);
}

/* It records something in the asker's name, and is answered without the second look that an action has. */
static bool
binds(const struct sg_request *r)
{
	switch (r->route->route) {
	case SG_ROUTE_A_TASK_OPEN:
	case SG_ROUTE_A_TASK_CLOSE:
	case SG_ROUTE_A_OUTCOME:
	case SG_ROUTE_A_DELEGATE:
	case SG_ROUTE_A_PLAN:
	case SG_ROUTE_E_TASK_OPEN:
	case SG_ROUTE_E_TASK_CLOSE:
	case SG_ROUTE_E_OUTCOME:
	case SG_ROUTE_E_SESSION_END:
		return true;
	default:
		return false;
	}
}

static bool
is_fresh(const struct sg_gate *gate, const struct sg_conn *conn, const struct sg_request *r)
{
	return binds(r) ? conn->looked_for == r->id : gate->state.now.boot - conn->looked <= SG_LOOK_FRESH_MS * SG_MSEC;
}

void
sg_look_first(struct sg_gate *gate, struct sg_request *r, void (*then)(struct sg_gate *, struct sg_request *))
{
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	if (conn == NULL)
		sg_request_end(gate, r);
	else if (conn->changed || (!conn->unseen && (conn->facts.json == NULL || is_fresh(gate, conn, r))))
		then(gate, r);
	else
		sg_look_now(gate, r, then);
}

static void
looked(struct sg_gate *gate, struct sg_request *r, struct sg_str text, enum sg_reason why)
{
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	if (conn != NULL)
		conn->looked_for = r->id;
	if (conn != NULL && r->stage == SG_STAGE_LOOK && (is_anew(gate, conn) || sg_first_look_due(gate, conn))) {
		if (first_look(gate, conn, text, why))
			r->after_look(gate, r);
		return;
	}
	bool same = conn != NULL && take_look(gate, conn, text, why);
	if (r->stage == SG_STAGE_LOOK)
		r->after_look(gate, r); /* nothing found: refused, and the next one looks again */
	else if (r->stage == SG_STAGE_ISSUE && !r->looked_again)
		r->looked_at(gate, r, same);
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
