/* SPDX-License-Identifier: Apache-2.0
 * A module's options against its table: values, standards, bounds. */
#include "base/str.h"
#include "host/instance.h"
#include "unit/cases.h"

static const struct sg_option table[] = {
	{"name", SG_OPTION_TEXT, "anna", 2, 5, "a text"},
	{"number", SG_OPTION_INTEGER, "-3", -3, 7, "a number"},
	{"flag", SG_OPTION_BOOL, "true", 0, 0, "a flag"},
	{NULL},
};

static const char *
read_options(const struct sg_option *rows, const char *text, struct sg_options *options, struct sg_arena *arena)
{
	static struct sg_err err;
	const struct sg_json *json = NULL;
	err = (struct sg_err){0};
	if (text != NULL)
		CU_ASSERT_FATAL(sg_json_parse(arena, sg_str(text), NULL, &json, NULL) == SG_OK);
	return sg_options_read(arena, rows, json, options, &err) == SG_OK ? "ok" : err.code;
}

static void
values_and_standards(void)
{
	struct sg_arena arena;
	struct sg_options o;
	sg_arena_init(&arena, 1 << 16);
	CU_ASSERT_STRING_EQUAL(read_options(table, NULL, &o, &arena), "ok");
	CU_ASSERT(o.size == sizeof(o) && o.count == 3);
	CU_ASSERT(sg_str_is(o.values[0].text, "anna") && o.values[0].text.ptr[4] == '\0');
	CU_ASSERT(o.values[1].number == -3 && o.values[2].number == 1);
	CU_ASSERT_STRING_EQUAL(read_options(table, "{\"flag\":\"false\",\"name\":\"bo\",\"number\":\"7\"}", &o, &arena),
			       "ok");
	CU_ASSERT(sg_str_is(o.values[0].text, "bo") && o.values[1].number == 7 && o.values[2].number == 0);
	CU_ASSERT_STRING_EQUAL(read_options(NULL, "{}", &o, &arena), "ok");
	CU_ASSERT_EQUAL(o.count, 0);
	CU_ASSERT_STRING_EQUAL(read_options(NULL, "{\"a\":\"b\"}", &o, &arena), "option_unknown");
	sg_arena_done(&arena);
}

static void
bounds(void)
{
	static const struct {
		const char *text, *code;
	} cases[] = {
		{"{\"name\":\"a\"}", "option_range"},
		{"{\"name\":\"abcde\"}", "ok"},
		{"{\"name\":\"abcdef\"}", "option_range"},
		{"{\"number\":\"8\"}", "option_range"},
		{"{\"number\":\"-4\"}", "option_range"},
		{"{\"number\":\"07\"}", "option_type"},
		{"{\"number\":\"+1\"}", "option_type"},
		{"{\"number\":\"\"}", "option_type"},
		{"{\"number\":1}", "option_type"},
		{"{\"flag\":\"True\"}", "option_type"},
		{"{\"flag\":true}", "option_type"},
		{"{\"Name\":\"anna\"}", "option_unknown"},
		{"{\"name\":null}", "option_type"},
		{"{\"name\":[]}", "option_type"},
		{"[]", "option_form"},
		{"{\"name\":\"an\\u0000a\"}", "option_type"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sg_arena arena;
		struct sg_options o;
		sg_arena_init(&arena, 1 << 16);
		CU_ASSERT_STRING_EQUAL(read_options(table, cases[i].text, &o, &arena), cases[i].code);
		sg_arena_done(&arena);
	}
}

static void
tables(void)
{
	struct sg_option rows[SG_OPTIONS_MAX + 2] = {{NULL}};
	struct sg_arena arena;
	struct sg_options o;
	sg_arena_init(&arena, 1 << 16);
	for (size_t i = 0; i <= SG_OPTIONS_MAX; i++) {
		rows[i] = (struct sg_option){"a", SG_OPTION_BOOL, "true", 0, 0, ""};
		CU_ASSERT_STRING_EQUAL(read_options(rows, NULL, &o, &arena),
				       i < SG_OPTIONS_MAX ? "ok" : "option_table");
	}
	rows[1].name = NULL;
	rows[0].type = 9;
	CU_ASSERT_STRING_EQUAL(read_options(rows, NULL, &o, &arena), "option_table");
	sg_arena_done(&arena);
	sg_arena_init(&arena, 64);
	CU_ASSERT_STRING_EQUAL(read_options(table, NULL, &o, &arena), "no_memory");
	sg_arena_done(&arena);
}

SG_CASES("host.options", {"values and standards", values_and_standards}, {"bounds", bounds}, {"tables", tables})
