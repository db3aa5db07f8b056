/* SPDX-License-Identifier: Apache-2.0
 * When the gate writes its state down, and how it finds it again: the newest snapshot that the journal names, then the leaves behind it; without one, or
 * with one that is not what it was, all leaves from the first. */
#include "gate/wire/remember.h"

#include "base/err.h"
#include "base/str.h"
#include "frame/beside.h"
#include "gate/journal/pulse.h"
#include "gate/wire/copy.h"
#include "gate/wire/wire.h"
#include "gate/snapshot/snapshot_file.h"

#include <stdio.h>
#include <unistd.h>

/* ---- writing ---- */

/* The copy does this one thing and leaves; what it has open of the gate's it does not touch. */
static void
write_copy(const struct sg_gate *gate, const struct sg_snapshot_head *head)
{
	struct sg_snapshot_file file;
	_exit(sg_snapshot_save(&gate->state, head, gate->journal.folder, &file, NULL) == SG_OK ? 0 : 1);
}

static bool
is_due(const struct sg_gate *gate)
{
	const struct sg_journal *j = &gate->journal;
	return !j->closed && !j->scarce && gate->state.now.boot >= gate->snapshot_again && gate->owed == NULL && !j->committing && j->pending.len == 0 && j->appended == j->durable && gate->snapshot_at == 0 &&
	       (j->durable - gate->snapshot_last >= (uint64_t)gate->catalogue->limits.snapshot_leaves || (gate->snapshot_wanted && j->durable > gate->snapshot_last));
}

static struct sg_snapshot_head
head_of(const struct sg_gate *gate)
{
	struct sg_snapshot_head head = {.leaf = gate->journal.durable, .at_ms = gate->journal.last_at_ms};
	memcpy(head.chain, gate->journal.durable_chain, sizeof(head.chain));
	return head;
}

static void
name_it(struct sg_gate *gate, const struct sg_snapshot_file *file)
{
	struct sg_buf body;
	sg_buf_init(&body, 512);
	sg_buf_printf(&body, "{\"digest\":\"%s\",\"leaf\":%llu}", file->digest, (unsigned long long)file->leaf);
	if (sg_record(gate, "snapshot", sg_buf_view(&body), SG_STR(""), NULL, NULL) == SG_OK) {
		gate->snapshot_last = file->leaf;
		gate->snapshot_at = 0;
		gate->snapshot_again = 0;
	}
	sg_buf_done(&body);
	sg_snapshot_tidy(gate->journal.folder);
}

/* It ended and left nothing: said once, and tried again, not at once. */
static void
could_not(struct sg_gate *gate)
{
	if (gate->snapshot_again == 0)
		sg_gate_warn(gate, SG_STR(""), "ALERT    the state cannot be written down beside the journal: a start has more and more to read, and nothing is deleted");
	gate->snapshot_at = 0;
	gate->snapshot_again = gate->state.now.boot + SG_SNAPSHOT_AGAIN_S * SG_SEC;
}

static void
look_for_it(struct sg_gate *gate)
{
	struct sg_snapshot_file file;
	bool over = sg_copy_over(gate->snapshot_end); /* before the look: what it left before it ended is found */
	sg_snapshot_newest(gate->journal.folder, UINT64_MAX, &file);
	if (file.leaf == gate->snapshot_at)
		name_it(gate, &file);
	else if (over)
		could_not(gate);
	if (over)
		sg_copy_forget(&gate->snapshot_end);
}

static void
write_down(struct sg_gate *gate)
{
	struct sg_snapshot_head head = head_of(gate);
	struct sg_snapshot_file file;
	gate->snapshot_at = head.leaf;
	gate->snapshot_wanted = false;
	pid_t copy = sg_copy_begin(gate, SG_SNAPSHOT_MOST_S, &gate->snapshot_end);
	if (copy == 0)
		write_copy(gate, &head);
	if (copy < 0) /* without a copy it is written here and now, which takes a moment */
		sg_snapshot_save(&gate->state, &head, gate->journal.folder, &file, NULL);
}

void
sg_gate_remember(struct sg_gate *gate)
{
	if (gate->snapshot_at != 0)
		look_for_it(gate);
	else if (is_due(gate))
		write_down(gate);
}

/* ---- finding it again ---- */

struct recovering {
	struct sg_gate *gate;
	const struct sg_snapshot_file *from;
	bool named;
	uint64_t last;
};

static bool
names(const struct recovering *r, const struct sg_record *record)
{
	const struct sg_json *body = sg_json_get(record->json, "body");
	int64_t leaf = 0;
	return r->from->leaf != 0 && sg_json_is(record->json, "kind", "snapshot") && sg_json_int(sg_json_get(body, "leaf"), &leaf) &&
	       (uint64_t)leaf == r->from->leaf && sg_json_is(body, "digest", r->from->digest);
}

