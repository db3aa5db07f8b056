/* SPDX-License-Identifier: Apache-2.0
 * What can be seen before a file runs. The checks only ever miss mistakes, they do not invent them: a name is unknown
 * if nothing in the whole file declares it; a field is checked only behind the parameter of a function that stands
 * directly after `when =` or `effect =`. */
#include "base/str.h"
#include "policy/api/api.h"
#include "policy/lint/lint.h"
#include "policy/set.h"

#include <stdlib.h>

enum { DEEP = 200 };

static int
by_text(const void *a, const void *b)
{
	return sg_str_cmp(*(const struct sg_str *)a, *(const struct sg_str *)b);
}

static int
by_place(const void *a, const void *b)
{
	const char *x = ((const struct sg_str *)a)->ptr, *y = ((const struct sg_str *)b)->ptr;
	return x < y ? -1 : x > y;
}

bool
sg_lint_read(struct sg_lint *lint, struct sg_str source)
{
	struct sg_lexer lexer;
	lint->tokens = calloc(source.len + 4, sizeof(*lint->tokens));
	lint->declared = calloc(source.len + 4, sizeof(*lint->declared));
	lint->places = calloc(source.len + 4, sizeof(*lint->places));
	if (lint->tokens == NULL || lint->declared == NULL || lint->places == NULL)
		return false;
	sg_lex_start(&lexer, source);
	for (struct sg_token token; (token = sg_lex_next(&lexer)).kind != SG_TOKEN_END;)
		lint->tokens[lint->count++] = token;
	return true;
}

/* Names at `i`, separated by commas, perhaps with attributes. */
static void
declare_list(struct sg_lint *lint, size_t i)
{
	for (;; i++) {
		if (lint->tokens[i].kind != SG_TOKEN_NAME)
			return;
		lint->declared[lint->declared_count++] = lint->tokens[i++].text;
		if (sg_lint_is(&lint->tokens[i], "<"))
			i += 3;
		if (!sg_lint_is(&lint->tokens[i], ","))
			return;
	}
}

/* `function NAME(a, b)`, `function (a, b)`, `local function`, `local a <const>, b`, `for a, b`, `::label::`, `goto
 * label`. */
static void
collect_declared(struct sg_lint *lint)
{
	for (size_t i = 0; i < lint->count; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if ((sg_lint_is(t, "local") && !sg_lint_is(t + 1, "function")) || sg_lint_is(t, "for") || sg_lint_is(t, "goto") || sg_lint_is(t, "::"))
			declare_list(lint, i + 1);
		else if (sg_lint_is(t, "function"))
			while (i < lint->count && !sg_lint_is(&lint->tokens[i], "(")) {
				lint->methods |= sg_lint_is(&lint->tokens[i], ":");
				declare_list(lint, ++i);
			}
		if (sg_lint_is(t, "function"))
			declare_list(lint, i + 1);
	}
	if (lint->declared_count == 0)
		return;
	memcpy(lint->places, lint->declared, lint->declared_count * sizeof(*lint->places));
	qsort(lint->declared, lint->declared_count, sizeof(*lint->declared), by_text);
	qsort(lint->places, lint->declared_count, sizeof(*lint->places), by_place);
}

static bool
declares(const struct sg_lint *lint, struct sg_str name)
{
	return lint->declared_count > 0 &&
	       bsearch(&name, lint->declared, lint->declared_count, sizeof(*lint->declared), by_text) != NULL;
}

/* Is the name at `i` the key of a table constructor? `braces` says so of the innermost bracket or block. */
static bool
is_key(const struct sg_lint *lint, size_t i, bool braces)
{
	const struct sg_token *t = &lint->tokens[i];
	return braces && sg_lint_is(t + 1, "=") && i > 0 &&
	       (sg_lint_is(t - 1, "{") || sg_lint_is(t - 1, ",") || sg_lint_is(t - 1, ";"));
}

static void
check_name(struct sg_lint *lint, size_t i, bool braces)
{
	const struct sg_token *t = &lint->tokens[i];
	char hint[SG_VM_TEXT];
	if (sg_str_is(t->text, "_ENV")) {
		sg_problem_add(lint->policy, lint->file, t->line, "there is one environment, and it is read-only",
			       "_ENV may not be used");
		return;
	}
	bool member = i > 0 && (sg_lint_is(t - 1, ".") || sg_lint_is(t - 1, ":"));
	bool attribute = i > 0 && sg_lint_is(t - 1, "<") && sg_lint_is(t + 1, ">");
	if (member || attribute || (lint->methods && sg_str_is(t->text, "self")) || is_key(lint, i, braces) || sg_sandbox_has(lint->policy, t->text) || declares(lint, t->text))
		return;
	sg_sandbox_hint(lint->policy, t->text, hint, sizeof(hint));
	sg_problem_add(lint->policy, lint->file, t->line, hint, "there is no '%.*s'",
		       (int)(t->text.len < 100 ? t->text.len : 100), t->text.ptr);
}

static void
check_names(struct sg_lint *lint)
{
	char stack[DEEP];
	size_t depth = 0;
	for (size_t i = 0; i < lint->count && depth < DEEP; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (sg_lint_is(t, "{") || sg_lint_is(t, "(") || sg_lint_is(t, "["))
			stack[depth++] = t->text.ptr[0];
		else if (sg_lint_is(t, "function") || sg_lint_is(t, "do") || sg_lint_is(t, "if") ||
			 sg_lint_is(t, "repeat"))
			stack[depth++] = 'b';
		else if (depth > 0 && (sg_lint_is(t, "}") || sg_lint_is(t, ")") || sg_lint_is(t, "]") ||
				       sg_lint_is(t, "end") || sg_lint_is(t, "until")))
			depth--;
		else if (t->kind == SG_TOKEN_NAME)
			check_name(lint, i, depth > 0 && stack[depth - 1] == '{');
	}
}

static void
check_bits(struct sg_lint *lint)
{
	static const char *const operators[] = {"&", "|", "~", "<<", ">>"};
	for (size_t i = 0; i < lint->count; i++)
		for (size_t j = 0; j < sizeof(operators) / sizeof(operators[0]); j++)
			if (lint->tokens[i].kind == SG_TOKEN_OPERATOR && sg_lint_is(&lint->tokens[i], operators[j]))
				sg_problem_add(
					lint->policy, lint->file, lint->tokens[i].line,
					"use // and % by powers of two, or a newer Lua",
					"the bit operator %s is compiled wrongly by this Lua (%s) and may not be used",
					operators[j], LUA_RELEASE);
}

void
sg_lint_done(struct sg_lint *lint)
{
	free(lint->tokens);
	free(lint->declared);
	free(lint->places);
}

void
sg_lint(struct sg_policy *policy, uint32_t file, bool bits)
{
	struct sg_lint lint = {.policy = policy, .file = file};
	if (sg_lint_read(&lint, policy->files[file].text)) {
		collect_declared(&lint);
		check_names(&lint);
		sg_lint_fields(&lint);
		sg_lint_levels(&lint);
		sg_lint_far(&lint);
		sg_lint_calls(&lint);
		sg_lint_parts(&lint);
		sg_lint_traps(&lint);
		sg_lint_twice(&lint);
		sg_lint_members(&lint);
		sg_lint_conditions(&lint);
		sg_lint_roles(&lint);
		if (!bits)
			check_bits(&lint);
	} else {
		sg_problem_add(policy, file, 0, NULL, "no memory to check the file");
	}
	sg_lint_done(&lint);
}
