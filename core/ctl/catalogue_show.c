/* SPDX-License-Identifier: Apache-2.0
 * catalogue show: what exists, as the files say it or as the daemon has it in force. */
#include "ctl/catalogue.h"
#include "ctl/show.h"

#include "base/near.h"
#include "base/str.h"
#include "conf/written.h"

#include <stdlib.h>

enum { OUT_BYTES = 64 << 20, NAME_WIDTH = 28 };

const struct sg_catalogue_kind sg_catalogue_kinds[] = {
#define X(section, cells, added, added_why, removed, removed_why) {section, cells, SG_WHEN_##added, added_why, SG_WHEN_##removed, removed_why},
	SG_CATALOGUE_KINDS(X)
#undef X
};
const size_t sg_catalogue_kind_count = sizeof(sg_catalogue_kinds) / sizeof(sg_catalogue_kinds[0]);

/* ---- where from ---- */

int
sg_catalogue_load(const struct sg_ctl *ctl, bool running, struct sg_config *config, struct sg_ctl_answer *answer)
{
	struct sg_ctl quiet = *ctl; /* the daemon's document is not what --json prints here */
	struct sg_conf_source source = sg_config_source(ctl);
	*answer = (struct sg_ctl_answer){0};
	*config = (struct sg_config){0};
	if (!running)
		return sg_config_load(ctl, &source, config);
	quiet.json = false;
	sg_arena_init(&config->arena, 256 << 20);
	int code = sg_ctl_ask(&quiet, SG_FACE_ADMIN, "GET", "/v1/config", NULL, NULL, answer);
	config->document = sg_json_get(answer->json, "document");
	if (code == SG_CTL_OK && (config->document == NULL || config->document->type != SG_JSON_OBJECT || !sg_config_rows(config, config->document)))
		code = sg_ctl_fail(ctl, SG_CTL_AWAY, "answer_json", "is it stepgated that listens there?", "the daemon told no configuration");
	return code;
}

void
sg_catalogue_done(struct sg_config *config, struct sg_ctl_answer *answer)
{
	sg_config_done(config);
	sg_ctl_answer_done(answer);
}

/* ---- lines ---- */

static void
write_cell(struct sg_buf *out, const struct sg_conf_option *option, const struct sg_json *value)
{
	struct sg_buf text;
	sg_buf_init(&text, 1 << 20);
	for (const struct sg_json *e = sg_json_first(value); e != NULL; e = sg_json_next(value, e)) {
		sg_buf_text(out, e == sg_json_first(value) ? "" : ",");
		sg_show_text(out, e->string);
	}
	if (value->type == SG_JSON_STRING)
		sg_show_text(out, value->string);
	else if (value->type != SG_JSON_ARRAY)
		sg_conf_value_write(&text, option, value);
	sg_show_json(out, sg_buf_view(&text));
	sg_buf_done(&text);
}

void
sg_catalogue_cells(struct sg_buf *out, const struct sg_catalogue_kind *kind, const struct sg_json *stanza)
{
	const char *blank = "";
	for (struct sg_str rest = sg_str(kind->cells); rest.ptr != NULL;) {
		struct sg_str key = sg_str_cut(&rest, ' ');
		const struct sg_json *value = sg_json_get_str(stanza, key);
		bool none = value == NULL || (value->type == SG_JSON_STRING && value->string.len == 0) || (value->type == SG_JSON_ARRAY && value->count == 0);
		if (none)
			continue;
		sg_buf_text(out, blank);
		write_cell(out, sg_conf_option_find(kind->section, key), value);
		blank = "  ";
	}
}

static void
show_line(struct sg_buf *out, const struct sg_catalogue_kind *kind, const struct sg_json *stanza)
{
	size_t before = out->len;
	sg_show_text(out, stanza->name);
	do
		sg_buf_text(out, " ");
	while (!out->failed && out->len < before + NAME_WIDTH);
	sg_catalogue_cells(out, kind, stanza);
	sg_buf_text(out, "\n");
}

/* One stanza whole: each option, and where it stands. */
static void
show_stanza(struct sg_buf *out, const struct sg_config *config, const struct sg_catalogue_kind *kind, struct sg_str stanza)
{
	for (size_t i = 0; i < config->count; i++) {
		const struct sg_config_row *row = &config->rows[i];
		if (!sg_str_is(row->section, kind->section) || !sg_str_eq(row->stanza, stanza))
			continue;
		sg_buf_printf(out, "%.*s = ", SG_STR_ARG(row->key));
		sg_config_value(out, row);
		if (config->origins != NULL) {
			sg_buf_text(out, "    # ");
			sg_config_place(out, sg_config_origin(config, row));
		}
		sg_buf_text(out, "\n");
	}
}

/* ---- which ---- */

