/* SPDX-License-Identifier: Apache-2.0
 * Lua's words, without Lua: enough to check a file before it runs. Strings and comments are passed over as wholes. */
#ifndef SG_POLICY_LEX_H
#define SG_POLICY_LEX_H

#include <stdbool.h>
#include <stepgate/types.h>

enum sg_token_kind {
	SG_TOKEN_END,
	SG_TOKEN_NAME,
	SG_TOKEN_KEYWORD,
	SG_TOKEN_STRING,
	SG_TOKEN_NUMBER,
	SG_TOKEN_OPERATOR
};

/* `text` is borrowed from the source. Of a string it is what stands between the quotes, escapes as written. */
struct sg_token {
	enum sg_token_kind kind;
	struct sg_str text;
	int line;
};

struct sg_lexer {
	const char *at, *end;
	int line;
};

void sg_lex_start(struct sg_lexer *lexer, struct sg_str source);

/* The next token; SG_TOKEN_END at the end and for ever after. Never fails: what is not Lua is left to Lua's own
 * compiler to refuse. */
struct sg_token sg_lex_next(struct sg_lexer *lexer);

#endif
