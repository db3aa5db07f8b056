/* SPDX-License-Identifier: Apache-2.0
 * Sessions that an enforcer speaks for: it says when one has ended, or nothing is asked in one for long. Each agent of a session is in a domain of its own. */
#include "gate/domain.h"
#include "gate/revoking.h"

#include "base/str.h"

enum { SLICE = 256 /* tasks ended between two looks at the rest of the gate */, LOOKS_AT_ONCE = 4096, BODY_MAX = 4096 };

/* ---- its end, said ---- */

struct end {
	size_t known, ended, frozen; /* domains of it; tasks ended in this slice; tasks and domains that stand still */
	const char *by;              /* "enforcer:NAME" */
	uint64_t number;             /* of the last leaf */
	bool good;
};

/* Those that an enforcer opens have none above them. */
static void
end_tasks(struct sg_gate *gate, const struct sg_domain *d, struct end *e)
{
	for (const struct sg_task *t = d->first; t != NULL && e->good; t = t->domain_next) {
		if (t->state > SG_TASK_FROZEN || e->ended == SLICE)
			continue;
		if (sg_task_holds_frozen(t)) {
			e->frozen++;
			continue;
		}
		e->good = sg_record_task(gate, t, "closed", sg_str(e->by), "session ended", &e->number);
		e->ended++;
	}
}

static void
each_agent(struct sg_gate *gate, const struct sg_request *r, struct end *e, bool over)
{
	for (size_t i = 0; i < gate->catalogue->agent_count && e->good; i++) {
		const struct sg_domain *d = sg_domain_of_session(gate, r->enforcer->name, gate->catalogue->agents[i].name, r->argument);
		e->known += d != NULL && !over;
		if (d != NULL && over)
			e->good = sg_domain_over(gate, d, sg_str(e->by), &e->number);
		else if (d != NULL) {
			e->frozen += d->frozen;
			end_tasks(gate, d, e);
		}
	}
}

static void
answer_ended(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "ended", (int64_t)r->ended_tasks);
	sg_jw_member_str(&w, "session", r->argument);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

static void
answer_frozen(struct sg_gate *gate, struct sg_request *r)
{
	sg_answer_error(gate, r, 409, SG_REASON_frozen, "what stands still waits for an operator; the rest of the session has ended");
}

/* A slice of its tasks; the next once that is on the disk; when none is left, what its domains carry. */
static void
end_some(struct sg_gate *gate, struct sg_request *r)
{
	enum sg_reason reason = SG_REASON_not_found;
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	char asker[80] = "";
	struct end e = {.good = true, .by = asker, .number = gate->journal.appended};
	if (conn == NULL || !sg_who_enforcer(gate, r, conn, &reason)) {
		sg_answer_error(gate, r, 404, reason, "");
		return;
	}
	sg_asker(r, asker);
	each_agent(gate, r, &e, false);
	r->ended_tasks += e.ended;
	if (e.ended > 0)
		sg_leases_revoking(gate);
	else if (e.good)
		each_agent(gate, r, &e, true);
	if (e.known == 0)
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "no session of that name is known here");
	else if (!e.good)
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "ask again: ending twice does no harm");
	else
		sg_request_sync(gate, r, e.number, e.ended > 0 ? end_some : e.frozen > 0 ? answer_frozen : answer_ended);
}

void
sg_route_session_end(struct sg_gate *gate, struct sg_request *r)
{
	sg_look_first(gate, r, end_some);
}

/* ---- its end by silence ---- */

/* What is asked below counts: those are at work for it. */
static bool
tree_asks(const struct sg_gate *gate, const struct sg_task *task)
{
	const struct sg_clock *now = &gate->state.now;
	const struct sg_task *t = task;
	do {
		if (now->wall_ms - t->last_ms < gate->catalogue->limits.session_idle && (now->boot - t->last_boot) / SG_MSEC < gate->catalogue->limits.session_idle)
			return true;
	} while ((t = t->tree_next) != task);
	return false;
}

static bool
domain_asks(const struct sg_gate *gate, const struct sg_domain *d)
{
	for (const struct sg_task *t = d->first; t != NULL; t = t->domain_next)
		if (t->state <= SG_TASK_FROZEN && tree_asks(gate, t))
			return true;
	return false;
}

/* Whatever agent of it. Where the name was too long to be kept whole the others are not found, and each agent is looked at by itself. */
static bool
session_asks(const struct sg_gate *gate, const struct sg_domain *d)
{
	struct sg_str rest = sg_str(d->name), enforcer = sg_str_cut(&rest, '|');
	sg_str_cut(&rest, '|');
	bool asks = domain_asks(gate, d);
	for (size_t i = 0; i < gate->catalogue->agent_count && !asks; i++) {
		const struct sg_domain *other = sg_domain_of_session(gate, enforcer, gate->catalogue->agents[i].name, rest);
		asks = other != NULL && domain_asks(gate, other);
	}
	return asks;
}

static bool
may_end(const struct sg_task *task)
{
	return task->state == SG_TASK_OPEN && !sg_task_holds_frozen(task); /* what stands still waits for an operator */
}

static void
end_idle(struct sg_gate *gate, const struct sg_domain *d)
{
	if (d->tasks == 0 || strcmp(d->kind, "session") != 0 || session_asks(gate, d))
		return;
	for (const struct sg_task *t = d->first; t != NULL; t = t->domain_next)
		if (may_end(t) && !sg_end_task(gate, t, "session idle"))
			return;
	sg_leases_revoking(gate);
}

void
sg_sessions_idle(struct sg_gate *gate)
{
	for (int looks = 0; looks < LOOKS_AT_ONCE && !gate->journal.closed; looks++) {
		const struct sg_domain *d = sg_table_next(&gate->state.domains, &gate->sessions_at);
		if (d == NULL) {
			gate->sessions_at = 0;
			return;
		}
		end_idle(gate, d);
	}
}
