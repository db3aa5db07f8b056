/* SPDX-License-Identifier: Apache-2.0
 * Comparisons of what has a type with a constant of another. */
#ifndef SG_POLICY_LINT_KINDS_H
#define SG_POLICY_LINT_KINDS_H

#include "policy/lint/lint.h"

/* The value that stands from token `first` to `last`, called `name`, is of this type ("integer?", "string[]", "sg.task"): notes a comparison with a constant
 * that it never equals. */
void sg_lint_kind(struct sg_lint *lint, size_t first, size_t last, struct sg_str name, const char *type);

/* Of r.args.NAME.trusted and its like; NULL: it is none of them. */
const char *sg_lint_origin_type(struct sg_str member);

struct sg_policy_call;
/* The function whose name stands at `i`: `:lower(`, `table.has(`, `type(`; NULL: none of ours, or the file gives something of its own that name. */
const struct sg_policy_call *sg_lint_call_at(const struct sg_lint *lint, size_t i);
/* Where the value begins whose last name stands at `i`: r.args:get("x"):lower. */
size_t sg_lint_begins(const struct sg_lint *lint, size_t i);
/* The constant that the value from token `first` to `last` is compared with by == or ~=; 0: it is compared with none. */
size_t sg_lint_compared(const struct sg_lint *lint, size_t first, size_t last);

#endif
