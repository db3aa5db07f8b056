/* SPDX-License-Identifier: Apache-2.0
 * What a failed disk owes: kills, revocations, taint and the rest of what was appended but never synced is written again once the journal opens;
 * what was answered without a record is counted and written as a gap. */
#include "gate/desk/desk.h"
#include "gate/journal/journal_files.h"

#include "base/str.h"
#include "gate/desk/again.h"
#include "gate/desk/owed.h"

#include <stdio.h>
#include <stdlib.h>

/* One of these must never be let go: what the journal gives would run on. */
static bool
is_stop(const char *kind)
{
	struct sg_str is = sg_str(kind);
	return sg_str_is(is, "kill") || sg_str_is(is, "human") || sg_str_is(is, "agent");
}

/* There is no memory to keep it in. The process ends, and the next one comes up with what the supervisor holds. */
static void
cannot_stop(struct sg_gate *gate)
{
	fprintf(stderr, "stepgated: gate: a stop whose record was lost cannot be kept; starting again from the journal\n");
	if (gate->ports.end != NULL)
		gate->ports.end(gate->ports.self);
}

static bool
keep(struct sg_gate *gate, const char *kind, struct sg_str body)
{
	struct sg_owed *owed = calloc(1, sizeof(*owed) + body.len + 1);
	if (owed == NULL)
		return false;
	snprintf(owed->kind, sizeof(owed->kind), "%s", kind);
	memcpy(owed->bytes, body.ptr, body.len);
	owed->body = (struct sg_str){owed->bytes, body.len};
	owed->next = gate->owed; /* newest first; sg_owed_turn turns them round */
	gate->owed = owed;
	return true;
}

bool
sg_gate_owe(struct sg_gate *gate, const char *kind, struct sg_str body)
{
	if (!keep(gate, kind, body))
		return false;
	sg_gate_hold(gate, kind, body);
	return true;
}

void
sg_gate_forget_owed(struct sg_gate *gate)
{
	while (gate->owed != NULL) {
		struct sg_owed *next = gate->owed->next;
		free(gate->owed);
		gate->owed = next;
	}
}

/* As if it were recorded: the same bytes that the journal is to take, with no leaf's number. */
static bool
unrecorded(const struct sg_gate *gate, const char *kind, struct sg_str body, struct sg_arena *arena, struct sg_record *record)
{
	struct sg_buf leaf;
	sg_buf_init(&leaf, SG_LEAF_MAX + 1024);
	sg_buf_printf(&leaf, "{\"at\":%lld,\"body\":%.*s,\"config\":\"%s\",\"kind\":\"%s\",\"n\":0,\"policy\":\"%s\",\"sealed\":\"\",\"v\":1}",
		      (long long)gate->state.now.wall_ms, SG_STR_ARG(body), gate->catalogue->digest, kind, gate->policy);
	bool good = !leaf.failed && sg_canon_parse(arena, sg_buf_view(&leaf), NULL, &record->json, NULL) == SG_OK;
	sg_buf_done(&leaf);
	return good;
}

static bool
fold_unrecorded(struct sg_gate *gate, const char *kind, struct sg_str body)
{
	struct sg_arena arena;
	struct sg_record record = {0};
	sg_arena_init(&arena, SG_RECORD_BUDGET);
	bool good = unrecorded(gate, kind, body, &arena, &record) && sg_state_fold(&gate->state, &record, NULL) == SG_OK;
	sg_arena_done(&arena);
	return good;
}

bool
sg_may_be_folded(struct sg_gate *gate, const char *kind, struct sg_str body)
{
	struct sg_arena arena;
	struct sg_record record = {0};
	sg_arena_init(&arena, SG_RECORD_BUDGET);
	bool good = unrecorded(gate, kind, body, &arena, &record) && sg_state_lacks(&gate->state, &record) == NULL;
	sg_arena_done(&arena);
	return good;
}

bool
sg_owe_folded(struct sg_gate *gate, const char *kind, struct sg_str body)
{
	return fold_unrecorded(gate, kind, body) && sg_gate_owe(gate, kind, body);
}

bool
sg_owe_known(struct sg_gate *gate, const char *kind, struct sg_str body)
{
	return fold_unrecorded(gate, kind, body) && keep(gate, kind, body);
}

void
sg_owed_turn(struct sg_gate *gate)
{
	struct sg_owed *rest = gate->owed, *turned = NULL;
	while (rest != NULL) {
		struct sg_owed *next = rest->next;
		rest->next = turned;
		turned = rest;
		rest = next;
	}
	gate->owed = turned;
}

void
sg_owed_fold(struct sg_gate *gate)
{
	sg_owed_turn(gate);
	for (struct sg_owed **at = &gate->owed; *at != NULL;) {
		struct sg_owed *owed = *at;
		if (fold_unrecorded(gate, owed->kind, owed->body)) {
			at = &owed->next;
			continue;
		}
		if (is_stop(owed->kind))
			cannot_stop(gate);
		*at = owed->next;
		free(owed);
		sg_gap_count(gate, 1, SG_REASON_audit_unavailable);
	}
	sg_owed_turn(gate);
}

