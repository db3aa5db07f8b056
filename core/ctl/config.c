/* SPDX-License-Identifier: Apache-2.0
 * Reading the configuration, and its values as rows. */
#include "ctl/config.h"
#include "ctl/show.h"

#include "base/str.h"

#include <stdlib.h>
#include <unistd.h>

enum { ARENA_BYTES = 256 << 20 };

struct sg_conf_source
sg_config_source(const struct sg_ctl *ctl)
{
	const char *file = ctl->option[SG_CTL_OPTION_config];
	return (struct sg_conf_source){.file = file != NULL ? file : SG_CTL_CONFIG_FILE,
				       .vendor_dir = ctl->option[SG_CTL_OPTION_vendor]};
}

void
sg_config_tell(const struct sg_ctl *ctl, const struct sg_conf_errors *errors)
{
	struct sg_buf text;
	sg_buf_init(&text, 1 << 20);
	if (ctl->json)
		sg_conf_errors_write(&text, errors);
	else
		sg_conf_errors_print(&text, errors);
	if (ctl->json)
		sg_show_answer(sg_buf_view(&text));
	else
		fprintf(stderr, "%.*s", (int)text.len, text.ptr == NULL ? "" : text.ptr);
	sg_buf_done(&text);
}

static bool
parse(struct sg_config *config)
{
	return sg_canon_parse(&config->arena, sg_buf_view(&config->text), &sg_conf_document_limits, &config->document,
			      NULL) == SG_OK &&
	       sg_canon_parse(&config->arena, sg_buf_view(&config->places), &sg_conf_origins_limits, &config->origins,
			      NULL) == SG_OK &&
	       sg_config_rows(config, config->document);
}

int
sg_config_load(const struct sg_ctl *ctl, const struct sg_conf_source *source, struct sg_config *config)
{
	struct sg_conf_errors errors;
	int code = SG_CTL_OK;
	*config = (struct sg_config){0};
	sg_conf_errors_init(&errors);
	sg_arena_init(&config->arena, ARENA_BYTES);
	sg_buf_init(&config->text, SG_CONF_MAX_DOCUMENT);
	sg_buf_init(&config->places, SG_CONF_MAX_ORIGINS);
	if (sg_conf_load_origins(source, &config->text, &config->places, &errors) != SG_OK) {
		sg_config_tell(ctl, &errors);
		code = SG_CTL_CONFIG;
	} else if (!parse(config)) {
		code = sg_ctl_fail(ctl, SG_CTL_INTERNAL, "memory", "", "the configuration is too large to be shown");
	}
	sg_conf_errors_done(&errors);
	return code;
}

void
sg_config_done(struct sg_config *config)
{
	sg_buf_done(&config->text);
	sg_buf_done(&config->places);
	sg_arena_done(&config->arena);
	*config = (struct sg_config){0};
}

/* ---- rows ---- */

static void
add(struct sg_config *config, struct sg_config_row row)
{
	const char *key = sg_arena_printf(&config->arena, "%.*s%s%.*s%s%.*s", SG_STR_ARG(row.section),
					  row.section.len > 0 ? "." : "", SG_STR_ARG(row.stanza),
					  row.stanza.len > 0 ? "." : "", SG_STR_ARG(row.name));
	row.key = sg_str(key);
	if (key != NULL)
		config->rows[config->count++] = row;
}

/* The options in one group; those that only a module knows stand in "options", and "order" is what the files came to.
 */
static void
add_group(struct sg_config *config, const struct sg_json *group, struct sg_str section, struct sg_str stanza)
{
	bool rest = section.len > 0 && sg_conf_section_takes_rest(section.ptr);
	for (const struct sg_json *m = sg_json_first(group); m != NULL; m = sg_json_next(group, m)) {
		struct sg_config_row row = {.section = section, .stanza = stanza, .name = m->name, .value = m};
		row.option = sg_conf_option_find(section.ptr, m->name);
		if (row.option != NULL || (rest && sg_str_is(m->name, "order")))
			add(config, row);
		else if (rest && sg_str_is(m->name, "options"))
			for (const struct sg_json *o = sg_json_first(m); o != NULL; o = sg_json_next(m, o)) {
				row.name = o->name;
				row.value = o;
				add(config, row);
			}
	}
}

static int
by_key(const void *a, const void *b)
{
	return sg_str_cmp(((const struct sg_config_row *)a)->key, ((const struct sg_config_row *)b)->key);
}

bool
sg_config_rows(struct sg_config *config, const struct sg_json *document)
{
	config->rows = sg_arena_alloc(&config->arena, document->span * sizeof(*config->rows));
	if (config->rows == NULL)
		return false;
	add_group(config, document, SG_STR(""), (struct sg_str){NULL, 0});
	for (size_t i = 0; i < sg_conf_section_count; i++) {
		const struct sg_conf_section *section = &sg_conf_sections[i];
		const struct sg_json *group = sg_json_get(document, section->name);
		if (!section->stanzas)
			add_group(config, group, sg_str(section->name), (struct sg_str){NULL, 0});
		for (const struct sg_json *s = section->stanzas ? sg_json_first(group) : NULL; s != NULL;
		     s = sg_json_next(group, s))
			add_group(config, s, sg_str(section->name), s->name);
	}
	qsort(config->rows, config->count, sizeof(*config->rows), by_key);
	return !config->arena.overflow;
}

const struct sg_config_row *
sg_config_find(const struct sg_config *config, struct sg_str key)
{
	struct sg_config_row wanted = {.key = key};
	return config->count == 0 ? NULL : bsearch(&wanted, config->rows, config->count, sizeof(wanted), by_key);
}

const struct sg_json *
sg_config_origin(const struct sg_config *config, const struct sg_config_row *row)
{
	return sg_json_get_str(config->origins, row->key);
}
