/* SPDX-License-Identifier: Apache-2.0
 * Where what one task read goes: to its tree, whose parts tell each other; to the domains of whoever works there, or did when it was done; to their other tasks and the
 * trees of those; to a user's domains of other kinds. Each domain and each tree is visited once for what is told, from a list: neither how much hangs together nor how
 * deep is more than a walk. What is news to nobody stops there, since they all carry the same; behind a cleansing, when some carry less, each domain goes through
 * all once more, with all it carries. */
#include "gate/state/fold_memory.h"
#include "gate/state/hearers.h"
#include "gate/state/holder.h"
#include "gate/state/labels.h"

enum { HEARD_MS = SG_KEPT_MS / 2 /* a tree that ended is in memory for longer, wherever the journal is folded */ };

struct walk {
	struct sg_fold *f;
	const struct sg_taint *told;
	bool all; /* also where it is no news */
	int64_t since_ms;
	struct sg_domain *first, *last;
};

static void
visit_domain(struct walk *w, struct sg_domain *domain)
{
	if (domain == NULL || domain->soak_round == w->f->state->soak_round)
		return;
	domain->soak_round = w->f->state->soak_round;
	domain->soak_next = NULL;
	if (w->last != NULL)
		w->last->soak_next = domain;
	else
		w->first = domain;
	w->last = domain;
}

/* What it is writing, it writes with what it has read by now: fold_memory.c carries that on, once this leaf has said all it says. */
static void
flows_on(struct walk *w, struct sg_task *task)
{
	struct sg_state *state = w->f->state;
	if (task->writes != NULL && (!task->flows || w->since_ms < task->flow_since_ms))
		task->flow_since_ms = w->since_ms;
	if (task->writes == NULL || task->flows)
		return;
	task->flows = true;
	task->flow_next = state->flowing;
	state->flowing = task;
}

/* True: it was news. */
static bool
soak_one(struct walk *w, struct sg_task *task)
{
	uint64_t before = task->taint.seq;
	struct sg_state *state = w->f->state;
	if (!sg_taint_join(&task->taint, w->told))
		w->f->missing = "memory";
	state->carried++;
	visit_domain(w, task->domain);
	if (task->taint.seq == before && w->all)
		flows_on(w, task); /* what it writes is no news to the memory, and may be to who reads it */
	if (task->taint.seq == before)
		return false;
	if (task->its_leases != NULL)
		sg_ring_join(state->soaks, &task->soaks);
	flows_on(w, task);
	return true;
}

static void
visit_hearers(struct walk *w, struct sg_task *root)
{
	size_t at = 0;
	if (root->soak_round == w->f->state->soak_round)
		return;
	root->soak_round = w->f->state->soak_round;
	if (w->told->count > 0)
		sg_fold_doubt_words(w->f, root, w->told, w->since_ms);
	for (const struct sg_hearer *h; root->hearers != NULL && (h = sg_table_next(&root->hearers->by_domain, &at)) != NULL;) {
		w->f->state->carried++;
		if (h->count > 0 || h->until_ms >= w->since_ms)
			visit_domain(w, h->domain);
	}
}

static void
visit_tree(struct walk *w, struct sg_task *root)
{
	bool on = root->soak_walked != w->f->state->soak_round;
	root->soak_walked = w->f->state->soak_round;
	for (struct sg_task *t = NULL; on && (t = sg_tree_open(root, t)) != NULL;)
		soak_one(w, t);
}

static void
visit_task(struct walk *w, struct sg_task *task)
{
	if (soak_one(w, task) || w->all)
		visit_tree(w, task->root);
	visit_hearers(w, task->root);
}

static void
visit_all_of(struct walk *w, struct sg_domain *domain)
{
	for (struct sg_task *t = NULL; (t = sg_domain_open(domain, t)) != NULL;)
		visit_task(w, t);
	for (const struct sg_ring *at = &domain->writers; (at = sg_ring_after(&domain->writers, at)) != NULL;) { /* what they write may be written still */
		struct sg_task *t = SG_RING_OF(at, struct sg_task, of_writers);
		if (sg_task_still_writes(t, w->f->at_ms))
			soak_one(w, t); /* the tree that it has left hears nothing of it */
	}
}

/* A tree in which a domain works, or did since it was done. */
static void
visit_left(struct walk *w, const struct sg_hearer *h, bool news)
{
	bool left = h->count == 0 && h->until_ms >= w->since_ms && w->f->at_ms - h->until_ms < HEARD_MS;
	if (left && news)
		visit_tree(w, h->root);
	if (left || (h->count > 0 && w->since_ms != SG_NOW_ALONE))
		visit_hearers(w, h->root);
}

/* Whatever one task of a domain read, its other tasks may have heard, those that ended since too, and those of its processes that began when another wall was drawn. */
static void
soak_domain(struct walk *w, struct sg_domain *domain)
{
	uint64_t before = domain->taint.seq;
	if (!sg_taint_join(&domain->taint, w->told))
		w->f->missing = "memory";
	for (struct sg_domain *d = NULL; (d = sg_domain_kin(w->f->state, domain, d)) != NULL;)
		if (d->tasks > 0 || sg_ring_first(&d->writers) != NULL || (w->since_ms != SG_NOW_ALONE && sg_ring_first(&d->hears) != NULL))
			visit_domain(w, d);
	bool news = domain->taint.seq != before;
	if (news && domain->since_ms == 0)
		domain->since_ms = w->f->at_ms;
	if (news || w->all)
		visit_all_of(w, domain);
	bool told_late = domain->soak_origin == w->f->state->soak_round;
	for (const struct sg_ring *at = &domain->hears; (news || w->all || told_late) && (at = sg_ring_after(&domain->hears, at)) != NULL;)
		visit_left(w, SG_RING_OF(at, struct sg_hearer, of_domain), news || w->all);
}

