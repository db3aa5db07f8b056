/* SPDX-License-Identifier: Apache-2.0
 * Writing the state down, line by line. */
#include "gate/snapshot.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "gate/grant.h"
#include "gate/values.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

enum { EVENTS_OF_LINE = 256, VALUES_OF_LINE = 4096 };

struct out {
	const struct sg_state *state;
	struct sg_buf buf;
	struct sg_json_writer w;
	bool (*line)(void *to, struct sg_str line);
	void *to;
	int64_t lines;
	bool failed, stopped;
};

static void
begin(struct out *o)
{
	sg_buf_clear(&o->buf);
	sg_jw_begin(&o->w, &o->buf);
	sg_jw_object(&o->w);
}

static void
end(struct out *o)
{
	sg_jw_end(&o->w);
	o->failed |= o->buf.failed;
	o->lines++;
	if (!o->failed && !o->stopped)
		o->stopped = !o->line(o->to, sg_buf_view(&o->buf));
}

/* ---- parts of lines ---- */

static void
write_labels(struct sg_json_writer *w, const struct sg_taint *taint)
{
	sg_jw_name(w, "labels");
	sg_jw_array(w);
	for (size_t i = 0; i < taint->count; i++)
		sg_jw_text(w, taint->labels[i]);
	sg_jw_end(w);
}

static void
write_level(struct sg_json_writer *w, enum sg_sensitivity level)
{
	sg_jw_member_text(w, "sensitivity", sg_sensitivity_name(level));
}

static void
write_deadline(struct out *o, const char *name, const struct sg_deadline *deadline)
{
	sg_jw_name(&o->w, name);
	sg_jw_object(&o->w);
	sg_jw_member_int(&o->w, "boot", deadline->boot / SG_MSEC);
	sg_jw_member_text(&o->w, "boot_id", o->state->boot_id);
	sg_jw_member_int(&o->w, "wall", deadline->wall_ms);
	sg_jw_end(&o->w);
}

static void
write_ints(struct sg_json_writer *w, const char *name, const int64_t *numbers, size_t count)
{
	sg_jw_name(w, name);
	sg_jw_array(w);
	for (size_t i = 0; i < count; i++)
		sg_jw_int(w, numbers[i]);
	sg_jw_end(w);
}

static void
write_times(struct sg_json_writer *w, const char *name, const struct sg_times *times)
{
	uint64_t count = times == NULL ? 0 : times->next < SG_TIMES_MAX ? times->next : SG_TIMES_MAX;
	sg_jw_name(w, name);
	sg_jw_array(w);
	for (uint64_t i = count; i > 0; i--)
		sg_jw_int(w, times->at_ms[(times->next - i) % SG_TIMES_MAX]);
	sg_jw_end(w);
}

static void
write_hex(struct sg_json_writer *w, uint64_t number)
{
	char hex[17];
	sg_value_hex(number, hex);
	sg_jw_text(w, hex);
}

/* ---- order ---- */

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
each(struct out *o, const struct sg_table *table, int (*order)(const void *, const void *), void (*write)(struct out *, const void *))
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

/* ---- lines ---- */

static void
instance_line(struct out *o, const void *value)
{
	const struct sg_instance *i = value;
	begin(o);
	sg_jw_member_text(&o->w, "id", i->id);
	sg_jw_member_text(&o->w, "k", "instance");
	write_labels(&o->w, &i->taint);
	sg_jw_member_int(&o->w, "pid", i->pid);
	sg_jw_member_int(&o->w, "seen", i->seen_ms);
	write_level(&o->w, i->taint.sensitivity);
	sg_jw_member_int(&o->w, "start", i->start_time);
	sg_jw_member_int(&o->w, "uid", i->uid);
	end(o);
}

