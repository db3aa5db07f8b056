/* SPDX-License-Identifier: Apache-2.0
 * Writing the state down, line by line. */
#include "gate/snapshot/snapshot_out.h"

#include "base/err.h"
#include "base/str.h"
#include "gate/state/ending.h"
#include "gate/state/values.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

static int
by_key(const void *a, const void *b)
{
	return sg_str_cmp((*(const struct sg_slot *const *)a)->key, (*(const struct sg_slot *const *)b)->key);
}

static int
by_depth(const void *a, const void *b)
{
	const struct sg_task *x = (*(const struct sg_slot *const *)a)->value, *y = (*(const struct sg_slot *const *)b)->value;
	return x->depth != y->depth ? (x->depth > y->depth) - (x->depth < y->depth) : strcmp(x->id, y->id);
}

static uint64_t
leaf_of(const struct sg_slot *slot)
{
	return strtoull(((const struct sg_attempt *)slot->value)->decision + 1, NULL, 10);
}

static int
by_leaf(const void *a, const void *b)
{
	uint64_t x = leaf_of(*(const struct sg_slot *const *)a), y = leaf_of(*(const struct sg_slot *const *)b);
	return (x > y) - (x < y);
}

static void
each(struct sg_snapshot_out *o, const struct sg_table *table, int (*order)(const void *, const void *), void (*write)(struct sg_snapshot_out *, const void *))
{
	const struct sg_slot **slots = malloc((table->count + 1) * sizeof(*slots));
	size_t count = 0;
	o->failed |= slots == NULL;
	for (size_t i = 0; slots != NULL && i < table->size; i++)
		if (table->slots[i].value != NULL)
			slots[count++] = &table->slots[i];
	if (slots != NULL)
		qsort(slots, count, sizeof(*slots), order);
	for (size_t i = 0; i < count && !o->failed && !o->stopped; i++)
		write(o, slots[i]->value);
	free(slots);
}

static void
account_line(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_account *a = value;
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "k", "account");
	sg_jw_member_text(&o->w, "key", a->key);
	sg_jw_member_int(&o->w, "newest", a->newest);
	sg_line_ints(&o->w, "slots", a->slot, SG_SLOTS);
	sg_jw_member_int(&o->w, "total", a->total);
	sg_jw_member_int(&o->w, "window", a->window_ms);
	sg_line_end(o);
}

static void
write_charges(struct sg_json_writer *w, const struct sg_attempt *a)
{
	sg_jw_name(w, "charges");
	sg_jw_array(w);
	for (size_t i = 0; i < a->charge_count; i++) {
		sg_jw_array(w);
		sg_jw_text(w, a->charges[i].account->key);
		sg_jw_int(w, a->charges[i].amount);
		sg_jw_int(w, a->charges[i].dimension);
		sg_jw_int(w, a->charges[i].at_ms);
		sg_jw_end(w);
	}
	sg_jw_end(w);
}

static void
attempt_line(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_attempt *a = value;
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "action", a->action != NULL ? a->action : "");
	sg_jw_member_int(&o->w, "allowed", a->allowed_ms);
	sg_jw_member_text(&o->w, "approval", a->approval);
	sg_jw_member_text(&o->w, "asked", a->asked);
	sg_jw_member_text(&o->w, "asker", a->asker);
	write_charges(&o->w, a);
	sg_jw_member_text(&o->w, "code", sg_reason_code(a->reason));
	sg_jw_member_text(&o->w, "decision", a->decision);
	sg_line_ints(&o->w, "deed", (const int64_t[]){(int64_t)a->deed[0], (int64_t)a->deed[1]}, 2);
	sg_jw_member_text(&o->w, "digest", a->digest);
	sg_jw_member_int(&o->w, "hooks", a->hooks);
	sg_jw_member_text(&o->w, "k", "attempt");
	sg_jw_member_text(&o->w, "key", a->key);
	sg_line_labels(&o->w, &a->labels);
	sg_line_tag(&o->w, "labels_tag", a->labels_tag);
	sg_jw_member_text(&o->w, "lease", a->lease);
	sg_jw_member_bool(&o->w, "outcome", a->outcome);
	sg_jw_member_bool(&o->w, "owed", a->owed);
	sg_jw_member_bool(&o->w, "plain", a->plain);
	sg_line_tag(&o->w, "policy", a->policy);
	sg_jw_member_text(&o->w, "read", a->read);
	sg_jw_member_int(&o->w, "read_until", a->read_until_ms);
	sg_line_deadline(o, "report_by", &a->report_by);
	sg_jw_member_text(&o->w, "result", a->result);
	sg_line_tag(&o->w, "same", a->same);
	sg_line_level(&o->w, a->labels.sensitivity);
	sg_line_ints(&o->w, "spent", a->spent, SG_DIMENSIONS);
	sg_jw_member_int(&o->w, "state", a->state);
	sg_jw_member_text(&o->w, "task", a->task->id);
	sg_line_deadline(o, "use_by", &a->use_by);
	sg_jw_member_text(&o->w, "wrote", a->wrote);
	sg_line_end(o);
}

