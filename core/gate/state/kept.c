/* SPDX-License-Identifier: Apache-2.0
 * Values that a domain is told about by no report any more. */
#include "gate/state/kept.h"

#include "base/str.h"
#include "gate/state/fold_in.h"
#include "gate/state/hearers.h"
#include "gate/state/values.h"

#include <stdlib.h>

static size_t
slot_of(const struct sg_kept *kept, uint64_t digest)
{
	size_t at = (size_t)digest & (kept->size - 1);
	while (kept->slots[at] != 0 && kept->slots[at] != digest)
		at = (at + 1) & (kept->size - 1);
	return at;
}

bool
sg_kept_has(const struct sg_kept *kept, uint64_t digest)
{
	return kept->count > 0 && digest != 0 && kept->slots[slot_of(kept, digest)] != 0;
}

static bool
grow(struct sg_kept *kept)
{
	struct sg_kept larger = *kept;
	larger.size = kept->size == 0 ? 64 : kept->size * 2;
	larger.slots = calloc(larger.size, sizeof(*larger.slots));
	if (larger.slots == NULL)
		return false;
	for (size_t i = 0; i < kept->size; i++)
		if (kept->slots[i] != 0)
			larger.slots[slot_of(&larger, kept->slots[i])] = kept->slots[i];
	free(kept->slots);
	*kept = larger;
	return true;
}

bool
sg_kept_put(struct sg_kept *kept, uint64_t digest)
{
	if (digest == 0 || sg_kept_has(kept, digest))
		return true;
	kept->unseen |= kept->count == SG_KEPT_VALUES;
	if (kept->count == SG_KEPT_VALUES)
		return true;
	if (4 * (kept->count + 1) > 3 * kept->size && !grow(kept))
		return false;
	kept->slots[slot_of(kept, digest)] = digest;
	kept->sum ^= digest;
	kept->count++;
	return true;
}

bool
sg_kept_join(struct sg_kept *kept, const struct sg_kept *from)
{
	bool good = true;
	kept->unseen |= from->unseen;
	if (kept->count == from->count && kept->sum == from->sum)
		return true;
	for (size_t i = 0; i < from->size; i++)
		good &= sg_kept_put(kept, from->slots[i]);
	return good;
}

bool
sg_kept_any(const struct sg_kept *kept)
{
	return kept->count > 0 || kept->unseen;
}

void
sg_kept_free(struct sg_kept *kept)
{
	free(kept->slots);
	*kept = (struct sg_kept){.size = 0};
}

/* Those at work there, a root alone among them, each once; `*at` begins at 0. NULL: no more. */
static struct sg_domain *
next_there(const struct sg_task *task, size_t *at)
{
	const struct sg_hearers *hearers = task->root->hearers;
	if (task->domain == NULL)
		return NULL;
	if (*at == 0) {
		*at = 1;
		return task->domain;
	}
	size_t place = *at - 1;
	const struct sg_hearer *h = NULL;
	while (hearers != NULL && (h = sg_table_next(&hearers->by_domain, &place)) != NULL && (h->count == 0 || h->domain == task->domain)) {
	}
	*at = place + 1;
	return h == NULL ? NULL : h->domain;
}

bool
sg_task_keeps_any(const struct sg_task *task)
{
	size_t at = 0;
	for (const struct sg_domain *d; (d = next_there(task, &at)) != NULL;)
		if (sg_kept_any(&d->kept))
			return true;
	return false;
}

bool
sg_task_keeps(const struct sg_task *task, uint64_t digest)
{
	size_t at = 0;
	for (const struct sg_domain *d; (d = next_there(task, &at)) != NULL;)
		if (sg_kept_has(&d->kept, digest))
			return true;
	return false;
}

size_t
sg_task_keep_room(const struct sg_task *task, size_t most)
{
	size_t held = task->domain == NULL ? 0 : task->domain->kept.count, all = most * SG_KEPT_OF_TREES;
	all = all < SG_KEPT_VALUES ? all : SG_KEPT_VALUES;
	return held < all ? all - held : 0;
}

static void
keep(struct sg_fold *f, struct sg_domain *domain, const struct sg_json *list)
{
	for (const struct sg_json *v = sg_json_first(list); v != NULL; v = sg_json_next(list, v)) {
		struct sg_str hex;
		bool text = sg_json_string(v, &hex);
		domain->kept.unseen |= text && sg_str_is(hex, SG_KEPT_CUT);
		if (text && !sg_kept_put(&domain->kept, sg_value_unhex(hex)))
			f->missing = "memory";
	}
}

void
sg_fold_kept(struct sg_fold *f, struct sg_task *task)
{
	const struct sg_json *list = sg_fold_get(f, "kept");
	size_t at = 0;
	if (task->domain == NULL || list == NULL || list->count == 0)
		return;
	for (struct sg_domain *d; (d = next_there(task, &at)) != NULL;)
		keep(f, d, list);
	for (struct sg_domain *d = NULL; (d = sg_domain_kin(f->state, task->domain, d)) != NULL;)
		if (d->tasks > 0)
			keep(f, d, list);
}

static void
to_others(struct sg_fold *f, struct sg_task *task)
{
	size_t at = 1;
	for (struct sg_domain *d; sg_kept_any(&task->domain->kept) && (d = next_there(task, &at)) != NULL;)
		if (!sg_kept_join(&d->kept, &task->domain->kept))
			f->missing = "memory";
}

void
sg_fold_kept_meet(struct sg_fold *f, struct sg_task *task)
{
	to_others(f, task); /* what it brought, which is little as a rule: */
	size_t at = 1;
	for (struct sg_domain *d; (d = next_there(task, &at)) != NULL;)
		if (!sg_kept_join(&task->domain->kept, &d->kept))
			f->missing = "memory";
	to_others(f, task); /* those that have met keep the same then, and there is nothing to do */
}
