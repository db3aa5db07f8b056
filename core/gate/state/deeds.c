/* SPDX-License-Identifier: Apache-2.0
 * Keeping what was allowed: one list for each action of a subject. A full list is squeezed: neighbours that lie close together, compared with their age,
 * become one entry. First those of one doer, then, where that is not enough, of several, which is marked. */
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

/* Newest first; what is left stands at the end of the list, in order. */
static void
squeeze(struct sg_deeds *d, int64_t now_ms, int64_t part, bool mix)
{
	size_t left = d->count;
	for (size_t i = d->count; i > 0; i--) {
		struct sg_event one = d->events[i - 1], *into = NULL;
		for (size_t k = left; k < d->count && k < left + LOOK_BACK && into == NULL; k++)
			if ((mix || same_doer(&d->events[k], &one)) && sg_event_came_to(&d->events[k]) == sg_event_came_to(&one) && close_enough(&d->events[k], &one, now_ms, part))
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
	static const struct {
		int64_t part;
		bool mix;
	} steps[] = {{64, false}, {16, false}, {64, true}, {16, true}, {4, true}, {1, true}};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && d->count > ROOMY; i++)
		squeeze(d, now_ms, steps[i].part, steps[i].mix);
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
	return sg_history_put(h, &one);
}

static bool
spans(const struct sg_event *event, uint64_t n)
{
	return event->n >= n && event->first_n <= n;
}

/* The entry that holds the event of that number: its doer's, or else one of several doers. */
static struct sg_event *
event_of(struct sg_history *h, const struct sg_event *doer, uint64_t n)
{
	struct sg_event *several = NULL;
	for (size_t a = 0; a < h->count; a++) {
		struct sg_deeds *d = &h->deeds[a];
		bool mine = strcmp(d->action, doer->action) == 0;
		for (size_t i = d->count; mine && i > 0; i--) {
			struct sg_event *e = &d->events[i - 1];
			if (spans(e, n) && same_doer(e, doer))
				return e;
			if (spans(e, n) && e->mixed)
				several = e;
		}
	}
	return several;
}

void
sg_history_fail(struct sg_history *h, const struct sg_event *doer, uint64_t n)
{
	struct sg_event *event = event_of(h, doer, n);
	if (event != NULL && event->failed + event->doubted < event->times)
		event->failed++;
}

void
sg_history_doubt(struct sg_history *h, const struct sg_event *doer, uint64_t n)
{
	struct sg_event *event = event_of(h, doer, n);
	if (event != NULL && event->failed + event->doubted < event->times)
		event->doubted++;
}

void
sg_history_settle(struct sg_history *h, const struct sg_event *doer, uint64_t n, const int64_t more[SG_DIMENSIONS])
{
	struct sg_event *event = event_of(h, doer, n);
	for (int d = 0; event != NULL && d < SG_DIMENSIONS; d++) {
		int64_t all = plus(event->spent[d], more[d]);
		event->spent[d] = all < 0 ? 0 : all;
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
