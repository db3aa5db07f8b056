/* SPDX-License-Identifier: Apache-2.0
 * Members of a table of the author's own, read by name: one that it is never given is misspelt. To Lua it is nil, and an effect without a bound, or a rule
 * without a condition, is what comes of it. Looked at where a file shows all that the table has. One that is handed to somebody may have more: what it has is not
 * told by its name then, but where it is all that another table's member is given, it is: nobody sees there that it was nil. */
#include "base/near.h"
#include "base/str.h"
#include "policy/lint/lint.h"

enum { MEMBERS = 64 };

struct members {
	struct sg_str names[MEMBERS];
	size_t count;
	bool all; /* nothing else can be in it, but for what whoever it was handed to gave it */
	bool handed;
};

static void
add(struct members *of, struct sg_str name)
{
	if (of->count < MEMBERS)
		of->names[of->count++] = name;
	else
		of->all = false;
}

static bool
has(const struct members *of, struct sg_str name)
{
	for (size_t i = 0; i < of->count; i++)
		if (sg_str_eq(of->names[i], name))
			return true;
	return false;
}

/* A name that the constructor gives at `i`: `name =` or `["name"] =`; the token behind the sign, 0: it is no such thing. */
static size_t
given(const struct sg_lint *lint, size_t i, struct sg_str *name)
{
	const struct sg_token *t = &lint->tokens[i];
	bool text = sg_lint_is(t, "[") && t[1].kind == SG_TOKEN_STRING && sg_lint_is(t + 2, "]") && sg_lint_is(t + 3, "=");
	*name = text ? t[1].text : t->text;
	if (text)
		return i + 4;
	return t->kind == SG_TOKEN_NAME && sg_lint_is(t + 1, "=") ? i + 2 : 0;
}

/* The constructor whose brace stands at `i`. */
static void
read_table(const struct sg_lint *lint, size_t i, struct members *of)
{
	size_t end = sg_lint_behind(lint, i) - 1;
	*of = (struct members){.all = end > i + 1};
	for (size_t at = i + 1, value; of->all && at < end;) {
		struct sg_str name;
		if ((value = given(lint, at, &name)) == 0) {
			of->all = false; /* a list, or a name that only running tells */
			return;
		}
		add(of, name);
		for (at = value; at < end && !sg_lint_is(&lint->tokens[at], ",") && !sg_lint_is(&lint->tokens[at], ";");) {
			const struct sg_token *t = &lint->tokens[at];
			bool opens = sg_lint_is(t, "{") || sg_lint_is(t, "(") || sg_lint_is(t, "[") || sg_lint_is(t, "function");
			at = opens ? sg_lint_behind(lint, at) : at + 1;
		}
		at += at < end;
	}
}

