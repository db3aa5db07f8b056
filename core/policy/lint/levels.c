/* SPDX-License-Identifier: Apache-2.0
 * Levels, where a file reads them. As texts they compare by their letters, and a word that is no level never fits: both in silence, and no Lua can tell
 * it at run time. So a level may stand only where what is made of it can be seen here: before a method, beside == and a word of its own kind, in a text,
 * or as all that a local stands for. A chain that goes through what the caller wrote (args, context ...) is no level. */
#include "base/str.h"
#include "policy/level.h"
#include "policy/lint/alias.h"

/* What stands somewhere: its first and last token, and the one that names the level. */
struct level {
	size_t first, last, field;
};

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

static bool
ends_value(const struct sg_token *t)
{
	return t->kind == SG_TOKEN_NAME || t->kind == SG_TOKEN_STRING || sg_lint_is(t, ")") || sg_lint_is(t, "]") || sg_lint_is(t, "}");
}

/* Where the chain begins whose member stands behind `at`; *callers if it leads through the caller's own. */
static size_t
chain_begin(const struct sg_lint *lint, size_t at, bool *callers)
{
	const struct sg_token *t = lint->tokens;
	while (at > 0) {
		size_t end = at - 1;
		if (sg_lint_is(&t[end], ")") || sg_lint_is(&t[end], "]")) {
			at = sg_lint_opening(lint, end);
		} else if (t[end].kind == SG_TOKEN_NAME) {
			*callers |= is_callers(&t[end]) && end > 0 && sg_lint_is(&t[end - 1], "."); /* a local or parameter of that name is whatever it was given */
			at = end;
		} else if (sg_lint_is(&t[end], ".") || sg_lint_is(&t[end], ":")) {
			at = end;
			continue;
		} else {
			return at;
		}
		if (at > 0 && t[at].kind == SG_TOKEN_NAME && !sg_lint_is(&t[at - 1], ".") && !sg_lint_is(&t[at - 1], ":"))
			return at;
	}
	return at;
}

/* `.sensitivity` or `["sensitivity"]` behind something; `field` is the name's token. */
static bool
is_member(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	if (i < 2 || !sg_level_field(t[i].text))
		return false;
	if (t[i].kind == SG_TOKEN_NAME)
		return sg_lint_is(&t[i - 1], ".");
	return t[i].kind == SG_TOKEN_STRING && sg_lint_is(&t[i - 1], "[") && sg_lint_is(&t[i + 1], "]") && ends_value(&t[i - 2]);
}

static bool
chain_at(const struct sg_lint *lint, size_t i, struct level *level)
{
	bool callers = false;
	if (!is_member(lint, i))
		return false;
	*level = (struct level){chain_begin(lint, i - 1, &callers), i + (lint->tokens[i].kind == SG_TOKEN_STRING), i};
	return !callers;
}

/* The field that the local at `i` stands for; 0: for no level. A member of that name is something else. */
static size_t
alias_at(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	bool member = i > 0 && (sg_lint_is(&t[i - 1], ".") || sg_lint_is(&t[i - 1], ":"));
	for (size_t n = 0; n < lint->level_count && t[i].kind == SG_TOKEN_NAME && !member; n++)
		if (sg_str_eq(lint->levels[n].name, t[i].text))
			return lint->levels[n].field;
	return 0;
}

static bool
level_at(const struct sg_lint *lint, size_t i, struct level *level)
{
	if (chain_at(lint, i, level))
		return true;
	size_t field = alias_at(lint, i);
	*level = (struct level){i, i, field};
	return field > 0;
}

/* Brackets of its own, not those of a call. */
static void
widen(const struct sg_lint *lint, struct level *level)
{
	const struct sg_token *t = lint->tokens;
	while (level->first > 0 && sg_lint_is(&t[level->first - 1], "(") && sg_lint_is(&t[level->last + 1], ")") &&
	       (level->first < 2 || !ends_value(&t[level->first - 2]))) {
		level->first--;
		level->last++;
	}
}

