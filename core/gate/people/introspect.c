/* SPDX-License-Identifier: Apache-2.0
 * Whether a token still stands for anything (RFC 7662), and the keys that tokens are verified with. */
#include "gate/people/people.h"
#include "gate/desk/late.h"
#include "gate/decide/sight.h"

#include "base/str.h"

enum { CALL_MAX = 64 << 10, LOOKED_MAX = 4 << 20 };

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

/* What stands in the answer was decided, whoever signed it: a key that leaked signs other scopes for a lease that lives. */
static bool
says_the_lease(const struct sg_gate *gate, const struct sg_lease *lease, const struct sg_json *claims)
{
	const struct sg_attempt *attempt = sg_state_decision(&gate->state, sg_str(lease->decision));
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, sg_str(lease->agent));
	int64_t exp = 0;
	return attempt != NULL && agent != NULL && sg_json_is(claims, "scope", attempt->action) && sg_str_eq(sg_json_text_at(claims, "client_id"), agent->id) &&
	       sg_json_int(sg_json_get(claims, "exp"), &exp) && exp == lease->ends.wall_ms / 1000 && sg_json_is(sg_json_get(claims, "sg"), "task", lease->task->id);
}

/* What was decided, as it was recorded, asked again under the ceilings in force: all of them but what it has spent itself. */
static bool
still_within(struct sg_gate *gate, const struct sg_lease *lease, struct sg_request *r, const struct sg_json *seal)
{
	const struct sg_json *asked = sg_json_get(seal, "input"), *request = sg_json_get(seal, "request");
	enum sg_reason reason;
	r->task = sg_arena_copy(&r->arena, sg_str(lease->task->id));
	r->again = true;
	r->resource = sg_json_get(asked, "resource");
	r->action_name = sg_json_text_at(sg_json_get(asked, "action"), "name");
	r->resource_type = sg_json_text_at(r->resource, "type");
	r->resource_id = sg_json_text_at(r->resource, "id");
	r->args = r->effective_args = sg_json_get(seal, "effective");
	r->body = request;
	r->tool = sg_json_text_at(sg_json_get(request, "context"), "tool");
	return r->args != NULL && sg_ceilings(gate, r, &reason) && r->level <= lease->level && (!r->ask_owner || lease->approval[0] != '\0');
}

/* Who asked for it: the agent, as well proven as it must be now, through an enforcer that still stands before it. */
static bool
still_asked(const struct sg_gate *gate, const struct sg_lease *lease, struct sg_request *r, const struct sg_json *leaf)
{
	const struct sg_attempt *attempt = sg_state_decision(&gate->state, sg_str(lease->decision));
	struct sg_str strength = sg_json_text_at(leaf, "strength"), asker = sg_str(attempt->asker), kind = sg_str_cut(&asker, ':');
	r->agent = sg_catalogue_agent(gate->catalogue, sg_str(lease->agent));
	r->enforcer = sg_str_is(kind, "enforcer") ? sg_catalogue_enforcer(gate->catalogue, asker) : NULL;
	enum sg_reason reason;
	bool shown = r->agent != NULL && (!sg_task_shows(lease->task) || sg_instance_shown(lease->task->instance, r->agent, &r->strength, &reason));
	return shown && (r->enforcer != NULL || !sg_str_is(kind, "enforcer")) && sg_strength_named(strength) >= sg_strength_named(r->agent->identity);
}

static bool
as_recorded(struct sg_gate *gate, struct sg_request *r, const struct sg_lease *lease)
{
	uint64_t number;
	struct sg_record record;
	struct sg_str sealed;
	const struct sg_json *seal = NULL;
	struct sg_json_limits limits = {.bytes = SG_SEALED_MAX, .nodes = 1 << 20};
	struct sg_request looked = {.enforcer = NULL};
	if (!sg_decision_leaf(sg_str(lease->decision), &number) || sg_leaf_read(gate, number, &r->arena, &record, &sealed, NULL) != SG_OK)
		return false;
	if (sg_json_is(record.json, "config", gate->catalogue->digest))
		return true;
	sg_arena_init(&looked.arena, LOOKED_MAX);
	bool good = sealed.len > 0 && sg_canon_parse(&r->arena, sealed, &limits, &seal, NULL) == SG_OK && still_asked(gate, lease, &looked, sg_json_get(record.json, "body")) &&
		    still_within(gate, lease, &looked, seal);
	sg_arena_done(&looked.arena);
	return good;
}

/* Active only for the audience, only while lease, task and agent live; everything else looks the same from outside. */
static bool
is_active(struct sg_gate *gate, struct sg_request *r, const struct sg_json *claims)
{
	struct sg_str jti = {NULL, 0}, audience = {NULL, 0};
	sg_json_string(sg_json_get(claims, "jti"), &jti);
	sg_json_string(sg_json_get(claims, "aud"), &audience);
	const struct sg_lease *lease = jti.ptr == NULL ? NULL : sg_state_lease(&gate->state, jti);
	if (sg_wall_good(gate) == SG_REASON_clock_ahead)
		return false; /* by the clock on the wall it may have ended */
	return lease != NULL && lease->state == SG_LEASE_ACTIVE && !sg_deadline_over(&lease->ends, &gate->state.now) &&
	       sg_task_live(&gate->state, lease->task) && sg_str_is(audience, lease->audience) &&
	       sg_str_eq(audience, r->enforcer->name) && sg_json_is(sg_json_get(claims, "sg"), "digest", lease->digest) &&
	       is_subject(gate, lease, claims) && says_the_lease(gate, lease, claims) && sg_lease_stands(gate, lease) && sg_lease_said(gate, lease) && as_recorded(gate, r, lease);
}

static void
introspected(struct sg_gate *gate, struct sg_request *r, const struct sg_json *answer)
{
	bool ok = false;
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	const struct sg_json *claims = sg_json_get(answer, "claims");
	enum sg_reason reason;
	if (conn == NULL || !sg_who_enforcer(gate, r, conn, &reason)) { /* a reload came */
		sg_answer_error(gate, r, 401, SG_REASON_not_enforcer, "");
		return;
	}
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
	sg_request_wait(gate, r, SG_STAGE_CALL);
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
