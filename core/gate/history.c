/* SPDX-License-Identifier: Apache-2.0
 * What was allowed before: a ring for each agent and one for each tree, and the questions that rules may ask of them. */
#include "gate/history.h"

#include "base/pattern.h"
#include "base/str.h"
#include "gate/fold_in.h"

#include <stdlib.h>

static bool
grow(struct sg_history *history)
{
	size_t room = history->room == 0 ? 4 : history->room * 2;
	struct sg_event *more = realloc(history->events, room * sizeof(*more));
	if (more == NULL)
		return false;
	history->events = more;
	history->room = room;
	return true;
}

bool
sg_history_add(struct sg_history *history, const struct sg_event *event)
{
	if (history->next >= history->room && history->room < SG_HISTORY_MAX && !grow(history))
		return false;
	history->events[history->next++ % history->room] = *event;
	return true;
}

static struct sg_history *
history_of(struct sg_fold *f, const char *agent)
{
	struct sg_history *h = sg_table_get(&f->state->histories, sg_str(agent));
	if (h != NULL)
		return h;
	h = calloc(1, sizeof(*h));
	if (h == NULL || (h->agent = strdup(agent)) == NULL) {
		free(h);
		f->missing = "memory";
		return NULL;
	}
	sg_fold_put(f, &f->state->histories, h->agent, h);
	return h;
}

void
sg_fold_remember(struct sg_fold *f, struct sg_attempt *attempt)
{
	struct sg_task *task = attempt->task;
	struct sg_history *own = history_of(f, task->agent);
	struct sg_tree *tree = sg_task_tree(task);
	struct sg_event event = {.action = attempt->action, .at_ms = f->steady_ms, .task = sg_state_tag(task->id), .root = sg_state_tag(task->root->id),
				 .instance = sg_state_tag(task->instance->id)};
	size_t above = 0;
	for (const struct sg_task *t = task->parent; t != NULL && t->parent != NULL; t = t->parent)
		event.above[above++] = sg_state_tag(t->id);
	memcpy(event.spent, attempt->spent, sizeof(event.spent));
	if (own == NULL || tree == NULL || !sg_history_add(own, &event) || !sg_history_add(&tree->history, &event))
		f->missing = "memory";
}

/* ---- questions ---- */

static const char *const scopes[] = {"task", "tree", "instance", "agent"};

bool
sg_scope_named(struct sg_str word, enum sg_scope *scope)
{
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
		if (sg_str_is(word, scopes[i])) {
			*scope = (enum sg_scope)i;
			return true;
		}
	return false;
}

static const struct sg_history *
ring_of(const struct sg_state *state, const struct sg_asked *q)
{
	if (q->scope == SG_SCOPE_TASK || q->scope == SG_SCOPE_TREE || q->scope == SG_SCOPE_BELOW)
		return q->task->root->tree == NULL ? NULL : &q->task->root->tree->history;
	return sg_table_get(&state->histories, sg_str(q->task->agent));
}

static bool
is_below(const struct sg_event *event, uint64_t task)
{
	bool below = event->task == task;
	for (size_t i = 0; i < SG_DEPTH_MAX - 1; i++)
		below |= event->above[i] == task;
	return below;
}

static bool
counts(const struct sg_asked *q, const struct sg_event *event, int64_t since)
{
	if (event->at_ms < since)
		return false;
	if (q->scope == SG_SCOPE_TASK)
		return event->task == sg_state_tag(q->task->id);
	if (q->scope == SG_SCOPE_BELOW)
		return is_below(event, sg_state_tag(q->task->id));
	return q->scope != SG_SCOPE_INSTANCE || event->instance == sg_state_tag(q->task->instance->id);
}

/* Events that count, newest first, until `each` says no. */
static void
walk(const struct sg_state *state, const struct sg_asked *q, bool (*each)(const struct sg_event *, void *), void *to)
{
	const struct sg_history *h = ring_of(state, q);
	int64_t since = q->within_ms == 0 ? INT64_MIN : q->now_ms - q->within_ms;
	for (uint64_t i = h == NULL ? 0 : h->next; i > 0 && h->next - i < h->room; i--) {
		const struct sg_event *event = &h->events[(i - 1) % h->room];
		if (counts(q, event, since) && !each(event, to))
			return;
	}
}

struct tally {
	struct sg_str pattern;
	int64_t count, sum, last_ms;
	enum sg_dimension of;
};

static bool
tally_one(const struct sg_event *event, void *to)
{
	struct tally *t = to;
	if (!sg_pattern_match(t->pattern, sg_str(event->action), '.'))
		return true;
	t->count++;
	t->sum += event->spent[t->of];
	if (t->last_ms < event->at_ms)
		t->last_ms = event->at_ms;
	return true;
}

static struct tally
tally(const struct sg_state *state, const struct sg_asked *q, struct sg_str pattern, enum sg_dimension of)
{
	struct tally t = {.pattern = pattern, .of = of, .last_ms = -1};
	walk(state, q, tally_one, &t);
	return t;
}

int64_t
sg_history_count(const struct sg_state *state, const struct sg_asked *q, struct sg_str pattern)
{
	return tally(state, q, pattern, SG_DIMENSION_calls).count;
}

bool
sg_history_lost(const struct sg_state *state, const struct sg_asked *q)
{
	const struct sg_history *h = ring_of(state, q);
	return h != NULL && h->next > SG_HISTORY_MAX && h->events[h->next % h->room].at_ms >= q->now_ms - q->within_ms;
}

int64_t
sg_history_sum(const struct sg_state *state, const struct sg_asked *q, struct sg_str pattern, enum sg_dimension of)
{
	return tally(state, q, pattern, of).sum;
}

int64_t
sg_history_since(const struct sg_state *state, const struct sg_asked *q, struct sg_str pattern)
{
	struct tally t = tally(state, q, pattern, SG_DIMENSION_calls);
	return t.count == 0 ? -1 : q->now_ms > t.last_ms ? q->now_ms - t.last_ms : 0;
}

struct sequence {
	const struct sg_json *patterns;
	size_t left; /* of the patterns, from the first one on, those not yet met */
};

static struct sg_str
pattern_at(const struct sg_json *patterns, size_t index)
{
	struct sg_str out = {"", 0};
	for (const struct sg_json *p = sg_json_first(patterns); p != NULL; p = sg_json_next(patterns, p))
		if (index-- == 0)
			sg_json_string(p, &out);
	return out;
}

static bool
sequence_one(const struct sg_event *event, void *to)
{
	struct sequence *s = to;
	if (sg_pattern_match(pattern_at(s->patterns, s->left - 1), sg_str(event->action), '.'))
		s->left--;
	return s->left > 0;
}

bool
sg_history_order(const struct sg_state *state, const struct sg_asked *q, const struct sg_json *patterns)
{
	struct sequence s = {patterns, patterns->count};
	if (s.left > 0)
		walk(state, q, sequence_one, &s);
	return s.left == 0;
}

bool
sg_history_together(const struct sg_state *state, const struct sg_asked *q, const struct sg_json *patterns, struct sg_str now)
{
	for (const struct sg_json *p = sg_json_first(patterns); p != NULL; p = sg_json_next(patterns, p)) {
		struct sg_str pattern = {"", 0};
		sg_json_string(p, &pattern);
		if (!sg_pattern_match(pattern, now, '.') && sg_history_count(state, q, pattern) == 0)
			return false;
	}
	return patterns->count > 0;
}
