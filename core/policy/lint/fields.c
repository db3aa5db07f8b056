/* SPDX-License-Identifier: Apache-2.0
 * Misspelt fields and undeclared history, as far as they can be seen: behind the parameter of a function that stands
 * directly after `when =` or `effect =`. */
#include "base/str.h"
#include "policy/field.h"
#include "policy/level.h"
#include "policy/lint/kinds.h"

/* Words that mean something in needs; any other name there stands for a value that only running tells. */
static bool
needs_word(const struct sg_token *token)
{
	static const char *const words[] = {"of", "scope", "within"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (sg_lint_is(token, words[i]))
			return true;
	for (size_t kind = 0; kind < SG_NEED_COUNT_OF; kind++)
		if (sg_lint_is(token, sg_needs[kind].name))
			return true;
	return false;
}

/* Does `needs` of the rule whose braces are [from, to) name this pattern? Anything but plain literals there counts as
 * yes. */
static bool
needs_named(const struct sg_lint *lint, size_t from, size_t to, struct sg_str pattern)
{
	for (size_t i = from; i + 2 < to; i++) {
		if (!sg_lint_is(&lint->tokens[i], "needs") || !sg_lint_is(&lint->tokens[i + 1], "="))
			continue;
		if (!sg_lint_is(&lint->tokens[i + 2], "{"))
			return true;
		for (size_t j = i + 2, end = sg_lint_behind(lint, i + 2); j < end; j++) {
			const struct sg_token *t = &lint->tokens[j];
			bool word = t->kind == SG_TOKEN_NAME && !needs_word(t);
			if (word || (t->kind == SG_TOKEN_STRING && sg_str_eq(t->text, pattern)))
				return true;
		}
	}
	return false;
}

/* Does it name each pattern of a need's name: "a", "money:a", "a > b", "a + b"? */
static bool
needs_all(const struct sg_lint *lint, size_t from, size_t to, enum sg_need_kind kind, struct sg_str name)
{
	const char *joined = sg_needs[kind].joined;
	const char *colon = kind == SG_NEED_SUM && name.len > 0 ? memchr(name.ptr, ':', name.len) : NULL;
	if (colon != NULL)
		name = (struct sg_str){colon + 1, (size_t)(name.ptr + name.len - colon - 1)};
	for (const char *at; joined[0] != '\0' && (at = memmem(name.ptr, name.len, joined, 3)) != NULL;) {
		if (!needs_named(lint, from, to, (struct sg_str){name.ptr, (size_t)(at - name.ptr)}))
			return false;
		name = (struct sg_str){at + 3, (size_t)(name.ptr + name.len - at - 3)};
	}
	return needs_named(lint, from, to, name);
}

struct body {
	size_t rule_from, rule_to, from, to;
	struct sg_str name; /* of the parameter */
};

/* history.count["x"] or history.count.x, `i` at the part's name. */
static void
check_history(struct sg_lint *lint, const struct body *body, size_t i, enum sg_need_kind kind)
{
	const struct sg_token *t = &lint->tokens[i];
	const struct sg_token *key = sg_lint_is(t + 1, "[") ? t + 2 : sg_lint_is(t + 1, ".") ? t + 2 : NULL;
	if (key == NULL || (sg_lint_is(t + 1, "[") && (key->kind != SG_TOKEN_STRING || !sg_lint_is(key + 1, "]"))) ||
	    key->text.len > 200 || needs_all(lint, body->rule_from, body->rule_to, kind, key->text))
		return;
	sg_problem_add(lint->policy, lint->file, key->line, "add it to the rule's needs",
		       "history.%.*s of '%.*s' is read but not declared", SG_STR_ARG(t->text), SG_STR_ARG(key->text));
}

/* The name of the member read behind the token at `i`: `.name` or `["name"]`; its token, 0: none is. */
static size_t
member_behind(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = &lint->tokens[i];
	if (sg_lint_is(t + 1, ".") && t[2].kind == SG_TOKEN_NAME)
		return i + 2;
	return sg_lint_is(t + 1, "[") && t[2].kind == SG_TOKEN_STRING && sg_lint_is(t + 3, "]") ? i + 2 : 0;
}

static bool
has_fields(enum sg_shape shape)
{
	return shape >= SG_SHAPE_REQUEST && shape < SG_SHAPE_OPEN;
}

/* Among its fields is one that is compared as a level. */
static bool
has_levels(enum sg_shape shape)
{
	return has_fields(shape) && (sg_field_find(shape, SG_STR("sensitivity")) != NULL || sg_field_find(shape, SG_STR("strength")) != NULL || sg_field_find(shape, SG_STR("autonomy")) != NULL);
}

/* r.args.a.b.trusted, `i` at the last name that the table of fields has. */
static void
check_open(struct sg_lint *lint, size_t first, size_t i)
{
	size_t at;
	const char *type = NULL;
	while ((at = member_behind(lint, i)) != 0) {
		i = at + sg_lint_is(&lint->tokens[at - 1], "[");
		type = sg_lint_origin_type(lint->tokens[at].text);
	}
	if (type != NULL)
		sg_lint_kind(lint, first, i, lint->tokens[i].text, type);
}

/* r.a.b.c, `i` at the parameter's name. */
static void
check_path(struct sg_lint *lint, const struct body *body, size_t i)
{
	enum sg_shape shape = SG_SHAPE_REQUEST;
	size_t first = i;
	const struct sg_field *last = NULL;
	for (size_t at; (has_fields(shape) || shape == SG_SHAPE_HISTORY) && (at = member_behind(lint, i)) != 0;) {
		const struct sg_token *t = &lint->tokens[i = at];
		const struct sg_field *field = sg_field_find(shape, t->text);
		char hint[SG_VM_TEXT];
		if (field == NULL) {
			sg_problem_add(lint->policy, lint->file, t->line,
				       sg_field_hint(shape, t->text, hint, sizeof(hint)), "%s has no field '%.*s'",
				       sg_shape_name(shape), (int)(t->text.len < 100 ? t->text.len : 100), t->text.ptr);
			return;
		}
		last = field;
		shape = field->shape;
		if (shape >= SG_SHAPE_COUNT) {
			check_history(lint, body, i, (enum sg_need_kind)(shape - SG_SHAPE_COUNT));
			return;
		}
		i += sg_lint_is(t - 1, "[");
	}
	if (last != NULL && member_behind(lint, i) == 0 && !sg_level_field(sg_str(last->name)))
		sg_lint_kind(lint, first, i, sg_str(last->name), last->type);
	else if (shape == SG_SHAPE_OPEN)
		check_open(lint, first, i);
	if (has_levels(shape) && sg_lint_is(&lint->tokens[i + 1], "[")) /* what it is, a level or a text, nobody could see */
		sg_problem_add(lint->policy, lint->file, lint->tokens[i + 1].line, "r.task.tainted, or r[\"sensitivity\"]", "a field of %s is read by its name, not by what only running tells", sg_shape_name(shape));
}

/* How often the body declares its parameter's name: more than once, and it means something else somewhere in there. */
static size_t
declarations(const struct sg_lint *lint, const struct body *body)
{
	const char *from = lint->tokens[body->from].text.ptr, *to = lint->tokens[body->to - 1].text.ptr;
	size_t low = 0, high = lint->declared_count, count = 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (lint->places[middle].ptr < from)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < lint->declared_count && lint->places[low].ptr <= to; low++)
		count += sg_str_eq(lint->places[low], body->name);
	return count;
}