static void
task_line(struct out *o, const void *value)
{
	const struct sg_task *t = value;
	begin(o);
	sg_jw_member_text(&o->w, "agent", t->agent);
	sg_jw_member_text(&o->w, "asked", t->asked);
	sg_jw_member_bool(&o->w, "asserted", t->asserted);
	sg_jw_member_bool(&o->w, "claimed", t->claimed);
	sg_jw_member_int(&o->w, "denied", t->denied);
	sg_jw_member_int(&o->w, "ended", t->ended_ms);
	write_deadline(o, "ends", &t->ends);
	sg_jw_member_text(&o->w, "enforcer", t->enforcer);
	sg_jw_member_text(&o->w, "environment", t->environment);
	sg_jw_member_int(&o->w, "generation", t->generation);
	sg_jw_name(&o->w, "grant");
	t->grant != NULL ? sg_jw_raw(&o->w, t->grant->text) : sg_jw_null(&o->w);
	sg_jw_member_text(&o->w, "id", t->id);
	sg_jw_member_int(&o->w, "idle", t->idle_ms);
	sg_jw_member_text(&o->w, "instance", t->instance->id);
	sg_jw_member_text(&o->w, "intent", t->intent);
	sg_jw_member_text(&o->w, "k", "task");
	write_labels(&o->w, &t->taint);
	sg_jw_member_int(&o->w, "last", t->last_ms);
	write_ints(&o->w, "lent", t->lent, SG_DIMENSIONS);
	write_ints(&o->w, "limit", t->limit, SG_DIMENSIONS);
	sg_jw_member_bool(&o->w, "merged", t->merged);
	sg_jw_member_text(&o->w, "on_behalf", t->on_behalf);
	sg_jw_member_int(&o->w, "opened", t->opened_ms);
	write_times(&o->w, "opened_below", t->opened_below);
	sg_jw_member_text(&o->w, "opener", t->opener);
	sg_jw_member_text(&o->w, "parent", t->parent != NULL ? t->parent->id : "");
	write_ints(&o->w, "reserved", t->reserved, SG_DIMENSIONS);
	sg_jw_member_text(&o->w, "role", t->role);
	write_level(&o->w, t->taint.sensitivity);
	write_ints(&o->w, "spent", t->spent, SG_DIMENSIONS);
	sg_jw_member_int(&o->w, "split_below", t->split_below);
	sg_jw_member_text(&o->w, "state", sg_task_state_name(t->state));
	sg_jw_member_int(&o->w, "step_ups", t->step_ups);
	sg_jw_member_int(&o->w, "steps", t->steps);
	end(o);
}

static void
history_lines(struct out *o, const struct sg_history *h, const char *agent, const char *task)
{
	uint64_t count = h->next < h->room ? h->next : h->room;
	for (uint64_t from = h->next - count; from < h->next; from += EVENTS_OF_LINE) {
		begin(o);
		sg_jw_member_text(&o->w, "agent", agent);
		sg_jw_name(&o->w, "events");
		sg_jw_array(&o->w);
		for (uint64_t i = from; i < h->next && i < from + EVENTS_OF_LINE; i++) {
			const struct sg_event *e = &h->events[i % h->room];
			sg_jw_array(&o->w);
			sg_jw_text(&o->w, e->action);
			sg_jw_int(&o->w, e->at_ms);
			write_hex(&o->w, e->task);
			write_hex(&o->w, e->root);
			write_hex(&o->w, e->instance);
			for (int d = 0; d < SG_DIMENSIONS; d++)
				sg_jw_int(&o->w, e->spent[d]);
			sg_jw_end(&o->w);
		}
		sg_jw_end(&o->w);
		sg_jw_member_text(&o->w, "k", "history");
		sg_jw_member_text(&o->w, "task", task);
		end(o);
	}
}

static int
by_digest(const void *a, const void *b)
{
	const struct sg_seen *x = a, *y = b;
	if (x->source != y->source)
		return (x->source > y->source) - (x->source < y->source);
	return (x->digest > y->digest) - (x->digest < y->digest);
}

