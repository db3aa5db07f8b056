/* SPDX-License-Identifier: Apache-2.0
 * What callers may ask, in units: a small request is one. Taken before a request is read, so that what is refused costs next to nothing; whoever goes on
 * asking without anything left is answered late. */
#include "gate/desk/buckets.h"
#include "gate/desk/purse.h"

#include "base/line.h"
#include "base/str.h"
#include "gate/desk/desk.h"

#include <stdio.h>

bool
sg_bucket_take(struct sg_gate *gate, const char *kind, struct sg_str name)
{
	char key[160];
	snprintf(key, sizeof(key), "%s:%.*s", kind, SG_STR_ARG(name));
	return sg_purse_take(gate, SG_PURSE_CALLER, key, 1, 0);
}

bool
sg_bucket_take_party(struct sg_gate *gate, const char *key)
{
	return sg_purse_take(gate, SG_PURSE_PARTY, key, 1, 0);
}

/* ---- what a request costs ---- */

int64_t
sg_request_units(struct sg_str body)
{
	return 1 + (int64_t)(body.len / SG_UNIT_BYTES) + (int64_t)(sg_json_most_values(body) / SG_UNIT_VALUES);
}

/* Stopping is never too dear, neither is saying no. */
static bool
is_free(enum sg_route route)
{
	return route == SG_ROUTE_O_KILL || route == SG_ROUTE_O_LIFT || route == SG_ROUTE_O_REFUSE;
}

/* What tidies up may go on where asking may not. */
static int64_t
reserve_of(const struct sg_gate *gate, enum sg_route route)
{
	bool tidies = route == SG_ROUTE_A_OUTCOME || route == SG_ROUTE_E_OUTCOME || route == SG_ROUTE_A_TASK_CLOSE || route == SG_ROUTE_E_TASK_CLOSE ||
		      route == SG_ROUTE_E_SESSION_END;
	return tidies ? (gate->catalogue->limits.burst + 1) / 2 : 0;
}

static bool
is_proven(const struct sg_gate *gate, const char *name)
{
	char key[64];
	sg_line_join(key, sizeof(key), "proven:", sg_str(name));
	return sg_table_get(&gate->buckets, sg_str(key)) != NULL;
}

/* It was found to be one, a stanza names its user, or one of that user's was within the last hour. Who speaks as an enforcer and is none has what an agent has; an
 * address may be anybody's. */
static bool
is_enforcers(const struct sg_gate *gate, const struct sg_conn *conn, const char *name)
{
	return conn->known || (!conn->peer.network && (sg_uid_enforces(gate->catalogue, conn->peer.uid) || is_proven(gate, name)));
}

/* Who pays, by the beginning of the key of its purse. */
static const char *const payers[SG_PAYER_COUNT] = {
	[SG_PAYER_AGENT] = "agent:",
	[SG_PAYER_UID] = "uid:",
	[SG_PAYER_ADMIN] = "admin:",
	[SG_PAYER_ENFORCER] = "enforcer:",
	[SG_PAYER_STRANGER] = "stranger:",
};

static void
key_of(const struct sg_conn *conn, enum sg_payer payer, char key[160])
{
	char name[SG_CONN_NAME];
	sg_conn_name(conn, name);
	sg_line_join(key, 160, payers[payer], payer == SG_PAYER_AGENT ? sg_str(conn->caller) : sg_str(name));
}

/* The uid, or the address, until it is known which agent speaks; enforcers and operators by uid, with a purse of their own. */
static enum sg_purse
payer_of(const struct sg_gate *gate, const struct sg_conn *conn, enum sg_payer *payer)
{
	char name[SG_CONN_NAME];
	sg_conn_name(conn, name);
	bool agents = conn->face == SG_FACE_AGENT, party = conn->face == SG_FACE_ADMIN || (!agents && is_enforcers(gate, conn, name));
	bool shared = !agents && !party && !conn->asked && is_proven(gate, name); /* an enforcer's first request comes before it is known: strangers there do not pay with its purse, but as fast */
	if (agents)
		*payer = conn->caller[0] != '\0' ? SG_PAYER_AGENT : SG_PAYER_UID;
	else
		*payer = conn->face == SG_FACE_ADMIN ? SG_PAYER_ADMIN : party ? SG_PAYER_ENFORCER : SG_PAYER_STRANGER;
	return party || shared ? SG_PURSE_PARTY : SG_PURSE_CALLER;
}