static enum sg_status
fold_one(void *to, const struct sg_record *record, struct sg_err *err)
{
	struct recovering *r = to;
	r->named |= names(r, record);
	return sg_state_fold(&r->gate->state, record, err);
}

static enum sg_status
open_from(struct sg_gate *gate, const struct sg_gate_start *start, const struct sg_snapshot_file *file, const struct sg_snapshot_head *head, size_t *torn,
	  struct sg_err *err)
{
	struct recovering r = {.gate = gate, .from = file};
	struct sg_journal_from from = {.leaf = head->leaf, .at_ms = head->at_ms};
	memcpy(from.chain, head->chain, sizeof(from.chain));
	enum sg_status status = sg_journal_open(&gate->journal, gate->sys, start->journal_folder, start->keys_folder,
						(off_t)gate->catalogue->limits.segment_bytes, &from, fold_one, &r, torn, err);
	if (status == SG_OK && file->leaf != 0 && !r.named) {
		sg_journal_close(&gate->journal);
		status = sg_fail(err, SG_MALFORMED, "snapshot_unnamed", "no leaf names this snapshot");
	}
	sg_pulse_disk(true);
	bool believed = status != SG_OK || sg_cut_borne_out(start->journal_folder, start->keys_folder, &gate->state.cut, gate->journal.durable, &gate->journal.base);
	sg_pulse_disk(false);
	if (!believed) {
		status = sg_fail(err, SG_MALFORMED, "journal_anchor", "segments up to %llu are gone, and no leaf says that they were deleted; restore a backup", (unsigned long long)gate->journal.base.segment);
		sg_journal_close(&gate->journal);
	}
	return status;
}

static enum sg_status
again(struct sg_gate *gate, const struct sg_gate_start *start, struct sg_err *err)
{
	struct sg_clock now = gate->state.now;
	sg_state_done(&gate->state);
	enum sg_status status = sg_state_init(&gate->state, start->state_key, start->boot_id, err);
	gate->state.now = now;
	return status;
}

/* It proves nothing: said aloud, in log and status. */
static void
pass_over(struct sg_gate *gate, const char *what, const struct sg_err *why)
{
	gate->passed_over++;
	snprintf(gate->passed_why, sizeof(gate->passed_why), "%s: %s (%s)", what, why->text, why->code);
	fprintf(stderr, "stepgated: %s is passed over: %s (%s)\n", what, why->text, why->code);
}

static void
look_at_heads(struct sg_gate *gate, int journal, int keys)
{
	struct sg_beside head;
	sg_pulse_disk(true);
	if (sg_head_read(journal, &head) && !head.good)
		pass_over(gate, SG_HEAD_FILE, &head.err);
	if (sg_head_read(keys, &head) && !head.good)
		pass_over(gate, "keys/" SG_HEAD_FILE, &head.err);
	sg_pulse_disk(false);
}

enum sg_status
sg_gate_recall(struct sg_gate *gate, const struct sg_gate_start *start, size_t *torn, struct sg_err *err)
{
	struct sg_snapshot_file file = {.leaf = UINT64_MAX};
	struct sg_snapshot_head head;
	enum sg_status status = SG_MALFORMED;
	look_at_heads(gate, start->journal_folder, start->keys_folder);
	for (sg_snapshot_newest(start->journal_folder, UINT64_MAX, &file); status != SG_OK && file.leaf != 0; sg_snapshot_newest(start->journal_folder, file.leaf, &file)) {
		struct sg_err why = {0};
		head = (struct sg_snapshot_head){.leaf = 0};
		status = sg_snapshot_load(start->journal_folder, &file, &gate->state, &head, &why);
		bool opened = status == SG_OK;
		if (opened)
			status = open_from(gate, start, &file, &head, torn, &why);
		if (status == SG_OK) {
			gate->snapshot_last = file.leaf;
			fprintf(stderr, "stepgated: %llu leaves behind the snapshot of leaf %llu\n", (unsigned long long)(gate->journal.durable - file.leaf),
				(unsigned long long)file.leaf);
			return SG_OK;
		}
		bool lost = opened && (strcmp(why.code, "journal_lost") == 0 || strcmp(why.code, "journal_anchor") == 0); /* it was made of what was on disk: the fault is not its own */
		if (lost || (opened && (status == SG_UNAVAILABLE || status == SG_NOMEM))) { /* no other would help */
			if (err != NULL)
				*err = why;
			return status;
		}
		char what[64];
		snprintf(what, sizeof(what), "snapshot of leaf %llu", (unsigned long long)file.leaf);
		pass_over(gate, what, &why);
		if (again(gate, start, err) != SG_OK)
			return SG_NOMEM;
	}
	head = (struct sg_snapshot_head){.leaf = 0};
	file = (struct sg_snapshot_file){.leaf = 0};
	return open_from(gate, start, &file, &head, torn, err);
}
