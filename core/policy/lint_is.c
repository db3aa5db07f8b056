/* SPDX-License-Identifier: Apache-2.0
 * Is this token that word? */
#include "policy/lint.h"

#include "base/str.h"

bool
sg_lint_is(const struct sg_token *token, const char *text)
{
	return (token->kind == SG_TOKEN_OPERATOR || token->kind == SG_TOKEN_KEYWORD || token->kind == SG_TOKEN_NAME) &&
	       sg_str_is(token->text, text);
}
