/* SPDX-License-Identifier: Apache-2.0
 * A segment goes if it is too old, or too much, and nothing needs it: neither a start (both snapshots that are kept stand behind it), nor what is under way, nor a
 * sink, nor whoever holds the record. */
#include "gate/wire/keep.h"

#include "base/str.h"
#include "gate/decide/outcome.h"
#include "gate/desk/lost.h"
#include "gate/desk/record.h"
#include "gate/journal/keep.h"
#include "gate/snapshot/snapshot_file.h"

#include <stdio.h>

/* ---- what is needed ---- */

static uint64_t
leaf_of(const char *decision)
{
	uint64_t leaf;
	return sg_decision_leaf(sg_str(decision), &leaf) ? leaf : UINT64_MAX;
}

static uint64_t
attempt(const void *thing)
{
	const struct sg_attempt *a = thing;
	bool open = a->task->state != SG_TASK_CLOSED && a->task->state != SG_TASK_KILLED;
	return open || a->owed || a->hooks > 0 ? leaf_of(a->decision) : UINT64_MAX;
}

static uint64_t
approval(const void *thing)
{
	const struct sg_approval *a = thing;
	return a->state == SG_APPROVAL_OPEN || a->state == SG_APPROVAL_GRANTED ? a->leaf : UINT64_MAX;
}

static uint64_t
lease(const void *thing)
{
	const struct sg_lease *l = thing;
	return l->state != SG_LEASE_DEAD ? leaf_of(l->decision) : UINT64_MAX;
}

static const char *
task_of(const void *attempt)
{
	return ((const struct sg_attempt *)attempt)->task->id;
}

static const char *
approval_id(const void *approval)
{
	return ((const struct sg_approval *)approval)->id;
}

static const char *
lease_id(const void *lease)
{
	return ((const struct sg_lease *)lease)->id;
}

static const struct {
	size_t table;                        /* where in the state it stands */
	uint64_t (*needs)(const void *thing); /* the leaf that is read again for it; UINT64_MAX: none */
	const char *name;                    /* what needs it, for people, */
	const char *(*id)(const void *thing); /* and which */
} needing[] = {
	{offsetof(struct sg_state, decisions), attempt, "task", task_of},
	{offsetof(struct sg_state, approvals), approval, "approval", approval_id},
	{offsetof(struct sg_state, leases), lease, "credential", lease_id},
};
enum { NEEDING = sizeof(needing) / sizeof(needing[0]) };

static bool
begins_anew(struct sg_gate *gate)
{
	gate->keep.at = gate->keep.table = 0;
	gate->keep.slots = NULL;
	return false;
}

/* What stands in the way; said once where the record is twice as much as it should be. */
static void
needed_by(struct sg_gate *gate, const char *what, const char *id)
{
	struct sg_keep *k = &gate->keep;
	char line[200];
	snprintf(k->needed, sizeof(k->needed), "%s%s%s", what, id[0] == '\0' ? "" : " ", id);
	if (!k->twice || k->told || (gate->snapshot_wanted && gate->snapshot_again == 0)) /* a snapshot takes a moment */
		return;
	k->told = true;
	snprintf(line, sizeof(line), "ALERT    the record is twice as much as it is to be: %s still needs what would be deleted", k->needed);
	sg_gate_warn(gate, SG_STR(""), line);
}

/* A slice. True: all of it was looked through, and nothing needs a leaf up to `last`. */
static bool
nothing_needs(struct sg_gate *gate, uint64_t last)
{
	struct sg_keep *k = &gate->keep;
	const struct sg_table *table = (const void *)((const char *)&gate->state + needing[k->table].table);
	size_t slots = SG_ROUND_SLICE;
	if (k->at > 0 && k->slots != table->slots) /* it grew: some may have moved to where nobody looks any more */
		return begins_anew(gate);
	k->slots = table->slots;
	for (void *thing; (thing = sg_table_slice(table, &k->at, &slots)) != NULL;)
		if (needing[k->table].needs(thing) <= last) {
			needed_by(gate, needing[k->table].name, needing[k->table].id(thing));
			k->looking = false;
			return begins_anew(gate);
		}
	k->table += k->at == 0;
	if (k->table < NEEDING)
		return false;
	begins_anew(gate);
	return true;
}

/* ---- what may go ---- */

static bool
is_on(const struct sg_gate *gate)
{
	const struct sg_limits *limits = &gate->catalogue->limits;
	return !gate->catalogue->keep_hold && gate->state.hold.leaf == 0 && (limits->keep_days > 0 || limits->keep_bytes > 0);
}

