/* SPDX-License-Identifier: Apache-2.0
 * A delegation while it is judged. */
#ifndef SG_GATE_DELEGATE_H
#define SG_GATE_DELEGATE_H

#include "gate/tasks/tasks.h"

struct sg_delegation {
	const struct sg_task *parent;
	const struct sg_agent *to;
	const struct sg_intent *intent;
	struct sg_str role;
	bool own;    /* to the same agent: a subtask */
	bool narrow; /* excess is cut off and shown; else refused */
	bool has_actions, has_hand_on, has_resources, has_level;
	struct sg_strings actions, hand_on, resources;
	const struct sg_json *constraints;
	enum sg_sensitivity level;
	int64_t budget[SG_DIMENSIONS]; /* -1: draws on the one above */
	int64_t ttl_ms, max_depth;
	struct sg_buf cut; /* a line for each thing that was cut off */
};

/* Reads the body; `parent` is set. False: *wrong says what is wrong with it. Memory is the request's. */
bool sg_delegation_read(struct sg_gate *gate, struct sg_request *request, struct sg_delegation *delegation, const char **wrong);

/* delegate_limits.c, all of the body's member `constraints`. *out: the member, or NULL; false: it has no such form, or is too much (rule 5). */
bool sg_limits_read(const struct sg_request *request, const struct sg_task *parent, const struct sg_json **out);
/* One of them is on a place in a list: beside that stood others, which nothing would limit. */
bool sg_limits_a_place(const struct sg_request *request);
/* Each is on an action that there is, and says something: a limit on what nobody can do limits nothing, its pattern is misspelt. What is no pattern at all is rule 5's. */
bool sg_limits_something(const struct sg_gate *gate, const struct sg_request *request);

/* SG_REASON_allowed, or the first rule that does not hold. Narrows `delegation` where it may. */
enum sg_reason sg_delegation_refused(struct sg_gate *gate, struct sg_request *request, struct sg_delegation *delegation);

#endif
