/* SPDX-License-Identifier: Apache-2.0
 * Lines of a snapshot about tasks, read. */
#include "gate/snapshot/snapshot_in.h"

#include "base/str.h"
#include "gate/state/grant.h"
#include "gate/state/values.h"
#include "gate/state/split.h"
#include "gate/state/hearers.h"

#include <stdio.h>
#include <stdlib.h>

static void
end_instance(void *value)
{
	sg_taint_free(&((struct sg_instance *)value)->taint);
	free(((struct sg_instance *)value)->group);
	free(value);
}

static void
take_shown(struct sg_fold *f, struct sg_instance *i)
{
	const struct sg_json *list = sg_fold_get(f, "shown");
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		const struct sg_json *agent = sg_json_first(e), *on = agent == NULL ? NULL : sg_json_next(e, agent), *strength = on == NULL ? NULL : sg_json_next(e, on);
		struct sg_str words[3];
		if (!sg_json_string(agent, &words[0]) || !sg_json_string(on, &words[1]) || !sg_json_string(strength, &words[2]) || i->shown_next == SG_SHOWN) {
			f->missing = "shown";
			return;
		}
		i->shown[i->shown_next++] = (struct sg_shown){sg_value_unhex(words[0]), sg_value_unhex(words[1]), sg_strength_named(words[2])};
	}
}

void
sg_read_instance_line(struct sg_fold *f)
{
	struct sg_instance *i = sg_take_fresh(f, sizeof(*i));
	if (i == NULL)
		return;
	sg_fold_id(f, "id", i->id, sizeof(i->id));
	sg_take_taint(f, &i->taint);
	i->pid = sg_fold_int(f, "pid");
	i->seen_ms = sg_fold_int(f, "seen");
	i->start_time = sg_fold_int(f, "start");
	take_shown(f, i);
	i->uid = sg_fold_int(f, "uid");
	i->group = sg_fold_keep(f, "group");
	sg_take_place(f, &f->state->instances, i->id, i, end_instance);
}

static void
take_counted(struct sg_fold *f, const char *name, struct sg_counted *out)
{
	const struct sg_json *list = sg_fold_get(f, name);
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		int64_t at_ms = 0;
		if (!sg_json_int(e, &at_ms) || !sg_counted_note(out, at_ms))
			f->missing = name;
	}
}

static void
end_domain(void *value)
{
	sg_domain_free(NULL, value);
}

void
sg_read_domain_line(struct sg_fold *f)
{
	struct sg_domain *d = sg_take_fresh(f, sizeof(*d));
	if (d == NULL)
		return;
	struct sg_str kind = sg_fold_text(f, "kind"), name = sg_fold_text(f, "name");
	sg_fold_id(f, "id", d->id, sizeof(d->id));
	snprintf(d->kind, sizeof(d->kind), "%.*s", SG_STR_ARG(kind));
	sg_take_taint(f, &d->taint);
	take_counted(f, "denials", &d->denials);
	take_counted(f, "step_ups", &d->step_ups);
	d->fade_ms = sg_fold_int(f, "fade");
	d->frozen = sg_fold_flag(f, "frozen");
	d->frozen_ms = sg_fold_int(f, "frozen_at");
	d->idle_ms = sg_fold_int(f, "idle");
	d->since_ms = sg_fold_int(f, "since");
	d->spread = (uint64_t)sg_fold_int_or(f, "spread", 0);
	sg_take_place(f, &f->state->domains, d->id, d, end_domain);
	if (f->missing == NULL)
		sg_domain_call(f, d, name);
}

/* In a snapshot of before the instance carried what its domain does now. */
static struct sg_domain *
domain_of(struct sg_fold *f, const struct sg_instance *instance)
{
	struct sg_str id = sg_fold_text_or(f, "domain");
	if (id.len > 0 || instance == NULL)
		return sg_fold_domain_of(f, id);
	struct sg_domain *d = sg_fold_domain_of(f, sg_str(instance->id));
	if (d != NULL && !sg_taint_join(&d->taint, &instance->taint))
		f->missing = "memory";
	return d;
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
	t->opener_uid = sg_fold_int_or(f, "opener_uid", -1);
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
	t->seen = sg_fold_flag_or(f, "seen", false);
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
	t->ends = sg_fold_deadline(f, "ends");
	t->state = state_named(f);
	sg_take_ints(f, "limit", t->limit, SG_DIMENSIONS);
	sg_take_ints(f, "spent", t->spent, SG_DIMENSIONS);
	sg_take_ints(f, "reserved", t->reserved, SG_DIMENSIONS);
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
		t->grant = sg_task_grant_read(f->state, sg_fold_get(f, "grant"));
		if (t->parent == NULL || t->grant == NULL || t->parent->depth >= SG_DEPTH_MAX)
			f->missing = "parent";
	}
	struct sg_domain *domain = f->missing != NULL ? NULL : domain_of(f, t->instance);
	if (f->missing != NULL)
		return;
	if (t->parent != NULL) {
		t->root = t->parent->root;
		t->depth = t->parent->depth + 1;
		t->parent->kept++;
		t->parent->children += open;
		if (!t->merged)
			sg_task_lend(t);
	}
	sg_task_join_tree(t);
	sg_task_set_split(t, t->split_below);
	sg_task_asks(t, t->last_ms, f->state->now.boot);
	sg_domain_enter(domain, t);
	sg_fold_duty(f, t); /* of before it was remembered for itself */
	sg_task_counts(t);
	if (!sg_task_stands_in(f->state, t))
		f->missing = "memory";
	t->by_domain = sg_fold_flag_or(f, "by_domain", false);
	t->instance->refs++;
	t->instance->tasks += open;
	f->state->open_tasks += open;
}

