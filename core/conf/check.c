/* SPDX-License-Identifier: Apache-2.0
 * Every key is known, every value has its form, every option is there. */
#include "conf/check.h"

#include "base/str.h"
#include "base/near.h"

#include <stdio.h>

struct check {
	struct sg_arena *arena;
	struct sg_conf_errors *errors;
};

#define FAIL(c, place, code, hint, ...) sg_conf_error_add((c)->errors, SG_CONF_E_##code, (place), (hint), __VA_ARGS__)

/* Where an option stands that was written at the top. NULL if it is known nowhere. */
static const char *
section_of(struct sg_str key)
{
	for (size_t i = 0; i < sg_conf_section_count; i++)
		if (!sg_conf_sections[i].stanzas && sg_conf_option_find(sg_conf_sections[i].name, key) != NULL)
			return sg_conf_sections[i].name;
	return NULL;
}

static void
report_unknown(struct check *c, const struct sg_conf_node *node, const char *section, struct sg_str stanza)
{
	char hint[128], otherwise[96];
	struct sg_near near = sg_near(node->name);
	const char *inside = section[0] == '\0' ? section_of(node->name) : NULL;
	if (inside != NULL)
		snprintf(otherwise, sizeof(otherwise), "it stands in %s : { ... }", inside);
	else
		snprintf(otherwise, sizeof(otherwise), "`stepgate config explain%s%s` lists what there is",
			 section[0] == '\0' ? "" : " ", section);
	for (size_t i = 0; inside == NULL && i < sg_conf_option_count; i++)
		if (sg_conf_option_find(section, sg_str(sg_conf_options[i].key)) == &sg_conf_options[i])
			sg_near_offer(&near, sg_str(sg_conf_options[i].key));
	for (size_t i = 0; section[0] == '\0' && i < sg_conf_section_count; i++)
		sg_near_offer(&near, sg_str(sg_conf_sections[i].name));
	sg_near_hint(&near, '"', otherwise, hint, sizeof(hint));
	if (section[0] == '\0')
		FAIL(c, node->place, unknown, hint, "unknown option \"%.*s\"", SG_STR_ARG(node->name));
	else
		FAIL(c, node->place, unknown, hint, "unknown option \"%.*s\" in %s%s%.*s", SG_STR_ARG(node->name),
		     section, stanza.len > 0 ? "." : "", SG_STR_ARG(stanza));
}

/* A key that only the module knows: one short value. */
static void
check_rest(struct check *c, const struct sg_conf_node *node)
{
	if (node->kind == SG_CONF_GROUP || node->kind == SG_CONF_LIST)
		FAIL(c, node->value, type, "module options are single values", "%.*s is %s", SG_STR_ARG(node->name),
		     sg_conf_kind_name(node->kind));
	else if (node->kind == SG_CONF_TEXT && node->text.len > SG_CONF_MAX_REST_BYTES)
		FAIL(c, node->value, range, "shorten it", "%.*s is longer than %d bytes", SG_STR_ARG(node->name),
		     SG_CONF_MAX_REST_BYTES);
}

static void
check_member(struct check *c, struct sg_conf_node *node, const char *section, struct sg_str stanza)
{
	const struct sg_conf_option *option = sg_conf_option_find(section, node->name);
	if (option != NULL)
		sg_conf_option_read(option, node, c->errors);
	else if (sg_conf_section_takes_rest(section) && !sg_str_is(node->name, "options") &&
		 !sg_str_is(node->name, "order"))
		check_rest(c, node);
	else
		report_unknown(c, node, section, stanza);
}

/* Adds the options of `section` that `group` does not give. */
static void
complete(struct check *c, struct sg_conf_node *group, const char *section)
{
	for (size_t i = 0; i < sg_conf_option_count; i++) {
		const struct sg_conf_option *option = &sg_conf_options[i];
		if (strcmp(option->section, section) != 0 ||
		    sg_conf_option_find(section, sg_str(option->key)) == NULL ||
		    sg_conf_node_get(group, option->key) != NULL)
			continue;
		if (option->standard == NULL) {
			char hint[160];
			snprintf(hint, sizeof(hint), "add %s: %s", option->key, option->help);
			FAIL(c, group->place, required, hint, "%s.%.*s has no %s", section, SG_STR_ARG(group->name),
			     option->key);
			continue;
		}
		struct sg_conf_node *node = sg_conf_option_standard(c->arena, option);
		if (node == NULL)
			continue; /* the arena's overflow is seen at the end */
		node->place = node->value = group->place;
		sg_conf_option_read(option, node, c->errors);
		sg_conf_node_append(group, node);
	}
}

static void
check_options(struct check *c, struct sg_conf_node *group, const char *section, struct sg_str stanza)
{
	for (struct sg_conf_node *node = group->first; node != NULL; node = node->next)
		check_member(c, node, section, stanza);
	complete(c, group, section);
}

static void
check_stanzas(struct check *c, struct sg_conf_node *group, const char *section)
{
	if (group->count > SG_CONF_MAX_STANZAS)
		FAIL(c, group->place, too_many, "remove some", "more than %d stanzas in %s", SG_CONF_MAX_STANZAS,
		     section);
	for (struct sg_conf_node *stanza = group->first; stanza != NULL; stanza = stanza->next) {
		if (!sg_conf_is_name(stanza->name))
			FAIL(c, stanza->place, name, sg_conf_type_wants(SG_CONF_NAME_OPTION), "\"%.*s\" is not a name",
			     SG_STR_ARG(stanza->name));
		if (stanza->kind == SG_CONF_GROUP)
			check_options(c, stanza, section, stanza->name);
		else
			FAIL(c, stanza->value, type, "write NAME : { ... }", "%s.%.*s is %s", section,
			     SG_STR_ARG(stanza->name), sg_conf_kind_name(stanza->kind));
	}
}

static void
check_section(struct check *c, struct sg_conf_node *root, const struct sg_conf_section *section)
{
	struct sg_conf_node *group = sg_conf_node_get(root, section->name);
	if (group == NULL) {
		group = sg_conf_node_new(c->arena, SG_CONF_GROUP);
		if (group == NULL)
			return;
		group->name = sg_str(section->name);
		group->place = group->value = root->place;
		group->standard = true;
		sg_conf_node_append(root, group);
	}
	if (group->kind != SG_CONF_GROUP)
		FAIL(c, group->value, type, "write NAME : { ... }", "%s is %s", section->name,
		     sg_conf_kind_name(group->kind));
	else if (section->stanzas)
		check_stanzas(c, group, section->name);
	else
		check_options(c, group, section->name, (struct sg_str){0});
}

void
sg_conf_check(struct sg_arena *arena, struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	struct check c = {arena, errors};
	for (struct sg_conf_node *node = root->first; node != NULL; node = node->next)
		if (sg_conf_section_find(node->name) == NULL)
			check_member(&c, node, "", (struct sg_str){0});
	complete(&c, root, "");
	for (size_t i = 0; i < sg_conf_section_count; i++)
		check_section(&c, root, &sg_conf_sections[i]);
}
