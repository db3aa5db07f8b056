/* SPDX-License-Identifier: Apache-2.0
 * What a task, a tree or an agent has behind it: what it was allowed, and where the values were first seen that it names. */
#ifndef SG_GATE_STATE_PAST_H
#define SG_GATE_STATE_PAST_H

#include "frame/segment.h"
#include "gate/state/bounds.h"
#include "gate/state/taint.h"

/* An allowed action, or several close together. Tags stand for ids: their first 16 hex digits. An agent's past knows instances alone, a tree's tasks
 * alone; the others are 0. */
struct sg_event {
	const char *action;
	int64_t at_ms, first_ms; /* of the newest and the oldest of them */
	uint64_t n, first_n;     /* their numbers in the order of all of that past */
	int64_t times, failed; /* failed: of how many somebody else than the agent said so */
	int64_t doubted;       /* of how many it was said that they failed by whoever cannot know whether they happened all the same */
	bool open;  /* it is one, and nobody has told yet what came of it: joined with others after all else */
	bool mixed; /* of several doers: the tags below are of one of them */
	uint64_t task, instance;
	uint64_t above[SG_DEPTH_MAX - 1]; /* tasks between this one and the root, the nearest first; 0: none */
	int64_t spent[SG_DIMENSIONS];
};

/* What one subject did of one action, oldest first. */
struct sg_deeds {
	const char *action;
	struct sg_event *events;
	size_t count, room;
};

/* What one subject was allowed. */
struct sg_history {
	char *agent; /* NULL for a tree's */
	struct sg_deeds *deeds;
	size_t count;
	uint64_t next;
	uint64_t changes; /* in memory alone: another number, and its answers may be others */
	int64_t old_ms;   /* while an older snapshot is read: of its first event */
	int64_t short_ms; /* what happened before was perhaps not kept; 0: all was */
};

/* Where a value was first seen. */
struct sg_seen {
	uint64_t digest;
	uint32_t source;
};

struct sg_origin {
	const char *where; /* "task", "unknown" or an action's name */
	char decision[SG_ID_MAX];
	uint64_t sayer;  /* sg_person_tag of the agent whose word it is, for what a task was handed with; 0: nobody's */
	int64_t at_ms;   /* when it was said; 0: not recorded */
	uint64_t teller; /* the domain that named it (sg_value_teller); 0: several, or not recorded */
	struct sg_taint taint;
};

/* Values of a tree by keyed digest, in a hash table of its own. Where it is full further values stay unknown. */
struct sg_values {
	struct sg_seen *slots;
	size_t size, count; /* size: power of two */
	struct sg_origin **sources;
	size_t source_count, source_room;
	uint32_t several; /* the source of what was named in several domains, and one; 0: nothing was yet */
};

#endif
