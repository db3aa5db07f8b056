/* SPDX-License-Identifier: Apache-2.0
 * Quotes. Within double ones `$`, backquote, `"` and backslash are themselves behind a backslash alone. */
#include "policy/shell/in.h"

#include "base/str.h"

static bool
single(struct sg_shell_reader *r)
{
	for (r->at++; sg_shell_peek(r, 0) != '\''; r->at++) {
		if (r->at >= r->line.len)
			return sg_shell_fail(r, SG_SHELL_unfinished);
		if (sg_shell_peek(r, 0) == '\n' && r->pending_count > 0)
			return sg_shell_fail(r, SG_SHELL_heredoc);
		sg_shell_add(r, sg_shell_peek(r, 0));
	}
	r->at++;
	return true;
}

static bool
backslash(struct sg_shell_reader *r)
{
	char next = sg_shell_peek(r, 1);
	if (next == '\0')
		return sg_shell_fail(r, SG_SHELL_unfinished);
	if (next == '\n') {
		r->at += 2;
		return r->pending_count == 0 || sg_shell_fail(r, SG_SHELL_heredoc);
	}
	bool escapes = strchr("$`\"\\", next) != NULL;
	sg_shell_add(r, escapes ? next : '\\');
	r->at += escapes ? 2 : 1;
	return true;
}

/* May this byte stand for itself in double quotes? */
static bool
itself(struct sg_shell_reader *r, char c)
{
	char next = sg_shell_peek(r, 1);
	bool ends = next == '"' || next == '\n' || sg_shell_blank(next);
	if (c == '$')
		return ends || next == '|' || next == ')' || sg_shell_fail(r, next == '(' ? SG_SHELL_substitution : SG_SHELL_expansion);
	if (c == '`')
		return sg_shell_fail(r, SG_SHELL_substitution);
	if (c == '!')
		return ends || sg_shell_fail(r, SG_SHELL_history);
	return c != '\n' || r->pending_count == 0 || sg_shell_fail(r, SG_SHELL_heredoc);
}

static bool
twice(struct sg_shell_reader *r)
{
	r->at++;
	if (sg_shell_peek(r, 0) == '$' && sg_shell_peek(r, 1) == '(')
		return sg_shell_heredoc_word(r);
	for (char c; (c = sg_shell_peek(r, 0)) != '"';) {
		if (r->at >= r->line.len)
			return sg_shell_fail(r, SG_SHELL_unfinished);
		if (c == '\\') {
			if (!backslash(r))
				return false;
			continue;
		}
		if (!itself(r, c))
			return false;
		sg_shell_add(r, c);
		r->at++;
	}
	r->at++;
	return true;
}

bool
sg_shell_quote(struct sg_shell_reader *r)
{
	return sg_shell_peek(r, 0) == '\'' ? single(r) : twice(r);
}
