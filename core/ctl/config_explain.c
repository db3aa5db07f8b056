/* SPDX-License-Identifier: Apache-2.0
 * config explain: what an option is, from the options table, and where it is set now. */
#include "ctl/config.h"
#include "ctl/show.h"

#include "base/near.h"
#include "base/str.h"
#include "conf/written.h"

enum { OUT_BYTES = 8 << 20 };

/* "limits.rate", "agents.owner", "agents.helper.owner", "mode". NULL: no option. */
static const struct sg_conf_option *
find(struct sg_str key, struct sg_str *stanza)
{
	struct sg_str rest = key, section = sg_str_cut(&rest, '.'), name = rest;
	const struct sg_conf_section *known = sg_conf_section_find(section);
	*stanza = (struct sg_str){NULL, 0};
	if (rest.ptr == NULL)
		return sg_conf_option_find("", key);
	if (known != NULL && known->stanzas && memchr(rest.ptr, '.', rest.len) != NULL)
		*stanza = sg_str_cut(&name, '.');
	return known == NULL ? NULL : sg_conf_option_find(known->name, name);
}

static void
explain_now(struct sg_buf *out, const struct sg_config *config, const struct sg_conf_option *option,
	    struct sg_str stanza)
{
	for (size_t i = 0; i < config->count; i++) {
		const struct sg_config_row *row = &config->rows[i];
		if (row->option != option || (stanza.ptr != NULL && !sg_str_eq(stanza, row->stanza)))
			continue;
		sg_buf_printf(out, "  now      %.*s = ", SG_STR_ARG(row->key));
		sg_config_value(out, row);
		sg_buf_text(out, "    # ");
		sg_config_place(out, sg_config_origin(config, row));
		sg_buf_text(out, "\n");
	}
}

/* A section, or everything at the top: one line an option. */
static void
explain_section(struct sg_buf *out, const char *section)
{
	for (size_t i = 0; section[0] == '\0' && i < sg_conf_section_count; i++)
		sg_buf_printf(out, "  %-24s %s\n", sg_conf_sections[i].name, sg_conf_sections[i].help);
	for (size_t i = 0; i < sg_conf_option_count; i++)
		if (sg_conf_option_find(section, sg_str(sg_conf_options[i].key)) == &sg_conf_options[i])
			sg_buf_printf(out, "  %-24s %s\n", sg_conf_options[i].key, sg_conf_options[i].help);
	if (section[0] != '\0' && sg_conf_section_takes_rest(section))
		sg_buf_printf(out, "  %-24s %s\n", "(any other)", "the module's own: stepgated hands it on as it is");
}

static void
json_option(struct sg_json_writer *w, const struct sg_conf_option *option)
{
	struct sg_buf standard;
	sg_buf_init(&standard, 8192);
	sg_conf_standard_write(&standard, option);
	sg_jw_object(w);
	sg_jw_member_text(w, "choices", option->choices);
	sg_jw_name(w, "default");
	option->standard == NULL ? sg_jw_null(w) : sg_jw_str(w, sg_buf_view(&standard));
	sg_jw_member_text(w, "help", option->help);
	sg_jw_member_text(w, "key", option->key);
	sg_jw_member_int(w, "max", option->max);
	sg_jw_member_int(w, "min", option->min);
	sg_jw_member_text(w, "section", option->section);
	sg_jw_member_text(w, "takes", sg_conf_type_wants(option->type));
	sg_jw_end(w);
	sg_buf_done(&standard);
}

/* "agents.helper.ownr" is compared as "agents.ownr". */
static struct sg_str
without_stanza(struct sg_arena *arena, struct sg_str key)
{
	struct sg_str rest = key, section = sg_str_cut(&rest, '.'), name = rest;
	const struct sg_conf_section *known = sg_conf_section_find(section);
	if (known == NULL || !known->stanzas || rest.ptr == NULL || memchr(rest.ptr, '.', rest.len) == NULL)
		return key;
	sg_str_cut(&name, '.');
	return sg_str(sg_arena_printf(arena, "%s.%.*s", known->name, SG_STR_ARG(name)));
}