/* A source and its values; a source with many takes several lines, the later ones marked. */
static size_t
source_line(struct out *o, const struct sg_task *root, const struct sg_origin *s, const struct sg_seen *seen, size_t count, bool more)
{
	size_t i = 0;
	begin(o);
	sg_jw_member_text(&o->w, "decision", s->decision);
	sg_jw_member_text(&o->w, "k", "source");
	write_labels(&o->w, &s->taint);
	sg_jw_member_bool(&o->w, "more", more);
	write_level(&o->w, s->taint.sensitivity);
	sg_jw_member_text(&o->w, "task", root->id);
	sg_jw_name(&o->w, "values");
	sg_jw_array(&o->w);
	for (; i < count && i < VALUES_OF_LINE; i++)
		write_hex(&o->w, seen[i].digest);
	sg_jw_end(&o->w);
	sg_jw_member_text(&o->w, "where", s->where);
	end(o);
	return i;
}

static void
value_lines(struct out *o, const struct sg_task *root, const struct sg_values *v)
{
	struct sg_seen *all = malloc((v->count + 1) * sizeof(*all));
	size_t count = 0, at = 0;
	o->failed |= all == NULL;
	for (size_t i = 0; all != NULL && i < v->size; i++)
		if (v->slots[i].digest != 0)
			all[count++] = v->slots[i];
	if (all != NULL)
		qsort(all, count, sizeof(*all), by_digest);
	for (uint32_t s = 0; all != NULL && s < v->source_count; s++) {
		size_t to = at;
		bool more = false;
		while (to < count && all[to].source == s)
			to++;
		do {
			at += source_line(o, root, v->sources[s], all + at, to - at, more);
			more = true;
		} while (at < to && !o->failed && !o->stopped);
	}
	free(all);
}

static void
tree_lines(struct out *o, const void *value)
{
	const struct sg_task *root = value;
	const struct sg_tree *t = root->tree;
	if (t == NULL)
		return;
	begin(o);
	sg_jw_name(&o->w, "classes");
	write_hex(&o->w, t->classes);
	write_times(&o->w, "denials", &t->denials);
	sg_jw_member_text(&o->w, "k", "tree");
	write_times(&o->w, "kills", &t->kills);
	sg_jw_member_text(&o->w, "plan", t->plan.digest);
	sg_jw_name(&o->w, "quarantine");
	sg_jw_array(&o->w);
	for (size_t i = 0; i < t->quarantine_count; i++) {
		sg_jw_text(&o->w, t->quarantine[i].action);
		sg_jw_text(&o->w, t->quarantine[i].digest);
	}
	sg_jw_end(&o->w);
	sg_jw_member_bool(&o->w, "quarantine_full", t->quarantine_full);
	sg_jw_member_text(&o->w, "signer", t->plan.signer);
	write_ints(&o->w, "spent", t->spent, SG_DIMENSIONS);
	write_times(&o->w, "step_ups", &t->step_ups);
	sg_jw_name(&o->w, "steps");
	sg_jw_array(&o->w);
	for (size_t i = 0; i < t->plan.count; i++)
		write_hex(&o->w, t->plan.steps[i]);
	sg_jw_end(&o->w);
	sg_jw_member_text(&o->w, "task", root->id);
	sg_jw_member_bool(&o->w, "values_full", t->values.full);
	end(o);
	history_lines(o, &t->history, "", root->id);
	value_lines(o, root, &t->values);
}

