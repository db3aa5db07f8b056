/* SPDX-License-Identifier: Apache-2.0
 * Taint: labels and sensitivity that only grow (I6), and how they travel: through the tree of the task that read, and through the domains of its tasks. */
#include "gate/state/fold_in.h"

#include "base/str.h"

#include <stdlib.h>

void
sg_taint_raise(struct sg_taint *taint, enum sg_sensitivity level)
{
	if (level > taint->sensitivity) {
		taint->sensitivity = level;
		taint->seq++;
	}
}

static bool
room_for_one(struct sg_taint *taint)
{
	if (taint->count < taint->room)
		return true;
	size_t room = taint->room == 0 ? 2 : taint->room * 2;
	char **more = realloc(taint->labels, room * sizeof(*more));
	if (more == NULL)
		return false;
	taint->labels = more;
	taint->room = room;
	return true;
}

enum sg_word
sg_taint_word(const struct sg_taint *taint, size_t place)
{
	return (taint->own >> place & 1) != 0 ? SG_WORD_OWN : (taint->reported >> place & 1) != 0 ? SG_WORD_REPORTED : SG_WORD_NAMED;
}

static void
set_word(struct sg_taint *taint, size_t place, enum sg_word word)
{
	uint64_t bit = UINT64_C(1) << place;
	taint->own = word == SG_WORD_OWN ? taint->own | bit : taint->own & ~bit;
	taint->reported = word == SG_WORD_REPORTED ? taint->reported | bit : taint->reported & ~bit;
	taint->seq++;
}

/* The place of that label; `count` without it. */
static size_t
place_of(const struct sg_taint *taint, struct sg_str label)
{
	size_t place = 0;
	while (place < taint->count && !sg_str_is(label, taint->labels[place]))
		place++;
	return place;
}

/* The place of the weakest word that is weaker than this one; `count` where there is none. */
static size_t
weakest(const struct sg_taint *taint, enum sg_word word)
{
	size_t found = taint->count;
	for (size_t place = 0; place < taint->count; place++)
		if (sg_taint_word(taint, place) < (found < taint->count ? sg_taint_word(taint, found) : word))
			found = place;
	return found;
}

/* Over what stands there, or at the end. */
static bool
put(struct sg_taint *taint, size_t place, struct sg_str label, enum sg_word word)
{
	char *copy = strndup(label.ptr, label.len < SG_LABEL_MAX ? label.len : SG_LABEL_MAX);
	if (copy == NULL || (place == taint->count && !room_for_one(taint))) {
		free(copy);
		return false;
	}
	if (place == taint->count)
		taint->count++;
	else
		free(taint->labels[place]);
	taint->labels[place] = copy;
	set_word(taint, place, word);
	return true;
}

void
sg_taint_fill(struct sg_taint *taint)
{
	taint->seq += !taint->full;
	taint->full = true;
}

bool
sg_taint_add(struct sg_taint *taint, struct sg_str label, enum sg_word word)
{
	static const char overflow[] = "overflow";
	size_t place = place_of(taint, label);
	word = sg_str_is(label, overflow) ? SG_WORD_NAMED : word;
	if (place < taint->count) {
		if (sg_taint_word(taint, place) < word)
			set_word(taint, place, word);
		return true;
	}
	if (taint->count < SG_LABELS_MAX - 1)
		return put(taint, place, label, word);
	sg_taint_raise(taint, SG_RESTRICTED); /* something finds no room: the worst is assumed and said */
	if (taint->count < SG_LABELS_MAX && !put(taint, taint->count, sg_str(overflow), SG_WORD_NAMED))
		return false;
	if (sg_str_is(label, overflow))
		return true;
	place = weakest(taint, word);
	if (place < taint->count)
		return put(taint, place, label, word);
	if (word == SG_WORD_NAMED)
		sg_taint_fill(taint);
	return true;
}

bool
sg_taint_join(struct sg_taint *taint, const struct sg_taint *from)
{
	bool good = true;
	sg_taint_raise(taint, from->sensitivity);
	if (from->full)
		sg_taint_fill(taint);
	for (size_t i = 0; i < from->count; i++)
		good &= sg_taint_add(taint, sg_str(from->labels[i]), sg_taint_word(from, i));
	return good;
}