/* Does a statement begin behind this token? */
static bool
ends_statement(const struct sg_token *t)
{
	static const char *const words[] = {"then", "do", "else", "end", "repeat", ";", ")", "]", "}"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (sg_lint_is(t, words[i]))
			return true;
	return t->kind == SG_TOKEN_NAME || t->kind == SG_TOKEN_STRING || t->kind == SG_TOKEN_NUMBER;
}

/* `a.b, NAME.c, d = ...`, of which the first begins at `i`: what it gives to the table of this name. */
static void
read_list(const struct sg_lint *lint, size_t i, struct sg_str name, struct members *of)
{
	const struct sg_token *t = lint->tokens;
	struct members listed = {.all = true};
	while (t[i].kind == SG_TOKEN_NAME) {
		if (sg_str_eq(t[i].text, name) && sg_lint_is(&t[i + 1], ".") && t[i + 2].kind == SG_TOKEN_NAME)
			add(&listed, t[i + 2].text);
		i = sg_lint_behind_chain(lint, i + 1);
		if (!sg_lint_is(&t[i], ","))
			break;
		i++;
	}
	for (size_t k = 0; sg_lint_is(&t[i], "=") && k < listed.count; k++)
		add(of, listed.names[k]);
}

/* Names that the file gives it later; and whatever makes it known to others. */
static void
read_uses(const struct sg_lint *lint, struct sg_str name, size_t declared, struct members *of)
{
	static const char *const lookers[] = {"pairs", "ipairs", "has"};
	for (size_t i = 0; of->all && i < lint->count; i++) {
		const struct sg_token *t = &lint->tokens[i];
		struct sg_str member;
		if (t->kind == SG_TOKEN_NAME && (i == 0 || ends_statement(t - 1)))
			read_list(lint, i, name, of);
		bool is = t->kind == SG_TOKEN_NAME && sg_str_eq(t->text, name) && i != declared && (i == 0 || (!sg_lint_is(t - 1, ".") && !sg_lint_is(t - 1, ":")));
		bool key = is && sg_lint_is(t + 1, "=") && i > 0 && (sg_lint_is(t - 1, "{") || sg_lint_is(t - 1, ",") || sg_lint_is(t - 1, ";"));
		if (!is || key)
			continue;
		if (sg_lint_is(t + 1, ".") && sg_lint_is(t + 3, "="))
			add(of, t[2].text);
		else if (sg_lint_is(t + 1, "[") && given(lint, i + 1, &member) != 0)
			add(of, member);
		else if (sg_lint_is(t + 1, "["))
			of->all = !sg_lint_is(&lint->tokens[sg_lint_behind(lint, i + 1)], "=");
		else if (!sg_lint_is(t + 1, ".") && !sg_lint_is(t + 1, ":")) {
			bool looked_at = false;
			for (size_t l = 0; l < sizeof(lookers) / sizeof(lookers[0]); l++)
				looked_at |= i > 1 && sg_lint_is(t - 1, "(") && sg_lint_is(t - 2, lookers[l]);
			of->handed |= !looked_at && (i == 0 || !sg_lint_is(t - 1, "#"));
		}
	}
}

/* The token of the member that is read of the name at `i`: `NAME.member`, `NAME["member"]`; NULL: none is. */
static const struct sg_token *
member_read(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = &lint->tokens[i];
	if ((sg_lint_is(t + 1, ".") || sg_lint_is(t + 1, ":")) && t[2].kind == SG_TOKEN_NAME)
		return t + 2;
	return sg_lint_is(t + 1, "[") && t[2].kind == SG_TOKEN_STRING && sg_lint_is(t + 3, "]") ? t + 2 : NULL;
}

/* `{ name = NAME.member, ...`, `{ ..., NAME.member }`, NAME at `i`. */
static bool
is_given_on(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = &lint->tokens[i];
	const struct sg_token *behind = member_read(lint, i) + 1 + sg_lint_is(t + 1, "[");
	bool ends = sg_lint_is(behind, ",") || sg_lint_is(behind, ";") || sg_lint_is(behind, "}");
	if (i < 3 || !ends || sg_lint_is(t + 1, ":"))
		return false;
	if (sg_lint_is(t - 1, "{") || sg_lint_is(t - 1, ",") || sg_lint_is(t - 1, ";")) /* an entry of a list: at its end it was never there */
		return sg_lint_is(behind, "}");
	if (!sg_lint_is(t - 1, "="))
		return false;
	size_t name = t[-2].kind == SG_TOKEN_NAME ? i - 2 : sg_lint_is(t - 2, "]") ? sg_lint_opening(lint, i - 2) : 0;
	return name > 0 && (sg_lint_is(&lint->tokens[name - 1], "{") || sg_lint_is(&lint->tokens[name - 1], ",") || sg_lint_is(&lint->tokens[name - 1], ";"));
}

static void
tell(struct sg_lint *lint, const struct sg_token *t, const struct members *of)
{
	char hint[SG_VM_TEXT];
	struct sg_near near = sg_near(t[2].text);
	for (size_t i = 0; i < of->count; i++)
		sg_near_offer(&near, of->names[i]);
	sg_problem_add(lint->policy, lint->file, t->line, sg_near_hint(&near, '\'', "a member that no line gives is nil", hint, sizeof(hint)), "'%.*s' has no member '%.*s'",
		       (int)(t->text.len < 60 ? t->text.len : 60), t->text.ptr, (int)(t[2].text.len < 60 ? t[2].text.len : 60), t[2].text.ptr);
}

/* The brace of the table that the member `name` of the constructor at `i` is given; 0: it is given something else. */
static size_t
table_of(const struct sg_lint *lint, size_t i, struct sg_str name)
{
	size_t end = sg_lint_behind(lint, i) - 1;
	for (size_t at = i + 1; at < end;) {
		struct sg_str given_name;
		size_t value = given(lint, at, &given_name);
		if (value != 0 && sg_str_eq(given_name, name))
			return sg_lint_is(&lint->tokens[value], "{") ? value : 0;
		const struct sg_token *t = &lint->tokens[value != 0 ? value : at];
		bool opens = sg_lint_is(t, "{") || sg_lint_is(t, "(") || sg_lint_is(t, "[") || sg_lint_is(t, "function");
		at = opens ? sg_lint_behind(lint, value != 0 ? value : at) : (value != 0 ? value : at) + 1;
	}
	return 0;
}

/* `NAME.member.inner`, NAME at `i`, its constructor at `from`: `inner` is nowhere given. */
static void
check_inner(struct sg_lint *lint, size_t from, size_t i, const struct sg_token *member)
{
	struct members of;
	size_t last = (size_t)(member - lint->tokens) + sg_lint_is(member + 1, "]"), table = table_of(lint, from, member->text);
	const struct sg_token *inner = table == 0 || !sg_lint_is(&lint->tokens[last + 1], ".") ? NULL : member_read(lint, last);
	if (inner == NULL)
		return;
	read_table(lint, table, &of);
	for (size_t k = 0; of.all && k + 5 < lint->count; k++) /* given later */
		if (sg_str_eq(lint->tokens[k].text, lint->tokens[i].text) && sg_lint_is(&lint->tokens[k + 1], ".") && sg_str_eq(lint->tokens[k + 2].text, member->text))
			of.all = sg_lint_is(&lint->tokens[k + 3], ".") && !sg_lint_is(&lint->tokens[k + 5], "=");
	if (of.all && !has(&of, inner->text))
		tell(lint, &lint->tokens[last], &of);
}

/* Declared twice, it is not known which is meant. */
static bool
is_once(const struct sg_lint *lint, struct sg_str name)
{
	size_t count = 0;
	for (size_t i = 0; i < lint->declared_count; i++)
		count += sg_str_eq(lint->declared[i], name);
	return count == 1;
}

void
sg_lint_members(struct sg_lint *lint)
{
	const struct sg_token *t = lint->tokens;
	for (size_t d = 0; d + 3 < lint->count; d++) {
		struct members of;
		if (!sg_lint_is(&t[d], "local") || t[d + 1].kind != SG_TOKEN_NAME || !sg_lint_is(&t[d + 2], "=") || !sg_lint_is(&t[d + 3], "{") || !is_once(lint, t[d + 1].text))
			continue;
		size_t behind = sg_lint_behind(lint, d + 3);
		read_table(lint, d + 3, &of);
		of.all = of.all && sg_lint_behind_chain(lint, behind) == behind; /* not a member of the constructor itself */
		read_uses(lint, t[d + 1].text, d + 1, &of);
		for (size_t i = d + 4; of.all && i + 2 < lint->count; i++) {
			bool its = t[i].kind == SG_TOKEN_NAME && sg_str_eq(t[i].text, t[d + 1].text) && !sg_lint_is(&t[i - 1], ".") && !sg_lint_is(&t[i - 1], ":");
			const struct sg_token *read = its ? member_read(lint, i) : NULL;
			if (read != NULL && !of.handed && has(&of, read->text))
				check_inner(lint, d + 3, i, read);
			if (read != NULL && !has(&of, read->text) && (!of.handed || is_given_on(lint, i)))
				tell(lint, &t[i], &of);
		}
	}
}
