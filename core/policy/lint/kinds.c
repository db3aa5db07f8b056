/* SPDX-License-Identifier: Apache-2.0
 * Comparisons that can never hold: a field or what a call gives, of a type that the tables say, with a constant of another. To Lua they are false without a
 * word, and a deny made of one is gone. */
#include "base/str.h"
#include "policy/api/api.h"
#include "policy/lint/kinds.h"
#include "policy/origin.h"

#include <ctype.h>

/* What a value may be. `name` is how it is spoken of. */
struct kind {
	struct sg_str name;
	const char *type;
};

static bool
equals(const struct sg_token *t)
{
	return sg_lint_is(t, "==") || sg_lint_is(t, "~=");
}

static bool
joins(const struct sg_token *t)
{
	static const char *const signs[] = {"..", "+", "-", "*", "/", "//", "%", "^", "&", "|", "~", "<<", ">>", ".", ":", "#"};
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (t->kind == SG_TOKEN_OPERATOR && sg_lint_is(t, signs[i]))
			return true;
	return false;
}

/* From `first` to `last`: nothing before or behind makes more of it. */
static bool
is_operand(const struct sg_lint *lint, size_t first, size_t last)
{
	const struct sg_token *behind = &lint->tokens[last + 1];
	return first > 0 && !joins(&lint->tokens[first - 1]) && !joins(behind) && !sg_lint_is(behind, "(") && !sg_lint_is(behind, "[");
}

/* The type of the constant that is all of the operand at `i`; NULL: it is something else. */
static const char *
constant_at(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = &lint->tokens[i];
	if (!is_operand(lint, i, i) || (equals(t + 1) && i > 0 && equals(t - 1))) /* `x == nil == y` compares what comes of the first */
		return NULL;
	if (t->kind == SG_TOKEN_STRING)
		return "a text";
	if (t->kind == SG_TOKEN_NUMBER)
		return "a number";
	return sg_lint_is(t, "true") || sg_lint_is(t, "false") ? "true or false" : sg_lint_is(t, "nil") ? "nil" : NULL;
}

/* "integer?", "string|number", "string[]": is this one among them? */
static bool
has_type(const char *type, const char *one)
{
	size_t len = strlen(one);
	for (const char *at = type; (at = strstr(at, one)) != NULL; at += len)
		if ((at == type || at[-1] == '|') && (at[len] == '\0' || at[len] == '?' || at[len] == '|'))
			return true;
	return false;
}

static bool
may_be(const char *type, const char *constant, struct sg_str text)
{
	bool optional = type[strlen(type) - 1] == '?';
	switch (constant[2]) {
	case 't': return has_type(type, "string") && !(optional && text.len == 0);        /* a text */
	case 'n': return has_type(type, "number") || has_type(type, "integer");           /* a number */
	case 'u': return has_type(type, "boolean");                                       /* true or false */
	default: return optional;                                                         /* nil */
	}
}

static const char *
hint_of(const char *type, const char *constant)
{
	if (strcmp(constant, "a text") == 0 && has_type(type, "string"))
		return "without one it is nil";
	if (has_type(type, "string"))
		return strcmp(constant, "nil") == 0 ? "it is a text; without one it is empty" : "it is a text";
	if (strstr(type, "[]") != NULL)
		return "it is a list: table.has(list, value), #list == 0";
	if (has_type(type, "boolean"))
		return "it is true or false, without quotes";
	if (has_type(type, "number") || has_type(type, "integer"))
		return "it is a number, without quotes";
	return strcmp(constant, "nil") == 0 ? "it is always there" : "compare one of its members";
}

static void
check(struct sg_lint *lint, const struct kind *is, size_t constant, int line)
{
	const struct sg_token *t = &lint->tokens[constant];
	const char *what = constant_at(lint, constant);
	if (what == NULL || may_be(is->type, what, t->text))
		return;
	bool empty = t->kind == SG_TOKEN_STRING && t->text.len == 0;
	sg_problem_add(lint->policy, lint->file, line, hint_of(is->type, what), "'%.*s' is never %s", (int)(is->name.len < 60 ? is->name.len : 60), is->name.ptr,
		       empty ? "an empty text" : what);
}

void
sg_lint_kind(struct sg_lint *lint, size_t first, size_t last, struct sg_str name, const char *type)
{
	const struct sg_token *t = lint->tokens;
	struct kind is = {name, type};
	if (!is_operand(lint, first, last))
		return;
	if (equals(&t[last + 1]))
		check(lint, &is, last + 2, t[last].line);
	else if (first >= 2 && equals(&t[first - 1]) && !sg_lint_is(&t[first - 2], "}"))
		check(lint, &is, first - 2, t[first].line);
}

size_t
sg_lint_compared(const struct sg_lint *lint, size_t first, size_t last)
{
	bool right = last + 2 < lint->count && equals(&lint->tokens[last + 1]), left = !right && first >= 2 && equals(&lint->tokens[first - 1]);
	size_t with = right ? last + 2 : left ? first - 2 : 0;
	return with > 0 && is_operand(lint, first, last) && constant_at(lint, with) != NULL ? with : 0;
}

const char *
sg_lint_origin_type(struct sg_str member)
{
	int i = sg_origin_member_named(member);
	return i < SG_ORIGIN_MEMBER_COUNT ? sg_origin_rows[i].type : NULL;
}

