/* SPDX-License-Identifier: Apache-2.0
 * Reading tables strictly. Whichever of several mistakes is reported does not depend on the order in which Lua keeps
 * keys. */
#include "policy/take.h"

#include "base/pattern.h"
#include "base/str.h"
#include "policy/duration.h"
#include "policy/freeze.h"
#include "base/near.h"
#include "policy/view/view.h"

#include <stdio.h>

void
sg_take_problem(lua_State *L, const char *hint, const char *what)
{
	struct sg_policy *policy = sg_policy_of(L);
	sg_problem_add(policy, policy->file, sg_policy_line(L), hint, "%s", what);
}

bool
sg_take_table(lua_State *L, int index)
{
	return sg_freeze_open(L, index);
}

bool
sg_take_string(lua_State *L, int index, struct sg_str *out)
{
	if (lua_type(L, index) != LUA_TSTRING)
		return false;
	out->ptr = lua_tolstring(L, index, &out->len);
	return true;
}

bool
sg_take_duration(lua_State *L, int index, int64_t *milliseconds)
{
	struct sg_str text;
	if (sg_take_string(L, index, &text))
		return sg_duration_read(text, milliseconds);
	if (!lua_isinteger(L, index))
		return false;
	lua_Integer number = lua_tointeger(L, index);
	if (number < 0 || number > SG_DURATION_MAX)
		return false;
	*milliseconds = number;
	return true;
}

bool
sg_take_pattern(lua_State *L, int index, struct sg_str *out)
{
	struct sg_str text;
	if (!sg_take_string(L, index, &text) || !sg_pattern_of_actions(text))
		return false;
	*out = sg_arena_copy(&sg_policy_of(L)->arena, text);
	return out->ptr != NULL;
}

static bool
named(struct sg_str name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (sg_str_is(name, *names))
			return true;
	return false;
}

bool
sg_take_members(lua_State *L, int index, const char *what, const char *const *names, size_t elements)
{
	struct sg_str worst = {NULL, 0}, name;
	bool other = false;
	index = lua_absindex(L, index);
	lua_pushnil(L);
	for (; lua_next(L, index) != 0; lua_pop(L, 1)) {
		sg_vm_charge(L, 1);
		lua_Integer at = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
		if (at >= 1 && (lua_Unsigned)at <= elements)
			continue;
		if (!sg_take_string(L, -2, &name))
			other = true;
		else if (!named(name, names) && (worst.ptr == NULL || sg_str_cmp(name, worst) < 0))
			worst = name;
	}
	if (worst.ptr == NULL && !other)
		return true;

	char text[100], hint[SG_VM_TEXT];
	struct sg_near near = sg_near(worst);
	for (size_t i = 0; worst.ptr != NULL && names[i] != NULL; i++)
		sg_near_offer(&near, sg_str(names[i]));
	snprintf(text, sizeof(text), worst.ptr != NULL ? "%s has no such member:" : "%s takes named members and no",
		 what);
	sg_policy_complain(L, SG_CODE_BAD_EFFECT, sg_near_hint(&near, '\'', NULL, hint, sizeof(hint)), text,
			   worst.ptr != NULL ? worst.ptr : "elements");
	return false;
}

size_t
sg_take_length(lua_State *L, int index)
{
	const struct sg_json *node = sg_view_node(L, index);
	if (node != NULL)
		return node->type == SG_JSON_ARRAY ? node->count : SIZE_MAX;
	if (!sg_take_table(L, index))
		return SIZE_MAX;
	size_t length = lua_rawlen(L, index), keys = 0;
	index = lua_absindex(L, index);
	lua_pushnil(L);
	for (; lua_next(L, index) != 0; lua_pop(L, 1)) {
		sg_vm_charge(L, 1);
		keys++;
	}
	return keys == length ? length : SIZE_MAX;
}
