/* SPDX-License-Identifier: Apache-2.0
 * Where values were first seen: an open table of keyed digests for each tree. What does not fit stays unknown, which no rule takes for trusted. */
#include "gate/state/values.h"

#include "base/str.h"
#include "gate/state/fold_in.h"

#include <stdio.h>
#include <stdlib.h>

enum { VALUES_MOST = 65536, SOURCES_MOST = 65536 };

static struct sg_seen *
slot_of(const struct sg_values *values, uint64_t digest)
{
	for (size_t i = 0, at = (size_t)digest; i < values->size; i++, at++) {
		struct sg_seen *slot = &values->slots[at & (values->size - 1)];
		if (slot->digest == digest || slot->digest == 0)
			return slot;
	}
	return NULL;
}

const struct sg_origin *
sg_values_find(const struct sg_values *values, uint64_t digest)
{
	struct sg_seen *slot = digest == 0 ? NULL : slot_of(values, digest);
	return slot == NULL || slot->digest == 0 ? NULL : values->sources[slot->source];
}

uint64_t
sg_value_of_part(uint64_t digest, const struct sg_task *task)
{
	uint64_t mixed = task->parent == NULL || digest == 0 ? digest : digest ^ sg_state_tag(task->id) * UINT64_C(0x9E3779B97F4A7C15);
	return mixed == 0 ? digest : mixed;
}

const struct sg_origin *
sg_values_known(const struct sg_task *task, uint64_t digest)
{
	const struct sg_values *values = &task->root->tree->values;
	const struct sg_origin *all = sg_values_find(values, digest), *own = NULL;
	if (all != NULL && strcmp(all->where, "unknown") != 0)
		return all;
	for (const struct sg_task *t = task; t->parent != NULL && own == NULL; t = t->parent)
		own = sg_values_find(values, sg_value_of_part(digest, t));
	return own != NULL ? own : all;
}

size_t
sg_values_room(const struct sg_task *root, size_t most, enum sg_values_share share)
{
	size_t held = root->tree == NULL ? 0 : root->tree->values.count, left = most * (SG_VALUES_ALL - share) / SG_VALUES_ALL;
	return held < most - left ? most - left - held : 0;
}

static bool
values_grow(struct sg_values *values)
{
	struct sg_values larger = *values;
	larger.size = values->size == 0 ? 16 : values->size * 2;
	larger.slots = calloc(larger.size, sizeof(*larger.slots));
	if (larger.slots == NULL)
		return false;
	for (size_t i = 0; i < values->size; i++)
		if (values->slots[i].digest != 0)
			*slot_of(&larger, values->slots[i].digest) = values->slots[i];
	free(values->slots);
	*values = larger;
	return true;
}

bool
sg_values_put(struct sg_values *values, uint64_t digest, uint32_t source)
{
	if (digest == 0 || sg_values_find(values, digest) != NULL)
		return true;
	if (values->count >= VALUES_MOST)
		return true;
	if (4 * (values->count + 1) > 3 * values->size && !values_grow(values))
		return false;
	*slot_of(values, digest) = (struct sg_seen){digest, source};
	values->count++;
	return true;
}

uint64_t
sg_value_teller(const struct sg_task *task)
{
	return sg_state_tag(task->domain != NULL ? task->domain->id : task->id);
}

bool
sg_value_unplaced(const struct sg_origin *origin, uint64_t teller)
{
	return strcmp(origin->where, "unknown") == 0 && origin->teller != 0 && origin->teller != teller;
}

bool
sg_value_replaced(const struct sg_origin *origin, uint64_t teller)
{
	return sg_value_unplaced(origin, teller) || (origin->teller != teller && sg_taint_has(&origin->taint, SG_STR("self_reported")));
}

bool
sg_values_takes_sources(const struct sg_values *values)
{
	return values->source_count < SOURCES_MOST;
}

bool
sg_values_place(struct sg_values *values, uint64_t digest, uint32_t source, uint64_t teller)
{
	const struct sg_origin *before = sg_values_find(values, digest);
	if (before == NULL)
		return sg_values_put(values, digest, source);
	if (sg_value_replaced(before, teller))
		slot_of(values, digest)->source = source;
	return true;
}

struct sg_origin *
sg_values_origin(struct sg_values *values, const char *origin, const char *decision, const struct sg_taint *taint, uint32_t *index)
{
	struct sg_origin *source = sg_values_takes_sources(values) ? calloc(1, sizeof(*source)) : NULL;
	if (source == NULL)
		return NULL;
	source->where = origin;
	snprintf(source->decision, sizeof(source->decision), "%s", decision);
	if (values->source_count == values->source_room) {
		size_t room = values->source_room == 0 ? 4 : values->source_room * 2;
		struct sg_origin **more = realloc(values->sources, room * sizeof(*more));
		if (more == NULL) {
			free(source);
			return NULL;
		}
		values->sources = more;
		values->source_room = room;
	}
	if (taint != NULL && !sg_taint_join(&source->taint, taint)) {
		sg_taint_free(&source->taint);
		free(source);
		return NULL;
	}
	*index = (uint32_t)values->source_count;
	values->sources[values->source_count++] = source;
	return source;
}

void
sg_values_free(struct sg_values *values)
{
	for (size_t i = 0; i < values->source_count; i++) {
		sg_taint_free(&values->sources[i]->taint);
		free(values->sources[i]);
	}
	free(values->sources);
	free(values->slots);
	*values = (struct sg_values){.size = 0};
}

