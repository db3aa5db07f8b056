/* SPDX-License-Identifier: Apache-2.0
 * The few basic functions: types, iteration in a fixed order, failing. */
#include "base/str.h"
#include "policy/api/api.h"
#include "policy/effect.h"
#include "policy/freeze.h"
#include "policy/view/view.h"

#include <stdlib.h>

enum { NUMBER_TEXT = 64 };

struct sg_str
sg_argument_string(lua_State *L, int index)
{
	struct sg_str text;
	if (lua_type(L, index) != LUA_TSTRING)
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "argument %d must be text, it is %s", index,
			    lua_typename(L, lua_type(L, index)));
	text.ptr = lua_tolstring(L, index, &text.len);
	return text;
}

/* What error and assert are told may hold values of the request, so it stops here. */
int
sg_lua_error(lua_State *L)
{
	return sg_vm_raise(L, SG_CODE_ERROR, NULL, "the policy called error");
}

int
sg_lua_assert(lua_State *L)
{
	if (!lua_toboolean(L, 1))
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "an assert of the policy failed");
	return lua_gettop(L);
}

int
sg_lua_select(lua_State *L)
{
	int count = lua_gettop(L) - 1;
	if (lua_type(L, 1) == LUA_TSTRING && lua_tostring(L, 1)[0] == '#') {
		lua_pushinteger(L, count);
		return 1;
	}
	lua_Integer n = luaL_checkinteger(L, 1);
	if (n < 1)
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "select counts from 1");
	sg_vm_charge(L, 1 + (uint64_t)count / 8);
	return n > count ? 0 : count - (int)n + 1;
}

int
sg_lua_tonumber(lua_State *L)
{
	size_t len;
	if (lua_type(L, 1) == LUA_TNUMBER) {
		lua_settop(L, 1);
		return 1;
	}
	const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &len) : NULL;
	bool plain = text != NULL && len > 0 && len <= NUMBER_TEXT && strspn(text, "0123456789.eE+-") == len;
	if (!plain || lua_stringtonumber(L, text) != len + 1)
		lua_pushnil(L);
	return 1;
}

int
sg_lua_tostring(lua_State *L)
{
	switch (lua_type(L, 1)) {
	case LUA_TNIL:
		lua_pushliteral(L, "nil");
		break;
	case LUA_TBOOLEAN:
		lua_pushstring(L, lua_toboolean(L, 1) ? "true" : "false");
		break;
	case LUA_TNUMBER:
	case LUA_TSTRING:
		lua_settop(L, 1);
		lua_tostring(L, 1);
		break;
	default:
		return sg_lua_type(L);
	}
	return 1;
}

int
sg_lua_type(lua_State *L)
{
	enum sg_effect_kind kind;
	struct sg_str json;
	int type = lua_type(L, 1);
	if (type == LUA_TNONE)
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "type needs a value");
	if (type == LUA_TUSERDATA)
		lua_pushstring(L, sg_effect_read(L, 1, &kind, &json) || sg_bound_read(L, 1).ptr != NULL ? "effect"
													: "table");
	else
		lua_pushstring(L, lua_typename(L, type));
	return 1;
}

/* Upvalues: what is iterated, index reached. */
static int
next_element(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(2)) + 1;
	const struct sg_json *node = sg_view_node(L, lua_upvalueindex(1));
	sg_vm_charge(L, 1);
	if (node != NULL && i > (lua_Integer)node->count)
		return 0;
	lua_pushinteger(L, i);
	lua_copy(L, -1, lua_upvalueindex(2));
	if (lua_geti(L, lua_upvalueindex(1), i) == LUA_TNIL && node == NULL)
		return 0;
	return 2;
}

int
sg_lua_ipairs(lua_State *L)
{
	const struct sg_json *node = sg_view_node(L, 1);
	if (node != NULL ? node->type != SG_JSON_ARRAY : !lua_istable(L, 1))
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "ipairs is for lists");
	lua_settop(L, 1);
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, next_element, 2);
	return 1;
}
