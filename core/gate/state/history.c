/* SPDX-License-Identifier: Apache-2.0
 * What was allowed before: a ring for each agent and one for each tree, and the questions that rules may ask of them. */
#include "gate/state/history.h"

#include "base/pattern.h"
#include "base/str.h"
#include "gate/state/fold_in.h"

#include <stdlib.h>

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

/* Who did it: as an agent's past tells it, and as a tree's. */
static struct sg_event
own_deed(const struct sg_task *task, const char *action)
{
	return (struct sg_event){.action = action, .instance = sg_state_tag(task->instance->id)};
}

static struct sg_event
tree_deed(const struct sg_task *task, const char *action)
{
	struct sg_event e = {.action = action, .task = sg_state_tag(task->id)};
	size_t above = 0;
	for (const struct sg_task *t = task->parent; t != NULL && t->parent != NULL; t = t->parent)
		e.above[above++] = sg_state_tag(t->id);
	return e;
}

void
sg_fold_remember(struct sg_fold *f, struct sg_attempt *attempt)
{
	struct sg_task *task = attempt->task;
	struct sg_history *own = history_of(f, task->agent);
	struct sg_tree *tree = sg_task_tree(task);
	struct sg_event mine = own_deed(task, attempt->action), whole = tree_deed(task, attempt->action);
	mine.at_ms = whole.at_ms = f->steady_ms;
	memcpy(mine.spent, attempt->spent, sizeof(mine.spent));
	memcpy(whole.spent, attempt->spent, sizeof(whole.spent));
	if (own == NULL || tree == NULL || !sg_history_add(own, &mine) || !sg_history_add(&tree->history, &whole)) {
		f->missing = "memory";
		return;
	}
	attempt->deed[0] = own->next;
	attempt->deed[1] = tree->history.next;
}

void
sg_fold_spent(struct sg_fold *f, const struct sg_attempt *attempt, const int64_t before[SG_DIMENSIONS])
{
	const struct sg_task *task = attempt->task;
	struct sg_history *own = sg_table_get(&f->state->histories, sg_str(task->agent));
	struct sg_event mine = own_deed(task, attempt->action), whole = tree_deed(task, attempt->action);
	int64_t more[SG_DIMENSIONS];
	for (int d = 0; d < SG_DIMENSIONS; d++)
		more[d] = attempt->spent[d] - before[d];
	if (own != NULL && attempt->deed[0] > 0)
		sg_history_settle(own, &mine, attempt->deed[0] - 1, more);
	if (task->root->tree != NULL && attempt->deed[1] > 0)
		sg_history_settle(&task->root->tree->history, &whole, attempt->deed[1] - 1, more);
}

/* Says one thing of it to the past of its agent and of its tree. */
static void
say(struct sg_state *state, const struct sg_attempt *attempt, void (*what)(struct sg_history *, const struct sg_event *, uint64_t))
{
	const struct sg_task *task = attempt->task;
	struct sg_history *own = sg_table_get(&state->histories, sg_str(task->agent));
	struct sg_event mine = own_deed(task, attempt->action), whole = tree_deed(task, attempt->action);
	if (own != NULL && attempt->deed[0] > 0)
		what(own, &mine, attempt->deed[0] - 1);
	if (task->root->tree != NULL && attempt->deed[1] > 0)
		what(&task->root->tree->history, &whole, attempt->deed[1] - 1);
}

void
sg_fold_failed(struct sg_state *state, const struct sg_attempt *attempt, bool undone)
{
	say(state, attempt, undone ? sg_history_fail : sg_history_doubt);
}

