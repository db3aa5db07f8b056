/* SPDX-License-Identifier: Apache-2.0
 * The request as policies see it: lazy, read-only views over the parsed JSON. Nothing is copied before it is asked for.
 */
#ifndef SG_POLICY_VIEW_H
#define SG_POLICY_VIEW_H

#include "policy/field.h"
#include "policy/state.h"

/* Makes the metatable; once per state, within sg_vm_run. */
void sg_view_open(lua_State *L);

/* Pushes the view of the current request. A view outlives its judgement only as a value that raises policy_state. */
void sg_view_push_request(lua_State *L);

/* Pushes a JSON value: strings, numbers (integers where they are whole), booleans, nil for null, views for the rest. */
void sg_view_push(lua_State *L, const struct sg_json *node, enum sg_shape shape);

/* The JSON array or object behind the view at `index`, NULL if the value is not a view of an open object or a list.
 * Raises policy_state if the view is stale. */
const struct sg_json *sg_view_node(lua_State *L, int index);

#endif
