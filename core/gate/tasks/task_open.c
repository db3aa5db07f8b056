/* SPDX-License-Identifier: Apache-2.0
 * Opening tasks: by an agent for itself, by an enforcer for an agent, by an operator for an agent. */
#include "gate/tasks/tasks.h"
#include "gate/desk/body.h"
#include "gate/desk/domain.h"
#include "gate/state/values.h"

#include "base/str.h"

#include <stdio.h>

enum { BODY_MAX = 60 << 10 };

/* What was asked under this key, so that a repeat can be told from another question. */
static struct sg_str
asked_tag(struct sg_request *r)
{
	struct sg_buf text;
	char hex[SG_SHA256_HEX];
	sg_buf_init(&text, 1 << 20);
	if (r->body != NULL)
		sg_canon_write(&text, r->body);
	sg_sha256_hex(hex, sg_buf_view(&text));
	sg_buf_done(&text);
	return sg_arena_copy(&r->arena, (struct sg_str){hex, 16});
}

bool
sg_asked_same(struct sg_request *r, const struct sg_task *task)
{
	return task->asked[0] == '\0' || sg_str_is(asked_tag(r), task->asked);
}

/* An instance nobody is yet: it becomes one when the task is claimed. */
static void
nobody(const struct sg_request *r, char out[SG_ID_MAX])
{
	snprintf(out, SG_ID_MAX, "u-%.*s", (int)(r->task.len > 2 ? r->task.len - 2 : 0), r->task.ptr + 2);
}

static void
write_inputs(struct sg_json_writer *w, struct sg_gate *gate, const struct sg_request *r, const struct sg_opening *o)
{
	struct sg_task fresh = {.opened_ms = 0}, *root = o->parent != NULL ? o->parent->root : &fresh;
	size_t most = (size_t)gate->catalogue->limits.values_per_report, all = (size_t)gate->catalogue->limits.values;
	if (o->parent != NULL) /* as what agents name */
		all = sg_values_room(root, all, SG_VALUES_NAMED);
	if (o->inputs == NULL || all == 0) {
		sg_jw_raw(w, SG_STR("[]"));
		return;
	}
	snprintf(fresh.id, sizeof(fresh.id), "%.*s", SG_STR_ARG(r->task)); /* digests are keyed by the root, which is not there yet */
	fresh.root = &fresh;
	sg_values_write(w, &gate->state, root, o->inputs, most < all ? most : all, SG_LOOK_AT_REPORT, SG_VALUES_GIVEN, false, NULL);
}

static void
write_open(struct sg_buf *out, struct sg_gate *gate, struct sg_request *r, const struct sg_opening *o)
{
	struct sg_json_writer w;
	struct sg_deadline ends = sg_deadline_in(&gate->state.now, o->ttl_ms);
	char unclaimed[SG_ID_MAX];
	nobody(r, unclaimed);
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "agent", o->agent->name);
	sg_jw_member_str(&w, "asked", asked_tag(r));
	sg_jw_member_bool(&w, "asserted", o->claimed && !r->proven);
	sg_jw_member_bool(&w, "claimed", o->claimed);
	sg_jw_name(&w, "clock");
	sg_write_clock(&w, gate);
	sg_jw_name(&w, "domain");
	o->claimed ? sg_write_domain(&w, gate, r) : sg_jw_null(&w);
	sg_jw_name(&w, "ends");
	sg_write_deadline(&w, gate, &ends);
	sg_jw_member_str(&w, "enforcer", r->enforcer != NULL ? r->enforcer->name : SG_STR(""));
	sg_jw_member_str(&w, "environment", o->agent->environment);
	sg_jw_name(&w, "grant");
	o->grant.len > 0 ? sg_jw_raw(&w, o->grant) : sg_jw_null(&w);
	sg_write_peer(&w, gate, r, o->claimed, "group");
	sg_jw_member_int(&w, "idle", o->intent->idle_ms);
	sg_jw_name(&w, "inputs");
	write_inputs(&w, gate, r, o);
	sg_jw_member_str(&w, "instance", sg_str(o->claimed ? r->instance : unclaimed));
	sg_jw_member_str(&w, "intent", o->intent->name);
	sg_jw_member_str(&w, "key", sg_str(r->attempt));
	sg_jw_member_raw(&w, "limits", o->limits.len > 0 ? o->limits : SG_STR("{}"));
	sg_jw_member_str(&w, "on_behalf", o->on_behalf);
	sg_jw_member_str(&w, "opener", sg_str(o->opener));
	sg_jw_member_int(&w, "opener_uid", sg_conn_uid(sg_conn_find(gate, r->conn)));
	sg_jw_member_str(&w, "parent", sg_str(o->parent != NULL ? o->parent->id : ""));
	sg_write_peer(&w, gate, r, o->claimed, "pid");
	if (sg_is_shown(r, o->claimed))
		sg_write_rests_on(&w, r->agent);
	sg_jw_member_str(&w, "role", o->role);
	sg_write_peer(&w, gate, r, o->claimed, "start");
	if (sg_is_shown(r, o->claimed))
		sg_jw_member_text(&w, "strength", sg_strength_name(r->strength));
	sg_jw_member_str(&w, "task", r->task);
	sg_write_peer(&w, gate, r, o->claimed, "uid");
	sg_jw_end(&w);
}

