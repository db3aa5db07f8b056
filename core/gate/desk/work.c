/* SPDX-License-Identifier: Apache-2.0
 * Work: whose request the gate is at, and how long it took. Times are shown and decide nothing. */
#include "gate/desk/desk.h"
#include "gate/desk/revoking.h"

#include "base/line.h"
#include "base/str.h"
#include "gate/journal/pulse.h"


/* By what the kernel says where there is a process: an agent's name is its own word until it was looked at. */
static void
name_caller(struct sg_gate *gate, const struct sg_request *r, char out[SG_PULSE_CALLER])
{
	char name[SG_CONN_NAME];
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	out[0] = '\0';
	if (conn == NULL || conn->face == SG_FACE_ADMIN)
		return;
	sg_conn_name(conn, name);
	if (conn->face == SG_FACE_ENFORCER && r->agent != NULL)
		sg_line_join(out, SG_PULSE_CALLER, r->behind ? "behind:" : "agent:", r->agent->name);
	else
		sg_line_join(out, SG_PULSE_CALLER, conn->face == SG_FACE_ENFORCER ? "enforcer:" : "uid:", sg_str(name));
}

bool
sg_work_refused(struct sg_gate *gate, const struct sg_request *r)
{
	char caller[SG_PULSE_CALLER];
	name_caller(gate, r, caller);
	return caller[0] != '\0' && sg_pulse_refuses(caller, gate->state.now.boot);
}

void
sg_work_known(struct sg_gate *gate, const struct sg_request *r)
{
	char caller[SG_PULSE_CALLER];
	name_caller(gate, r, caller);
	sg_pulse_hand(caller);
}

void
sg_work_begin(struct sg_gate *gate, const struct sg_request *r)
{
	sg_pulse_beat(); /* many requests in one turn are no hang; one that does not end is */
	sg_work_known(gate, r);
	gate->work.id = r->id;
	gate->work.carried = gate->state.carried;
	gate->work.since = gate->sys->boot_time(gate->sys);
}

void
sg_work_spent(struct sg_gate *gate, struct sg_request *r)
{
	if (gate->work.id == r->id) {
		r->spent += gate->sys->boot_time(gate->sys) - gate->work.since;
		sg_agent_owes(gate, r, (int64_t)((gate->state.carried - gate->work.carried) / SG_UNIT_CARRIED));
		gate->work.carried = gate->state.carried;
	}
	if (r->spent > gate->slowest_request.took && r->route != NULL) {
		gate->slowest_request.took = r->spent;
		gate->slowest_request.route = r->route->name;
	}
}

void
sg_work_end(struct sg_gate *gate)
{
	struct sg_request *r = sg_request_find(gate, gate->work.id);
	if (r != NULL)
		sg_work_spent(gate, r);
	sg_leases_soaked(gate);
	gate->work.id = 0;
	sg_pulse_hand("");
}

void
sg_work_turned(struct sg_gate *gate, sg_time took)
{
	if (took > gate->slowest_turn)
		gate->slowest_turn = took;
}

void
sg_write_work(struct sg_json_writer *w, const struct sg_gate *gate)
{
	sg_jw_object(w);
	sg_jw_member_int(w, "hangs", (int64_t)sg_pulse_hangs());
	sg_jw_member_int(w, "refused_callers", (int64_t)sg_pulse_refused(gate->state.now.boot));
	sg_jw_name(w, "slowest_request");
	sg_jw_object(w);
	sg_jw_member_text(w, "route", gate->slowest_request.route != NULL ? gate->slowest_request.route : "");
	sg_jw_member_int(w, "us", gate->slowest_request.took / (SG_MSEC / 1000));
	sg_jw_end(w);
	sg_jw_member_int(w, "slowest_turn_us", gate->slowest_turn / (SG_MSEC / 1000));
	sg_jw_end(w);
}
