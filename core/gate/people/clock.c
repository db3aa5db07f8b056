/* SPDX-License-Identifier: Apache-2.0
 * POST /v1/clock/accept: an operator's word that the clock is right. */
#include "gate/people/people.h"
#include "gate/people/review.h"

#include "base/str.h"

static void
answer_clock(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 1024);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "clock");
	sg_write_wall(&w, gate);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

/* Tasks of a clock that stood far ahead would go on for as long as it stood ahead. */
static void
end_what_ends_too_late(struct sg_gate *gate)
{
	gate->ends_most_ms = gate->state.now.wall_ms + gate->catalogue->limits.task_ttl_max;
	sg_gate_review(gate);
}

static void
write_accept(struct sg_buf *body, const struct sg_gate *gate, struct sg_str by, struct sg_str reason, int64_t from_ms, int64_t to_ms)
{
	struct sg_deadline now = {to_ms, gate->state.now.boot};
	struct sg_json_writer w;
	sg_jw_begin(&w, body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "by", by);
	sg_jw_name(&w, "clock"); /* what a start in this run of the machine goes by */
	sg_write_deadline(&w, gate, &now);
	sg_jw_member_int(&w, "from_ms", from_ms);
	sg_jw_member_str(&w, "reason", reason);
	sg_jw_member_text(&w, "result", "accepted");
	sg_jw_member_int(&w, "to_ms", to_ms);
	sg_jw_member_text(&w, "verb", SG_VERB_CLOCK);
	sg_jw_end(&w);
}

static bool
accept(struct sg_gate *gate, struct sg_request *r, struct sg_str reason, uint64_t *number)
{
	struct sg_wall before = gate->wall;
	int64_t wall_ms = gate->sys->wall_time(gate->sys) / SG_MSEC, last = gate->journal.last_at_ms;
	struct sg_buf body;
	sg_buf_init(&body, 4096);
	write_accept(&body, gate, sg_conn_operator(sg_conn_find(gate, r->conn)), reason, last, wall_ms);
	gate->journal.cap_ms = 0;
	gate->journal.last_at_ms = wall_ms;
	gate->wall = (struct sg_wall){true, wall_ms, gate->state.now.boot, 0, before.said};
	bool good = sg_record(gate, "admin", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK;
	sg_buf_done(&body);
	if (!good) {
		gate->wall = before;
		gate->journal.last_at_ms = last;
	}
	sg_gate_now(gate);
	return good;
}

void
sg_route_clock_accept(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_str reason = SG_STR("");
	uint64_t number = 0;
	sg_json_string(sg_json_get(r->body, "reason"), &reason);
	if (sg_wall_good(gate) == SG_REASON_allowed) {
		sg_answer_error(gate, r, 409, SG_REASON_bad_request, "the clock is believed as it is: there is nothing to accept");
	} else if (gate->journal.closed || !accept(gate, r, reason, &number)) {
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	} else {
		end_what_ends_too_late(gate);
		sg_request_sync(gate, r, number, answer_clock);
	}
}
