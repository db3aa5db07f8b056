/* SPDX-License-Identifier: Apache-2.0
 * Tasks: showing, closing, letting go on. */
#include "gate/tasks/tasks.h"
#include "gate/desk/buckets.h"
#include "gate/desk/domain.h"
#include "gate/desk/listing.h"
#include "gate/desk/revoking.h"
#include "gate/state/ending.h"
#include "gate/state/labels.h"
#include "gate/decide/spend.h"

#include "base/str.h"

enum { SLOTS_FREE = 2048 /* of tables, one unit more for each */, BODY_MAX = 64 << 10, LIST_MOST = 500, LIST_STOPS = 1 << 20 /* bytes: labels are as long as those who report them make them */ };

static const char *
shown_state(const struct sg_gate *gate, const struct sg_task *task)
{
	if (task->state <= SG_TASK_FROZEN && sg_task_is_ending(&gate->state, task))
		return sg_task_state_name(SG_TASK_CLOSING);
	return task->state == SG_TASK_OPEN && sg_deadline_over(&task->ends, &gate->state.now) ? "expired" : sg_task_state_name(task->state);
}

void
sg_write_task(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_task *task, enum sg_token_shown shown)
{
	char token[192];
	int64_t left[SG_DIMENSIONS];
	sg_budget_left(gate, task, left);
	sg_jw_object(w);
	sg_jw_member_str(w, "agent", sg_str(task->agent));
	sg_jw_name(w, "budget");
	sg_write_left(w, left);
	sg_jw_member_int(w, "children", task->children);
	sg_jw_member_bool(w, "claimed", task->claimed);
	sg_jw_member_int(w, "denied", task->denied);
	sg_jw_member_int(w, "depth", task->depth);
	sg_jw_member_str(w, "environment", sg_str(task->environment));
	sg_jw_member_int(w, "expires_at", task->ends.wall_ms / 1000);
	sg_jw_member_str(w, "id", sg_str(task->id));
	sg_jw_member_str(w, "instance", sg_str(task->instance->id));
	sg_jw_member_str(w, "intent", sg_str(task->intent));
	sg_jw_name(w, "labels");
	sg_write_labels(w, &task->taint);
	sg_jw_member_int(w, "left_ms", sg_deadline_left(&task->ends, &gate->state.now));
	sg_jw_member_str(w, "on_behalf_of", sg_str(task->on_behalf));
	sg_jw_member_str(w, "opener", sg_str(task->opener));
	sg_jw_member_str(w, "parent", sg_str(task->parent != NULL ? task->parent->id : ""));
	sg_jw_member_str(w, "role", sg_str(task->role));
	sg_jw_member_str(w, "root", sg_str(task->root->id));
	sg_jw_member_str(w, "sensitivity", sg_str(sg_sensitivity_name(task->taint.sensitivity)));
	sg_jw_member_text(w, "state", shown_state(gate, task));
	if (shown != SG_TOKEN_NONE) {
		shown == SG_TOKEN_HANDED ? sg_task_handed_token(&gate->state, task, token) : sg_task_token(&gate->state, task, token);
		sg_jw_member_str(w, "token", sg_str(token));
	}
	sg_jw_end(w);
}

/* `still`: what stands still above it, "": nothing; NULL: not said. */
static void
answer_with(struct sg_gate *gate, struct sg_request *r, unsigned status, enum sg_token_shown shown, const char *still)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (task == NULL) {
		sg_answer_error(gate, r, 404, SG_REASON_no_task, "");
		return;
	}
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	if (shown != SG_TOKEN_NONE && r->narrowed_to.len > 0)
		sg_jw_member_raw(&w, "narrowed", r->narrowed_to);
	if (still != NULL)
		sg_jw_member_text(&w, "still", still);
	sg_jw_name(&w, "task");
	sg_write_task(&w, gate, task, shown);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, status, &body);
}

static void
answer_task(struct sg_gate *gate, struct sg_request *r, unsigned status, enum sg_token_shown shown)
{
	answer_with(gate, r, status, shown, NULL);
}

void
sg_answer_opened(struct sg_gate *gate, struct sg_request *r)
{
	answer_task(gate, r, 201, SG_TOKEN_HANDED);
}

void
sg_answer_claimed(struct sg_gate *gate, struct sg_request *r)
{
	answer_task(gate, r, 201, SG_TOKEN_HELD);
}

static void
answer_shown(struct sg_gate *gate, struct sg_request *r)
{
	answer_task(gate, r, 200, SG_TOKEN_NONE);
}

/* ---- showing and closing ---- */

static bool
may_see(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	*reason = SG_REASON_no_task;
	if (conn == NULL)
		return false;
	if (conn->face == SG_FACE_ADMIN)
		return task != NULL;
	if (conn->face == SG_FACE_ENFORCER)
		return sg_who_enforcer(gate, r, conn, reason) && task != NULL && sg_str_is(r->enforcer->name, task->enforcer);
	if (!sg_who_agent(gate, r, conn, reason))
		return false;
	*reason = SG_REASON_no_task; /* somebody else's task does not exist for this agent, but for those it handed on */
	while (task != NULL && !sg_who_owns(r, task))
		task = task->parent;
	return task != NULL;
}

static void
show(struct sg_gate *gate, struct sg_request *r)
{
	enum sg_reason reason;
	r->task = r->argument;
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (!may_see(gate, r, task, &reason))
		sg_answer_error(gate, r, 404, reason, "");
	else if (sg_behind_afford(gate, r, task))
		answer_task(gate, r, 200, SG_TOKEN_NONE);
}

