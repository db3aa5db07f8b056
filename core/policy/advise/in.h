/* SPDX-License-Identifier: Apache-2.0
 * A file under advice. For advise*.c only. */
#ifndef SG_POLICY_ADVISE_IN_H
#define SG_POLICY_ADVISE_IN_H

#include "base/form.h"
#include "policy/advise/advise.h"
#include "policy/lint/lint.h"

struct sg_advice {
	struct sg_lint lint;
	const struct sg_json *conf;
};

/* Warns where the argument whose name is token `name` is compared with a constant that is not in the normal form of `form`. */
void sg_advise_argument(struct sg_advice *advice, size_t name, enum sg_form form);
/* The same for `resource.id` at token `i`. */
void sg_advise_resource(struct sg_advice *advice, size_t i);
/* Warns where the field at token `i` is compared with a word that it never is. */
void sg_advise_words(struct sg_advice *advice, size_t i);
/* A label that a rule makes at run time. */
void sg_advise_labels(struct sg_advice *advice, size_t i);

#endif
