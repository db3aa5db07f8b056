/* SPDX-License-Identifier: Apache-2.0
 * Who of a group may say yes, as a configuration has it: for those who judge one without a gate. It is the gate's own rule (gate/decide/givers.c) as far as that
 * rests on the configuration; whom an operator has disabled since, and who asked, the gate alone knows. */
#ifndef SG_FRAME_APPROVERS_H
#define SG_FRAME_APPROVERS_H

#include "base/json.h"

/* How many of a group may say yes: admins whom it lists, or who list it; not those who only watch, whose person is disabled, or whose user a stanza in agents
 * names. *members: how many are in it, may be NULL. */
size_t sg_approvers_of(const struct sg_json *document, struct sg_str group, size_t *members);

#endif
