/* SPDX-License-Identifier: Apache-2.0
 * pairs in a fixed order: numbers ascending, then texts bytewise. Lua's own order differs on every start of a process.
 */
#include "base/str.h"
#include "policy/api/api.h"
#include "policy/freeze.h"
#include "policy/view/view.h"

#include <stdlib.h>

struct key {
	bool text, integer;
	lua_Integer whole;
	lua_Number number;
	struct sg_str string; /* borrowed from the table */
};

static int
compare(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	if (a->text != b->text)
		return a->text ? 1 : -1;
	if (a->text)
		return sg_str_cmp(a->string, b->string);
	if (a->integer && b->integer)
		return a->whole < b->whole ? -1 : a->whole > b->whole;
	return a->number < b->number ? -1 : a->number > b->number;
}

static void
read_key(lua_State *L, int index, struct key *key)
{
	*key = (struct key){.text = lua_type(L, index) == LUA_TSTRING};
	if (key->text) {
		key->string.ptr = lua_tolstring(L, index, &key->string.len);
		return;
	}
	if (lua_type(L, index) != LUA_TNUMBER)
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "pairs can order numbers and texts only");
	key->integer = lua_isinteger(L, index);
	key->whole = lua_tointeger(L, index);
	key->number = lua_tonumber(L, index);
}

static size_t
count_members(lua_State *L, int table)
{
	size_t count = 0;
	lua_pushnil(L);
	for (; lua_next(L, table) != 0; lua_pop(L, 1)) {
		sg_vm_charge(L, 4);
		count++;
	}
	return count;
}

/* Pushes a list of the keys of the table at `table`, sorted. */
static void
push_keys(lua_State *L, int table)
{
	size_t count = count_members(L, table), i = 0;
	struct key *keys = lua_newuserdatauv(L, count * sizeof(*keys) + 1, 0);
	lua_pushnil(L);
	for (; lua_next(L, table) != 0; lua_pop(L, 1))
		read_key(L, -2, &keys[i++]);
	qsort(keys, count, sizeof(*keys), compare);
	lua_createtable(L, (int)count, 0);
	for (i = 0; i < count; i++) {
		if (keys[i].text)
			lua_pushlstring(L, keys[i].string.ptr, keys[i].string.len);
		else if (keys[i].integer)
			lua_pushinteger(L, keys[i].whole);
		else
			lua_pushnumber(L, keys[i].number);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_remove(L, -2);
}

/* Upvalues: table, sorted keys, index reached. Members that went away meanwhile are passed over. */
static int
next_member(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(3));
	while (lua_settop(L, 0), lua_rawgeti(L, lua_upvalueindex(2), ++i) != LUA_TNIL) {
		sg_vm_charge(L, 1);
		lua_pushvalue(L, 1);
		if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL)
			continue;
		lua_pushinteger(L, i);
		lua_replace(L, lua_upvalueindex(3));
		return 2;
	}
	return 0;
}

/* Upvalues: view, place of the next member on the tape. Canonical JSON is sorted already. */
static int
next_view_member(lua_State *L)
{
	const struct sg_json *node = sg_view_node(L, lua_upvalueindex(1));
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(2));
	if (i == 0 || i >= (lua_Integer)node->span)
		return 0;
	const struct sg_json *member = node + i;
	sg_vm_charge(L, 1);
	lua_pushinteger(L, i + member->span);
	lua_replace(L, lua_upvalueindex(2));
	lua_pushlstring(L, member->name.ptr, member->name.len);
	sg_view_push(L, member, SG_SHAPE_NONE);
	return 2;
}

int
sg_lua_pairs(lua_State *L)
{
	const struct sg_json *node = sg_view_node(L, 1);
	lua_settop(L, 1);
	if (node != NULL && node->type == SG_JSON_ARRAY)
		return sg_lua_ipairs(L);
	if (node != NULL) {
		lua_pushinteger(L, 1);
		lua_pushcclosure(L, next_view_member, 2);
		return 1;
	}
	if (!sg_freeze_open(L, 1))
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "pairs is for tables and for open objects of the request");
	push_keys(L, 1);
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, next_member, 3);
	return 1;
}
