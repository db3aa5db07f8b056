/* SPDX-License-Identifier: Apache-2.0
 * The gate's events: each finds what it is about and hands it on. */
#include "gate/wire/wire.h"

#include "base/str.h"
#include "gate/decide/memories.h"
#include "gate/decide/merge.h"
#include "gate/decide/moved.h"
#include "gate/decide/ceiling.h"
#include "gate/decide/decide.h"
#include "gate/decide/sight.h"
#include "gate/desk/body.h"
#include "gate/desk/domain.h"
#include "gate/desk/late.h"
#include "gate/desk/lost.h"
#include "gate/desk/revoking.h"
#include "gate/desk/scarce.h"
#include "gate/desk/turns.h"
#include "gate/journal/pulse.h"
#include "gate/wire/inspect.h"
#include "gate/wire/keep.h"
#include "gate/wire/remember.h"
#include "gate/people/review.h"
#include "gate/people/sign_in.h"
#include "gate/wire/rounds.h"

#include <stdlib.h>

static const struct {
	enum sg_route route;
	void (*run)(struct sg_gate *, struct sg_request *);
} handlers[] = {
	{SG_ROUTE_A_TASK_OPEN, sg_route_task_open},
	{SG_ROUTE_A_TASK_SHOW, sg_route_task_show},
	{SG_ROUTE_A_TASK_CLOSE, sg_route_task_close},
	{SG_ROUTE_A_ACT, sg_route_act},
	{SG_ROUTE_A_OUTCOME, sg_route_outcome},
	{SG_ROUTE_A_APPROVAL, sg_route_approval},
	{SG_ROUTE_A_CEILING, sg_route_ceiling},
	{SG_ROUTE_A_DELEGATE, sg_route_delegate},
	{SG_ROUTE_A_PLAN, sg_route_plan},
	{SG_ROUTE_A_TREE, sg_route_tree},
	{SG_ROUTE_E_TASK_OPEN, sg_route_task_open},
	{SG_ROUTE_E_TASK_SHOW, sg_route_task_show},
	{SG_ROUTE_E_TASK_CLOSE, sg_route_task_close},
	{SG_ROUTE_E_ACT, sg_route_act},
	{SG_ROUTE_E_OUTCOME, sg_route_outcome},
	{SG_ROUTE_E_APPROVAL, sg_route_approval},
	{SG_ROUTE_E_EVALUATION, sg_route_evaluation},
	{SG_ROUTE_E_INTROSPECT, sg_route_introspect},
	{SG_ROUTE_E_JWKS, sg_route_jwks},
	{SG_ROUTE_E_CEILING, sg_route_ceiling},
	{SG_ROUTE_E_SESSION_END, sg_route_session_end},
	{SG_ROUTE_O_STATUS, sg_route_status},
	{SG_ROUTE_O_DECISION, sg_route_decision},
	{SG_ROUTE_O_APPROVALS, sg_route_approvals},
	{SG_ROUTE_O_APPROVAL, sg_route_approval},
	{SG_ROUTE_O_APPROVE, sg_route_approve},
	{SG_ROUTE_O_REFUSE, sg_route_refuse},
	{SG_ROUTE_O_TASKS, sg_route_tasks},
	{SG_ROUTE_O_TASK, sg_route_task_show},
	{SG_ROUTE_O_TASK_CLOSE, sg_route_task_close},
	{SG_ROUTE_O_TASK_OPEN, sg_route_task_open},
	{SG_ROUTE_O_TREE, sg_route_tree},
	{SG_ROUTE_O_THAW, sg_route_thaw},
	{SG_ROUTE_O_AGENTS, sg_route_agents},
	{SG_ROUTE_O_AGENT, sg_route_agent_change},
	{SG_ROUTE_O_HUMAN, sg_route_human_change},
	{SG_ROUTE_O_DOMAINS, sg_route_domains},
	{SG_ROUTE_O_DOMAIN, sg_route_domain_change},
	{SG_ROUTE_O_LEASES, sg_route_leases},
	{SG_ROUTE_O_LEASE_REVOKE, sg_route_lease_revoke},
	{SG_ROUTE_O_LEASE_FORGET, sg_route_lease_forget},
	{SG_ROUTE_O_MEMORIES, sg_route_memories},
	{SG_ROUTE_O_MEMORY_FORGET, sg_route_memories_forget},
	{SG_ROUTE_O_CHALLENGE, sg_route_challenge},
	{SG_ROUTE_O_PAGE, sg_route_page},
	{SG_ROUTE_O_SIGN_ASK, sg_route_sign_in_challenge},
	{SG_ROUTE_O_SIGN_IN, sg_route_sign_in},
	{SG_ROUTE_O_SIGN_INS, sg_route_sign_ins},
	{SG_ROUTE_O_SIGN_OUT, sg_route_sign_out},
	{SG_ROUTE_O_ENROLMENTS, sg_route_enrolments},
	{SG_ROUTE_O_ENROL, sg_route_enrol},
	{SG_ROUTE_O_ENROL_OFFER, sg_route_enrol_offer},
	{SG_ROUTE_O_ENROL_FINISH, sg_route_enrol_finish},
	{SG_ROUTE_O_ENROL_CONFIRM, sg_route_enrol_confirm},
	{SG_ROUTE_O_ENROL_REVOKE, sg_route_enrol_revoke},
	{SG_ROUTE_O_KILL, sg_route_kill},
	{SG_ROUTE_O_LIFT, sg_route_lift},
	{SG_ROUTE_O_RELOAD, sg_route_reload},
	{SG_ROUTE_O_TRY, sg_route_try},
	{SG_ROUTE_O_EVENTS, sg_route_events},
	{SG_ROUTE_O_CONFIG, sg_route_config},
	{SG_ROUTE_O_CLOCK_ACCEPT, sg_route_clock_accept},
	{SG_ROUTE_O_AUDIT_HOLD, sg_route_audit_hold},
};

