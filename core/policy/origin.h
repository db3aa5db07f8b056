/* SPDX-License-Identifier: Apache-2.0
 * Where a value was first seen. r.args.iban.origin, .labels, .source, .trusted work on any text or number: the value is
 * looked up among the request's `provenance`. It is the value that is looked up, not the argument: a text that a policy
 * wrote or changed itself is unknown unless the very same one is listed. What is not listed is unknown, and what is
 * unknown is not trusted and carries what the task has read. 1 and 1.0 are one value, as in JSON; "1" is another.
 *
 * On a table of the request the four words mean all texts and numbers in it, and the names of members that no path of the catalogue's authority has; never members of its own of these names,
 * which whoever steers the agent could write. Those are reached by :get. */
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

/* A text or a number whose origin is asked after. */
struct sg_sought {
	bool is_number;
	double number;
	struct sg_str text;
};

struct sg_origin_row {
	const char *name, *type, *meaning;
};

extern const struct sg_origin_row sg_origin_rows[SG_ORIGIN_MEMBER_COUNT];

/* The member's index, or SG_ORIGIN_MEMBER_COUNT. */
int sg_origin_member_named(struct sg_str name);
/* Raises where there is no request. */
void sg_origin_asked(lua_State *L);
/* The row of that value, NULL if there is none. Should one value stand there twice, the row that is not trusted counts. */
const struct sg_json *sg_origin_row(lua_State *L, const struct sg_sought *sought);
bool sg_origin_trusted(const struct sg_json *row);
/* A list. Of no row: what the task has read. */
const struct sg_json *sg_origin_labels(lua_State *L, const struct sg_json *row);
/* `origin` or `source` of a row; of none "unknown" and "". */
struct sg_str sg_origin_word(lua_State *L, const struct sg_json *row, enum sg_origin_member member);

/* origin_table.c: pushes what all texts and numbers within a table of the request have in common. trusted: all are, and there is one. origin, source: if
 * all have the same, else "unknown" and "". labels: those of all. What is neither text nor number (true, false, null, a table that is empty) is unknown. */
int sg_origin_push_table(lua_State *L, const struct sg_json *table, enum sg_origin_member member);

/* Gives numbers their metatable, and texts theirs: the table at the top of the stack (popped) holds the methods of
 * texts and raises for what it does not have. Once per state. */
void sg_origin_open(lua_State *L);

#endif
