/* SPDX-License-Identifier: Apache-2.0
 * The table of forms, and what every form but exact refuses. */
#include "base/form_in.h"

#include "base/str.h"

const char *
sg_form_exact(struct sg_str text, struct sg_buf *out)
{
	sg_buf_str(out, text);
	return NULL;
}

const char *
sg_form_name(struct sg_str text, struct sg_buf *out)
{
	if (!sg_form_is_letter(text.ptr[0]) && !sg_form_is_digit(text.ptr[0]))
		return "a name begins with a letter or a digit";
	for (size_t i = 0; i < text.len; i++)
		if (!sg_form_is_letter(text.ptr[i]) && !sg_form_is_digit(text.ptr[i]) && strchr("._-", text.ptr[i]) == NULL)
			return "a name has letters, digits, '.', '_' and '-' alone";
	sg_form_lower(text, out);
	return NULL;
}

static const struct {
	const char *name, *meaning;
	const char *(*write)(struct sg_str text, struct sg_buf *out);
} forms[SG_FORM_COUNT] = {
#define X(name, meaning) {#name, meaning, sg_form_##name},
	SG_FORMS(X)
#undef X
};

const char *
sg_form_word(enum sg_form form)
{
	return (unsigned)form < SG_FORM_COUNT ? forms[form].name : "";
}

const char *
sg_form_meaning(enum sg_form form)
{
	return (unsigned)form < SG_FORM_COUNT ? forms[form].meaning : "";
}

bool
sg_form_named(struct sg_str name, enum sg_form *form)
{
	for (int i = 0; i < SG_FORM_COUNT; i++)
		if (sg_str_is(name, forms[i].name)) {
			*form = (enum sg_form)i;
			return true;
		}
	return false;
}

/* What no form of one line has. */
static const char *
refused_by_all(struct sg_str text)
{
	if (text.len == 0)
		return "it is empty";
	if (text.len > SG_SPELLING_MAX)
		return "it is too long";
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F)
			return "it has a control character";
	return NULL;
}

enum sg_spelling
sg_form_write(enum sg_form form, struct sg_str text, struct sg_buf *out, const char **why)
{
	size_t before = out->len;
	const char *wrong = (unsigned)form >= SG_FORM_COUNT ? "there is no such form" : form == SG_FORM_exact ? NULL : refused_by_all(text);
	if (wrong == NULL)
		wrong = forms[form].write(text, out);
	if (wrong == NULL && out->failed)
		wrong = "there is no memory for it";
	if (why != NULL)
		*why = wrong;
	if (wrong == NULL)
		return sg_str_eq((struct sg_str){out->ptr + before, out->len - before}, text) ? SG_SPELLING_NORMAL : SG_SPELLING_OTHER;
	if (!out->failed)
		out->len = before;
	return SG_SPELLING_REFUSED;
}
