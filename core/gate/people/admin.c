/* SPDX-License-Identifier: Apache-2.0
 * What operators do beside approving: kill, let go, reload, look. */
#include "gate/people/people.h"
#include "gate/desk/domain.h"
#include "gate/desk/late.h"
#include "gate/decide/memories.h"
#include "gate/desk/revoking.h"
#include "gate/desk/wall.h"
#include "gate/state/ending.h"
#include "gate/state/holder.h"
#include "gate/tasks/tasks.h"

#include "base/str.h"

#include <stdio.h>

enum { BODY_MAX = 1 << 20, EVENTS_MOST = 200, EVENTS_BYTES = 8 << 20 /* of the journal, read for one answer */, BODY_ROOM = 64, REASON_MAX = 256 /* bytes of why, kept */ }; /* BODY_ROOM: what the frame adds to a body */

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

static void
kill_or_lift(struct sg_gate *gate, struct sg_request *r, bool lift)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	bool all;
	struct sg_str agent, why;
	struct sg_buf body;
	struct sg_json_writer w;
	uint64_t number = 0;
	if (!read_kill(r, &all, &agent, &why) || (agent.len > 0 && sg_catalogue_agent(gate->catalogue, agent) == NULL)) {
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "{\"all\":true} or {\"agent\":NAME of the catalogue}, and \"reason\"");
		return;
	}
	if (lift && is_ending_still(gate, r)) {
		sg_answer_error(gate, r, 409, SG_REASON_attempt_pending, "its tasks are still being ended: ask again in a moment");
		return;
	}
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "agent", agent);
	sg_jw_member_bool(&w, "all", all);
	sg_jw_member_str(&w, "by", sg_conn_operator(conn));
	sg_jw_member_bool(&w, "lift", lift);
	sg_jw_member_str(&w, "reason", why);
	bool sliced = !lift && !sg_ends_at_once(&gate->state);
	if (sliced)
		sg_jw_member_bool(&w, "sliced", true);
	sg_jw_end(&w);
	size_t tasks = gate->state.open_tasks, leases = gate->state.live_leases;
	count_stopped(gate, r, all, agent);
	bool recorded = sg_record(gate, "kill", sg_buf_view(&body), SG_STR(""), &number, NULL) == SG_OK;
	bool in_force = recorded || (!lift && sg_owe_folded(gate, "kill", sg_buf_view(&body)));
	sg_buf_done(&body);
	if (!sliced) {
		r->ended_tasks = tasks - gate->state.open_tasks;
		r->ended_leases = leases - gate->state.live_leases;
	}
	if (in_force) {
		sg_leases_revoking(gate);
		sg_wake(gate);
	}
	r->lost = answer_kill; /* in force (I7), and says itself that it is not durable */
	if (recorded)
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

/* ---- looking ---- */

void
sg_gate_unconfined(struct sg_gate *gate, const char *who, const char *layer)
{
	char text[256];
	int len = snprintf(text, sizeof(text), "\"%s runs without %s\"", who, layer);
	if (gate->layers.len > 0 && memmem(gate->layers.ptr, gate->layers.len, text, (size_t)len) != NULL)
		return;
	if (gate->layers.len > 0)
		gate->layers.len--; /* the closing bracket */
	sg_buf_text(&gate->layers, gate->layers.len > 0 ? "," : "[");
	sg_buf_text(&gate->layers, text);
	sg_buf_text(&gate->layers, "]");
	fprintf(stderr, "stepgated: %s runs without %s\n", who, layer);
}

static void
write_gaps(struct sg_json_writer *w, const struct sg_gate *gate)
{
	sg_jw_object(w);
	sg_jw_member_int(w, "closed", gate->gap[1].count);
	sg_jw_member_int(w, "overloaded", gate->gap[0].count);
	sg_jw_end(w);
}

