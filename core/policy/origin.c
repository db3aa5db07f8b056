/* SPDX-License-Identifier: Apache-2.0
 * Members of texts and numbers: the four words of the table first, then the methods of texts. */
#include "policy/origin.h"

#include "base/near.h"
#include "base/str.h"
#include "policy/reads.h"
#include "policy/view/view.h"

const struct sg_origin_row sg_origin_rows[SG_ORIGIN_MEMBER_COUNT] = {
#define X(name, type, meaning) {#name, type, meaning},
	SG_ORIGIN_MEMBERS(X)
#undef X
};

int
sg_origin_member_named(struct sg_str name)
{
	int i = 0;
	while (i < SG_ORIGIN_MEMBER_COUNT && !sg_str_is(name, sg_origin_rows[i].name))
		i++;
	return i;
}

/* What a rule asks after, at index 1. An integer that no double carries is in no request. */
static bool
sought_at(lua_State *L, struct sg_sought *sought)
{
	const lua_Integer most = INT64_C(9007199254740991);
	bool too_long = lua_isinteger(L, 1) && (lua_tointeger(L, 1) > most || lua_tointeger(L, 1) < -most);
	*sought = (struct sg_sought){.is_number = lua_type(L, 1) == LUA_TNUMBER};
	if (sought->is_number)
		sought->number = lua_tonumber(L, 1);
	else
		sought->text.ptr = lua_tolstring(L, 1, &sought->text.len);
	return !too_long;
}

static bool
same(lua_State *L, const struct sg_sought *sought, const struct sg_json *value)
{
	if (value == NULL || value->type != (sought->is_number ? SG_JSON_NUMBER : SG_JSON_STRING))
		return false;
	if (sought->is_number)
		return sought->number == value->number;
	if (sought->text.len != value->string.len)
		return false;
	sg_vm_charge_bytes(L, sought->text.len);
	return sg_str_eq(value->string, sought->text);
}

bool
sg_origin_trusted(const struct sg_json *row)
{
	const struct sg_json *labels = sg_json_get(row, "labels");
	struct sg_str origin;
	if (!sg_json_string(sg_json_get(row, "origin"), &origin) || sg_str_is(origin, "unknown") || origin.len == 0)
		return false;
	return sg_str_is(origin, "task") || (labels != NULL && labels->type == SG_JSON_ARRAY && labels->count == 0);
}

const struct sg_json *
sg_origin_row(lua_State *L, const struct sg_sought *sought)
{
	const struct sg_json *rows = sg_json_get(sg_policy_of(L)->request, "provenance"), *found = NULL;
	sg_reads_note(&sg_policy_of(L)->reads, SG_SHAPE_REQUEST, "provenance");
	if (rows == NULL || rows->type != SG_JSON_ARRAY)
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "the request came without provenance");
	if (rows->count > SG_POLICY_PROVENANCE)
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "provenance has more than %d values", SG_POLICY_PROVENANCE);
	sg_vm_charge(L, 1 + rows->count / 4);
	for (const struct sg_json *row = sg_json_first(rows); row != NULL; row = sg_json_next(rows, row))
		if ((found == NULL || sg_origin_trusted(found)) && same(L, sought, sg_json_get(row, "value")))
			found = row;
	return found;
}

const struct sg_json *
sg_origin_labels(lua_State *L, const struct sg_json *row)
{
	const struct sg_json *labels = sg_json_get(row, "labels");
	if (row == NULL)
		labels = sg_json_get(sg_json_get(sg_policy_of(L)->request, "task"), "labels");
	if (labels == NULL || labels->type != SG_JSON_ARRAY)
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "the request came without the labels of a value");
	return labels;
}

struct sg_str
sg_origin_word(lua_State *L, const struct sg_json *row, enum sg_origin_member member)
{
	struct sg_str word = member == SG_ORIGIN_origin ? SG_STR("unknown") : SG_STR("");
	if (row != NULL && !sg_json_string(sg_json_get(row, sg_origin_rows[member].name), &word))
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "the request came without the %s of a value", sg_origin_rows[member].name);
	return word;
}

void
sg_origin_asked(lua_State *L)
{
	if (sg_policy_of(L)->request == NULL)
		sg_vm_raise(L, SG_CODE_UNKNOWN_FIELD, "ask within when or effect", "there is no request yet whose values could come from anywhere");
}

static int
push_member(lua_State *L, enum sg_origin_member member)
{
	struct sg_sought sought;
	sg_origin_asked(L);
	const struct sg_json *row = sought_at(L, &sought) ? sg_origin_row(L, &sought) : NULL;
	if (member == SG_ORIGIN_trusted) {
		lua_pushboolean(L, row != NULL && sg_origin_trusted(row));
	} else if (member == SG_ORIGIN_labels) {
		sg_view_push(L, sg_origin_labels(L, row), SG_SHAPE_LIST);
	} else {
		struct sg_str word = sg_origin_word(L, row, member);
		lua_pushlstring(L, word.ptr, word.len);
	}
	return 1;
}

static bool
key(lua_State *L, struct sg_str *name)
{
	*name = SG_STR("");
	if (lua_type(L, 2) != LUA_TSTRING)
		return false;
	name->ptr = lua_tolstring(L, 2, &name->len);
	return true;
}

static int
text_index(lua_State *L)
{
	struct sg_str name;
	sg_vm_charge(L, 1);
	int member = key(L, &name) ? sg_origin_member_named(name) : SG_ORIGIN_MEMBER_COUNT;
	if (member < SG_ORIGIN_MEMBER_COUNT)
		return push_member(L, (enum sg_origin_member)member);
	lua_pushvalue(L, 2);
	lua_gettable(L, lua_upvalueindex(1));
	return 1;
}

static int
number_index(lua_State *L)
{
	struct sg_str name;
	char hint[SG_VM_TEXT];
	sg_vm_charge(L, 1);
	int member = key(L, &name) ? sg_origin_member_named(name) : SG_ORIGIN_MEMBER_COUNT;
	if (member < SG_ORIGIN_MEMBER_COUNT)
		return push_member(L, (enum sg_origin_member)member);
	struct sg_near near = sg_near(name);
	for (int i = 0; i < SG_ORIGIN_MEMBER_COUNT; i++)
		sg_near_offer(&near, sg_str(sg_origin_rows[i].name));
	return sg_vm_raise(L, SG_CODE_UNKNOWN_FIELD, sg_near_hint(&near, '\'', NULL, hint, sizeof(hint)),
			   "numbers have no such member");
}

void
sg_origin_open(lua_State *L)
{
	lua_createtable(L, 0, 1);
	lua_insert(L, -2);
	lua_pushcclosure(L, text_index, 1);
	lua_setfield(L, -2, "__index");
	lua_pushliteral(L, "");
	lua_insert(L, -2);
	lua_setmetatable(L, -2);
	lua_pop(L, 1);

	lua_pushinteger(L, 0);
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, number_index);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
}
