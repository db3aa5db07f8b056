/* SPDX-License-Identifier: Apache-2.0
 * Views. An unknown or missing field raises, so that a misspelt condition can never quietly be false. Texts never name
 * a field that was computed: it could be a value of the request. */
#include "policy/view/in.h"

#include "base/str.h"
#include "policy/history.h"
#include "policy/origin.h"
#include "policy/reads.h"

_Static_assert(SG_SHAPE_SUM - SG_SHAPE_COUNT == SG_NEED_SUM && SG_SHAPE_ORDER - SG_SHAPE_COUNT == SG_NEED_ORDER,
	       "the shapes of history follow the kinds of needs");

static const struct sg_json *
element(const struct sg_json *list, int64_t index)
{
	const struct sg_json *m = index >= 1 && index <= (int64_t)list->count ? sg_json_first(list) : NULL;
	while (m != NULL && --index > 0)
		m = sg_json_next(list, m);
	return m;
}

static const struct sg_json *
member(const struct sg_json *node, struct sg_str name)
{
	int64_t index;
	if (node->type == SG_JSON_ARRAY)
		return sg_str_int(name, 1, INT32_MAX, &index) ? element(node, index) : NULL;
	return sg_json_get_str(node, name);
}

/* view:get("a.b", default): the value behind a dotted path, or the default if there is none or it is null. */
static int
view_get(lua_State *L)
{
	const struct sg_view *view = sg_view_at(L, 1);
	const struct sg_json *node = sg_view_node(L, 1);
	struct sg_str rest = {NULL, 0};
	if (node != NULL && view->element == SG_SHAPE_NONE && lua_type(L, 2) == LUA_TSTRING) /* fields are never optional */
		rest.ptr = lua_tolstring(L, 2, &rest.len);
	if (rest.ptr == NULL)
		return sg_vm_raise(L, SG_CODE_ERROR, "r.args:get(\"a.b\", default)", "get takes a path and a default");
	lua_settop(L, 3);
	while (rest.ptr != NULL && node != NULL) {
		sg_vm_charge(L, 1 + node->count / 8);
		node = member(node, sg_str_cut(&rest, '.'));
	}
	if (node != NULL && node->type != SG_JSON_NULL)
		sg_view_push(L, node, SG_SHAPE_NONE);
	return 1;
}

/* The gate's four words. A member of the caller's of such a name must not pass for one, nor the other way round. */
static int
origin_index(lua_State *L, const struct sg_view *view, enum sg_origin_member member)
{
	if (view->shape == SG_SHAPE_OPEN && sg_json_get(view->node, sg_origin_rows[member].name) != NULL)
		return sg_vm_raise(L, SG_CODE_ERROR, "use :get(name, default) for the caller's own",
				   "the request has a member named like a word of ours: %s", sg_origin_rows[member].name);
	return sg_origin_push_table(L, view->node, member);
}

static int
open_index(lua_State *L, const struct sg_view *view)
{
	struct sg_str name = {NULL, 0};
	const struct sg_json *found = NULL;
	sg_vm_charge(L, 1 + view->node->count / 8);
	if (view->shape == SG_SHAPE_LIST && lua_isinteger(L, 2))
		found = element(view->node, lua_tointeger(L, 2));
	if (lua_type(L, 2) == LUA_TSTRING)
		name.ptr = lua_tolstring(L, 2, &name.len);
	if (name.ptr != NULL && view->element == SG_SHAPE_NONE && sg_str_is(name, "get")) {
		lua_pushcfunction(L, view_get);
		return 1;
	}
	if (name.ptr != NULL && view->element == SG_SHAPE_NONE && sg_origin_member_named(name) < SG_ORIGIN_MEMBER_COUNT)
		return origin_index(L, view, (enum sg_origin_member)sg_origin_member_named(name));
	if (name.ptr != NULL && view->shape == SG_SHAPE_OPEN)
		found = sg_json_get_str(view->node, name);
	if (found == NULL)
		return sg_vm_raise(L, SG_CODE_ERROR, "use :get(name, default) for what may be absent",
				   "the request does not have the %s asked for",
				   view->shape == SG_SHAPE_LIST ? "element" : "member");
	sg_view_push(L, found, view->shape == SG_SHAPE_LIST ? view->element : SG_SHAPE_NONE);
	return 1;
}

