/* SPDX-License-Identifier: Apache-2.0
 * A tokenizer for Lua 5.4 source. */
#include "policy/lex.h"

#include "base/str.h"

static const char *const keywords[] = {"and",      "break",  "do",   "else", "elseif", "end",  "false", "for",
				       "function", "goto",   "if",   "in",   "local",  "nil",  "not",   "or",
				       "repeat",   "return", "then", "true", "until",  "while"};

void
sg_lex_start(struct sg_lexer *lexer, struct sg_str source)
{
	*lexer = (struct sg_lexer){source.ptr, source.ptr == NULL ? NULL : source.ptr + source.len, 1};
}

static char
peek(const struct sg_lexer *lexer, size_t ahead)
{
	return (size_t)(lexer->end - lexer->at) > ahead ? lexer->at[ahead] : '\0';
}

static void
step(struct sg_lexer *lexer)
{
	if (*lexer->at++ == '\n')
		lexer->line++;
}

/* Lua ends a line at either, so a comment must not reach beyond the one that comes first. */
static bool
is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

/* A backslash and what it stands before; an escaped line end may be two bytes. */
static void
skip_escaped(struct sg_lexer *lexer)
{
	step(lexer);
	char first = *lexer->at;
	step(lexer);
	if (is_line_end(first) && lexer->at < lexer->end && is_line_end(*lexer->at) && *lexer->at != first)
		step(lexer);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

/* Signs of a long bracket "[==[" at `at`, or -1. */
static int
long_bracket(const struct sg_lexer *lexer)
{
	size_t level = 0;
	if (peek(lexer, 0) != '[')
		return -1;
	while (peek(lexer, 1 + level) == '=')
		level++;
	return peek(lexer, 1 + level) == '[' ? (int)level : -1;
}

/* From "[==[" to behind "]==]"; the result is what stands between. */
static struct sg_str
skip_long(struct sg_lexer *lexer, int level)
{
	lexer->at += level + 2;
	const char *start = lexer->at;
	for (; lexer->at < lexer->end; step(lexer)) {
		int signs = 0;
		if (*lexer->at != ']')
			continue;
		while (peek(lexer, 1 + (size_t)signs) == '=')
			signs++;
		if (signs != level || peek(lexer, 1 + (size_t)signs) != ']')
			continue;
		struct sg_str inside = {start, (size_t)(lexer->at - start)};
		lexer->at += level + 2;
		return inside;
	}
	return (struct sg_str){start, (size_t)(lexer->end - start)};
}

static void
skip_comment(struct sg_lexer *lexer)
{
	lexer->at += 2;
	int level = long_bracket(lexer);
	if (level >= 0) {
		skip_long(lexer, level);
		return;
	}
	while (lexer->at < lexer->end && !is_line_end(*lexer->at))
		lexer->at++;
}

static void
skip_blank(struct sg_lexer *lexer)
{
	while (lexer->at < lexer->end) {
		if (peek(lexer, 0) == '-' && peek(lexer, 1) == '-')
			skip_comment(lexer);
		else if (strchr(" \t\r\n\f\v", *lexer->at) != NULL && *lexer->at != '\0')
			step(lexer);
		else
			return;
	}
}

static struct sg_str
skip_string(struct sg_lexer *lexer)
{
	char quote = *lexer->at++;
	const char *start = lexer->at;
	while (lexer->at < lexer->end && *lexer->at != quote && !is_line_end(*lexer->at)) {
		if (*lexer->at == '\\' && peek(lexer, 1) == 'z') {
			lexer->at += 2;
			while (lexer->at < lexer->end && strchr(" \t\r\n\f\v", *lexer->at) != NULL &&
			       *lexer->at != '\0')
				step(lexer);
			continue;
		}
		if (*lexer->at == '\\' && lexer->end - lexer->at > 1)
			skip_escaped(lexer);
		else
			step(lexer);
	}
	struct sg_str inside = {start, (size_t)(lexer->at - start)};
	if (lexer->at < lexer->end)
		step(lexer);
	return inside;
}

static void
skip_number(struct sg_lexer *lexer)
{
	bool hex = peek(lexer, 0) == '0' && (peek(lexer, 1) | 32) == 'x';
	while (is_word(peek(lexer, 0)) || peek(lexer, 0) == '.') {
		char sign = peek(lexer, 1), letter = peek(lexer, 0) | 32;
		if ((sign == '+' || sign == '-') && letter == (hex ? 'p' : 'e'))
			lexer->at++;
		lexer->at++;
	}
}

static void
skip_operator(struct sg_lexer *lexer)
{
	static const char *const long_ones[] = {"...", "..", "::", "<<", ">>", "//", "==", "~=", "<=", ">="};
	size_t left = (size_t)(lexer->end - lexer->at);
	for (size_t i = 0; i < sizeof(long_ones) / sizeof(long_ones[0]); i++) {
		size_t len = strlen(long_ones[i]);
		if (left >= len && memcmp(lexer->at, long_ones[i], len) == 0) {
			lexer->at += len;
			return;
		}
	}
	lexer->at++;
}

static enum sg_token_kind
word_kind(struct sg_str word)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (sg_str_is(word, keywords[i]))
			return SG_TOKEN_KEYWORD;
	return SG_TOKEN_NAME;
}

struct sg_token
sg_lex_next(struct sg_lexer *lexer)
{
	skip_blank(lexer);
	struct sg_token token = {.line = lexer->line, .text = {lexer->at, 0}};
	char c = peek(lexer, 0);
	int level = long_bracket(lexer);
	if (lexer->at == lexer->end)
		return token;
	if (c == '"' || c == '\'' || level >= 0) {
		token.kind = SG_TOKEN_STRING;
		token.text = level >= 0 ? skip_long(lexer, level) : skip_string(lexer);
		return token;
	}
	if (is_digit(c) || (c == '.' && is_digit(peek(lexer, 1)))) {
		token.kind = SG_TOKEN_NUMBER;
		skip_number(lexer);
	} else if (is_word(c)) {
		token.kind = SG_TOKEN_NAME;
		while (is_word(peek(lexer, 0)))
			lexer->at++;
	} else {
		token.kind = SG_TOKEN_OPERATOR;
		skip_operator(lexer);
	}
	token.text.len = (size_t)(lexer->at - token.text.ptr);
	if (token.kind == SG_TOKEN_NAME)
		token.kind = word_kind(token.text);
	return token;
}
