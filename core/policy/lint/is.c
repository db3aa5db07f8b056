/* SPDX-License-Identifier: Apache-2.0
 * Tokens: is this one that word, what is it called with, where does what it opens end? */
#include "policy/lint/lint.h"

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

size_t
sg_lint_behind(const struct sg_lint *lint, size_t i)
{
	size_t depth = 0;
	for (; i < lint->count; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (sg_lint_is(t, "{") || sg_lint_is(t, "(") || sg_lint_is(t, "[") || sg_lint_is(t, "function") ||
		    sg_lint_is(t, "do") || sg_lint_is(t, "if") || sg_lint_is(t, "repeat"))
			depth++;
		else if (sg_lint_is(t, "}") || sg_lint_is(t, ")") || sg_lint_is(t, "]") || sg_lint_is(t, "end") ||
			 sg_lint_is(t, "until"))
			if (depth-- <= 1)
				return i + 1;
	}
	return i;
}

size_t
sg_lint_behind_chain(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	while (i + 1 < lint->count) {
		if (sg_lint_is(&t[i], ".") || sg_lint_is(&t[i], ":"))
			i += 2;
		else if (sg_lint_is(&t[i], "(") || sg_lint_is(&t[i], "["))
			i = sg_lint_behind(lint, i);
		else
			break;
	}
	return i;
}

size_t
sg_lint_opening(const struct sg_lint *lint, size_t i)
{
	size_t depth = 0;
	for (; i > 0; i--) {
		const struct sg_token *t = &lint->tokens[i];
		depth += sg_lint_is(t, ")") || sg_lint_is(t, "]") || sg_lint_is(t, "}");
		depth -= depth > 0 && (sg_lint_is(t, "(") || sg_lint_is(t, "[") || sg_lint_is(t, "{"));
		if (depth == 0)
			break;
	}
	return i;
}
