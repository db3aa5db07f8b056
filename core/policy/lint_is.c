/* SPDX-License-Identifier: Apache-2.0
 * Is this token that word, and what is it called with? */
#include "policy/lint.h"

#include "base/str.h"

bool
sg_lint_is(const struct sg_token *token, const char *text)
{
	return (token->kind == SG_TOKEN_OPERATOR || token->kind == SG_TOKEN_KEYWORD || token->kind == SG_TOKEN_NAME) &&
	       sg_str_is(token->text, text);
}

size_t
sg_lint_called(const struct sg_lint *lint, size_t i, const char *word)
{
	const struct sg_token *t = &lint->tokens[i];
	if (i + 2 >= lint->count || !sg_lint_is(t, word) || (i > 0 && (sg_lint_is(t - 1, ".") || sg_lint_is(t - 1, ":"))))
		return 0;
	return sg_lint_is(t + 1, "{") ? i + 1 : sg_lint_is(t + 1, "(") && sg_lint_is(t + 2, "{") ? i + 2 : 0;
}
