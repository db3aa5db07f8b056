/* SPDX-License-Identifier: Apache-2.0
 * What a loaded set consists of. For the files of this room only. */
#ifndef SG_POLICY_STATE_H
#define SG_POLICY_STATE_H

#include "base/arena.h"
#include "base/json.h"
#include "policy/match.h"
#include "policy/need.h"
#include "policy/policy.h"
#include "policy/vm.h"

#include <stdbool.h>

enum sg_policy_meta { SG_META_NAME, SG_META_DESCRIPTION, SG_META_OWNER, SG_META_COUNT };

struct sg_policy_file {
	struct sg_str name, text; /* text only while loading */
	char sha256[65];
	bool has_meta;
	struct sg_str meta[SG_META_COUNT]; /* ptr NULL if not given */
};

struct sg_policy_need {
	enum sg_need_kind kind;
	enum sg_scope scope;
	struct sg_str *patterns;
	size_t pattern_count;
	const char *of; /* what is summed up; NULL for other kinds */
	int64_t within; /* ms; 0 = all there is */
	struct sg_str name, key;
};

/* A rule or an after hook. */
struct sg_policy_rule {
	struct sg_str id;
	bool after, otherwise; /* otherwise: asked only where no other rule matched */
	uint32_t file; /* index in files, which are sorted by name */
	int line;
	struct sg_str *on;
	size_t on_count;
	struct sg_policy_need *needs;
	size_t need_count;
	int when;            /* registry reference of a function, LUA_NOREF: always */
	int effect;          /* registry reference of a function, LUA_NOREF: `fixed` */
	struct sg_str fixed; /* canonical JSON of an effect that is a value */
	int cells; /* registry reference of the variables its functions can reach (freeze.h), LUA_NOREF: none */
};

struct sg_policy_problem {
	struct sg_str file, what, hint;
	int line;
};

struct sg_policy {
	struct sg_vm vm; /* first: the state's extra space points here */
	struct sg_policy_limits limits;
	struct sg_arena arena; /* everything below that is a string or a list */
	struct sg_policy_file *files;
	size_t file_count;
	struct sg_policy_rule *rules; /* sorted by id once loaded */
	size_t rule_count, rule_room;
	struct sg_match *match[2]; /* [after] */
	struct sg_policy_problem problems[SG_POLICY_PROBLEMS];
	struct sg_policy_problem warnings[SG_POLICY_PROBLEMS];
	size_t problem_count, warning_count;
	bool loading, spent;
	bool spec;            /* a file of tests, not of rules */
	struct sg_buf tests;  /* what a spec declared: JSON, separated by commas */
	size_t test_count;
	uint32_t file; /* being run, while loading */

	/* One judgement. */
	uint64_t generation;
	const struct sg_json *request;
	const struct sg_policy_rule *rule; /* being asked */
	uint32_t reads;                    /* of what moves, what was read (reads.h) */
	struct sg_buf scratch;             /* effect under construction */
	uint32_t effects_made;             /* by this rule so far */

	/* Registry references. */
	int environment, memo;
};

static inline struct sg_policy *
sg_policy_of(lua_State *L)
{
	return (struct sg_policy *)sg_vm_of(L);
}

/* Notes an error of the set. The same place and text is noted once; what does not fit any more is dropped. */
void sg_problem_add(struct sg_policy *policy, uint32_t file, int line, const char *hint, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* The same for what does not keep a set from loading. */
void sg_warning_add(struct sg_policy *policy, uint32_t file, int line, const char *hint, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* While loading: notes "WHAT 'NAME'" at the calling Lua line and returns, so that the next mistake can be found too. In
 * a judgement: raises `code`, and the name (NULL: none) is left out, because it could be a value of the request. */
void sg_policy_complain(lua_State *L, enum sg_policy_code code, const char *hint, const char *what, const char *name);

/* Line of the Lua code that called the running C function, 0 if none. */
int sg_policy_line(lua_State *L);

#endif
