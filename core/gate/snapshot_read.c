/* SPDX-License-Identifier: Apache-2.0
 * Reading a snapshot: one function a kind of line. Counts that follow from what is there are counted, not read. */
#include "gate/fold_in.h"
#include "gate/snapshot.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "gate/grant.h"
#include "gate/values.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINE_BUDGET = 32 << 20 };

static void
read_taint(struct sg_fold *f, struct sg_taint *taint)
{
	const struct sg_json *list = sg_json_get(f->body, "labels");
	for (const struct sg_json *l = sg_json_first(list); l != NULL; l = sg_json_next(list, l)) {
		struct sg_str label;
		if (!sg_json_string(l, &label) || !sg_taint_add(taint, label))
			f->missing = "labels";
	}
	taint->sensitivity = sg_sensitivity_named(sg_fold_text(f, "sensitivity"));
}

static void
read_ints(struct sg_fold *f, const char *name, int64_t *out, size_t count)
{
	const struct sg_json *list = sg_json_get(f->body, name), *e = sg_json_first(list);
	for (size_t i = 0; i < count; i++, e = e == NULL ? NULL : sg_json_next(list, e))
		if (!sg_json_int(e, &out[i]))
			f->missing = name;
}

static void
read_times(struct sg_fold *f, const char *name, struct sg_times *times)
{
	const struct sg_json *list = sg_json_get(f->body, name);
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		int64_t at = 0;
		if (!sg_json_int(e, &at))
			f->missing = name;
		sg_times_note(times, at);
	}
}

static uint64_t
hex_at(const struct sg_json *json)
{
	struct sg_str hex = {"", 0};
	sg_json_string(json, &hex);
	return sg_value_unhex(hex);
}

static void *
fresh(struct sg_fold *f, size_t size)
{
	void *out = calloc(1, size);
	if (out == NULL)
		f->missing = "memory";
	return out;
}

static void
read_instance(struct sg_fold *f)
{
	struct sg_instance *i = fresh(f, sizeof(*i));
	if (i == NULL)
		return;
	sg_fold_id(f, "id", i->id, sizeof(i->id));
	read_taint(f, &i->taint);
	i->pid = sg_fold_int(f, "pid");
	i->seen_ms = sg_fold_int(f, "seen");
	i->start_time = sg_fold_int(f, "start");
	i->uid = sg_fold_int(f, "uid");
	sg_fold_put(f, &f->state->instances, i->id, i);
}

static enum sg_task_state
state_named(struct sg_fold *f)
{
	struct sg_str word = sg_fold_text(f, "state");
	for (int s = 0; s < SG_TASK_STATE_COUNT; s++)
		if (sg_str_is(word, sg_task_state_name((enum sg_task_state)s)))
			return (enum sg_task_state)s;
	f->missing = "state";
	return SG_TASK_KILLED;
}

static void
read_words(struct sg_fold *f, struct sg_task *t)
{
	t->agent = sg_fold_word(f, "agent");
	t->intent = sg_fold_word(f, "intent");
	t->environment = sg_fold_word(f, "environment");
	t->opener = sg_fold_word(f, "opener");
	t->enforcer = sg_fold_word(f, "enforcer");
	t->role = sg_fold_word(f, "role");
	t->on_behalf = sg_fold_word(f, "on_behalf");
	struct sg_str asked = sg_fold_text(f, "asked");
	snprintf(t->asked, sizeof(t->asked), "%.*s", SG_STR_ARG(asked));
}

