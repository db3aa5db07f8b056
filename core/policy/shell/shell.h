/* SPDX-License-Identifier: Apache-2.0
 * Command lines, read as bash reads them, or not at all: a line that needs anything beyond quotes, lists, pipes, plain redirections and here-documents that are
 * inert text is refused with a code. Total and bounded; runs nothing, looks at no file. */
#ifndef SG_POLICY_SHELL_H
#define SG_POLICY_SHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stepgate/types.h>

enum {
	SG_SHELL_LINE = 32 << 10,   /* bytes of a line */
	SG_SHELL_COMMANDS = 32,     /* simple commands of a line */
	SG_SHELL_WORDS = 256,       /* words of one of them */
	SG_SHELL_ALL_WORDS = 1024,  /* words of all of them */
	SG_SHELL_REDIRECTIONS = 64, /* of all of them */
	SG_SHELL_ASSIGNMENTS = 16,  /* of all of them */
	SG_SHELL_FOLDER = 1024,     /* bytes of where `cd` leads */
	SG_SHELL_NESTING = 1,       /* "$(cat <<'EOF' ... )" is one, and nothing stands within it */
};

/*        code          what stands there */
#define SG_SHELL_CODES(X)                                                                                              \
	X(read,         "it is readable")                                                                              \
	X(too_long,     "the line is too long to be read")                                                             \
	X(too_many,     "there are more commands, words, redirections or assignments than are read")                   \
	X(utf8,         "it is no UTF-8")                                                                              \
	X(control,      "there is a control character in it")                                                          \
	X(hidden,       "there is a character in it that nobody sees")                                                 \
	X(letters,      "a character that is not ASCII stands outside of quotes")                                      \
	X(empty,        "there is no command where one must stand")                                                    \
	X(unfinished,   "a quote, a here-document, or the line itself has no end")                                     \
	X(expansion,    "a $ stands for something that only the shell knows")                                          \
	X(substitution, "it runs a command to make a word of what that prints")                                        \
	X(braces,       "braces stand for several words")                                                              \
	X(tilde,        "a ~ stands for a folder that only the shell knows")                                           \
	X(equals,       "a word begins with =, which for some shells is a program's path")                             \
	X(pattern,      "a pattern of file names stands where one name must")                                          \
	X(history,      "a ! or ^ may stand for an earlier line")                                                      \
	X(comment,      "a comment, which some shells run")                                                            \
	X(group,        "parentheses: a subshell, a function, a list or a pattern")                                    \
	X(background,   "something is left to run in the background")                                                  \
	X(redirection,  "a redirection other than < > >> and 2>&1, or without a plain name")                           \
	X(heredoc,      "a here-document whose text is not inert, or not where it is read for certain")                \
	X(reserved,     "a word that begins a condition, a loop, a function or the like")                              \
	X(builtin,      "a command that runs words, or changes what later ones mean")                                  \
	X(shell,        "another shell, which reads a program of its own")                                             \
	X(wrapper,      "a program that runs the one that its words name")                                             \
	X(find,         "find that runs, deletes or writes")                                                           \
	X(assignment,   "an assignment that is not among those allowed")                                               \
	X(folder,       "a cd whose end is not known beforehand")

enum sg_shell_code {
#define X(code, text) SG_SHELL_##code,
	SG_SHELL_CODES(X)
#undef X
};

enum sg_shell_mark {
	SG_SHELL_PLAIN,
	SG_SHELL_PATTERN, /* `*`, `?` or `[` stands in it unquoted: the shell puts the names of files there, where some fit */
	SG_SHELL_HOME,    /* `~` or `~/...`, unquoted */
};

struct sg_shell_word {
	struct sg_str text; /* without quotes */
	enum sg_shell_mark mark;
};

struct sg_shell_redirection {
	const char *operator; /* "<", ">", ">>", "<<", ">&" */
	int fd;
	struct sg_shell_word target; /* of <<: the text; of >&: a digit */
};

struct sg_shell_assignment {
	struct sg_str name, value;
};

/* Its words, redirections and assignments are `count`s from the first on. One without words has redirections. */
struct sg_shell_command {
	const char *after; /* what joins it to the one before: "", ";" (also a newline), "&&", "||", "|" */
	bool timed;        /* run by `timeout N`, which is taken off */
	size_t word, words, redirection, redirections, assignment, assignments;
	bool folder_known;
	struct sg_str folder; /* where it runs, from where the line begins: "", "sub", "..", "/srv" */
};

struct sg_shell {
	enum sg_shell_code code; /* SG_SHELL_read, or why not; then nothing below means anything */
	size_t command_count, word_count, redirection_count, assignment_count, text_len;
	struct sg_shell_command commands[SG_SHELL_COMMANDS];
	struct sg_shell_word words[SG_SHELL_ALL_WORDS];
	struct sg_shell_redirection redirections[SG_SHELL_REDIRECTIONS];
	struct sg_shell_assignment assignments[SG_SHELL_ASSIGNMENTS];
	char text[]; /* of all of them */
};

/* Bytes to read a line of that length into. */
size_t sg_shell_room(size_t len);

/* Reads `line` into `shell`, which has that room; nothing in it needs to be released. `allowed`: names that may be assigned to. True: shell->code is SG_SHELL_read. */
bool sg_shell_read(struct sg_str line, const struct sg_str *allowed, size_t allowed_count, struct sg_shell *shell);

/* The code as callers see it, and what it means. */
const char *sg_shell_code_word(enum sg_shell_code code);
const char *sg_shell_code_text(enum sg_shell_code code);

#endif
