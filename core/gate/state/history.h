/* SPDX-License-Identifier: Apache-2.0
 * Questions to what was allowed before. Each subject (an agent, a tree) keeps each action apart, so that nothing pushes out what is counted. An action
 * that happened very often is kept in slots: events close together, compared with their age, are one entry with a number; a slot counts as long as
 * its newest event does, so that a count is never smaller than the truth. What cannot be told any more is said, never guessed. Gate thread only. */
#ifndef SG_GATE_HISTORY_H
#define SG_GATE_HISTORY_H

#include "gate/state/state.h"

/* The last is the task and all below it; rules have no word for it. */
enum sg_scope { SG_SCOPE_TASK, SG_SCOPE_TREE, SG_SCOPE_INSTANCE, SG_SCOPE_AGENT, SG_SCOPE_BELOW };

/* "task", "tree", "instance", "agent". False (output untouched) for another word. */
bool sg_scope_named(struct sg_str word, enum sg_scope *scope);

/* Whose past, how far back. */
struct sg_asked {
	const struct sg_task *task;
	enum sg_scope scope;
	int64_t within_ms;      /* 0: ever */
	struct sg_str action;   /* for what it is asked: of that one `did` and `since` take for done what may have failed, so that its own doubt does not keep it from
				 * ever being certain again; {NULL, 0}: of none */
	int64_t now_ms;         /* as of when: steady milliseconds (sg_state_steady) */
	size_t walked;          /* out: entries that were looked at, added to what is there */
	enum sg_reason trouble; /* out: SG_REASON_allowed unless what was asked cannot be told: history_full (entries of several subjects had to be
				 * joined), history_short (an older form of the record kept less). Set by any of the questions below; the caller
				 * begins with SG_REASON_allowed and denies for anything else */
};

/* How often an action that fits was allowed. */
int64_t sg_history_count(const struct sg_state *state, struct sg_asked *q, struct sg_str pattern);
/* What those cost together. */
int64_t sg_history_sum(const struct sg_state *state, struct sg_asked *q, struct sg_str pattern, enum sg_dimension of);
/* Whether at all; what is known to have failed did not happen, nor does it for the questions below. */
bool sg_history_did(const struct sg_state *state, struct sg_asked *q, struct sg_str pattern);
/* Milliseconds since the last one; -1: there was none. */
int64_t sg_history_since(const struct sg_state *state, struct sg_asked *q, struct sg_str pattern);
/* `patterns` (an array) were allowed one after the other, in this order, whatever came between. */
bool sg_history_order(const struct sg_state *state, struct sg_asked *q, const struct sg_json *patterns);
/* With action `now`, each of `patterns` would have been allowed. */
bool sg_history_together(const struct sg_state *state, struct sg_asked *q, const struct sg_json *patterns, struct sg_str now);

/* rates.c. A rate that was handed to a task: fewer than `most` of `pattern` since then, by it and all below it. */
enum { SG_RATES_MAX = 512 /* that limit one action: each grant of a chain its 64 (a record of before SG_GRANT_RATES) */ };
struct sg_rate {
	struct sg_str pattern;
	uint64_t task;          /* its tag; 0: the whole tree */
	int64_t since_ms, most; /* steady */
	int64_t used;           /* out */
	bool fits;              /* scratch */
};
/* All of them have room. False: one has not, or cannot be told. *walked: entries that were looked at, added. */
bool sg_history_rates(const struct sg_history *history, struct sg_rate *rates, size_t count, size_t *walked);

/* Another number than before, and answers of this task's past may be others. */
uint64_t sg_past_changes(const struct sg_state *state, const struct sg_task *task);

/* deeds.c. One more event, newer than all others of that history. False on no memory. */
bool sg_history_add(struct sg_history *history, const struct sg_event *event);
/* The same with an event that has its number already, as a snapshot holds it. */
bool sg_history_put(struct sg_history *history, const struct sg_event *event);
/* The event of that number, of the action and the doer of `doer`, failed. Where it was joined with others nobody can tell which one did, nor, where entries lie over
 * one another, in which it is: then what asks for what came of it has no answer, of each that may hold it. */
void sg_history_fail(struct sg_history *history, const struct sg_event *doer, uint64_t n);
/* The same of one that may have happened all the same: what asks whether it was done has no answer, whichever way it would go, before another one is certain. */
void sg_history_doubt(struct sg_history *history, const struct sg_event *doer, uint64_t n);
/* What came of it is told: no word of it comes any more. */
void sg_history_told(struct sg_history *history, const struct sg_event *doer, uint64_t n);
/* All of it was somebody else's: it counts as often, and is done by nobody. */
void sg_history_disown(struct sg_history *history);
/* What it really spent differs by so much from what was reserved. */
void sg_history_settle(struct sg_history *history, const struct sg_event *doer, uint64_t n, const int64_t more[SG_DIMENSIONS]);
/* The task of that tag did it, or one below it (of what is joined: all of them). */
bool sg_event_is_below(const struct sg_event *event, uint64_t task);
/* What came of an entry's events: all happened, none did, some did or may have. */
enum sg_came_to { SG_CAME_TO_PASS, SG_CAME_TO_NOTHING, SG_CAME_TO_SOME };
enum sg_came_to sg_event_came_to(const struct sg_event *event);
void sg_history_free(struct sg_history *history);

#endif
