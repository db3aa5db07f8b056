/* SPDX-License-Identifier: Apache-2.0
 * A group that is out for long. The record may still come: nothing of it is taken back, nothing is written twice. */
#include "gate/desk/late.h"

#include "base/err.h"
#include "base/line.h"
#include "base/str.h"
#include "gate/desk/desk.h"

#include <string.h>

/* It stops somebody, or takes a yes back: whoever said it is told that it is in force. */
static bool
is_held(struct sg_str kind, const char *name, const struct sg_json *body)
{
	if (sg_str_is(kind, "approval"))
		return sg_json_is(body, "event", "denied") || sg_json_is(body, "event", "void");
	return sg_kind_stops(name) && !sg_str_is(kind, "withheld");
}

/* What stops and is on its way. */
static enum sg_status
hold_stop(void *to, const struct sg_record *record, struct sg_err *err)
{
	struct sg_gate *gate = to;
	struct sg_str kind = sg_json_text_at(record->json, "kind");
	char name[32];
	struct sg_buf body;
	(void)err;
	sg_line_join(name, sizeof(name), "", kind);
	if (!is_held(kind, name, sg_json_get(record->json, "body")))
		return SG_OK;
	sg_buf_init(&body, SG_LEAF_MAX);
	sg_canon_write(&body, sg_json_get(record->json, "body"));
	if (!body.failed)
		sg_gate_hold(gate, name, sg_buf_view(&body));
	sg_buf_done(&body);
	return SG_OK;
}

/* It records nothing, whatever it says. */
static bool
reads(const struct sg_request *r)
{
	enum sg_route route = r->route->route;
	bool asks = route == SG_ROUTE_A_CEILING || route == SG_ROUTE_E_CEILING; /* whether somebody still may; introspection reads the record */
	return asks || strcmp(r->route->method, "GET") == 0;
}

/* Operators, and whoever only looks. */
static bool
needs_no_record(const struct sg_gate *gate, const struct sg_request *r)
{
	return r->route != NULL && (r->route->face == SG_FACE_ADMIN || reads(r)) && r->wait_leaf > gate->journal.durable;
}

/* All that is appended by now will be recorded, or found lost. */
static void
over(struct sg_gate *gate)
{
	sg_gate_warn(gate, SG_STR(""), gate->journal.closed ? "the disk answers again: it did not take what it was given" : "the disk answers again");
	if (gate->holds && gate->owed == NULL && !gate->journal.closed)
		gate->held_until = gate->journal.appended;
	sg_gate_release_held(gate);
}

void
sg_sync_turn(struct sg_gate *gate)
{
	sg_time now = gate->state.now.boot;
	bool was = gate->sync_late;
	if (!gate->journal.committing || gate->journal.durable != gate->sync_durable || gate->sync_since == 0) {
		gate->sync_durable = gate->journal.durable;
		gate->sync_since = now;
	}
	gate->sync_late = gate->journal.committing && !gate->journal.closed && now - gate->sync_since >= SG_SYNC_LATE_S * SG_SEC;
	if (was && !gate->sync_late)
		over(gate);
	if (!gate->sync_late) {
		gate->sync_held = 0; /* numbers that were lost are given again */
		return;
	}
	if (!was)
		sg_gate_warn(gate, SG_STR(""), "ALERT    the disk does not answer: what agents ask is refused, what operators stop holds and is recorded once it does");
	if (gate->journal.appended != gate->sync_held) {
		sg_journal_void(&gate->journal, gate->sync_held, hold_stop, gate, NULL);
		gate->sync_held = gate->journal.appended;
	}
	sg_answer_unsynced(gate, needs_no_record);
}

enum sg_status
sg_leaf_read(struct sg_gate *gate, uint64_t number, struct sg_arena *arena, struct sg_record *record, struct sg_str *input, struct sg_err *err)
{
	if (gate->sync_late)
		return sg_fail(err, SG_UNAVAILABLE, "audit_unavailable", "the disk does not answer");
	return sg_journal_read(&gate->journal, number, arena, record, input, err);
}

uint64_t
sg_leaves_read(struct sg_gate *gate, uint64_t first, uint64_t last, size_t most, bool (*each)(void *to, const struct sg_record *record), void *to)
{
	return gate->sync_late ? first - 1 : sg_journal_leaves(&gate->journal, first, last, most, each, to);
}

bool
sg_sync_refuses(const struct sg_gate *gate, const struct sg_request *r, const struct sg_conn *conn)
{
	if (gate->journal.scarce && conn->face != SG_FACE_ADMIN && conn->face != SG_FACE_APPROVER && !reads(r))
		return true;
	bool from_disk = r->route->route == SG_ROUTE_O_DECISION || r->route->route == SG_ROUTE_O_EVENTS;
	return gate->sync_late && (from_disk || (conn->face != SG_FACE_ADMIN && !reads(r)));
}