static void
read_numbers(struct sg_fold *f, struct sg_task *t)
{
	t->asserted = sg_fold_flag(f, "asserted");
	t->claimed = sg_fold_flag(f, "claimed");
	t->merged = sg_fold_flag(f, "merged");
	t->denied = sg_fold_int(f, "denied");
	t->step_ups = sg_fold_int(f, "step_ups");
	t->steps = sg_fold_int(f, "steps");
	t->split_below = sg_fold_int(f, "split_below");
	t->generation = sg_fold_int(f, "generation");
	t->opened_ms = sg_fold_int(f, "opened");
	t->ended_ms = sg_fold_int(f, "ended");
	t->last_ms = sg_fold_int(f, "last");
	t->idle_ms = sg_fold_int(f, "idle");
	t->last_boot = f->state->now.boot;
	t->ends = sg_fold_deadline(f, "ends");
	t->state = state_named(f);
	read_ints(f, "limit", t->limit, SG_DIMENSIONS);
	read_ints(f, "spent", t->spent, SG_DIMENSIONS);
	read_ints(f, "reserved", t->reserved, SG_DIMENSIONS);
	read_ints(f, "lent", t->lent, SG_DIMENSIONS);
}

static void
place_task(struct sg_fold *f, struct sg_task *t)
{
	struct sg_str parent = sg_fold_text(f, "parent");
	bool open = t->state <= SG_TASK_FROZEN;
	t->instance = sg_table_get(&f->state->instances, sg_fold_text(f, "instance"));
	t->root = t;
	if (t->instance == NULL)
		f->missing = "instance";
	if (parent.len > 0) {
		t->parent = sg_state_task(f->state, parent);
		t->grant = sg_task_grant_read(sg_json_get(f->body, "grant"));
		if (t->parent == NULL || t->grant == NULL || t->parent->depth >= SG_DEPTH_MAX)
			f->missing = "parent";
	}
	if (f->missing != NULL)
		return;
	if (t->parent != NULL) {
		t->root = t->parent->root;
		t->depth = t->parent->depth + 1;
		t->parent->kept++;
		t->parent->children += open;
	}
	t->instance->refs++;
	t->instance->tasks += open;
	f->state->open_tasks += open;
}

static void
read_task(struct sg_fold *f)
{
	const struct sg_json *below = sg_json_get(f->body, "opened_below");
	struct sg_task *t = fresh(f, sizeof(*t));
	if (t == NULL)
		return;
	sg_table_init(&t->attempts, f->state->tasks.seed);
	sg_fold_id(f, "id", t->id, sizeof(t->id));
	read_words(f, t);
	read_numbers(f, t);
	read_taint(f, &t->taint);
	place_task(f, t);
	if (below != NULL && below->count > 0 && (t->opened_below = fresh(f, sizeof(*t->opened_below))) != NULL)
		read_times(f, "opened_below", t->opened_below);
	if (f->missing != NULL)
		sg_task_free(f->state, t);
	else
		sg_fold_put(f, &f->state->tasks, t->id, t);
}

static void
read_plan(struct sg_fold *f, struct sg_plan *plan)
{
	const struct sg_json *steps = sg_json_get(f->body, "steps");
	sg_fold_id(f, "plan", plan->digest, sizeof(plan->digest));
	sg_fold_id(f, "signer", plan->signer, sizeof(plan->signer));
	if (steps == NULL || steps->count == 0 || steps->count > SG_PLAN_STEPS_MAX || (plan->steps = calloc(steps->count, sizeof(*plan->steps))) == NULL)
		return;
	for (const struct sg_json *s = sg_json_first(steps); s != NULL; s = sg_json_next(steps, s))
		plan->steps[plan->count++] = hex_at(s);
}

static void
read_quarantine(struct sg_fold *f, struct sg_tree *t)
{
	const struct sg_json *list = sg_json_get(f->body, "quarantine");
	if (list == NULL || list->count == 0)
		return;
	t->quarantine = calloc(list->count / 2 + 1, sizeof(*t->quarantine));
	for (const struct sg_json *e = sg_json_first(list); t->quarantine != NULL && e != NULL; e = sg_json_next(list, e)) {
		struct sg_str action = {"", 0}, digest = {"", 0};
		sg_json_string(e, &action);
		e = sg_json_next(list, e);
		if (!sg_json_string(e, &digest)) {
			f->missing = "quarantine";
			return;
		}
		struct sg_quarantined *q = &t->quarantine[t->quarantine_count++];
		q->action = sg_state_word(f->state, action);
		snprintf(q->digest, sizeof(q->digest), "%.*s", SG_STR_ARG(digest));
	}
}

