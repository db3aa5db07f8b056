/* SPDX-License-Identifier: Apache-2.0
 * Tables that functions take a text apart into. */
#ifndef SG_POLICY_LUA_PARTS_H
#define SG_POLICY_LUA_PARTS_H

#include <lua.h>

/* The table at the top of the stack is read-only from then on, and a member that it does not have raises. Returns 1. */
int sg_parts_finish(lua_State *L);

#endif