static void
run_route(struct sg_gate *gate, struct sg_request *r)
{
	if (r->route->face == SG_FACE_ADMIN)
		sg_sign_in_used(gate, r);
	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
		if (handlers[i].route == r->route->route) {
			handlers[i].run(gate, r);
			return;
		}
	sg_answer_error(gate, r, 404, SG_REASON_not_found, "");
}

/* What an operator may do while attestation is ill: see what is wrong, stop everything, bring a better configuration in. An agent that passes for one
 * gains nothing by it. */
static bool
may_blind(unsigned route)
{
	return route == SG_ROUTE_O_STATUS || route == SG_ROUTE_O_KILL || route == SG_ROUTE_O_RELOAD;
}

static void
run_seen(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	if (conn != NULL && conn->face == SG_FACE_ADMIN && conn->admin == NULL) { /* no operator any more */
		gate->ports.close(gate->ports.self, conn->id);
		sg_gate_disconnect(gate, conn->id); /* and the request with it: it waits for nothing yet */
		return;
	}
	if (sg_operator_gone(gate, conn) && !may_blind(r->route->route)) {
		sg_answer_error(gate, r, 403, SG_REASON_not_permitted, "this person is disabled: they may look, stop and reload, nothing else");
		return;
	}
	const char *why;
	if (conn != NULL && !sg_may_ask(conn, r->route->route, &why)) {
		sg_answer_error(gate, r, 403, SG_REASON_not_permitted, why);
		return;
	}
	if (r->route->face == SG_FACE_ADMIN && !sg_page_afford(gate, r)) {
		sg_request_refuse(gate, r);
		return;
	}
	if (conn != NULL && conn->blind && !may_blind(r->route->route))
		sg_answer_error(gate, r, 503, SG_REASON_facts_unavailable, "no module attests this connection; stepgate status says which is ill");
	else
		run_route(gate, r);
}

static bool
take_request(struct sg_gate *gate, struct sg_request *r, struct sg_str body)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	char hint[SG_BODY_HINT];
	enum sg_status status = sg_canon_parse(&r->arena, body, &sg_request_limits, &r->body, NULL);
	if (status == SG_MALFORMED || (status == SG_OK && r->body->type != SG_JSON_OBJECT)) {
		sg_request_end(gate, r);
		return false; /* a door sends canonical objects or it is no door */
	}
	if (status != SG_OK) {
		r->body = NULL;
		sg_answer_error(gate, r, 413, SG_REASON_bad_request, "too large to be judged");
		return true;
	}
	if (!sg_body_fits(r->route->route, r->body, hint))
		sg_refuse_form(gate, r, hint);
	else if (sg_look_due(gate, conn))
		sg_look_now(gate, r, run_seen);
	else
		run_seen(gate, r);
	return true;
}

bool
sg_gate_request(struct sg_gate *gate, uint64_t id, unsigned route, struct sg_str argument, struct sg_str body)
{
	const struct sg_route_row *row = sg_route_row(route);
	sg_gate_now(gate);
	struct sg_conn *conn = sg_conn_find(gate, id);
	if (conn == NULL)
		return true; /* closed in the meantime */
	if (row == NULL || row->face != conn->face || !conn->admitted || conn->request != 0)
		return false;
	struct sg_request *r = sg_request_new(gate, conn, row, argument);
	if (r == NULL) {
		gate->ports.close(gate->ports.self, id);
		sg_gate_disconnect(gate, id);
		return true;
	}
	if (sg_work_refused(gate, r)) {
		sg_answer_error(gate, r, 503, SG_REASON_caller_hung, "");
		return true;
	}
	if (!sg_request_afford(gate, r, body)) {
		sg_request_refuse(gate, r);
		return true;
	}
	if (sg_sync_refuses(gate, r, conn)) {
		sg_gap_count(gate, 1, SG_REASON_audit_unavailable);
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, gate->sync_late ? "the disk does not answer" : "the disk is full: what operators say is recorded, nothing else");
		return true;
	}
	sg_work_begin(gate, r);
	bool good = take_request(gate, r, body);
	sg_work_end(gate);
	return good;
}

/* ---- what is in force ---- */

