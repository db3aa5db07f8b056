/* SPDX-License-Identifier: Apache-2.0
 * Leases: revoking them, telling issuers, and answering whether a token still stands for anything (RFC 7662). */
#include "gate/request.h"

#include "base/str.h"

#include <stdio.h>

enum { CALL_MAX = 64 << 10, REVOKE_CALL = 1 };

static void
tell_issuer(struct sg_gate *gate, const struct sg_lease *lease)
{
	struct sg_buf call;
	struct sg_json_writer w;
	sg_buf_init(&call, 4096);
	sg_jw_begin(&w, &call);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "lease", sg_str(lease->id));
	sg_jw_member_str(&w, "verb", SG_STR("revoke"));
	sg_jw_end(&w);
	/* a host that is away hears of it later: the lease stays revoking, and the token is refused all the same */
	gate->ports.call(gate->ports.self, 0, "issue", sg_str(lease->issuer), sg_buf_view(&call));
	sg_buf_done(&call);
}

bool
sg_lease_revoke(struct sg_gate *gate, struct sg_lease *lease, struct sg_str by, const char *why)
{
	if (lease->state >= SG_LEASE_REVOKING) {
		tell_issuer(gate, lease);
		return true;
	}
	if (!sg_record_lease(gate, lease->id, "revoking", by, why))
		return false;
	tell_issuer(gate, lease);
	return true;
}

/* What a task was given before it read from outside is not what it would be given now: what touches confidential things is taken back, wherever the labels
 * went, by trees and domains and those of these. The decision that brought them keeps what it was given. */
void
sg_leases_soaked(struct sg_gate *gate)
{
	size_t at = 0;
	if (gate->leases_soaked == gate->state.soaked || gate->journal.closed)
		return;
	bool good = true;
	uint64_t soaked = gate->state.soaked;
	for (struct sg_lease *l; (l = sg_table_next(&gate->state.leases, &at)) != NULL;)
		if (l->state < SG_LEASE_REVOKING && l->level >= SG_CONFIDENTIAL && l->taint_seq != l->task->taint.seq)
			good &= sg_lease_revoke(gate, l, SG_STR("stepgate"), "tainted");
	if (good)
		gate->leases_soaked = soaked; /* else again at the next turn */
}

void
sg_leases_revoking(struct sg_gate *gate)
{
	size_t at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&gate->state.leases, &at)) != NULL;)
		if (l->state == SG_LEASE_REVOKING && !sg_deadline_over(&l->ends, &gate->state.now))
			tell_issuer(gate, l);
}

void
sg_gate_confirmed(struct sg_gate *gate, struct sg_str issuer, struct sg_str answer)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_str id = {NULL, 0};
	bool ok = false;
	sg_arena_init(&arena, 64 << 10);
	if (sg_canon_parse(&arena, answer, NULL, &json, NULL) == SG_OK && sg_json_bool(sg_json_get(json, "ok"), &ok) && ok &&
	    sg_json_string(sg_json_get(json, "lease"), &id)) {
		struct sg_lease *lease = sg_state_lease(&gate->state, id);
		if (lease != NULL && lease->state == SG_LEASE_REVOKING && sg_str_is(issuer, lease->issuer))
			sg_record_lease(gate, lease->id, "dead", SG_STR("stepgate"), "confirmed by its issuer");
	}
	sg_arena_done(&arena);
}

/* The answer to the first call with this key was lost, or is asked for twice: there is never a second copy. */
void
sg_repeat_credential(struct sg_gate *gate, struct sg_request *r, const struct sg_attempt *attempt, struct sg_lease *lease)
{
	if (lease != NULL && !sg_lease_revoke(gate, lease, SG_STR("stepgate"), "credential_lost")) {
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "ask again with the same key");
		return;
	}
	sg_answer_attempt(gate, r, attempt, SG_DENY, SG_REASON_credential_lost);
}

static void
write_lease(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_lease *lease)
{
	sg_jw_object(w);
	sg_jw_member_str(w, "agent", sg_str(lease->agent));
	sg_jw_member_str(w, "audience", sg_str(lease->audience));
	sg_jw_member_str(w, "decision", sg_str(lease->decision));
	sg_jw_member_int(w, "expires_at", lease->ends.wall_ms / 1000);
	sg_jw_member_str(w, "id", sg_str(lease->id));
	sg_jw_member_str(w, "issuer", sg_str(lease->issuer));
	const struct sg_issuer_told *told = sg_issuer_told(gate, sg_str(lease->issuer));
	sg_jw_member_text(w, "revocation", told != NULL ? told->revocation : "unknown");
	bool over = sg_deadline_over(&lease->ends, &gate->state.now);
	sg_jw_member_str(w, "state", over ? SG_STR("expired") : sg_str(sg_lease_state_name(lease->state)));
	sg_jw_member_str(w, "task", sg_str(lease->task->id));
	sg_jw_end(w);
}

void
sg_route_leases(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	struct sg_str all = {"", 0};
	size_t at = 0, shown = 0;
	sg_json_string(sg_json_get(r->body, "all"), &all);
	sg_buf_init(&body, 1 << 20);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "leases");
	sg_jw_array(&w);
	for (struct sg_lease *l; (l = sg_table_next(&gate->state.leases, &at)) != NULL && shown < 500;)
		if (all.len > 0 || (l->state < SG_LEASE_DEAD && !sg_deadline_over(&l->ends, &gate->state.now))) {
			write_lease(&w, gate, l);
			shown++;
		}
	sg_jw_end(&w);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

