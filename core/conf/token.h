/* SPDX-License-Identifier: Apache-2.0
 * The words of a configuration file and where they stand. Made before libconfig sees a byte. */
#ifndef SG_CONF_TOKEN_H
#define SG_CONF_TOKEN_H

#include "conf/errors.h"

enum sg_conf_token_kind {
	SG_CONF_T_NAME,
	SG_CONF_T_TEXT,  /* a string */
	SG_CONF_T_WHOLE, /* an integer */
	SG_CONF_T_FLAG,  /* true or false */
	SG_CONF_T_OPEN,  /* { [ ( */
	SG_CONF_T_CLOSE,
	SG_CONF_T_MARK, /* = : , ; */
	SG_CONF_T_END,
};

struct sg_conf_token {
	enum sg_conf_token_kind kind;
	uint32_t line, column;
	uint32_t group;     /* index of the bracket this stands in; 0 (which is no bracket) at the top */
	struct sg_str text; /* as written; a string without its quotes, escapes still in it; a mark is one byte */
	int64_t number;     /* WHOLE, FLAG */
};

/* Begins with an empty token, so that index 0 is nothing, and ends with END. Lives in the arena it was made in. */
struct sg_conf_tokens {
	const struct sg_conf_file *file;
	struct sg_conf_token *list;
	size_t count;
};

enum { SG_CONF_MAX_TOKENS = 65536, SG_CONF_MAX_DEPTH = 16 };

/* Cuts the file into tokens; every lexical mistake goes to `errors`. False if there was one (the tokens are then not to
 * be used). */
bool sg_conf_lex(struct sg_arena *arena, const struct sg_conf_file *file, struct sg_conf_errors *errors,
		 struct sg_conf_tokens *tokens);

/* Checks brackets, commas and the order of words, and sets `group`. Reports the first mistake only; false if there was
 * one. */
bool sg_conf_grammar(struct sg_conf_tokens *tokens, struct sg_conf_errors *errors);

struct sg_conf_place sg_conf_token_place(const struct sg_conf_tokens *tokens, const struct sg_conf_token *token);

#endif
