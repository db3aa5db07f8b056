/* SPDX-License-Identifier: Apache-2.0
 * Views, made. */
#include "policy/view/in.h"

#include "base/str.h"

struct sg_view *
sg_view_at(lua_State *L, int index)
{
	struct sg_view *view = luaL_testudata(L, index, SG_VIEW);
	if (view != NULL && view->generation != sg_policy_of(L)->generation)
		sg_vm_raise(L, SG_CODE_STATE, NULL, "a request was kept after its judgement");
	return view;
}

void
sg_view_push(lua_State *L, const struct sg_json *node, enum sg_shape shape)
{
	int64_t whole;
	switch (node->type) {
	case SG_JSON_NULL:
		lua_pushnil(L);
		return;
	case SG_JSON_BOOL:
		lua_pushboolean(L, node->boolean);
		return;
	case SG_JSON_NUMBER:
		if (sg_json_int(node, &whole))
			lua_pushinteger(L, whole);
		else
			lua_pushnumber(L, node->number);
		return;
	case SG_JSON_STRING:
		sg_vm_charge_bytes(L, node->string.len);
		lua_pushlstring(L, node->string.ptr, node->string.len);
		return;
	case SG_JSON_ARRAY:
	case SG_JSON_OBJECT:
		break;
	}
	struct sg_view *view = lua_newuserdatauv(L, sizeof(*view), 0);
	*view = (struct sg_view){sg_policy_of(L)->generation, node, shape, sg_shape_element(shape)};
	if (node->type == SG_JSON_ARRAY)
		view->shape = SG_SHAPE_LIST;
	else if (shape == SG_SHAPE_NONE || shape >= SG_SHAPE_LIST)
		view->shape = SG_SHAPE_OPEN;
	luaL_setmetatable(L, SG_VIEW);
}

void
sg_view_push_request(lua_State *L)
{
	sg_view_push(L, sg_policy_of(L)->request, SG_SHAPE_REQUEST);
}

const struct sg_json *
sg_view_node(lua_State *L, int index)
{
	const struct sg_view *view = sg_view_at(L, index);
	return view != NULL && (view->shape == SG_SHAPE_OPEN || view->shape == SG_SHAPE_LIST) ? view->node : NULL;
}