/* The NAME of `local NAME =`, `local NAME <const> =` before a value, where it stands for nothing else, so that whatever is made of it is seen; 0: none. */
static size_t
declared_by(const struct sg_lint *lint, size_t first)
{
	const struct sg_token *t = lint->tokens;
	size_t at = first < 3 || !sg_lint_is(&t[first - 1], "=") ? 0 : first - 2;
	if (at >= 4 && sg_lint_is(&t[at], ">"))
		at -= 3;
	return at > 0 && sg_lint_is(&t[at - 1], "local") && sg_lint_alias(lint, at) > 0 ? at : 0;
}

/* Where the row of texts, joined by `..`, begins that something stands in. */
static size_t
row_begin(const struct sg_lint *lint, size_t first)
{
	const struct sg_token *t = lint->tokens;
	while (first >= 2 && sg_lint_is(&t[first - 1], "..") && ends_value(&t[first - 2])) {
		bool callers = false;
		size_t end = first - 2;
		first = t[end].kind == SG_TOKEN_STRING ? end : chain_begin(lint, end + 1, &callers);
	}
	return first;
}

/* Behind a value: its members and calls, and what is joined to it. */
static size_t
row_behind(const struct sg_lint *lint, size_t i)
{
	i = sg_lint_behind_chain(lint, i);
	while (i + 1 < lint->count && sg_lint_is(&lint->tokens[i], ".."))
		i = sg_lint_behind_chain(lint, i + 2);
	return i;
}

/* A text that is made of a level here is a text; one that is compared where it is made was meant as the level. */
static bool
is_text(const struct sg_lint *lint, size_t first, size_t behind)
{
	const struct sg_token *t = lint->tokens;
	first = row_begin(lint, first);
	behind = row_behind(lint, behind);
	while (first > 0 && sg_lint_is(&t[first - 1], "(") && sg_lint_is(&t[behind], ")") && (first < 2 || !ends_value(&t[first - 2]))) { /* brackets of its own */
		first = row_begin(lint, first - 1);
		behind = row_behind(lint, behind + 1);
	}
	bool before = first > 0 && (is_order(&t[first - 1]) || is_equality(&t[first - 1]) || sg_lint_is(&t[first - 1], "#"));
	return !before && !is_order(&t[behind]) && !is_equality(&t[behind]);
}

/* Before a method of its own, in a text, written to, or given on as a level. */
static bool
is_safe(const struct sg_lint *lint, const struct level *level)
{
	const struct sg_token *t = lint->tokens, *after = &t[level->last + 1], *before = &t[level->first - 1];
	bool own = sg_lint_is(after, ":") && (sg_lint_is(after + 1, "at_least") || sg_lint_is(after + 1, "at_most"));
	bool called = level->first >= 2 && sg_lint_is(before, "(") && sg_lint_is(after, ")");
	if (own || sg_lint_is(after, "="))
		return true;
	if (sg_lint_is(after, ":") || sg_lint_is(after, "..") || sg_lint_is(before, ".."))
		return is_text(lint, level->first, level->last + 1);
	if (called && sg_lint_is(before - 1, "tostring"))
		return is_text(lint, level->first - 2, level->last + 2);
	if (level->first >= 2 && sg_lint_is(before, "="))
		return sg_lint_is(before - 1, "raise") || alias_at(lint, declared_by(lint, level->first)) > 0;
	return called && sg_lint_is(before - 1, "type");
}

/* The text that the token at `i` is or stands for; NULL: none. */
static const struct sg_token *
word_at(const struct sg_lint *lint, size_t i)
{
	size_t value = sg_lint_alias(lint, i);
	return lint->tokens[i].kind == SG_TOKEN_STRING ? &lint->tokens[i] : value > 0 && lint->tokens[value].kind == SG_TOKEN_STRING ? &lint->tokens[value] : NULL;
}

static void
check_word(struct sg_lint *lint, const struct sg_token *field, const struct sg_token *word, int line)
{
	char out[SG_VM_TEXT];
	const char *hint = sg_level_hint(field->text, word->text, out, sizeof(out));
	if (hint != NULL)
		sg_problem_add(lint->policy, lint->file, line, hint, "%.*s is never '%.*s'", SG_STR_ARG(field->text), (int)(word->text.len < 100 ? word->text.len : 100),
			       word->text.ptr);
}

