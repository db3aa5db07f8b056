/* SPDX-License-Identifier: Apache-2.0
 * Who asks: the user or the address behind a connection, its agent, the enforcer and the agent it asks for. */
#include "gate/desk/desk.h"

#include "base/group.h"
#include "base/line.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

/* A fact of the kernel's, with strength boundary; "" if there is none. */
static struct sg_str
sure_fact(const struct sg_gate *gate, const struct sg_facts *facts, const char *name)
{
	const struct sg_json *fact = facts->json == NULL ? NULL : sg_facts_kernel(facts, gate->catalogue, name);
	return sg_json_is(fact, "strength", "boundary") ? sg_json_text_at(fact, "value") : SG_STR("");
}

struct sg_str
sg_conn_group(const struct sg_gate *gate, const struct sg_conn *conn)
{
	struct sg_str path = sure_fact(gate, &conn->facts, "cgroup");
	return sg_group_valid(path) ? path : SG_STR("");
}

struct sg_str
sg_instance_group(const struct sg_gate *gate, const struct sg_conn *conn, const struct sg_agent *agent)
{
	struct sg_str path = sg_str_is(agent->instance, "process") ? SG_STR("") : sure_fact(gate, &conn->facts, "cgroup");
	return sg_group_valid(path) ? path : SG_STR("");
}

bool
sg_conn_is_seen(const struct sg_gate *gate, const struct sg_conn *conn, enum sg_reason *reason)
{
	*reason = conn->why;
	if (conn->changed || conn->unseen || conn->facts.json == NULL)
		return false;
	*reason = SG_REASON_match_changed;
	return conn->stack == gate->catalogue->stack; /* what another stack said of it says nothing now */
}

/* Looked at just now: what it is under this match was not only read from what was found out earlier. */
static bool
is_fresh(const struct sg_gate *gate, const struct sg_conn *conn, const struct sg_request *r)
{
	return conn->looked_for == r->id || gate->state.now.boot - conn->looked <= SG_LOOK_FRESH_MS * SG_MSEC;
}

static void
name_process(const struct sg_gate *gate, const struct sg_conn *conn, char hex[33])
{
	char text[1024], facts[SG_SHA256_HEX] = "";
	unsigned char mac[SG_SHA256_BYTES];
	if (conn->peer.pid <= 0)
		sg_sha256_hex(facts, conn->facts.text);
	struct sg_line line = sg_line_begin(text, sizeof(text), "instance|");
	sg_line_text(&line, gate->state.boot_id);
	sg_line_text(&line, "|");
	sg_line_number(&line, (int64_t)conn->peer.pid);
	sg_line_text(&line, "|");
	sg_line_number(&line, (int64_t)conn->peer.start_time);
	sg_line_text(&line, "|");
	sg_line_number(&line, (int64_t)conn->peer.uid);
	sg_line_text(&line, "|");
	sg_line_text(&line, facts);
	sg_hmac(mac, gate->state.key, sg_line_view(&line));
	sg_hex(hex, mac, 16);
}

static void
name_group(const struct sg_gate *gate, const struct sg_conn *conn, struct sg_str group, struct sg_str run, char hex[33])
{
	char text[1024];
	unsigned char mac[SG_SHA256_BYTES];
	int len = snprintf(text, sizeof(text), "group|%s|%.*s|%.*s|%u", gate->state.boot_id, SG_STR_ARG(group), SG_STR_ARG(run), (unsigned)conn->peer.uid);
	sg_hmac(mac, gate->state.key, (struct sg_str){text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1});
	sg_hex(hex, mac, 16);
}

/* An opaque name for one incarnation: of a process the same for every connection it makes, whatever is presented on it and whatever else is found out
 * about it, another one after it is gone; of a control group or a unit the same for all its processes. What the process is, `match` says, each time. The
 * root group and login sessions are no instance: what is known of them is a hint. A peer of another machine is what it presented. */
bool
sg_instance_id(const struct sg_gate *gate, const struct sg_conn *conn, const struct sg_agent *agent, char out[SG_ID_MAX])
{
	char hex[33];
	struct sg_str group = sg_instance_group(gate, conn, agent), run = sg_str_is(agent->instance, "unit") ? sure_fact(gate, &conn->facts, "invocation_id") : SG_STR("");
	bool process = sg_str_is(agent->instance, "process");
	if (!process && (group.len == 0 || (sg_str_is(agent->instance, "unit") && run.len == 0)))
		return false;
	process ? name_process(gate, conn, hex) : name_group(gate, conn, group, run, hex);
	sg_line_join(out, SG_ID_MAX, "i-", sg_str(hex));
	return true;
}

static struct sg_str
body_text(const struct sg_request *request, const char *name)
{
	struct sg_str out = {"", 0};
	sg_json_string(sg_json_get(request->body, name), &out);
	return out;
}

static enum sg_reason
no_agent_reason(enum sg_status status, const struct sg_conn *conn, const struct sg_catalogue *catalogue, struct sg_str named)
{
	const struct sg_agent *other;
	enum sg_strength strength;
	if (status == SG_REFUSED)
		return SG_REASON_agent_ambiguous;
	bool is_another = named.len > 0 &&
			  sg_facts_agent(&conn->facts, catalogue, SG_STR(""), &other, &strength) != SG_NOT_FOUND;
	return is_another ? SG_REASON_not_this_agent : SG_REASON_no_agent;
}

bool
sg_who_owns(const struct sg_request *r, const struct sg_task *task)
{
	return task != NULL && r->agent != NULL && sg_str_is(r->agent->name, task->agent) && strcmp(task->instance->id, r->instance) == 0;
}