static struct sg_tree *
tree_of(struct sg_fold *f)
{
	struct sg_task *root = sg_fold_task_of(f);
	struct sg_tree *tree = root == NULL ? NULL : sg_task_tree(root);
	if (tree == NULL)
		f->missing = "task";
	return tree;
}

static void
read_tree(struct sg_fold *f)
{
	struct sg_tree *t = tree_of(f);
	if (t == NULL)
		return;
	t->classes = hex_at(sg_json_get(f->body, "classes"));
	read_times(f, "denials", &t->denials);
	read_times(f, "kills", &t->kills);
	read_times(f, "step_ups", &t->step_ups);
	read_ints(f, "spent", t->spent, SG_DIMENSIONS);
	read_plan(f, &t->plan);
	read_quarantine(f, t);
	t->quarantine_full = sg_fold_flag(f, "quarantine_full");
	t->values.full = sg_fold_flag(f, "values_full");
}

static void
read_source(struct sg_fold *f)
{
	struct sg_tree *t = tree_of(f);
	char decision[SG_ID_MAX] = "";
	struct sg_taint taint = {.count = 0};
	const struct sg_json *list = sg_json_get(f->body, "values");
	uint32_t source = 0;
	if (t == NULL)
		return;
	sg_fold_id(f, "decision", decision, sizeof(decision));
	read_taint(f, &taint);
	if (sg_fold_flag(f, "more"))
		source = (uint32_t)t->values.source_count - 1;
	else if (sg_values_origin(&t->values, sg_fold_word(f, "where"), decision, &taint, &source) == NULL)
		f->missing = "memory";
	sg_taint_free(&taint);
	for (const struct sg_json *v = sg_json_first(list); v != NULL && f->missing == NULL; v = sg_json_next(list, v))
		if (!sg_values_put(&t->values, hex_at(v), source))
			f->missing = "memory";
}

static struct sg_history *
history_of(struct sg_fold *f)
{
	struct sg_str agent = sg_fold_text(f, "agent");
	if (agent.len == 0) {
		struct sg_tree *t = tree_of(f);
		return t == NULL ? NULL : &t->history;
	}
	struct sg_history *h = sg_table_get(&f->state->histories, agent);
	if (h != NULL || (h = fresh(f, sizeof(*h))) == NULL)
		return h;
	h->agent = sg_fold_keep(f, "agent");
	if (h->agent != NULL)
		sg_fold_put(f, &f->state->histories, h->agent, h);
	return h;
}

static bool
read_event(struct sg_fold *f, const struct sg_json *json, struct sg_event *event)
{
	const struct sg_json *part[5 + SG_DIMENSIONS] = {sg_json_first(json)};
	struct sg_str action = {"", 0};
	for (size_t i = 1; i < sizeof(part) / sizeof(part[0]); i++)
		part[i] = part[i - 1] == NULL ? NULL : sg_json_next(json, part[i - 1]);
	*event = (struct sg_event){.task = hex_at(part[2]), .root = hex_at(part[3]), .instance = hex_at(part[4])};
	bool good = sg_json_string(part[0], &action) && sg_json_int(part[1], &event->at_ms);
	for (int d = 0; d < SG_DIMENSIONS; d++)
		good &= sg_json_int(part[5 + d], &event->spent[d]);
	event->action = sg_state_word(f->state, action);
	return good && event->action != NULL;
}

static void
read_history(struct sg_fold *f)
{
	struct sg_history *h = history_of(f);
	const struct sg_json *list = sg_json_get(f->body, "events");
	for (const struct sg_json *e = sg_json_first(list); h != NULL && e != NULL; e = sg_json_next(list, e)) {
		struct sg_event event;
		if (!read_event(f, e, &event) || !sg_history_add(h, &event))
			f->missing = "events";
	}
}