/* `below`: moments, as a snapshot of before has them. */
static void
take_burst(struct sg_fold *f, const struct sg_json *in, const struct sg_json *below, struct sg_burst *burst)
{
	int64_t at = 0, count = 0;
	for (const struct sg_json *e = sg_json_first(below); e != NULL; e = sg_json_next(below, e))
		if (sg_json_int(e, &at))
			sg_burst_note(burst, at);
	for (const struct sg_json *e = sg_json_first(in); e != NULL; e = sg_json_next(in, e)) {
		const struct sg_json *second = e;
		e = sg_json_next(in, e);
		if (e == NULL || !sg_json_int(second, &at) || !sg_json_int(e, &count) || at < 0 || at > INT64_MAX / 1000 || count < 1 || count > UINT32_MAX) {
			f->missing = "opened_in";
			return;
		}
		sg_burst_note(burst, at * 1000);
		burst->of[at % (SG_BURST_SECONDS + 1)] = (uint32_t)count;
	}
}

/* In their order: who ended first is forgotten first. */
static void
read_heard(struct sg_fold *f, struct sg_task *t)
{
	const struct sg_json *heard = sg_fold_get(f, "heard");
	if (heard == NULL || heard->type != SG_JSON_ARRAY)
		return;
	if ((t->hearers = sg_hearers_new(t)) == NULL)
		f->missing = "memory";
	for (const struct sg_json *e = sg_json_first(heard); e != NULL && f->missing == NULL; e = sg_json_next(heard, e)) {
		struct sg_str id = {NULL, 0};
		int64_t until = 0;
		const struct sg_json *first = e->type == SG_JSON_ARRAY ? sg_json_first(e) : NULL;
		bool read = first != NULL && sg_json_string(first, &id) && sg_json_int(sg_json_next(e, first), &until);
		struct sg_domain *domain = read ? sg_fold_domain_of(f, id) : NULL;
		struct sg_hearer *h = domain == NULL ? NULL : sg_hearer_of(t->hearers, domain, true);
		if (h == NULL) {
			f->missing = "heard";
			return;
		}
		h->until_ms = until;
		sg_ring_join(&t->hearers->over, &h->of_over);
	}
}

void
sg_read_task_line(struct sg_fold *f)
{
	const struct sg_json *in = sg_fold_get(f, "opened_in"), *below = sg_fold_get(f, "opened_below");
	struct sg_task *t = sg_take_fresh(f, sizeof(*t));
	if (t == NULL)
		return;
	sg_table_init(&t->attempts, f->state->tasks.seed);
	sg_fold_id(f, "id", t->id, sizeof(t->id));
	read_words(f, t);
	read_numbers(f, t);
	sg_take_taint(f, &t->taint);
	place_task(f, t);
	if (f->missing == NULL && t->parent == NULL)
		read_heard(f, t);
	if (f->missing == NULL && !sg_task_is_heard(t))
		f->missing = "memory";
	if (f->missing == NULL)
		sg_taint_share(&t->taint, t->parent != NULL ? &t->parent->taint : &t->domain->taint);
	if (((in != NULL && in->count > 0) || (below != NULL && below->count > 0)) && (t->opened_below = sg_take_fresh(f, sizeof(*t->opened_below))) != NULL)
		take_burst(f, in, below, t->opened_below);
	if (f->missing == NULL && sg_state_task(f->state, sg_str(t->id)) != NULL)
		f->missing = "an id of its own";
	if (f->missing != NULL)
		sg_task_free(f->state, t);
	else
		sg_fold_put(f, &f->state->tasks, t->id, t);
}

