/* SPDX-License-Identifier: Apache-2.0
 * Who must say yes to an approval. */
#ifndef SG_GATE_REQUIREMENT_H
#define SG_GATE_REQUIREMENT_H

#include "base/canon.h"
#include "gate/state/state.h"

/* Groups in the order in which canonical JSON has them; whoever adds one sorts again. */
void sg_requirement_sort(struct sg_requirement *requirement);
/* There is room for the yes of everybody it asks. */
bool sg_requirement_fits(const struct sg_requirement *requirement);

/* This proof counts for it. */
bool sg_requirement_takes(const struct sg_requirement *requirement, const char *method);
/* Adds one; false if there is no room, or it is no name. */
bool sg_requirement_method(struct sg_requirement *requirement, struct sg_str method);
/* The member "methods". */
void sg_write_methods(struct sg_json_writer *w, const struct sg_requirement *requirement);

/* The member "groups": who must say yes and how many of each. */
void sg_write_groups(struct sg_json_writer *w, const struct sg_requirement *requirement);

#endif
