/* SPDX-License-Identifier: Apache-2.0
 * A view, as the files know it that make one. For view*.c only. */
#ifndef SG_POLICY_VIEW_IN_H
#define SG_POLICY_VIEW_IN_H

#include "policy/view/view.h"

#define SG_VIEW "request value"

struct sg_view {
	uint64_t generation;
	const struct sg_json *node;
	enum sg_shape shape, element; /* element: shape of what a list holds */
};

/* The view at `index`, NULL if it is none. Raises policy_state if it is stale. */
struct sg_view *sg_view_at(lua_State *L, int index);

#endif
