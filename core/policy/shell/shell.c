/* SPDX-License-Identifier: Apache-2.0
 * The line as a whole: what may be in it, and what stands between commands. */
#include "policy/shell/in.h"

#include "base/hidden.h"
#include "base/str.h"

static const struct {
	const char *word, *text;
} codes[] = {
#define X(code, text) {#code, text},
	SG_SHELL_CODES(X)
#undef X
};

const char *
sg_shell_code_word(enum sg_shell_code code)
{
	return codes[code].word;
}

const char *
sg_shell_code_text(enum sg_shell_code code)
{
	return codes[code].text;
}

/* Every byte of it, before any is read. */
static bool
characters(struct sg_shell_reader *r)
{
	uint32_t c;
	struct sg_str rest = r->line;
	for (size_t len; rest.len > 0; rest.ptr += len, rest.len -= len) {
		len = sg_utf8_first(rest, &c);
		if (len == 0)
			return sg_shell_fail(r, SG_SHELL_utf8);
		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7F)
			return sg_shell_fail(r, SG_SHELL_control);
		if (c >= 0x80 && sg_is_hidden(c))
			return sg_shell_fail(r, SG_SHELL_hidden);
	}
	return true;
}

/* A command with something in it. */
static bool
begin(struct sg_shell_reader *r)
{
	struct sg_shell *out = r->out;
	if (r->now != NULL)
		return true;
	if (out->command_count == SG_SHELL_COMMANDS)
		return sg_shell_fail(r, SG_SHELL_too_many);
	r->now = &out->commands[out->command_count++];
	*r->now = (struct sg_shell_command){.after = r->after, .word = out->word_count, .redirection = out->redirection_count, .assignment = out->assignment_count};
	return true;
}

static bool
end(struct sg_shell_reader *r, const char *next, bool demands)
{
	if (r->now == NULL)
		return sg_shell_fail(r, SG_SHELL_empty);
	if (!sg_shell_end(r, next))
		return false;
	r->now = NULL;
	r->after = next;
	r->demands = demands;
	return true;
}

static bool
newline(struct sg_shell_reader *r)
{
	r->at++;
	if (r->now != NULL && !end(r, ";", false))
		return false;
	return sg_shell_heredoc_texts(r);
}

static bool
operator(struct sg_shell_reader *r, char c)
{
	bool twice = sg_shell_peek(r, 1) == c;
	if (c == '&' && !twice)
		return sg_shell_fail(r, SG_SHELL_background);
	if (c == '|' && sg_shell_peek(r, 1) == '&')
		return sg_shell_fail(r, SG_SHELL_redirection);
	if (c == ';' && (twice || sg_shell_peek(r, 1) == '&'))
		return sg_shell_fail(r, SG_SHELL_reserved);
	r->at += twice ? 2 : 1;
	return end(r, c == ';' ? ";" : c == '&' ? "&&" : twice ? "||" : "|", c != ';');
}

static bool
is_allowed(const struct sg_shell_reader *r, struct sg_str name)
{
	for (size_t i = 0; i < r->allowed_count; i++)
		if (sg_str_eq(r->allowed[i], name))
			return true;
	return false;
}

static bool
assign(struct sg_shell_reader *r, const struct sg_shell_word *word, const struct sg_shell_seen *seen)
{
	struct sg_shell *out = r->out;
	struct sg_str name = {word->text.ptr, seen->assigned - 1};
	struct sg_str value = {word->text.ptr + seen->assigned, word->text.len - seen->assigned};
	if (out->assignment_count == SG_SHELL_ASSIGNMENTS)
		return sg_shell_fail(r, SG_SHELL_too_many);
	if (word->mark != SG_SHELL_PLAIN || !is_allowed(r, name))
		return sg_shell_fail(r, SG_SHELL_assignment);
	out->assignments[out->assignment_count++] = (struct sg_shell_assignment){name, value};
	r->now->assignments++;
	return true;
}

static bool
keep(struct sg_shell_reader *r, const struct sg_shell_word *word, const struct sg_shell_seen *seen)
{
	struct sg_shell *out = r->out;
	if (r->now->words == 0 && !seen->quoted && sg_shell_is_reserved(word->text))
		return sg_shell_fail(r, SG_SHELL_reserved);
	if (r->now->words == SG_SHELL_WORDS || out->word_count == SG_SHELL_ALL_WORDS)
		return sg_shell_fail(r, SG_SHELL_too_many);
	out->words[out->word_count++] = *word;
	r->now->words++;
	return true;
}

static bool
word(struct sg_shell_reader *r)
{
	struct sg_shell_word word;
	struct sg_shell_seen seen;
	if (!sg_shell_word(r, &word, &seen))
		return false;
	char next = sg_shell_peek(r, 0);
	if (seen.digits && (next == '<' || next == '>'))
		return word.text.len == 1 ? sg_shell_redirect(r, word.text.ptr[0] - '0') : sg_shell_fail(r, SG_SHELL_redirection);
	if (seen.assigned > 0 && r->now->words == 0)
		return assign(r, &word, &seen);
	return keep(r, &word, &seen);
}

static bool
one(struct sg_shell_reader *r, char c)
{
	if (c == '\n')
		return newline(r);
	if (c == ';' || c == '&' || c == '|')
		return operator(r, c);
	if (c == '(' || c == ')')
		return sg_shell_fail(r, SG_SHELL_group);
	if (c == '#')
		return sg_shell_fail(r, SG_SHELL_comment);
	if (!begin(r))
		return false;
	return c == '<' || c == '>' ? sg_shell_redirect(r, -1) : word(r);
}

static bool
all(struct sg_shell_reader *r)
{
	if (r->line.len > SG_SHELL_LINE)
		return sg_shell_fail(r, SG_SHELL_too_long);
	if (!characters(r) || !sg_shell_skip(r))
		return false;
	while (r->at < r->line.len)
		if (!one(r, sg_shell_peek(r, 0)) || !sg_shell_skip(r))
			return false;
	if (r->pending_count > 0 || (r->now == NULL && r->demands))
		return sg_shell_fail(r, SG_SHELL_unfinished);
	if (r->out->command_count == 0)
		return sg_shell_fail(r, SG_SHELL_empty);
	return r->now == NULL || end(r, "", false);
}

size_t
sg_shell_room(size_t len)
{
	len = len > SG_SHELL_LINE ? 0 : len;
	return sizeof(struct sg_shell) + len + SG_SHELL_COMMANDS * SG_SHELL_FOLDER;
}

bool
sg_shell_read(struct sg_str line, const struct sg_str *allowed, size_t allowed_count, struct sg_shell *shell)
{
	struct sg_shell_reader r = {.line = line, .allowed = allowed, .allowed_count = allowed_count, .out = shell, .after = "", .folder = SG_STR("")};
	shell->code = SG_SHELL_read;
	shell->command_count = shell->word_count = shell->redirection_count = shell->assignment_count = shell->text_len = 0;
	return all(&r);
}
