/* SPDX-License-Identifier: Apache-2.0
 * What a task was given by the one above it: actions, resources, limits on arguments, sensitivity. Checked when it is given (is it narrower?) and at
 * every action, all the way up, so that what a child may do each task above it could have been given too. */
#ifndef SG_GATE_GRANT_H
#define SG_GATE_GRANT_H

#include "base/buf.h"
#include "gate/state/state.h"

enum {
	SG_GRANT_BYTES = 16 << 10,   /* a grant, canonical */
	SG_GRANT_PATTERNS = 64,      /* of each list */
	SG_GRANT_CONSTRAINTS = 64,   /* all actions together */
	SG_GRANT_RATES = 16,         /* of a grant and those above it: each is counted at each action that it fits */
	SG_GRANT_WORDS = 64,         /* of one one_of */
};

/* {"actions":[..]|null,"constraints":{ACTION PATTERN:{PATH:{TYPE:VALUE}}},"hand_on":[..]|null,"max_depth":n,"resources":[..]|null,"sensitivity":level}.
 * NULL on no memory or another form. Equal ones are one; sg_task_grant_free gives one back. */
struct sg_task_grant *sg_task_grant_read(struct sg_state *state, const struct sg_json *json);
void sg_task_grant_free(struct sg_state *state, struct sg_task_grant *grant);

/* Does this grant let the action through? SG_REASON_allowed, outside_grant or outside_constraint. `left`: as of sg_argument_shadow. */
enum sg_reason sg_task_grant_admits(const struct sg_task_grant *grant, const struct sg_action *action, struct sg_str resource, const struct sg_json *args, enum sg_sensitivity level, size_t *left);

/* True if every pattern of `inner` is covered by one of `outer`. */
bool sg_patterns_cover(const struct sg_strings *outer, const struct sg_strings *inner, char separator);

/* X(type, its value, what it lets through) */
#define SG_CONSTRAINTS(X)                                                                                              \
	X(exact, "any value", "that value")                                                                            \
	X(one_of, "a list of values", "one of them")                                                                   \
	X(range, "[least, most]", "a number from least to most")                                                       \
	X(cidr, "\"10.0.0.0/8\"", "an address in that network, or a network within it")                                \
	X(subpath, "\"/srv/data\"", "that path, or one below it, without . or ..")                                     \
	X(max_len, "a number", "a text of at most so many bytes, or a list of at most so many elements")               \
	X(rate, "{\"count\":n,\"within\":milliseconds}", "so many allowed actions of this pattern within that time; path \"\"")

/* {TYPE:VALUE} of a known type, with a value of its form. */
bool sg_constraint_valid(const struct sg_json *constraint);
/* Does `value` (NULL: it is not there) satisfy it? It is in the normal form of its `form`; what `exact` and `one_of` name may be another spelling of it, as
 * whoever handed it down wrote it. A rate is not a matter of values and true here. */
bool sg_constraint_admits(const struct sg_json *constraint, const struct sg_json *value, enum sg_form form);
/* Everything that `inner` admits, `outer` admits too, and their types are comparable. */
bool sg_constraint_covers(const struct sg_json *outer, const struct sg_json *inner);

enum { SG_SHADOW_LOOKS = 131072 /* for one action, over all paths that its stanza, the policy's narrowing and all grants above name: a plain name is one, 16 bytes more of it another; one read as a path costs its bytes and the path's. Used up, they are 10 ms */ };
/* The first member that another reader may take for the one at that path: its name differs in case alone, or is the path with its dots; NULL: none. `*left`,
 * SG_SHADOW_LOOKS at first, is counted down; where it is used up, whatever comes next is taken for one. */
const struct sg_json *sg_argument_shadow(struct sg_str path, const struct sg_json *args, size_t *left);
/* The argument at a dotted path, or NULL. */
const struct sg_json *sg_argument_at(const struct sg_json *args, struct sg_str path);

#endif