void
sg_open_task(struct sg_gate *gate, struct sg_request *r, const struct sg_opening *o)
{
	struct sg_buf body;
	uint64_t number = 0;
	sg_buf_init(&body, BODY_MAX);
	write_open(&body, gate, r, o);
	bool good = !body.failed && sg_record(gate, "task", sg_buf_view(&body), SG_STR(""), &number, NULL) == SG_OK;
	sg_buf_done(&body);
	if (!good) {
		sg_deny_unkeyed(gate, r, SG_REASON_audit_unavailable);
		return;
	}
	sg_request_sync(gate, r, number, sg_answer_opened);
}

/* ---- who may ---- */

void
sg_task_id(const struct sg_gate *gate, const struct sg_request *r, const char *opener, struct sg_str agent, char out[SG_ID_MAX])
{
	char text[1024], hex[33];
	unsigned char mac[SG_SHA256_BYTES];
	int len = snprintf(text, sizeof(text), "task|%s|%.*s|%s|%s|%.*s", opener, SG_STR_ARG(agent), r->instance, r->attempt, SG_STR_ARG(r->argument));
	sg_hmac(mac, gate->state.key, (struct sg_str){text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1});
	sg_hex(hex, mac, 16);
	snprintf(out, SG_ID_MAX, "t-%s", hex);
}

enum { KEPT_TIMES = 4 }; /* times limits.tasks: those that ended are kept a while */

bool
sg_task_room(const struct sg_gate *gate, struct sg_str agent)
{
	const struct sg_limits *l = &gate->catalogue->limits;
	size_t agents = gate->catalogue->agent_count > 0 ? gate->catalogue->agent_count : 1, share = (size_t)l->tasks / agents;
	/* where all together have too many, those who have more than their share are refused, and nobody else */
	if (gate->state.open_tasks >= (uint64_t)l->tasks && sg_state_agent_tasks(&gate->state, agent, 0) >= share)
		return false;
	if (gate->state.tasks.count >= KEPT_TIMES * (size_t)l->tasks && sg_state_agent_kept(&gate->state, agent) >= KEPT_TIMES * share)
		return false;
	return sg_state_agent_tasks(&gate->state, agent, (size_t)l->tasks_per_agent) < (size_t)l->tasks_per_agent;
}

static bool
may_open(struct sg_gate *gate, struct sg_request *r, const struct sg_opening *o, enum sg_reason *reason)
{
	*reason = SG_REASON_intent_unknown;
	if (o->intent == NULL)
		return false;
	*reason = SG_REASON_intent_forbidden;
	if (!sg_strings_have(&r->agent->intents, o->intent->name))
		return false;
	*reason = SG_REASON_wrong_environment;
	if (o->intent->environment.len > 0 && !sg_str_eq(o->intent->environment, r->agent->environment))
		return false;
	if (!sg_agent_may(gate, r, reason))
		return false;
	*reason = SG_REASON_outside_role;
	if (o->intent->roles.count > 0 ? !sg_strings_have(&o->intent->roles, o->role) || !sg_strings_have(&r->agent->roles, o->role) : o->role.len > 0)
		return false;
	*reason = SG_REASON_not_delegated;
	if (!sg_behalf_admits(gate, r->agent, o->on_behalf, NULL))
		return false;
	*reason = SG_REASON_too_many_tasks;
	return sg_task_room(gate, r->agent->name);
}

static int64_t
wanted_ttl(const struct sg_gate *gate, const struct sg_request *r, const struct sg_intent *intent)
{
	int64_t ttl = intent->ttl_ms, most = gate->catalogue->limits.task_ttl_max, asked_s = 0;
	if (sg_json_int(sg_json_get(r->body, "ttl"), &asked_s) && asked_s > 0 && asked_s < ttl / 1000)
		ttl = asked_s * 1000;
	return ttl < most ? ttl : most;
}

static void
repeat_open(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	if (!sg_asked_same(r, task))
		sg_answer_error(gate, r, 409, SG_REASON_idempotency_conflict, "");
	else
		sg_request_sync(gate, r, gate->journal.appended, sg_answer_opened);
}

static void
open_as(struct sg_gate *gate, struct sg_request *r, const char *opener, struct sg_str on_behalf, bool claimed)
{
	char id[SG_ID_MAX];
	enum sg_reason reason = SG_REASON_internal;
	struct sg_str intent_name = sg_json_text_at(r->body, "intent"), role = sg_json_text_at(r->body, "role");
	struct sg_opening o = {.agent = r->agent, .intent = sg_catalogue_intent(gate->catalogue, intent_name), .opener = opener, .role = role,
			       .on_behalf = on_behalf, .inputs = sg_json_get(r->body, "inputs"), .claimed = claimed};
	if (role.len == 0 && o.intent != NULL && o.intent->roles.count > 0)
		o.role = o.intent->roles.items[0];
	sg_task_id(gate, r, opener, r->agent->name, id);
	r->task = sg_arena_copy(&r->arena, sg_str(id));
	r->action_name = SG_STR("task.open");
	const struct sg_task *before = sg_state_task(&gate->state, r->task);
	if (before != NULL) {
		repeat_open(gate, r, before);
	} else if (!sg_agent_afford(gate, r, r->agent->name)) {
		sg_request_refuse(gate, r);
	} else if (!may_open(gate, r, &o, &reason)) {
		sg_deny_unkeyed(gate, r, reason);
	} else {
		o.ttl_ms = wanted_ttl(gate, r, o.intent);
		sg_open_task(gate, r, &o);
	}
}

