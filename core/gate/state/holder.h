/* SPDX-License-Identifier: Apache-2.0
 * Who has what, and what is open where: kept as it changes, so that neither a bound nor an end looks at what others have. In memory alone, from the same things
 * whether they were folded or read from a snapshot. */
#ifndef SG_GATE_STATE_HOLDER_H
#define SG_GATE_STATE_HOLDER_H

#include "gate/state/state.h"

/* What one agent has. A task that was handed on and that nobody has taken yet is that of the agent that handed it on. */
struct sg_holder {
	char *agent;
	struct sg_ring tasks;     /* open, or standing still */
	struct sg_ring leases;    /* not dead */
	struct sg_ring approvals; /* open or granted */
	size_t open, given, asked; /* of these */
	size_t kept;              /* its tasks in memory, ended or not */
};

/* It is in the rings that it belongs to by its agent, instance, domain, tree and state, and in no other; after each change of one of these. False: no memory. */
bool sg_task_stands_in(struct sg_state *state, struct sg_task *task);
bool sg_lease_stands_in(struct sg_state *state, struct sg_lease *lease);
bool sg_approval_stands_in(struct sg_state *state, struct sg_approval *approval);
/* Its state, its domain or whether that stands still may have changed: those above it count anew whether it is open, stands still, and waits for an operator, for which
 * the domain does not stand still in its place. */
void sg_task_counts(struct sg_task *task);
/* It ended, or is freed: out of all rings of what is open. */
void sg_task_ends_in(struct sg_task *task);
/* It ended, or what it writes to memories changed: among its domain's writers as long as it has ended and writes still. */
void sg_task_writes(struct sg_task *task);
/* Something that it writes may not be over. */
bool sg_task_still_writes(const struct sg_task *task, int64_t at_ms);
void sg_lease_ends_in(struct sg_lease *lease);
void sg_approval_ends_in(struct sg_approval *approval);
/* And its agent keeps it no more. */
void sg_task_is_forgotten(struct sg_task *task);
const struct sg_holder *sg_state_holder(const struct sg_state *state, struct sg_str agent);
void sg_holders_free(struct sg_state *state);

/* Something that stood still goes on again: what processes that are gone left is looked at once more. */
void sg_state_stirs(struct sg_state *state);
/* The next that is open behind `at`; NULL: the first, or none. One that is looked at may end; others may not. */
struct sg_task *sg_domain_open(const struct sg_domain *domain, const struct sg_task *at);
struct sg_task *sg_instance_open(const struct sg_instance *instance, const struct sg_task *at);
struct sg_task *sg_tree_open(const struct sg_task *root, const struct sg_task *at);

#endif
