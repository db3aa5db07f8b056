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

/* The first place whose label is not before this one: labels stand in the order of their bytes, so that the same are the same however they came. */
static size_t
place_for(const struct sg_taint *taint, struct sg_str label)
{
	size_t from = 0, to = taint->count;
	while (from < to) {
		size_t middle = (from + to) / 2;
		bool before = sg_str_cmp(sg_str(taint->labels[middle]), label) < 0;
		from = before ? middle + 1 : from;
		to = before ? to : middle;
	}
	return from;
}

/* The place of that label; `count` without it. */
static size_t
place_of(const struct sg_taint *taint, struct sg_str label)
{
	size_t place = place_for(taint, label);
	return place < taint->count && sg_str_is(label, taint->labels[place]) ? place : taint->count;
}

static uint64_t
open_bit(uint64_t bits, size_t place)
{
	uint64_t below = (UINT64_C(1) << place) - 1;
	return (bits & below) | (bits & ~below) << 1;
}

static uint64_t
close_bit(uint64_t bits, size_t place)
{
	uint64_t below = (UINT64_C(1) << place) - 1;
	return (bits & below) | (bits >> 1 & ~below);
}

/* The text of a label, kept once for all that came to carry it from one another: a thousand attempts of a task have its labels. */
struct label {
	size_t users;
	char text[];
};

static struct label *
block_of(char *text)
{
	return (struct label *)(void *)(text - offsetof(struct label, text));
}

static char *
new_text(struct sg_str label)
{
	label.len = strnlen(label.ptr, label.len);
	struct label *block = malloc(sizeof(*block) + label.len + 1);
	if (block == NULL)
		return NULL;
	block->users = 0;
	memcpy(block->text, label.ptr, label.len);
	block->text[label.len] = '\0';
	return block->text;
}

static void
drop_text(char *text)
{
	if (text != NULL && (block_of(text)->users == 0 || --block_of(text)->users == 0))
		free(block_of(text));
}

/* `text`: of a block that others use, or NULL: a new one. */
static bool
insert(struct sg_taint *taint, struct sg_str label, enum sg_word word, char *text)
{
	char *copy = text != NULL ? text : new_text(label);
	if (copy == NULL || !room_for_one(taint)) {
		if (text == NULL)
			drop_text(copy);
		return false;
	}
	block_of(copy)->users++;
	size_t place = place_for(taint, sg_str(copy));
	memmove(&taint->labels[place + 1], &taint->labels[place], (taint->count - place) * sizeof(*taint->labels));
	taint->labels[place] = copy;
	taint->count++;
	taint->own = open_bit(taint->own, place);
	taint->reported = open_bit(taint->reported, place);
	set_word(taint, place, word);
	return true;
}

static void
take_out(struct sg_taint *taint, size_t place)
{
	drop_text(taint->labels[place]);
	taint->count--;
	memmove(&taint->labels[place], &taint->labels[place + 1], (taint->count - place) * sizeof(*taint->labels));
	taint->own = close_bit(taint->own, place);
	taint->reported = close_bit(taint->reported, place);
}

void
sg_taint_fill(struct sg_taint *taint)
{
	taint->seq += !taint->full;
	taint->full = true;
}

static const char overflow[] = "overflow";

/* The place of the one that goes first: of the weakest word, and of these the last. "overflow" itself stays. */
static size_t
place_that_goes(const struct sg_taint *taint)
{
	size_t found = taint->count;
	for (size_t place = 0; place < taint->count; place++)
		if (strcmp(taint->labels[place], overflow) != 0 && (found == taint->count || sg_taint_word(taint, place) <= sg_taint_word(taint, found)))
			found = place;
	return found;
}

/* There is no room for all of them. Which ones stay hangs on them alone, not on which came first: what goes has the weaker word, or the same one and comes behind. */
static bool
crowd_in(struct sg_taint *taint, struct sg_str label, enum sg_word word, char *text)
{
	size_t last = place_that_goes(taint);
	enum sg_word weakest = sg_taint_word(taint, last), goes = word < weakest ? word : weakest;
	bool stays = word > weakest || (word == weakest && sg_str_cmp(label, sg_str(taint->labels[last])) < 0);
	if (goes == SG_WORD_NAMED)
		sg_taint_fill(taint);
	if (!stays)
		return true;
	take_out(taint, last);
	return insert(taint, label, word, text);
}