/* Behind the page are many: whose request it is, its session says once it is read (sg_page_afford). */
static bool
is_pages(const struct sg_conn *conn)
{
	return conn->face == SG_FACE_ADMIN && conn->admin != NULL && conn->admin->page;
}

bool
sg_request_afford(struct sg_gate *gate, struct sg_request *r, struct sg_str body)
{
	char key[160];
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	r->units = sg_request_units(body);
	if (conn == NULL || is_free(r->route->route) || is_pages(conn))
		return true;
	enum sg_purse purse = payer_of(gate, conn, &r->payer);
	key_of(conn, r->payer, key);
	r->paid = sg_purse_take(gate, purse, key, r->units, reserve_of(gate, r->route->route));
	conn->asked = true;
	return r->paid;
}

/* Behind an enforcer each agent pays for itself: the enforcer gets back what it laid out. */
static void
give_back(struct sg_gate *gate, struct sg_request *r)
{
	char key[160];
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	if (conn == NULL || !r->paid || conn->face == SG_FACE_AGENT)
		return;
	key_of(conn, r->payer, key); /* who it is may have been found out meanwhile: it goes where it came from */
	struct sg_bucket *b = sg_table_get(&gate->buckets, sg_str(key));
	if (b != NULL)
		b->tokens_milli += r->units * 1000;
	r->paid = false;
}

bool
sg_agent_afford(struct sg_gate *gate, struct sg_request *r, struct sg_str agent)
{
	char key[160];
	if (r->agent_paid)
		return true;
	sg_work_known(gate, r);
	if (sg_work_refused(gate, r))
		return false;
	give_back(gate, r);
	sg_line_join(key, sizeof(key), "agent:", agent);
	r->agent_paid = sg_purse_take(gate, SG_PURSE_CALLER, key, r->units, reserve_of(gate, r->route->route));
	return r->agent_paid;
}

/* It owes the report, and it is its, should the gate hang over it. False: it did lately. */
static bool
is_well(struct sg_gate *gate, struct sg_request *r, struct sg_str agent)
{
	r->agent = sg_catalogue_agent(gate->catalogue, agent);
	bool well = r->agent == NULL;
	if (!well) {
		sg_agent_owes(gate, r, r->units);
		sg_work_known(gate, r);
		well = !sg_work_refused(gate, r);
	}
	r->agent = NULL;
	return well;
}

bool
sg_own_afford(struct sg_gate *gate, struct sg_request *r, enum sg_purse purse, const char *key)
{
	if (sg_purse_take(gate, purse, key, r->units, 0))
		return true;
	const struct sg_bucket *b = sg_table_get(&gate->buckets, sg_str(key));
	r->refusals = b != NULL ? b->refused : 0;
	return false;
}

bool
sg_own_report_afford(struct sg_gate *gate, struct sg_request *r)
{
	char key[160];
	sg_line_join(key, sizeof(key), "reports:", r->agent->name);
	return sg_agent_afford(gate, r, r->agent->name) && sg_own_afford(gate, r, SG_PURSE_CALLER, key);
}

bool
sg_report_afford(struct sg_gate *gate, struct sg_request *r, struct sg_str agent)
{
	char key[160];
	give_back(gate, r);
	if (!is_well(gate, r, agent))
		return false;
	sg_line_join(key, sizeof(key), "outcomes:", agent);
	return sg_own_afford(gate, r, SG_PURSE_PARTY, key);
}

static bool
nobodys_afford(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	char key[160];
	if (r->agent_paid)
		return true;
	r->behind = true;
	sg_work_known(gate, r);
	if (sg_work_refused(gate, r))
		return false;
	give_back(gate, r);
	sg_line_join(key, sizeof(key), "behind:", sg_str(task->agent));
	r->agent_paid = sg_own_afford(gate, r, SG_PURSE_CALLER, key);
	return r->agent_paid;
}

