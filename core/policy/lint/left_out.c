/* SPDX-License-Identifier: Apache-2.0
 * A `when` that stands in a rule and is nil once the rule has run: a misspelt member of a table of the author's own. To Lua it was never there, and the rule
 * would always apply. */
#include "base/str.h"
#include "policy/lint/lint.h"

#include <lua.h>
#include <lauxlib.h>

/* The token `when` of the rule whose braces are [from, to), not of a table within it; NULL: there is none. */
static const struct sg_token *
when_of(const struct sg_lint *lint, size_t from, size_t to)
{
	for (size_t i = from + 1; i + 1 < to; i++) {
		const struct sg_token *t = &lint->tokens[i];
		bool text = t->kind == SG_TOKEN_STRING && sg_str_is(t->text, "when") && sg_lint_is(t - 1, "[") && sg_lint_is(t + 1, "]") && sg_lint_is(t + 2, "=");
		if (text)
			return t;
		if (sg_lint_is(t, "when") && sg_lint_is(t + 1, "=") && (sg_lint_is(t - 1, "{") || sg_lint_is(t - 1, ",") || sg_lint_is(t - 1, ";")))
			return t;
		if (sg_lint_is(t, "{") || sg_lint_is(t, "(") || sg_lint_is(t, "function"))
			i = sg_lint_behind(lint, i) - 1;
	}
	return NULL;
}

/* How many constructors of rules on that line give no condition: each may have run any number of times. */
static size_t
bare_at(const struct sg_lint *lint, int line)
{
	size_t bare = 0;
	for (size_t i = 0; i + 1 < lint->count; i++) {
		size_t at = lint->tokens[i].line == line ? sg_lint_called(lint, i, "rule") : 0;
		bare += at != 0 && when_of(lint, at, sg_lint_behind(lint, at)) == NULL;
	}
	return bare;
}

/* A rule of that line has none. */
static bool
lacks_one(const struct sg_policy *policy, uint32_t file, int line)
{
	for (size_t i = 0; i < policy->rule_count; i++)
		if (policy->rules[i].file == file && policy->rules[i].line == line && policy->rules[i].when == LUA_NOREF)
			return true;
	return false;
}

void
sg_lint_left_out(struct sg_policy *policy, uint32_t file)
{
	struct sg_lint lint = {.policy = policy, .file = file};
	bool read = sg_lint_read(&lint, policy->files[file].text);
	for (size_t i = 0; read && i + 1 < lint.count; i++) {
		size_t at = sg_lint_called(&lint, i, "rule");
		const struct sg_token *when = at == 0 ? NULL : when_of(&lint, at, sg_lint_behind(&lint, at));
		if (when != NULL && bare_at(&lint, lint.tokens[i].line) == 0 && lacks_one(policy, file, lint.tokens[i].line))
			sg_problem_add(policy, file, when->line, "is the name spelt as where it is defined? leave `when` out for a rule that always applies",
				       "what stands behind `when` is nil");
	}
	sg_lint_done(&lint);
}
