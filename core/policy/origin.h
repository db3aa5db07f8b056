/* SPDX-License-Identifier: Apache-2.0
 * Where a value was first seen. r.args.iban.origin, .labels, .source, .trusted work on any text or number: the value is
 * looked up among the request's `provenance`. It is the value that is looked up, not the argument: a text that a policy
 * wrote or changed itself is unknown unless the very same one is listed. What is not listed is unknown, and what is
 * unknown is not trusted. 1 and 1.0 are one value, as in JSON; "1" is another. */
#ifndef SG_POLICY_ORIGIN_H
#define SG_POLICY_ORIGIN_H

#include "policy/state.h"

enum { SG_POLICY_PROVENANCE = 256 }; /* values of one request whose origin is known; with one more, asking raises */

/*        name       type        meaning */
#define SG_ORIGIN_MEMBERS(X)                                                                                           \
	X(labels, "string[]", "taint of what brought the value; of what is unknown, all that task and domain have read") \
	X(origin, "string", "task (another party said it), self (its own agent did), unknown, or the action whose outcome brought it or a piece of it") \
	X(source, "string", "decision that brought it; may be empty")                                                  \
	X(trusted, "boolean", "true if origin is task, or is neither unknown nor has labels")

enum sg_origin_member {
#define X(name, type, meaning) SG_ORIGIN_##name,
	SG_ORIGIN_MEMBERS(X)
#undef X
	SG_ORIGIN_MEMBER_COUNT
};

struct sg_origin_row {
	const char *name, *type, *meaning;
};

extern const struct sg_origin_row sg_origin_rows[SG_ORIGIN_MEMBER_COUNT];

/* Gives numbers their metatable, and texts theirs: the table at the top of the stack (popped) holds the methods of
 * texts and raises for what it does not have. Once per state. */
void sg_origin_open(lua_State *L);

#endif