void
sg_fold_told(struct sg_state *state, const struct sg_attempt *attempt)
{
	say(state, attempt, sg_history_told);
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
past_of(const struct sg_state *state, const struct sg_asked *q)
{
	if (q->scope == SG_SCOPE_TASK || q->scope == SG_SCOPE_TREE || q->scope == SG_SCOPE_BELOW)
		return q->task->root->tree == NULL ? NULL : &q->task->root->tree->history;
	return sg_table_get(&state->histories, sg_str(q->task->agent));
}

uint64_t
sg_past_changes(const struct sg_state *state, const struct sg_task *task)
{
	const struct sg_history *own = sg_table_get(&state->histories, sg_str(task->agent)), *tree = task->root->tree == NULL ? NULL : &task->root->tree->history;
	return (own == NULL ? 0 : own->changes) + (tree == NULL ? 0 : tree->changes);
}

bool
sg_event_is_below(const struct sg_event *event, uint64_t task)
{
	bool below = event->task == task;
	for (size_t i = 0; i < SG_DEPTH_MAX - 1; i++)
		below |= event->above[i] == task;
	return below;
}

static bool
of_root(const struct sg_asked *q)
{
	return q->scope == SG_SCOPE_BELOW && q->task->parent == NULL;
}

static bool
is_whole(const struct sg_asked *q)
{
	return q->scope == SG_SCOPE_TREE || q->scope == SG_SCOPE_AGENT || of_root(q);
}

/* One of several doers is within any scope narrower than the whole: nobody can tell. */
static bool
counts(struct sg_asked *q, const struct sg_event *event)
{
	if (is_whole(q))
		return true;
	if (event->mixed) {
		q->trouble = SG_REASON_history_full;
		return false;
	}
	if (q->scope == SG_SCOPE_TASK)
		return event->task == sg_state_tag(q->task->id);
	if (q->scope == SG_SCOPE_BELOW)
		return sg_event_is_below(event, sg_state_tag(q->task->id));
	return event->instance == sg_state_tag(q->task->instance->id);
}

/* Events of actions that fit and count, newest first for each action, until `each` says no. */
static void
walk(const struct sg_state *state, struct sg_asked *q, struct sg_str pattern, bool (*each)(const struct sg_event *, void *), void *to)
{
	const struct sg_history *h = past_of(state, q);
	int64_t since = q->within_ms == 0 ? INT64_MIN : q->now_ms - q->within_ms;
	if (h != NULL && h->short_ms > 0 && since < h->short_ms)
		q->trouble = SG_REASON_history_short;
	for (size_t a = 0; h != NULL && a < h->count; a++) {
		const struct sg_deeds *d = &h->deeds[a];
		bool fits = sg_pattern_match(pattern, sg_str(d->action), '.');
		for (size_t i = d->count; fits && i > 0 && d->events[i - 1].at_ms >= since; i--, q->walked++)
			if (counts(q, &d->events[i - 1]) && !each(&d->events[i - 1], to))
				break;
	}
}

static enum sg_reason
unsure_of(const struct sg_event *event)
{
	return event->doubted > 0 ? SG_REASON_history_unsure : SG_REASON_history_full;
}

struct tally {
	struct sg_str action;        /* what is asked for itself */
	int64_t count, sum, last_ms; /* last_ms: of what did not fail; -1: none */
	int64_t perhaps_ms;          /* of entries of which some failed, nobody knows which, or may have; -1: none */
	enum sg_reason why;          /* it is not known of that one */
	enum sg_dimension of;
};

static bool
tally_one(const struct sg_event *event, void *to)
{
	struct tally *t = to;
	t->count += event->times;
	if (__builtin_add_overflow(t->sum, event->spent[t->of], &t->sum))
		t->sum = INT64_MAX;
	enum sg_came_to came_to = sg_event_came_to(event);
	if (came_to == SG_CAME_TO_SOME && event->doubted > 0 && sg_str_is(t->action, event->action))
		came_to = SG_CAME_TO_PASS;
	if (came_to == SG_CAME_TO_PASS && t->last_ms < event->at_ms)
		t->last_ms = event->at_ms;
	if (came_to == SG_CAME_TO_SOME && t->perhaps_ms < event->at_ms) {
		t->perhaps_ms = event->at_ms;
		t->why = unsure_of(event);
	}
	return true;
}

static struct tally
tally(const struct sg_state *state, struct sg_asked *q, struct sg_str pattern, enum sg_dimension of)
{
	struct tally t = {.action = q->action, .of = of, .last_ms = -1, .perhaps_ms = -1};
	walk(state, q, pattern, tally_one, &t);
	return t;
}

int64_t
sg_history_count(const struct sg_state *state, struct sg_asked *q, struct sg_str pattern)
{
	return tally(state, q, pattern, SG_DIMENSION_calls).count;
}

int64_t
sg_history_sum(const struct sg_state *state, struct sg_asked *q, struct sg_str pattern, enum sg_dimension of)
{
	return tally(state, q, pattern, of).sum;
}

bool
sg_history_did(const struct sg_state *state, struct sg_asked *q, struct sg_str pattern)
{
	struct tally t = tally(state, q, pattern, SG_DIMENSION_calls);
	if (t.last_ms < 0 && t.perhaps_ms >= 0)
		q->trouble = t.why;
	return t.last_ms >= 0;
}

int64_t
sg_history_since(const struct sg_state *state, struct sg_asked *q, struct sg_str pattern)
{
	struct tally t = tally(state, q, pattern, SG_DIMENSION_calls);
	if (t.perhaps_ms > t.last_ms)
		q->trouble = t.why;
	return t.last_ms < 0 ? -1 : q->now_ms > t.last_ms ? q->now_ms - t.last_ms : 0;
}

/* The newest event before a number. An entry that reaches over that number has its first event before it for certain, and perhaps a later one. */
struct before {
	uint64_t limit, found; /* found: its number and one; 0: none */
	enum sg_reason unsure; /* why it is not known; SG_REASON_allowed: it is */
};

static bool
before_one(const struct sg_event *event, void *to)
{
	struct before *b = to;
	if (sg_event_came_to(event) == SG_CAME_TO_NOTHING)
		return true;
	if (sg_event_came_to(event) == SG_CAME_TO_SOME) {
		b->unsure = unsure_of(event);
		return true;
	}
	uint64_t n = event->n < b->limit ? event->n + 1 : event->first_n < b->limit ? event->first_n + 1 : 0;
	if (n > 0 && event->n >= b->limit && b->unsure == SG_REASON_allowed)
		b->unsure = SG_REASON_history_full;
	if (n > b->found)
		b->found = n;
	return true;
}

static struct sg_str
pattern_at(const struct sg_json *patterns, size_t index)
{
	struct sg_str out = {"", 0};
	for (const struct sg_json *p = sg_json_first(patterns); p != NULL; p = sg_json_next(patterns, p))
		if (index-- == 0)
			sg_json_string(p, &out);
	return out;
}

bool
sg_history_order(const struct sg_state *state, struct sg_asked *q, const struct sg_json *patterns)
{
	struct before b = {.limit = UINT64_MAX, .unsure = SG_REASON_allowed};
	for (size_t left = patterns->count; left > 0; left--) {
		b.found = 0;
		walk(state, q, pattern_at(patterns, left - 1), before_one, &b);
		if (b.found == 0) {
			if (b.unsure != SG_REASON_allowed)
				q->trouble = b.unsure;
			return false;
		}
		b.limit = b.found - 1;
	}
	return true;
}

bool
sg_history_together(const struct sg_state *state, struct sg_asked *q, const struct sg_json *patterns, struct sg_str now)
{
	for (const struct sg_json *p = sg_json_first(patterns); p != NULL; p = sg_json_next(patterns, p)) {
		struct sg_str pattern = {"", 0};
		sg_json_string(p, &pattern);
		if (!sg_pattern_match(pattern, now, '.') && !sg_history_did(state, q, pattern))
			return false;
	}
	return patterns->count > 0;
}
