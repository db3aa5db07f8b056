/* SPDX-License-Identifier: Apache-2.0
 * Spellings, made one at the door. */
#include "gate/desk/spell.h"

#include "base/hidden.h"
#include "base/str.h"

#include <strings.h>

enum { BODY_MAX = 8 << 20 };

/* What a request is written anew with. */
struct anew {
	struct sg_json_writer w;
	struct sg_buf out;
	bool other; /* something was another spelling */
};

static void
begin(struct anew *a)
{
	sg_buf_init(&a->out, BODY_MAX);
	sg_jw_begin(&a->w, &a->out);
	a->other = false;
}

/* What was written, where it differs; else `before`. NULL: no memory. */
static const struct sg_json *
end(struct anew *a, struct sg_request *r, const struct sg_json *before)
{
	const struct sg_json *json = before;
	struct sg_str text = a->other ? sg_arena_copy(&r->arena, sg_buf_view(&a->out)) : (struct sg_str){NULL, 0};
	bool good = !a->out.failed && (!a->other || (text.ptr != NULL && sg_canon_parse(&r->arena, text, &sg_request_limits, &json, NULL) == SG_OK));
	sg_buf_done(&a->out);
	return good ? json : NULL;
}

static void
write_text(struct anew *a, enum sg_form form, const struct sg_json *value)
{
	struct sg_str text;
	struct sg_buf normal;
	sg_buf_init(&normal, 3 * SG_SPELLING_MAX);
	bool other = sg_json_string(value, &text) && sg_form_write(form, text, &normal, NULL) == SG_SPELLING_OTHER;
	a->other |= other;
	other ? sg_jw_str(&a->w, sg_buf_view(&normal)) : sg_jw_value(&a->w, value);
	sg_buf_done(&normal);
}

static void
write_argument(struct anew *a, enum sg_form form, const struct sg_json *value)
{
	if (value->type != SG_JSON_ARRAY) {
		write_text(a, form, value);
		return;
	}
	sg_jw_array(&a->w);
	for (const struct sg_json *v = sg_json_first(value); v != NULL; v = sg_json_next(value, v))
		write_text(a, form, v);
	sg_jw_end(&a->w);
}

static enum sg_form
form_of(const struct sg_action *action, struct sg_str name)
{
	for (size_t i = 0; i < action->argument_count; i++)
		if (sg_str_eq(action->arguments[i].name, name))
			return action->arguments[i].form;
	return SG_FORM_exact;
}

static bool
spell_arguments(struct sg_request *r, const struct sg_action *action)
{
	struct anew a;
	begin(&a);
	sg_jw_object(&a.w);
	for (const struct sg_json *v = sg_json_first(r->args); v != NULL; v = sg_json_next(r->args, v)) {
		sg_jw_name_str(&a.w, v->name);
		write_argument(&a, form_of(action, v->name), v);
	}
	sg_jw_end(&a.w);
	const struct sg_json *args = end(&a, r, r->args);
	r->args = args != NULL ? args : r->args;
	return args != NULL;
}

static bool
spell_resource(struct sg_request *r, enum sg_form form)
{
	struct anew a;
	begin(&a);
	sg_jw_object(&a.w);
	for (const struct sg_json *v = sg_json_first(r->resource); v != NULL; v = sg_json_next(r->resource, v)) {
		sg_jw_name_str(&a.w, v->name);
		sg_str_is(v->name, "id") ? write_text(&a, form, v) : sg_jw_value(&a.w, v);
	}
	sg_jw_end(&a.w);
	const struct sg_json *resource = end(&a, r, r->resource);
	r->resource = resource != NULL ? resource : r->resource;
	r->resource_id = sg_json_text_at(r->resource, "id");
	return resource != NULL;
}

static bool
has_forms(const struct sg_action *action)
{
	for (size_t i = 0; action != NULL && i < action->argument_count; i++)
		if (action->arguments[i].form != SG_FORM_exact)
			return true;
	return false;
}

bool
sg_spell(struct sg_gate *gate, struct sg_request *r)
{
	return sg_spell_with(gate->catalogue, r);
}

bool
sg_spell_with(const struct sg_catalogue *catalogue, struct sg_request *r)
{
	const struct sg_action *action = sg_catalogue_action(catalogue, r->action_name);
	const struct sg_resource *type = sg_catalogue_type(catalogue, r->resource_type);
	return (r->args == NULL || !has_forms(action) || spell_arguments(r, action)) && (r->resource == NULL || type == NULL || type->form == SG_FORM_exact || spell_resource(r, type->form));
}

