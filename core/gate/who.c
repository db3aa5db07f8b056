/* SPDX-License-Identifier: Apache-2.0
 * Who asks: the user or the address behind a connection, its agent, the enforcer and the agent it asks for. */
#include "gate/request.h"

#include "base/group.h"
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

int64_t
sg_conn_uid(const struct sg_conn *conn)
{
	return conn == NULL || conn->peer.network ? -1 : (int64_t)conn->peer.uid;
}

void
sg_conn_name(const struct sg_conn *conn, char out[SG_CONN_NAME])
{
	if (conn->peer.network)
		sg_address_name(conn->peer.address, out);
	else
		snprintf(out, SG_CONN_NAME, "%u", (unsigned)conn->peer.uid);
}

struct sg_str
sg_conn_operator(const struct sg_conn *conn)
{
	return conn != NULL && conn->admin != NULL ? conn->admin->name : SG_STR("stepgate");
}

bool
sg_match_names_uid(const struct sg_strings *match, uid_t uid)
{
	char want[16];
	snprintf(want, sizeof(want), "uid=%u", (unsigned)uid);
	for (size_t i = 0; i < match->count; i++) {
		struct sg_str rest = match->items[i];
		sg_str_cut(&rest, ':');
		if (rest.ptr != NULL && sg_str_is(rest, want))
			return true;
	}
	return false;
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

/* An opaque name for one incarnation: of a process the same for every connection it makes, whatever is presented on it and whatever else is found out
 * about it, another one after it is gone; of a control group or a unit the same for all its processes. What the process is, `match` says, each time. The
 * root group and login sessions are no instance: what is known of them is a hint. A peer of another machine is what it presented. */
bool
sg_instance_id(const struct sg_gate *gate, const struct sg_conn *conn, const struct sg_agent *agent, char out[SG_ID_MAX])
{
	char text[1024], hex[33], facts[SG_SHA256_HEX];
	unsigned char mac[SG_SHA256_BYTES];
	struct sg_str group = sg_instance_group(gate, conn, agent), run = sg_str_is(agent->instance, "unit") ? sure_fact(gate, &conn->facts, "invocation_id") : SG_STR("");
	bool process = sg_str_is(agent->instance, "process");
	if (!process && (group.len == 0 || (sg_str_is(agent->instance, "unit") && run.len == 0)))
		return false;
	snprintf(facts, sizeof(facts), "%s", "");
	if (conn->peer.pid <= 0)
		sg_sha256_hex(facts, conn->facts.text);
	int len = process ? snprintf(text, sizeof(text), "instance|%s|%d|%llu|%u|%s", gate->state.boot_id, (int)conn->peer.pid,
				     (unsigned long long)conn->peer.start_time, (unsigned)conn->peer.uid, facts)
			  : snprintf(text, sizeof(text), "group|%s|%.*s|%.*s|%u", gate->state.boot_id, SG_STR_ARG(group), SG_STR_ARG(run), (unsigned)conn->peer.uid);
	sg_hmac(mac, gate->state.key, (struct sg_str){text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1});
	sg_hex(hex, mac, 16);
	snprintf(out, SG_ID_MAX, "i-%s", hex);
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
	if (conn != NULL)
		conn->known = true;
}

bool
sg_who_agent(struct sg_gate *gate, struct sg_request *request, const struct sg_conn *conn, enum sg_reason *reason)
{
	struct sg_str named = body_text(request, "agent");
	if (conn->changed || conn->facts.json == NULL) {
		*reason = conn->why;
		return false;
	}
	enum sg_status status = sg_facts_agent(&conn->facts, gate->catalogue, named, &request->agent, &request->strength);
	if (status != SG_OK) {
		*reason = no_agent_reason(status, conn, gate->catalogue, named);
		return false;
	}
	if (request->strength < sg_strength_named(request->agent->identity)) {
		*reason = SG_REASON_facts_weak;
		return false;
	}
	if (!gate->catalogue->dev && !request->agent->human_use && sg_facts_human(&conn->facts, gate->catalogue)) {
		*reason = SG_REASON_human_use;
		return false;
	}
	request->proven = request->strength != SG_HINT; /* who is only hinted at is asserted: no credentials */
	note_known(gate, request);
	sg_caller_known(gate, request);
	*reason = SG_REASON_facts_weak;
	return sg_instance_id(gate, conn, request->agent, request->instance);
}

bool
sg_who_enforcer(struct sg_gate *gate, struct sg_request *request, const struct sg_conn *conn, enum sg_reason *reason)
{
	request->enforcer = conn->facts.json == NULL ? NULL : sg_facts_enforcer(&conn->facts, gate->catalogue);
	*reason = conn->changed || conn->facts.json == NULL ? conn->why : SG_REASON_not_enforcer;
	bool both = request->enforcer != NULL && !gate->catalogue->dev && sg_fits_an_agent(gate, conn); /* its word for an agent would be the agent's */
	if (request->enforcer == NULL || conn->changed || both)
		return false;
	note_known(gate, request);
	return true;
}

void
sg_gap_count(struct sg_gate *gate, int which, enum sg_reason reason)
{
	if (gate->gap[which].count++ == 0)
		gate->gap[which].from_ms = gate->state.now.wall_ms;
	gate->gap[which].to_ms = gate->state.now.wall_ms;
	gate->gap[which].reason = reason;
	if (gate->gap_since == 0)
		gate->gap_since = gate->state.now.boot;
}