static void
lease_line(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_lease *l = value;
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "agent", l->agent);
	sg_jw_member_text(&o->w, "approval", l->approval);
	sg_jw_member_text(&o->w, "audience", l->audience);
	sg_line_tag(&o->w, "by", l->by);
	sg_jw_member_bool(&o->w, "confirm", l->confirm);
	sg_jw_member_text(&o->w, "decision", l->decision);
	sg_jw_member_text(&o->w, "digest", l->digest);
	sg_line_deadline(o, "ends", &l->ends);
	sg_jw_member_bool(&o->w, "handed", l->handed);
	sg_jw_member_text(&o->w, "id", l->id);
	sg_jw_member_text(&o->w, "issuer", l->issuer);
	sg_jw_member_text(&o->w, "k", "lease");
	sg_jw_member_text(&o->w, "level", sg_sensitivity_name(l->level));
	sg_jw_member_bool(&o->w, "soaked", l->taint_seq != l->task->taint.seq);
	sg_jw_member_int(&o->w, "state", l->state);
	sg_jw_member_text(&o->w, "task", l->task->id);
	sg_line_end(o);
}

static void
memory_line(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_memory *m = value;
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "agent", m->agent);
	sg_jw_member_text(&o->w, "id", m->id);
	sg_jw_member_text(&o->w, "k", "memory");
	sg_line_labels(&o->w, &m->taint);
	sg_line_level(&o->w, m->taint.sensitivity);
	sg_jw_name(&o->w, "writers");
	sg_jw_array(&o->w);
	for (size_t i = 0; i < m->writer_count; i++)
		sg_jw_text(&o->w, m->writers[i]);
	sg_jw_end(&o->w);
	sg_line_end(o);
}

static void
agent_line(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_agent_life *l = value;
	sg_line_begin(o);
	sg_jw_member_int(&o->w, "alone", l->alone_ms);
	sg_jw_member_int(&o->w, "generation", l->generation);
	sg_jw_member_text(&o->w, "k", "agent");
	sg_jw_member_text(&o->w, "name", l->name);
	sg_jw_member_int(&o->w, "since", l->since_ms);
	sg_jw_member_int(&o->w, "state", l->state);
	sg_line_end(o);
}

static void
human_line(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_human_life *l = value;
	sg_line_begin(o);
	sg_jw_member_bool(&o->w, "disabled", l->disabled);
	sg_jw_member_int(&o->w, "gone", l->gone_ms);
	sg_jw_member_text(&o->w, "id", l->id);
	sg_jw_member_text(&o->w, "k", "human");
	sg_jw_member_int(&o->w, "since", l->since_ms);
	sg_line_end(o);
}

static void
killed_line(struct sg_snapshot_out *o, const void *value)
{
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "agent", value);
	sg_jw_member_text(&o->w, "k", "killed");
	sg_line_end(o);
}

static void
ending_line(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_ending *e = value;
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "k", "ending");
	sg_jw_member_text(&o->w, "of", e->key);
	sg_jw_member_int(&o->w, "to", e->to);
	sg_line_end(o);
}

static void
cut_line(struct sg_snapshot_out *o, const struct sg_cut *cut)
{
	char chain[SG_SHA256_HEX];
	sg_hex(chain, cut->chain, SG_SHA256_BYTES);
	sg_line_begin(o);
	sg_jw_member_int(&o->w, "at", cut->at_ms);
	sg_jw_member_text(&o->w, "chain", chain);
	sg_jw_member_text(&o->w, "k", "cut");
	sg_jw_member_int(&o->w, "last", (int64_t)cut->last);
	sg_jw_member_int(&o->w, "leaf", (int64_t)cut->leaf);
	sg_jw_member_int(&o->w, "segment", (int64_t)cut->segment);
	sg_line_end(o);
}

