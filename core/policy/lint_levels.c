/* SPDX-License-Identifier: Apache-2.0
 * Comparisons of levels that say something else than they seem to, as far as they can be seen: `r.sensitivity <= "internal"` compares letters, and
 * `== "secret"` never holds. A chain that goes through what the caller wrote (args, context ...) is no level. */
#include "base/str.h"
#include "policy/level.h"
#include "policy/lint.h"

static bool
is_order(const struct sg_token *t)
{
	return sg_lint_is(t, "<") || sg_lint_is(t, "<=") || sg_lint_is(t, ">") || sg_lint_is(t, ">=");
}

static bool
is_equality(const struct sg_token *t)
{
	return sg_lint_is(t, "==") || sg_lint_is(t, "~=");
}

static bool
is_callers(const struct sg_token *t)
{
	return sg_lint_is(t, "args") || sg_lint_is(t, "context") || sg_lint_is(t, "properties") || sg_lint_is(t, "facts");
}

/* The name at `i` ends a chain a.b.c that leads to a level. */
static bool
is_level(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	if (i < 2 || t[i].kind != SG_TOKEN_NAME || !sg_level_field(t[i].text) || !sg_lint_is(&t[i - 1], "."))
		return false;
	for (size_t at = i; at >= 2 && sg_lint_is(&t[at - 1], ".") && t[at - 2].kind == SG_TOKEN_NAME; at -= 2)
		if (is_callers(&t[at - 2]))
			return false;
	return true;
}

/* The last name of the chain that begins at `i`; 0: what stands there is no such chain, or goes on (a call, an index). */
static size_t
end_of_chain(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	if (t[i].kind != SG_TOKEN_NAME)
		return 0;
	while (sg_lint_is(&t[i + 1], ".") && t[i + 2].kind == SG_TOKEN_NAME)
		i += 2;
	return sg_lint_is(&t[i + 1], ":") || sg_lint_is(&t[i + 1], "(") || sg_lint_is(&t[i + 1], "[") || sg_lint_is(&t[i + 1], ".") ? 0 : i;
}

static void
no_order(struct sg_lint *lint, const struct sg_token *field)
{
	sg_problem_add(lint->policy, lint->file, field->line, "use :at_least(\"...\") or :at_most(\"...\")", "%.*s is compared by its letters, not by its level",
		       SG_STR_ARG(field->text));
}

static void
check_word(struct sg_lint *lint, const struct sg_token *field, const struct sg_token *word)
{
	char out[SG_VM_TEXT];
	const char *hint = word->kind == SG_TOKEN_STRING ? sg_level_hint(field->text, word->text, out, sizeof(out)) : NULL;
	if (hint != NULL)
		sg_problem_add(lint->policy, lint->file, field->line, hint, "%.*s is never '%.*s'", SG_STR_ARG(field->text), (int)(word->text.len < 100 ? word->text.len : 100),
			       word->text.ptr);
}

void
sg_lint_levels(struct sg_lint *lint)
{
	for (size_t i = 1; i < lint->count; i++) {
		const struct sg_token *t = &lint->tokens[i];
		size_t right = end_of_chain(lint, i + 1);
		bool left_level = is_level(lint, i - 1), right_level = right > 0 && is_level(lint, right);
		if (is_order(t) && (left_level || right_level))
			no_order(lint, left_level ? t - 1 : &lint->tokens[right]);
		if (is_equality(t) && left_level && !sg_lint_is(t + 2, ".."))
			check_word(lint, t - 1, t + 1);
		if (is_equality(t) && right_level)
			check_word(lint, &lint->tokens[right], t - 1);
	}
}
