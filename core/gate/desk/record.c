/* SPDX-License-Identifier: Apache-2.0
 * Writing leaves: append, then fold what was appended, as it was written or as it is read, so that a replay cannot come to another state (I1). */
#include "gate/state/mask_line.h"
#include "gate/desk/desk.h"
#include "gate/desk/scarce.h"
#include "gate/state/ending.h"

#include "base/err.h"
#include "base/line.h"
#include "base/str.h"

#include <stdio.h>

enum { FOLD_BUDGET = 4 << 20 };

/* A leaf that cannot be folded must never reach the disk: no start would come past it. What memory holds may be half of it, so the process ends, and
 * the next one comes up from what is on the disk. */
static void
cannot_go_on(struct sg_gate *gate, const struct sg_journal_point *before, const char *kind)
{
	sg_journal_back(&gate->journal, before);
	fprintf(stderr, "stepgated: gate: a leaf (%s) cannot be folded; starting again from the journal\n", kind);
	if (gate->ports.end != NULL)
		gate->ports.end(gate->ports.self);
}

static void
takes_from(struct sg_journal *journal, const struct sg_journal_point *before)
{
	size_t len = journal->pending.len - before->pending;
	journal->room = journal->room > len ? journal->room - len : 0;
}

/* Appends, and folds the very thing that was appended: `typed`, whose text the body is, or what is read from it (NULL). */
static enum sg_status
append(struct sg_gate *gate, const char *kind, struct sg_str body, const struct sg_json *typed, struct sg_str input, uint64_t *number, struct sg_err *err)
{
	struct sg_arena arena;
	struct sg_record record = {.head = {sg_str(kind), sg_str(gate->catalogue->digest), sg_str(gate->policy), 0, 0, typed}};
	struct sg_leaf leaf = {.kind = kind, .body = body, .input = input, .config = gate->catalogue->digest, .policy = gate->policy,
			       .arena = &arena, .json = typed == NULL ? &record.json : NULL};
	uint64_t n = 0;
	struct sg_journal_point before = sg_journal_here(&gate->journal);
	sg_arena_init(&arena, FOLD_BUDGET);
	enum sg_status status = sg_journal_append(&gate->journal, &leaf, &n, &record.leaf, err);
	if (status != SG_OK) {
		sg_arena_done(&arena);
		return status;
	}
	record.head.number = record.number = n;
	record.head.at_ms = gate->journal.last_at_ms;
	if (gate->journal.scarce)
		takes_from(&gate->journal, &before);
	status = sg_state_fold(&gate->state, &record, err);
	sg_arena_done(&arena);
	if (status != SG_OK)
		cannot_go_on(gate, &before, kind);
	if (number != NULL)
		*number = n;
	return status;
}

/* What is owed stands before what builds on it; where there is no room only what cannot wait is recorded. A closed journal says so itself. */
static bool
must_wait(struct sg_gate *gate, const char *kind, struct sg_str body)
{
	if ((gate->owed == NULL && !gate->journal.scarce) || gate->journal.closed)
		return false;
	return gate->owed != NULL || !sg_scarce_takes(gate, kind, body);
}

enum sg_status
sg_record(struct sg_gate *gate, const char *kind, struct sg_str body, struct sg_str input, uint64_t *number,
	  struct sg_err *err)
{
	if (must_wait(gate, kind, body))
		return sg_fail(err, SG_UNAVAILABLE, "audit_unavailable", gate->owed != NULL ? "what a failed disk owes is not written yet" : "the disk is full");
	return append(gate, kind, body, NULL, input, number, err);
}

enum sg_status
sg_record_typed(struct sg_gate *gate, const char *kind, struct sg_str body, const struct sg_json *typed, struct sg_str input, uint64_t *number)
{
	if (must_wait(gate, kind, body))
		return SG_UNAVAILABLE;
	return append(gate, kind, body, typed, input, number, NULL);
}

enum sg_status
sg_record_paid(struct sg_gate *gate, const char *kind, struct sg_str body, uint64_t *number)
{
	return append(gate, kind, body, NULL, SG_STR(""), number, NULL);
}

uint64_t
sg_record_or_owe(struct sg_gate *gate, const char *kind, struct sg_str body)
{
	uint64_t number = 0;
	if (sg_record(gate, kind, body, SG_STR(""), &number, NULL) == SG_OK)
		return number;
	if (!sg_gate_owe(gate, kind, body))
		sg_gap_count(gate, 1, SG_REASON_audit_unavailable);
	return 0;
}

void
sg_write_deadline(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_deadline *deadline)
{
	sg_jw_object(w);
	sg_jw_member_int(w, "boot", deadline->boot / SG_MSEC);
	sg_jw_member_text(w, "boot_id", gate->state.boot_id);
	sg_jw_member_int(w, "wall", deadline->wall_ms);
	sg_jw_end(w);
}

void
sg_write_clock(struct sg_json_writer *w, const struct sg_gate *gate)
{
	struct sg_deadline now = {gate->state.now.wall_ms, gate->state.now.boot};
	sg_write_deadline(w, gate, &now);
}

