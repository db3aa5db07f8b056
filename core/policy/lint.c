/* SPDX-License-Identifier: Apache-2.0
 * What can be seen before a file runs. The checks only ever miss mistakes, they do not invent them: a name is unknown
 * if nothing in the whole file declares it; a field is checked only behind the parameter of a function that stands
 * directly after `when =` or `effect =`. */
#include "base/str.h"
#include "policy/api.h"
#include "policy/field.h"
#include "policy/lex.h"
#include "policy/set.h"

#include <stdlib.h>

enum { DEEP = 200 };

struct lint {
	struct sg_policy *policy;
	uint32_t file;
	struct sg_token *tokens; /* ended by two of kind SG_TOKEN_END */
	size_t count;
	struct sg_str *declared; /* every name a local, parameter, loop or function declares; sorted */
	size_t declared_count;
};

static bool
is(const struct sg_token *token, const char *text)
{
	return (token->kind == SG_TOKEN_OPERATOR || token->kind == SG_TOKEN_KEYWORD || token->kind == SG_TOKEN_NAME) &&
	       sg_str_is(token->text, text);
}

static int
by_text(const void *a, const void *b)
{
	return sg_str_cmp(*(const struct sg_str *)a, *(const struct sg_str *)b);
}

static bool
read_tokens(struct lint *lint, struct sg_str source)
{
	struct sg_lexer lexer;
	lint->tokens = calloc(source.len + 4, sizeof(*lint->tokens));
	lint->declared = calloc(source.len + 4, sizeof(*lint->declared));
	if (lint->tokens == NULL || lint->declared == NULL)
		return false;
	sg_lex_start(&lexer, source);
	for (struct sg_token token; (token = sg_lex_next(&lexer)).kind != SG_TOKEN_END;)
		lint->tokens[lint->count++] = token;
	return true;
}

/* Names at `i`, separated by commas, perhaps with attributes. */
static void
declare_list(struct lint *lint, size_t i)
{
	for (;; i++) {
		if (lint->tokens[i].kind != SG_TOKEN_NAME)
			return;
		lint->declared[lint->declared_count++] = lint->tokens[i++].text;
		if (is(&lint->tokens[i], "<"))
			i += 3;
		if (!is(&lint->tokens[i], ","))
			return;
	}
}

/* `function NAME(a, b)`, `function (a, b)`, `local function`, `local a <const>, b`, `for a, b`, `::label::`, `goto
 * label`. */
static void
collect_declared(struct lint *lint)
{
	for (size_t i = 0; i < lint->count; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (is(t, "local") && !is(t + 1, "function"))
			declare_list(lint, i + 1);
		else if (is(t, "for") || is(t, "goto") || is(t, "::"))
			declare_list(lint, i + 1);
		else if (is(t, "function"))
			while (i < lint->count && !is(&lint->tokens[i], "("))
				declare_list(lint, ++i);
		if (is(t, "function"))
			declare_list(lint, i + 1);
	}
	qsort(lint->declared, lint->declared_count, sizeof(*lint->declared), by_text);
}

static bool
declares(const struct lint *lint, struct sg_str name)
{
	return lint->declared_count > 0 &&
	       bsearch(&name, lint->declared, lint->declared_count, sizeof(*lint->declared), by_text) != NULL;
}

/* Is the name at `i` the key of a table constructor? `braces` says so of the innermost bracket or block. */
static bool
is_key(const struct lint *lint, size_t i, bool braces)
{
	const struct sg_token *t = &lint->tokens[i];
	return braces && is(t + 1, "=") && i > 0 && (is(t - 1, "{") || is(t - 1, ",") || is(t - 1, ";"));
}

static void
check_name(struct lint *lint, size_t i, bool braces)
{
	const struct sg_token *t = &lint->tokens[i];
	char hint[SG_VM_TEXT];
	if (sg_str_is(t->text, "_ENV")) {
		sg_problem_add(lint->policy, lint->file, t->line, "there is one environment, and it is read-only",
			       "_ENV may not be used");
		return;
	}
	bool member = i > 0 && (is(t - 1, ".") || is(t - 1, ":"));
	bool attribute = i > 0 && is(t - 1, "<") && is(t + 1, ">");
	if (member || attribute || is_key(lint, i, braces) || sg_sandbox_has(t->text) || declares(lint, t->text))
		return;
	sg_sandbox_hint(t->text, hint, sizeof(hint));
	sg_problem_add(lint->policy, lint->file, t->line, hint, "there is no '%.*s'",
		       (int)(t->text.len < 100 ? t->text.len : 100), t->text.ptr);
}

static void
check_names(struct lint *lint)
{
	char stack[DEEP];
	size_t depth = 0;
	for (size_t i = 0; i < lint->count && depth < DEEP; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (is(t, "{") || is(t, "(") || is(t, "["))
			stack[depth++] = t->text.ptr[0];
		else if (is(t, "function") || is(t, "do") || is(t, "if") || is(t, "repeat"))
			stack[depth++] = 'b';
		else if (depth > 0 && (is(t, "}") || is(t, ")") || is(t, "]") || is(t, "end") || is(t, "until")))
			depth--;
		else if (t->kind == SG_TOKEN_NAME)
			check_name(lint, i, depth > 0 && stack[depth - 1] == '{');
	}
}

static void
check_bits(struct lint *lint)
{
	static const char *const operators[] = {"&", "|", "~", "<<", ">>"};
	for (size_t i = 0; i < lint->count; i++)
		for (size_t j = 0; j < sizeof(operators) / sizeof(operators[0]); j++)
			if (lint->tokens[i].kind == SG_TOKEN_OPERATOR && is(&lint->tokens[i], operators[j]))
				sg_problem_add(
					lint->policy, lint->file, lint->tokens[i].line,
					"use // and % by powers of two, or a newer Lua",
					"the bit operator %s is compiled wrongly by this Lua (%s) and may not be used",
					operators[j], LUA_RELEASE);
}

