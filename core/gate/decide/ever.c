/* SPDX-License-Identifier: Apache-2.0
 * What an agent can ever be allowed, whatever policy says: for whoever lists tools. */
#include "base/str.h"
#include "gate/decide/decide.h"
#include "gate/desk/buckets.h"
#include "gate/state/grant.h"

static bool
in_chain(const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	for (const struct sg_task *t = task; t != NULL; t = t->parent) {
		const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(t->intent));
		if (intent == NULL || !sg_strings_match(&intent->actions, r->action->name, '.') || r->action->sensitivity > intent->sensitivity ||
		    (t->grant != NULL && t->grant->has_actions && !sg_strings_match(&t->grant->actions, r->action->name, '.')))
			return false;
	}
	return true;
}

static bool
ever(struct sg_request *r, struct sg_gate *gate, const struct sg_task *task)
{
	enum sg_reason reason;
	const struct sg_task_role *role = sg_catalogue_role(gate->catalogue, sg_str(task->role));
	r->action = sg_catalogue_action(gate->catalogue, r->action_name);
	return r->action != NULL && sg_task_stands(gate, task, &reason) && sg_action_within(r, task, &reason) && in_chain(gate, r, task) &&
	       (task->role[0] == '\0' || (role != NULL && sg_strings_match(&role->actions, r->action->name, '.'))) &&
	       (r->enforcer == NULL || (sg_strings_match(&r->enforcer->actions, r->action->name, '.') &&
					sg_strings_match(&r->enforcer->for_agents, r->agent->name, '.')));
}

/* How many agents an enforcer stands in front of: among so many it shares what it has. */
static size_t
stands_before(const struct sg_gate *gate, const struct sg_enforcer *enforcer)
{
	size_t count = 0;
	for (size_t i = 0; i < gate->catalogue->agent_count; i++)
		count += sg_strings_match(&enforcer->for_agents, gate->catalogue->agents[i].name, '.');
	return count;
}

/* Those that the catalogue does not have, for whoever has to know that from what is only not allowed here. */
static void
write_unknown(const struct sg_gate *gate, struct sg_json_writer *w, const struct sg_json *names)
{
	sg_jw_name(w, "unknown");
	sg_jw_array(w);
	for (const struct sg_json *n = sg_json_first(names); n != NULL; n = sg_json_next(names, n))
		if (n->type == SG_JSON_STRING && sg_catalogue_action(gate->catalogue, n->string) == NULL)
			sg_jw_str(w, n->string);
	sg_jw_end(w);
}

/* Of tools that are listed those whose definition nobody has pinned. */
static void
write_unpinned(const struct sg_gate *gate, struct sg_json_writer *w, const struct sg_json *names)
{
	sg_jw_name(w, "unpinned");
	sg_jw_array(w);
	for (const struct sg_json *n = sg_json_first(names); n != NULL; n = sg_json_next(names, n))
		if (n->type == SG_JSON_STRING && sg_catalogue_action(gate->catalogue, n->string) != NULL && sg_catalogue_tool(gate->catalogue, n->string) == NULL)
			sg_jw_str(w, n->string);
	sg_jw_end(w);
}

enum { PATTERNS_UNIT = 2048 /* patterns that names are held against, for one unit */ };

/* What these names cost beyond the bytes of the request: each is held against all patterns of the chain. */
static int64_t
units_of(const struct sg_gate *gate, const struct sg_agent *agent, const struct sg_task *task, size_t names)
{
	size_t patterns = agent->reach.count;
	for (const struct sg_task *t = task; t != NULL; t = t->parent) {
		const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(t->intent));
		patterns += (intent != NULL ? intent->actions.count : 0) + (t->grant != NULL ? t->grant->actions.count : 0);
	}
	return (int64_t)(names * patterns / PATTERNS_UNIT);
}