/* Requests under way hold pointers into the catalogue they began with, so an old one is kept until they are gone. */
void
sg_gate_uphold(struct sg_gate *gate)
{
	sg_agent_ids(gate);
	sg_gate_owners(gate);
	sg_gate_review(gate);
}

enum sg_status
sg_gate_configure(struct sg_gate *gate, struct sg_str document, struct sg_err *err)
{
	struct sg_catalogue *fresh = NULL;
	enum sg_status status = sg_catalogue_create(&fresh, document, err);
	if (status != SG_OK)
		return status;
	if (gate->catalogue != NULL) {
		gate->catalogue->older = gate->retired;
		gate->retired = gate->catalogue;
	}
	gate->catalogue = fresh;
	fresh->number = ++gate->configured;
	gate->review_at = 0;
	size_t at = 0;
	for (struct sg_conn *c; (c = sg_table_next(&gate->conns, &at)) != NULL;)
		if (c->face == SG_FACE_ADMIN) {
			c->admin = sg_catalogue_admin_uid(fresh, c->peer.uid);
			sg_conn_roles(gate, c);
		}
	if (gate->recovered)
		sg_gate_uphold(gate);
	sg_issuers_forget(gate);
	return SG_OK;
}

/* ---- each turn ---- */

/* Old catalogues go once nothing under way can point to them. */
static void
drop_retired(struct sg_gate *gate)
{
	struct sg_catalogue **from = &gate->retired;
	if (sg_reviews_leases(gate))
		return;
	for (struct sg_catalogue **c = from; *c != NULL; c = &(*c)->older)
		from = (*c)->users > 0 ? &(*c)->older : from;
	sg_catalogue_destroy(*from);
	*from = NULL;
}

static bool
is_late(const struct sg_gate *gate, const struct sg_request *r)
{
	sg_time most = 4 * gate->catalogue->limits.host_deadline * SG_MSEC + 10 * SG_SEC;
	return gate->state.now.boot - r->waits_since > most;
}

static void
end_one(struct sg_gate *gate, struct sg_request *r)
{
	uint64_t id = r->id;
	if (r->stage == SG_STAGE_LOOK)
		sg_gate_looked(gate, id, (struct sg_str){NULL, 0}, SG_REASON_facts_unavailable);
	else
		sg_gate_unanswered(gate, id); /* the call itself may still be under way */
	if ((r = sg_request_find(gate, id)) != NULL && r->stage == SG_STAGE_ISSUE && !r->looked_again)
		sg_gate_looked(gate, id, (struct sg_str){NULL, 0}, SG_REASON_facts_unavailable);
}

/* The surroundings answer or say that they cannot; this is for the day they do neither. Whoever began to wait first is late first. */
static void
end_late(struct sg_gate *gate)
{
	static const enum sg_stage waits[] = {SG_STAGE_LOOK, SG_STAGE_ISSUE, SG_STAGE_VERIFY, SG_STAGE_CALL};
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		struct sg_request *r = sg_request_first(gate, waits[i]);
		for (size_t n = gate->requests.count; n > 0 && r != NULL && is_late(gate, r); n--) {
			end_one(gate, r);
			r = sg_request_first(gate, waits[i]);
		}
	}
}

void
sg_gate_reopened(struct sg_gate *gate)
{
	sg_gate_uphold(gate); /* what a reload let fall */
}

/* The disk's thread does the trial; sg_gate_synced hears of it. */
static void
reopen(struct sg_gate *gate)
{
	sg_time now = gate->state.now.boot;
	gate->shut = true;
	if (gate->journal.trying || gate->journal.committing || now - gate->last_reopen < (gate->rest > SG_SEC ? gate->rest : SG_SEC))
		return;
	gate->last_reopen = now;
	sg_pulse_disk(true);
	sg_journal_try(&gate->journal, NULL);
	sg_pulse_disk(false);
}

void
sg_gate_tick(struct sg_gate *gate)
{
	sg_gate_now(gate);
	sg_time now = gate->state.now.boot;
	sg_sync_turn(gate);
	if (gate->journal.closed)
		reopen(gate);
	if (gate->owed != NULL && !gate->journal.closed)
		sg_gate_pay(gate);
	sg_leases_soaked(gate);
	if (gate->gap_since != 0 && !gate->journal.closed && now - gate->gap_since >= (gate->journal.scarce ? SG_SCARCE_GAP_S : 10) * SG_SEC)
		sg_gate_write_gaps(gate);
	sg_wake_slowed(gate);
	sg_wake(gate);
	if (!gate->sync_late) /* its hooks read the record */
		sg_gate_silence(gate);
	sg_gate_watch(gate);
	sg_conns_review(gate, 256);
	sg_wall_turn(gate);
	sg_gate_remember(gate);
	sg_gate_keep(gate);
	sg_gate_inspected(gate);
	sg_head_follow(gate, false);
	end_late(gate);
	sg_leases_turn(gate);
	drop_retired(gate);
	sg_rounds_turn(gate);
	if (now >= gate->sessions_next) {
		gate->sessions_next = now + SG_ROUND_MS * SG_MSEC;
		sg_sessions_idle(gate);
	}
}