bool
sg_record_lease(struct sg_gate *gate, const char *lease, const char *state, struct sg_str by, const char *why)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "by", by);
	sg_jw_member_text(&w, "lease", lease);
	sg_jw_member_text(&w, "state", state);
	sg_jw_member_text(&w, "why", why);
	sg_jw_end(&w);
	bool ok = sg_record(gate, "lease", sg_buf_view(&body), SG_STR(""), NULL, NULL) == SG_OK;
	if (!ok && gate->journal.closed && strcmp(state, "revoking") == 0)
		ok = strcmp(why, SG_LEASE_EXPIRED) == 0 ? sg_owe_known(gate, "lease", sg_buf_view(&body)) : sg_owe_folded(gate, "lease", sg_buf_view(&body)); /* what is over needs no disk to end */
	sg_buf_done(&body);
	return ok;
}

/* The credential leaves with this leaf, and of a secret its fingerprint stays. */
bool
sg_record_handed(struct sg_gate *gate, const struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "by", "stepgate");
	sg_jw_member_text(&w, "lease", r->lease);
	if (r->secret.len > 0) {
		sg_jw_name(&w, "mask");
		sg_mask_write(&w, &gate->state, sg_str(r->lease), 0, r->secret);
	}
	sg_jw_member_text(&w, "state", "active");
	sg_jw_member_text(&w, "why", "released");
	sg_jw_end(&w);
	bool ok = sg_record(gate, "lease", sg_buf_view(&body), SG_STR(""), NULL, NULL) == SG_OK;
	sg_buf_done(&body);
	return ok;
}

bool
sg_record_task(struct sg_gate *gate, const struct sg_task *task, const char *how, struct sg_str by, const char *why, uint64_t *number)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 1024);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	if (strcmp(how, "thawed") == 0)
		sg_jw_member_bool(&w, "alone", true); /* those above it are looked at for themselves */
	sg_jw_member_str(&w, "by", by);
	sg_jw_member_text(&w, "how", how);
	if (strcmp(how, "closed") == 0 && !sg_task_ends_at_once(task))
		sg_jw_member_bool(&w, "sliced", true);
	sg_jw_member_text(&w, "task", task->id);
	sg_jw_member_text(&w, "why", why);
	sg_jw_end(&w);
	bool good = sg_record(gate, "task_end", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

bool
sg_record_cut(struct sg_gate *gate, const struct sg_cut *cut, uint64_t first, const char *why)
{
	struct sg_buf body;
	struct sg_json_writer w;
	char chain[SG_SHA256_HEX];
	sg_hex(chain, cut->chain, sizeof(cut->chain));
	sg_buf_init(&body, 1024);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "chain", chain);
	sg_jw_member_text(&w, "event", SG_CUT_EVENT);
	if (first != 0)
		sg_jw_member_int(&w, "first", (int64_t)first);
	sg_jw_member_int(&w, "last", (int64_t)cut->last);
	sg_jw_member_int(&w, "segment", (int64_t)cut->segment);
	sg_jw_member_text(&w, "why", why);
	sg_jw_end(&w);
	bool good = sg_record(gate, SG_CUT_KIND, sg_buf_view(&body), SG_STR(""), NULL, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

bool
sg_record_kill(struct sg_gate *gate, struct sg_str agent, bool lift, struct sg_str by, struct sg_str why, uint64_t *number)
{
	struct sg_buf body;
	struct sg_json_writer w;
	*number = 0;
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "agent", agent);
	sg_jw_member_bool(&w, "all", agent.len == 0);
	sg_jw_member_str(&w, "by", by);
	sg_jw_member_bool(&w, "lift", lift);
	sg_jw_member_str(&w, "reason", why);
	if (!lift && !sg_ends_at_once(&gate->state))
		sg_jw_member_bool(&w, "sliced", true);
	sg_jw_end(&w);
	bool good = sg_record(gate, "kill", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK || (!lift && sg_owe_folded(gate, "kill", sg_buf_view(&body)));
	sg_buf_done(&body);
	return good;
}

bool
sg_end_task(struct sg_gate *gate, const struct sg_task *task, const char *why)
{
	if (sg_task_is_ending(&gate->state, task))
		return true; /* it is on its way */
	return sg_record_task(gate, task, "closed", SG_STR("stepgate"), why, NULL);
}

bool
sg_record_withheld(struct sg_gate *gate, struct sg_request *request, enum sg_reason reason)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "code", sg_reason_code(reason));
	sg_jw_member_text(&w, "decision", request->decision);
	if (request->issuer_said.len > 0)
		sg_jw_member_str(&w, "issuer", request->issuer_said);
	sg_jw_member_text(&w, "lease", request->lease);
	sg_jw_member_text(&w, "sensitivity", "public");
	sg_jw_name(&w, "taint");
	sg_jw_array(&w);
	sg_jw_end(&w);
	sg_jw_member_str(&w, "task", request->task);
	sg_jw_end(&w);
	bool in_force = sg_record(gate, "withheld", sg_buf_view(&body), SG_STR(""), NULL, NULL) == SG_OK || sg_owe_folded(gate, "withheld", sg_buf_view(&body));
	sg_buf_done(&body);
	return in_force;
}

bool
sg_random_id(struct sg_gate *gate, const char *prefix, char out[SG_ID_MAX])
{
	unsigned char bytes[16];
	char hex[33];
	if (!sg_gate_random(gate, bytes, sizeof(bytes)))
		return false;
	sg_hex(hex, bytes, sizeof(bytes));
	struct sg_line line = sg_line_begin(out, SG_ID_MAX, prefix);
	sg_line_text(&line, "-");
	sg_line_text(&line, hex);
	return true;
}