static size_t
skip(const struct sg_lint *lint, size_t i, const char *bracket, int step)
{
	while (i > 0 && i + 1 < lint->count && sg_lint_is(&lint->tokens[i], bracket))
		i += (size_t)step;
	return i;
}

/* The last name of the chain that begins at `i`. */
static size_t
chain_end(const struct sg_lint *lint, size_t i)
{
	while (lint->tokens[i].kind == SG_TOKEN_NAME && sg_lint_is(&lint->tokens[i + 1], ".") && lint->tokens[i + 2].kind == SG_TOKEN_NAME)
		i += 2;
	return i;
}

/* == with what can be told to be a level of its kind, or no level. */
static bool
is_compared(struct sg_lint *lint, const struct level *level)
{
	const struct sg_token *t = lint->tokens, *word;
	struct level other;
	bool right = is_equality(&t[level->last + 1]), left = !right && is_equality(&t[level->first - 1]) && level->first >= 2;
	if (!right && !left)
		return false;
	size_t at = right ? skip(lint, level->last + 2, "(", 1) : skip(lint, level->first - 2, ")", -1);
	bool whole = right ? !sg_lint_is(&t[at + 1], "..") && !sg_lint_is(&t[at + 1], ":") : at == 0 || !sg_lint_is(&t[at - 1], "..");
	if (whole && (word = word_at(lint, at)) != NULL) {
		check_word(lint, &t[level->field], word, t[level->last].line);
		return true;
	}
	return sg_lint_is(&t[at], "nil") || level_at(lint, right ? chain_end(lint, at) : at, &other);
}

/* r.sensitivity:at_least("secret"), with brackets or without. */
static void
check_own_word(struct sg_lint *lint, const struct level *level)
{
	size_t at = level->last + 1;
	const struct sg_token *t = lint->tokens, *word;
	if (at + 3 >= lint->count || !sg_lint_is(&t[at], ":") || (!sg_lint_is(&t[at + 1], "at_least") && !sg_lint_is(&t[at + 1], "at_most")))
		return;
	bool bracket = sg_lint_is(&t[at + 2], "(");
	if ((word = word_at(lint, at + 2 + bracket)) != NULL && (!bracket || sg_lint_is(&t[at + 4], ")")))
		check_word(lint, &t[level->field], word, t[level->last].line);
}

static void
check_level(struct sg_lint *lint, struct level *level)
{
	const struct sg_token *t = lint->tokens, *field = &t[level->field];
	widen(lint, level);
	check_own_word(lint, level);
	if (level->first == 0 || is_safe(lint, level) || is_compared(lint, level))
		return;
	if (is_order(&t[level->last + 1]) || is_order(&t[level->first - 1]))
		sg_problem_add(lint->policy, lint->file, t[level->last].line, "use :at_least(\"...\") or :at_most(\"...\")", "%.*s is compared by its letters, not by its level",
			       SG_STR_ARG(field->text));
	else
		sg_problem_add(lint->policy, lint->file, t[level->last].line,
			       "compare it where it is read: :at_least(\"...\"), :at_most(\"...\"), == with one of its words; a local for it has a name that stands for nothing else in the file",
			       "what becomes of %.*s here cannot be seen", SG_STR_ARG(field->text));
}

/* One more than are kept is not followed, and so refused where it is declared. */
static void
note_locals(struct sg_lint *lint)
{
	struct level level;
	for (size_t i = 1; i + 1 < lint->count; i++) {
		size_t name = chain_at(lint, i, &level) ? declared_by(lint, level.first) : 0;
		if (name == 0 || alias_at(lint, name) > 0 || lint->level_count == SG_LINT_LEVELS)
			continue;
		lint->levels[lint->level_count].name = lint->tokens[name].text;
		lint->levels[lint->level_count++].field = level.field;
	}
}

void
sg_lint_levels(struct sg_lint *lint)
{
	struct level level;
	note_locals(lint);
	for (size_t i = 1; i + 1 < lint->count; i++) {
		bool declared = i > 0 && sg_lint_is(&lint->tokens[i - 1], "local");
		if (!declared && level_at(lint, i, &level))
			check_level(lint, &level);
	}
}
