/* SPDX-License-Identifier: Apache-2.0
 * Finding the one declaration of a name. */
#include "base/str.h"
#include "policy/lint/alias.h"

static bool
is_name(const struct sg_token *t, struct sg_str name)
{
	return t->kind == SG_TOKEN_NAME && sg_str_eq(t->text, name);
}

/* `a, NAME, b =` without `local` before it, `NAME =` likewise: it changes. A key of a table looks the same and costs no more than a mistake not seen. */
static bool
is_assigned(const struct sg_lint *lint, size_t equals, struct sg_str name)
{
	const struct sg_token *t = lint->tokens;
	size_t at = equals;
	bool found = false;
	while (at >= 1 && t[at - 1].kind == SG_TOKEN_NAME) {
		found |= sg_str_eq(t[at - 1].text, name);
		if (at < 2 || !sg_lint_is(&t[at - 2], ","))
			break;
		at -= 2;
	}
	return found && (at < 2 || !sg_lint_is(&t[at - 2], "local"));
}

/* The value ends where the next statement begins: with a keyword that joins no expression, a name, or the end. */
static bool
ends_at(const struct sg_token *t)
{
	static const char *const joins[] = {"and", "or", "not", "function", "true", "false", "nil"};
	if (t->kind == SG_TOKEN_END || t->kind == SG_TOKEN_NAME || sg_lint_is(t, ";"))
		return true;
	for (size_t i = 0; i < sizeof(joins) / sizeof(joins[0]); i++)
		if (sg_lint_is(t, joins[i]))
			return false;
	return t->kind == SG_TOKEN_KEYWORD;
}

static bool
is_single(const struct sg_lint *lint, size_t value)
{
	const struct sg_token *t = lint->tokens;
	if (t[value].kind == SG_TOKEN_STRING)
		return ends_at(&t[value + 1]);
	if (t[value].kind != SG_TOKEN_NAME)
		return false;
	while (sg_lint_is(&t[value + 1], ".") && t[value + 2].kind == SG_TOKEN_NAME)
		value += 2;
	return ends_at(&t[value + 1]);
}

/* The same chain or text, word for word. */
static bool
same(const struct sg_lint *lint, size_t a, size_t b)
{
	const struct sg_token *t = lint->tokens;
	while (t[a].kind == t[b].kind && sg_str_eq(t[a].text, t[b].text)) {
		if (!sg_lint_is(&t[a + 1], ".") || !sg_lint_is(&t[b + 1], "."))
			return !sg_lint_is(&t[a + 1], ".") && !sg_lint_is(&t[b + 1], ".");
		a += 2;
		b += 2;
	}
	return false;
}

size_t
sg_lint_alias(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	size_t value = 0, declared = 0, found = 0;
	if (t[i].kind != SG_TOKEN_NAME || (i > 0 && (sg_lint_is(&t[i - 1], ".") || sg_lint_is(&t[i - 1], ":"))))
		return 0;
	for (size_t d = 0; d < lint->declared_count; d++)
		declared += sg_str_eq(lint->declared[d], t[i].text);
	for (size_t at = 1; declared > 0 && at + 1 < lint->count; at++) {
		if (sg_lint_is(&t[at], "=") && is_assigned(lint, at, t[i].text))
			return 0;
		if (!sg_lint_is(&t[at - 1], "local") || !is_name(&t[at], t[i].text))
			continue;
		size_t equals = sg_lint_is(&t[at + 1], "<") ? at + 4 : at + 1;
		if (equals + 1 >= lint->count || !sg_lint_is(&t[equals], "=") || !is_single(lint, equals + 1) || (found > 0 && !same(lint, value, equals + 1)))
			return 0;
		value = equals + 1;
		found++;
	}
	return found == declared ? value : 0;
}
