/* SPDX-License-Identifier: Apache-2.0
 * What a rule may need to know of the past, as tables: kinds of needs, and how far each may look. They drive reading,
 * the manifest, the request's history and the reference.
 *
 * A need has a name, by which Lua reads it, and a key, under which the gate puts its value into the request:
 *   name   PATTERN; "DIMENSION:PATTERN" of sum; patterns of order joined by " > ", of never_together by " + "
 *   key    "NAME|WITHIN", and "|SCOPE" behind it unless the scope is the default of the kind; WITHIN in milliseconds,
 *          0 for all there is */
#ifndef SG_POLICY_NEED_H
#define SG_POLICY_NEED_H

#include <stdbool.h>
#include <stepgate/types.h>

/*     scope        word */
#define SG_SCOPES(X)                                                                                                   \
	X(TASK, "task")         /* this task */                                                                        \
	X(TREE, "tree")         /* all tasks of its tree */                                                            \
	X(INSTANCE, "instance") /* all tasks of this incarnation of the agent */                                       \
	X(AGENT, "agent")       /* all tasks of the agent */

enum sg_scope {
#define X(scope, word) SG_SCOPE_##scope,
	SG_SCOPES(X)
#undef X
	SG_SCOPE_COUNT
};

/* In canonical order of names. Without a window a bounded scope (task, tree) is needed where `bounded` says so.
 *     kind            name              scope  joined by  bounded  value                     example */
#define SG_NEEDS(X)                                                                                                    \
	X(COUNT,          "count",          AGENT, "",        true,    "integer",                                      \
	  "count = {\"pay.*\", within = \"1h\"}", "how often")                                                         \
	X(DID,            "did",            TASK,  "",        false,   "boolean",                                      \
	  "did = \"mail.read\"", "whether at all")                                                                     \
	X(NEVER_TOGETHER, "never_together", TASK,  " + ",     false,   "boolean",                                      \
	  "never_together = {\"web.**\", \"pay.**\"}", "whether, with this action, all of them would have happened")   \
	X(ORDER,          "order",          TASK,  " > ",     false,   "boolean",                                      \
	  "order = {\"plan.write\", \"plan.sign\"}", "whether they happened, in that order")                           \
	X(SINCE,          "since",          TASK,  "",        false,   "integer?",                                     \
	  "since = \"mail.read\"", "milliseconds since the last one; nil: never")                                      \
	X(SUM,            "sum",            AGENT, "",        true,    "integer",                                      \
	  "sum = {\"pay.*\", of = \"money\", within = \"1d\"}", "how much was spent")

enum sg_need_kind {
#define X(kind, name, scope, joined, bounded, value, example, meaning) SG_NEED_##kind,
	SG_NEEDS(X)
#undef X
	SG_NEED_COUNT_OF
};

struct sg_need_row {
	const char *name;
	enum sg_scope scope; /* if none is given */
	const char *joined;  /* "": takes one pattern */
	bool bounded;
	const char *value, *example, *meaning;
};

extern const struct sg_need_row sg_needs[SG_NEED_COUNT_OF];
extern const char *const sg_scopes[SG_SCOPE_COUNT];

/* What can be summed up; the dimensions of budgets. In canonical order, ended by NULL. */
extern const char *const sg_dimensions[];

enum {
	SG_NEED_PATTERNS = 8, /* patterns of one order or never_together; at least two */
	SG_NEED_NAME = 1024   /* bytes of a need's name */
};

#endif
