/* SPDX-License-Identifier: Apache-2.0
 * Taking values out of tables that policies wrote, strictly: no coercion, no unknown members, bounds on everything. */
#ifndef SG_POLICY_TAKE_H
#define SG_POLICY_TAKE_H

#include "policy/state.h"

/* Notes a problem at the calling Lua line (while loading). */
void sg_take_problem(lua_State *L, const char *hint, const char *what);

/* True if the value at `index` is a table; a frozen one is opened in place. */
bool sg_take_table(lua_State *L, int index);

/* The string at `index`, borrowed from Lua; false if it is none. */
bool sg_take_string(lua_State *L, int index, struct sg_str *out);

/* A duration as text or as integer milliseconds, 0 to SG_DURATION_MAX. */
bool sg_take_duration(lua_State *L, int index, int64_t *milliseconds);

/* A dotted pattern, copied into the policy's arena. */
bool sg_take_pattern(lua_State *L, int index, struct sg_str *out);

/* Complains about the (bytewise first) member of the table at `index` that is not in `names` (ended by NULL) and not
 * among the list elements 1 to `elements`. `what` is what the table is, for the text. True if there is none. */
bool sg_take_members(lua_State *L, int index, const char *what, const char *const *names, size_t elements);

/* Elements of the table or list view at `index` (a frozen table is opened in place); SIZE_MAX if it is neither or has
 * other keys. */
size_t sg_take_length(lua_State *L, int index);

#endif
