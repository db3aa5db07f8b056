/* SPDX-License-Identifier: Apache-2.0
 * Values that a domain is told about by no report any more. */
#include "gate/state/kept.h"

#include "base/str.h"
#include "gate/state/fold_in.h"
#include "gate/state/hearers.h"
#include "gate/state/values.h"

#include <stdlib.h>
#include <string.h>

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
	digest &= SG_KEPT_BITS;
	return kept->count > 0 && digest != 0 && kept->slots[slot_of(kept, digest)] != 0;
}

/* In a table of that size that is its own. */
static bool
moved(struct sg_kept *kept, size_t size)
{
	struct sg_kept larger = *kept;
	larger.size = size;
	larger.slots = calloc(size, sizeof(*larger.slots));
	larger.holders = calloc(1, sizeof(*larger.holders));
	if (larger.slots == NULL || larger.holders == NULL) {
		free(larger.slots);
		free(larger.holders);
		return false;
	}
	for (size_t i = 0; i < kept->size; i++)
		if (kept->slots[i] != 0)
			larger.slots[slot_of(&larger, kept->slots[i])] = kept->slots[i];
	*larger.holders = 1;
	sg_kept_free(kept);
	*kept = larger;
	return true;
}

static bool
room_for_one(struct sg_kept *kept)
{
	bool full = 4 * (kept->count + 1) > 3 * kept->size, others = kept->holders != NULL && *kept->holders > 1;
	return (!full && !others) || moved(kept, kept->size == 0 ? 64 : full ? kept->size * 2 : kept->size);
}

bool
sg_kept_put(struct sg_kept *kept, uint64_t digest)
{
	digest &= SG_KEPT_BITS;
	if (digest == 0 || sg_kept_has(kept, digest))
		return true;
	kept->unseen |= kept->count == SG_KEPT_VALUES;
	if (kept->count == SG_KEPT_VALUES)
		return true;
	if (!room_for_one(kept))
		return false;
	kept->slots[slot_of(kept, digest)] = digest;
	kept->sum ^= digest;
	kept->count++;
	return true;
}

static bool
are_same(const struct sg_kept *a, const struct sg_kept *b)
{
	return a->count == b->count && a->sum == b->sum;
}

/* The slots of `other`, and none of its own. */
static void
hold(struct sg_kept *kept, const struct sg_kept *other)
{
	bool unseen = kept->unseen, over = kept->over;
	if (other->holders != NULL)
		++*other->holders;
	sg_kept_free(kept);
	*kept = *other;
	kept->unseen = unseen;
	kept->over = over;
}

bool
sg_kept_share(struct sg_kept *kept, const struct sg_kept *other)
{
	bool same = are_same(kept, other);
	if (same && kept->slots != other->slots)
		hold(kept, other);
	return same;
}

static bool
has_room_for(const struct sg_kept *kept, const struct sg_kept *from)
{
	size_t more = 0;
	if (kept->count + from->count <= SG_KEPT_VALUES)
		return true;
	for (size_t i = 0; i < from->size; i++)
		more += from->slots[i] != 0 && !sg_kept_has(kept, from->slots[i]);
	return kept->count + more <= SG_KEPT_VALUES;
}

bool
sg_kept_join(struct sg_kept *kept, const struct sg_kept *from)
{
	bool good = true;
	kept->unseen |= from->unseen;
	if (are_same(kept, from) || from->count == 0)
		return true;
	kept->over |= !has_room_for(kept, from);
	kept->unseen |= kept->over;
	if (kept->over)
		return true;
	if (kept->count == 0) {
		hold(kept, from);
		return true;
	}
	for (size_t i = 0; i < from->size; i++)
		good &= sg_kept_put(kept, from->slots[i]);
	return good;
}

void
sg_kept_take(struct sg_kept *kept, const struct sg_kept *joined)
{
	kept->unseen |= joined->unseen;
	if (!joined->over && kept->slots != joined->slots)
		hold(kept, joined);
}