/* Where that which was named in several domains stands: no report places it any more, for what it tells one of them may be its own word. */
static void
place_with_several(struct sg_fold *f, struct sg_values *values, uint64_t digest)
{
	uint32_t index = 0;
	if (values->several == 0) {
		if (!sg_values_takes_sources(values))
			return; /* and none is taken again: nothing is placed from now on, this neither */
		if (sg_values_origin(values, sg_state_word(f->state, SG_STR("unknown")), "", NULL, &index) == NULL) {
			f->missing = "memory";
			return;
		}
		values->several = index + 1;
		values->sources[index]->at_ms = f->at_ms;
	}
	slot_of(values, digest)->source = values->several - 1;
}

/* An agent names it, for an action to be done with or to. */
static bool
name(struct sg_fold *f, struct sg_values *values, uint64_t digest, uint32_t source, uint64_t teller)
{
	const struct sg_origin *before = sg_values_find(values, digest);
	if (before == NULL)
		return sg_values_put(values, digest, source);
	if (sg_value_unplaced(before, teller))
		place_with_several(f, values, digest);
	return true;
}

static bool
any_new(const struct sg_values *values, const struct sg_json *list, uint64_t teller)
{
	for (const struct sg_json *v = sg_json_first(list); v != NULL; v = sg_json_next(list, v)) {
		struct sg_str hex;
		const struct sg_origin *before = sg_json_string(v, &hex) ? sg_values_find(values, sg_value_unhex(hex)) : NULL;
		if (before == NULL || sg_value_replaced(before, teller))
			return true;
	}
	return false;
}

static void
fold_values(struct sg_fold *f, struct sg_task *task, const struct sg_json *list, const char *origin, const char *decision, uint64_t sayer, const struct sg_taint *taint, bool handed)
{
	struct sg_tree *tree = list == NULL || list->count == 0 ? NULL : sg_task_tree(task);
	uint32_t source = 0;
	uint64_t teller = sg_value_teller(task);
	if (tree == NULL || (!handed && !any_new(&tree->values, list, teller)) || !sg_values_takes_sources(&tree->values))
		return;
	if (sg_values_origin(&tree->values, sg_state_word(f->state, sg_str(origin)), decision, taint, &source) == NULL) {
		f->missing = "memory";
		return;
	}
	tree->values.sources[source]->teller = teller;
	tree->values.sources[source]->sayer = sayer;
	tree->values.sources[source]->at_ms = f->at_ms;
	bool names = strcmp(origin, "unknown") == 0, places = !names && !(taint != NULL && sg_taint_has(taint, SG_STR("self_reported")));
	for (const struct sg_json *v = sg_json_first(list); v != NULL; v = sg_json_next(list, v)) {
		struct sg_str hex;
		uint64_t digest = sg_json_string(v, &hex) ? sg_value_unhex(hex) : 0;
		bool good = handed   ? sg_values_put(&tree->values, sg_value_of_part(digest, task->parent), source)
			    : names  ? name(f, &tree->values, digest, source, teller)
			    : places ? sg_values_place(&tree->values, digest, source, teller)
				     : sg_values_put(&tree->values, digest, source);
		if (!good)
			f->missing = "memory";
	}
}

/* A person's word, or an enforcer's, is none of theirs. */
static bool
is_agents_word(const struct sg_origin *source)
{
	return strcmp(source->where, "self") == 0 || (strcmp(source->where, "task") == 0 && source->sayer != 0);
}

void
sg_fold_doubt_words(struct sg_fold *f, struct sg_task *root, const struct sg_taint *told, int64_t since_ms)
{
	struct sg_values *values = root->tree == NULL ? NULL : &root->tree->values;
	for (size_t i = values == NULL ? 0 : values->source_count; i > 0 && (values->sources[i - 1]->at_ms >= since_ms || values->sources[i - 1]->at_ms == 0); i--) {
		struct sg_origin *source = values->sources[i - 1];
		f->state->carried++;
		if (!is_agents_word(source) || source->at_ms == 0) /* of before times were kept: said long ago */
			continue;
		source->where = sg_state_word(f->state, SG_STR("unknown"));
		if (source->where == NULL || !sg_taint_join(&source->taint, told))
			f->missing = "memory";
	}
}

void
sg_fold_values(struct sg_fold *f, struct sg_task *task, const struct sg_json *list, const char *origin, const char *decision, const struct sg_taint *taint)
{
	fold_values(f, task, list, origin, decision, 0, taint, false);
}

void
sg_fold_values_of(struct sg_fold *f, struct sg_task *task, const struct sg_json *list, const char *origin, uint64_t sayer, const struct sg_taint *taint)
{
	fold_values(f, task, list, origin, "", sayer, taint, task->parent != NULL && task->parent->parent != NULL);
}

uint64_t
sg_value_unhex(struct sg_str hex)
{
	uint64_t digest = 0;
	if (hex.len != 16)
		return 0;
	for (size_t i = 0; i < hex.len; i++) {
		const char *digits = "0123456789abcdef", *at = hex.ptr[i] == '\0' ? NULL : strchr(digits, hex.ptr[i]);
		if (at == NULL)
			return 0;
		digest = digest << 4 | (uint64_t)(at - digits);
	}
	return digest;
}