/* In that word, or a stronger one. `*place`: where labels that are before this one end; for the next one, which comes behind it. */
static bool
is_there(const struct sg_taint *taint, size_t *place, const char *label, enum sg_word word)
{
	int order = -1;
	while (*place < taint->count && (order = strcmp(taint->labels[*place], label)) < 0)
		++*place;
	return *place < taint->count && order == 0 && sg_taint_word(taint, *place) >= word;
}

static bool
add(struct sg_taint *taint, struct sg_str label, enum sg_word word, char *text)
{
	label.len = label.len < SG_LABEL_MAX ? label.len : SG_LABEL_MAX;
	size_t place = place_of(taint, label);
	bool is_overflow = sg_str_is(label, overflow), has_overflow = is_overflow || sg_taint_has(taint, sg_str(overflow));
	word = is_overflow ? SG_WORD_NAMED : word;
	if (place < taint->count) {
		if (sg_taint_word(taint, place) < word)
			set_word(taint, place, word);
		return true;
	}
	if (is_overflow || taint->count - has_overflow < SG_LABELS_MAX - 1)
		return insert(taint, label, word, text);
	sg_taint_raise(taint, SG_RESTRICTED); /* something finds no room: the worst is assumed and said */
	return (has_overflow || insert(taint, sg_str(overflow), SG_WORD_NAMED, NULL)) && crowd_in(taint, label, word, text);
}

bool
sg_taint_add(struct sg_taint *taint, struct sg_str label, enum sg_word word)
{
	return add(taint, label, word, NULL);
}

void
sg_taint_share(struct sg_taint *taint, const struct sg_taint *with)
{
	for (size_t i = 0, place = 0; i < taint->count; i++) {
		if (!is_there(with, &place, taint->labels[i], SG_WORD_OWN) || taint->labels[i] == with->labels[place])
			continue;
		drop_text(taint->labels[i]);
		taint->labels[i] = with->labels[place];
		block_of(taint->labels[i])->users++;
	}
}

bool
sg_taint_join(struct sg_taint *taint, const struct sg_taint *from)
{
	bool good = true;
	sg_taint_raise(taint, from->sensitivity);
	if (from->full)
		sg_taint_fill(taint);
	for (size_t i = 0, place = 0; i < from->count; i++)
		if (!is_there(taint, &place, from->labels[i], sg_taint_word(from, i)))
			good &= add(taint, sg_str(from->labels[i]), sg_taint_word(from, i), from->labels[i]);
	return good;
}

bool
sg_taint_within(const struct sg_taint *taint, const struct sg_taint *in)
{
	bool within = taint->sensitivity <= in->sensitivity && (in->full || !taint->full);
	for (size_t i = 0, place = 0; within && i < taint->count; i++)
		within = is_there(in, &place, taint->labels[i], sg_taint_word(taint, i));
	return within;
}

void
sg_taint_free(struct sg_taint *taint)
{
	for (size_t i = 0; i < taint->count; i++)
		drop_text(taint->labels[i]);
	free(taint->labels);
	*taint = (struct sg_taint){.seq = taint->seq};
}

bool
sg_taint_has(const struct sg_taint *taint, struct sg_str label)
{
	return place_of(taint, label) < taint->count;
}

void
sg_fold_labels(struct sg_fold *f, struct sg_taint *labels, const char *member, enum sg_word word)
{
	const struct sg_json *list = sg_fold_get(f, member);
	for (const struct sg_json *l = sg_json_first(list); l != NULL; l = sg_json_next(list, l)) {
		struct sg_str label;
		if (sg_json_string(l, &label) && !sg_taint_add(labels, label, word))
			f->missing = "memory";
	}
}

bool
sg_taint_carries(const struct sg_taint *taint)
{
	return taint->count > 0 || taint->full || taint->sensitivity > SG_PUBLIC;
}
