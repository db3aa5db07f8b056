/* SPDX-License-Identifier: Apache-2.0
 * What the files of the reader share. Each function returns false after sg_shell_fail. */
#ifndef SG_POLICY_SHELL_IN_H
#define SG_POLICY_SHELL_IN_H

#include "policy/shell/shell.h"

enum { SG_SHELL_HEREDOCS = 4 }; /* that begin in one line of the text */

/* A here-document whose text begins behind the next newline. */
struct sg_shell_pending {
	struct sg_str end;
	size_t redirection;
};

struct sg_shell_reader {
	struct sg_str line;
	size_t at;
	const struct sg_str *allowed;
	size_t allowed_count;
	struct sg_shell *out;
	struct sg_shell_command *now; /* being read */
	const char *after;            /* what joins the next one */
	bool demands;                 /* after "&&", "||", "|": one must follow */
	struct sg_shell_pending pending[SG_SHELL_HEREDOCS];
	size_t pending_count;
	struct sg_str folder;
	bool moved, lost; /* there was a cd; nobody knows where it led */
};

/* What is known of a word beside its text. */
struct sg_shell_seen {
	bool quoted;     /* part of it */
	bool digits;     /* nothing else, and unquoted */
	bool named;      /* so far a name that could be assigned to, unquoted */
	size_t assigned; /* behind the `=` of an assignment, in the text; 0: it is none */
};

/* reader.c */
bool sg_shell_fail(struct sg_shell_reader *r, enum sg_shell_code code);
void sg_shell_add(struct sg_shell_reader *r, char c);

/* The byte at `ahead` from here; 0 behind the end. */
static inline char
sg_shell_peek(const struct sg_shell_reader *r, size_t ahead)
{
	return r->at + ahead < r->line.len ? r->line.ptr[r->at + ahead] : '\0';
}

static inline bool
sg_shell_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A word ends before it. */
bool sg_shell_ends_word(char c);
/* Blanks and continued lines. */
bool sg_shell_skip(struct sg_shell_reader *r);

/* word.c, quote.c */
bool sg_shell_word(struct sg_shell_reader *r, struct sg_shell_word *word, struct sg_shell_seen *seen);
bool sg_shell_quote(struct sg_shell_reader *r);
/* redirection.c: at `<` or `>`. fd -1: the usual one. */
bool sg_shell_redirect(struct sg_shell_reader *r, int fd);
/* heredoc.c: at its opening quote; behind a newline; at `$(`. */
bool sg_shell_heredoc_begin(struct sg_shell_reader *r, size_t redirection);
bool sg_shell_heredoc_texts(struct sg_shell_reader *r);
bool sg_shell_heredoc_word(struct sg_shell_reader *r);
/* command.c: the command is whole; `next` joins what follows ("" at the end). */
bool sg_shell_end(struct sg_shell_reader *r, const char *next);
/* folder.c */
bool sg_shell_move(struct sg_shell_reader *r, const char *next);
/* names.c */
bool sg_shell_is_reserved(struct sg_str word);
enum sg_shell_code sg_shell_refuses(const struct sg_shell_word *words, size_t count);

#endif
