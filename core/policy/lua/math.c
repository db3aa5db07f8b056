/* SPDX-License-Identifier: Apache-2.0
 * Arithmetic that has one answer everywhere: no random numbers, no transcendental functions whose last digit depends on
 * the library. */
#include "policy/api/api.h"

#include <math.h>

/* The number argument `index`, never NaN. */
static lua_Number
number(lua_State *L, int index)
{
	if (lua_type(L, index) != LUA_TNUMBER)
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "argument %d must be a number, it is %s", index,
			    lua_typename(L, lua_type(L, index)));
	lua_Number value = lua_tonumber(L, index);
	if (isnan(value))
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "argument %d is not a number (NaN)", index);
	return value;
}

int
sg_math_abs(lua_State *L)
{
	lua_Number value = number(L, 1);
	if (!lua_isinteger(L, 1))
		lua_pushnumber(L, value < 0 ? -value : value);
	else if (lua_tointeger(L, 1) == LUA_MININTEGER)
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "abs: the result does not fit an integer");
	else
		lua_pushinteger(L, lua_tointeger(L, 1) < 0 ? -lua_tointeger(L, 1) : lua_tointeger(L, 1));
	return 1;
}

/* Towards zero, and one further where that was the wrong way. */
static int
rounded(lua_State *L, int direction)
{
	lua_Number value = number(L, 1);
	lua_settop(L, 1);
	if (lua_isinteger(L, 1))
		return 1;
	if (!(value >= -9.2e18 && value <= 9.2e18))
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "the rounded number does not fit an integer");
	lua_Integer whole = (lua_Integer)value;
	if (direction > 0 ? (lua_Number)whole < value : (lua_Number)whole > value)
		whole += direction;
	lua_pushinteger(L, whole);
	return 1;
}

int
sg_math_ceil(lua_State *L)
{
	return rounded(L, 1);
}

int
sg_math_floor(lua_State *L)
{
	return rounded(L, -1);
}

static int
extreme(lua_State *L, bool largest)
{
	int count = lua_gettop(L), best = 1;
	sg_vm_charge(L, 1 + (uint64_t)count / 8);
	for (int i = 1; i <= count || i == 1; i++) {
		number(L, i);
		if (largest ? lua_compare(L, best, i, LUA_OPLT) : lua_compare(L, i, best, LUA_OPLT))
			best = i;
	}
	lua_pushvalue(L, best);
	return 1;
}

int
sg_math_max(lua_State *L)
{
	return extreme(L, true);
}

int
sg_math_min(lua_State *L)
{
	return extreme(L, false);
}

int
sg_math_tointeger(lua_State *L)
{
	int exact;
	number(L, 1);
	lua_Integer whole = lua_tointegerx(L, 1, &exact);
	if (exact)
		lua_pushinteger(L, whole);
	else
		lua_pushnil(L);
	return 1;
}