/* From now on it is not one of those of whom nothing is known. */
static void
note_known(struct sg_gate *gate, const struct sg_request *request)
{
	struct sg_conn *conn = sg_conn_find(gate, request->conn);
	if (conn == NULL)
		return;
	if (request->enforcer != NULL && !conn->known)
		sg_party_proven(gate, conn);
	conn->known = true;
	sg_conn_place(gate, conn);
}

/* As surely as its stanza wants it, and no person. */
static bool
may_be(const struct sg_gate *gate, const struct sg_conn *conn, const struct sg_agent *agent, enum sg_strength strength, enum sg_reason *reason)
{
	*reason = SG_REASON_facts_weak;
	if (strength < sg_strength_named(agent->identity))
		return false;
	*reason = SG_REASON_human_use;
	return gate->catalogue->dev || agent->human_use || !sg_facts_human(&conn->facts, gate->catalogue);
}

bool
sg_who_agent(struct sg_gate *gate, struct sg_request *request, const struct sg_conn *conn, enum sg_reason *reason)
{
	struct sg_str named = body_text(request, "agent");
	if (!sg_conn_is_seen(gate, conn, reason))
		return false;
	enum sg_status status = sg_facts_agent(&conn->facts, gate->catalogue, named, &request->agent, &request->strength);
	if (status != SG_OK) {
		*reason = no_agent_reason(status, conn, gate->catalogue, named);
		return false;
	}
	if (!may_be(gate, conn, request->agent, request->strength, reason))
		return false;
	request->proven = request->strength != SG_HINT; /* who is only hinted at is asserted: no credentials */
	note_known(gate, request);
	sg_caller_known(gate, request);
	request->who = gate->catalogue;
	*reason = SG_REASON_facts_weak;
	if (!sg_instance_id(gate, conn, request->agent, request->instance))
		return false;
	if (is_fresh(gate, conn, request))
		sg_instance_show(gate, request);
	return true;
}

bool
sg_who_enforcer(struct sg_gate *gate, struct sg_request *request, const struct sg_conn *conn, enum sg_reason *reason)
{
	bool seen = sg_conn_is_seen(gate, conn, reason);
	request->enforcer = seen ? sg_facts_enforcer(&conn->facts, gate->catalogue) : NULL;
	*reason = seen ? SG_REASON_not_enforcer : *reason;
	bool both = request->enforcer != NULL && !gate->catalogue->dev && sg_fits_an_agent(gate, conn); /* its word for an agent would be the agent's */
	if (request->enforcer == NULL || both)
		return false;
	note_known(gate, request);
	request->who = gate->catalogue;
	return true;
}

static bool
agent_stands(const struct sg_gate *gate, const struct sg_request *r, const struct sg_conn *conn, enum sg_reason *reason)
{
	const struct sg_agent *agent;
	enum sg_strength strength;
	*reason = SG_REASON_no_agent;
	if (sg_facts_agent(&conn->facts, gate->catalogue, r->agent->name, &agent, &strength) != SG_OK)
		return false;
	*reason = SG_REASON_facts_weak;
	return strength >= r->strength && may_be(gate, conn, agent, strength, reason);
}

static bool
enforcer_stands(const struct sg_gate *gate, const struct sg_request *r, const struct sg_conn *conn, enum sg_reason *reason)
{
	const struct sg_enforcer *enforcer = sg_facts_enforcer(&conn->facts, gate->catalogue);
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, r->agent->name);
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	enum sg_strength strength;
	*reason = SG_REASON_not_enforcer;
	if (enforcer == NULL || !sg_str_eq(enforcer->name, r->enforcer->name) || (!gate->catalogue->dev && sg_fits_an_agent(gate, conn)))
		return false;
	*reason = SG_REASON_no_agent;
	return agent != NULL && (task == NULL || !sg_task_shows(task) || sg_instance_shown(task->instance, agent, &strength, reason));
}

bool
sg_who_stands(struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	*reason = SG_REASON_allowed;
	if (r->who == gate->catalogue || (conn != NULL && conn->face == SG_FACE_ADMIN)) /* an operator tries what would be: nobody acts */
		return true;
	*reason = SG_REASON_peer_changed;
	if (conn == NULL || r->agent == NULL)
		return false;
	if (!sg_conn_is_seen(gate, conn, reason)) {
		*reason = *reason == SG_REASON_match_changed ? *reason : SG_REASON_peer_changed;
		return false;
	}
	if (!(r->enforcer != NULL ? enforcer_stands(gate, r, conn, reason) : agent_stands(gate, r, conn, reason)))
		return false;
	r->who = gate->catalogue;
	return true;
}

bool
sg_fits_an_agent(const struct sg_gate *gate, const struct sg_conn *conn)
{
	enum sg_strength strength;
	for (size_t i = 0; i < gate->catalogue->agent_count; i++)
		if (sg_facts_fit(&conn->facts, &gate->catalogue->agents[i].match, gate->catalogue, &strength))
			return true;
	return false;
}

bool
sg_peer_uid_fits(const struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	int64_t uid = -1;
	const struct sg_json *from = r->authzen ? sg_json_get(r->body, "context") : r->body;
	(void)gate;
	if (sg_json_int(sg_json_get(from, "peer_uid"), &uid)) /* of one that was asserted nobody saw a process */
		return task->instance->uid >= 0 ? uid == task->instance->uid : task->asserted && !r->proven;
	if (r->proven) { /* who presented the token is not known: it proves nothing */
		r->proven = false;
		r->strength = SG_HINT;
	}
	return true;
}

void
sg_asker(const struct sg_request *r, char out[80])
{
	if (r->enforcer != NULL)
		sg_line_join(out, 80, "enforcer:", r->enforcer->name);
	else if (r->agent != NULL)
		sg_line_join(out, 80, "agent:", r->agent->name);
	else
		sg_line_join(out, 80, "unknown", SG_STR(""));
}
