/* SPDX-License-Identifier: Apache-2.0
 * Levels that no chain leads to: handed to a helper, read by a name that only running tells, walked with pairs. What is read there nobody can see here, so what
 * it is compared with is looked at, and where its name comes from. */
#include "base/str.h"
#include "policy/level.h"
#include "policy/lint/alias.h"
#include "policy/spec.h"

#include <stdio.h>
#include <string.h>

static bool
ends_value(const struct sg_token *t)
{
	return t->kind == SG_TOKEN_NAME || t->kind == SG_TOKEN_STRING || sg_lint_is(t, ")") || sg_lint_is(t, "]") || sg_lint_is(t, "}");
}

/* `value[` of something else than one text or number. */
static bool
is_computed(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	bool index = i > 0 && sg_lint_is(&t[i], "[") && ends_value(&t[i - 1]);
	bool plain = (t[i + 1].kind == SG_TOKEN_STRING || t[i + 1].kind == SG_TOKEN_NUMBER) && sg_lint_is(&t[i + 2], "]");
	return index && !plain;
}

static bool
reads_by_names(const struct sg_lint *lint)
{
	static const char *const walks[] = {"next", "pairs", "rawget"};
	for (size_t i = 0; i + 2 < lint->count; i++) {
		if (is_computed(lint, i))
			return true;
		for (size_t w = 0; w < sizeof(walks) / sizeof(walks[0]); w++)
			if (lint->tokens[i].kind == SG_TOKEN_NAME && sg_lint_is(&lint->tokens[i], walks[w]))
				return true;
	}
	return false;
}

/* `.args:get(`, `.context:get(` and the like: of what the caller wrote, no level is. */
static bool
is_asked_of_callers(const struct sg_lint *lint, size_t i)
{
	static const char *const callers[] = {"args", "context", "facts", "properties"};
	const struct sg_token *t = lint->tokens;
	size_t get = i - 1 - (i > 0 && sg_lint_is(&t[i - 1], "("));
	if (i < 4 || get < 3 || !sg_lint_is(&t[get], "get") || !sg_lint_is(&t[get - 1], ":") || !sg_lint_is(&t[get - 3], "."))
		return false;
	for (size_t k = 0; k < sizeof(callers) / sizeof(callers[0]); k++)
		if (sg_lint_is(&t[get - 2], callers[k]))
			return true;
	return false;
}

/* `value["sensitivity"]`, where levels.c sees what becomes of it. */
static bool
is_index(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	return i >= 2 && sg_lint_is(&t[i - 1], "[") && sg_lint_is(&t[i + 1], "]") && ends_value(&t[i - 2]);
}

/* The name of a level's field, as a text or as a key of the author's own table. */
static bool
is_name(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	bool key = t[i].kind == SG_TOKEN_NAME && i > 0 && sg_lint_is(&t[i + 1], "=") && (sg_lint_is(&t[i - 1], "{") || sg_lint_is(&t[i - 1], ",") || sg_lint_is(&t[i - 1], ";"));
	return sg_level_field(t[i].text) && (key || (t[i].kind == SG_TOKEN_STRING && !is_index(lint, i) && !is_asked_of_callers(lint, i)));
}

static void
check_name(struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = &lint->tokens[i];
	char hint[SG_VM_TEXT];
	if (!is_name(lint, i))
		return;
	snprintf(hint, sizeof(hint), "read it as .%.*s, where what is made of it can be seen", SG_STR_ARG(t->text));
	sg_problem_add(lint->policy, lint->file, t->line, hint, "'%.*s' as a name that this file may read by: what becomes of the level cannot be seen", SG_STR_ARG(t->text));
}

static bool
is_word(const struct sg_lint *lint, size_t i)
{
	size_t value = sg_lint_alias(lint, i);
	const struct sg_token *t = value > 0 ? &lint->tokens[value] : &lint->tokens[i];
	return t->kind == SG_TOKEN_STRING && sg_level_word(t->text);
}

/* No two texts are meant to be put in order of which one is a level's. */
static void
check_order(struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	bool order = sg_lint_is(&t[i], "<") || sg_lint_is(&t[i], "<=") || sg_lint_is(&t[i], ">") || sg_lint_is(&t[i], ">=");
	if (order && i > 0 && (is_word(lint, i - 1) || is_word(lint, i + 1)))
		sg_problem_add(lint->policy, lint->file, t[i].line, "use :at_least(\"...\") or :at_most(\"...\")", "a level is compared by its letters, not by its level");
}

/* Tests say what is asked, levels among it; no rule stands in them. */
static bool
is_spec(struct sg_str file)
{
	size_t len = strlen(SG_SPEC_ENDING);
	return file.len > len && memcmp(file.ptr + file.len - len, SG_SPEC_ENDING, len) == 0;
}

void
sg_lint_far(struct sg_lint *lint)
{
	bool names = !is_spec(lint->policy->files[lint->file].name) && reads_by_names(lint);
	for (size_t i = 0; i + 1 < lint->count; i++) {
		check_order(lint, i);
		if (names)
			check_name(lint, i);
	}
}