static void
account_line(struct out *o, const void *value)
{
	const struct sg_account *a = value;
	begin(o);
	sg_jw_member_text(&o->w, "k", "account");
	sg_jw_member_text(&o->w, "key", a->key);
	sg_jw_member_int(&o->w, "newest", a->newest);
	write_ints(&o->w, "slots", a->slot, SG_SLOTS);
	sg_jw_member_int(&o->w, "total", a->total);
	sg_jw_member_int(&o->w, "window", a->window_ms);
	end(o);
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
attempt_line(struct out *o, const void *value)
{
	const struct sg_attempt *a = value;
	begin(o);
	sg_jw_member_text(&o->w, "action", a->action != NULL ? a->action : "");
	sg_jw_member_text(&o->w, "approval", a->approval);
	sg_jw_member_text(&o->w, "asked", a->asked);
	sg_jw_member_text(&o->w, "asker", a->asker);
	write_charges(&o->w, a);
	sg_jw_member_text(&o->w, "code", sg_reason_code(a->reason));
	sg_jw_member_text(&o->w, "decision", a->decision);
	sg_jw_member_text(&o->w, "digest", a->digest);
	sg_jw_member_text(&o->w, "k", "attempt");
	sg_jw_member_text(&o->w, "key", a->key);
	write_labels(&o->w, &a->labels);
	sg_jw_member_text(&o->w, "lease", a->lease);
	sg_jw_member_bool(&o->w, "outcome", a->outcome);
	sg_jw_member_bool(&o->w, "owed", a->owed);
	sg_jw_member_bool(&o->w, "plain", a->plain);
	write_deadline(o, "report_by", &a->report_by);
	sg_jw_member_text(&o->w, "result", a->result);
	write_level(&o->w, a->labels.sensitivity);
	write_ints(&o->w, "spent", a->spent, SG_DIMENSIONS);
	sg_jw_member_int(&o->w, "state", a->state);
	sg_jw_member_text(&o->w, "task", a->task->id);
	write_deadline(o, "use_by", &a->use_by);
	end(o);
}

static void
lease_line(struct out *o, const void *value)
{
	const struct sg_lease *l = value;
	begin(o);
	sg_jw_member_text(&o->w, "agent", l->agent);
	sg_jw_member_text(&o->w, "approval", l->approval);
	sg_jw_member_text(&o->w, "audience", l->audience);
	sg_jw_member_text(&o->w, "decision", l->decision);
	sg_jw_member_text(&o->w, "digest", l->digest);
	write_deadline(o, "ends", &l->ends);
	sg_jw_member_text(&o->w, "id", l->id);
	sg_jw_member_text(&o->w, "issuer", l->issuer);
	sg_jw_member_text(&o->w, "k", "lease");
	sg_jw_member_text(&o->w, "level", sg_sensitivity_name(l->level));
	sg_jw_member_int(&o->w, "state", l->state);
	sg_jw_member_text(&o->w, "task", l->task->id);
	end(o);
}

static void
write_people(struct sg_json_writer *w, const struct sg_approval *a)
{
	sg_jw_name(w, "groups");
	sg_jw_array(w);
	for (size_t i = 0; i < a->requirement.count; i++) {
		sg_jw_text(w, a->requirement.groups[i].group);
		sg_jw_int(w, a->requirement.groups[i].quorum);
	}
	sg_jw_end(w);
}

static void
write_proofs(struct sg_json_writer *w, const struct sg_approval *a)
{
	sg_jw_name(w, "proofs");
	sg_jw_array(w);
	for (size_t i = 0; i < a->proof_count; i++) {
		sg_jw_text(w, a->proofs[i].human);
		sg_jw_text(w, a->proofs[i].group);
		sg_jw_int(w, a->proofs[i].at_ms);
	}
	sg_jw_end(w);
}

static void
approval_line(struct out *o, const void *value)
{
	const struct sg_approval *a = value;
	begin(o);
	sg_jw_member_text(&o->w, "agent", a->agent);
	sg_jw_member_text(&o->w, "asked", a->asked);
	sg_jw_member_text(&o->w, "config", a->config);
	sg_jw_member_text(&o->w, "digest", a->digest);
	write_deadline(o, "ends", &a->ends);
	write_people(&o->w, a);
	sg_jw_member_text(&o->w, "id", a->id);
	sg_jw_member_text(&o->w, "k", "approval");
	sg_jw_member_int(&o->w, "leaf", (int64_t)a->leaf);
	sg_jw_member_int(&o->w, "opened", a->opened_ms);
	sg_jw_member_text(&o->w, "opener", a->opener);
	sg_jw_member_text(&o->w, "owner", a->owner);
	sg_jw_member_text(&o->w, "policy", a->policy);
	write_proofs(&o->w, a);
	sg_jw_member_text(&o->w, "say", a->say);
	sg_jw_member_int(&o->w, "state", a->state);
	sg_jw_member_text(&o->w, "task", a->task->id);
	end(o);
}

static void
past_lines(struct out *o, const void *value)
{
	const struct sg_history *h = value;
	history_lines(o, h, h->agent, "");
}

static void
memory_line(struct out *o, const void *value)
{
	const struct sg_memory *m = value;
	begin(o);
	sg_jw_member_text(&o->w, "id", m->id);
	sg_jw_member_text(&o->w, "k", "memory");
	write_labels(&o->w, &m->taint);
	write_level(&o->w, m->taint.sensitivity);
	end(o);
}

static void
agent_line(struct out *o, const void *value)
{
	const struct sg_agent_life *l = value;
	begin(o);
	sg_jw_member_int(&o->w, "alone", l->alone_ms);
	sg_jw_member_int(&o->w, "generation", l->generation);
	sg_jw_member_text(&o->w, "k", "agent");
	sg_jw_member_text(&o->w, "name", l->name);
	sg_jw_member_int(&o->w, "since", l->since_ms);
	sg_jw_member_int(&o->w, "state", l->state);
	end(o);
}

static void
human_line(struct out *o, const void *value)
{
	const struct sg_human_life *l = value;
	begin(o);
	sg_jw_member_bool(&o->w, "disabled", l->disabled);
	sg_jw_member_text(&o->w, "id", l->id);
	sg_jw_member_text(&o->w, "k", "human");
	sg_jw_member_int(&o->w, "since", l->since_ms);
	end(o);
}

static void
killed_line(struct out *o, const void *value)
{
	begin(o);
	sg_jw_member_text(&o->w, "agent", value);
	sg_jw_member_text(&o->w, "k", "killed");
	end(o);
}

static void
head_line(struct out *o, const struct sg_snapshot_head *head)
{
	char chain[SG_SHA256_HEX], key[33];
	sg_hex(chain, head->chain, SG_SHA256_BYTES);
	sg_state_fingerprint(o->state, key);
	begin(o);
	sg_jw_member_int(&o->w, "at", head->at_ms);
	sg_jw_member_text(&o->w, "chain", chain);
	sg_jw_member_int(&o->w, "format", 1);
	sg_jw_member_text(&o->w, "k", "snapshot");
	sg_jw_member_text(&o->w, "key", key);
	sg_jw_member_bool(&o->w, "killed_all", o->state->killed_all);
	sg_jw_member_int(&o->w, "leaf", (int64_t)head->leaf);
	end(o);
}

enum sg_status
sg_snapshot_write(const struct sg_state *state, const struct sg_snapshot_head *head, bool (*line)(void *to, struct sg_str line), void *to,
		  struct sg_err *err)
{
	struct out o = {.state = state, .line = line, .to = to};
	sg_buf_init(&o.buf, SG_SNAPSHOT_LINE);
	head_line(&o, head);
	each(&o, &state->instances, by_key, instance_line);
	each(&o, &state->tasks, by_depth, task_line);
	each(&o, &state->tasks, by_depth, tree_lines);
	each(&o, &state->accounts, by_key, account_line);
	each(&o, &state->decisions, by_leaf, attempt_line);
	each(&o, &state->leases, by_key, lease_line);
	each(&o, &state->approvals, by_key, approval_line);
	each(&o, &state->histories, by_key, past_lines);
	each(&o, &state->memories, by_key, memory_line);
	each(&o, &state->agents, by_key, agent_line);
	each(&o, &state->humans, by_key, human_line);
	each(&o, &state->killed, by_key, killed_line);
	int64_t lines = o.lines;
	begin(&o);
	sg_jw_member_text(&o.w, "k", "end");
	sg_jw_member_int(&o.w, "lines", lines);
	end(&o);
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
