/* SPDX-License-Identifier: Apache-2.0
 * A `when` that is given to a table before it becomes a rule: where it is nil nobody can tell it from none, and the rule would always apply. In the braces of its
 * rule that is seen once the rule has run (left_out.c); anywhere else it is written as a function, in a file that makes rules of tables which it has. */
#include "base/str.h"
#include "policy/lint/lint.h"

/* The token of the value where a member `when` is given at `i`, or what stands there where nobody could tell which value it gets (`t.when, x = ...`, the name as a
 * text in any other place); 0: none is. */
static size_t
given(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = &lint->tokens[i];
	if (i == 0 || !sg_str_is(t->text, "when"))
		return 0;
	if (t->kind == SG_TOKEN_STRING)
		return sg_lint_is(t - 1, "[") && sg_lint_is(t + 1, "]") && sg_lint_is(t + 2, "=") ? i + 3 : i;
	if (t->kind != SG_TOKEN_NAME || sg_lint_is(t - 1, "local"))
		return 0;
	return sg_lint_is(t + 1, "=") ? i + 2 : sg_lint_is(t - 1, ".") && sg_lint_is(t + 1, ",") ? i + 1 : 0;
}

static bool
is_rules(const struct sg_lint *lint, size_t at, size_t i)
{
	size_t depth = 0;
	for (size_t k = at + 1; k < i; k++) {
		depth += sg_lint_is(&lint->tokens[k], "{");
		depth -= sg_lint_is(&lint->tokens[k], "}") && depth > 0;
	}
	return depth == 0;
}

/* `rule` is called with something else than braces, or given away. */
static bool
makes_of_tables(const struct sg_lint *lint)
{
	for (size_t i = 0; i + 2 < lint->count; i++)
		if (lint->tokens[i].kind == SG_TOKEN_NAME && sg_lint_is(&lint->tokens[i], "rule") && sg_lint_called(lint, i, "rule") == 0 &&
		    (i == 0 || (!sg_lint_is(&lint->tokens[i - 1], ".") && !sg_lint_is(&lint->tokens[i - 1], ":"))))
			return true;
	return false;
}

void
sg_lint_conditions(struct sg_lint *lint)
{
	size_t from = 0, to = 0;
	if (!makes_of_tables(lint))
		return;
	for (size_t i = 0; i + 3 < lint->count; i++) {
		size_t at = sg_lint_called(lint, i, "rule"), value = given(lint, i);
		if (at != 0) {
			from = at;
			to = sg_lint_behind(lint, at);
		}
		if (value == 0 || (i > from && i < to && is_rules(lint, from, i)) || sg_lint_is(&lint->tokens[value], "function"))
			continue;
		sg_problem_add(lint->policy, lint->file, lint->tokens[i].line, "when = function(r) return ... end, or in the braces of `rule { ... }` itself",
			       "a `when` that is given before its rule is written as a function: were it nil here, the rule would always apply");
	}
}