static void
head_line(struct sg_snapshot_out *o, const struct sg_snapshot_head *head)
{
	char chain[SG_SHA256_HEX], key[33];
	sg_hex(chain, head->chain, SG_SHA256_BYTES);
	sg_state_fingerprint(o->state, key);
	sg_line_begin(o);
	sg_jw_member_int(&o->w, "at", head->at_ms);
	sg_jw_member_text(&o->w, "chain", chain);
	sg_jw_member_int(&o->w, "cleansed", (int64_t)o->state->cleansed);
	sg_jw_member_int(&o->w, "format", 1);
	sg_jw_member_text(&o->w, "k", "snapshot");
	sg_jw_member_text(&o->w, "key", key);
	sg_jw_member_bool(&o->w, "killed_all", o->state->killed_all);
	sg_jw_member_int(&o->w, "leaf", (int64_t)head->leaf);
	sg_jw_member_int(&o->w, "steady", o->state->steady.ms);
	sg_jw_name(&o->w, "steady_at");
	sg_jw_object(&o->w);
	sg_jw_member_int(&o->w, "boot", o->state->steady.at.boot / SG_MSEC);
	sg_jw_member_text(&o->w, "boot_id", o->state->steady.boot_id);
	sg_jw_member_int(&o->w, "wall", o->state->steady.at.wall_ms);
	sg_jw_end(&o->w);
	sg_line_end(o);
}

enum sg_status
sg_snapshot_write(const struct sg_state *state, const struct sg_snapshot_head *head, bool (*line)(void *to, struct sg_str line), void *to,
		  struct sg_err *err)
{
	struct sg_snapshot_out o = {.state = state, .line = line, .to = to};
	sg_buf_init(&o.buf, SG_SNAPSHOT_LINE);
	head_line(&o, head);
	if (state->cut.segment != 0)
		cut_line(&o, &state->cut);
	sg_snapshot_hold(&o, &state->hold);
	each(&o, &state->instances, by_key, sg_snapshot_instance);
	each(&o, &state->domains, by_key, sg_snapshot_domain);
	each(&o, &state->domains, by_key, sg_snapshot_kept);
	each(&o, &state->tasks, by_depth, sg_snapshot_task);
	each(&o, &state->tasks, by_depth, sg_snapshot_tree);
	each(&o, &state->tasks, by_depth, sg_snapshot_masks);
	each(&o, &state->tasks, by_depth, sg_snapshot_duties);
	each(&o, &state->accounts, by_key, account_line);
	each(&o, &state->decisions, by_leaf, attempt_line);
	each(&o, &state->leases, by_key, lease_line);
	each(&o, &state->approvals, by_key, sg_snapshot_approval);
	each(&o, &state->histories, by_key, sg_snapshot_past);
	each(&o, &state->memories, by_key, memory_line);
	each(&o, &state->agents, by_key, agent_line);
	each(&o, &state->humans, by_key, human_line);
	each(&o, &state->enrolments, by_key, sg_snapshot_enrolment);
	each(&o, &state->killed, by_key, killed_line);
	each(&o, &state->endings, by_key, ending_line);
	int64_t lines = o.lines;
	sg_line_begin(&o);
	sg_jw_member_text(&o.w, "k", "end");
	sg_jw_member_int(&o.w, "lines", lines);
	sg_line_end(&o);
	sg_buf_done(&o.buf);
	if (o.failed)
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory for a snapshot, or a line is too long");
	return o.stopped ? sg_fail(err, SG_UNAVAILABLE, "snapshot_write", "the snapshot cannot be written") : SG_OK;
}

static bool
hash_line(void *to, struct sg_str line)
{
	return EVP_DigestUpdate(to, line.ptr, line.len) == 1 && EVP_DigestUpdate(to, "\n", 1) == 1;
}

enum sg_status
sg_snapshot_digest(const struct sg_state *state, const struct sg_snapshot_head *head, char out[SG_SHA256_HEX], struct sg_err *err)
{
	unsigned char hash[SG_SHA256_BYTES];
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	enum sg_status status = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1
					? sg_snapshot_write(state, head, hash_line, context, err)
					: sg_fail(err, SG_NOMEM, "no_memory", "no memory for a digest");
	if (status == SG_OK && EVP_DigestFinal_ex(context, hash, NULL) != 1)
		status = sg_fail(err, SG_BUG, "digest", "the digest failed");
	if (status == SG_OK)
		sg_hex(out, hash, sizeof(hash));
	EVP_MD_CTX_free(context);
	return status;
}