static void
answer_lease(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const struct sg_lease *lease = sg_state_lease(&gate->state, r->argument);
	if (lease == NULL) {
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "");
		return;
	}
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "lease");
	write_lease(&w, gate, lease);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

void
sg_route_lease_revoke(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_lease *lease = sg_state_lease(&gate->state, r->argument);
	if (lease == NULL)
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "stepgate leases");
	else if (!sg_lease_revoke(gate, lease, sg_conn_operator(sg_conn_find(gate, r->conn)), "operator"))
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else
		sg_request_sync(gate, r, gate->journal.appended, answer_lease);
}

/* ---- introspection ---- */

static void
answer_inactive(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	sg_buf_init(&body, 64);
	sg_buf_text(&body, "{\"active\":false}");
	sg_answer_buf(gate, r, 200, &body);
}

/* Issuers share the set that tokens are read with: what one signs about another's lease is told by what the lease is for. */
static bool
is_subject(const struct sg_gate *gate, const struct sg_lease *lease, const struct sg_json *claims)
{
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, sg_str(lease->agent));
	struct sg_str sub = {NULL, 0};
	return agent != NULL && sg_json_string(sg_json_get(claims, "sub"), &sub) && sg_str_eq(sub, agent->id);
}

/* By the configuration in force it would still be given: the agent reaches the action, whose issuer, audience and level are what they were. */
static bool
still_given(const struct sg_gate *gate, const struct sg_lease *lease)
{
	const struct sg_attempt *attempt = sg_state_decision(&gate->state, sg_str(lease->decision));
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, sg_str(lease->agent));
	const struct sg_action *action = attempt == NULL ? NULL : sg_catalogue_action(gate->catalogue, sg_str(attempt->action));
	const struct sg_issuer *issuer = sg_catalogue_issuer(gate->catalogue, sg_str(lease->issuer));
	const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(lease->task->intent));
	return agent != NULL && action != NULL && issuer != NULL && intent != NULL && sg_strings_match(&agent->reach, action->name, '.') &&
	       sg_strings_have(&agent->intents, intent->name) && sg_strings_match(&intent->actions, action->name, '.') && sg_str_is(action->credential, lease->issuer) &&
	       lease->level <= intent->sensitivity && action->sensitivity <= lease->level &&
	       (issuer->audience.count > 0 ? sg_strings_have(&issuer->audience, sg_str(lease->audience)) : sg_str_is(issuer->name, lease->audience));
}

/* Active only for the audience, only while lease, task and agent live; everything else looks the same from outside. */
static bool
is_active(struct sg_gate *gate, const struct sg_request *r, const struct sg_json *claims)
{
	struct sg_str jti = {NULL, 0}, audience = {NULL, 0};
	sg_json_string(sg_json_get(claims, "jti"), &jti);
	sg_json_string(sg_json_get(claims, "aud"), &audience);
	const struct sg_lease *lease = jti.ptr == NULL ? NULL : sg_state_lease(&gate->state, jti);
	return lease != NULL && lease->state == SG_LEASE_ACTIVE && !sg_deadline_over(&lease->ends, &gate->state.now) &&
	       sg_task_live(&gate->state, lease->task) && sg_str_is(audience, lease->audience) &&
	       sg_str_eq(audience, r->enforcer->name) && sg_json_is(sg_json_get(claims, "sg"), "digest", lease->digest) &&
	       is_subject(gate, lease, claims) && still_given(gate, lease);
}

static void
introspected(struct sg_gate *gate, struct sg_request *r, const struct sg_json *answer)
{
	bool ok = false;
	const struct sg_json *claims = sg_json_get(answer, "claims");
	sg_json_bool(sg_json_get(answer, "ok"), &ok);
	if (!ok || claims == NULL || claims->type != SG_JSON_OBJECT || !is_active(gate, r, claims)) {
		answer_inactive(gate, r);
		return;
	}
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, CALL_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_bool(&w, "active", true);
	for (const struct sg_json *m = sg_json_first(claims); m != NULL; m = sg_json_next(claims, m)) {
		if (sg_str_is(m->name, "active"))
			continue;
		sg_jw_name_str(&w, m->name);
		sg_jw_value(&w, m);
		if (sg_str_is(m->name, "sub"))
			sg_jw_member_text(&w, "token_type", "Bearer");
	}
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

static void
introspect(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	enum sg_reason reason;
	if (conn == NULL || !sg_who_enforcer(gate, r, conn, &reason)) {
		sg_answer_error(gate, r, 401, SG_REASON_not_enforcer, "");
		return;
	}
	r->stage = SG_STAGE_CALL;
	r->after_call = introspected;
	if (!sg_ask_verify(gate, r, SG_ISSUE_jwt, sg_buf_view(&gate->jwks), SG_STR("")))
		sg_answer_error(gate, r, 503, SG_REASON_issue_unavailable, "");
}

void
sg_route_introspect(struct sg_gate *gate, struct sg_request *r)
{
	if (!sg_json_string(sg_json_get(r->body, "token"), &r->token) || r->token.len > SG_TOKEN_MAX)
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "token=...");
	else
		sg_look_first(gate, r, introspect);
}

void
sg_route_jwks(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	sg_buf_init(&body, CALL_MAX);
	sg_buf_str(&body, gate->jwks.len > 0 ? sg_buf_view(&gate->jwks) : SG_STR("{\"keys\":[]}"));
	sg_answer_buf(gate, r, 200, &body);
}
