/* SPDX-License-Identifier: Apache-2.0
 * A command that is whole: is it one that says itself what it does? */
#include "policy/shell/in.h"

#include "base/str.h"

/* 60, 1.5, 5m */
static bool
is_duration(struct sg_str text)
{
	size_t i = 0, dots = 0;
	for (; i < text.len && ((text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '.'); i++)
		dots += text.ptr[i] == '.';
	if (i == 0 || text.ptr[0] == '.' || dots > 1 || text.len - i > 1)
		return false;
	return i == text.len || strchr("smhd", text.ptr[i]) != NULL;
}

static bool
first_is_plain(struct sg_shell_reader *r)
{
	const struct sg_shell_word *first = &r->out->words[r->now->word];
	if (first->mark != SG_SHELL_PLAIN)
		return sg_shell_fail(r, first->mark == SG_SHELL_HOME ? SG_SHELL_tilde : SG_SHELL_pattern);
	return first->text.len > 0 || sg_shell_fail(r, SG_SHELL_empty);
}

/* `timeout N`, once and without options. */
static bool
take_timeout(struct sg_shell_reader *r)
{
	struct sg_shell_command *now = r->now;
	const struct sg_shell_word *words = &r->out->words[now->word];
	if (!sg_str_is(words[0].text, "timeout"))
		return true;
	if (now->words < 3 || words[1].mark != SG_SHELL_PLAIN || !is_duration(words[1].text))
		return sg_shell_fail(r, SG_SHELL_wrapper);
	now->word += 2;
	now->words -= 2;
	now->timed = true;
	return first_is_plain(r);
}

bool
sg_shell_end(struct sg_shell_reader *r, const char *next)
{
	struct sg_shell_command *now = r->now;
	if (now->words == 0 && now->assignments > 0)
		return sg_shell_fail(r, SG_SHELL_assignment); /* it would hold for what follows */
	if (now->words > 0) {
		if (!first_is_plain(r) || !take_timeout(r))
			return false;
		enum sg_shell_code code = sg_shell_refuses(&r->out->words[now->word], now->words);
		if (code != SG_SHELL_read)
			return sg_shell_fail(r, code);
	}
	return sg_shell_move(r, next);
}
