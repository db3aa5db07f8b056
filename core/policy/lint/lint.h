/* SPDX-License-Identifier: Apache-2.0
 * One file under static checks. For lint*.c only. */
#ifndef SG_POLICY_LINT_H
#define SG_POLICY_LINT_H

#include "policy/lex.h"
#include "policy/state.h"

enum { SG_LINT_LEVELS = 64 };

struct sg_lint {
	struct sg_policy *policy;
	uint32_t file;
	struct sg_token *tokens; /* ended by two of kind SG_TOKEN_END */
	size_t count;
	struct sg_str *declared; /* every name a local, parameter, loop or function declares; sorted by text */
	struct sg_str *places;   /* the same, sorted by place in the file */
	size_t declared_count;
	bool methods; /* some function is one of a table, `function t:name`: it has a self */
	struct {
		struct sg_str name;
		size_t field; /* the token that names the level */
	} levels[SG_LINT_LEVELS]; /* locals that stand for one */
	size_t level_count;
};

/* Reads a file into tokens; false: no memory. In every case: sg_lint_done. */
bool sg_lint_read(struct sg_lint *lint, struct sg_str source);
void sg_lint_done(struct sg_lint *lint);

/* True if the token is this operator, keyword or name. */
bool sg_lint_is(const struct sg_token *token, const char *text);

/* Behind the members and calls of a value, of which `i` stands behind the beginning. */
size_t sg_lint_behind_chain(const struct sg_lint *lint, size_t i);

/* The `{` of the table that `word` at token `i` is called with: `rule {`, `rule({`; 0: it is not called so there. */
size_t sg_lint_called(const struct sg_lint *lint, size_t i, const char *word);

/* The index behind the block or bracket that opens at token `i`. */
size_t sg_lint_behind(const struct sg_lint *lint, size_t i);

/* The bracket that the one at token `i` closes; 0: it is not there. */
size_t sg_lint_opening(const struct sg_lint *lint, size_t i);

/* Notes request fields that do not exist and history that is not declared. */
void sg_lint_fields(struct sg_lint *lint);

/* Notes levels that are compared as texts, or with a word that is none. */
void sg_lint_levels(struct sg_lint *lint);

/* Notes levels where no chain leads to: orders with one of their words, names of theirs that a file may read by. */
void sg_lint_far(struct sg_lint *lint);

/* Notes conditions that are read otherwise than they are written. */
void sg_lint_traps(struct sg_lint *lint);

/* Notes comparisons of what a function of ours gives with what it never gives. */
void sg_lint_calls(struct sg_lint *lint);

/* Notes comparisons of what is read of a form with what is never normal. */
void sg_lint_parts(struct sg_lint *lint);

/* Notes conditions that are given to what becomes a rule later, and may be nil. */
void sg_lint_conditions(struct sg_lint *lint);

/* Notes members of the author's own tables that are read and never given. */
void sg_lint_members(struct sg_lint *lint);

/* Notes members that a table is given twice. */
void sg_lint_twice(struct sg_lint *lint);

/* Warns of rules that allow and look at nothing but who asks. */
void sg_lint_roles(struct sg_lint *lint);

/* Once the files have run: notes rules whose `when` is nil. */
void sg_lint_left_out(struct sg_policy *policy, uint32_t file);

#endif
