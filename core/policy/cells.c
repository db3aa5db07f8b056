/* SPDX-License-Identifier: Apache-2.0
 * The variables (upvalues) a rule's functions can reach, with their values after loading. A table in the registry holds
 * them as triples: function, index, value; its element 0 is their number. */
#include "policy/freeze.h"

enum { CELL = 3 };

struct walk {
	int seen, cells; /* stack places: what was visited; the triples */
	lua_Integer count;
};

static void collect(lua_State *L, struct walk *walk, int depth);

/* True the first time a value comes by. */
static bool
first_visit(lua_State *L, const struct walk *walk, int index)
{
	lua_pushvalue(L, index);
	bool known = lua_rawget(L, walk->seen) != LUA_TNIL;
	lua_pop(L, 1);
	if (known)
		return false;
	lua_pushvalue(L, index);
	lua_pushboolean(L, 1);
	lua_rawset(L, walk->seen);
	return true;
}

/* Takes the value at the top. */
static void
add_cell(lua_State *L, struct walk *walk, int function, int index)
{
	lua_rawseti(L, walk->cells, walk->count * CELL + 3);
	lua_pushvalue(L, function);
	lua_rawseti(L, walk->cells, walk->count * CELL + 1);
	lua_pushinteger(L, index);
	lua_rawseti(L, walk->cells, walk->count * CELL + 2);
	walk->count++;
}

static void
collect_function(lua_State *L, struct walk *walk, int depth)
{
	int function = lua_gettop(L);
	for (int i = 1; !lua_iscfunction(L, function) && lua_getupvalue(L, function, i) != NULL; i++) {
		sg_vm_charge(L, 1);
		collect(L, walk, depth + 1);
		add_cell(L, walk, function, i);
	}
}

static void
collect_table(lua_State *L, struct walk *walk, int depth)
{
	lua_pushvalue(L, -1);
	sg_freeze_open(L, -1);
	int contents = lua_gettop(L);
	lua_pushnil(L);
	while (lua_next(L, contents) != 0) {
		sg_vm_charge(L, 1);
		collect(L, walk, depth + 1);
		lua_settop(L, contents + 1);
	}
	lua_settop(L, contents - 1);
}

/* Visits the value at the top and leaves it there. */
static void
collect(lua_State *L, struct walk *walk, int depth)
{
	int type = lua_type(L, -1);
	if ((type != LUA_TFUNCTION && type != LUA_TTABLE) || !first_visit(L, walk, lua_gettop(L)))
		return;
	if (depth > SG_FREEZE_DEPTH)
		sg_vm_raise(L, SG_CODE_STATE, NULL, "what a rule uses is nested deeper than %d", SG_FREEZE_DEPTH);
	luaL_checkstack(L, 12, NULL);
	if (type == LUA_TFUNCTION)
		collect_function(L, walk, depth);
	else
		collect_table(L, walk, depth);
}

static void
visit(lua_State *L, struct walk *walk, int reference)
{
	if (reference == LUA_NOREF)
		return;
	lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
	sg_freeze_value(L);
	collect(L, walk, 0);
	lua_settop(L, walk->cells);
}

void
sg_freeze_rule(lua_State *L, struct sg_policy_rule *rule)
{
	int top = lua_gettop(L);
	struct walk walk = {top + 1, top + 2, 0};
	lua_newtable(L);
	lua_newtable(L);
	lua_rawgeti(L, LUA_REGISTRYINDEX, sg_policy_of(L)->environment);
	first_visit(L, &walk,
		    top + 3); /* watched like any variable, not walked: it is read-only and the same for all */
	lua_settop(L, walk.cells);
	visit(L, &walk, rule->when);
	visit(L, &walk, rule->effect);
	rule->cells = LUA_NOREF;
	if (walk.count > 0) {
		lua_pushinteger(L, walk.count);
		lua_rawseti(L, walk.cells, 0);
		rule->cells = luaL_ref(L, LUA_REGISTRYINDEX);
	}
	lua_settop(L, top);
}

/* Calls `each` for every variable, on the stack its function, its index and what it was. */
static void
each_cell(lua_State *L, const struct sg_policy_rule *rule, void (*each)(lua_State *L))
{
	if (rule->cells == LUA_NOREF)
		return;
	lua_rawgeti(L, LUA_REGISTRYINDEX, rule->cells);
	int cells = lua_gettop(L);
	lua_rawgeti(L, cells, 0);
	lua_Integer count = lua_tointeger(L, -1);
	for (lua_Integer i = 0; i < count; i++) {
		for (lua_Integer part = 1; part <= CELL; part++)
			lua_rawgeti(L, cells, i * CELL + part);
		each(L);
		lua_settop(L, cells);
	}
	lua_settop(L, cells - 1);
}

static void
restore(lua_State *L)
{
	lua_setupvalue(L, -3, (int)lua_tointeger(L, -2));
}

static void
compare(lua_State *L)
{
	lua_getupvalue(L, -3, (int)lua_tointeger(L, -2));
	if (!lua_rawequal(L, -1, -2))
		sg_vm_raise(L, SG_CODE_STATE, NULL, "a variable from outside the function was changed");
}

/* Allocates nothing and raises nothing: what it goes through is there since loading. */
void
sg_freeze_restore(lua_State *L, const struct sg_policy_rule *rule)
{
	each_cell(L, rule, restore);
}

void
sg_freeze_check(lua_State *L, const struct sg_policy_rule *rule)
{
	each_cell(L, rule, compare);
}