/* Stanzas that trust more than the kernel tells: said in words, every time. */
static void
write_weak(struct sg_json_writer *w, const struct sg_catalogue *catalogue)
{
	sg_jw_array(w);
	for (size_t i = 0; i < catalogue->agent_count; i++) {
		const struct sg_agent *a = &catalogue->agents[i];
		char text[224];
		snprintf(text, sizeof(text), "agent %.*s: its identity rests on what its process says of itself (identity = \"hint\")", SG_STR_ARG(a->name));
		if (sg_str_is(a->identity, "hint"))
			sg_jw_text(w, text);
		snprintf(text, sizeof(text), "agent %.*s: what one process of it read may reach another unseen (domain = \"process\")", SG_STR_ARG(a->name));
		if (sg_str_is(a->domain, "process") && !catalogue->dev)
			sg_jw_text(w, text);
		snprintf(text, sizeof(text), "agent %.*s: units of one user may reach each other's files (domain = \"unit\" without isolated_files = true)", SG_STR_ARG(a->name));
		if (sg_str_is(a->domain, "unit") && !a->isolated && !catalogue->dev)
			sg_jw_text(w, text);
	}
	sg_jw_end(w);
}

/* Connections of processes of which nobody can tell whether they have begun another program by exec. */
static int64_t
execs_unseen(const struct sg_gate *gate)
{
	int64_t count = 0;
	size_t at = 0;
	for (struct sg_conn *c; (c = sg_table_next(&gate->conns, &at)) != NULL;) {
		const struct sg_json *run = c->facts.json == NULL || c->peer.network ? NULL : sg_facts_kernel(&c->facts, gate->catalogue, "run");
		count += c->facts.json != NULL && !c->peer.network && (run == NULL || sg_json_is(run, "value", "unseen"));
	}
	return count;
}

static void
write_revoking(struct sg_json_writer *w, const struct sg_gate *gate)
{
	struct sg_revoking left = sg_revoking_now(gate);
	sg_jw_object(w);
	sg_jw_member_int(w, "failing", left.failing);
	sg_jw_name(w, "issuers");
	sg_write_failing_issuers(w, gate);
	sg_jw_member_int(w, "open", left.open);
	sg_jw_end(w);
}

static void
write_verdicts(struct sg_json_writer *w, const struct sg_gate *gate)
{
	sg_jw_object(w);
	for (unsigned v = 0; v < 4; v++) {
		sg_jw_name_text(w, sg_verdict_name(sg_verdict_at(v)));
		sg_jw_int(w, (int64_t)gate->by_verdict[v]);
	}
	sg_jw_end(w);
}

