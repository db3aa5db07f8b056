/* SPDX-License-Identifier: Apache-2.0
 * Locals that stand for one thing in a whole file: `local level = r.sensitivity`, `local secret = "secret"`. A name that is assigned, declared
 * with another value elsewhere, or whose value is more than one chain or text, stands for nothing here. */
#ifndef SG_POLICY_LINT_ALIAS_H
#define SG_POLICY_LINT_ALIAS_H

#include "policy/lint/lint.h"

/* Index of the first token of what the name at token `i` stands for; 0: nothing is known of it. */
size_t sg_lint_alias(const struct sg_lint *lint, size_t i);

#endif
