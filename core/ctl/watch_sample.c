/* SPDX-License-Identifier: Apache-2.0
 * Samples of the status, and what lies between two of them. */
#include "ctl/watch.h"
#include "ctl/show.h"

#include "base/str.h"

#include <time.h>

static int64_t
clock_ms(clockid_t clock)
{
	struct timespec now = {0};
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
sg_watch_done(struct sg_watch *w)
{
	sg_ctl_answer_done(&w->now.answer);
	sg_ctl_answer_done(&w->before.answer);
}

/* True if any counter of `group` is smaller than it was. */
static bool
went_back(const struct sg_watch *w, const char *group)
{
	const struct sg_json *old = sg_json_get(w->before.answer.json, group), *now = sg_json_get(w->now.answer.json, group);
	for (const struct sg_json *m = sg_json_first(old); m != NULL; m = sg_json_next(old, m)) {
		int64_t was = 0, is = 0;
		sg_json_int(m, &was);
		sg_json_int(sg_json_get_str(now, m->name), &is);
		if (is < was)
			return true;
	}
	return false;
}

void
sg_watch_take(struct sg_watch *w)
{
	if (w->now.answer.json != NULL) {
		sg_ctl_answer_done(&w->before.answer);
		w->before = w->now;
	} else {
		sg_ctl_answer_done(&w->now.answer);
	}
	w->now = (struct sg_watch_sample){0};
	if (sg_ctl_look(w->ctl, "/v1/status", &w->now.answer, &w->now.err) != SG_OK)
		w->now.answer.json = NULL;
	w->now.at_ms = clock_ms(CLOCK_BOOTTIME);
	w->now.wall_s = clock_ms(CLOCK_REALTIME) / 1000;
	w->restarted = w->now.answer.json != NULL && (went_back(w, "verdicts") || went_back(w, "reasons"));
}

bool
sg_watch_is_rated(const struct sg_watch *w)
{
	return w->now.answer.json != NULL && w->before.answer.json != NULL && !w->restarted && w->now.at_ms > w->before.at_ms;
}

double
sg_watch_rate(const struct sg_watch *w, const char *group, struct sg_str name)
{
	int64_t was = 0, is = 0;
	if (!sg_watch_is_rated(w))
		return 0;
	sg_json_int(sg_json_get_str(sg_json_get(w->before.answer.json, group), name), &was);
	sg_json_int(sg_json_get_str(sg_json_get(w->now.answer.json, group), name), &is);
	return (double)(is - was) * 1000 / (double)(w->now.at_ms - w->before.at_ms);
}

int64_t
sg_watch_lag(const struct sg_watch *w, const struct sg_json *module)
{
	struct sg_str name = sg_json_text_at(module, "name");
	if (name.len <= 6 || memcmp(name.ptr, "audit.", 6) != 0)
		return -1;
	int64_t lag = sg_show_int(w->now.answer.json, "durable") - sg_show_int(module, "durable");
	return lag > 0 ? lag : 0;
}