/* `times` the bound. NULL: it is within. */
static const char *
beyond(const struct sg_gate *gate, const struct sg_oldest *oldest, int64_t bytes, int64_t times)
{
	const struct sg_limits *limits = &gate->catalogue->limits;
	int64_t now_ms = sg_journal_wall(&gate->journal);
	if (limits->keep_days > 0 && sg_wall_good(gate) == SG_REASON_allowed && oldest->until_ms + times * limits->keep_days * SG_DAY_MS <= now_ms)
		return "age";
	return limits->keep_bytes > 0 && bytes > times * limits->keep_bytes ? "size" : NULL;
}

/* Both that are kept: where one cannot be read, the other is what a start goes by. */
static bool
snapshots_cover(struct sg_gate *gate, uint64_t last)
{
	struct sg_snapshot_file newest, older;
	sg_snapshot_newest(gate->journal.folder, gate->snapshot_last + 1, &newest);
	sg_snapshot_newest(gate->journal.folder, newest.leaf, &older);
	bool cover = newest.leaf != 0 && newest.leaf == gate->snapshot_last && older.leaf >= last;
	gate->snapshot_wanted = !cover;
	if (!cover)
		needed_by(gate, "a start", "");
	return cover;
}

static void
look_through(struct sg_gate *gate, const struct sg_oldest *oldest)
{
	gate->keep.looking = true;
	gate->keep.cut = oldest->cut;
	gate->keep.first = oldest->first;
	begins_anew(gate);
}

static void
look(struct sg_gate *gate)
{
	struct sg_oldest oldest;
	gate->keep.next = gate->state.now.boot + SG_KEEP_LOOK_S * SG_SEC;
	if (!sg_journal_oldest(&gate->journal, &oldest)) {
		if (sg_journal_segments(&gate->journal) > 1)
			needed_by(gate, "a segment that cannot be read", "");
		return;
	}
	int64_t bytes = gate->catalogue->limits.keep_bytes > 0 ? sg_journal_bytes(&gate->journal) : 0;
	gate->keep.why = beyond(gate, &oldest, bytes, 1);
	gate->keep.twice = beyond(gate, &oldest, bytes, 2) != NULL;
	gate->keep.told = gate->keep.told && gate->keep.twice;
	if (gate->keep.why == NULL)
		gate->keep.needed[0] = '\0';
	if (gate->keep.why != NULL && gate->sinks_have < oldest.cut.last && !gate->keep.twice)
		needed_by(gate, "a sink", "");
	else if (gate->keep.why != NULL && snapshots_cover(gate, oldest.cut.last))
		look_through(gate, &oldest);
}

static void
record(struct sg_gate *gate)
{
	struct sg_keep *k = &gate->keep;
	sg_record_cut(gate, &k->cut, k->first, k->why);
	k->looking = false;
	k->needed[0] = '\0';
}

/* What a leaf on disk says, also one of a gate before this one. A copy that reads the segments is let come to its end. */
static void
carry_out(struct sg_gate *gate)
{
	struct sg_keep *k = &gate->keep;
	if (gate->state.cut.segment <= k->done || gate->state.cut.leaf > gate->journal.durable || gate->state.now.boot < k->again)
		return;
	sg_head_follow(gate, true); /* should the leaf be lost, something that says how far the journal went bears the anchor out */
	k->due = gate->state.cut;
	sg_journal_forget(&gate->journal, &k->due);
}

static void
let_be(struct sg_gate *gate)
{
	gate->keep.looking = gate->snapshot_wanted = false;
	gate->keep.needed[0] = '\0';
}

void
sg_gate_keep(struct sg_gate *gate)
{
	struct sg_keep *k = &gate->keep;
	if (gate->journal.closed || gate->sync_late || gate->stopping || gate->holds || gate->inspect_until != 0 || k->due.segment != 0)
		return;
	carry_out(gate);
	if (k->due.segment != 0 || gate->state.cut.segment > k->done || gate->snapshot_at != 0)
		return;
	if (!is_on(gate))
		let_be(gate);
	else if (!k->looking && gate->state.now.boot >= k->next)
		look(gate);
	else if (k->looking && nothing_needs(gate, k->cut.last))
		record(gate);
}

void
sg_gate_kept(struct sg_gate *gate, int error)
{
	struct sg_keep *k = &gate->keep;
	if (error == 0) {
		k->done = k->due.segment;
		k->next = gate->state.now.boot; /* there may be more */
	} else {
		k->again = gate->state.now.boot + SG_KEEP_LOOK_S * SG_SEC;
		fprintf(stderr, "stepgated: gate: the journal up to leaf %llu is to be deleted, and cannot be: %s\n", (unsigned long long)k->due.last, strerror(error));
	}
	k->due = (struct sg_cut){.segment = 0};
}