/* ---- by whom ---- */

static void
open_agent(struct sg_gate *gate, struct sg_request *r)
{
	char opener[80];
	struct sg_str token = sg_json_text_at(r->body, "task_token");
	static const char *const of_claim[] = {"agent", "key", "task_token", NULL};
	char hint[SG_BODY_HINT];
	sg_asker(r, opener);
	if (token.len > 0 && !sg_members_known(r->body, of_claim, "a claim", hint))
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, hint);
	else if (token.len > 0)
		sg_claim_task(gate, r, token);
	else
		open_as(gate, r, opener, sg_json_text_at(r->body, "on_behalf_of"), true);
}

/* An enforcer may open a task for an agent it only asserts: such a task gets no credentials. */
static bool
asserted_agent(struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	struct sg_str name = sg_json_text_at(r->body, "agent");
	r->agent = sg_catalogue_agent(gate->catalogue, name);
	if (r->agent == NULL)
		r->agent = sg_catalogue_agent_id(gate->catalogue, name);
	r->strength = SG_HINT;
	*reason = SG_REASON_no_agent;
	if (r->agent == NULL)
		return false;
	char text[256], hex[33];
	unsigned char mac[SG_SHA256_BYTES];
	int len = snprintf(text, sizeof(text), "asserted|%.*s|%.*s", SG_STR_ARG(r->enforcer->name), SG_STR_ARG(r->agent->name));
	sg_hmac(mac, gate->state.key, (struct sg_str){text, (size_t)len});
	sg_hex(hex, mac, 16);
	snprintf(r->instance, sizeof(r->instance), "i-%s", hex);
	*reason = SG_REASON_enforcer_agent;
	return sg_strings_match(&r->enforcer->for_agents, r->agent->name, '.');
}

static void
open_who(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	enum sg_reason reason = SG_REASON_internal;
	if (conn == NULL) {
		sg_request_end(gate, r);
		return;
	}
	bool known = conn->face == SG_FACE_ENFORCER ? sg_who_enforcer(gate, r, conn, &reason) && asserted_agent(gate, r, &reason)
						    : sg_who_agent(gate, r, conn, &reason);
	if (known)
		open_agent(gate, r);
	else
		sg_deny_unkeyed(gate, r, reason);
}

/* A person opens it for an agent of theirs, which then claims it with the token. Where people are listed, only for agents they own or that act for
 * them. */
static void
open_admin(struct sg_gate *gate, struct sg_request *r)
{
	char opener[300];
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	const struct sg_human *human = conn == NULL || conn->admin == NULL ? NULL : sg_catalogue_human_admin(gate->catalogue, conn->admin->name);
	r->agent = sg_catalogue_agent(gate->catalogue, sg_json_text_at(r->body, "agent"));
	if (conn == NULL || conn->admin == NULL || r->agent == NULL) {
		sg_answer_error(gate, r, 404, SG_REASON_no_agent, "{\"agent\":NAME,\"intent\":NAME,\"key\":\"...\"}");
		return;
	}
	bool acts_for = human != NULL && sg_behalf_admits(gate, r->agent, human->id, NULL);
	bool owns = human != NULL && sg_str_eq(human->id, r->agent->owner) && !sg_human_gone(gate, human);
	if (gate->catalogue->human_count > 0 && !acts_for && !owns) {
		sg_answer_error(gate, r, 403, SG_REASON_not_permitted, "only who owns the agent, or whom it may act for, opens a task for it");
		return;
	}
	snprintf(opener, sizeof(opener), "%s:%.*s", human != NULL ? "human" : "admin", SG_STR_ARG(human != NULL ? human->id : conn->admin->name));
	open_as(gate, r, opener, acts_for ? human->id : SG_STR(""), false);
}

void
sg_route_task_open(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_str key = sg_json_text_at(r->body, "key");
	bool plain = true;
	for (size_t i = 0; i < key.len; i++)
		plain &= key.ptr[i] > ' ' && key.ptr[i] <= '~';
	if (key.len == 0 || key.len > SG_KEY_MAX || !plain) {
		sg_answer_error(gate, r, 400, SG_REASON_key_missing, "{\"intent\":\"...\",\"key\":\"...\",\"ttl\":seconds}");
		return;
	}
	memcpy(r->attempt, key.ptr, key.len);
	if (r->route->face == SG_FACE_ADMIN)
		open_admin(gate, r);
	else
		sg_look_first(gate, r, open_who);
}
