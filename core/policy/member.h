/* SPDX-License-Identifier: Apache-2.0
 * Single members of effects: reading what the policy gave, writing it canonically, or saying what is wrong. */
#ifndef SG_POLICY_MEMBER_H
#define SG_POLICY_MEMBER_H

#include "base/canon.h"
#include "policy/effect.h"

/* Writes the value at the top of the stack (nil: the default). False after complaining (sg_policy_complain). */
bool sg_member_write(lua_State *L, struct sg_json_writer *w, const struct sg_effect_member *member);

/* Makes the metatable of bounds; once per state. */
void sg_bound_open(lua_State *L);

/* A string, number or boolean as JSON; false for other types, NaN and infinities. */
bool sg_member_scalar(lua_State *L, int index, struct sg_buf *out);

#endif