bool
sg_task_afford(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	const char *payer = sg_task_pays(gate, task);
	return payer != NULL ? sg_agent_afford(gate, r, sg_str(payer)) : nobodys_afford(gate, r, task);
}

bool
sg_behind_afford(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	if (conn == NULL || conn->face != SG_FACE_ENFORCER || task == NULL)
		return true;
	r->agent = sg_catalogue_agent(gate->catalogue, sg_str(task->agent));
	bool affords = sg_task_afford(gate, r, task);
	uint64_t id = r->id;
	if (!affords)
		sg_request_refuse(gate, r);
	if ((r = sg_request_find(gate, id)) != NULL) /* it is answered later, or goes on: who asks is the enforcer */
		r->agent = NULL;
	return affords;
}

void
sg_caller_known(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	if (conn == NULL || conn->face != SG_FACE_AGENT || r->agent->name.len >= sizeof(conn->caller))
		return;
	r->agent_paid |= r->paid && sg_str_is(r->agent->name, conn->caller);
	memcpy(conn->caller, r->agent->name.ptr, r->agent->name.len);
	conn->caller[r->agent->name.len] = '\0';
}

bool
sg_connect_afford(struct sg_gate *gate, enum sg_face face, const struct sg_peer *peer)
{
	char key[64];
	if (peer->network || face == SG_FACE_ADMIN) /* addresses have buckets of their own, operators a share of the connections */
		return true;
	snprintf(key, sizeof(key), "connect:%s:%u", sg_face_name(face), (unsigned)peer->uid);
	return sg_purse_take(gate, face == SG_FACE_AGENT ? SG_PURSE_CALLER : SG_PURSE_PARTY, key, 1, 0);
}

bool
sg_connect_spent(struct sg_gate *gate, enum sg_face face, uid_t uid)
{
	char key[64];
	snprintf(key, sizeof(key), "connect:%s:%u", sg_face_name(face), (unsigned)uid);
	struct sg_bucket *b = face == SG_FACE_ADMIN ? NULL : sg_table_get(&gate->buckets, sg_str(key));
	if (b == NULL)
		return false;
	sg_gate_now(gate);
	sg_purse_refill(gate, face == SG_FACE_AGENT ? SG_PURSE_CALLER : SG_PURSE_PARTY, b);
	return b->tokens_milli < 1000;
}

/* ---- those who have nothing left ---- */

static void
answer_refused(struct sg_gate *gate, struct sg_request *r)
{
	sg_answer_error(gate, r, 429, SG_REASON_overloaded, "rate and burst are in limits");
}

static uint64_t
refused_by(struct sg_gate *gate, const struct sg_request *r)
{
	char key[160];
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	const struct sg_bucket *b = NULL;
	if (r->refusals > 0)
		return r->refusals;
	if (r->agent != NULL && !r->agent_paid && r->stage != SG_STAGE_SLOWED) {
		sg_line_join(key, sizeof(key), "agent:", r->agent->name);
		b = sg_table_get(&gate->buckets, sg_str(key));
	} else if (conn != NULL) {
		enum sg_payer payer;
		payer_of(gate, conn, &payer);
		key_of(conn, payer, key);
		b = sg_table_get(&gate->buckets, sg_str(key));
	}
	return b == NULL ? 0 : b->refused;
}

void
sg_request_refuse(struct sg_gate *gate, struct sg_request *r)
{
	if (sg_work_refused(gate, r)) {
		sg_answer_error(gate, r, 503, SG_REASON_caller_hung, "");
		return;
	}
	sg_gap_count(gate, 0, SG_REASON_overloaded);
	if (refused_by(gate, r) <= SG_REFUSED_AT_ONCE) {
		answer_refused(gate, r);
		return;
	}
	sg_request_wait(gate, r, SG_STAGE_SLOWED);
	r->wait_until = gate->state.now.boot + SG_REFUSED_LATE_MS * SG_MSEC;
}

void
sg_slowed_wake(struct sg_gate *gate, struct sg_request *r)
{
	if (gate->state.now.boot >= r->wait_until)
		answer_refused(gate, r);
}
