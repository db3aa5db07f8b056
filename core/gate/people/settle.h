/* SPDX-License-Identifier: Apache-2.0
 * One approval, for those files that show it and those that settle it. Private to people/. */
#ifndef SG_GATE_PEOPLE_SETTLE_H
#define SG_GATE_PEOPLE_SETTLE_H

#include "gate/people/people.h"

/* "open", ..., "expired": as it stands now. */
const char *sg_approval_word(const struct sg_gate *gate, const struct sg_approval *a);
/* What the person is shown, canonical; empty where nothing is left of it. */
struct sg_str sg_approval_action(struct sg_gate *gate, struct sg_approval *a);
/* The approval that r->argument names, whole for people, its state for agents. */
void sg_answer_approval(struct sg_gate *gate, struct sg_request *r);
/* It is this person's to see, who asks so. */
bool sg_is_asked(const struct sg_gate *gate, const struct sg_request *r, const struct sg_admin *admin, const struct sg_approval *a);

#endif