static void
check_body(struct sg_lint *lint, const struct body *body)
{
	if (declarations(lint, body) > 1)
		return;
	for (size_t i = body->from; i < body->to; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (t->kind == SG_TOKEN_NAME && sg_str_eq(t->text, body->name) && !sg_lint_is(t - 1, ".") &&
		    !sg_lint_is(t - 1, ":"))
			check_path(lint, body, i);
	}
}

static void
check_rule(struct sg_lint *lint, size_t from, size_t to)
{
	for (size_t i = from; i + 4 < to; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (!(sg_lint_is(t, "when") || sg_lint_is(t, "effect")) || !sg_lint_is(t + 1, "=") ||
		    !sg_lint_is(t + 2, "function") || !sg_lint_is(t + 3, "(") || t[4].kind != SG_TOKEN_NAME)
			continue;
		struct body body = {from, to, i + 2, sg_lint_behind(lint, i + 2), t[4].text};
		check_body(lint, &body);
		i = body.to - 1;
	}
}

void
sg_lint_fields(struct sg_lint *lint)
{
	for (size_t i = 0; i < lint->count; i++) {
		size_t rule = sg_lint_called(lint, i, "rule"), at = rule > 0 ? rule : sg_lint_called(lint, i, "after");
		if (at > 0)
			check_rule(lint, at, sg_lint_behind(lint, at));
	}
}
