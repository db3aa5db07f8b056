/* SPDX-License-Identifier: Apache-2.0
 * What the reference says of tables that a policy gives, and of types. */
#include "policy/api/write.h"

#include "base/str.h"

const struct sg_taken_row sg_taken[] = {
	{"rule", "id", "string", "unique over all files"},
	{"rule", "on", "string|string[]",
	 "action patterns: \"pay.transfer\", \"pay.*\" (one segment), \"pay.**\" (the rest)"},
	{"rule", "needs", "table?",
	 "what it needs to know of the past; see below"},
	{"rule", "when", "(fun(r: sg.request): boolean)?", "must return true or false; left out = always"},
	{"rule", "otherwise", "boolean?", "true: it is asked only where no other rule of the set, whatever its file, matches the action"},
	{"rule", "effect", "sg.effect|fun(r: sg.request): sg.effect",
	 "what is returned to the gate when the rule matches"},
	{"after", "id", "string", "unique over all files"},
	{"after", "on", "string|string[]", "action patterns"},
	{"after", "effect", "fun(r: sg.request): sg.effect", "returns add{...}; r.outcome.result says what happened"},
	{"test", "id", "string", "what it shows, in a word"},
	{"test", "ask", "sg.ask", "the request: action, and what differs from the default request"},
	{"test", "expect", "string|sg.expect", "allow, deny, step_up, defer, or a table of what must come out"},
	{"policy", "name", "string?", "of this file"},
	{"policy", "description", "string?", "of this file"},
	{"policy", "owner", "string?", "who answers for this file"},
};
const size_t sg_taken_count = sizeof(sg_taken) / sizeof(sg_taken[0]);

const char *
sg_member_type_text(enum sg_member_type type)
{
	static const char *const types[] = {
		[SG_MEMBER_KIND] = "",          [SG_MEMBER_SAY] = "string",
		[SG_MEMBER_WORD] = "string",    [SG_MEMBER_GROUP] = "string",
		[SG_MEMBER_LIST] = "string[]",  [SG_MEMBER_DURATION] = "string|integer",
		[SG_MEMBER_QUORUM] = "integer", [SG_MEMBER_FLAG] = "boolean", [SG_MEMBER_RARE] = "boolean",
		[SG_MEMBER_LEVEL] = "string",   [SG_MEMBER_NARROW] = "table<string, sg.bound>",
	};
	return types[type];
}

const char *
sg_call_library(const struct sg_policy_call *call)
{
	return sg_str_is(sg_str(call->library), SG_SPEC_LIBRARY) ? "" : call->library;
}
