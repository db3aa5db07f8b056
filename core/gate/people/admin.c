/* SPDX-License-Identifier: Apache-2.0
 * What operators do beside approving: kill, let go, reload. */
#include "gate/people/people.h"
#include "gate/desk/domain.h"
#include "gate/desk/late.h"
#include "gate/decide/memories.h"
#include "gate/desk/revoking.h"
#include "gate/desk/wall.h"
#include "gate/state/ending.h"
#include "gate/state/holder.h"
#include "gate/tasks/tasks.h"

#include "base/near.h"
#include "base/str.h"

#include <stdio.h>

enum { BODY_MAX = 1 << 20, REASON_MAX = 256 /* bytes of why, kept */ };

/* What is in force before it is recorded says which of the two it is. */
static bool
is_durable(const struct sg_gate *gate, const struct sg_request *r)
{
	return r->wait_leaf != 0 && r->wait_leaf <= gate->journal.durable;
}

/* ---- kill ---- */

static bool
read_kill(struct sg_request *r, bool *all, struct sg_str *agent, struct sg_str *why)
{
	*all = false;
	*agent = SG_STR("");
	*why = SG_STR("");
	sg_json_bool(sg_json_get(r->body, "all"), all);
	sg_json_string(sg_json_get(r->body, "agent"), agent);
	sg_json_string(sg_json_get(r->body, "reason"), why);
	*why = sg_str_most(*why, REASON_MAX); /* it stops all the same: what is said of it is cut */
	return *all != (agent->len > 0);
}

static bool
is_ending_still(const struct sg_gate *gate, struct sg_request *r)
{
	bool all;
	struct sg_str agent, why;
	return read_kill(r, &all, &agent, &why) && (all ? sg_state_ending(&gate->state, "all") != NULL : sg_agent_is_ending(gate, agent));
}

static void
answer_kill(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	struct sg_revoking left = sg_revoking_now(gate);
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_bool(&w, "durable", is_durable(gate, r));
	sg_jw_member_int(&w, "ended", (int64_t)r->ended_tasks); /* tasks, those of others below them too */
	sg_jw_member_int(&w, "ending", is_ending_still(gate, r)); /* 1: what it takes stands still, and is ended in slices */
	sg_jw_member_int(&w, "failing", left.failing);
	sg_jw_name(&w, "failing_issuers");
	sg_write_failing_issuers(&w, gate);
	sg_jw_member_bool(&w, "killed_all", gate->state.killed_all);
	sg_jw_member_int(&w, "leases", (int64_t)r->ended_leases);
	sg_jw_member_int(&w, "residual_ms", left.residual_ms);
	sg_jw_member_int(&w, "revoking", left.open);
	sg_jw_member_str(&w, "state", is_durable(gate, r) ? SG_STR("effective") : SG_STR("effective_not_durable"));
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

/* What it stops of the agent, or of all; those of others below it are counted where they end at once. */
static void
count_stopped(const struct sg_gate *gate, struct sg_request *r, bool all, struct sg_str agent)
{
	const struct sg_holder *holder = all ? NULL : sg_state_holder(&gate->state, agent);
	r->ended_tasks = all ? gate->state.open_tasks : holder != NULL ? holder->open : 0;
	r->ended_leases = all ? gate->state.live_leases : holder != NULL ? holder->given : 0;
}

/* Nothing was stopped: who is meant has to be said at once. */
static void
answer_no_agent(struct sg_gate *gate, struct sg_request *r, struct sg_str agent)
{
	char hint[128];
	struct sg_near near = sg_near(agent);
	for (size_t i = 0; i < gate->catalogue->agent_count; i++)
		sg_near_offer(&near, gate->catalogue->agents[i].name);
	sg_answer_error(gate, r, 400, SG_REASON_bad_request, sg_arena_printf(&r->arena, "the catalogue has no such agent; %s", sg_near_hint(&near, '"', "stepgate agents list", hint, sizeof(hint))));
}

/* In the log, so that whoever looks there first finds it. */
static void
say_kill(struct sg_gate *gate, const struct sg_request *r, bool lift, bool all, struct sg_str agent, struct sg_str why)
{
	char line[512];
	struct sg_str by = sg_conn_operator(sg_conn_find(gate, r->conn));
	snprintf(line, sizeof(line), "%s     %.*s by %.*s%s%.*s", lift ? "LIFT" : "KILL", SG_STR_ARG(all ? SG_STR("all agents") : agent), SG_STR_ARG(by), why.len > 0 ? ": " : "", SG_STR_ARG(why));
	sg_gate_warn(gate, SG_STR(""), line);
}

static void
kill_or_lift(struct sg_gate *gate, struct sg_request *r, bool lift)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	bool all;
	struct sg_str agent, why;
	uint64_t number = 0;
	if (!read_kill(r, &all, &agent, &why)) {
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "{\"all\":true} or {\"agent\":NAME of the catalogue}, and \"reason\"");
		return;
	}
	if (agent.len > 0 && sg_catalogue_agent(gate->catalogue, agent) == NULL) {
		answer_no_agent(gate, r, agent);
		return;
	}
	if (lift && is_ending_still(gate, r)) {
		sg_answer_error(gate, r, 409, SG_REASON_attempt_pending, "its tasks are still being ended: ask again in a moment");
		return;
	}
	bool sliced = !lift && !sg_ends_at_once(&gate->state);
	size_t tasks = gate->state.open_tasks, leases = gate->state.live_leases;
	count_stopped(gate, r, all, agent);
	bool in_force = sg_record_kill(gate, agent, lift, sg_conn_operator(conn), why, &number);
	if (!sliced) {
		r->ended_tasks = tasks - gate->state.open_tasks;
		r->ended_leases = leases - gate->state.live_leases;
	}
	if (in_force) {
		say_kill(gate, r, lift, all, agent, why);
		sg_leases_revoking(gate);
		sg_wake(gate);
	}
	r->lost = answer_kill; /* in force (I7), and says itself that it is not durable */
	if (number != 0)
		sg_request_sync(gate, r, number, answer_kill);
	else if (in_force)
		answer_kill(gate, r);
	else
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "lifting a kill must be recorded");
}

