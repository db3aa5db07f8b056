/* SPDX-License-Identifier: Apache-2.0
 * POST /v1/audit/hold: an operator's word that nothing of the record is deleted, and the word that takes it back. What a leaf said before that it goes, goes. */
#include "gate/people/people.h"

#include "base/str.h"

void
sg_write_keep(struct sg_json_writer *w, const struct sg_gate *gate)
{
	const struct sg_hold_word *hold = &gate->state.hold;
	sg_jw_object(w);
	sg_jw_member_int(w, "from", (int64_t)gate->journal.base.last + 1);
	if (hold->leaf != 0) {
		sg_jw_name(w, "held");
		sg_jw_object(w);
		sg_jw_member_int(w, "at", hold->at_ms);
		sg_jw_member_text(w, "by", hold->by);
		sg_jw_member_int(w, "leaf", (int64_t)hold->leaf);
		sg_jw_member_text(w, "reason", hold->reason);
		sg_jw_end(w);
	}
	sg_jw_member_bool(w, "hold", gate->catalogue->keep_hold || hold->leaf != 0);
	sg_jw_member_text(w, "needed", gate->keep.needed);
	sg_jw_end(w);
}

static void
answer_hold(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "keep");
	sg_write_keep(&w, gate);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

static bool
record_word(struct sg_gate *gate, struct sg_request *r, struct sg_str verb, uint64_t *number)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "by", sg_conn_operator(sg_conn_find(gate, r->conn)));
	sg_jw_member_str(&w, "reason", sg_json_text_at(r->body, "reason"));
	sg_jw_member_str(&w, "verb", verb);
	sg_jw_end(&w);
	bool good = sg_record(gate, "admin", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

void
sg_route_audit_hold(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_str verb = sg_json_text_at(r->body, "event");
	bool hold = sg_str_is(verb, SG_VERB_HOLD), release = sg_str_is(verb, SG_VERB_RELEASE);
	uint64_t number = 0;
	if (!hold && !release)
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "event is hold or release");
	else if (release && gate->state.hold.leaf == 0)
		sg_answer_error(gate, r, 409, SG_REASON_bad_request, gate->catalogue->keep_hold ? "limits.keep_hold holds it: take that out, and reload" : "the record is not held");
	else if (gate->journal.closed || !record_word(gate, r, verb, &number))
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else
		sg_request_sync(gate, r, number, answer_hold);
}