static void
answer_ever(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const struct sg_json *names = sg_json_get(r->body, "actions"), *tools = sg_json_get(r->body, "tools");
	if (tools != NULL && tools->count != names->count) {
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "tools has one text for each of actions");
		return;
	}
	sg_buf_init(&body, 256 << 10);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "actions");
	sg_jw_array(&w);
	for (const struct sg_json *n = sg_json_first(names), *t = sg_json_first(tools); n != NULL; n = sg_json_next(names, n)) {
		r->tool = t != NULL ? t->string : SG_STR("");
		if (sg_json_string(n, &r->action_name) && ever(r, gate, task) &&
		    (tools == NULL || sg_tool_admits(gate, r, task) == SG_REASON_allowed))
			sg_jw_str(&w, r->action_name);
		t = t != NULL ? sg_json_next(tools, t) : NULL;
	}
	sg_jw_end(&w);
	if (r->enforcer != NULL) {
		sg_jw_member_text(&w, "agent", task->agent);
		sg_jw_member_int(&w, "agents", (int64_t)stands_before(gate, r->enforcer));
		sg_jw_member_int(&w, "marks", (int64_t)task->domain->taint.seq); /* another number: what its domain carries has changed */
	}
	write_unknown(gate, &w, names);
	if (tools != NULL)
		write_unpinned(gate, &w, names);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

/* It is the task's agent that asks, whoever stands in front of it, and whatever has become of the task; whether the task stands at all is the enforcer's own
 * question. False: answered. */
static bool
agent_pays(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	r->agent = sg_catalogue_agent(gate->catalogue, sg_str(task->agent));
	if (r->agent == NULL) {
		sg_answer_error(gate, r, 403, SG_REASON_no_agent, "");
		return false;
	}
	if (sg_json_get(r->body, "actions")->count == 0 || (r->enforcer == NULL ? sg_agent_afford(gate, r, r->agent->name) : sg_task_afford(gate, r, task)))
		return true;
	sg_request_refuse(gate, r);
	return false;
}

static void
paid_ever(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	sg_agent_owes(gate, r, units_of(gate, r->agent, task, sg_json_get(r->body, "actions")->count));
	answer_ever(gate, r, task);
}

static void
ceiling_who(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	struct sg_str token = {"", 0}, id = {"", 0};
	enum sg_reason reason = SG_REASON_internal;
	sg_json_string(sg_json_get(r->body, "task_token"), &token);
	sg_json_string(sg_json_get(r->body, "task"), &id);
	if (conn == NULL) {
		sg_request_end(gate, r);
		return;
	}
	bool enforcer = conn->face == SG_FACE_ENFORCER;
	bool known = enforcer ? sg_who_enforcer(gate, r, conn, &reason) : sg_who_agent(gate, r, conn, &reason);
	const struct sg_task *task = !known ? NULL : enforcer ? sg_state_token_task(&gate->state, token) : sg_state_task(&gate->state, id);
	int64_t uid = -1;
	if (task != NULL && enforcer && sg_json_int(sg_json_get(r->body, "peer_uid"), &uid) && uid != task->instance->uid)
		task = NULL; /* a token under another uid than its instance's */
	if (task != NULL && enforcer && !sg_strings_match(&r->enforcer->for_agents, sg_str(task->agent), '.'))
		task = NULL; /* it does not stand in front of that agent */
	if (known && task != NULL && !enforcer && !sg_who_owns(r, task))
		task = NULL;
	enum sg_strength shown;
	if (task != NULL && !agent_pays(gate, r, task))
		return;
	if (task != NULL && enforcer && sg_task_shows(task) && !sg_instance_shown(task->instance, r->agent, &shown, &reason)) {
		sg_answer_error(gate, r, 403, reason, ""); /* whoever opened it is not that agent any more */
		return;
	}
	const struct sg_task *stopped = task != NULL ? sg_task_stopped(&gate->state, task) : NULL;
	if (stopped != NULL)
		sg_answer_error(gate, r, 403, sg_stopped_reason(&gate->state, stopped), "");
	else if (task != NULL && task->claimed)
		paid_ever(gate, r, task);
	else
		sg_answer_error(gate, r, 403, known ? SG_REASON_no_task : reason, "");
}

/* Which of the named actions a task's agent can ever be allowed: catalogue, reach, intent and the enforcer's own bounds, whatever policy says. With
 * the digests of tools as they were listed: without those that the pin does not fit, and those that are in quarantine for the task's tree. */
void
sg_route_ceiling(struct sg_gate *gate, struct sg_request *r)
{
	sg_look_first(gate, r, ceiling_who);
}