/* Whose word it is: what it tells late, it may have told wherever it works, or did since. */
static void
visit_teller(struct walk *w, struct sg_task *task)
{
	if (task->domain != NULL)
		task->domain->soak_origin = w->f->state->soak_round;
	visit_task(w, task);
}

static void
drain(struct walk *w)
{
	for (struct sg_domain *d; (d = w->first) != NULL;) {
		soak_domain(w, d); /* more may stand behind it then */
		w->first = d->soak_next;
		w->last = w->first == NULL ? NULL : w->last;
	}
}

int64_t
sg_attempt_since(const struct sg_attempt *attempt)
{
	return attempt == NULL ? SG_NOW_ALONE : attempt->allowed_ms > 0 ? attempt->allowed_ms : attempt->task->opened_ms;
}

static void
soak(struct sg_fold *f, struct sg_task *task, const struct sg_taint *with, int64_t since_ms, bool all)
{
	struct sg_taint told = {.count = 0}; /* a copy: `with` may be one of those that change */
	struct walk w = {.f = f, .told = &told, .since_ms = since_ms, .all = all};
	if (!sg_taint_join(&told, with) || (all && (!sg_taint_join(&told, &task->domain->taint) || !sg_taint_join(&told, &task->taint))))
		f->missing = "memory";
	f->state->soak_round++;
	visit_teller(&w, task);
	drain(&w);
	sg_taint_free(&told);
}

/* The first that is told in a task's domain since somebody was cleansed: all that it carries goes to all that are there, news or not. */
static void
soak_first(struct sg_fold *f, struct sg_task *task, const struct sg_taint *with)
{
	if (task->domain->spread >= f->state->cleansed || !sg_taint_carries(with))
		return;
	task->domain->spread = f->number;
	soak(f, task, with, SG_NOW_ALONE, true);
}

/* It went on before to all who hear of it now: all of it is known there, nobody was cleansed since, and nobody is to hear late. */
static bool
is_known(const struct sg_state *state, const struct sg_task *task, const struct sg_taint *with, int64_t since_ms)
{
	bool alone = task->root == task && task->hearers == NULL && sg_ring_first(&task->domain->hears) == NULL;
	return (since_ms == SG_NOW_ALONE || alone) && task->domain->spread >= state->cleansed && sg_taint_within(with, &task->taint) && sg_taint_within(with, &task->domain->taint);
}

void
sg_taint_soak(struct sg_fold *f, struct sg_task *task, const struct sg_taint *with, int64_t since_ms)
{
	if (is_known(f->state, task, with, since_ms)) {
		f->state->carried++;
		return;
	}
	soak_first(f, task, with);
	soak(f, task, with, since_ms, false);
}

static bool
is_read_by(const struct sg_fold *f, const struct sg_attempt *attempt, const struct sg_task *from)
{
	return attempt->task != from && attempt->read_until_ms >= f->at_ms;
}

/* All who may be reading it, but whoever it comes from, in one walk; they have it since the later of `since_ms` and their allow. */
void
sg_taint_soak_readers(struct sg_fold *f, const struct sg_reading *reading, const struct sg_taint *with, const struct sg_task *from, int64_t since_ms)
{
	struct sg_taint told = {.count = 0};
	struct walk w = {.f = f, .told = &told, .since_ms = SG_NOW_ALONE};
	size_t at = 0;
	if (!sg_taint_join(&told, with))
		f->missing = "memory";
	for (struct sg_attempt *a = reading->first; a != NULL; a = a->read_next) {
		int64_t had = sg_attempt_since(a) > since_ms ? sg_attempt_since(a) : since_ms;
		if (!is_read_by(f, a, from))
			continue;
		soak_first(f, a->task, &told);
		w.since_ms = had < w.since_ms ? had : w.since_ms;
	}
	f->state->soak_round++;
	for (struct sg_attempt *a = reading->first; a != NULL; a = a->read_next) {
		f->state->carried++;
		if (!is_read_by(f, a, from))
			continue;
		if (!sg_taint_join(&a->labels, &told))
			f->missing = "memory";
		visit_teller(&w, a->task);
	}
	for (const struct sg_hearer *h; (h = sg_table_next(&reading->hearers->by_domain, &at)) != NULL;)
		if (h->until_ms >= f->at_ms && h->domain != from->domain)
			visit_domain(&w, h->domain);
	drain(&w);
	sg_taint_free(&told);
}

void
sg_fold_spread(struct sg_fold *f, struct sg_task *task, enum sg_word word, int64_t since_ms)
{
	struct sg_taint with = {.sensitivity = sg_sensitivity_named(sg_fold_text(f, "sensitivity"))};
	sg_fold_labels(f, &with, "taint", word);
	sg_taint_soak(f, task, &with, since_ms);
	sg_taint_free(&with);
}