/* Those that there were, in byte order of their codes. */
static void
write_reasons(struct sg_json_writer *w, const struct sg_gate *gate)
{
	enum sg_reason sorted[SG_REASON_COUNT];
	size_t count = 0;
	for (int reason = 0; reason < SG_REASON_COUNT; reason++) {
		size_t at = count;
		if (gate->by_reason[reason] == 0)
			continue;
		for (; at > 0 && strcmp(sg_reason_code(sorted[at - 1]), sg_reason_code((enum sg_reason)reason)) > 0; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = (enum sg_reason)reason;
		count++;
	}
	sg_jw_object(w);
	for (size_t i = 0; i < count; i++) {
		sg_jw_name_text(w, sg_reason_code(sorted[i]));
		sg_jw_int(w, (int64_t)gate->by_reason[sorted[i]]);
	}
	sg_jw_end(w);
}

void
sg_route_status(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "agents", gate->catalogue->agent_count);
	sg_jw_member_int(&w, "allowed", gate->allowed);
	sg_jw_member_int(&w, "approvals", gate->state.open_approvals);
	sg_jw_name(&w, "clock");
	sg_write_wall(&w, gate);
	sg_jw_member_str(&w, "config", sg_str(gate->catalogue->digest));
	sg_jw_name(&w, "confinement");
	gate->layers.len > 0 ? sg_jw_raw(&w, sg_buf_view(&gate->layers)) : sg_jw_raw(&w, SG_STR("[]"));
	sg_jw_member_int(&w, "connections", gate->conns.count);
	sg_jw_member_int(&w, "connections_most", (int64_t)sg_conns_most(gate));
	sg_jw_member_int(&w, "decided", gate->decided);
	sg_write_domains(&w, gate);
	sg_jw_member_int(&w, "durable", gate->journal.durable);
	sg_jw_member_int(&w, "execs_unseen", execs_unseen(gate));
	sg_jw_name(&w, "identity");
	write_weak(&w, gate->catalogue);
	sg_jw_member_str(&w, "journal", gate->journal.closed ? SG_STR("closed") : gate->sync_late ? SG_STR("late") : SG_STR("open"));
	sg_jw_name(&w, "killed");
	sg_jw_array(&w);
	if (gate->state.killed_all)
		sg_jw_text(&w, "all");
	size_t at = 0;
	for (char *k; (k = sg_table_next(&gate->state.killed, &at)) != NULL;)
		sg_jw_text(&w, k);
	sg_jw_end(&w);
	sg_jw_member_int(&w, "leases", gate->state.live_leases);
	sg_write_memories(&w, gate);
	sg_jw_member_str(&w, "mode", gate->catalogue->dev ? SG_STR("dev") : SG_STR("enforce"));
	sg_jw_name(&w, "modules");
	gate->ports.modules(gate->ports.self, &w);
	sg_jw_member_text(&w, "passed_over", gate->passed_why);
	sg_jw_member_str(&w, "policy", sg_str(gate->policy));
	sg_jw_member_int(&w, "policy_generation", gate->policy_generation);
	sg_jw_name(&w, "reasons");
	write_reasons(&w, gate);
	sg_jw_name(&w, "revoking");
	write_revoking(&w, gate);
	sg_jw_member_int(&w, "shut_out", gate->shut_out);
	sg_jw_member_int(&w, "tasks", gate->state.open_tasks);
	bool wanted = sg_json_get(sg_json_get(gate->catalogue->document, "listen"), "enforcer") != NULL;
	sg_jw_member_text(&w, "tls", !wanted ? "none" : gate->tls_open ? "open" : "closed");
	sg_jw_member_str(&w, "trust_domain", gate->catalogue->trust_domain);
	sg_jw_member_int(&w, "turned_out", gate->turned_out);
	sg_jw_name(&w, "unrecorded");
	write_gaps(&w, gate);
	sg_jw_name(&w, "verdicts");
	write_verdicts(&w, gate);
	sg_jw_member_str(&w, "version", SG_STR(SG_VERSION));
	sg_jw_name(&w, "work");
	sg_write_work(&w, gate);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

/* {"digest":...,"document":{...}}: what conf/ made of the files when they were last taken. */
void
sg_route_config(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	sg_buf_init(&body, SG_FRAME_MAX - BODY_ROOM);
	sg_buf_printf(&body, "{\"digest\":\"%s\",\"document\":", gate->catalogue->digest);
	sg_buf_str(&body, gate->catalogue->text);
	sg_buf_text(&body, "}");
	sg_answer_buf(gate, r, 200, &body);
}

static bool
write_event(void *to, const struct sg_record *record)
{
	struct sg_buf *body = to;
	if (body->len >= BODY_MAX - 2 * SG_LEAF_MAX)
		return false;
	sg_buf_text(body, body->ptr[body->len - 1] == '[' ? "" : ",");
	sg_buf_str(body, record->leaf);
	return true;
}

void
sg_route_events(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_str after = {"", 0};
	int64_t from = 0;
	struct sg_buf body;
	sg_json_string(sg_json_get(r->body, "after"), &after);
	if (after.len > 0 && !sg_str_int(after, 0, INT64_MAX, &from)) {
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "after is a leaf number");
		return;
	}
	if (after.len == 0)
		from = gate->journal.durable > 20 ? (int64_t)gate->journal.durable - 20 : 0;
	sg_buf_init(&body, BODY_MAX);
	sg_buf_text(&body, "{\"events\":[");
	uint64_t first = (uint64_t)from + 1, last = gate->journal.durable < first + EVENTS_MOST - 1 ? gate->journal.durable : first + EVENTS_MOST - 1;
	uint64_t told = first <= last ? sg_leaves_read(gate, first, last, EVENTS_BYTES, write_event, &body) : first - 1;
	if (told < first && first <= last)
		told = first; /* a leaf that cannot be read does not hold up those behind it */
	sg_buf_printf(&body, "],\"next\":%llu}", (unsigned long long)told);
	sg_answer_buf(gate, r, 200, &body);
}
