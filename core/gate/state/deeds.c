/* SPDX-License-Identifier: Apache-2.0
 * Keeping what was allowed: one list for each action of a subject. A full list is squeezed: neighbours that lie close together, compared with their age,
 * become one entry. First those of one doer of which it is known what came of them, then those of which it is not, then, where that is not enough, of several
 * doers, which is marked. */
#include "gate/state/history.h"

#include "base/str.h"

#include <stdlib.h>

enum {
	KEPT = 1024,      /* entries of one action */
	ROOMY = KEPT - KEPT / 8,
	LOOK_BACK = 16,   /* entries that an older one is compared with */
	CLOSE_MS = 100,   /* so near to each other are always neighbours */
};

static struct sg_deeds *
deeds_of(struct sg_history *h, const char *action)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->deeds[i].action == action || strcmp(h->deeds[i].action, action) == 0)
			return &h->deeds[i];
	struct sg_deeds *more = realloc(h->deeds, (h->count + 1) * sizeof(*more));
	if (more == NULL)
		return NULL;
	h->deeds = more;
	h->deeds[h->count] = (struct sg_deeds){.action = action};
	return &h->deeds[h->count++];
}

enum sg_came_to
sg_event_came_to(const struct sg_event *event)
{
	if (event->failed == event->times)
		return SG_CAME_TO_NOTHING;
	return event->failed == 0 && event->doubted == 0 ? SG_CAME_TO_PASS : SG_CAME_TO_SOME;
}

static bool
same_doer(const struct sg_event *a, const struct sg_event *b)
{
	return a->mixed == b->mixed && a->task == b->task && a->instance == b->instance && memcmp(a->above, b->above, sizeof(a->above)) == 0;
}

static int64_t
plus(int64_t a, int64_t b)
{
	int64_t sum;
	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static void
join(struct sg_event *newer, const struct sg_event *older)
{
	newer->mixed |= !same_doer(newer, older);
	newer->open = false; /* which of them it is that somebody tells of is known no more */
	if (older->first_n < newer->first_n) {
		newer->first_n = older->first_n;
		newer->first_ms = older->first_ms;
	}
	newer->times += older->times;
	newer->failed += older->failed;
	newer->doubted += older->doubted;
	for (int d = 0; d < SG_DIMENSIONS; d++)
		newer->spent[d] = plus(newer->spent[d], older->spent[d]);
}

/* An entry's span may be that part of its age. */
static bool
close_enough(const struct sg_event *newer, const struct sg_event *older, int64_t now_ms, int64_t part)
{
	int64_t span = newer->at_ms - older->first_ms, age = now_ms - older->first_ms;
	return span <= (age / part > CLOSE_MS ? age / part : CLOSE_MS);
}

struct step {
	int64_t part;   /* how close, as a part of their age */
	bool open, mix; /* also those of which nobody has told yet; also of several doers */
};

static bool
may_join(const struct sg_event *newer, const struct sg_event *older, int64_t now_ms, const struct step *step)
{
	return (step->open || (!newer->open && !older->open)) && (step->mix || same_doer(newer, older)) &&
	       sg_event_came_to(newer) == sg_event_came_to(older) && close_enough(newer, older, now_ms, step->part);
}

/* Newest first; what is left stands at the end of the list, in order of their newest. */
static void
squeeze(struct sg_deeds *d, int64_t now_ms, const struct step *step)
{
	size_t left = d->count;
	for (size_t i = d->count; i > 0; i--) {
		struct sg_event one = d->events[i - 1], *into = NULL;
		for (size_t k = left; k < d->count && k < left + LOOK_BACK && into == NULL; k++)
			if (may_join(&d->events[k], &one, now_ms, step))
				into = &d->events[k];
		if (into != NULL)
			join(into, &one);
		else
			d->events[--left] = one;
	}
	d->count -= left;
	memmove(d->events, d->events + left, d->count * sizeof(*d->events));
}

/* From fine to coarse; the last one always makes room. */
static void
make_room(struct sg_deeds *d, int64_t now_ms)
{
	static const struct step steps[] = {{64, false, false}, {16, false, false}, {64, true, false}, {16, true, false}, {64, true, true}, {16, true, true}, {4, true, true}, {1, true, true}};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && d->count > ROOMY; i++)
		squeeze(d, now_ms, &steps[i]);
}

bool
sg_history_put(struct sg_history *h, const struct sg_event *event)
{
	struct sg_deeds *d = deeds_of(h, event->action);
	if (d == NULL)
		return false;
	if (d->count == KEPT)
		make_room(d, event->at_ms);
	if (d->count == d->room) {
		size_t room = d->room == 0 ? 4 : d->room * 2;
		struct sg_event *more = realloc(d->events, room * sizeof(*more));
		if (more == NULL)
			return false;
		d->events = more;
		d->room = room;
	}
	d->events[d->count++] = *event;
	h->changes++;
	if (h->next <= event->n)
		h->next = event->n + 1;
	return true;
}

bool
sg_history_add(struct sg_history *h, const struct sg_event *event)
{
	struct sg_event one = *event;
	one.n = one.first_n = h->next;
	one.first_ms = one.at_ms;
	one.times = 1;
	one.open = true;
	return sg_history_put(h, &one);
}

/* ---- what came of one of them ---- */

static struct sg_deeds *
list_of(const struct sg_history *h, const char *action)
{
	for (size_t a = 0; a < h->count; a++)
		if (strcmp(h->deeds[a].action, action) == 0)
			return &h->deeds[a];
	return NULL;
}

