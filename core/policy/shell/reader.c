/* SPDX-License-Identifier: Apache-2.0
 * What every part of the reader stands on: failing, writing, going on. */
#include "policy/shell/in.h"

#include "base/str.h"

bool
sg_shell_fail(struct sg_shell_reader *r, enum sg_shell_code code)
{
	r->out->code = code;
	return false;
}

/* What is written is never longer than what was read. */
void
sg_shell_add(struct sg_shell_reader *r, char c)
{
	r->out->text[r->out->text_len++] = c;
}

bool
sg_shell_ends_word(char c)
{
	return c == '\0' || strchr(" \t\n;&|<>()", c) != NULL;
}

bool
sg_shell_skip(struct sg_shell_reader *r)
{
	for (;; r->at++) {
		if (sg_shell_blank(sg_shell_peek(r, 0)))
			continue;
		if (sg_shell_peek(r, 0) != '\\' || sg_shell_peek(r, 1) != '\n')
			return true;
		if (r->pending_count > 0)
			return sg_shell_fail(r, SG_SHELL_heredoc);
		r->at++;
	}
}
