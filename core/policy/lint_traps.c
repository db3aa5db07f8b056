/* SPDX-License-Identifier: Apache-2.0
 * Conditions that Lua reads otherwise than they are written: `not a == b` is `(not a) == b`, and `a == "x" or "y"` is true whatever a is. */
#include "policy/lint.h"

static bool
compares(const struct sg_token *t)
{
	static const char *const signs[] = {"==", "~=", "<", "<=", ">", ">="};
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (sg_lint_is(t, signs[i]))
			return true;
	return false;
}

/* Behind the value that begins at `i`: a constant, a name with its members and calls, or brackets. */
static size_t
behind_value(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	return sg_lint_behind_chain(lint, sg_lint_is(&t[i], "(") || sg_lint_is(&t[i], "{") ? sg_lint_behind(lint, i) : i + 1);
}

static bool
is_constant(const struct sg_token *t)
{
	return t->kind == SG_TOKEN_STRING || t->kind == SG_TOKEN_NUMBER || sg_lint_is(t, "{");
}

void
sg_lint_traps(struct sg_lint *lint)
{
	const struct sg_token *t = lint->tokens;
	for (size_t i = 0; i + 2 < lint->count; i++) {
		bool joins = sg_lint_is(&t[i], "or") || sg_lint_is(&t[i], "and");
		if (sg_lint_is(&t[i], "not") && compares(&t[behind_value(lint, i + 1)]))
			sg_problem_add(lint->policy, lint->file, t[i].line, "not (a == b), or a ~= b", "`not` takes what stands behind it alone, before it is compared");
		else if (joins && is_constant(&t[i + 1]) && sg_lint_is(&t[behind_value(lint, i + 1)], "then"))
			sg_problem_add(lint->policy, lint->file, t[i].line, "a == \"x\" or a == \"y\"", "a constant alone is always true here");
	}
}
