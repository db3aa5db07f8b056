/* SPDX-License-Identifier: Apache-2.0
 * Constants beside what has a form: whatever is asked comes in its normal form, so that a constant in another spelling is never met. */
#include "policy/advise/in.h"

#include "base/form.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

/* With letters for its stars: a pattern is written as what it fits. */
static bool
plain(struct sg_str text, struct sg_buf *out)
{
	for (size_t i = 0; i < text.len; i++)
		sg_buf_add(out, text.ptr[i] == '*' ? "x" : &text.ptr[i], 1);
	return !out->failed;
}

/* The form, and what it makes of a constant: refused, another spelling (`out` has the normal one), itself. */
static enum sg_spelling
spelled(enum sg_form form, struct sg_str text, struct sg_buf *out)
{
	struct sg_buf as_written;
	sg_buf_init(&as_written, SG_SPELLING_MAX + 1);
	enum sg_spelling got = plain(text, &as_written) ? sg_form_write(form, sg_buf_view(&as_written), out, NULL) : SG_SPELLING_REFUSED;
	sg_buf_done(&as_written);
	return got;
}

static void
warn(struct sg_advice *a, const struct sg_token *text, const char *what, struct sg_str normal)
{
	char hint[SG_VM_TEXT];
	bool stars = memchr(text->text.ptr, '*', text->text.len) != NULL;
	snprintf(hint, sizeof(hint), stars ? "write it in the normal form; with x for each star that is '%.*s'" : "the normal form is '%.*s'", (int)(normal.len < 100 ? normal.len : 100), normal.ptr);
	sg_warning_add(a->lint.policy, a->lint.file, text->line, hint, "%s never comes as '%.*s': it has a form", what, (int)(text->text.len < 100 ? text->text.len : 100), text->text.ptr);
}

/* The constant that token `i` and what stands behind it are compared with: `x == "..."`, `x:glob("...")`; or that stands before it. NULL: none. */
static const struct sg_token *
compared(const struct sg_lint *lint, size_t first, size_t behind)
{
	const struct sg_token *t = lint->tokens;
	bool equal = behind + 1 < lint->count && (sg_lint_is(&t[behind], "==") || sg_lint_is(&t[behind], "~="));
	if (equal && t[behind + 1].kind == SG_TOKEN_STRING)
		return &t[behind + 1];
	if (behind + 3 < lint->count && sg_lint_is(&t[behind], ":") && sg_lint_is(&t[behind + 1], "glob") && sg_lint_is(&t[behind + 2], "(") && t[behind + 3].kind == SG_TOKEN_STRING)
		return &t[behind + 3];
	bool before = first >= 4 && (sg_lint_is(&t[first - 3], "==") || sg_lint_is(&t[first - 3], "~=")); /* "..." == r . */
	return before && t[first - 4].kind == SG_TOKEN_STRING ? &t[first - 4] : NULL;
}

void
sg_advise_argument(struct sg_advice *a, size_t name, enum sg_form form)
{
	char what[96];
	struct sg_buf normal;
	const struct sg_token *t = a->lint.tokens, *text = compared(&a->lint, name - 2, name + 1);
	if (text == NULL || form == SG_FORM_exact)
		return;
	snprintf(what, sizeof(what), "args.%.*s", (int)(t[name].text.len < 60 ? t[name].text.len : 60), t[name].text.ptr);
	sg_buf_init(&normal, 3 * SG_SPELLING_MAX);
	if (spelled(form, text->text, &normal) == SG_SPELLING_OTHER)
		warn(a, text, what, sg_buf_view(&normal));
	sg_buf_done(&normal);
}

/* Of which type the resource is nobody can see here: a constant is wrong if it is another spelling in some type, and of none that has a form the normal one. */
void
sg_advise_resource(struct sg_advice *a, size_t i)
{
	const struct sg_token *t = &a->lint.tokens[i], *text = NULL;
	struct sg_buf normal;
	bool other = false, fits = false;
	if (sg_lint_is(t, "resource") && sg_lint_is(t + 1, ".") && sg_lint_is(t + 2, "id"))
		text = compared(&a->lint, i, i + 3);
	const struct sg_json *resources = text == NULL ? NULL : sg_json_get(a->conf, "resources");
	sg_buf_init(&normal, 3 * SG_SPELLING_MAX);
	for (const struct sg_json *r = sg_json_first(resources); r != NULL && !fits; r = sg_json_next(resources, r)) {
		enum sg_form form = SG_FORM_exact;
		if (!sg_form_named(sg_json_text_at(r, "form"), &form) || form == SG_FORM_exact)
			continue;
		struct sg_buf out;
		sg_buf_init(&out, 3 * SG_SPELLING_MAX);
		enum sg_spelling got = spelled(form, text->text, &out);
		fits = got == SG_SPELLING_NORMAL;
		if (got == SG_SPELLING_OTHER && !other)
			sg_buf_str(&normal, sg_buf_view(&out));
		other |= got == SG_SPELLING_OTHER;
		sg_buf_done(&out);
	}
	if (other && !fits)
		warn(a, text, "resource.id", sg_buf_view(&normal));
	sg_buf_done(&normal);
}
