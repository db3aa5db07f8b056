/* SPDX-License-Identifier: Apache-2.0
 * Access by role alone is what task, taint and history are there to replace: a rule that allows and looks at nothing of
 * the request but who asks is worth a warning. Where more than that could be looked at, nothing is said. */
#include "base/str.h"
#include "policy/lint/lint.h"

/* What counts as who asks. */
static bool
is_role(const struct sg_token *t)
{
	static const struct {
		const char *of, *name;
	} rows[] = {{"agent", "name"}, {"agent", "id"}, {"task", "role"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (sg_lint_is(t + 1, ".") && sg_lint_is(t + 2, rows[i].of) && sg_lint_is(t + 3, ".") && sg_lint_is(t + 4, rows[i].name))
			return true;
	return false;
}

struct looks {
	size_t roles, others;
};

/* How often the function at `from` (the word `function`) looks at its parameter, and at what. */
static void
count_looks(const struct sg_lint *lint, size_t from, size_t to, struct looks *looks)
{
	struct sg_str name = lint->tokens[from + 2].text;
	for (size_t i = from + 3; i < to; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (t->kind != SG_TOKEN_NAME || !sg_str_eq(t->text, name) || sg_lint_is(t - 1, ".") || sg_lint_is(t - 1, ":"))
			continue;
		is_role(t) ? looks->roles++ : looks->others++;
	}
}

static bool
is_function(const struct sg_token *t)
{
	return sg_lint_is(t, "function") && sg_lint_is(t + 1, "(") && t[2].kind == SG_TOKEN_NAME;
}

/* The braces of a rule are [from, to). */
static void
check_rule(struct sg_lint *lint, size_t from, size_t to)
{
	struct looks looks = {0, 0};
	bool allows = false, known = true;
	for (size_t i = from; i < to; i++) {
		const struct sg_token *t = &lint->tokens[i];
		bool member = i > from && (sg_lint_is(t - 1, ".") || sg_lint_is(t - 1, ":"));
		allows |= sg_lint_is(t, "allow") && !member;
		known &= !sg_lint_is(t, "needs") || !sg_lint_is(t + 1, "=");
		if ((!sg_lint_is(t, "when") && !sg_lint_is(t, "effect")) || !sg_lint_is(t + 1, "="))
			continue;
		if (is_function(t + 2))
			count_looks(lint, i + 2, sg_lint_behind(lint, i + 2), &looks);
		else if (sg_lint_is(t, "when") || sg_lint_is(t + 2, "function"))
			known = false;
	}
	if (allows && known && looks.roles > 0 && looks.others == 0)
		sg_warning_add(lint->policy, lint->file, lint->tokens[from - 1].line,
			       "look at the action's arguments, the task, its taint or history as well",
			       "this rule allows by who asks alone");
}

void
sg_lint_roles(struct sg_lint *lint)
{
	for (size_t i = 0; i < lint->count; i++) {
		size_t at = sg_lint_called(lint, i, "rule");
		if (at > 0)
			check_rule(lint, at, sg_lint_behind(lint, at));
	}
}
