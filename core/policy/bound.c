/* SPDX-License-Identifier: Apache-2.0
 * Bounds on one argument: at_most(n), at_least(n), only{...}. Values like effects: canonical JSON, closed. */
#include "policy/member.h"

#include "base/str.h"
#include "policy/take.h"

#include <math.h>

#define BOUND "bound"

struct bound {
	size_t len;
	char json[];
};

void
sg_bound_open(lua_State *L)
{
	luaL_newmetatable(L, BOUND);
	lua_pop(L, 1);
}

struct sg_str
sg_bound_read(lua_State *L, int index)
{
	const struct bound *bound = luaL_testudata(L, index, BOUND);
	return bound == NULL || bound->len == 0 ? (struct sg_str){NULL, 0} : (struct sg_str){bound->json, bound->len};
}

static bool
exact_number(lua_State *L, int index, double *number)
{
	const lua_Integer most = INT64_C(9007199254740991);
	if (lua_type(L, index) != LUA_TNUMBER)
		return false;
	if (lua_isinteger(L, index) && (lua_tointeger(L, index) > most || lua_tointeger(L, index) < -most))
		return false;
	*number = lua_tonumber(L, index);
	return isfinite(*number);
}

bool
sg_member_scalar(lua_State *L, int index, struct sg_buf *out)
{
	double number;
	struct sg_str text;
	if (lua_isboolean(L, index))
		sg_buf_text(out, lua_toboolean(L, index) ? "true" : "false");
	else if (exact_number(L, index, &number))
		sg_canon_number(out, number);
	else if (sg_take_string(L, index, &text) && text.len <= SG_POLICY_SAY)
		sg_canon_string(out, text);
	else
		return false;
	return !out->failed;
}

static int
push_bound(lua_State *L, bool good, const char *wanted)
{
	struct sg_buf *scratch = &sg_policy_of(L)->scratch;
	if (!good || scratch->failed) {
		sg_policy_complain(L, SG_CODE_BAD_EFFECT, wanted, "a bound is not what it must be", NULL);
		sg_buf_clear(scratch);
		sg_buf_text(scratch, "{}"); /* while loading: noted, never used */
	}
	struct bound *bound = lua_newuserdatauv(L, sizeof(*bound) + scratch->len, 0);
	bound->len = scratch->len;
	memcpy(bound->json, scratch->ptr, scratch->len);
	luaL_setmetatable(L, BOUND);
	return 1;
}

static int
number_bound(lua_State *L, const char *name)
{
	struct sg_buf *scratch = &sg_policy_of(L)->scratch;
	double number = 0;
	bool good = lua_gettop(L) == 1 && exact_number(L, 1, &number);
	sg_buf_clear(scratch);
	sg_buf_printf(scratch, "{\"%s\":", name);
	sg_canon_number(scratch, number);
	sg_buf_text(scratch, "}");
	return push_bound(L, good, "a number JSON can carry exactly");
}

int
sg_effect_at_most(lua_State *L)
{
	return number_bound(L, "at_most");
}

int
sg_effect_at_least(lua_State *L)
{
	return number_bound(L, "at_least");
}

int
sg_effect_only(lua_State *L)
{
	struct sg_buf *scratch = &sg_policy_of(L)->scratch;
	size_t count = lua_gettop(L) == 1 ? sg_take_length(L, 1) : 0;
	bool good = count >= 1 && count <= SG_POLICY_ONLY;
	sg_buf_clear(scratch);
	sg_buf_text(scratch, "{\"only\":[");
	for (size_t i = 1; good && i <= count; i++) {
		if (i > 1)
			sg_buf_text(scratch, ",");
		lua_geti(L, 1, (lua_Integer)i);
		good = sg_member_scalar(L, -1, scratch);
		lua_settop(L, 1);
	}
	sg_buf_text(scratch, "]}");
	return push_bound(L, good, "only{...} with 1 to 64 texts, numbers or booleans");
}