bool
sg_task_holds_frozen(const struct sg_task *task)
{
	const struct sg_task *t = task;
	while (t != NULL && t->state != SG_TASK_FROZEN)
		t = t->parent;
	return t != NULL || task->frozen_below > 0;
}

/* Of a domain that stands still nothing is lost with a task of it. */
bool
sg_task_may_end(const struct sg_task *task)
{
	const struct sg_task *t = task;
	while (t != NULL && !t->is_waiting)
		t = t->parent;
	return t == NULL && task->waiting_below == 0 && task->state <= SG_TASK_FROZEN;
}

static void
close_now(struct sg_gate *gate, struct sg_request *r)
{
	enum sg_reason reason;
	uint64_t number = 0;
	char asker[80];
	bool operator = r->route->face == SG_FACE_ADMIN;
	r->task = r->argument;
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (!may_see(gate, r, task, &reason)) {
		sg_answer_error(gate, r, 404, reason, "");
		return;
	}
	if (task->state >= SG_TASK_CLOSING) {
		sg_request_sync(gate, r, gate->journal.appended, answer_shown);
		return;
	}
	if (!operator && sg_task_holds_frozen(task)) { /* what is to be looked at does not go away by itself */
		sg_answer_error(gate, r, 409, SG_REASON_frozen, "an operator closes or thaws it");
		return;
	}
	sg_asker(r, asker);
	if (!operator && !sg_task_ends_at_once(task)) /* all there is is looked at for it */
		sg_agent_owes(gate, r, (int64_t)((gate->state.tasks.size + gate->state.leases.size + gate->state.approvals.size) / SLOTS_FREE));
	bool good = sg_record_task(gate, task, "closed", operator ? sg_conn_operator(sg_conn_find(gate, r->conn)) : sg_str(asker), operator ? "operator" : "asked", &number);
	if (!good) {
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "ask again: closing twice does no harm");
		return;
	}
	sg_leases_revoking(gate);
	sg_request_sync(gate, r, number, answer_shown);
}

void
sg_route_task_show(struct sg_gate *gate, struct sg_request *request)
{
	sg_look_first(gate, request, show);
}

void
sg_route_task_close(struct sg_gate *gate, struct sg_request *request)
{
	sg_look_first(gate, request, close_now);
}

/* What waits for an operator first, then what goes on: nothing hides these; of each the oldest first. */
static uint64_t
task_rank(const struct sg_gate *gate, const struct sg_request *r, const void *thing)
{
	const struct sg_task *t = thing;
	struct sg_str agent = sg_json_text_at(r->body, "agent");
	uint64_t place = t->state == SG_TASK_FROZEN ? 1 : t->state == SG_TASK_OPEN ? 2 : 3;
	(void)gate;
	return agent.len > 0 && !sg_str_is(agent, t->agent) ? SG_LISTED_NOT : place << 60 | ((uint64_t)t->opened_ms & (UINT64_MAX >> 4));
}

static const char *
task_id(const void *thing)
{
	return ((const struct sg_task *)thing)->id;
}

static void
list_task(struct sg_json_writer *w, struct sg_gate *gate, void *thing)
{
	sg_write_task(w, gate, thing, SG_TOKEN_NONE);
}

void
sg_route_tasks(struct sg_gate *gate, struct sg_request *r)
{
	static const struct sg_listing_of tasks = {"tasks", offsetof(struct sg_state, tasks), LIST_MOST, LIST_STOPS, task_rank, task_id, list_task};
	sg_list(gate, r, &tasks);
}

/* Whoever stands still above it, and it with them; NULL: nobody. */
static const struct sg_task *
frozen_above(const struct sg_task *task)
{
	const struct sg_task *t = task->parent;
	while (t != NULL && t->state != SG_TASK_FROZEN)
		t = t->parent;
	return t;
}

static void
answer_thawed(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->argument), *above = task == NULL ? NULL : frozen_above(task);
	r->task = r->argument;
	answer_with(gate, r, 200, SG_TOKEN_NONE, above != NULL ? above->id : "");
}

/* An operator has looked at it: at this one, not at those above it. */
void
sg_route_thaw(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->argument);
	uint64_t number = 0;
	if (task == NULL || task->state != SG_TASK_FROZEN) {
		sg_answer_error(gate, r, task == NULL ? 404 : 409, task == NULL ? SG_REASON_no_task : SG_REASON_bad_request, "only a frozen task can be thawed");
		return;
	}
	if (task->domain->frozen)
		sg_domain_thaw(gate, r, task->domain);
	if (sg_record_task(gate, task, "thawed", sg_conn_operator(sg_conn_find(gate, r->conn)), "operator", &number))
		sg_request_sync(gate, r, number, answer_thawed);
	else
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
}

size_t
sg_task_idle(struct sg_gate *gate, struct sg_task *t)
{
	bool idle = t->idle_ms > 0 && (gate->state.now.wall_ms - t->last_ms >= t->idle_ms || (gate->state.now.boot - t->last_boot) / SG_MSEC >= t->idle_ms);
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, sg_str(t->agent));
	bool overdue = agent != NULL && gate->state.now.wall_ms - agent->review_ms >= gate->catalogue->limits.review_grace;
	if (!(overdue || (idle && t->children == 0)) || !sg_task_may_end(t))
		return 0;
	sg_end_task(gate, t, overdue ? "review overdue" : "idle");
	return 1;
}
