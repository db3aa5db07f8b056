/* SPDX-License-Identifier: Apache-2.0
 * Comparisons of levels that say something else than they seem to, as far as they can be seen, through locals that stand for one thing too: `r.sensitivity <= "internal"` compares letters, and
 * `== "secret"` never holds. A chain that goes through what the caller wrote (args, context ...) is no level. */
#include "base/str.h"
#include "policy/level.h"
#include "policy/lint_alias.h"

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
	size_t at = i;
	for (; at >= 2 && sg_lint_is(&t[at - 1], ".") && t[at - 2].kind == SG_TOKEN_NAME; at -= 2)
		if (is_callers(&t[at - 2]))
			return false;
	return at == 0 || !sg_lint_is(&t[at - 1], "#"); /* its length is no level */
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

/* The token that names the level the operand at `i` is: its own last name, or that of what a local stands for. Brackets around it make no difference. 0: none. */
static size_t
level_at(const struct sg_lint *lint, size_t first, size_t last)
{
	if (last > 0 && is_level(lint, last))
		return last;
	size_t value = last == first ? sg_lint_alias(lint, first) : 0;
	size_t end = value > 0 ? end_of_chain(lint, value) : 0;
	return end > 0 && is_level(lint, end) ? end : 0;
}

/* The text that the token at `i` is or stands for; NULL: none. */
static const struct sg_token *
word_at(const struct sg_lint *lint, size_t i)
{
	size_t value = sg_lint_alias(lint, i);
	return lint->tokens[i].kind == SG_TOKEN_STRING ? &lint->tokens[i] : value > 0 && lint->tokens[value].kind == SG_TOKEN_STRING ? &lint->tokens[value] : NULL;
}

static void
no_order(struct sg_lint *lint, const struct sg_token *field, int line)
{
	sg_problem_add(lint->policy, lint->file, line, "use :at_least(\"...\") or :at_most(\"...\")", "%.*s is compared by its letters, not by its level",
		       SG_STR_ARG(field->text));
}

static void
check_word(struct sg_lint *lint, const struct sg_token *field, const struct sg_token *word, int line)
{
	char out[SG_VM_TEXT];
	const char *hint = word != NULL ? sg_level_hint(field->text, word->text, out, sizeof(out)) : NULL;
	if (hint != NULL)
		sg_problem_add(lint->policy, lint->file, line, hint, "%.*s is never '%.*s'", SG_STR_ARG(field->text), (int)(word->text.len < 100 ? word->text.len : 100),
			       word->text.ptr);
}

/* `(a.b)` is `a.b`. */
static size_t
behind_brackets(const struct sg_lint *lint, size_t i)
{
	while (i + 1 < lint->count && sg_lint_is(&lint->tokens[i], "("))
		i++;
	return i;
}

/* The last name of a chain that stands in brackets of its own, those of no call; what stands there else. */
static size_t
before_brackets(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	size_t last = i, depth = 0;
	while (last > 1 && sg_lint_is(&t[last], ")"))
		last--, depth++;
	size_t first = last;
	while (first >= 2 && sg_lint_is(&t[first - 1], ".") && t[first - 2].kind == SG_TOKEN_NAME)
		first -= 2;
	for (; depth > 0 && first > 0 && sg_lint_is(&t[first - 1], "("); depth--)
		first--;
	bool call = first > 0 && (t[first - 1].kind == SG_TOKEN_NAME || t[first - 1].kind == SG_TOKEN_STRING || sg_lint_is(&t[first - 1], ")") || sg_lint_is(&t[first - 1], "]"));
	return depth > 0 || (last != i && call) ? i : last;
}

void
sg_lint_levels(struct sg_lint *lint)
{
	for (size_t i = 1; i + 1 < lint->count; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (!is_order(t) && !is_equality(t))
			continue;
		size_t before = before_brackets(lint, i - 1), after = behind_brackets(lint, i + 1), end = end_of_chain(lint, after);
		if (after != i + 1 && !sg_lint_is(&lint->tokens[end + 1], ")"))
			end = 0;
		size_t left = level_at(lint, before, before), right = end > 0 ? level_at(lint, after, end) : 0;
		if (is_order(t) && (left > 0 || right > 0))
			no_order(lint, &lint->tokens[left > 0 ? left : right], t->line);
		if (is_equality(t) && left > 0 && !sg_lint_is(&lint->tokens[after + 1], ".."))
			check_word(lint, &lint->tokens[left], word_at(lint, after), t->line);
		if (is_equality(t) && right > 0)
			check_word(lint, &lint->tokens[right], word_at(lint, before), t->line);
	}
}