static const struct sg_catalogue_kind *
find_kind(const struct sg_ctl *ctl, int *code)
{
	char hint[256];
	const char *name = ctl->args[0];
	int len = snprintf(hint, sizeof(hint), "there are");
	for (size_t i = 0; i < sg_catalogue_kind_count; i++) {
		if (strcmp(sg_catalogue_kinds[i].section, name) == 0)
			return &sg_catalogue_kinds[i];
		len += snprintf(hint + len, sizeof(hint) - (size_t)len, "%s %s", i > 0 ? "," : "", sg_catalogue_kinds[i].section);
	}
	*code = sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", hint, "%.64s: no such kind", name);
	return NULL;
}

/* By its stanza's name, or by what it is called: an action's name, a human's id, a tool's action. */
static const struct sg_json *
find_stanza(const struct sg_ctl *ctl, const struct sg_config *config, const struct sg_catalogue_kind *kind, int *code)
{
	static const char *const called[] = {"name", "id", "action"};
	char hint[128];
	const struct sg_json *group = sg_json_get(config->document, kind->section);
	struct sg_near near = sg_near(sg_str(ctl->args[1]));
	for (const struct sg_json *s = sg_json_first(group); s != NULL; s = sg_json_next(group, s)) {
		if (sg_str_is(s->name, ctl->args[1]))
			return s;
		for (size_t i = 0; i < sizeof(called) / sizeof(called[0]); i++)
			if (sg_json_is(s, called[i], ctl->args[1]))
				return s;
		sg_near_offer(&near, s->name);
	}
	*code = sg_ctl_fail(ctl, SG_CTL_DENIED, "not_found", sg_near_hint(&near, '"', "stepgate catalogue show lists all", hint, sizeof(hint)),
			    "there is no \"%.64s\" in %s", ctl->args[1], kind->section);
	return NULL;
}

static void
show_kind(struct sg_buf *out, const struct sg_config *config, const struct sg_catalogue_kind *kind)
{
	const struct sg_json *group = sg_json_get(config->document, kind->section);
	sg_buf_printf(out, "%s (%u)\n", kind->section, group == NULL ? 0 : (unsigned)group->count);
	for (const struct sg_json *s = sg_json_first(group); s != NULL; s = sg_json_next(group, s)) {
		sg_buf_text(out, "  ");
		show_line(out, kind, s);
	}
}

static void
json_kind(struct sg_buf *out, const struct sg_config *config, const struct sg_catalogue_kind *kind, const struct sg_json *only)
{
	const struct sg_json *group = sg_json_get(config->document, kind->section);
	sg_buf_printf(out, "%s\"%s\":", out->len > 1 ? "," : "", kind->section);
	if (only == NULL) {
		group != NULL ? sg_canon_write(out, group) : sg_buf_text(out, "{}");
		return;
	}
	sg_buf_text(out, "{");
	sg_canon_string(out, only->name);
	sg_buf_text(out, ":");
	sg_canon_write(out, only);
	sg_buf_text(out, "}");
}

static int
by_section(const void *a, const void *b)
{
	return strcmp((*(const struct sg_catalogue_kind *const *)a)->section, (*(const struct sg_catalogue_kind *const *)b)->section);
}

static void
show_all(const struct sg_ctl *ctl, struct sg_buf *out, const struct sg_config *config)
{
	const struct sg_catalogue_kind *kinds[sizeof(sg_catalogue_kinds) / sizeof(sg_catalogue_kinds[0])];
	for (size_t i = 0; i < sg_catalogue_kind_count; i++)
		kinds[i] = &sg_catalogue_kinds[i];
	if (ctl->json) /* members in canonical order */
		qsort(kinds, sg_catalogue_kind_count, sizeof(kinds[0]), by_section);
	for (size_t i = 0; i < sg_catalogue_kind_count; i++)
		ctl->json ? json_kind(out, config, kinds[i], NULL) : show_kind(out, config, kinds[i]);
}

static int
show(const struct sg_ctl *ctl, struct sg_buf *out, const struct sg_config *config)
{
	int code = SG_CTL_OK;
	const struct sg_catalogue_kind *kind = ctl->arg_count > 0 ? find_kind(ctl, &code) : NULL;
	const struct sg_json *one = kind != NULL && ctl->arg_count > 1 ? find_stanza(ctl, config, kind, &code) : NULL;
	if (code != SG_CTL_OK)
		return code;
	sg_buf_text(out, ctl->json ? "{" : "");
	if (kind == NULL)
		show_all(ctl, out, config);
	else if (ctl->json)
		json_kind(out, config, kind, one);
	else if (one != NULL)
		show_stanza(out, config, kind, one->name);
	else
		show_kind(out, config, kind);
	sg_buf_text(out, ctl->json ? "}\n" : "");
	sg_config_print(ctl, out);
	return SG_CTL_OK;
}

int
sg_ctl_catalogue_show(struct sg_ctl *ctl)
{
	struct sg_config config;
	struct sg_ctl_answer answer;
	struct sg_buf out;
	sg_buf_init(&out, OUT_BYTES);
	int code = sg_catalogue_load(ctl, ctl->option[SG_CTL_OPTION_running] != NULL, &config, &answer);
	if (code == SG_CTL_OK)
		code = show(ctl, &out, &config);
	sg_catalogue_done(&config, &answer);
	sg_buf_done(&out);
	return code;
}
