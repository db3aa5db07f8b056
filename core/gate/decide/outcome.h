/* SPDX-License-Identifier: Apache-2.0
 * Outcomes: what really happened, and the hooks behind it. */
#ifndef SG_GATE_DECIDE_OUTCOME_H
#define SG_GATE_DECIDE_OUTCOME_H

#include "gate/desk/desk.h"

void sg_route_outcome(struct sg_gate *gate, struct sg_request *request);
void sg_outcome_record(struct sg_gate *gate, struct sg_request *request, struct sg_attempt *attempt, struct sg_str result,
		       const char *asker);
/* The leaf number in a decision id. */
bool sg_decision_leaf(struct sg_str decision, uint64_t *number);
/* Starts the hooks of policy for an outcome whose leaf says that one is due. `labels`: of the report, or NULL. */
void sg_after(struct sg_gate *gate, struct sg_attempt *attempt, struct sg_str result, const struct sg_json *labels);
/* A hook's answer is in: request->reason is `allowed` if it may be applied. */
void sg_afterwards(struct sg_gate *gate, struct sg_request *request);
/* Its hooks that are due and that nobody is asking about have failed. After recovery, and once the journal takes what it did not (people/review.c). Returns how much was done. */
size_t sg_hooks_lost(struct sg_gate *gate, const struct sg_attempt *attempt);
/* What nobody reported on in time becomes unknown. */
void sg_gate_silence(struct sg_gate *gate);
/* The rule's patterns take this action. */
bool sg_rule_fits(const struct sg_json *rule, struct sg_str action);
/* The set in force has a hook for what was done; true, too, where no set is in force. */
bool sg_hook_due(const struct sg_gate *gate, const struct sg_attempt *attempt);
/* A policy set is in force from now on. */
void sg_gate_policy(struct sg_gate *gate, struct sg_str manifest, uint64_t generation);

#endif
