/* SPDX-License-Identifier: Apache-2.0
 * What a rule declared that it needs to know of the past (need.h), read at load time and served at judgement. */
#ifndef SG_POLICY_HISTORY_H
#define SG_POLICY_HISTORY_H

#include "policy/state.h"

/* Reads a rule's `needs` (the value at the top of the stack, left there). Mistakes are noted as problems. What was read
 * is sorted by kind, then by key in canonical order. */
void sg_history_needs(lua_State *L, struct sg_policy_rule *rule);

/* Pushes history.KIND[name] of the rule being asked; returns 1. Raises policy_unknown_field if the rule did not declare
 * it: what is not declared would not be in the record, and the decision could not be replayed. */
int sg_history_push(lua_State *L, enum sg_need_kind kind, struct sg_str name);

#endif
