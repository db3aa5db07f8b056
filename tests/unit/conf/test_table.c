/* SPDX-License-Identifier: Apache-2.0
 * The options table itself: in order, complete, its defaults within its own bounds. And every code is a word of its
 * own. */
#include "base/str.h"
#include "conf/table.h"
#include "unit/cases.h"

#include <stdio.h>

static void
test_order(void)
{
	for (size_t i = 1; i < sg_conf_section_count; i++)
		CU_ASSERT(strcmp(sg_conf_sections[i - 1].name, sg_conf_sections[i].name) < 0);
	for (size_t i = 1; i < sg_conf_option_count; i++) {
		const struct sg_conf_option *a = &sg_conf_options[i - 1], *b = &sg_conf_options[i];
		int order = strcmp(a->section, b->section);
		if (order == 0) {
			CU_ASSERT(strcmp(a->key, b->key) < 0);
		} else {
			CU_ASSERT(order < 0 || b->section[0] == '\0'); /* what belongs to no section stands last */
		}
	}
}

static void
test_sections(void)
{
	for (size_t i = 0; i < sg_conf_section_count; i++) {
		size_t options = 0;
		for (size_t j = 0; j < sg_conf_option_count; j++)
			options += strcmp(sg_conf_options[j].section, sg_conf_sections[i].name) == 0;
		CU_ASSERT(options > 0);
	}
	for (size_t i = 0; i < sg_conf_option_count; i++) {
		const struct sg_conf_option *o = &sg_conf_options[i];
		CU_ASSERT(o->section[0] == '\0' || sg_conf_section_find(sg_str(o->section)) != NULL);
		CU_ASSERT(o->help[0] != '\0');
		CU_ASSERT_EQUAL(o->choices != NULL, o->type == SG_CONF_CHOICE_OPTION);
	}
}

static void
test_defaults(void)
{
	struct sg_conf_errors errors;
	struct sg_arena arena;
	sg_conf_errors_init(&errors);
	sg_arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sg_conf_option_count; i++) {
		const struct sg_conf_option *o = &sg_conf_options[i];
		struct sg_conf_file file = {.path = o->key};
		if (o->standard == NULL || o->type == SG_CONF_REST_OPTION || o->type == SG_CONF_ORDER_OPTION)
			continue;
		struct sg_conf_node *node = sg_conf_option_standard(&arena, o);
		CU_ASSERT_PTR_NOT_NULL_FATAL(node);
		node->place.file = node->value.file = &file;
		bool good = sg_conf_option_read(o, node, &errors);
		if (!good)
			printf("\n    default of %s.%s\n", o->section, o->key);
		CU_ASSERT(good);
	}
	sg_arena_done(&arena);
	sg_conf_errors_done(&errors);
}

/* Bounds of every number in limits: taken at both ends, refused one beyond. */
static void
test_bounds(void)
{
	struct sg_conf_errors errors;
	for (size_t i = 0; i < sg_conf_option_count; i++) {
		const struct sg_conf_option *o = &sg_conf_options[i];
		const int64_t values[] = {o->min, o->max, o->min - 1, o->max + 1};
		if (!sg_conf_type_is_number(o->type) || o->type == SG_CONF_ORDER_OPTION)
			continue;
		for (size_t v = 0; v < 4; v++) {
			char text[32];
			struct sg_conf_file file = {.path = o->key};
			struct sg_conf_place place = {&file, 0, 0};
			struct sg_conf_node node = {.kind = sg_conf_type_kind(o->type), .place = place, .value = place};
			snprintf(text, sizeof(text), "%lld%s", (long long)values[v],
				 o->type == SG_CONF_SIZE_OPTION ? "B" : "ms");
			node.text = sg_str(text);
			node.number = values[v];
			sg_conf_errors_init(&errors);
			CU_ASSERT_EQUAL(sg_conf_option_read(o, &node, &errors), v < 2);
			sg_conf_errors_done(&errors);
		}
	}
}

static void
test_codes(void)
{
	for (int i = 0; i < SG_CONF_CODE_COUNT; i++) {
		CU_ASSERT(strncmp(sg_conf_code_word(i), "conf_", 5) == 0);
		CU_ASSERT(sg_conf_code_meaning(i)[0] != '\0');
		for (int j = 0; j < i; j++)
			CU_ASSERT(strcmp(sg_conf_code_word(i), sg_conf_code_word(j)) != 0);
	}
}

SG_CASES("conf.table", {"sections and options stand in order", test_order},
	 {"every option has its section", test_sections}, {"defaults are good values", test_defaults},
	 {"bounds hold at the bound and beyond", test_bounds}, {"codes are words", test_codes})
