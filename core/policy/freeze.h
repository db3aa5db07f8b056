/* SPDX-License-Identifier: Apache-2.0
 * After loading nothing a rule can reach may change: tables are replaced by read-only ones, variables are remembered
 * and compared after each judgement. So a decision depends on its request alone and replays from its record. */
#ifndef SG_POLICY_FREEZE_H
#define SG_POLICY_FREEZE_H

#include "policy/state.h"

enum { SG_FREEZE_DEPTH = 60 };

/* Replaces the value at the top of the stack by its frozen form: a table by a read-only one with deeply frozen
 * contents, the variables of a function likewise. Other values stay. Raises policy_state on what cannot be frozen. */
void sg_freeze_value(lua_State *L);

/* Freezes everything the rule's functions reach and remembers their variables (rule->cells). Within sg_vm_run. */
void sg_freeze_rule(lua_State *L, struct sg_policy_rule *rule);

/* Raises policy_state if a variable the rule's functions reach is not what it was after loading. */
void sg_freeze_check(lua_State *L, const struct sg_policy_rule *rule);

/* Puts those variables back to what they were after loading: behind a failure in the middle, which may have changed them. Outside of sg_vm_run. */
void sg_freeze_restore(lua_State *L, const struct sg_policy_rule *rule);

/* Replaces the table at the top of the stack by an empty one through which it can be read but not written. Not deep. */
void sg_freeze_wrap(lua_State *L);

/* If the value at `index` is a frozen table, puts its contents there instead, for raw reading; they must not be handed
 * to Lua code. True if the value is now a plain table. */
bool sg_freeze_open(lua_State *L, int index);

#endif