static int
typed_index(lua_State *L, const struct sg_view *view)
{
	char hint[SG_VM_TEXT];
	struct sg_str name = SG_STR("");
	if (lua_type(L, 2) == LUA_TSTRING)
		name.ptr = lua_tolstring(L, 2, &name.len);
	const struct sg_field *field = sg_field_find(view->shape, name);
	if (field == NULL)
		return sg_vm_raise(L, SG_CODE_UNKNOWN_FIELD, sg_field_hint(view->shape, name, hint, sizeof(hint)),
				   "%s has no such field", sg_shape_name(view->shape));
	if (field->shape == SG_SHAPE_HISTORY) {
		struct sg_view *history = lua_newuserdatauv(L, sizeof(*history), 0);
		*history = (struct sg_view){view->generation, view->node, SG_SHAPE_HISTORY, SG_SHAPE_NONE};
		luaL_setmetatable(L, SG_VIEW);
		return 1;
	}
	sg_reads_note(&sg_policy_of(L)->reads, view->shape, field->name);
	const struct sg_json *node = sg_json_get_str(view->node, name);
	if (node == NULL && view->shape == SG_SHAPE_BUDGET) {
		lua_pushnil(L);
		return 1;
	}
	if (node == NULL)
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "the request came without %s.%s", sg_shape_name(view->shape),
				   field->name);
	sg_view_push(L, node, field->shape);
	return 1;
}

static int
history_index(lua_State *L, const struct sg_view *view)
{
	char hint[SG_VM_TEXT];
	struct sg_str name = SG_STR("");
	if (lua_type(L, 2) == LUA_TSTRING)
		name.ptr = lua_tolstring(L, 2, &name.len);
	if (view->shape != SG_SHAPE_HISTORY)
		return sg_history_push(L, (enum sg_need_kind)(view->shape - SG_SHAPE_COUNT), name);
	const struct sg_field *field = sg_field_find(view->shape, name);
	if (field == NULL)
		return sg_vm_raise(L, SG_CODE_UNKNOWN_FIELD, sg_field_hint(view->shape, name, hint, sizeof(hint)),
				   "history has no such field");
	struct sg_view *part = lua_newuserdatauv(L, sizeof(*part), 0);
	*part = (struct sg_view){view->generation, view->node, field->shape, SG_SHAPE_NONE};
	luaL_setmetatable(L, SG_VIEW);
	return 1;
}

static int
view_index(lua_State *L)
{
	const struct sg_view *view = sg_view_at(L, 1);
	sg_vm_charge(L, 1);
	if (view->shape >= SG_SHAPE_HISTORY)
		return history_index(L, view);
	return view->shape >= SG_SHAPE_OPEN ? open_index(L, view) : typed_index(L, view);
}

static int
view_newindex(lua_State *L)
{
	return sg_vm_raise(L, SG_CODE_ERROR, NULL, "a request is read-only");
}

static int
view_len(lua_State *L)
{
	const struct sg_json *node = sg_view_node(L, 1);
	if (node == NULL || node->type != SG_JSON_ARRAY)
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "# is for lists");
	lua_pushinteger(L, node->count);
	return 1;
}

static int
view_eq(lua_State *L)
{
	const struct sg_json *a = sg_view_node(L, 1), *b = sg_view_node(L, 2);
	if (a != NULL && b != NULL)
		sg_vm_charge(L, a->span + (uint64_t)a->count * b->count / 8);
	lua_pushboolean(L, a != NULL && b != NULL && sg_json_eq(a, b));
	return 1;
}

void
sg_view_open(lua_State *L)
{
	static const luaL_Reg events[] = {{"__index", view_index},
					  {"__newindex", view_newindex},
					  {"__len", view_len},
					  {"__eq", view_eq},
					  {NULL, NULL}};
	luaL_newmetatable(L, SG_VIEW);
	luaL_setfuncs(L, events, 0);
	lua_pop(L, 1);
}
