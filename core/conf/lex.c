/* SPDX-License-Identifier: Apache-2.0
 * Cutting a file into tokens, character by character, so that each mistake has its line and column. */
#include "conf/token.h"

#include "base/json_scan.h"
#include "base/str.h"

#include <stdlib.h>
#include <strings.h>

struct lexer {
	const struct sg_conf_file *file;
	struct sg_conf_errors *errors;
	struct sg_conf_tokens *tokens;
	size_t room;
	const char *at, *end;
	uint32_t line, column;
	bool bad, full;
};

static struct sg_conf_place
here(const struct lexer *lx)
{
	return (struct sg_conf_place){lx->file, lx->line, lx->column};
}

#define REPORT(lx, where, code, hint, ...)                                                                             \
	((lx)->bad = true, sg_conf_error_add((lx)->errors, SG_CONF_E_##code, (where), (hint), __VA_ARGS__))

static char
peek(const struct lexer *lx, size_t ahead)
{
	return (size_t)(lx->end - lx->at) > ahead ? lx->at[ahead] : '\0';
}

static void
check_control(struct lexer *lx, unsigned char c)
{
	bool fine = c == '\t' || (c == '\r' && peek(lx, 1) == '\n');
	if (c == 0)
		REPORT(lx, here(lx), nul, "remove it", "a NUL byte");
	else if ((c < 0x20 && !fine) || c == 0x7F)
		REPORT(lx, here(lx), control, "remove it", "control character 0x%02x", c);
}

/* Over one character, whatever it is. */
static void
step(struct lexer *lx)
{
	unsigned char c = (unsigned char)*lx->at;
	size_t len = c < 0x80 ? 1 : sg_json_utf8(lx->at, lx->end);
	if (c == '\n') {
		lx->at++;
		lx->line++;
		lx->column = 1;
		return;
	}
	if (len == 0)
		REPORT(lx, here(lx), utf8, "save the file as UTF-8", "byte 0x%02x is not UTF-8", c);
	else if (c == 0xC2 && (unsigned char)lx->at[1] < 0xA0)
		REPORT(lx, here(lx), control, "remove it", "control character U+%04X", (unsigned char)lx->at[1]);
	else
		check_control(lx, c);
	lx->at += len == 0 ? 1 : len;
	lx->column++;
}

static struct sg_conf_token *
add(struct lexer *lx, enum sg_conf_token_kind kind, struct sg_conf_place place, const char *from)
{
	static struct sg_conf_token spare;
	if (lx->tokens->count == lx->room) {
		REPORT(lx, place, too_many, "split the file", "more than %d words in one file", SG_CONF_MAX_TOKENS);
		lx->full = true;
		return &spare;
	}
	struct sg_conf_token *token = &lx->tokens->list[lx->tokens->count++];
	*token = (struct sg_conf_token){.kind = kind, .line = place.line, .column = place.column};
	token->text = (struct sg_str){from, (size_t)(lx->at - from)};
	return token;
}

static void
skip_line(struct lexer *lx)
{
	while (lx->at < lx->end && *lx->at != '\n')
		step(lx);
}

static void
skip_comment(struct lexer *lx)
{
	struct sg_conf_place open = here(lx);
	step(lx);
	for (step(lx); lx->at < lx->end; step(lx)) {
		if (peek(lx, 0) == '*' && peek(lx, 1) == '/') {
			step(lx);
			step(lx);
			return;
		}
	}
	REPORT(lx, open, comment_open, "end it with */", "the comment that starts here does not end");
}

static void
read_text(struct lexer *lx)
{
	struct sg_conf_place open = here(lx);
	step(lx);
	const char *from = lx->at;
	for (; lx->at < lx->end && *lx->at != '"' && *lx->at != '\n'; step(lx)) {
		if (*lx->at != '\\')
			continue;
		char next = peek(lx, 1);
		if (next != '"' && next != '\\')
			REPORT(lx, here(lx), escape, "only \\\" and \\\\ are known; write other characters themselves",
			       "unknown escape");
		if (next == '"' || next == '\\')
			step(lx);
	}
	if (peek(lx, 0) != '"') {
		REPORT(lx, open, string_open, "end it with \" on the same line",
		       "the string that starts here is not closed");
		return;
	}
	add(lx, SG_CONF_T_TEXT, open, from);
	step(lx);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-' || c == '*';
}

static void
read_word(struct lexer *lx)
{
	struct sg_conf_place place = here(lx);
	const char *from = lx->at;
	while (lx->at < lx->end && in_word(*lx->at))
		step(lx);
	struct sg_conf_token *token = add(lx, SG_CONF_T_NAME, place, from);
	size_t len = (size_t)(lx->at - from);
	bool yes = len == 4 && strncasecmp(from, "true", 4) == 0, no = len == 5 && strncasecmp(from, "false", 5) == 0;
	if (yes || no)
		token->kind = SG_CONF_T_FLAG;
	token->number = yes;
}

static bool
all_digits(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_digit(text.ptr[i]))
			return false;
	return text.len > 0;
}

static void
read_number(struct lexer *lx)
{
	struct sg_conf_place place = here(lx);
	const char *from = lx->at;
	while (lx->at < lx->end && (in_word(*lx->at) || *lx->at == '.' || *lx->at == '+'))
		step(lx);
	struct sg_str text = {from, (size_t)(lx->at - from)}, digits = text;
	int64_t number = 0;
	if (*digits.ptr == '-')
		digits.ptr++, digits.len--;
	if (!all_digits(digits))
		REPORT(lx, place, number,
		       "numbers are plain decimal integers; times and sizes are strings such as \"5s\"",
		       "not a number that is read here");
	else if (text.len > 1 && *digits.ptr == '0')
		REPORT(lx, place, leading_zero, "modes are strings: \"0660\"", "a number with leading zeros");
	else if (!sg_str_int(text, INT32_MIN, INT32_MAX, &number))
		REPORT(lx, place, integer, "the largest is 2147483647", "the number is beyond 32 bits");
	add(lx, SG_CONF_T_WHOLE, place, from)->number = number;
}

static void
read_include(struct lexer *lx)
{
	struct sg_str rest = {lx->at, (size_t)(lx->end - lx->at)};
	if (sg_str_starts(rest, "@include"))
		REPORT(lx, here(lx), include, "drop a file in conf.d instead", "@include is not read");
	else
		REPORT(lx, here(lx), syntax, "strings stand in double quotes", "nothing starts with @");
	skip_line(lx);
}

static void
read_mark(struct lexer *lx)
{
	struct sg_conf_place place = here(lx);
	const char *from = lx->at;
	char c = *from;
	step(lx);
	if (c == '{' || c == '[' || c == '(')
		add(lx, SG_CONF_T_OPEN, place, from);
	else if (c == '}' || c == ']' || c == ')')
		add(lx, SG_CONF_T_CLOSE, place, from);
	else if (c == '=' || c == ':' || c == ',' || c == ';')
		add(lx, SG_CONF_T_MARK, place, from);
	else if ((unsigned char)c > 0x20) /* what is below has been reported by step() */
		REPORT(lx, place, syntax,
		       c == '.' ? "write SECTION : { NAME = VALUE }; strings stand in double quotes"
				: "strings stand in double quotes: \"text\"",
		       "a character that means nothing here");
}

static void
read_one(struct lexer *lx)
{
	char c = *lx->at, next = peek(lx, 1);
	if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
		step(lx);
	else if (c == '#' || (c == '/' && next == '/'))
		skip_line(lx);
	else if (c == '/' && next == '*')
		skip_comment(lx);
	else if (c == '"')
		read_text(lx);
	else if (c == '@')
		read_include(lx);
	else if (is_digit(c) || c == '-' || c == '+' || (c == '.' && is_digit(next)))
		read_number(lx);
	else if (in_word(c) && c != '_')
		read_word(lx);
	else
		read_mark(lx);
}

bool
sg_conf_lex(struct sg_arena *arena, const struct sg_conf_file *file, struct sg_conf_errors *errors,
	    struct sg_conf_tokens *tokens)
{
	struct lexer lx = {.file = file, .errors = errors, .tokens = tokens, .line = 1, .column = 1};
	lx.at = file->text.ptr;
	lx.end = lx.at + file->text.len;
	lx.room = file->text.len < SG_CONF_MAX_TOKENS ? file->text.len + 1 : SG_CONF_MAX_TOKENS + 1;
	*tokens = (struct sg_conf_tokens){.file = file, .count = 1};
	tokens->list = sg_arena_alloc(arena, (lx.room + 1) * sizeof(*tokens->list));
	if (tokens->list == NULL) {
		REPORT(&lx, ((struct sg_conf_place){file, 0, 0}), too_large, "remove files or make them smaller",
		       "no memory for this file");
		return false;
	}
	if (sg_str_starts(file->text, "\xEF\xBB\xBF")) {
		REPORT(&lx, here(&lx), bom, "save the file as UTF-8 without BOM",
		       "the file starts with a byte order mark");
		lx.at += 3;
	}
	while (lx.at < lx.end && !lx.full)
		read_one(&lx);
	lx.room++;
	add(&lx, SG_CONF_T_END, here(&lx), lx.at);
	return !lx.bad;
}

struct sg_conf_place
sg_conf_token_place(const struct sg_conf_tokens *tokens, const struct sg_conf_token *token)
{
	return (struct sg_conf_place){tokens->file, token->line, token->column};
}
