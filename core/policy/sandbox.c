/* SPDX-License-Identifier: Apache-2.0
 * The environment of policies: built from the table in api.c, never from Lua's own libraries. All of it is read-only
 * from the start. */
#include "base/str.h"
#include "policy/api/api.h"
#include "policy/effect.h"
#include "policy/exact/exact.h"
#include "policy/freeze.h"
#include "policy/origin.h"
#include "base/near.h"
#include "policy/view/view.h"

static const char *const libraries[] = {"math", "string", "table"};
enum { LIBRARIES = sizeof(libraries) / sizeof(libraries[0]) };

/* Is it a function without a library's name before it? */
static bool
global(const struct sg_policy *policy, const struct sg_policy_call *call)
{
	return call->library[0] == '\0' || (policy->spec && strcmp(call->library, SG_SPEC_LIBRARY) == 0);
}

bool
sg_sandbox_has(const struct sg_policy *policy, struct sg_str name)
{
	for (size_t i = 0; i < LIBRARIES; i++)
		if (sg_str_is(name, libraries[i]))
			return true;
	for (size_t i = 0; i < sg_policy_api_count; i++)
		if (global(policy, &sg_policy_api[i]) && sg_str_is(name, sg_policy_api[i].name))
			return true;
	return false;
}

const char *
sg_sandbox_hint(const struct sg_policy *policy, struct sg_str name, char *out, size_t room)
{
	struct sg_near near = sg_near(name);
	for (size_t i = 0; i < LIBRARIES; i++)
		sg_near_offer(&near, sg_str(libraries[i]));
	for (size_t i = 0; i < sg_policy_api_count; i++)
		if (global(policy, &sg_policy_api[i]))
			sg_near_offer(&near, sg_str(sg_policy_api[i].name));
	return sg_near_hint(&near, '\'', NULL, out, room);
}

/* Reading a name that does not exist, in the environment or in a library. */
static int
unknown_name(lua_State *L)
{
	char hint[SG_VM_TEXT] = "";
	struct sg_str name = SG_STR("");
	if (lua_type(L, 2) == LUA_TSTRING)
		name.ptr = lua_tolstring(L, 2, &name.len);
	sg_sandbox_hint(sg_policy_of(L), name, hint, sizeof(hint));
	if (sg_policy_of(L)->loading)
		return sg_vm_raise(L, SG_CODE_UNKNOWN_FIELD, hint, "there is no '%.60s'", name.ptr);
	return sg_vm_raise(L, SG_CODE_UNKNOWN_FIELD, hint, "there is no such name");
}

/* The table at the top raises on names it does not have. */
static void
make_strict(lua_State *L)
{
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, unknown_name);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
}

static void
fill(lua_State *L, const char *library)
{
	for (size_t i = 0; i < sg_policy_api_count; i++) {
		if (!sg_str_is(sg_str(sg_policy_api[i].library), library))
			continue;
		lua_pushcfunction(L, sg_policy_api[i].call);
		lua_setfield(L, -2, sg_policy_api[i].name);
	}
}

/* ("x"):upper() finds the same functions; the metatable itself is out of reach. */
static void
set_scalar_members(lua_State *L)
{
	lua_newtable(L);
	fill(L, "string");
	make_strict(L);
	sg_origin_open(L);
}

void
sg_sandbox_open(lua_State *L)
{
	struct sg_policy *policy = sg_policy_of(L);
	lua_newtable(L);
	policy->memo = luaL_ref(L, LUA_REGISTRYINDEX);
	sg_view_open(L);
	sg_effect_open(L);
	set_scalar_members(L);
	sg_exact_open(L);

	lua_newtable(L);
	fill(L, "");
	if (policy->spec)
		fill(L, SG_SPEC_LIBRARY);
	for (size_t i = 0; i < LIBRARIES; i++) {
		lua_newtable(L);
		fill(L, libraries[i]);
		make_strict(L);
		sg_freeze_wrap(L);
		lua_setfield(L, -2, libraries[i]);
	}
	make_strict(L);
	sg_freeze_wrap(L);
	policy->environment = luaL_ref(L, LUA_REGISTRYINDEX);
}
