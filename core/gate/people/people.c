/* SPDX-License-Identifier: Apache-2.0
 * What operators do with agents and people: suspend, resume, retire, register again; disable, enable. */
#include "gate/people/people.h"
#include "gate/people/review.h"

#include "base/str.h"
#include "gate/decide/ceiling.h"
#include "gate/decide/sight.h"
#include "gate/desk/revoking.h"

enum { BODY_MAX = 1 << 20 };

static const struct {
	const char *verb, *event;
	enum sg_agent_state from;
} changes[] = {
	{"suspend", "suspended", SG_AGENT_active},
	{"resume", "resumed", SG_AGENT_suspended},
	{"retire", "retired", SG_AGENT_active},
	{"retire", "retired", SG_AGENT_suspended},
	{"register", "registered", SG_AGENT_retired},
};

static const char *
state_name(enum sg_agent_state state)
{
	return state == SG_AGENT_active ? "active" : state == SG_AGENT_suspended ? "suspended" : "retired";
}

static void
write_agent(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_agent *a)
{
	const struct sg_agent_life *life = sg_state_agent(&gate->state, a->name);
	int64_t alone = sg_owner_gone_ms(gate, a);
	sg_jw_object(w);
	sg_jw_member_text(w, "autonomy", sg_autonomy_name(a->autonomy));
	sg_jw_member_str(w, "environment", a->environment);
	sg_jw_member_str(w, "escalate", a->escalate);
	sg_jw_member_str(w, "id", a->id);
	sg_jw_member_str(w, "name", a->name);
	sg_jw_member_str(w, "owner", a->owner);
	sg_jw_member_bool(w, "owner_gone", alone > 0);
	sg_jw_member_int(w, "review_left_ms", a->review_ms - gate->state.now.wall_ms);
	sg_jw_member_text(w, "state", sg_state_killed(&gate->state, a->name) ? "killed" : state_name(life != NULL ? life->state : SG_AGENT_active)); /* whatever else it is */
	sg_jw_end(w);
}

void
sg_route_agents(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "agents");
	sg_jw_array(&w);
	for (size_t i = 0; i < gate->catalogue->agent_count && body.len < BODY_MAX - 4096; i++)
		write_agent(&w, gate, &gate->catalogue->agents[i]);
	sg_jw_end(&w);
	sg_jw_member_int(&w, "total", (int64_t)gate->catalogue->agent_count);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

static void
answer_agent(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, r->argument);
	if (agent == NULL) {
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "");
		return;
	}
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "agent");
	write_agent(&w, gate, agent);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

static const char *
event_for(const struct sg_gate *gate, struct sg_str agent, struct sg_str verb)
{
	const struct sg_agent_life *life = sg_state_agent(&gate->state, agent);
	enum sg_agent_state state = life != NULL ? life->state : SG_AGENT_active;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (sg_str_is(verb, changes[i].verb) && changes[i].from == state)
			return changes[i].event;
	return NULL;
}

void
sg_route_agent_change(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	struct sg_str verb = {"", 0};
	uint64_t number = 0;
	sg_json_string(sg_json_get(r->body, "event"), &verb);
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, r->argument);
	const char *event = agent == NULL ? NULL : event_for(gate, agent->name, verb);
	if (conn == NULL || conn->admin == NULL || agent == NULL)
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "stepgate agents lists them");
	else if (event == NULL)
		sg_answer_error(gate, r, 409, SG_REASON_bad_request, "active: suspend, retire; suspended: resume, retire; retired: register");
	else if ((sg_str_is(verb, "resume") || sg_str_is(verb, "register")) && sg_agent_is_ending(gate, agent->name))
		sg_answer_error(gate, r, 409, SG_REASON_attempt_pending, "its tasks are still being ended: ask again in a moment");
	else if (!sg_record_agent(gate, agent->name, event, conn->admin->name, &number))
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else {
		sg_agent_ids(gate);
		sg_leases_revoking(gate);
		sg_request_sync(gate, r, number, answer_agent);
	}
}

/* ---- people ---- */

static void
answer_human(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const struct sg_human *human = sg_catalogue_human(gate->catalogue, r->argument);
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "agents");
	sg_jw_array(&w);
	for (size_t i = 0; human != NULL && i < gate->catalogue->agent_count && body.len < BODY_MAX - 4096; i++)
		if (sg_str_eq(gate->catalogue->agents[i].owner, human->id))
			write_agent(&w, gate, &gate->catalogue->agents[i]);
	sg_jw_end(&w);
	sg_jw_member_bool(&w, "disabled", human != NULL && sg_human_gone(gate, human));
	sg_jw_member_str(&w, "human", r->argument);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

static bool
record_human(struct sg_gate *gate, const struct sg_human *human, bool disabled, struct sg_str by)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 2048);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "admin", human->admin);
	sg_jw_member_str(&w, "by", by);
	sg_jw_member_bool(&w, "disabled", disabled);
	sg_jw_member_str(&w, "human", human->id);
	sg_jw_end(&w);
	bool good = sg_record(gate, "human", sg_buf_view(&body), SG_STR(""), NULL, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

void
sg_route_human_change(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	const struct sg_human *human = sg_catalogue_human(gate->catalogue, r->argument);
	bool disabled = false;
	if (conn == NULL || conn->admin == NULL || human == NULL)
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "people stand in humans of the configuration");
	else if (!sg_json_bool(sg_json_get(r->body, "disabled"), &disabled))
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "{\"disabled\":true}");
	else if (!record_human(gate, human, disabled, conn->admin->name))
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else {
		sg_gate_review(gate);
		sg_gate_owners(gate); /* what falls with its owner falls behind the same sync */
		sg_wake(gate);
		sg_request_sync(gate, r, gate->journal.appended, answer_human);
	}
}

/* A name that was registered again is another agent: its id says so, and no old token or policy line fits it. */
void
sg_agent_ids(struct sg_gate *gate)
{
	struct sg_catalogue *c = gate->catalogue;
	for (size_t i = 0; i < c->agent_count; i++) {
		const struct sg_agent_life *life = sg_state_agent(&gate->state, c->agents[i].name);
		if (life == NULL || life->generation < 2)
			continue;
		const char *id = sg_arena_printf(&c->arena, "spiffe://%.*s/agent/%.*s/%lld", SG_STR_ARG(c->trust_domain), SG_STR_ARG(c->agents[i].name),
						 (long long)life->generation);
		if (id != NULL)
			c->agents[i].id = sg_str(id);
	}
}
