/* SPDX-License-Identifier: Apache-2.0
 * POST /v1/tasks/{}/delegate: who asks, whether this was asked before, the grant that is written down. */
#include "gate/tasks/tasks.h"
#include "gate/tasks/delegate.h"

#include "base/str.h"
#include "gate/state/grant.h"

#include <stdio.h>

enum { CUT_MAX = 16 << 10, GRANT_DEPTH = 30, GRANT_VALUES = 4096 }; /* within a leaf, which adds two levels and values of its own */

static void
write_patterns(struct sg_json_writer *w, const char *name, const struct sg_strings *list)
{
	sg_jw_name_text(w, name);
	sg_jw_array(w);
	for (size_t i = 0; i < list->count; i++)
		sg_jw_str(w, list->items[i]);
	sg_jw_end(w);
}

/* A limit may hold any value; in the leaf it stands deeper than in the request. */
static bool
may_be_written(struct sg_request *r, struct sg_str grant)
{
	static const struct sg_json_limits limits = {.depth = GRANT_DEPTH, .nodes = GRANT_VALUES};
	const struct sg_json *json = NULL;
	return grant.ptr != NULL && sg_canon_parse(&r->arena, grant, &limits, &json, NULL) == SG_OK;
}

static struct sg_str
grant_text(struct sg_request *r, const struct sg_delegation *d)
{
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, SG_GRANT_BYTES);
	sg_jw_begin(&w, &out);
	sg_jw_object(&w);
	write_patterns(&w, "actions", &d->actions);
	sg_jw_name(&w, "constraints");
	d->constraints != NULL ? sg_jw_value(&w, d->constraints) : sg_jw_raw(&w, SG_STR("{}"));
	write_patterns(&w, "hand_on", &d->hand_on);
	sg_jw_member_int(&w, "max_depth", d->max_depth);
	write_patterns(&w, "resources", &d->resources);
	sg_jw_member_text(&w, "sensitivity", sg_sensitivity_name(d->level));
	sg_jw_end(&w);
	struct sg_str copy = out.failed ? (struct sg_str){NULL, 0} : sg_arena_copy(&r->arena, sg_buf_view(&out));
	sg_buf_done(&out);
	return copy;
}

static struct sg_str
limits_text(struct sg_request *r, const struct sg_delegation *d)
{
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, 1024);
	sg_jw_begin(&w, &out);
	sg_jw_object(&w);
	for (int i = 0; i < SG_DIMENSIONS; i++)
		if (d->budget[i] >= 0)
			sg_jw_named_int(&w, sg_dimension_name((enum sg_dimension)i), d->budget[i]);
	sg_jw_end(&w);
	struct sg_str copy = sg_arena_copy(&r->arena, sg_buf_view(&out));
	sg_buf_done(&out);
	return copy;
}

static struct sg_str
cut_text(struct sg_request *r, const struct sg_delegation *d)
{
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, 2 * CUT_MAX);
	sg_jw_begin(&w, &out);
	sg_jw_array(&w);
	for (struct sg_str rest = sg_buf_view(&d->cut); rest.len > 0;)
		sg_jw_str(&w, sg_str_cut(&rest, '\n'));
	sg_jw_end(&w);
	struct sg_str copy = sg_arena_copy(&r->arena, sg_buf_view(&out));
	sg_buf_done(&out);
	return copy;
}

static void
hand_on(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d)
{
	char opener[80];
	struct sg_str grant = grant_text(r, d);
	struct sg_opening o = {.agent = d->to, .intent = d->intent, .parent = d->parent, .role = d->role, .on_behalf = sg_str(d->parent->on_behalf),
			       .opener = opener, .grant = grant, .limits = limits_text(r, d), .inputs = sg_json_get(r->body, "inputs"), .ttl_ms = d->ttl_ms,
			       .claimed = d->own};
	sg_asker(r, opener);
	r->narrowed_to = cut_text(r, d);
	if (!may_be_written(r, grant))
		sg_answer_error(gate, r, 413, SG_REASON_bad_request, "the grant is too long or nested too deeply");
	else
		sg_open_task(gate, r, &o);
}

/* Refused delegations stand among the attempts of their task under a name that no caller can give to anything else. */
static void
own_name(const struct sg_request *r, char out[SG_KEY_MAX + 1])
{
	char hex[SG_SHA256_HEX];
	sg_sha256_hex(hex, sg_str(r->attempt));
	snprintf(out, SG_KEY_MAX + 1, " %.40s", hex); /* keys of callers have no blanks */
}

