/* SPDX-License-Identifier: Apache-2.0
 * Lists: appending, joining, looking, sorting. No comparator and no positions, so nothing here is worse than n log n.
 */
#include "base/str.h"
#include "policy/api/api.h"
#include "policy/freeze.h"
#include "policy/take.h"
#include "policy/view/view.h"

#include <math.h>
#include <stdlib.h>

/* Elements of the list at 1, which may be a view or frozen (then opened in place). */
static lua_Integer
list_length(lua_State *L, const char *name)
{
	const struct sg_json *node = sg_view_node(L, 1);
	if (node != NULL && node->type == SG_JSON_ARRAY)
		return node->count;
	if (node != NULL || !sg_freeze_open(L, 1))
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "%s is for lists", name);
	return (lua_Integer)lua_rawlen(L, 1);
}

int
sg_table_has(lua_State *L)
{
	lua_settop(L, 2);
	lua_Integer count = list_length(L, "table.has");
	for (lua_Integer i = 1; i <= count; i++) {
		sg_vm_charge(L, 1);
		lua_geti(L, 1, i);
		if (lua_compare(L, -1, 2, LUA_OPEQ)) {
			lua_pushboolean(L, 1);
			return 1;
		}
		lua_settop(L, 2);
	}
	lua_pushboolean(L, 0);
	return 1;
}

/* A list that may be changed: not frozen, not of the request. */
static lua_Integer
own_list(lua_State *L, const char *name)
{
	if (!lua_istable(L, 1))
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "%s is for tables made by the policy", name);
	if (lua_getmetatable(L, 1))
		sg_vm_raise(L, SG_CODE_STATE, NULL, "a table that was made while loading may not be changed");
	sg_vm_charge(L, 1);
	return (lua_Integer)lua_rawlen(L, 1);
}

int
sg_table_insert(lua_State *L)
{
	if (lua_gettop(L) != 2)
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "table.insert(list, value) appends; there are no positions");
	lua_Integer count = own_list(L, "table.insert");
	lua_rawseti(L, 1, count + 1);
	return 0;
}

int
sg_table_remove(lua_State *L)
{
	lua_settop(L, 1);
	lua_Integer count = own_list(L, "table.remove");
	if (count == 0)
		return 0;
	lua_rawgeti(L, 1, count);
	lua_pushnil(L);
	lua_rawseti(L, 1, count);
	return 1;
}

int
sg_table_concat(lua_State *L)
{
	struct sg_str separator = SG_STR("");
	struct sg_buf *out = &sg_policy_of(L)->scratch;
	lua_settop(L, 2);
	if (!lua_isnil(L, 2))
		separator = sg_argument_string(L, 2);
	lua_Integer count = list_length(L, "table.concat");
	sg_buf_clear(out);
	for (lua_Integer i = 1; i <= count; i++) {
		struct sg_str text;
		int type = lua_geti(L, 1, i);
		if (type != LUA_TSTRING && type != LUA_TNUMBER)
			return sg_vm_raise(L, SG_CODE_ERROR, NULL, "table.concat joins texts and numbers only");
		text.ptr = lua_tolstring(L, -1, &text.len);
		if (i > 1)
			sg_buf_str(out, separator);
		sg_buf_str(out, text);
		sg_vm_charge_bytes(L, text.len + separator.len);
		lua_settop(L, 2);
	}
	if (out->failed)
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "a text would be longer than %d bytes", SG_POLICY_STRING);
	lua_pushlstring(L, out->len == 0 ? "" : out->ptr, out->len);
	return 1;
}

struct item {
	lua_Integer at; /* in the list */
	lua_Number number;
	struct sg_str text; /* borrowed from the list */
};

static int
by_place(const struct item *a, const struct item *b)
{
	return a->at < b->at ? -1 : a->at > b->at;
}

static int
by_text(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	int order = sg_str_cmp(a->text, b->text);
	return order != 0 ? order : by_place(a, b);
}

static int
by_number(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	return a->number < b->number ? -1 : a->number > b->number ? 1 : by_place(a, b);
}

/* The element at the top as an item of `type`. */
static void
read_item(lua_State *L, struct item *item, lua_Integer at, int type)
{
	if (lua_type(L, -1) != type || (type != LUA_TSTRING && type != LUA_TNUMBER))
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "table.sorted takes a list of numbers or a list of texts");
	*item = (struct item){.at = at};
	if (type == LUA_TSTRING)
		item->text.ptr = lua_tolstring(L, -1, &item->text.len);
	else
		item->number = lua_tonumber(L, -1);
	if (isnan(item->number))
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "NaN has no place in an order");
}

int
sg_table_sorted(lua_State *L)
{
	lua_settop(L, 1);
	lua_Integer count = list_length(L, "table.sorted");
	lua_newtable(L); /* the elements as they came: keeps their texts alive while they are sorted */
	struct item *items = lua_newuserdatauv(L, (size_t)count * sizeof(*items) + 1, 0);
	int type = LUA_TNIL;
	for (lua_Integer i = 1; i <= count; i++) {
		sg_vm_charge(L, 8);
		int here = lua_geti(L, 1, i);
		type = i == 1 ? here : type;
		read_item(L, &items[i - 1], i, type);
		lua_rawseti(L, 2, i);
	}
	qsort(items, (size_t)count, sizeof(*items), type == LUA_TSTRING ? by_text : by_number);
	lua_createtable(L, (int)count, 0);
	for (lua_Integer i = 1; i <= count; i++) {
		lua_rawgeti(L, 2, items[i - 1].at);
		lua_rawseti(L, 4, i);
	}
	return 1;
}