void
sg_route_kill(struct sg_gate *gate, struct sg_request *request)
{
	kill_or_lift(gate, request, false);
}

void
sg_route_lift(struct sg_gate *gate, struct sg_request *request)
{
	kill_or_lift(gate, request, true);
}

/* ---- reload ---- */

void
sg_route_reload(struct sg_gate *gate, struct sg_request *r)
{
	if (gate->reloading) {
		sg_answer_error(gate, r, 409, SG_REASON_attempt_pending, "a reload is under way");
		return;
	}
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	r->argument = sg_arena_copy(&r->arena, sg_conn_operator(conn)); /* a reload may take the stanza away */
	gate->reloading = true;
	gate->reload_conn = r->id;
	sg_request_wait(gate, r, SG_STAGE_RELOAD);
	gate->ports.reload(gate->ports.self, r->id);
}

static uint64_t
record_reload(struct sg_gate *gate, struct sg_str by, bool good)
{
	struct sg_buf body;
	sg_buf_init(&body, 1024);
	sg_buf_printf(&body, "{\"by\":\"%.*s\",\"result\":\"%s\",\"verb\":\"reload\"}", SG_STR_ARG(by), good ? "in_force" : "kept_out");
	uint64_t number = sg_record_or_owe(gate, "admin", sg_buf_view(&body));
	sg_buf_done(&body);
	return number;
}

/* A signal or a watched file: the daemon itself. */
static struct sg_str
asked_by(const struct sg_request *r)
{
	return r != NULL ? r->argument : SG_STR("stepgate");
}

/* r->answer: what was wrong, "" if nothing was. */
static void
answer_reload(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	const char *durable = is_durable(gate, r) ? "true" : "false";
	bool good = r->answer.len == 0;
	sg_buf_init(&body, BODY_MAX);
	if (good)
		sg_buf_printf(&body, "{\"config\":\"%s\",\"durable\":%s,\"policy\":\"%s\",\"result\":\"in_force\"}", gate->catalogue->digest, durable, gate->policy);
	else
		sg_buf_printf(&body, "{\"durable\":%s,\"policy\":\"%s\",\"reload\":%.*s,\"result\":\"kept_out\"}", durable, gate->policy, SG_STR_ARG(r->answer));
	sg_answer_buf(gate, r, good ? 200 : 422, &body);
}

static void
keep_errors(struct sg_request *r, struct sg_str errors)
{
	struct sg_str copy = sg_arena_copy(&r->arena, errors);
	r->answer = errors.len == 0 ? SG_STR("") : copy.ptr != NULL ? copy : SG_STR("[{\"what\":\"more is wrong than fits; the daemon's log has it\"}]");
}

void
sg_gate_reloaded(struct sg_gate *gate, uint64_t id, struct sg_str errors)
{
	bool asked = gate->reloading && id == gate->reload_conn; /* one that began before it was asked for may have read older files */
	struct sg_request *r = asked ? sg_request_find(gate, id) : NULL;
	gate->reloading = gate->reloading && !asked;
	uint64_t number = record_reload(gate, asked_by(r), errors.len == 0);
	gate->ports.say(gate->ports.self, errors.len == 0 ? "reload: in force" : "reload: kept out, the old one stays");
	if (r == NULL)
		return;
	keep_errors(r, errors);
	r->lost = answer_reload;
	if (number != 0)
		sg_request_sync(gate, r, number, answer_reload);
	else
		answer_reload(gate, r);
}