static void
read_account(struct sg_fold *f)
{
	struct sg_account *a = fresh(f, sizeof(*a));
	if (a == NULL || (a->key = sg_fold_keep(f, "key")) == NULL)
		return;
	a->window_ms = sg_fold_int(f, "window");
	a->total = sg_fold_int(f, "total");
	a->newest = sg_fold_int(f, "newest");
	read_ints(f, "slots", a->slot, SG_SLOTS);
	sg_fold_put(f, &f->state->accounts, a->key, a);
}

static void
read_charges(struct sg_fold *f, struct sg_attempt *a)
{
	const struct sg_json *list = sg_json_get(f->body, "charges");
	if (list == NULL || list->count == 0 || list->count > SG_CHARGES_MAX || (a->charges = calloc(list->count, sizeof(*a->charges))) == NULL)
		return;
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		struct sg_charge *c = &a->charges[a->charge_count++];
		const struct sg_json *key = sg_json_first(e), *amount = sg_json_next(e, key), *dimension = amount == NULL ? NULL : sg_json_next(e, amount),
				     *at = dimension == NULL ? NULL : sg_json_next(e, dimension);
		struct sg_str name = {"", 0};
		int64_t d = -1;
		bool good = sg_json_string(key, &name) && sg_json_int(amount, &c->amount) && sg_json_int(dimension, &d) && sg_json_int(at, &c->at_ms);
		c->account = sg_state_account(f->state, name);
		c->dimension = (enum sg_dimension)d;
		if (!good || c->account == NULL || d < 0 || d >= SG_DIMENSIONS)
			f->missing = "charges";
	}
}

static void
read_attempt(struct sg_fold *f)
{
	struct sg_attempt *a = fresh(f, sizeof(*a));
	struct sg_str code = sg_fold_text(f, "code");
	if (a == NULL)
		return;
	a->action = sg_fold_word(f, "action");
	sg_fold_id(f, "approval", a->approval, sizeof(a->approval));
	sg_fold_id(f, "asked", a->asked, sizeof(a->asked));
	sg_fold_id(f, "asker", a->asker, sizeof(a->asker));
	sg_fold_id(f, "decision", a->decision, sizeof(a->decision));
	sg_fold_id(f, "digest", a->digest, sizeof(a->digest));
	sg_fold_id(f, "key", a->key, sizeof(a->key));
	sg_fold_id(f, "lease", a->lease, sizeof(a->lease));
	sg_fold_id(f, "result", a->result, sizeof(a->result));
	a->reason = sg_reason_named(code.ptr, code.len);
	a->outcome = sg_fold_flag(f, "outcome");
	a->plain = sg_fold_flag(f, "plain");
	a->use_by = sg_fold_deadline(f, "use_by");
	a->report_by = sg_fold_deadline(f, "report_by");
	a->state = (enum sg_attempt_state)sg_fold_int(f, "state");
	read_ints(f, "spent", a->spent, SG_DIMENSIONS);
	read_taint(f, &a->labels);
	read_charges(f, a);
	a->task = sg_fold_task_of(f);
	if (a->task == NULL || a->state < SG_ATTEMPT_DENIED || a->state > SG_ATTEMPT_WITHHELD)
		f->missing = "state";
	if (f->missing != NULL)
		return;
	sg_fold_put(f, &a->task->attempts, a->key, a);
	sg_fold_put(f, &f->state->decisions, a->decision, a);
	if (sg_fold_flag(f, "owed"))
		sg_fold_await(f->state, a);
}

static void
read_lease(struct sg_fold *f)
{
	struct sg_lease *l = fresh(f, sizeof(*l));
	if (l == NULL)
		return;
	sg_fold_id(f, "id", l->id, sizeof(l->id));
	sg_fold_id(f, "approval", l->approval, sizeof(l->approval));
	sg_fold_id(f, "decision", l->decision, sizeof(l->decision));
	sg_fold_id(f, "digest", l->digest, sizeof(l->digest));
	l->agent = sg_fold_keep(f, "agent");
	l->audience = sg_fold_keep(f, "audience");
	l->issuer = sg_fold_keep(f, "issuer");
	l->ends = sg_fold_deadline(f, "ends");
	l->level = sg_sensitivity_named(sg_fold_text(f, "level"));
	l->state = (enum sg_lease_state)sg_fold_int(f, "state");
	l->task = sg_fold_task_of(f);
	if (l->task == NULL || l->state < SG_LEASE_PENDING || l->state > SG_LEASE_DEAD)
		f->missing = "state";
	if (f->missing != NULL)
		return;
	l->task->leases += l->state != SG_LEASE_DEAD;
	l->task->leases_kept++;
	f->state->live_leases += l->state < SG_LEASE_REVOKING;
	sg_fold_put(f, &f->state->leases, l->id, l);
}

