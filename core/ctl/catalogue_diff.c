/* SPDX-License-Identifier: Apache-2.0
 * catalogue diff: what the files would add, take away and change, and which of it lets more through than what is in force. */
#include "ctl/catalogue.h"
#include "ctl/show.h"

#include "base/str.h"

enum { OUT_BYTES = 64 << 20 };

struct diff {
	const struct sg_ctl *ctl;
	const struct sg_config *running, *files;
	struct sg_buf out;
	size_t count, widening;
};

/* mcp.NAME.said: without it what the server says goes on undecided. */
static bool
is_said(const struct sg_catalogue_kind *kind, const struct sg_json *stanza)
{
	struct sg_str name = sg_json_text_at(stanza, "name");
	return strcmp(kind->section, "actions") == 0 && sg_str_starts(name, "mcp.") && name.len > 5 && memcmp(name.ptr + name.len - 5, ".said", 5) == 0;
}

/* ---- as JSON ---- */

static void
json_side(struct diff *d, const char *name, const struct sg_json *value)
{
	sg_buf_printf(&d->out, ",\"%s\":", name);
	value != NULL ? sg_canon_write(&d->out, value) : sg_buf_text(&d->out, "null");
}

static void
json_change(struct diff *d, const char *what, const char *key, const struct sg_json *was, const struct sg_json *is, const char *why)
{
	sg_buf_text(&d->out, d->count > 1 ? "," : "");
	sg_buf_printf(&d->out, "{\"change\":\"%s\"", what);
	json_side(d, "is", is);
	sg_buf_text(&d->out, ",\"key\":");
	sg_canon_string(&d->out, sg_str(key));
	json_side(d, "was", was);
	sg_buf_printf(&d->out, ",\"widens\":%s", why != NULL ? "\"" : "null");
	sg_buf_text(&d->out, why != NULL ? why : "");
	sg_buf_text(&d->out, why != NULL ? "\"}" : "}");
}

/* ---- as text ---- */

static void
head(struct diff *d, const char *what, const char *key, const char *why)
{
	const char *on = d->ctl->color && why != NULL ? "\033[31m" : "", *off = d->ctl->color && why != NULL ? "\033[0m" : "";
	sg_buf_printf(&d->out, "%-8s %s", what, key);
	if (why != NULL)
		sg_buf_printf(&d->out, "  %sWIDENS: %s%s", on, why, off);
	sg_buf_text(&d->out, "\n");
}

static void
side(struct diff *d, const char *name, const struct sg_config_row *row)
{
	sg_buf_printf(&d->out, "  %-9s ", name);
	sg_config_value(&d->out, row);
	if (d->files->origins != NULL && strcmp(name, "files") == 0) {
		sg_buf_text(&d->out, "    # ");
		sg_config_place(&d->out, sg_config_origin(d->files, row));
	}
	sg_buf_text(&d->out, "\n");
}

/* ---- one stanza, one section ---- */

static void
whole(struct diff *d, const struct sg_catalogue_kind *kind, const struct sg_json *stanza, bool added, const char *why)
{
	char key[160];
	snprintf(key, sizeof(key), "%s.%.*s", kind->section, SG_STR_ARG(stanza->name));
	d->count++;
	d->widening += why != NULL;
	if (d->ctl->json) {
		json_change(d, added ? "added" : "removed", key, added ? NULL : stanza, added ? stanza : NULL, why);
		return;
	}
	head(d, added ? "added" : "removed", key, why);
	sg_buf_text(&d->out, "  ");
	sg_catalogue_cells(&d->out, kind, stanza);
	sg_buf_text(&d->out, "\n");
}

static void
changed(struct diff *d, const struct sg_catalogue_kind *kind, struct sg_str stanza)
{
	for (size_t i = 0; i < d->files->count; i++) {
		char key[256];
		const struct sg_config_row *is = &d->files->rows[i], *was;
		if (!sg_str_is(is->section, kind->section) || !sg_str_eq(is->stanza, stanza))
			continue;
		was = sg_config_find(d->running, is->key);
		if (was == NULL || sg_json_eq(was->value, is->value))
			continue;
		const char *why = sg_catalogue_widens(is->option, was->value, is->value);
		snprintf(key, sizeof(key), "%.*s", SG_STR_ARG(is->key));
		d->count++;
		d->widening += why != NULL;
		if (d->ctl->json) {
			json_change(d, "changed", key, was->value, is->value, why);
			continue;
		}
		head(d, "changed", key, why);
		side(d, "in force", was);
		side(d, "files", is);
	}
}

static void
compare(struct diff *d, const struct sg_catalogue_kind *kind)
{
	const struct sg_json *before = sg_json_get(d->running->document, kind->section), *after = sg_json_get(d->files->document, kind->section);
	for (const struct sg_json *s = sg_json_first(before); s != NULL; s = sg_json_next(before, s))
		if (sg_json_get_str(after, s->name) == NULL)
			whole(d, kind, s, false, kind->removed == SG_WHEN_YES ? kind->removed_why : is_said(kind, s) ? "what this server says by the way is decided no longer, and leaves nothing" : NULL);
	for (const struct sg_json *s = sg_json_first(after); s != NULL; s = sg_json_next(after, s)) {
		if (sg_json_get_str(before, s->name) == NULL)
			whole(d, kind, s, true, kind->added == SG_WHEN_YES ? kind->added_why : NULL);
		else
			changed(d, kind, s->name);
	}
}

static int
compare_all(struct diff *d)
{
	sg_buf_text(&d->out, d->ctl->json ? "{\"changes\":[" : "");
	for (size_t i = 0; i < sg_catalogue_kind_count; i++)
		compare(d, &sg_catalogue_kinds[i]);
	if (d->ctl->json)
		sg_buf_printf(&d->out, "],\"widen\":%zu}\n", d->widening);
	else if (d->count == 0)
		sg_buf_text(&d->out, "the files say what is in force\n");
	else
		sg_buf_printf(&d->out, "changes: %zu; that let more through: %zu\n", d->count, d->widening);
	if (d->out.failed)
		return sg_ctl_fail(d->ctl, SG_CTL_INTERNAL, "memory", "", "the difference is too large to be shown");
	sg_config_print(d->ctl, &d->out);
	return d->count == 0 ? SG_CTL_OK : SG_CTL_DENIED;
}

int
sg_ctl_catalogue_diff(struct sg_ctl *ctl)
{
	struct sg_config running, files;
	struct sg_ctl_answer answer = {0}, none = {0};
	struct diff d = {.ctl = ctl, .running = &running, .files = &files};
	sg_buf_init(&d.out, OUT_BYTES);
	int code = sg_catalogue_load(ctl, false, &files, &none);
	if (code == SG_CTL_OK) {
		code = sg_catalogue_load(ctl, true, &running, &answer);
		if (code == SG_CTL_OK)
			code = compare_all(&d);
		sg_catalogue_done(&running, &answer);
	}
	sg_catalogue_done(&files, &none);
	sg_buf_done(&d.out);
	return code;
}
