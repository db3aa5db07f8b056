/* SPDX-License-Identifier: Apache-2.0
 * What operators look at: the status, the configuration in force, leaves as they come. */
#include "gate/people/people.h"
#include "gate/decide/memories.h"
#include "gate/desk/domain.h"
#include "gate/desk/late.h"
#include "gate/desk/revoking.h"
#include "gate/desk/wall.h"
#include "gate/tasks/tasks.h"

#include "base/str.h"

#include <stdio.h>

enum { BODY_MAX = 1 << 20, EVENTS_MOST = 200, EVENTS_BYTES = 8 << 20 /* of the journal, read for one answer */, BODY_ROOM = 64 }; /* BODY_ROOM: what the frame adds to a body */

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
	sg_jw_member_int(&w, "allowed", (int64_t)gate->by_verdict[sg_verdict_place(SG_ALLOW)]);
	sg_jw_member_int(&w, "approvals", gate->state.open_approvals);
	sg_jw_member_bool(&w, "audit_lags", gate->audit_lags);
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
	sg_jw_member_str(&w, "journal", gate->journal.closed ? SG_STR("closed") : gate->sync_late ? SG_STR("late") : gate->journal.scarce ? SG_STR("full") : SG_STR("open"));
	sg_jw_name(&w, "keep");
	sg_write_keep(&w, gate);
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
	if ((uint64_t)from < gate->journal.base.last)
		from = (int64_t)gate->journal.base.last; /* what was deleted is passed over */
	sg_buf_init(&body, BODY_MAX);
	sg_buf_text(&body, "{\"events\":[");
	uint64_t first = (uint64_t)from + 1, last = gate->journal.durable < first + EVENTS_MOST - 1 ? gate->journal.durable : first + EVENTS_MOST - 1;
	uint64_t told = first <= last ? sg_leaves_read(gate, first, last, EVENTS_BYTES, write_event, &body) : first - 1;
	if (told < first && first <= last)
		told = first; /* a leaf that cannot be read does not hold up those behind it */
	sg_buf_printf(&body, "],\"next\":%llu}", (unsigned long long)told);
	sg_answer_buf(gate, r, 200, &body);
}