bool
sg_kept_any(const struct sg_kept *kept)
{
	return kept->count > 0 || kept->unseen;
}

void
sg_kept_free(struct sg_kept *kept)
{
	if (kept->holders != NULL && --*kept->holders == 0) {
		free(kept->slots);
		free(kept->holders);
	}
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

static const char sixty_four[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
sg_kept_write(uint64_t digest, char out[SG_KEPT_CHARS])
{
	for (int i = 0; i < SG_KEPT_CHARS; i++)
		out[i] = sixty_four[digest >> (6 * i) & 63];
}

static uint64_t
read_one(const char *text)
{
	uint64_t digest = 0;
	for (int i = 0; i < SG_KEPT_CHARS; i++) {
		const char *at = memchr(sixty_four, text[i], 64);
		if (at == NULL)
			return 0;
		digest |= (uint64_t)(at - sixty_four) << (6 * i);
	}
	return digest;
}

/* "*" and SG_KEPT_CHARS characters for each. */
static bool
put_many(struct sg_kept *kept, struct sg_str text)
{
	bool good = true;
	for (size_t at = 1; at + SG_KEPT_CHARS <= text.len; at += SG_KEPT_CHARS)
		good &= sg_kept_put(kept, read_one(text.ptr + at));
	return good;
}

static bool
put_list(struct sg_kept *kept, const struct sg_json *list)
{
	bool good = true;
	for (const struct sg_json *v = sg_json_first(list); v != NULL; v = sg_json_next(list, v)) {
		struct sg_str said = {"", 0};
		bool text = sg_json_string(v, &said), many = said.len > 0 && said.ptr[0] == SG_KEPT_MANY;
		kept->unseen |= text && sg_str_is(said, SG_KEPT_CUT);
		good &= many ? put_many(kept, said) : sg_kept_put(kept, sg_value_unhex(said));
	}
	return good;
}

/* To several, of which some keep the same as the first did: they have one set behind it, too. */
struct keeping {
	const struct sg_json *list;
	const struct sg_kept *first;
	struct sg_kept before; /* its count and sum alone */
};

static void
keep(struct sg_fold *f, struct sg_domain *domain, struct keeping *k)
{
	struct sg_kept before = {.count = domain->kept.count, .sum = domain->kept.sum};
	if (!put_list(&domain->kept, k->list))
		f->missing = "memory";
	if (k->first == NULL) {
		k->first = &domain->kept;
		k->before = before;
	}
}

static void
keep_with(struct sg_fold *f, struct sg_domain *domain, struct keeping *k)
{
	if (k->first == NULL || k->before.count == 0 || !are_same(&domain->kept, &k->before))
		keep(f, domain, k);
	else
		sg_kept_take(&domain->kept, k->first);
}

void
sg_fold_kept(struct sg_fold *f, struct sg_task *task)
{
	struct keeping k = {.list = sg_fold_get(f, "kept")};
	size_t at = 0;
	if (task->domain == NULL || k.list == NULL || k.list->count == 0)
		return;
	for (struct sg_domain *d; (d = next_there(task, &at)) != NULL;)
		keep_with(f, d, &k);
	for (struct sg_domain *d = NULL; (d = sg_domain_kin(f->state, task->domain, d)) != NULL;)
		if (d->tasks > 0)
			keep_with(f, d, &k);
}

void
sg_fold_kept_meet(struct sg_fold *f, struct sg_task *task)
{
	struct sg_kept all = {.size = 0};
	size_t at = 0;
	for (struct sg_domain *d; (d = next_there(task, &at)) != NULL;)
		if (!sg_kept_join(&all, &d->kept))
			f->missing = "memory";
	at = 0;
	for (struct sg_domain *d; (d = next_there(task, &at)) != NULL;)
		sg_kept_take(&d->kept, &all);
	sg_kept_free(&all);
}
