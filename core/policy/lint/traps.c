/* SPDX-License-Identifier: Apache-2.0
 * Conditions that Lua reads otherwise than they are written: `not a == b` is `(not a) == b`, and `a == "x" or "y"` is true whatever a is. */
#include "policy/lint/lint.h"

static bool
is_any(const struct sg_token *t, const char *const *words)
{
	for (; *words != NULL; words++)
		if (sg_lint_is(t, *words))
			return true;
	return false;
}

static bool
compares(const struct sg_token *t)
{
	static const char *const signs[] = {"==", "~=", "<", "<=", ">", ">=", NULL};
	return is_any(t, signs);
}

static bool
joins(const struct sg_token *t)
{
	return sg_lint_is(t, "or") || sg_lint_is(t, "and");
}

/* A constant that is no member's name: true, whatever it is joined with. */
static bool
is_constant(const struct sg_token *t)
{
	return t->kind == SG_TOKEN_STRING || t->kind == SG_TOKEN_NUMBER || sg_lint_is(t, "true");
}

static bool
is_sign(const struct sg_token *t)
{
	static const char *const signs[] = {"not", "#", "-", "~", NULL};
	return is_any(t, signs);
}

/* Behind the value that begins at `i`: signs before it, a constant, a name with its members and calls, or brackets. */
static size_t
behind_value(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	while (is_sign(&t[i]))
		i++;
	return sg_lint_behind_chain(lint, sg_lint_is(&t[i], "(") || sg_lint_is(&t[i], "{") ? sg_lint_behind(lint, i) : i + 1);
}

/* Nothing at `t` makes more of a constant that stands before it. */
static bool
ends_operand(const struct sg_token *t)
{
	static const char *const words[] = {"then", "do", "or", "and", ")", "}", "]", ",", ";", "end", "return", "local", "else", "elseif", "until", "if", "for", "while", NULL};
	return t->kind == SG_TOKEN_END || is_any(t, words);
}

/* The operand that begins at `i` is a constant and nothing else, in brackets or not. */
static bool
is_lone(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	size_t open = 0;
	while (sg_lint_is(&t[i], "(") || sg_lint_is(&t[i], "-") || sg_lint_is(&t[i], "#")) {
		open += sg_lint_is(&t[i], "(");
		i++;
	}
	if (!is_constant(&t[i++]))
		return false;
	while (open > 0 && sg_lint_is(&t[i], ")")) {
		open--;
		i++;
	}
	return open == 0 && ends_operand(&t[i]);
}

/* The word that begins the operand left of the one at `i`, NULL: the file begins with it; *compared: something is, in it. */
static const struct sg_token *
begins_left(const struct sg_lint *lint, size_t i, bool *compared)
{
	static const char *const begins[] = {"(", "{", "[", ",", ";", "=", "or", "and", "return", "if", "elseif", "while", "until", "then", "do", NULL};
	*compared = false;
	for (size_t depth = 0; i > 0; i--) {
		const struct sg_token *b = &lint->tokens[i - 1];
		if (sg_lint_is(b, ")") || sg_lint_is(b, "]") || sg_lint_is(b, "}"))
			depth++;
		else if (depth > 0)
			depth -= sg_lint_is(b, "(") || sg_lint_is(b, "[") || sg_lint_is(b, "{");
		else if (is_any(b, begins))
			return b;
		else
			*compared |= compares(b);
	}
	return NULL;
}

/* What stands left of the word at `i` compares something, and no `and` makes it a choice between two values. */
static bool
left_compares(const struct sg_lint *lint, size_t i)
{
	bool compared;
	const struct sg_token *b = begins_left(lint, i, &compared);
	return compared && (b == NULL || !sg_lint_is(b, "and"));
}

/* `a and b or true` chooses nothing: where b is false it is true as well. */
static bool
chooses_true(const struct sg_lint *lint, size_t i)
{
	bool compared;
	const struct sg_token *b = begins_left(lint, i, &compared);
	size_t value = i + 1;
	while (sg_lint_is(&lint->tokens[value], "("))
		value++;
	return sg_lint_is(&lint->tokens[i], "or") && sg_lint_is(&lint->tokens[value], "true") && b != NULL && sg_lint_is(b, "and");
}

/* The constant before the word at `i` is all that stands left of it. */
static bool
left_is_lone(const struct sg_lint *lint, size_t i)
{
	static const char *const begins[] = {"(", "or", "and", "return", "if", "elseif", "while", "until", NULL};
	const struct sg_token *t = lint->tokens;
	return i >= 2 && is_constant(&t[i - 1]) && is_any(&t[i - 2], begins) && !sg_lint_is(&t[i - 2], "and");
}

/* The `do` behind this word is that of a `while`. */
static bool
in_while(const struct sg_lint *lint, size_t i)
{
	for (; i > 0; i--) {
		const struct sg_token *b = &lint->tokens[i - 1];
		if (sg_lint_is(b, "while") || sg_lint_is(b, "for") || sg_lint_is(b, "do") || sg_lint_is(b, "then") || sg_lint_is(b, ";"))
			return sg_lint_is(b, "while");
	}
	return false;
}

/* An operand that is true whatever is asked: behind a comparison, before `then` or `do`, or first of all. */
static bool
is_always(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	const struct sg_token *behind = &t[behind_value(lint, i + 1)];
	bool ends = sg_lint_is(behind, "then") || (sg_lint_is(behind, "do") && in_while(lint, i));
	bool lone = is_lone(lint, i + 1);
	return (lone && (ends || chooses_true(lint, i) || (sg_lint_is(&t[i], "or") && left_compares(lint, i)))) || (ends && sg_lint_is(&t[i + 1], "{")) || left_is_lone(lint, i);
}

/* A `not` that is compared: before a comparison with all that it takes (but with another `not`: one of the two), or behind a constant's. */
static bool
is_compared(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	size_t behind = behind_value(lint, i + 1);
	bool bracketed = i > 0 && sg_lint_is(&t[i - 1], "(") && (i < 2 || (t[i - 2].kind != SG_TOKEN_NAME && !sg_lint_is(&t[i - 2], ")"))) && sg_lint_is(&t[behind], ")");
	bool constant = bracketed && compares(&t[behind + 1]) && is_constant(&t[behind + 2]) && !sg_lint_is(&t[behind + 2], "true");
	return (compares(&t[behind]) && !sg_lint_is(&t[behind + 1], "not")) || constant || (i > 1 && compares(&t[i - 1]) && is_constant(&t[i - 2]) && !sg_lint_is(&t[i - 2], "true"));
}

void
sg_lint_traps(struct sg_lint *lint)
{
	const struct sg_token *t = lint->tokens;
	for (size_t i = 0; i + 2 < lint->count; i++) {
		if (sg_lint_is(&t[i], "not") && is_compared(lint, i))
			sg_problem_add(lint->policy, lint->file, t[i].line, "not (a == b), or a ~= b", "`not` takes what stands behind it alone, before it is compared");
		else if (joins(&t[i]) && is_always(lint, i))
			sg_problem_add(lint->policy, lint->file, t[i].line, "a == \"x\" or a == \"y\"", "a constant alone is always true here");
	}
}