static void
read_people(struct sg_fold *f, struct sg_approval *a)
{
	const struct sg_json *list = sg_json_get(f->body, "groups");
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		struct sg_str group = {"", 0};
		size_t i = a->requirement.count;
		sg_json_string(e, &group);
		e = sg_json_next(list, e);
		if (i == SG_APPROVAL_GROUPS || !sg_json_int(e, &a->requirement.groups[i].quorum)) {
			f->missing = "groups";
			return;
		}
		snprintf(a->requirement.groups[i].group, sizeof(a->requirement.groups[i].group), "%.*s", SG_STR_ARG(group));
		a->requirement.count++;
	}
}

static void
read_proofs(struct sg_fold *f, struct sg_approval *a)
{
	const struct sg_json *list = sg_json_get(f->body, "proofs");
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		struct sg_str human = {"", 0}, group = {"", 0};
		size_t i = a->proof_count;
		sg_json_string(e, &human);
		e = sg_json_next(list, e);
		sg_json_string(e, &group);
		e = e == NULL ? NULL : sg_json_next(list, e);
		if (i == SG_APPROVAL_PROOFS || !sg_json_int(e, &a->proofs[i].at_ms)) {
			f->missing = "proofs";
			return;
		}
		snprintf(a->proofs[i].human, sizeof(a->proofs[i].human), "%.*s", SG_STR_ARG(human));
		snprintf(a->proofs[i].group, sizeof(a->proofs[i].group), "%.*s", SG_STR_ARG(group));
		a->proof_count++;
	}
}

static void
read_approval(struct sg_fold *f)
{
	struct sg_approval *a = fresh(f, sizeof(*a));
	if (a == NULL)
		return;
	sg_fold_id(f, "id", a->id, sizeof(a->id));
	sg_fold_id(f, "asked", a->asked, sizeof(a->asked));
	sg_fold_id(f, "digest", a->digest, sizeof(a->digest));
	sg_fold_id(f, "config", a->config, sizeof(a->config));
	sg_fold_id(f, "policy", a->policy, sizeof(a->policy));
	a->agent = sg_fold_keep(f, "agent");
	a->owner = sg_fold_keep(f, "owner");
	a->opener = sg_fold_keep(f, "opener");
	a->say = sg_fold_keep(f, "say");
	a->leaf = (uint64_t)sg_fold_int(f, "leaf");
	a->opened_ms = sg_fold_int(f, "opened");
	a->ends = sg_fold_deadline(f, "ends");
	a->state = (enum sg_approval_state)sg_fold_int(f, "state");
	read_people(f, a);
	read_proofs(f, a);
	a->task = sg_fold_task_of(f);
	if (a->task == NULL || a->state < SG_APPROVAL_OPEN || a->state > SG_APPROVAL_EXPIRED)
		f->missing = "state";
	if (f->missing != NULL)
		return;
	bool stands = a->state == SG_APPROVAL_OPEN || a->state == SG_APPROVAL_GRANTED;
	a->task->approvals += stands;
	a->task->approvals_kept++;
	f->state->open_approvals += stands;
	sg_fold_put(f, &f->state->approvals, a->id, a);
}

static void
read_memory(struct sg_fold *f)
{
	struct sg_memory *m = fresh(f, sizeof(*m));
	if (m == NULL)
		return;
	sg_fold_id(f, "id", m->id, sizeof(m->id));
	read_taint(f, &m->taint);
	sg_fold_put(f, &f->state->memories, m->id, m);
}

