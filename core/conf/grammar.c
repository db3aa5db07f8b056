/* SPDX-License-Identifier: Apache-2.0
 * The order of words: name = value, brackets in pairs, commas between entries. Stricter than libconfig where versions
 * differ. */
#include "conf/token.h"

#include "base/str.h"

struct parser {
	struct sg_conf_tokens *tokens;
	struct sg_conf_errors *errors;
	size_t at;
	uint32_t group;
	uint32_t depth;
};

static struct sg_conf_token *
peek(struct parser *p)
{
	return &p->tokens->list[p->at];
}

static bool
is_mark(const struct sg_conf_token *token, char mark)
{
	return token->kind != SG_CONF_T_TEXT && token->text.len == 1 && token->text.ptr[0] == mark;
}

#define FAIL(p, token, code, hint, ...)                                                                                \
	(sg_conf_error_add((p)->errors, SG_CONF_E_##code, sg_conf_token_place((p)->tokens, token), hint, __VA_ARGS__), \
	 false)

static bool read_value(struct parser *p);

static bool
read_setting(struct parser *p)
{
	struct sg_conf_token *name = peek(p);
	name->group = p->group;
	if (name->kind != SG_CONF_T_NAME)
		return is_mark(name, ',') || is_mark(name, ';')
			       ? FAIL(p, name, comma, "remove it", "a separator too many")
			       : FAIL(p, name, syntax, "write NAME = VALUE", "expected a name");
	p->at++;
	if (!is_mark(peek(p), '=') && !is_mark(peek(p), ':'))
		return FAIL(p, peek(p), syntax, "write NAME = VALUE", "expected = or : after \"%.*s\"",
			    SG_STR_ARG(name->text));
	p->at++;
	if (!read_value(p))
		return false;
	if (is_mark(peek(p), ',') || is_mark(peek(p), ';'))
		p->at++;
	return true;
}

static bool
read_settings(struct parser *p)
{
	while (peek(p)->kind != SG_CONF_T_CLOSE && peek(p)->kind != SG_CONF_T_END)
		if (!read_setting(p))
			return false;
	return true;
}

/* The entries of [ ] or ( ). In [ ] all are of the kind of the first, as libconfig wants it. */
static bool
read_entries(struct parser *p, bool array)
{
	const struct sg_conf_token *first = peek(p);
	while (peek(p)->kind != SG_CONF_T_CLOSE) {
		const struct sg_conf_token *entry = peek(p);
		if (array && entry->kind == SG_CONF_T_OPEN)
			return FAIL(p, entry, syntax, "write strings or numbers, such as [ \"a\", \"b\" ]",
				    "no brackets within [ ]");
		if (!read_value(p))
			return false;
		if (array && entry->kind != first->kind)
			return FAIL(p, entry, type, "write all of them as strings, or all as numbers",
				    "entries of one list are of one kind");
		if (peek(p)->kind == SG_CONF_T_CLOSE)
			return true;
		if (!is_mark(peek(p), ','))
			return peek(p)->kind == SG_CONF_T_END
				       ? true
				       : FAIL(p, peek(p), comma, "put a comma before it", "a comma is missing");
		p->at++;
		if (peek(p)->kind == SG_CONF_T_CLOSE)
			return FAIL(p, peek(p) - 1, comma, "remove it; older versions of libconfig do not read it",
				    "a comma behind the last entry");
	}
	return true;
}

static bool
closes(const struct sg_conf_token *open, const struct sg_conf_token *close)
{
	char want = open->text.ptr[0] == '{' ? '}' : open->text.ptr[0] == '[' ? ']' : ')';
	return close->kind == SG_CONF_T_CLOSE && close->text.ptr[0] == want;
}

static const char *
hint_for_close(const struct sg_conf_token *open)
{
	return open->text.ptr[0] == '{'   ? "close it with } first"
	       : open->text.ptr[0] == '[' ? "close it with ] first"
					  : "close it with ) first";
}

static bool
read_bracket(struct parser *p)
{
	struct sg_conf_token *open = peek(p);
	uint32_t outer = p->group;
	if (p->depth == SG_CONF_MAX_DEPTH)
		return FAIL(p, open, depth, "take brackets away", "more than %d brackets within each other",
			    SG_CONF_MAX_DEPTH);
	p->depth++;
	p->group = (uint32_t)p->at++;
	if (!(open->text.ptr[0] == '{' ? read_settings(p) : read_entries(p, open->text.ptr[0] == '[')))
		return false;
	if (peek(p)->kind == SG_CONF_T_END)
		return FAIL(p, open, bracket, "close it", "the %c that stands here is not closed", open->text.ptr[0]);
	if (!closes(open, peek(p)))
		return FAIL(p, peek(p), bracket, hint_for_close(open), "this does not close the %c of line %u",
			    open->text.ptr[0], open->line);
	p->at++;
	p->depth--;
	p->group = outer;
	return true;
}

static const char *
hint_for_word(struct sg_str word)
{
	static const char *const words[] = {"yes", "no", "on", "off"};
	for (size_t i = 0; i < 4; i++)
		if (sg_str_is(word, words[i]))
			return "write true or false";
	return "strings stand in double quotes: \"text\"";
}

static bool
read_value(struct parser *p)
{
	struct sg_conf_token *value = peek(p);
	value->group = p->group;
	switch (value->kind) {
	case SG_CONF_T_OPEN:
		return read_bracket(p);
	case SG_CONF_T_TEXT:
		p->at++;
		return peek(p)->kind != SG_CONF_T_TEXT ||
		       FAIL(p, peek(p), comma, "libconfig would join the two", "a string right behind a string");
	case SG_CONF_T_WHOLE:
	case SG_CONF_T_FLAG:
		p->at++;
		return true;
	case SG_CONF_T_NAME:
		return FAIL(p, value, syntax, hint_for_word(value->text), "expected a value");
	default:
		return FAIL(p, value, syntax, "write NAME = VALUE", "expected a value");
	}
}

bool
sg_conf_grammar(struct sg_conf_tokens *tokens, struct sg_conf_errors *errors)
{
	struct parser p = {.tokens = tokens, .errors = errors, .at = 1};
	if (!read_settings(&p))
		return false;
	if (peek(&p)->kind != SG_CONF_T_END)
		return FAIL(&p, peek(&p), bracket, "remove it", "this closes nothing");
	return true;
}
