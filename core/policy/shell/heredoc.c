/* SPDX-License-Identifier: Apache-2.0
 * Here-documents with a quoted end: their text is inert. And "$(cat <<'EOF' ...)", whose value is such a text. */
#include "policy/shell/in.h"

#include "base/str.h"

/* 'EOF' or "EOF", and nothing directly behind it. */
static bool
read_end(struct sg_shell_reader *r, struct sg_str *end)
{
	char quote = sg_shell_peek(r, 0);
	size_t len = 0;
	if (quote != '\'' && quote != '"')
		return sg_shell_fail(r, SG_SHELL_heredoc);
	for (char c; (c = sg_shell_peek(r, 1 + len)) != quote; len++)
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
			return sg_shell_fail(r, SG_SHELL_heredoc);
	*end = (struct sg_str){r->line.ptr + r->at + 1, len};
	r->at += len + 2;
	return (len > 0 && strchr(" \t\n;&|", sg_shell_peek(r, 0)) != NULL) || sg_shell_fail(r, SG_SHELL_heredoc);
}

bool
sg_shell_heredoc_begin(struct sg_shell_reader *r, size_t redirection)
{
	struct sg_str end;
	if (!read_end(r, &end))
		return false;
	if (r->pending_count == SG_SHELL_HEREDOCS)
		return sg_shell_fail(r, SG_SHELL_too_many);
	r->pending[r->pending_count++] = (struct sg_shell_pending){end, redirection};
	return true;
}

static struct sg_str
next_line(struct sg_shell_reader *r)
{
	struct sg_str line = {r->line.ptr + r->at, 0};
	while (r->at + line.len < r->line.len && line.ptr[line.len] != '\n')
		line.len++;
	r->at += line.len + (r->at + line.len < r->line.len);
	return line;
}

/* The lines up to `end`, which is left out. */
static bool
read_text(struct sg_shell_reader *r, struct sg_str end, struct sg_str *text)
{
	size_t first = r->out->text_len;
	while (r->at < r->line.len) {
		struct sg_str line = next_line(r);
		*text = (struct sg_str){r->out->text + first, r->out->text_len - first};
		if (sg_str_eq(line, end))
			return true;
		for (size_t i = 0; i < line.len; i++)
			sg_shell_add(r, line.ptr[i]);
		if (r->at < r->line.len || r->line.ptr[r->at - 1] == '\n')
			sg_shell_add(r, '\n');
	}
	return sg_shell_fail(r, SG_SHELL_unfinished);
}

bool
sg_shell_heredoc_texts(struct sg_shell_reader *r)
{
	for (size_t i = 0; i < r->pending_count; i++)
		if (!read_text(r, r->pending[i].end, &r->out->redirections[r->pending[i].redirection].target.text))
			return false;
	r->pending_count = 0;
	return true;
}

/* `$(cat <<'EOF'` and its newline. */
static bool
opening(struct sg_shell_reader *r, struct sg_str *end)
{
	struct sg_str rest = {r->line.ptr + r->at, r->line.len - r->at};
	if (r->pending_count > 0 || rest.len < 6 || memcmp(rest.ptr, "$(cat ", 6) != 0)
		return sg_shell_fail(r, SG_SHELL_substitution);
	for (r->at += 6; sg_shell_blank(sg_shell_peek(r, 0)); r->at++)
		;
	if (sg_shell_peek(r, 0) != '<' || sg_shell_peek(r, 1) != '<')
		return sg_shell_fail(r, SG_SHELL_substitution);
	for (r->at += 2; sg_shell_blank(sg_shell_peek(r, 0)); r->at++)
		;
	if (!read_end(r, end))
		return false;
	while (sg_shell_blank(sg_shell_peek(r, 0)))
		r->at++;
	if (sg_shell_peek(r, 0) != '\n')
		return sg_shell_fail(r, SG_SHELL_substitution);
	r->at++;
	return true;
}

bool
sg_shell_heredoc_word(struct sg_shell_reader *r)
{
	struct sg_str end, text;
	if (!opening(r, &end) || !read_text(r, end, &text))
		return false;
	while (sg_shell_blank(sg_shell_peek(r, 0)) || sg_shell_peek(r, 0) == '\n')
		r->at++;
	if (sg_shell_peek(r, 0) != ')' || sg_shell_peek(r, 1) != '"')
		return sg_shell_fail(r, SG_SHELL_substitution);
	r->at += 2;
	for (; text.len > 0 && text.ptr[text.len - 1] == '\n'; text.len--)
		r->out->text_len--; /* as the shell takes them away */
	return true;
}
