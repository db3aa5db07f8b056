/* SPDX-License-Identifier: Apache-2.0
 * The Lua surface as one table: what is not in it does not exist for a policy. Registers the functions and generates
 * their reference. */
#ifndef SG_POLICY_API_H
#define SG_POLICY_API_H

#include "policy/state.h"

#define SG_SPEC_LIBRARY "spec"

struct sg_policy_call {
	const char *library; /* "" for globals, SG_SPEC_LIBRARY for globals of specs alone */
	const char *name;
	lua_CFunction call;
	const char *arguments; /* "text: string, part: string" with `?` behind optional names */
	const char *result;    /* type, "" for none */
	const char *meaning;
};

extern const struct sg_policy_call sg_policy_api[];
extern const size_t sg_policy_api_count;

/* Builds the environment of policies: policy->environment and policy->memo. Once per state, within sg_vm_run. */
void sg_sandbox_open(lua_State *L);

/* "did you mean 'NAME'?" among the globals, or "" into `out`. */
const char *sg_sandbox_hint(const struct sg_policy *policy, struct sg_str name, char *out, size_t room);
/* True if `name` is a global of policies, or of specs if this is one (a function or a library). */
bool sg_sandbox_has(const struct sg_policy *policy, struct sg_str name);

/* The functions, by file. */
int sg_lua_assert(lua_State *L);
int sg_lua_error(lua_State *L);
int sg_lua_ipairs(lua_State *L);
int sg_lua_pairs(lua_State *L);
int sg_lua_select(lua_State *L);
int sg_lua_tonumber(lua_State *L);
int sg_lua_tostring(lua_State *L);
int sg_lua_type(lua_State *L);

int sg_string_byte(lua_State *L);
int sg_string_ends(lua_State *L);
int sg_string_find(lua_State *L);
int sg_string_format(lua_State *L);
int sg_string_glob(lua_State *L);
int sg_string_len(lua_State *L);
int sg_string_lower(lua_State *L);
int sg_string_at_least(lua_State *L);
int sg_string_at_most(lua_State *L);
int sg_string_email(lua_State *L);
int sg_string_form(lua_State *L);
int sg_string_ip(lua_State *L);
int sg_string_path(lua_State *L);
int sg_string_shell(lua_State *L);
int sg_string_split(lua_State *L);
int sg_string_uri(lua_State *L);
int sg_string_starts(lua_State *L);
int sg_string_sub(lua_State *L);
int sg_string_trim(lua_State *L);
int sg_string_upper(lua_State *L);

int sg_table_concat(lua_State *L);
int sg_table_has(lua_State *L);
int sg_table_insert(lua_State *L);
int sg_table_remove(lua_State *L);
int sg_table_sorted(lua_State *L);

int sg_math_abs(lua_State *L);
int sg_math_ceil(lua_State *L);
int sg_math_floor(lua_State *L);
int sg_math_max(lua_State *L);
int sg_math_min(lua_State *L);
int sg_math_tointeger(lua_State *L);

int sg_rule_rule(lua_State *L);
int sg_rule_after(lua_State *L);
int sg_rule_policy(lua_State *L);

int sg_spec_test(lua_State *L);

/* The string argument `index`; raises on anything else. No coercion from numbers. */
struct sg_str sg_argument_string(lua_State *L, int index);

#endif
