/* SPDX-License-Identifier: Apache-2.0
 * Rates that were handed down: all that limit one action are counted in one walk over the past of their tree. */
#include "gate/state/history.h"

#include "base/pattern.h"

/* Those that a list of one action counts for, and as far back as the farthest of them reaches. False: none. */
static bool
of_action(struct sg_rate *rates, size_t count, const char *action, int64_t *since_ms)
{
	bool any = false;
	*since_ms = INT64_MAX;
	for (size_t i = 0; i < count; i++) {
		rates[i].fits = sg_pattern_match(rates[i].pattern, (struct sg_str){action, strlen(action)}, '.');
		any |= rates[i].fits;
		if (rates[i].fits && rates[i].since_ms < *since_ms)
			*since_ms = rates[i].since_ms;
	}
	return any;
}

/* False: it is used up, or cannot be told. */
static bool
counts(struct sg_rate *rate, const struct sg_event *event)
{
	if (!rate->fits || event->at_ms < rate->since_ms)
		return true;
	if (rate->task != 0 && event->mixed)
		return false;
	if (rate->task == 0 || sg_event_is_below(event, rate->task))
		rate->used += event->times;
	return rate->used < rate->most;
}

bool
sg_history_rates(const struct sg_history *h, struct sg_rate *rates, size_t count, size_t *walked)
{
	bool good = true;
	for (size_t i = 0; i < count; i++)
		good = good && rates[i].most > 0 && (h->short_ms == 0 || rates[i].since_ms >= h->short_ms);
	for (size_t a = 0; a < h->count && good; a++) {
		const struct sg_deeds *d = &h->deeds[a];
		int64_t since_ms;
		if (!of_action(rates, count, d->action, &since_ms))
			continue;
		for (size_t e = d->count; good && e > 0 && d->events[e - 1].at_ms >= since_ms; e--, ++*walked)
			for (size_t i = 0; i < count && good; i++)
				good = counts(&rates[i], &d->events[e - 1]);
	}
	return good;
}
