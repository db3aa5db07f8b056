/* SPDX-License-Identifier: Apache-2.0
 * Exact arithmetic: loading, the functions that count, and their trial. */
#include "policy/exact/exact.h"

#include "policy/exact/in.h"
#include "policy/vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct out {
	unsigned char *bytes;
	size_t len, room;
};

static int
more(lua_State *L, const void *bytes, size_t len, void *to)
{
	struct out *out = to;
	(void)L;
	if (len > out->room - out->len) {
		size_t room = 2 * (out->len + len);
		unsigned char *grown = realloc(out->bytes, room);
		if (grown == NULL)
			return 1;
		out->bytes = grown;
		out->room = room;
	}
	memcpy(out->bytes + out->len, bytes, len);
	out->len += len;
	return 0;
}

int
sg_exact_load(lua_State *L, const char *text, size_t len, const char *name)
{
	struct out out = {NULL, 0, 0};
	int result = luaL_loadbufferx(L, text, len, name, "t");
	if (result != LUA_OK)
		return result;
	bool dumped = lua_dump(L, more, &out, 0) == 0;
	lua_pop(L, 1);
	if (!dumped) {
		result = LUA_ERRMEM;
		lua_pushliteral(L, "not enough memory");
	} else if (!sg_exact_change(out.bytes, out.len)) {
		result = LUA_ERRSYNTAX;
		lua_pushfstring(L, "%s:0: this Lua's code is not as that of the releases 5.4", name + 1);
	} else {
		result = luaL_loadbufferx(L, (const char *)out.bytes, out.len, name, "b");
	}
	free(out.bytes);
	return result;
}

/* ---- the functions ---- */

static int
does_not_fit(lua_State *L, const char *sign)
{
	return sg_vm_raise(L, SG_CODE_ERROR, "bound what goes in first", "%s: the result does not fit a whole number", sign);
}

static void
look_at(lua_State *L, int index, const char *sign)
{
	if (lua_type(L, index) != LUA_TNUMBER)
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "%s: a number is needed, not a %s", sign, lua_type(L, index) == LUA_TUSERDATA ? "table" : luaL_typename(L, index));
}

/* The smallest number has no opposite, so that it does not fit either. */
static int
count(lua_State *L, int op, const char *sign, bool (*wraps)(lua_Integer, lua_Integer, lua_Integer *))
{
	lua_Integer result = 0;
	look_at(L, 1, sign);
	look_at(L, 2, sign);
	if (!lua_isinteger(L, 1) || !lua_isinteger(L, 2)) {
		lua_arith(L, op);
		return 1;
	}
	if (wraps(lua_tointeger(L, 1), lua_tointeger(L, 2), &result) || result == LUA_MININTEGER)
		return does_not_fit(L, sign);
	lua_pushinteger(L, result);
	return 1;
}

static bool
sum_wraps(lua_Integer a, lua_Integer b, lua_Integer *result)
{
	return __builtin_add_overflow(a, b, result);
}

static bool
difference_wraps(lua_Integer a, lua_Integer b, lua_Integer *result)
{
	return __builtin_sub_overflow(a, b, result);
}

static bool
product_wraps(lua_Integer a, lua_Integer b, lua_Integer *result)
{
	return __builtin_mul_overflow(a, b, result);
}

static int
add(lua_State *L)
{
	return count(L, LUA_OPADD, "+", sum_wraps);
}

static int
subtract(lua_State *L)
{
	return count(L, LUA_OPSUB, "-", difference_wraps);
}

static int
multiply(lua_State *L)
{
	return count(L, LUA_OPMUL, "*", product_wraps);
}

/* To the left it is a product. To the right it is Lua's own. */
static int
shift(lua_State *L, bool left, const char *sign)
{
	int whole[2];
	look_at(L, 1, sign);
	look_at(L, 2, sign);
	lua_Integer value = lua_tointegerx(L, 1, &whole[0]), by = lua_tointegerx(L, 2, &whole[1]), result = 0;
	if (!whole[0] || !whole[1] || by == LUA_MININTEGER)
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "%s: whole numbers are needed", sign);
	by = left ? by : -by;
	if (by > 0 && value != 0 && (by > 62 || __builtin_mul_overflow(value, (lua_Integer)1 << by, &result)))
		return does_not_fit(L, sign);
	if (by <= 0)
		result = by <= -64 ? 0 : (lua_Integer)((lua_Unsigned)value >> -by);
	lua_pushinteger(L, result);
	return 1;
}

static int
shift_left(lua_State *L)
{
	return shift(L, true, "<<");
}

static int
shift_right(lua_State *L)
{
	return shift(L, false, ">>");
}

void
sg_exact_open(lua_State *L)
{
	static const luaL_Reg functions[] = {{"__add", add}, {"__sub", subtract}, {"__mul", multiply}, {"__shl", shift_left}, {"__shr", shift_right}, {NULL, NULL}};
	lua_pushinteger(L, 0);
	if (!lua_getmetatable(L, -1))
		lua_createtable(L, 0, 5);
	luaL_setfuncs(L, functions, 0);
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
}

/* ---- does it work here? ---- */

static int
run(lua_State *L)
{
	const char *source = lua_touserdata(L, 1);
	sg_exact_open(L);
	if (sg_exact_load(L, source, strlen(source), "=selftest") != LUA_OK)
		return lua_error(L);
	lua_call(L, 0, 0);
	return 0;
}

static bool
runs(const char *source)
{
	struct sg_vm vm;
	char text[512];
	if (sg_vm_start(&vm, 1 << 20) != SG_OK)
		return false;
	size_t len = strlen(source);
	memcpy(text, source, len < sizeof(text) ? len + 1 : 0);
	bool good = len < sizeof(text) && sg_vm_run(&vm, run, text, 100000) == SG_OK;
	sg_vm_stop(&vm);
	return good;
}

bool
sg_exact_works(void)
{
	static const char *const raise[] = {"return b + a", "return a + 1", "return 1 + a", "return -2 - a", "return -a - 2", "return -a - b - b", "return a * a", "return a * 2",
					    "return a * 5000000000", "return h << 40", "return h << 3", "return 1 << h", "return h >> -40", "local f = function(x) return x * x end return f(a)"};
	static const char fits[] = "local a, b, h = 9223372036854775807, -1, 4611686018427387904\n"
				   "local x = a + b x = x + 1 if x ~= a or h - h ~= 0 or b * 3 ~= -3 or 2 * 3.5 ~= 7 or 1 << 3 ~= 8 or 16 >> 2 ~= 4 or 7 - 5 ~= 2 or h * 1 ~= h then x() end";
	char source[512];
	bool good = runs(fits);
	for (size_t i = 0; i < sizeof(raise) / sizeof(raise[0]); i++) {
		snprintf(source, sizeof(source), "local a, b, h = 9223372036854775807, 1, 4611686018427387904 %s", raise[i]);
		good = good && !runs(source);
	}
	return good;
}
