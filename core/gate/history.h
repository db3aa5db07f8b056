/* SPDX-License-Identifier: Apache-2.0
 * Questions to what was allowed before. All are answered from the ring of the agent or of the tree: at most SG_HISTORY_MAX newest events, which counts
 * less than there was and never more. */
#ifndef SG_GATE_HISTORY_H
#define SG_GATE_HISTORY_H

#include "gate/state.h"

/* The last is the task and all below it; rules have no word for it. */
enum sg_scope { SG_SCOPE_TASK, SG_SCOPE_TREE, SG_SCOPE_INSTANCE, SG_SCOPE_AGENT, SG_SCOPE_BELOW };

/* "task", "tree", "instance", "agent". False (output untouched) for another word. */
bool sg_scope_named(struct sg_str word, enum sg_scope *scope);

/* Whose past, how far back. */
struct sg_asked {
	const struct sg_task *task;
	enum sg_scope scope;
	int64_t within_ms; /* 0: ever */
	int64_t now_ms;    /* as of when: steady milliseconds (sg_state_steady) */
};

/* How often an action that fits was allowed. */
int64_t sg_history_count(const struct sg_state *state, const struct sg_asked *q, struct sg_str pattern);
/* More happened within that time than is remembered. */
bool sg_history_lost(const struct sg_state *state, const struct sg_asked *q);
/* What those cost together. */
int64_t sg_history_sum(const struct sg_state *state, const struct sg_asked *q, struct sg_str pattern, enum sg_dimension of);
/* Milliseconds since the last one; -1: there was none. */
int64_t sg_history_since(const struct sg_state *state, const struct sg_asked *q, struct sg_str pattern);
/* `patterns` (an array) were allowed one after the other, in this order, whatever came between. */
bool sg_history_order(const struct sg_state *state, const struct sg_asked *q, const struct sg_json *patterns);
/* With action `now`, each of `patterns` would have been allowed. */
bool sg_history_together(const struct sg_state *state, const struct sg_asked *q, const struct sg_json *patterns, struct sg_str now);

#endif
