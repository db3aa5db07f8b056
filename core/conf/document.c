/* SPDX-License-Identifier: Apache-2.0
 * The checked tree as one canonical JSON document. The table stands in canonical order; only stanzas are sorted here.
 */
#include "conf/check.h"

#include "base/canon.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

struct writing {
	struct sg_json_writer json;
	struct sg_arena *arena;
};

static int
by_name(const void *a, const void *b)
{
	return sg_str_cmp((*(const struct sg_conf_node *const *)a)->name,
			  (*(const struct sg_conf_node *const *)b)->name);
}

/* The members of `group` by name; NULL when there are none or no memory (then the arena's overflow is set). */
static const struct sg_conf_node **
sorted(struct writing *w, const struct sg_conf_node *group)
{
	const struct sg_conf_node **list = sg_arena_alloc(w->arena, group->count * sizeof(*list));
	size_t count = 0;
	if (list == NULL || group->count == 0)
		return NULL;
	for (const struct sg_conf_node *node = group->first; node != NULL; node = node->next)
		list[count++] = node;
	qsort(list, count, sizeof(*list), by_name);
	return list;
}

/* One value as a string, whatever it was written as. */
static void
write_as_text(struct writing *w, const struct sg_conf_node *node)
{
	char number[24];
	snprintf(number, sizeof(number), "%lld", (long long)node->number);
	if (node->kind == SG_CONF_TEXT)
		sg_jw_str(&w->json, node->text);
	else if (node->kind == SG_CONF_FLAG)
		sg_jw_text(&w->json, node->number != 0 ? "true" : "false");
	else
		sg_jw_text(&w->json, number);
}

static void
write_rest(struct writing *w, const struct sg_conf_node *stanza, const char *section)
{
	const struct sg_conf_node **list = sorted(w, stanza);
	sg_jw_object(&w->json);
	for (size_t i = 0; list != NULL && i < stanza->count; i++) {
		if (sg_conf_option_find(section, list[i]->name) != NULL)
			continue;
		sg_jw_name_str(&w->json, list[i]->name);
		write_as_text(w, list[i]);
	}
	sg_jw_end(&w->json);
}

static void
write_value(struct writing *w, const struct sg_conf_option *option, const struct sg_conf_node *node)
{
	if (node == NULL) {
		w->json.out->failed = true;
		return;
	}
	if (sg_conf_type_is_number(option->type)) {
		sg_jw_int(&w->json, node->number);
	} else if (node->kind == SG_CONF_FLAG) {
		sg_jw_bool(&w->json, node->number != 0);
	} else if (node->kind == SG_CONF_TEXT) {
		sg_jw_str(&w->json, node->text);
	} else {
		sg_jw_array(&w->json);
		for (const struct sg_conf_node *entry = node->first; entry != NULL; entry = entry->next)
			sg_jw_str(&w->json, entry->text);
		sg_jw_end(&w->json);
	}
}

/* Those whose keys stand behind `from` and before `to`; NULL: all. */
static void
write_options(struct writing *w, const struct sg_conf_node *group, const char *section, const char *from, const char *to)
{
	for (size_t i = 0; i < sg_conf_option_count; i++) {
		const struct sg_conf_option *option = &sg_conf_options[i];
		if (strcmp(option->section, section) != 0 || (from != NULL && strcmp(option->key, from) <= 0) || (to != NULL && strcmp(option->key, to) >= 0))
			continue;
		sg_jw_name_text(&w->json, option->key);
		if (option->type == SG_CONF_REST_OPTION)
			write_rest(w, group, section);
		else if (option->type == SG_CONF_ORDER_OPTION)
			sg_jw_int(&w->json, group->number);
		else
			write_value(w, option, sg_conf_node_get(group, option->key));
	}
}

static void
write_stanzas(struct writing *w, const struct sg_conf_node *group, const char *section)
{
	const struct sg_conf_node **list = sorted(w, group);
	for (size_t i = 0; list != NULL && i < group->count; i++) {
		sg_jw_name_str(&w->json, list[i]->name);
		sg_jw_object(&w->json);
		write_options(w, list[i], section, NULL, NULL);
		sg_jw_end(&w->json);
	}
}

static void
write_section(struct writing *w, const struct sg_conf_node *root, const struct sg_conf_section *section)
{
	const struct sg_conf_node *group = sg_conf_node_get(root, section->name);
	sg_jw_name_text(&w->json, section->name);
	sg_jw_object(&w->json);
	if (section->stanzas)
		write_stanzas(w, group, section->name);
	else
		write_options(w, group, section->name, NULL, NULL);
	sg_jw_end(&w->json);
}

void
sg_conf_document(struct sg_buf *out, struct sg_arena *arena, const struct sg_conf_node *root)
{
	struct writing w = {.arena = arena};
	const char *from = "";
	sg_jw_begin(&w.json, out);
	sg_jw_object(&w.json);
	for (size_t i = 0; i < sg_conf_section_count; i++) { /* what belongs to no section stands among them, by name */
		write_options(&w, root, "", from, sg_conf_sections[i].name);
		write_section(&w, root, &sg_conf_sections[i]);
		from = sg_conf_sections[i].name;
	}
	write_options(&w, root, "", from, NULL);
	sg_jw_end(&w.json);
	if (!sg_jw_done(&w.json) || arena->overflow)
		out->failed = true;
}
