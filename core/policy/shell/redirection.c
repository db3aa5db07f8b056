/* SPDX-License-Identifier: Apache-2.0
 * Redirections: < > >> with a plain name, >& with a digit, << with quoted end. */
#include "policy/shell/in.h"

#include "base/str.h"

static bool
add(struct sg_shell_reader *r, const char *operator, int fd, struct sg_shell_word target)
{
	struct sg_shell *out = r->out;
	if (out->redirection_count == SG_SHELL_REDIRECTIONS)
		return sg_shell_fail(r, SG_SHELL_too_many);
	out->redirections[out->redirection_count++] = (struct sg_shell_redirection){operator, fd, target};
	r->now->redirections++;
	return true;
}

/* 2>&1: a digit, and nothing behind it. */
static bool
copy(struct sg_shell_reader *r, int fd)
{
	char digit = sg_shell_peek(r, 2);
	if (digit < '0' || digit > '9' || strchr(" \t\n;&|", sg_shell_peek(r, 3)) == NULL)
		return sg_shell_fail(r, SG_SHELL_redirection);
	struct sg_shell_word target = {.text = {r->out->text + r->out->text_len, 1}};
	sg_shell_add(r, digit);
	r->at += 3;
	return add(r, ">&", fd < 0 ? 1 : fd, target);
}

static bool
heredoc(struct sg_shell_reader *r, int fd)
{
	char next = sg_shell_peek(r, 2);
	if (next == '<' || fd > 0)
		return sg_shell_fail(r, SG_SHELL_redirection);
	if (next == '-')
		return sg_shell_fail(r, SG_SHELL_heredoc);
	r->at += 2;
	struct sg_shell_word none = {.text = SG_STR("")};
	return add(r, "<<", 0, none) && sg_shell_skip(r) && sg_shell_heredoc_begin(r, r->out->redirection_count - 1);
}

static bool
file(struct sg_shell_reader *r, const char *operator, int fd)
{
	struct sg_shell_word target;
	struct sg_shell_seen seen;
	r->at += strlen(operator);
	if (!sg_shell_skip(r))
		return false;
	if (sg_shell_peek(r, 0) == '#')
		return sg_shell_fail(r, SG_SHELL_comment);
	if (!sg_shell_word(r, &target, &seen))
		return false;
	if (target.mark == SG_SHELL_PATTERN)
		return sg_shell_fail(r, SG_SHELL_pattern);
	char next = sg_shell_peek(r, 0);
	if (target.text.len == 0 || sg_str_is(target.text, "!") || next == '<' || next == '>')
		return sg_shell_fail(r, SG_SHELL_redirection);
	return add(r, operator, fd, target);
}

bool
sg_shell_redirect(struct sg_shell_reader *r, int fd)
{
	char c = sg_shell_peek(r, 0), next = sg_shell_peek(r, 1);
	if (next == '(')
		return sg_shell_fail(r, SG_SHELL_substitution);
	if (c == '<' && next == '<')
		return heredoc(r, fd);
	if (c == '>' && next == '&')
		return copy(r, fd);
	if (next == '&' || next == '|' || (c == '<' && next == '>'))
		return sg_shell_fail(r, SG_SHELL_redirection);
	if (c == '<')
		return file(r, "<", fd < 0 ? 0 : fd);
	return file(r, next == '>' ? ">>" : ">", fd < 0 ? 1 : fd);
}
