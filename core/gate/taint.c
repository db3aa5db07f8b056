/* SPDX-License-Identifier: Apache-2.0
 * Taint: labels and sensitivity that only grow, and how they travel: through the tree of the task that read, and through the domains of its tasks. */
#include "gate/fold_in.h"

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

bool
sg_taint_add(struct sg_taint *taint, struct sg_str label)
{
	if (sg_taint_has(taint, label))
		return true;
	if (taint->count >= SG_LABELS_MAX - 1) { /* no room to say what: the worst is assumed and said, once */
		label = SG_STR("overflow");
		sg_taint_raise(taint, SG_RESTRICTED);
	}
	if (taint->count == SG_LABELS_MAX || sg_taint_has(taint, label))
		return true;
	char *copy = strndup(label.ptr, label.len < SG_LABEL_MAX ? label.len : SG_LABEL_MAX);
	if (copy == NULL || !room_for_one(taint)) {
		free(copy);
		return false;
	}
	taint->labels[taint->count++] = copy;
	taint->seq++;
	return true;
}

bool
sg_taint_join(struct sg_taint *taint, const struct sg_taint *from)
{
	bool good = true;
	sg_taint_raise(taint, from->sensitivity);
	for (size_t i = 0; i < from->count; i++)
		good &= sg_taint_add(taint, sg_str(from->labels[i]));
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
	for (size_t i = 0; i < taint->count; i++)
		if (sg_str_is(label, taint->labels[i]))
			return true;
	return false;
}

static void soak_task(struct sg_fold *f, struct sg_task *task, const struct sg_taint *with);

/* Whatever one task of a domain read, its other tasks may have heard. */
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
}

static bool
soak_one(struct sg_fold *f, struct sg_task *task, const struct sg_taint *with)
{
	uint64_t before = task->taint.seq;
	if (!sg_taint_join(&task->taint, with))
		f->missing = "memory";
	soak_domain(f, task->domain, with);
	return task->taint.seq != before;
}

/* What one task of a tree read comes back to those above, who got the answer, and from there to all that work for them: they all carry the same, so what
 * is not new to one is not new to the others. Ends because labels only grow. */
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
sg_fold_spread(struct sg_fold *f, struct sg_task *task)
{
	const struct sg_json *labels = sg_json_get(f->body, "taint");
	struct sg_taint with = {.sensitivity = sg_sensitivity_named(sg_fold_text(f, "sensitivity"))};
	for (const struct sg_json *l = sg_json_first(labels); l != NULL; l = sg_json_next(labels, l)) {
		struct sg_str label;
		if (sg_json_string(l, &label) && !sg_taint_add(&with, label))
			f->missing = "memory";
	}
	soak_task(f, task, &with);
	sg_taint_free(&with);
}