/* What the key may have meant: the nearest name of all, or that very option in the section where it stands. */
static void
offer_all(struct sg_arena *arena, struct sg_near *near)
{
	for (size_t i = 0; i < sg_conf_section_count; i++)
		sg_near_offer(near, sg_str(sg_conf_sections[i].name));
	for (size_t i = 0; i < sg_conf_option_count; i++) {
		const struct sg_conf_option *o = &sg_conf_options[i];
		if (sg_conf_option_find(o->section, sg_str(o->key)) != o)
			continue;
		const char *name =
			sg_arena_printf(arena, "%s%s%s", o->section, o->section[0] == '\0' ? "" : ".", o->key);
		if (sg_str_is(near->word, o->key)) {
			near->best = sg_str(name);
			return;
		}
		sg_near_offer(near, sg_str(name));
	}
}

static int
unknown(const struct sg_ctl *ctl, struct sg_str key)
{
	char hint[128];
	struct sg_arena arena;
	sg_arena_init(&arena, 1 << 20);
	struct sg_near near = sg_near(without_stanza(&arena, key));
	offer_all(&arena, &near);
	sg_near_hint(&near, '"', "stepgate config explain lists what there is", hint, sizeof(hint));
	sg_arena_done(&arena);
	return sg_ctl_fail(ctl, SG_CTL_DENIED, "conf_unknown", hint, "there is no option \"%.*s\"",
			   key.len > 128 ? 128 : (int)key.len, key.ptr);
}

static void
explain(const struct sg_ctl *ctl, const struct sg_conf_option *option, struct sg_str stanza)
{
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, OUT_BYTES);
	if (ctl->json) {
		sg_jw_begin(&w, &out);
		json_option(&w, option);
		sg_buf_text(&out, "\n");
	} else {
		struct sg_config config;
		struct sg_conf_source source = sg_config_source(ctl);
		sg_buf_printf(&out, "%s%s%s: %s\n", option->section, option->section[0] == '\0' ? "" : ".", option->key,
			      option->help);
		sg_config_explain_value(&out, option);
		sg_config_print(ctl, &out);
		if (sg_config_load(ctl, &source, &config) == SG_CTL_OK)
			explain_now(&out, &config, option, stanza);
		else
			fprintf(stderr, "stepgate: so what is set now cannot be told\n");
		sg_config_done(&config);
	}
	sg_config_print(ctl, &out);
	sg_buf_done(&out);
}

static int
explain_all(const struct sg_ctl *ctl, const char *section)
{
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, OUT_BYTES);
	if (!ctl->json) {
		explain_section(&out, section);
	} else {
		sg_jw_begin(&w, &out);
		sg_jw_array(&w);
		for (size_t i = 0; i < sg_conf_option_count; i++)
			if (section[0] == '\0' || strcmp(section, sg_conf_options[i].section) == 0)
				json_option(&w, &sg_conf_options[i]);
		sg_jw_end(&w);
		sg_buf_text(&out, "\n");
	}
	sg_config_print(ctl, &out);
	sg_buf_done(&out);
	return SG_CTL_OK;
}

int
sg_ctl_config_explain(struct sg_ctl *ctl)
{
	if (ctl->option[SG_CTL_OPTION_man] != NULL && ctl->arg_count == 0) {
		sg_ctl_man_conf(stdout);
		return SG_CTL_OK;
	}
	struct sg_str key = sg_str(ctl->arg_count > 0 ? ctl->args[0] : ""), stanza;
	const struct sg_conf_section *section = sg_conf_section_find(key);
	if (key.len == 0 || section != NULL)
		return explain_all(ctl, section == NULL ? "" : section->name);
	const struct sg_conf_option *option = find(key, &stanza);
	if (option == NULL)
		return unknown(ctl, key);
	explain(ctl, option, stanza);
	return SG_CTL_OK;
}
