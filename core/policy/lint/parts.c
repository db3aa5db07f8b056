/* SPDX-License-Identifier: Apache-2.0
 * What a reader of a form gives is in its normal form: compared with a constant that is in another, it is never equal, and a deny made of that is gone. */
#include "base/form.h"
#include "base/str.h"
#include "policy/lint/kinds.h"

#include <ctype.h>

/* Normal parts: as the form itself writes them, or by a rule of their own. */
enum norm { BY_FORM, LOWER, NO_SLASH, NO_DOT, URI_SCHEME, URI_PATH, ANY };

static const struct part {
	const char *reader, *name, *type;
	enum norm norm;
	enum sg_form form;
} parts[] = {
	{"email", "host", "string", BY_FORM, SG_FORM_host}, {"email", "text", "string", BY_FORM, SG_FORM_email}, {"email", "user", "string", LOWER, SG_FORM_email},
	{"ip", "text", "string", BY_FORM, SG_FORM_ip},      {"ip", "version", "integer", ANY, SG_FORM_ip},
	{"path", "ending", "string", NO_DOT, SG_FORM_path}, {"path", "folder", "string", BY_FORM, SG_FORM_path}, {"path", "name", "string", NO_SLASH, SG_FORM_path},
	{"path", "text", "string", BY_FORM, SG_FORM_path},  {"uri", "host", "string", BY_FORM, SG_FORM_host},       {"uri", "path", "string", URI_PATH, SG_FORM_uri},
	{"uri", "port", "integer", ANY, SG_FORM_uri},       {"uri", "query", "string", ANY, SG_FORM_uri},        {"uri", "scheme", "string", URI_SCHEME, SG_FORM_uri},
	{"uri", "text", "string", BY_FORM, SG_FORM_uri},
};

static bool
is_written(enum sg_form form, struct sg_str text)
{
	struct sg_buf out;
	sg_buf_init(&out, 8192);
	bool normal = sg_form_write(form, text, &out, NULL) == SG_SPELLING_NORMAL;
	sg_buf_done(&out);
	return normal;
}

static bool
has_upper(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (isupper((unsigned char)text.ptr[i]))
			return true;
	return false;
}

/* As a part of a URI whose rest is in order. */
static bool
is_within_uri(const char *before, struct sg_str text, const char *behind)
{
	struct sg_buf uri;
	sg_buf_init(&uri, 8192);
	sg_buf_text(&uri, before);
	sg_buf_str(&uri, text);
	sg_buf_text(&uri, behind);
	bool normal = is_written(SG_FORM_uri, sg_buf_view(&uri));
	sg_buf_done(&uri);
	return normal;
}

static bool
may_be(enum norm norm, enum sg_form form, struct sg_str text)
{
	if (text.len == 0 || memchr(text.ptr, '\\', text.len) != NULL) /* no part, or an escape of Lua's that is not read here */
		return true;
	switch (norm) {
	case BY_FORM: return is_written(form, text);
	case LOWER: return !has_upper(text);
	case NO_SLASH: return memchr(text.ptr, '/', text.len) == NULL;
	case NO_DOT: return memchr(text.ptr, '/', text.len) == NULL && memchr(text.ptr, '.', text.len) == NULL;
	case URI_SCHEME: return is_within_uri("", text, "://host/x") || is_within_uri("", text, ":///x");
	case URI_PATH: return memchr(text.ptr, '?', text.len) == NULL && is_within_uri("https://h", text, "");
	default: return true;
	}
}

static const struct part *
part_of(struct sg_str reader, struct sg_str name)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (sg_str_is(reader, parts[i].reader) && sg_str_is(name, parts[i].name))
			return &parts[i];
	return NULL;
}

static void
check(struct sg_lint *lint, size_t first, size_t last, enum norm norm, enum sg_form form)
{
	size_t with = sg_lint_compared(lint, first, last);
	const struct sg_token *t = lint->tokens;
	if (with > 0 && t[with].kind == SG_TOKEN_STRING && !may_be(norm, form, t[with].text))
		sg_problem_add(lint->policy, lint->file, t[last].line, "what is read of a form is in its normal form: lower case, no / at the end of a path, no dot before an ending, an IBAN without blanks",
			       "%.*s is never '%.*s'", SG_STR_ARG(t[last].text), (int)(t[with].text.len < 60 ? t[with].text.len : 60), t[with].text.ptr);
}

/* At `i` the name of a reader that is called: `:email(`. `last` the bracket that ends it. */
static void
check_reader(struct sg_lint *lint, size_t i, size_t last)
{
	const struct sg_token *t = lint->tokens;
	enum sg_form form;
	size_t first = sg_lint_begins(lint, i);
	const struct part *part = sg_lint_is(&t[last + 1], ".") && t[last + 2].kind == SG_TOKEN_NAME ? part_of(t[i].text, t[last + 2].text) : NULL;
	if (part != NULL) {
		sg_lint_kind(lint, first, last + 2, t[last + 2].text, part->type);
		check(lint, first, last + 2, part->norm, part->form);
	} else if (sg_str_is(t[i].text, "form") && last == i + 3 && t[i + 2].kind == SG_TOKEN_STRING && sg_form_named(t[i + 2].text, &form)) {
		check(lint, first, last, BY_FORM, form);
	}
}

void
sg_lint_parts(struct sg_lint *lint)
{
	const struct sg_token *t = lint->tokens;
	for (size_t i = 2; i + 3 < lint->count; i++)
		if (t[i].kind == SG_TOKEN_NAME && sg_lint_is(&t[i - 1], ":") && sg_lint_call_at(lint, i) != NULL)
			check_reader(lint, i, sg_lint_behind(lint, i + 1) - 1);
}
