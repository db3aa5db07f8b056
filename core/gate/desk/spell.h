/* SPDX-License-Identifier: Apache-2.0
 * One spelling of a thing: resource and arguments in the normal forms that the catalogue declares, from the door of the decision on, so that digest, policy,
 * record and credential see the same. */
#ifndef SG_GATE_SPELL_H
#define SG_GATE_SPELL_H

#include "gate/desk/request.h"

/* Brings the resource's id and the arguments of a request into their forms, where they are another spelling of something. What is none stays as it is, and
 * the ceilings refuse it. False: no memory. */
bool sg_spell(struct sg_gate *gate, struct sg_request *request);
/* The same by a catalogue, without a gate: action_name, resource_type, args and resource of the request (NULL: none) and its arena are used, nothing else. */
bool sg_spell_with(const struct sg_catalogue *catalogue, struct sg_request *request);

/* The id is in the form of its type: of the catalogue in force, which may be another one than at the door. *why: in words of ours. */
bool sg_spell_resource_fits(const struct sg_catalogue *catalogue, struct sg_str type, struct sg_str id, const char **why);
/* So is what an argument has: a text, or an array of them. */
bool sg_spell_argument_fits(enum sg_form form, const struct sg_json *value);

#endif
