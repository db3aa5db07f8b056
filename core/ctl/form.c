/* SPDX-License-Identifier: Apache-2.0
 * Writing a body: see form.h. */
#include "ctl/form.h"

#include "base/str.h"
#include "conf/budget.h"

#include <errno.h>

void
sg_ctl_form_begin(struct sg_ctl_form *form, const struct sg_ctl *ctl)
{
	*form = (struct sg_ctl_form){.ctl = ctl, .code = SG_CTL_OK};
	sg_buf_init(&form->text, SG_CTL_BODY);
	sg_buf_text(&form->text, "{");
}

void
sg_ctl_form_wrong(struct sg_ctl_form *form, const char *what, const char *text)
{
	char hint[96];
	snprintf(hint, sizeof(hint), "stepgate %s --help", form->ctl->command != NULL ? form->ctl->command->words : "");
	if (form->code == SG_CTL_OK)
		form->code = sg_ctl_fail(form->ctl, SG_CTL_USAGE, "usage", hint, "%s: %s", what, text);
}

static void
name_of(struct sg_ctl_form *form, const char *name)
{
	sg_buf_printf(&form->text, "%s\"%s\":", form->text.len > 1 ? "," : "", name);
}

void
sg_ctl_form_text(struct sg_ctl_form *form, const char *name, const char *value)
{
	if (value == NULL)
		return;
	name_of(form, name);
	sg_canon_string(&form->text, sg_str(value));
}

void
sg_ctl_form_json(struct sg_ctl_form *form, const char *name, struct sg_str json)
{
	name_of(form, name);
	sg_buf_str(&form->text, json);
}

void
sg_ctl_form_ttl(struct sg_ctl_form *form)
{
	int64_t ttl = 0;
	const char *given = form->ctl->option[SG_CTL_OPTION_ttl];
	if (given != NULL && !sg_str_int(sg_str(given), 1, 7 * 86400, &ttl))
		sg_ctl_form_wrong(form, given, "--ttl takes seconds");
	if (given != NULL)
		sg_ctl_form_json(form, "ttl", sg_str(given));
}

void
sg_ctl_form_key(struct sg_ctl_form *form)
{
	char key[33];
	const char *named = form->ctl->option[SG_CTL_OPTION_key];
	sg_ctl_random_key(key);
	sg_ctl_form_text(form, "key", named != NULL ? named : key);
}

/* ---- repeated options ---- */

/* Exactly one value, so that nothing can stand beside it. */
static bool
write_json(struct sg_buf *out, struct sg_str text)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = SG_CTL_BODY};
	sg_arena_init(&arena, 64 << 20);
	bool good = sg_json_parse(&arena, text, &limits, &json, NULL) == SG_OK;
	if (good)
		sg_canon_write(out, json);
	sg_arena_done(&arena);
	return good;
}

void
sg_ctl_form_value(struct sg_ctl_form *form, const char *name, const char *what, struct sg_str json)
{
	name_of(form, name);
	if (!write_json(&form->text, json))
		sg_ctl_form_wrong(form, what, "that is not one value in strict JSON");
}

/* "name=text" and "name:=json"; a name given twice is the reader's to refuse. */
static void
pair(struct sg_ctl_form *form, const char *text)
{
	const char *equals = strchr(text, '=');
	if (equals == NULL || equals == text || (equals == text + 1 && text[0] == ':')) {
		sg_ctl_form_wrong(form, text, "it takes NAME=VALUE or NAME:=JSON");
		return;
	}
	bool json = equals[-1] == ':';
	sg_canon_string(&form->text, (struct sg_str){text, (size_t)(equals - text) - json});
	sg_buf_text(&form->text, ":");
	if (!json)
		sg_canon_string(&form->text, sg_str(equals + 1));
	else if (!write_json(&form->text, sg_str(equals + 1)))
		sg_ctl_form_wrong(form, text, "what stands behind := is not one value in strict JSON");
}

static void
element(struct sg_ctl_form *form, const char *text)
{
	sg_canon_string(&form->text, sg_str(text));
}

/* "calls=10", "money=18.40". */
static void
amount(struct sg_ctl_form *form, const char *text)
{
	struct sg_budget budget;
	if (!sg_budget_read(sg_str(text), &budget) || budget.window_ms != 0) {
		sg_ctl_form_wrong(form, text, "it takes DIM=AMOUNT: bytes, calls, money, tokens, such as calls=10 or money=18.40");
		return;
	}
	sg_buf_printf(&form->text, "\"%s\":%lld", sg_dimension_name(budget.dimension), (long long)budget.amount);
}

static void
each(struct sg_ctl_form *form, const char *name, int option, const char ends[2], void (*write)(struct sg_ctl_form *, const char *))
{
	size_t count = 0;
	for (size_t i = 0; i < form->ctl->given_count; i++) {
		if (form->ctl->given[i].option != option)
			continue;
		if (count == 0)
			name_of(form, name);
		sg_buf_add(&form->text, count++ == 0 ? &ends[0] : ",", 1);
		write(form, form->ctl->given[i].value);
	}
	if (count > 0)
		sg_buf_add(&form->text, &ends[1], 1);
}

void
sg_ctl_form_pairs(struct sg_ctl_form *form, const char *name, int option, bool always)
{
	if (always && form->ctl->option[option] == NULL)
		sg_ctl_form_json(form, name, SG_STR("{}"));
	each(form, name, option, "{}", pair);
}

void
sg_ctl_form_list(struct sg_ctl_form *form, const char *name, int option)
{
	each(form, name, option, "[]", element);
}

void
sg_ctl_form_amounts(struct sg_ctl_form *form, const char *name, int option)
{
	each(form, name, option, "{}", amount);
}

/* ---- the end ---- */

int
sg_ctl_form_end(struct sg_ctl_form *form, struct sg_buf *out)
{
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = SG_CTL_BODY};
	sg_arena_init(&arena, 64 << 20);
	sg_buf_text(&form->text, "}");
	if (form->text.failed)
		sg_ctl_form_wrong(form, "the request", "too long, or no UTF-8");
	if (form->code == SG_CTL_OK && sg_json_parse(&arena, sg_buf_view(&form->text), &limits, &json, &err) == SG_OK)
		sg_canon_write(out, json);
	if (json == NULL || out->failed)
		sg_ctl_form_wrong(form, "the request", err.text);
	sg_arena_done(&arena);
	sg_buf_done(&form->text);
	return form->code;
}

int
sg_ctl_form_file(const struct sg_ctl *ctl, const char *path, struct sg_buf *out)
{
	bool is_input = strcmp(path, "-") == 0;
	FILE *file = is_input ? stdin : fopen(path, "re");
	char chunk[4096];
	if (file == NULL)
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "file", "", "%s: %s", path, strerror(errno));
	for (size_t n; !out->failed && (n = fread(chunk, 1, sizeof(chunk), file)) > 0;)
		sg_buf_add(out, chunk, n);
	bool good = ferror(file) == 0 && !out->failed;
	if (!is_input)
		fclose(file);
	return good ? SG_CTL_OK : sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "file", "", "%s: too large, or not readable", path);
}
