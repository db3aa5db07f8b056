/* SPDX-License-Identifier: Apache-2.0
 * Whole numbers that never wrap. Lua's are taken modulo 2^64: a price times a quantity, both large, would be 0, and a rule that bounds the product would let
 * it pass. Here a sum, difference, product or shift that does not fit raises policy_error.
 *
 * How: behind each such instruction Lua's compiler puts one that calls the operands' metamethod, which is passed over where both are numbers (Lua 5.4,
 * lopcodes.h, "OP_MMBIN"). A chunk is compiled, dumped, the first of the two is made to do nothing, and loaded again; the metatable of all numbers has the
 * functions that count right. What this rests on is tried at every load: sg_exact_works(). */
#ifndef SG_POLICY_EXACT_H
#define SG_POLICY_EXACT_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* Compiles as luaL_loadbufferx(text, len, name, "t") does, with the same results and messages; LUA_ERRSYNTAX, too, if this Lua writes its code otherwise
 * than is known here. */
int sg_exact_load(lua_State *L, const char *text, size_t len, const char *name);

/* Gives the numbers of a state their arithmetic, beside what their metatable has. */
void sg_exact_open(lua_State *L);

/* True if it holds with this Lua: numbers that fit are right, numbers that do not raise. Where it is false no policy is loaded. */
bool sg_exact_works(void);

#endif