static bool
is_normal(enum sg_form form, struct sg_str text, const char **why)
{
	struct sg_buf normal;
	sg_buf_init(&normal, 3 * SG_SPELLING_MAX);
	bool good = sg_form_write(form, text, &normal, why) == SG_SPELLING_NORMAL;
	sg_buf_done(&normal);
	return good;
}

/* The same without what nobody sees; how long it is. */
static size_t
seen_of(struct sg_str id, char out[SG_RESOURCE_ID_MAX])
{
	size_t len = 0, step;
	for (size_t at = 0; at < id.len; at += step) {
		uint32_t c;
		size_t bytes = sg_utf8_first((struct sg_str){id.ptr + at, id.len - at}, &c);
		step = bytes > 0 ? bytes : 1;
		if (bytes > 0 && !sg_is_hidden(c) && len + step <= SG_RESOURCE_ID_MAX) {
			memcpy(out + len, id.ptr + at, step);
			len += step;
		}
	}
	return len;
}

/* As a file system or a web server may read it: pieces without blanks at their ends, one slash for many, none at the end, none the other way round. */
static size_t
collapse(char *text, size_t len)
{
	size_t kept = 0;
	for (size_t at = 0, to; at < len; at = to + 1) {
		bool scheme = kept >= 2 && text[kept - 1] == '/' && text[kept - 2] == ':'; /* "https://x" */
		for (to = at; to < len && text[to] != '/' && text[to] != '\\';)
			to++;
		struct sg_str piece = sg_without_blank_ends((struct sg_str){text + at, to - at});
		memmove(text + kept, piece.ptr, piece.len);
		kept += piece.len;
		if (to < len && (kept == 0 || text[kept - 1] != '/' || (scheme && piece.len == 0)))
			text[kept++] = '/';
	}
	while (kept > 1 && text[kept - 1] == '/')
		kept--;
	return kept;
}

/* Another way to write what a stanza has, or what one remembers. Where the form is declared it is brought into that, and this is never so. */
static bool
is_alias(const struct sg_catalogue *catalogue, struct sg_str type, struct sg_str id)
{
	char plain[SG_RESOURCE_ID_MAX];
	id = sg_resource_bare(id); /* whatever it is asked with */
	struct sg_str other = {plain, collapse(plain, seen_of(id, plain))};
	if (sg_str_eq(id, other))
		return false;
	for (const struct sg_resource *row = NULL; (row = sg_catalogue_next_resource(catalogue, type, other, row)) != NULL;)
		if (row->memory || !sg_strings_match(&row->patterns, id, '/'))
			return true;
	return false;
}

static bool
has_near_type(const struct sg_catalogue *catalogue, struct sg_str type)
{
	for (size_t i = 0; i < catalogue->resource_count; i++)
		if (catalogue->resources[i].type.len == type.len && strncasecmp(catalogue->resources[i].type.ptr, type.ptr, type.len) == 0)
			return true;
	return false;
}

/* Words of letters, digits, _ and -, with one of . : / # between them: whatever else stands in a type, somebody trims, folds or does not see. */
static bool
is_type(struct sg_str type)
{
	bool within = false;
	for (size_t i = 0; i < type.len; i++) {
		char c = type.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
		if (!letter && !(within && strchr(".:/#", c) != NULL && c != '\0'))
			return false;
		within = letter;
	}
	return within;
}

bool
sg_spell_resource_fits(const struct sg_catalogue *catalogue, struct sg_str type, struct sg_str id, const char **why)
{
	const struct sg_resource *row = sg_catalogue_type(catalogue, type);
	*why = NULL;
	if (row == NULL && !is_type(type)) {
		*why = "a type that the catalogue does not have is words of letters, digits, _ and -, with one of . : / # between them";
		return false;
	}
	if (row == NULL && has_near_type(catalogue, type)) {
		*why = "its type differs in case alone from one of the catalogue";
		return false;
	}
	if (row == NULL || row->form != SG_FORM_exact)
		return row == NULL || is_normal(row->form, id, why);
	if (!is_alias(catalogue, type, id))
		return true;
	*why = "it is another spelling of what a stanza has; give the type a form";
	return false;
}

bool
sg_spell_argument_fits(enum sg_form form, const struct sg_json *value)
{
	struct sg_str text;
	if (form == SG_FORM_exact)
		return true;
	if (value->type != SG_JSON_ARRAY)
		return sg_json_string(value, &text) && is_normal(form, text, NULL);
	for (const struct sg_json *v = sg_json_first(value); v != NULL; v = sg_json_next(value, v))
		if (!sg_json_string(v, &text) || !is_normal(form, text, NULL))
			return false;
	return true;
}
