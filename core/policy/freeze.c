/* SPDX-License-Identifier: Apache-2.0
 * Walking what a rule reaches. The memo (a registry table) maps an original to what replaced it, so shared tables stay
 * shared and cycles end. Recursion is bounded by SG_FREEZE_DEPTH. */
#include "policy/freeze.h"

static const char frozen_mark; /* its address marks metatables of frozen tables */

static void freeze(lua_State *L, int depth);

static int
refuse_write(lua_State *L)
{
	return sg_vm_raise(L, SG_CODE_STATE, "write local before a name",
			   "a table that was made while loading may not be changed, and globals cannot be made");
}

static int
frozen_len(lua_State *L)
{
	sg_freeze_open(L, 1);
	lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
	return 1;
}

bool
sg_freeze_open(lua_State *L, int index)
{
	if (!lua_istable(L, index))
		return false;
	index = lua_absindex(L, index);
	if (!lua_getmetatable(L, index))
		return true;
	bool frozen = lua_rawgetp(L, -1, &frozen_mark) == LUA_TTABLE;
	if (frozen)
		lua_copy(L, -1, index);
	lua_pop(L, 2);
	return true;
}

void
sg_freeze_wrap(lua_State *L)
{
	lua_newtable(L);
	lua_createtable(L, 0, 5);
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "__index");
	lua_pushvalue(L, -3);
	lua_rawsetp(L, -2, &frozen_mark);
	lua_pushcfunction(L, refuse_write);
	lua_setfield(L, -2, "__newindex");
	lua_pushcfunction(L, frozen_len);
	lua_setfield(L, -2, "__len");
	lua_setmetatable(L, -2);
	lua_remove(L, -2);
}

/* Stack: original. Leaves: replacement, also in the memo. */
static void
freeze_plain_table(lua_State *L, int depth)
{
	int original = lua_gettop(L);
	lua_newtable(L);
	lua_pushvalue(L, -1);
	sg_freeze_wrap(L);
	lua_rawgeti(L, LUA_REGISTRYINDEX, sg_policy_of(L)->memo);
	lua_pushvalue(L, original);
	lua_pushvalue(L, -3);
	lua_rawset(L, -3);
	lua_pop(L, 1);
	/* original, contents, wrapper */
	lua_pushnil(L);
	while (lua_next(L, original) != 0) {
		sg_vm_charge(L, 1);
		int key = lua_type(L, -2);
		if (key != LUA_TSTRING && key != LUA_TNUMBER && key != LUA_TBOOLEAN)
			sg_vm_raise(L, SG_CODE_STATE, NULL,
				    "a table a rule uses has a key that is neither text nor number");
		freeze(L, depth + 1);
		lua_pushvalue(L, -2);
		lua_insert(L, -2);
		lua_rawset(L, original + 1);
	}
	lua_replace(L, original);
	lua_settop(L, original);
}

static void
freeze_function(lua_State *L, int depth)
{
	int function = lua_gettop(L);
	lua_rawgeti(L, LUA_REGISTRYINDEX, sg_policy_of(L)->memo);
	lua_pushvalue(L, function);
	lua_pushvalue(L, function);
	lua_rawset(L, -3);
	lua_pop(L, 1);
	for (int i = 1; lua_getupvalue(L, function, i) != NULL; i++) {
		sg_vm_charge(L, 1);
		if (lua_iscfunction(L, function))
			sg_vm_raise(L, SG_CODE_STATE, "call pairs or ipairs where the loop is",
				    "an iterator made while loading is kept by a rule");
		freeze(L, depth + 1);
		lua_setupvalue(L, function, i);
	}
}

/* Replaces the value at the top by its frozen form. */
static void
freeze(lua_State *L, int depth)
{
	int type = lua_type(L, -1);
	if (type != LUA_TTABLE && type != LUA_TFUNCTION)
		return;
	if (depth > SG_FREEZE_DEPTH)
		sg_vm_raise(L, SG_CODE_STATE, NULL, "what a rule uses is nested deeper than %d", SG_FREEZE_DEPTH);
	luaL_checkstack(L, 12, NULL);

	lua_rawgeti(L, LUA_REGISTRYINDEX, sg_policy_of(L)->memo);
	lua_pushvalue(L, -2);
	bool known = lua_rawget(L, -2) != LUA_TNIL;
	lua_remove(L, -2);
	if (known) {
		lua_replace(L, -2);
		return;
	}
	lua_pop(L, 1);
	if (type == LUA_TFUNCTION) {
		freeze_function(L, depth);
	} else if (lua_getmetatable(L, -1)) {
		lua_pop(L, 1); /* only frozen tables have one */
	} else {
		freeze_plain_table(L, depth);
	}
}

void
sg_freeze_value(lua_State *L)
{
	freeze(L, 0);
}
