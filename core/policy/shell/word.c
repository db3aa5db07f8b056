/* SPDX-License-Identifier: Apache-2.0
 * One word, outside of quotes. What is not in the table below is itself. */
#include "policy/shell/in.h"

#include "base/str.h"

static bool
is_name(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

static bool
is_space(char c)
{
	return c == '\0' || c == '\n' || sg_shell_blank(c);
}

/* A $ at a word's end is itself. */
static bool
dollar(struct sg_shell_reader *r)
{
	char next = sg_shell_peek(r, 1);
	return is_space(next) || sg_shell_fail(r, next == '(' ? SG_SHELL_substitution : SG_SHELL_expansion);
}

static bool
backslash(struct sg_shell_reader *r, struct sg_shell_seen *seen)
{
	char next = sg_shell_peek(r, 1);
	if (next == '\n') {
		r->at += 2;
		return r->pending_count == 0 || sg_shell_fail(r, SG_SHELL_heredoc);
	}
	if (next == '\0')
		return sg_shell_fail(r, SG_SHELL_unfinished);
	if (next & 0x80)
		return sg_shell_fail(r, SG_SHELL_letters);
	seen->quoted = true;
	seen->named = seen->digits = false;
	sg_shell_add(r, next);
	r->at += 2;
	return true;
}

/* HEAD@{1} and main@{u}, where nothing in the braces parts it. Elsewhere a brace may begin several words. */
static bool
braces(struct sg_shell_reader *r)
{
	size_t len = 1;
	while (is_name(sg_shell_peek(r, len), false))
		len++;
	bool counted = r->at > 0 && r->line.ptr[r->at - 1] == '@' && len > 1 && sg_shell_peek(r, len) == '}';
	if (!counted)
		return sg_shell_fail(r, SG_SHELL_braces);
	for (; len > 0; len--)
		sg_shell_add(r, r->line.ptr[r->at++]);
	sg_shell_add(r, r->line.ptr[r->at++]);
	return true;
}

static bool
tilde(struct sg_shell_reader *r, size_t start, struct sg_shell_word *word)
{
	char before = r->at > 0 ? r->line.ptr[r->at - 1] : '\0', next = sg_shell_peek(r, 1);
	if (r->at > start)
		return (before != '=' && before != ':') || sg_shell_fail(r, SG_SHELL_tilde);
	if (next != '/' && !sg_shell_ends_word(next))
		return sg_shell_fail(r, SG_SHELL_tilde);
	word->mark = SG_SHELL_HOME;
	return true;
}

/* May this byte stand for itself here? */
static bool
itself(struct sg_shell_reader *r, char c, size_t start, struct sg_shell_word *word, struct sg_shell_seen *seen)
{
	switch (c) {
	case '$':
		return dollar(r);
	case '`':
		return sg_shell_fail(r, SG_SHELL_substitution);
	case '}':
		return sg_shell_fail(r, SG_SHELL_braces);
	case '~':
		return tilde(r, start, word);
	case '!':
		return is_space(sg_shell_peek(r, 1)) || sg_shell_fail(r, SG_SHELL_history);
	case '^':
		return r->at > 0 || sg_shell_fail(r, SG_SHELL_history);
	case '=':
		return r->at > start || sg_shell_fail(r, SG_SHELL_equals);
	case '+':
		return !seen->named || sg_shell_peek(r, 1) != '=' || sg_shell_fail(r, SG_SHELL_assignment);
	case '*':
	case '?':
	case '[':
		if (word->mark == SG_SHELL_HOME)
			return sg_shell_fail(r, SG_SHELL_tilde);
		word->mark = SG_SHELL_PATTERN;
		return true;
	default:
		return !(c & 0x80) || sg_shell_fail(r, SG_SHELL_letters);
	}
}

static void
take(struct sg_shell_reader *r, char c, size_t first, struct sg_shell_seen *seen)
{
	size_t len = r->out->text_len - first;
	if (c == '=' && seen->named && len > 0)
		seen->assigned = len + 1;
	seen->named = seen->named && is_name(c, len == 0);
	seen->digits = seen->digits && c >= '0' && c <= '9';
	sg_shell_add(r, c);
	r->at++;
}

static bool
part(struct sg_shell_reader *r, char c, size_t start, size_t first, struct sg_shell_word *word, struct sg_shell_seen *seen)
{
	if (c == '\'' || c == '"') {
		seen->quoted = true;
		seen->named = seen->digits = false;
		return sg_shell_quote(r);
	}
	if (c == '\\')
		return backslash(r, seen);
	if (c == '{') {
		seen->named = seen->digits = false;
		return braces(r);
	}
	if (!itself(r, c, start, word, seen))
		return false;
	take(r, c, first, seen);
	return true;
}

bool
sg_shell_word(struct sg_shell_reader *r, struct sg_shell_word *word, struct sg_shell_seen *seen)
{
	size_t start = r->at, first = r->out->text_len;
	*word = (struct sg_shell_word){.mark = SG_SHELL_PLAIN};
	*seen = (struct sg_shell_seen){.digits = true, .named = true};
	while (!sg_shell_ends_word(sg_shell_peek(r, 0)))
		if (!part(r, sg_shell_peek(r, 0), start, first, word, seen))
			return false;
	word->text = (struct sg_str){r->out->text + first, r->out->text_len - first};
	seen->digits = seen->digits && word->text.len > 0;
	if (sg_str_is(word->text, "[")) /* opens nothing */
		word->mark = SG_SHELL_PLAIN;
	return true;
}