/* The entry of that event alone; NULL: it was joined with others. */
static struct sg_event *
alone(const struct sg_deeds *d, uint64_t n)
{
	for (size_t i = d->count; i > 0 && d->events[i - 1].n >= n; i--)
		if (d->events[i - 1].n == n && d->events[i - 1].times == 1)
			return &d->events[i - 1];
	return NULL;
}

static bool
has_room(const struct sg_event *event)
{
	return event->failed + event->doubted < event->times;
}

static bool
spans(const struct sg_event *event, uint64_t n)
{
	return event->first_n <= n && event->n >= n;
}

/* Where one that was joined may be: entries lie over one another. `doer` NULL: whoever did it. */
static bool
may_hold(const struct sg_event *event, const struct sg_event *doer, uint64_t n)
{
	return spans(event, n) && has_room(event) && (doer == NULL || event->mixed || same_doer(event, doer));
}

/* How many may hold it; *newest: of these. */
static size_t
holders(const struct sg_deeds *d, const struct sg_event *doer, uint64_t n, struct sg_event **newest)
{
	size_t count = 0;
	*newest = NULL;
	for (size_t i = d->count; i > 0 && d->events[i - 1].n >= n; i--) {
		struct sg_event *e = &d->events[i - 1];
		if (!may_hold(e, doer, n))
			continue;
		*newest = *newest == NULL || e->at_ms > (*newest)->at_ms ? e : *newest;
		count++;
	}
	return count;
}

/* It is in one of several, and nobody knows in which: of each that may hold it one may have failed. */
static void
doubt_all(struct sg_deeds *d, const struct sg_event *doer, uint64_t n)
{
	for (size_t i = d->count; i > 0 && d->events[i - 1].n >= n; i--)
		if (may_hold(&d->events[i - 1], doer, n))
			d->events[i - 1].doubted++;
}

static void
note(struct sg_history *h, const struct sg_event *doer, uint64_t n, bool failed)
{
	struct sg_deeds *d = list_of(h, doer->action);
	struct sg_event *event = d == NULL ? NULL : alone(d, n);
	size_t count = event != NULL ? has_room(event) : 0;
	h->changes++;
	if (d == NULL)
		return;
	if (event == NULL && (count = holders(d, doer, n, &event)) == 0) {
		doer = NULL;
		count = holders(d, doer, n, &event);
	}
	if (count == 1)
		failed ? event->failed++ : event->doubted++;
	else if (count > 1)
		doubt_all(d, doer, n);
}

void
sg_history_fail(struct sg_history *h, const struct sg_event *doer, uint64_t n)
{
	note(h, doer, n, true);
}

void
sg_history_doubt(struct sg_history *h, const struct sg_event *doer, uint64_t n)
{
	note(h, doer, n, false);
}

void
sg_history_told(struct sg_history *h, const struct sg_event *doer, uint64_t n)
{
	struct sg_deeds *d = list_of(h, doer->action);
	struct sg_event *event = d == NULL ? NULL : alone(d, n);
	if (event != NULL)
		event->open = false;
}

/* The entries that it may be in, how much of them is in doubt aside: what it cost is in one of them. *newest: of these; NULL: none. */
static size_t
spanning(const struct sg_deeds *d, const struct sg_event *doer, uint64_t n, struct sg_event **newest)
{
	size_t count = 0;
	*newest = NULL;
	for (size_t i = d->count; i > 0 && d->events[i - 1].n >= n; i--) {
		struct sg_event *e = &d->events[i - 1];
		if (!spans(e, n) || (doer != NULL && !e->mixed && !same_doer(e, doer)))
			continue;
		*newest = *newest == NULL || e->at_ms > (*newest)->at_ms ? e : *newest;
		count++;
	}
	return count;
}

/* It is in one of so many; 1: in *event for certain. Where nothing fits (a record of before) in none, and the newest of all counts for it. */
static size_t
one_of(const struct sg_deeds *d, const struct sg_event *doer, uint64_t n, struct sg_event **event)
{
	size_t count = 1;
	if ((*event = alone(d, n)) == NULL && (count = spanning(d, doer, n, event)) == 0)
		count = 1 + spanning(d, NULL, n, event);
	if (*event == NULL && d->count > 0)
		*event = &d->events[d->count - 1];
	return *event != NULL && count == 1 && !spans(*event, n) ? 0 : count;
}

/* Where several may hold it nothing is given back, and what is more counts for the newest: a sum is never smaller than the truth. */
void
sg_history_settle(struct sg_history *h, const struct sg_event *doer, uint64_t n, const int64_t more[SG_DIMENSIONS])
{
	struct sg_deeds *d = list_of(h, doer->action);
	struct sg_event *event = NULL;
	size_t count = d == NULL ? 0 : one_of(d, doer, n, &event);
	h->changes++;
	for (int i = 0; event != NULL && i < SG_DIMENSIONS; i++) {
		int64_t all = plus(event->spent[i], more[i]);
		if (count == 1 || more[i] > 0)
			event->spent[i] = all < 0 ? 0 : all;
	}
}

void
sg_history_disown(struct sg_history *h)
{
	h->changes++;
	for (size_t a = 0; a < h->count; a++)
		for (size_t i = 0; i < h->deeds[a].count; i++) {
			struct sg_event *e = &h->deeds[a].events[i];
			e->failed = e->times;
			e->doubted = 0;
			e->open = false;
		}
}

void
sg_history_free(struct sg_history *h)
{
	for (size_t i = 0; i < h->count; i++)
		free(h->deeds[i].events);
	free(h->deeds);
	h->deeds = NULL;
	h->count = 0;
}
