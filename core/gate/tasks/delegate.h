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

/* SG_REASON_allowed, or the first rule that does not hold. Narrows `delegation` where it may. */
enum sg_reason sg_delegation_refused(struct sg_gate *gate, struct sg_request *request, struct sg_delegation *delegation);

#endif
