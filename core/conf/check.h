/* SPDX-License-Identifier: Apache-2.0
 * From a merged tree to one that holds every option, then to the document. */
#ifndef SG_CONF_CHECK_H
#define SG_CONF_CHECK_H

#include "conf/table.h"

/* Checks `root` against the table and adds what is not given. Everything wrong goes to `errors`. */
void sg_conf_check(struct sg_arena *arena, struct sg_conf_node *root, struct sg_conf_errors *errors);

/* Checks what one stanza says about another: names that must exist or be unique, lives within their bounds, an attest
 * stack in which something must hold. Takes trees with mistakes. */
void sg_conf_check_references(struct sg_conf_node *root, struct sg_conf_errors *errors);

/* Gives each attest stanza its place in the stack (`number`, from 0): file order, but for what after and before ask.
 * Steps that wait for each other or themselves are an error. Takes trees with mistakes. */
void sg_conf_order(struct sg_arena *arena, struct sg_conf_node *root, struct sg_conf_errors *errors);

/* Writes a checked tree as canonical JSON; sets out->failed if it was not one. */
void sg_conf_document(struct sg_buf *out, struct sg_arena *arena, const struct sg_conf_node *root);

/* Writes where each value of a checked tree was given, as canonical JSON by key; sets out->failed if that cannot be. */
void sg_conf_origins(struct sg_buf *out, struct sg_arena *arena, const struct sg_conf_node *root);

/* Types of resources whose stanzas disagree on their form, and patterns that fit no id of it. */
void sg_conf_check_forms(const struct sg_conf_node *root, struct sg_conf_errors *errors);

/* unbound.c: arguments that a yes does not hold to have no effect. */
void sg_conf_check_unbound(const struct sg_conf_node *root, struct sg_conf_errors *errors);

/* Paths in authority, narrow and costs of an action that names its arguments, but begin with none of them; in narrow and costs, those that lead to a place in a list. */
void sg_conf_check_declared(const struct sg_conf_node *root, struct sg_conf_errors *errors);

#endif