void
sg_taint_free(struct sg_taint *taint)
{
	for (size_t i = 0; i < taint->count; i++)
		free(taint->labels[i]);
	free(taint->labels);
	*taint = (struct sg_taint){.seq = taint->seq};
}

bool
sg_taint_has(const struct sg_taint *taint, struct sg_str label)
{
	return place_of(taint, label) < taint->count;
}

uint64_t
sg_taint_tag(const struct sg_taint *taint)
{
	uint64_t sum = taint->full ? 2 : 1;
	for (size_t i = 0; i < taint->count; i++)
		sum += sg_person_tag(sg_str(taint->labels[i])) * UINT64_C(0x9E3779B97F4A7C15);
	return sum;
}

static void soak_task(struct sg_fold *f, struct sg_task *task, const struct sg_taint *with);
static void soak_domain(struct sg_fold *f, struct sg_domain *domain, const struct sg_taint *with);

static void
soak_kin(struct sg_fold *f, const struct sg_domain *domain)
{
	size_t at = 0;
	for (struct sg_domain *d; (d = sg_domain_kin(f->state, domain, &at)) != NULL;)
		if (d->tasks > 0)
			soak_domain(f, d, &domain->taint);
}

/* Whatever one task of a domain read, its other tasks may have heard, and those of its processes that began when another wall was drawn. */
static void
soak_domain(struct sg_fold *f, struct sg_domain *domain, const struct sg_taint *with)
{
	uint64_t before = domain->taint.seq;
	if (!sg_taint_join(&domain->taint, with))
		f->missing = "memory";
	if (domain->taint.seq == before)
		return;
	if (domain->since_ms == 0)
		domain->since_ms = f->at_ms;
	for (struct sg_task *t = domain->first; t != NULL; t = t->domain_next)
		if (t->state <= SG_TASK_FROZEN)
			soak_task(f, t, &domain->taint);
	soak_kin(f, domain);
}

/* What it is writing, it writes with what it has read by now: fold_memory.c carries that on, once this leaf has said all it says. */
static void
flows_on(struct sg_state *state, struct sg_task *task)
{
	if (task->writes == NULL || task->flows)
		return;
	task->flows = true;
	task->flow_next = state->flowing;
	state->flowing = task;
}

static bool
soak_one(struct sg_fold *f, struct sg_task *task, const struct sg_taint *with)
{
	uint64_t before = task->taint.seq;
	if (!sg_taint_join(&task->taint, with))
		f->missing = "memory";
	f->state->soaked += task->taint.seq != before;
	if (task->taint.seq != before)
		flows_on(f->state, task);
	soak_domain(f, task->domain, with);
	return task->taint.seq != before;
}

/* What one task of a tree read comes back to those above, who got the answer, and from there to all that work for them: they all carry the same, so what
 * is not new to one is not new to the others. Ends because labels only grow, and only stronger words take the place of weaker ones. */
static void
soak_task(struct sg_fold *f, struct sg_task *task, const struct sg_taint *with)
{
	if (!soak_one(f, task, with))
		return;
	for (struct sg_task *t = task->tree_next; t != task; t = t->tree_next)
		if (t->state <= SG_TASK_FROZEN)
			soak_one(f, t, with);
}

void
sg_taint_soak(struct sg_fold *f, struct sg_task *task, const struct sg_taint *with)
{
	struct sg_taint own = {.count = 0}; /* a copy: `with` may be one of those that change */
	if (!sg_taint_join(&own, with))
		f->missing = "memory";
	soak_task(f, task, &own);
	sg_taint_free(&own);
}

void
sg_fold_labels(struct sg_fold *f, struct sg_taint *labels, const char *member, enum sg_word word)
{
	const struct sg_json *list = sg_json_get(f->body, member);
	for (const struct sg_json *l = sg_json_first(list); l != NULL; l = sg_json_next(list, l)) {
		struct sg_str label;
		if (sg_json_string(l, &label) && !sg_taint_add(labels, label, word))
			f->missing = "memory";
	}
}

void
sg_fold_spread(struct sg_fold *f, struct sg_task *task, enum sg_word word)
{
	struct sg_taint with = {.sensitivity = sg_sensitivity_named(sg_fold_text(f, "sensitivity"))};
	sg_fold_labels(f, &with, "taint", word);
	soak_task(f, task, &with);
	sg_taint_free(&with);
}