static void
read_agent(struct sg_fold *f)
{
	struct sg_agent_life *l = fresh(f, sizeof(*l));
	if (l == NULL || (l->name = sg_fold_keep(f, "name")) == NULL)
		return;
	l->alone_ms = sg_fold_int(f, "alone");
	l->generation = sg_fold_int(f, "generation");
	l->since_ms = sg_fold_int(f, "since");
	l->state = (enum sg_agent_state)sg_fold_int(f, "state");
	if (l->state < SG_AGENT_active || l->state > SG_AGENT_retired)
		f->missing = "state";
	sg_fold_put(f, &f->state->agents, l->name, l);
}

static void
read_human(struct sg_fold *f)
{
	struct sg_human_life *l = fresh(f, sizeof(*l));
	if (l == NULL || (l->id = sg_fold_keep(f, "id")) == NULL)
		return;
	l->disabled = sg_fold_flag(f, "disabled");
	l->since_ms = sg_fold_int(f, "since");
	sg_fold_put(f, &f->state->humans, l->id, l);
}

static void
read_killed(struct sg_fold *f)
{
	char *name = sg_fold_keep(f, "agent");
	if (name != NULL)
		sg_fold_put(f, &f->state->killed, name, name);
}

static const struct {
	const char *kind;
	void (*read)(struct sg_fold *);
} kinds[] = {
	{"instance", read_instance}, {"task", read_task},	  {"tree", read_tree},	     {"source", read_source}, {"history", read_history},
	{"account", read_account},   {"attempt", read_attempt},	  {"lease", read_lease},     {"approval", read_approval}, {"memory", read_memory},
	{"agent", read_agent},	     {"human", read_human},	  {"killed", read_killed},
};

static void
read_head(struct sg_fold *f, struct sg_snapshot_head *head)
{
	char key[33];
	sg_state_fingerprint(f->state, key);
	if (!sg_str_is(sg_fold_text(f, "key"), key))
		f->missing = "this state's key";
	if (sg_fold_int(f, "format") != 1)
		f->missing = "a format this version knows";
	f->state->killed_all = sg_fold_flag(f, "killed_all");
	head->leaf = (uint64_t)sg_fold_int(f, "leaf");
	head->at_ms = sg_fold_int(f, "at");
	if (!sg_unhex(head->chain, sizeof(head->chain), sg_fold_text(f, "chain")))
		f->missing = "chain";
}

static bool
read_body(struct sg_fold *f)
{
	struct sg_str kind = sg_fold_text(f, "k");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (sg_str_is(kind, kinds[i].kind)) {
			kinds[i].read(f);
			return f->missing == NULL;
		}
	return false;
}

enum sg_status
sg_snapshot_read(struct sg_state *state, struct sg_str text, struct sg_snapshot_head *head, struct sg_err *err)
{
	static const struct sg_json_limits limits = {.bytes = SG_SNAPSHOT_LINE, .nodes = 1 << 16};
	struct sg_str rest = text;
	int64_t lines = 0, said = -1;
	bool good = true, ended = false;
	while (good && !ended && rest.len > 0) {
		struct sg_arena arena;
		struct sg_fold f = {.state = state};
		sg_arena_init(&arena, LINE_BUDGET);
		good = sg_canon_parse(&arena, sg_str_cut(&rest, '\n'), &limits, &f.body, NULL) == SG_OK;
		ended = good && sg_json_is(f.body, "k", "end") && sg_json_int(sg_json_get(f.body, "lines"), &said);
		if (good && lines == 0) {
			read_head(&f, head);
			good = f.missing == NULL && sg_json_is(f.body, "k", "snapshot");
		} else if (good && !ended) {
			good = read_body(&f);
		}
		lines += !ended;
		sg_arena_done(&arena);
	}
	if (good && ended && said == lines && rest.len == 0)
		return SG_OK;
	return sg_fail(err, SG_MALFORMED, "snapshot_form", "line %lld of the snapshot is not what it must be", (long long)lines + 1);
}
