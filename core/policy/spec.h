/* SPDX-License-Identifier: Apache-2.0
 * Specs: files of test{} declarations beside policy files, NAME_test.lua. They are written in the language of policies,
 * run in the same sandbox with the same limits, and loaded by nobody but `stepgate policy test`. */
#ifndef SG_POLICY_SPEC_H
#define SG_POLICY_SPEC_H

#include "policy/policy.h"

#define SG_SPEC_ENDING "_test.lua"

enum {
	SG_SPEC_TESTS = 1000,     /* tests of one file */
	SG_SPEC_DEPTH = 16,       /* tables within tables of one test */
	SG_SPEC_BYTES = 64 << 10, /* of one test, as JSON */
	SG_SPEC_REPORT = 8 << 20  /* of all tests of one file */
};

/* What a test can expect; what it does not name is not looked at.
 *     member       type                  meaning */
#define SG_EXPECTS(X)                                                                                                  \
	X(code,        "string",             "the code callers see, as policy_denied, or the word the deny gave itself")   \
	X(freeze,      "boolean",            "does it stop the task?")                                                     \
	X(groups,      "table<string, integer>|string[]", "who must approve, and how many of them; exactly these groups") \
	X(narrowed,    "table<string, any>", "effective values of the arguments that were cut, by path; exactly these")    \
	X(obligations, "string[]",           "what the enforcer must do; exactly these")                                   \
	X(raise,       "string",             "sensitivity the task gets; empty: none")                                     \
	X(retry_after, "string|integer",     "of a defer")                                                                 \
	X(revoke,      "boolean",            "of hooks: does it revoke what was issued?")                                  \
	X(rule,        "string",             "id of the rule that decided")                                                \
	X(say,         "string",             "its text for the agent")                                                     \
	X(silent,      "string[]",           "ids of rules that must not have spoken")                                     \
	X(spoke,       "string[]",           "ids of rules that must have spoken")                                         \
	X(taint,       "string[]",           "labels the task gets; exactly these")                                        \
	X(ttl,         "string|integer",     "longest life of the permission")                                             \
	X(verdict,     "string",             "allow, deny, step_up, defer; of hooks add or none")

enum sg_expect {
#define X(member, type, meaning) SG_EXPECT_##member,
	SG_EXPECTS(X)
#undef X
	SG_EXPECT_COUNT
};

struct sg_expect_row {
	const char *name, *type, *meaning;
};

extern const struct sg_expect_row sg_expects[SG_EXPECT_COUNT];

/* True for the name of a spec: it ends in SG_SPEC_ENDING. */
bool sg_spec_named(struct sg_str file);

/* Runs one spec file. SG_OK: `report` has {"tests":[{"ask":{...},"expect":...,"id":"...","line":N}]} in the order of the
 * file, tables as JSON (an empty one as {}). SG_REFUSED: {"errors":[...]} as of sg_policy_load. SG_NOMEM. */
enum sg_status sg_policy_spec(const struct sg_policy_source *source, struct sg_buf *report);

#endif
