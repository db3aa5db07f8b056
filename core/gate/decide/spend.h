/* SPDX-License-Identifier: Apache-2.0
 * What an action costs, whether every budget it falls under has that much left, and what stands about it in the leaf. */
#ifndef SG_GATE_SPEND_H
#define SG_GATE_SPEND_H

#include "gate/decide/decide.h"

/* Reads what the effective arguments say. SG_REASON_allowed, or budget_argument. */
enum sg_reason sg_cost_of(const struct sg_action *action, const struct sg_json *args, int64_t cost[SG_DIMENSIONS]);

/* SG_REASON_allowed; budget_exceeded; split. Changes nothing. */
enum sg_reason sg_budgets_allow(const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task, const int64_t cost[SG_DIMENSIONS]);

/* Members `charges` (accounts beyond the tree's own) and `cost`. */
void sg_write_charges(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r);
void sg_write_cost(struct sg_json_writer *w, const int64_t cost[SG_DIMENSIONS]);

/* What is left of each dimension for this task: the least over its chain, tree, agent and owner; -1: no bound. */
void sg_budget_left(const struct sg_gate *gate, const struct sg_task *task, int64_t left[SG_DIMENSIONS]);
/* {"calls":n,...}: those that are bounded. */
void sg_write_left(struct sg_json_writer *w, const int64_t left[SG_DIMENSIONS]);

#endif