/* ---- what a call gives ---- */

/* The file gives something of its own this name: `function find`, `find =`. */
static bool
is_given(const struct sg_lint *lint, struct sg_str name)
{
	for (size_t i = 0; i < lint->declared_count; i++)
		if (sg_str_eq(lint->declared[i], name))
			return true;
	for (size_t i = 0; i + 1 < lint->count; i++) {
		const struct sg_token *t = &lint->tokens[i];
		if (t->kind == SG_TOKEN_NAME && sg_str_eq(t->text, name) && (sg_lint_is(t + 1, "=") || (i >= 3 && sg_lint_is(t - 3, "function"))))
			return true;
	}
	return false;
}

const struct sg_policy_call *
sg_lint_call_at(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = &lint->tokens[i];
	struct sg_str library = SG_STR("");
	if (t->kind != SG_TOKEN_NAME || !sg_lint_is(t + 1, "(") || i < 2)
		return NULL;
	if (sg_lint_is(t - 1, ":"))
		library = SG_STR("string");
	else if (sg_lint_is(t - 1, "."))
		library = t[-2].text;
	for (size_t c = 0; c < sg_policy_api_count; c++)
		if (sg_str_is(t->text, sg_policy_api[c].name) && sg_str_is(library, sg_policy_api[c].library))
			return is_given(lint, t->text) || is_given(lint, library) ? NULL : &sg_policy_api[c];
	return NULL;
}

/* Where the operand begins that ends with the call of the name at `i`: r.args:get("x"):lower. */
size_t
sg_lint_begins(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	while (i >= 2 && (sg_lint_is(&t[i - 1], ".") || sg_lint_is(&t[i - 1], ":"))) {
		i -= 2;
		while (i > 0 && (sg_lint_is(&t[i], ")") || sg_lint_is(&t[i], "]"))) {
			i = sg_lint_opening(lint, i);
			bool called = i > 0 && (t[i - 1].kind == SG_TOKEN_NAME || sg_lint_is(&t[i - 1], ")") || sg_lint_is(&t[i - 1], "]"));
			if (!called)
				return i;
			i--;
		}
	}
	return i;
}

/* Words that such a call never gives: `type(x) == "list"`, `x:lower() == "Prod"`. */
static bool
never_gives(const struct sg_policy_call *call, struct sg_str word)
{
	bool lower = strcmp(call->name, "lower") == 0, upper = strcmp(call->name, "upper") == 0;
	for (size_t i = 0; (lower || upper) && i < word.len; i++)
		if (word.ptr[i] != '\\' && (lower ? isupper((unsigned char)word.ptr[i]) : islower((unsigned char)word.ptr[i])))
			return memchr(word.ptr, '\\', word.len) == NULL;
	if (strcmp(call->name, "type") != 0 || call->library[0] != '\0')
		return false;
	if (word.len == 0)
		return false;
	char quoted[32];
	int len = snprintf(quoted, sizeof(quoted), "\"%.*s\"", SG_STR_ARG(word));
	return len >= (int)sizeof(quoted) || strstr(call->meaning, quoted) == NULL;
}

/* What it gives is a value that is compared. That of a text is compared with nil to see whether it was made at all. */
static bool
gives_value(const struct sg_policy_call *call, const struct sg_token *with)
{
	static const char *const types[] = {"string", "number", "integer", "boolean", "string[]", "table"};
	if (sg_lint_is(with, "nil") && !has_type(call->result, "boolean"))
		return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (has_type(call->result, types[i]))
			return true;
	return false;
}

static void
check_call(struct sg_lint *lint, size_t i, const struct sg_policy_call *call)
{
	const struct sg_token *t = lint->tokens;
	size_t first = sg_lint_begins(lint, i), last = sg_lint_behind(lint, i + 1) - 1;
	bool right = last + 2 < lint->count && equals(&t[last + 1]), left = !right && first >= 2 && equals(&t[first - 1]);
	size_t with = right ? last + 2 : first - 2;
	if ((!right && !left) || !is_operand(lint, first, last) || !gives_value(call, &t[with]))
		return;
	sg_lint_kind(lint, first, last, t[i].text, call->result);
	if (t[with].kind == SG_TOKEN_STRING && constant_at(lint, with) != NULL && never_gives(call, t[with].text))
		sg_problem_add(lint->policy, lint->file, t[last].line, call->meaning, "%.*s never gives '%.*s'", SG_STR_ARG(t[i].text),
			       (int)(t[with].text.len < 60 ? t[with].text.len : 60), t[with].text.ptr);
	if (sg_str_is(t[i].text, "find") && (sg_str_is(t[with].text, "0") || (right && sg_lint_is(&t[with], "-"))))
		sg_problem_add(lint->policy, lint->file, t[last].line, "what begins a text is found at 1; nil: it is not there", "find gives 1 or more");
}

void
sg_lint_calls(struct sg_lint *lint)
{
	for (size_t i = 2; i + 2 < lint->count; i++) {
		const struct sg_policy_call *call = sg_lint_call_at(lint, i);
		if (call != NULL)
			check_call(lint, i, call);
		if (equals(&lint->tokens[i]) && sg_lint_is(&lint->tokens[i + 1], "{"))
			sg_problem_add(lint->policy, lint->file, lint->tokens[i].line, "#list == 0", "nothing equals a table that is made here");
	}
}
