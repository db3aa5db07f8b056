/* SPDX-License-Identifier: Apache-2.0
 * Sessions that an enforcer speaks for: it says when one has ended, or nothing is asked in one for long. Each agent of a session is in a domain of its own. */
#include "gate/tasks/tasks.h"
#include "gate/desk/domain.h"
#include "gate/desk/revoking.h"
#include "gate/state/holder.h"

#include "base/str.h"

enum { SLICE = 256 /* tasks ended between two looks at the rest of the gate */, LOOKS_AT_ONCE = 4096, BODY_MAX = 4096 };

/* ---- its end, said ---- */

struct end {
	size_t ended, frozen; /* tasks ended in this slice; tasks and domains that stand still */
	const char *by;              /* "enforcer:NAME" */
	uint64_t number;             /* of the last leaf */
	bool good;
};

/* Those that an enforcer opens have none above them. */
static void
end_tasks(struct sg_gate *gate, const struct sg_domain *d, struct end *e)
{
	for (const struct sg_task *t = sg_domain_open(d, NULL), *next; t != NULL && e->good && e->ended < SLICE; t = next) {
		next = sg_domain_open(d, t); /* should it end with this one, the rest is looked at again */
		if (sg_task_holds_frozen(t)) {
			e->frozen++;
			continue;
		}
		e->good = sg_record_task(gate, t, "closed", sg_str(e->by), "session ended", &e->number);
		e->ended++;
	}
}

static void
each_domain(struct sg_gate *gate, const struct sg_session *session, struct end *e, bool over)
{
	const struct sg_domain *next;
	for (const struct sg_domain *d = session->first; d != NULL && e->good; d = next) {
		next = d->session_next;
		if (over) {
			e->good = sg_domain_over(gate, d, sg_str(e->by), &e->number);
		} else {
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
	const struct sg_session *session = sg_session_find(&gate->state, r->enforcer->name, r->argument);
	if (session == NULL) {
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "no session of that name is known here");
		return;
	}
	sg_asker(r, asker);
	each_domain(gate, session, &e, false);
	r->ended_tasks += e.ended;
	if (e.ended > 0)
		sg_leases_revoking(gate);
	else if (e.good)
		each_domain(gate, session, &e, true);
	if (!e.good)
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
tree_asks(const struct sg_gate *gate, const struct sg_task *root)
{
	const struct sg_clock *now = &gate->state.now;
	int64_t idle_ms = gate->catalogue->limits.session_idle;
	return now->wall_ms - root->tree_last_ms < idle_ms && (now->boot - root->tree_last_boot) / SG_MSEC < idle_ms;
}

/* Whatever agent of it. Each task that is looked at counts. */
static bool
session_asks(const struct sg_gate *gate, const struct sg_session *session, size_t *looks)
{
	for (const struct sg_domain *d = session->first; d != NULL; d = d->session_next)
		for (const struct sg_task *t = NULL; (t = sg_domain_open(d, t)) != NULL; ++*looks)
			if (tree_asks(gate, t->root))
				return true;
	return false;
}

/* At most a slice of them; the rest is as idle at the next look. False: it could not be recorded. */
static bool
end_idle(struct sg_gate *gate, const struct sg_session *session, size_t *ended)
{
	for (const struct sg_domain *d = session->first; d != NULL; d = d->session_next)
		for (const struct sg_task *t = sg_domain_open(d, NULL), *next; t != NULL && *ended < SLICE; t = next) {
			next = sg_domain_open(d, t);
			if (t->state == SG_TASK_OPEN && !sg_task_holds_frozen(t) && !(++*ended, sg_end_task(gate, t, "session idle")))
				return false;
		}
	return true;
}

void
sg_sessions_idle(struct sg_gate *gate)
{
	size_t ended = 0;
	for (size_t looks = 0; looks < LOOKS_AT_ONCE && ended < SLICE && !gate->journal.closed; looks++) {
		const struct sg_session *session = sg_table_next(&gate->state.sessions, &gate->sessions_at);
		if (session == NULL) {
			gate->sessions_at = 0;
			break;
		}
		if (!session_asks(gate, session, &looks) && !end_idle(gate, session, &ended))
			break;
	}
	if (ended > 0)
		sg_leases_revoking(gate);
}