/* A snapshot of before plans counted has none of it. */
static void
read_counts(struct sg_fold *f, struct sg_plan *plan)
{
	const struct sg_json *times = sg_fold_get(f, "plan_times"), *done = sg_fold_get(f, "plan_done");
	const struct sg_json *t = sg_json_first(times), *d = sg_json_first(done);
	for (size_t i = 0; i < plan->count && times != NULL; i++) {
		if (!sg_json_int(t, &plan->steps[i].times) || !sg_json_int(d, &plan->steps[i].done)) {
			f->missing = "plan_times";
			return;
		}
		t = sg_json_next(times, t);
		d = sg_json_next(done, d);
	}
}

static void
read_plan(struct sg_fold *f, struct sg_plan *plan)
{
	const struct sg_json *steps = sg_fold_get(f, "steps");
	if (plan->steps != NULL) {
		f->missing = "one plan";
		return;
	}
	sg_fold_id(f, "plan", plan->digest, sizeof(plan->digest));
	sg_fold_id(f, "signer", plan->signer, sizeof(plan->signer));
	if (steps == NULL || steps->count == 0 || steps->count > SG_PLAN_STEPS_MAX || (plan->steps = calloc(steps->count, sizeof(*plan->steps))) == NULL)
		return;
	for (const struct sg_json *s = sg_json_first(steps); s != NULL; s = sg_json_next(steps, s))
		plan->steps[plan->count++].digest = sg_take_hex(s);
	plan->any_order = sg_fold_flag_or(f, "plan_any", true);
	read_counts(f, plan);
}

static void
read_quarantine(struct sg_fold *f, struct sg_tree *t)
{
	const struct sg_json *list = sg_fold_get(f, "quarantine");
	if (list == NULL || list->count == 0 || t->quarantine != NULL)
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
		struct sg_quarantined *q = &t->quarantine[t->quarantine_count];
		if ((q->action = strndup(action.ptr, action.len)) == NULL) {
			f->missing = "memory";
			return;
		}
		t->quarantine_count++;
		snprintf(q->digest, sizeof(q->digest), "%.*s", SG_STR_ARG(digest));
	}
}

struct sg_tree *
sg_take_tree(struct sg_fold *f)
{
	struct sg_task *root = sg_fold_task_of(f);
	struct sg_tree *tree = root == NULL ? NULL : sg_task_tree(root);
	if (tree == NULL)
		f->missing = "task";
	return tree;
}

void
sg_read_tree_line(struct sg_fold *f)
{
	struct sg_tree *t = sg_take_tree(f);
	if (t == NULL)
		return;
	t->classes = sg_take_hex(sg_fold_get(f, "classes"));
	sg_take_times(f, "denials", &t->denials);
	sg_take_times(f, "kills", &t->kills);
	sg_take_times(f, "step_ups", &t->step_ups);
	sg_take_ints(f, "spent", t->spent, SG_DIMENSIONS);
	read_plan(f, &t->plan);
	read_quarantine(f, t);
	t->quarantine_full = sg_fold_flag(f, "quarantine_full");
	t->unseen = sg_fold_flag_or(f, "unseen", false);
}

/* The one source of a tree that is nobody's: what was named in several domains. */
static bool
is_of_several(const struct sg_origin *source, const char *decision)
{
	return source->teller == 0 && source->sayer == 0 && decision[0] == '\0' && strcmp(source->where, "unknown") == 0;
}

void
sg_read_source_line(struct sg_fold *f)
{
	struct sg_tree *t = sg_take_tree(f);
	const struct sg_task *root = sg_fold_task_of(f);
	char decision[SG_ID_MAX] = "";
	struct sg_taint taint = {.count = 0};
	const struct sg_json *list = sg_fold_get(f, "values");
	uint32_t source = 0;
	if (t == NULL)
		return;
	sg_fold_id(f, "decision", decision, sizeof(decision));
	sg_take_taint(f, &taint);
	sg_taint_share(&taint, &root->taint);
	if (sg_fold_flag(f, "more") && t->values.source_count == 0)
		f->missing = "the first line of a source";
	else if (sg_fold_flag(f, "more"))
		source = (uint32_t)t->values.source_count - 1;
	else if (sg_values_origin(&t->values, sg_fold_word(f, "where"), decision, &taint, &source) == NULL)
		f->missing = "memory";
	else {
		t->values.sources[source]->teller = sg_take_hex(sg_fold_get(f, "teller"));
		t->values.sources[source]->sayer = sg_take_hex(sg_fold_get(f, "sayer"));
		t->values.sources[source]->at_ms = sg_fold_int_or(f, "at", 0);
		if (is_of_several(t->values.sources[source], decision))
			t->values.several = source + 1;
	}
	sg_taint_free(&taint);
	for (const struct sg_json *v = sg_json_first(list); v != NULL && f->missing == NULL; v = sg_json_next(list, v))
		if (!sg_values_put(&t->values, sg_take_hex(v), source))
			f->missing = "memory";
}