/* Refusals count in the tree like any other, so that trying is not free. */
static void
refuse(struct sg_gate *gate, struct sg_request *r, const struct sg_task *parent, enum sg_reason reason)
{
	r->task = sg_arena_copy(&r->arena, sg_str(parent->id));
	r->args = r->body;
	if (parent->attempts.count >= (size_t)gate->catalogue->limits.attempts_per_task) {
		sg_deny_unkeyed(gate, r, SG_REASON_too_many_attempts);
		return;
	}
	char name[SG_KEY_MAX + 1];
	own_name(r, name);
	memcpy(r->attempt, name, sizeof(name));
	sg_digest_asked(gate, r, parent);
	sg_deny(gate, r, reason);
}

/* So many in ten seconds are no plan. */
static bool
bursts(struct sg_gate *gate, const struct sg_task *parent)
{
	return sg_burst_count(parent->opened_below, sg_state_steady(&gate->state)) >= gate->catalogue->limits.children_burst;
}

static void
delegate(struct sg_gate *gate, struct sg_request *r, const struct sg_task *parent)
{
	struct sg_delegation d = {.parent = parent};
	const char *wrong = "";
	sg_buf_init(&d.cut, CUT_MAX);
	if (!sg_delegation_read(gate, r, &d, &wrong)) {
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, wrong);
	} else if (bursts(gate, parent)) {
		sg_gate_freeze(gate, parent, "children_burst");
		refuse(gate, r, parent, SG_REASON_children_burst);
	} else {
		enum sg_reason reason = sg_delegation_refused(gate, r, &d);
		reason == SG_REASON_allowed ? hand_on(gate, r, &d) : refuse(gate, r, parent, reason);
	}
	sg_buf_done(&d.cut);
}

/* The same key again: the task it opened, or the refusal it got. */
static bool
repeated(struct sg_gate *gate, struct sg_request *r, const struct sg_task *parent)
{
	char name[SG_KEY_MAX + 1];
	own_name(r, name);
	const struct sg_attempt *before = sg_table_get(&parent->attempts, sg_str(name));
	const struct sg_task *child = sg_state_task(&gate->state, r->task);
	if (child != NULL && !sg_asked_same(r, child)) {
		sg_answer_error(gate, r, 409, SG_REASON_idempotency_conflict, "");
	} else if (child != NULL) {
		sg_request_sync(gate, r, gate->journal.appended, sg_answer_opened);
	} else if (before != NULL) {
		r->args = r->body;
		sg_digest_asked(gate, r, parent);
		if (strcmp(before->asked, r->asked) == 0)
			sg_answer_attempt(gate, r, before, SG_DENY, before->reason);
		else
			sg_answer_error(gate, r, 409, SG_REASON_idempotency_conflict, "");
	}
	return child != NULL || before != NULL;
}

static void
delegate_who(struct sg_gate *gate, struct sg_request *r)
{
	char id[SG_ID_MAX], opener[80];
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	const struct sg_task *parent = sg_state_task(&gate->state, r->argument);
	enum sg_reason reason = SG_REASON_no_task;
	r->action_name = SG_STR("task.delegate");
	if (conn == NULL || !sg_who_agent(gate, r, conn, &reason)) {
		sg_deny_unkeyed(gate, r, reason);
		return;
	}
	if (!sg_who_owns(r, parent)) {
		sg_deny_unkeyed(gate, r, parent == NULL || !sg_str_is(r->agent->name, parent->agent) ? SG_REASON_no_task : SG_REASON_wrong_peer);
		return;
	}
	if (!sg_agent_afford(gate, r, r->agent->name)) {
		sg_request_refuse(gate, r);
		return;
	}
	sg_asker(r, opener);
	sg_task_id(gate, r, opener, sg_str(parent->agent), id);
	r->task = sg_arena_copy(&r->arena, sg_str(id));
	if (!repeated(gate, r, parent))
		delegate(gate, r, parent);
}

void
sg_route_delegate(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_str key = {"", 0};
	bool plain = true;
	sg_json_string(sg_json_get(r->body, "key"), &key);
	for (size_t i = 0; i < key.len; i++)
		plain &= key.ptr[i] > ' ' && key.ptr[i] <= '~';
	if (key.len == 0 || key.len > SG_KEY_MAX || !plain) {
		sg_answer_error(gate, r, 400, SG_REASON_key_missing, "{\"key\":\"...\",\"to\":AGENT,\"role\":NAME,\"actions\":[...],...}");
		return;
	}
	memcpy(r->attempt, key.ptr, key.len);
	sg_look_first(gate, r, delegate_who);
}
