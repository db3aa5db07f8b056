/* SPDX-License-Identifier: Apache-2.0
 * Taint: labels and sensitivity that only grow, and how they travel: to the task that read, to those above it, to the instances that hold them. */
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
	taint->seq++;
	if (taint->count >= SG_LABELS_MAX - 1) { /* no room to say what: the worst is assumed and said */
		label = SG_STR("overflow");
		taint->sensitivity = SG_RESTRICTED;
	}
	if (taint->count == SG_LABELS_MAX || sg_taint_has(taint, label))
		return true;
	char *copy = strndup(label.ptr, label.len < SG_LABEL_MAX ? label.len : SG_LABEL_MAX);
	if (copy == NULL || !room_for_one(taint)) {
		free(copy);
		return false;
	}
	taint->labels[taint->count++] = copy;
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

/* Whatever one task of a process read, its other tasks may have heard. */
static void
soak_instance(struct sg_fold *f, struct sg_instance *instance, const struct sg_taint *with)
{
	uint64_t before = instance->taint.seq;
	size_t at = 0;
	if (!sg_taint_join(&instance->taint, with))
		f->missing = "memory";
	if (instance->taint.seq == before || instance->tasks < 2)
		return;
	for (struct sg_task *t; (t = sg_table_next(&f->state->tasks, &at)) != NULL;)
		if (t->instance == instance && t->state <= SG_TASK_FROZEN)
			soak_task(f, t, &instance->taint);
}

/* What a child read comes back to its parent: whoever hands work on gets the answer. Ends because labels only grow. */
static void
soak_task(struct sg_fold *f, struct sg_task *task, const struct sg_taint *with)
{
	for (struct sg_task *t = task; t != NULL; t = t->parent) {
		uint64_t before = t->taint.seq;
		if (!sg_taint_join(&t->taint, with))
			f->missing = "memory";
		if (t->taint.seq == before && t != task)
			return;
		soak_instance(f, t->instance, with);
	}
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