/* The index behind the block or bracket that opens at `i`. */
static size_t
behind(const struct lint *lint, size_t i)
{
	size_t depth = 0;
	for (; i < lint->count; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (is(t, "{") || is(t, "(") || is(t, "[") || is(t, "function") || is(t, "do") || is(t, "if") ||
		    is(t, "repeat"))
			depth++;
		else if (is(t, "}") || is(t, ")") || is(t, "]") || is(t, "end") || is(t, "until"))
			if (depth-- <= 1)
				return i + 1;
	}
	return i;
}

/* Does `needs` of the rule whose braces are [from, to) name this pattern? Anything but plain literals there counts as
 * yes. */
static bool
needs_named(const struct lint *lint, size_t from, size_t to, struct sg_str pattern)
{
	for (size_t i = from; i + 2 < to; i++) {
		if (!is(&lint->tokens[i], "needs") || !is(&lint->tokens[i + 1], "="))
			continue;
		if (!is(&lint->tokens[i + 2], "{"))
			return true;
		for (size_t j = i + 2, end = behind(lint, i + 2); j < end; j++) {
			const struct sg_token *t = &lint->tokens[j];
			bool word = t->kind == SG_TOKEN_NAME && !is(t, "count") && !is(t, "did") && !is(t, "within");
			if (word || (t->kind == SG_TOKEN_STRING && sg_str_eq(t->text, pattern)))
				return true;
		}
	}
	return false;
}

struct body {
	size_t rule_from, rule_to, from, to;
	struct sg_str name; /* of the parameter */
};

/* history.count["x"] or history.count.x, `i` at the part's name. */
static void
check_history(struct lint *lint, const struct body *body, size_t i)
{
	const struct sg_token *t = &lint->tokens[i];
	const struct sg_token *key = is(t + 1, "[") ? t + 2 : is(t + 1, ".") ? t + 2 : NULL;
	if (key == NULL || (is(t + 1, "[") && (key->kind != SG_TOKEN_STRING || !is(key + 1, "]"))) ||
	    key->text.len > 200 || needs_named(lint, body->rule_from, body->rule_to, key->text))
		return;
	sg_problem_add(lint->policy, lint->file, key->line, "add it to the rule's needs",
		       "history.%.*s of '%.*s' is read but not declared", SG_STR_ARG(t->text), SG_STR_ARG(key->text));
}

/* r.a.b.c, `i` at the parameter's name. */
static void
check_path(struct lint *lint, const struct body *body, size_t i)
{
	enum sg_shape shape = SG_SHAPE_REQUEST;
	while (shape >= SG_SHAPE_REQUEST && shape != SG_SHAPE_OPEN && shape != SG_SHAPE_LIST &&
	       is(&lint->tokens[i + 1], ".") && lint->tokens[i + 2].kind == SG_TOKEN_NAME) {
		const struct sg_token *t = &lint->tokens[i += 2];
		const struct sg_field *field = sg_field_find(shape, t->text);
		char hint[SG_VM_TEXT];
		if (field == NULL) {
			sg_problem_add(lint->policy, lint->file, t->line,
				       sg_field_hint(shape, t->text, hint, sizeof(hint)), "%s has no field '%.*s'",
				       sg_shape_name(shape), (int)(t->text.len < 100 ? t->text.len : 100), t->text.ptr);
			return;
		}
		shape = field->shape;
		if (shape == SG_SHAPE_COUNT || shape == SG_SHAPE_DID) {
			check_history(lint, body, i);
			return;
		}
	}
}

static void
check_body(struct lint *lint, const struct body *body)
{
	size_t declared = 0;
	for (size_t i = 0; i < lint->declared_count; i++)
		declared += sg_str_eq(lint->declared[i], body->name) &&
			    lint->declared[i].ptr >= lint->tokens[body->from].text.ptr &&
			    lint->declared[i].ptr <= lint->tokens[body->to - 1].text.ptr;
	if (declared > 1)
		return; /* the name means something else somewhere in here */
	for (size_t i = body->from; i < body->to; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (t->kind == SG_TOKEN_NAME && sg_str_eq(t->text, body->name) && !is(t - 1, ".") && !is(t - 1, ":"))
			check_path(lint, body, i);
	}
}

static void
check_rule(struct lint *lint, size_t from, size_t to)
{
	for (size_t i = from; i + 4 < to; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (!(is(t, "when") || is(t, "effect")) || !is(t + 1, "=") || !is(t + 2, "function") ||
		    !is(t + 3, "(") || t[4].kind != SG_TOKEN_NAME)
			continue;
		struct body body = {from, to, i + 2, behind(lint, i + 2), t[4].text};
		check_body(lint, &body);
		i = body.to - 1;
	}
}

static void
check_fields(struct lint *lint)
{
	for (size_t i = 0; i < lint->count; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (!(is(t, "rule") || is(t, "after")) || !is(t + 1, "{"))
			continue;
		check_rule(lint, i + 1, behind(lint, i + 1));
	}
}

void
sg_lint(struct sg_policy *policy, uint32_t file, bool bits)
{
	struct lint lint = {.policy = policy, .file = file};
	if (read_tokens(&lint, policy->files[file].text)) {
		collect_declared(&lint);
		check_names(&lint);
		check_fields(&lint);
		if (!bits)
			check_bits(&lint);
	} else {
		sg_problem_add(policy, file, 0, NULL, "no memory to check the file");
	}
	free(lint.tokens);
	free(lint.declared);
}