/* An allow that lost its record never happened, except for what it may have read. */
static void
owe_withheld(struct sg_gate *gate, const struct sg_json *body, int64_t number)
{
	struct sg_buf out;
	struct sg_json_writer w;
	char decision[SG_ID_MAX];
	snprintf(decision, sizeof(decision), "d%lld-%.*s", (long long)number, SG_STR_ARG(sg_json_text_at(body, "tail")));
	sg_buf_init(&out, SG_LEAF_MAX);
	sg_jw_begin(&w, &out);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "code", "audit_unavailable");
	sg_jw_member_text(&w, "decision", decision);
	sg_jw_member_str(&w, "lease", sg_json_text_at(sg_json_get(body, "lease"), "id"));
	sg_jw_member_str(&w, "sensitivity", sg_json_text_at(body, "sensitivity"));
	sg_jw_name(&w, "taint");
	sg_jw_value(&w, sg_json_get(body, "taint"));
	sg_jw_member_str(&w, "task", sg_json_text_at(body, "task"));
	sg_jw_end(&w);
	sg_gate_owe(gate, "withheld", sg_buf_view(&out));
	sg_buf_done(&out);
}

static void
owe_raw(struct sg_gate *gate, struct sg_str kind, const struct sg_json *body)
{
	struct sg_buf out;
	char name[16];
	sg_buf_init(&out, SG_LEAF_MAX);
	sg_canon_write(&out, body);
	snprintf(name, sizeof(name), "%.*s", SG_STR_ARG(kind));
	if (is_stop(name) && out.failed)
		cannot_stop(gate);
	if (!out.failed && !sg_gate_owe(gate, name, sg_buf_view(&out)) && is_stop(name))
		cannot_stop(gate);
	sg_buf_done(&out);
}

/* What a person was to see is sealed beside the leaf that is lost: it was never opened, and what was said to it falls with it. */
static enum sg_status
lose(void *to, const struct sg_record *record, struct sg_err *err)
{
	struct sg_gate *gate = to;
	const struct sg_json *body = sg_json_get(record->json, "body");
	struct sg_str kind = sg_json_text_at(record->json, "kind");
	int64_t number = 0;
	(void)err;
	sg_json_int(sg_json_get(record->json, "n"), &number);
	if (sg_str_is(kind, "approval") && sg_json_is(body, "event", "open"))
		return SG_OK;
	if (!sg_str_is(kind, "decision"))
		owe_raw(gate, kind, body);
	else if (sg_json_is(body, "verdict", "allow"))
		owe_withheld(gate, body, number);
	else
		sg_gap_count(gate, 1, SG_REASON_audit_unavailable);
	return SG_OK;
}

enum { REST_MOST_S = 32, LOST_AGAIN_S = 60 };

/* A disk that takes trials and loses groups costs a fold each time: the next trial waits twice as long, until a minute has passed without a loss. */
static void
rest(struct sg_gate *gate)
{
	sg_time now = gate->state.now.boot, longer = 2 * gate->rest;
	bool again = gate->last_lost != 0 && now - gate->last_lost < LOST_AGAIN_S * SG_SEC;
	gate->rest = !again || longer == 0 ? SG_SEC : longer < REST_MOST_S * SG_SEC ? longer : REST_MOST_S * SG_SEC;
	gate->last_lost = now;
}

/* What stops was held before what was lost before it: what is said last counts, so it is held once more, behind that. Newest first; the oldest is said first. */
static void
hold_again(struct sg_gate *gate, const struct sg_owed *newest)
{
	size_t count = 0;
	for (const struct sg_owed *o = newest; o != NULL; o = o->next)
		count++;
	for (; count > 0; count--) {
		const struct sg_owed *o = newest;
		for (size_t i = 1; i < count; i++)
			o = o->next;
		if (sg_kind_stops(o->kind))
			sg_gate_hold(gate, o->kind, o->body);
	}
}

void
sg_gate_lost(struct sg_gate *gate)
{
	struct sg_owed *later = gate->owed; /* kills that came while closed stand behind what was lost before them */
	gate->owed = NULL;
	gate->journal.lost = false;
	sg_journal_void(&gate->journal, 0, lose, gate, NULL);
	hold_again(gate, later);
	sg_buf_clear(&gate->journal.commit.bytes);
	sg_buf_clear(&gate->journal.pending);
	gate->journal.appended = gate->journal.durable; /* nobody waits for what will never be there */
	struct sg_owed *oldest = later;
	while (oldest != NULL && oldest->next != NULL)
		oldest = oldest->next;
	if (oldest != NULL) {
		oldest->next = gate->owed;
		gate->owed = later;
	}
	rest(gate);
	if (sg_state_again(gate))
		sg_owed_fold(gate);
}

void
sg_gap_count(struct sg_gate *gate, int which, enum sg_reason reason)
{
	if (gate->gap[which].count++ == 0)
		gate->gap[which].from_ms = gate->state.now.wall_ms;
	gate->gap[which].to_ms = gate->state.now.wall_ms;
	gate->gap[which].reason = reason;
	if (gate->gap_since == 0)
		gate->gap_since = gate->state.now.boot;
}
