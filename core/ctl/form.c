/* SPDX-License-Identifier: Apache-2.0
 * Writing a body: see form.h. */
#include "ctl/form.h"

#include "base/str.h"
#include "conf/budget.h"

#include <errno.h>

void
sg_form_begin(struct sg_form *body, const struct sg_ctl *ctl)
{
	*body = (struct sg_form){.ctl = ctl, .code = SG_CTL_OK};
	sg_buf_init(&body->text, SG_CTL_BODY);
	sg_buf_text(&body->text, "{");
}

void
sg_form_wrong(struct sg_form *body, const char *what, const char *text)
{
	char hint[96];
	snprintf(hint, sizeof(hint), "stepgate %s --help", body->ctl->command != NULL ? body->ctl->command->words : "");
	if (body->code == SG_CTL_OK)
		body->code = sg_ctl_fail(body->ctl, SG_CTL_USAGE, "usage", hint, "%s: %s", what, text);
}

static void
name_of(struct sg_form *body, const char *name)
{
	sg_buf_printf(&body->text, "%s\"%s\":", body->text.len > 1 ? "," : "", name);
}

void
sg_form_text(struct sg_form *body, const char *name, const char *value)
{
	if (value == NULL)
		return;
	name_of(body, name);
	sg_canon_string(&body->text, sg_str(value));
}

void
sg_form_json(struct sg_form *body, const char *name, struct sg_str json)
{
	name_of(body, name);
	sg_buf_str(&body->text, json);
}

void
sg_form_ttl(struct sg_form *body)
{
	int64_t ttl = 0;
	const char *given = body->ctl->option[SG_CTL_OPTION_ttl];
	if (given != NULL && !sg_str_int(sg_str(given), 1, 7 * 86400, &ttl))
		sg_form_wrong(body, given, "--ttl takes seconds");
	if (given != NULL)
		sg_form_json(body, "ttl", sg_str(given));
}

void
sg_form_key(struct sg_form *body)
{
	char key[33];
	const char *named = body->ctl->option[SG_CTL_OPTION_key];
	sg_ctl_random_key(key);
	sg_form_text(body, "key", named != NULL ? named : key);
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

/* "name=text" and "name:=json"; a name given twice is the reader's to refuse. */
static void
pair(struct sg_form *body, const char *text)
{
	const char *equals = strchr(text, '=');
	if (equals == NULL || equals == text || (equals == text + 1 && text[0] == ':')) {
		sg_form_wrong(body, text, "it takes NAME=VALUE or NAME:=JSON");
		return;
	}
	bool json = equals[-1] == ':';
	sg_canon_string(&body->text, (struct sg_str){text, (size_t)(equals - text) - json});
	sg_buf_text(&body->text, ":");
	if (!json)
		sg_canon_string(&body->text, sg_str(equals + 1));
	else if (!write_json(&body->text, sg_str(equals + 1)))
		sg_form_wrong(body, text, "what stands behind := is not one value in strict JSON");
}

static void
element(struct sg_form *body, const char *text)
{
	sg_canon_string(&body->text, sg_str(text));
}

/* "calls=10", "money=18.40". */
static void
amount(struct sg_form *body, const char *text)
{
	struct sg_budget budget;
	if (!sg_budget_read(sg_str(text), &budget) || budget.window_ms != 0) {
		sg_form_wrong(body, text, "it takes DIM=AMOUNT: bytes, calls, money, tokens, such as calls=10 or money=18.40");
		return;
	}
	sg_buf_printf(&body->text, "\"%s\":%lld", sg_dimension_name(budget.dimension), (long long)budget.amount);
}

static void
each(struct sg_form *body, const char *name, int option, const char ends[2], void (*write)(struct sg_form *, const char *))
{
	size_t count = 0;
	for (size_t i = 0; i < body->ctl->given_count; i++) {
		if (body->ctl->given[i].option != option)
			continue;
		if (count == 0)
			name_of(body, name);
		sg_buf_add(&body->text, count++ == 0 ? &ends[0] : ",", 1);
		write(body, body->ctl->given[i].value);
	}
	if (count > 0)
		sg_buf_add(&body->text, &ends[1], 1);
}

void
sg_form_pairs(struct sg_form *body, const char *name, int option, bool always)
{
	if (always && body->ctl->option[option] == NULL)
		sg_form_json(body, name, SG_STR("{}"));
	each(body, name, option, "{}", pair);
}

void
sg_form_list(struct sg_form *body, const char *name, int option)
{
	each(body, name, option, "[]", element);
}

void
sg_form_amounts(struct sg_form *body, const char *name, int option)
{
	each(body, name, option, "{}", amount);
}

/* ---- the end ---- */

int
sg_form_end(struct sg_form *body, struct sg_buf *out)
{
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = SG_CTL_BODY};
	sg_arena_init(&arena, 64 << 20);
	sg_buf_text(&body->text, "}");
	if (body->text.failed)
		sg_form_wrong(body, "the request", "too long, or no UTF-8");
	if (body->code == SG_CTL_OK && sg_json_parse(&arena, sg_buf_view(&body->text), &limits, &json, &err) == SG_OK)
		sg_canon_write(out, json);
	if (json == NULL || out->failed)
		sg_form_wrong(body, "the request", err.text);
	sg_arena_done(&arena);
	sg_buf_done(&body->text);
	return body->code;
}

int
sg_form_file(const struct sg_ctl *ctl, const char *path, struct sg_buf *out)
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
