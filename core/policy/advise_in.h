/* SPDX-License-Identifier: Apache-2.0
 * A file under advice. For advise*.c only. */
#ifndef SG_POLICY_ADVISE_IN_H
#define SG_POLICY_ADVISE_IN_H

#include "policy/advise.h"
#include "policy/lint.h"

struct sg_advice {
	struct sg_lint lint;
	const struct sg_json *conf;
};

/* Warns where the field at token `i` is compared with a word that it never is. */
void sg_advise_words(struct sg_advice *advice, size_t i);

#endif
