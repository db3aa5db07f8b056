/* SPDX-License-Identifier: Apache-2.0
 * Which changes of the catalogue let more through: each kind of option, both ways. */
#include "unit/cases.h"

#include "base/canon.h"
#include "base/str.h"
#include "ctl/catalogue.h"

#include <string.h>

static const struct {
	const char *section, *key, *was, *is;
	bool widens, and_back; /* and the same change the other way */
} changes[] = {
	{"agents", "reach", "[\"repo.*\"]", "[\"repo.read\"]", false, true},
	{"agents", "reach", "[\"repo.*\"]", "[\"ci.*\",\"repo.*\"]", true, false},
	{"agents", "reach", "[]", "[\"**\"]", true, false},
	{"intents", "resources", "[\"/srv/**\"]", "[\"/srv/a/b\"]", false, true},
	{"intents", "resources", "[\"a\"]", "[\"b\"]", true, true},
	{"enforcers", "for_agents", "[\"*\"]", "[\"a\",\"b\"]", false, true},
	{"agents", "match", "[\"peer:uid=1\",\"unit:name=x\"]", "[\"peer:uid=1\"]", true, true},
	{"roles", "apart", "[\"a\"]", "[]", true, false},
	{"actions", "sensitivity", "\"restricted\"", "\"public\"", true, false},
	{"intents", "sensitivity", "\"public\"", "\"internal\"", true, false},
	{"agents", "autonomy", "\"propose\"", "\"autonomous\"", true, false},
	{"agents", "identity", "\"boundary\"", "\"hint\"", true, false},
	{"agents", "human_use", "\"refuse\"", "\"allow\"", true, false},
	{"agents", "review_by", "\"2027-01-31\"", "\"2028-01-31\"", true, false},
	{"intents", "ttl", "3600000", "60000", false, true},
	{"intents", "idle", "60000", "0", true, false},
	{"intents", "idle", "60000", "120000", true, false},
	{"intents", "budgets", "[\"calls=10\"]", "[\"calls=11\"]", true, false},
	{"intents", "budgets", "[\"calls=10\"]", "[\"calls=10\",\"money=1\"]", false, true},
	{"intents", "budgets", "[\"money=10/1d\"]", "[\"money=10/1h\"]", true, true},
	{"intents", "budgets", "[\"money=10/1d\"]", "[]", true, false},
	{"humans", "disabled", "true", "false", true, false},
	{"resources", "memory", "true", "false", true, false},
	{"resources", "patterns", "[\"/srv/secret/**\",\"/srv/keys/**\"]", "[\"/srv/secret/**\"]", true, true},
	{"resources", "patterns", "[\"/srv/**\"]", "[\"/srv/a/b\"]", true, true},
	{"resources", "patterns", "[\"/srv/**\",\"/srv/a\"]", "[\"/srv/**\"]", false, false},
	{"roles", "planned", "true", "false", true, false},
	{"roles", "signs", "false", "true", true, false},
	{"actions", "arguments", "[\"a:string\"]", "[]", true, false},
	{"actions", "arguments", "[\"a:string\"]", "[\"a:string\",\"b?:any\"]", true, false},
	{"actions", "arguments", "[\"a:string\",\"b:string\"]", "[\"a:string\"]", true, true},
	{"actions", "arguments", "[\"a:string\",\"b?:string\"]", "[\"a:string\"]", false, true},
	{"actions", "arguments", "[\"a:number(0..5)\"]", "[\"a:number(0..50)\"]", true, true},
	{"actions", "authority", "[\"to\"]", "[]", true, true},
	{"actions", "arguments", "[]", "[\"iban:iban\"]", true, true},
	{"actions", "arguments", "[]", "[\"iban:string\"]", false, true},
	{"actions", "class", "\"payment\"", "\"data\"", true, true},
	{"actions", "environment", "\"prod\"", "\"staging\"", true, true},
	{"tools", "digest", "\"a\"", "\"b\"", true, true},
	{"agents", "instance", "\"cgroup\"", "\"process\"", true, true},
	{"actions", "narrow", "[\"limit\"]", "[]", true, true},
	{"agents", "escalate", "\"a\"", "\"b\"", false, false},
	{"resources", "owner", "\"a\"", "\"b\"", true, true},
};

static const struct sg_json *
read(struct sg_arena *arena, const char *text)
{
	const struct sg_json *json = NULL;
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(arena, sg_str(text), NULL, &json, NULL), SG_OK);
	return json;
}

static void
test_each_way(void)
{
	struct sg_arena arena;
	sg_arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const struct sg_conf_option *option = sg_conf_option_find(changes[i].section, sg_str(changes[i].key));
		const struct sg_json *was = read(&arena, changes[i].was), *is = read(&arena, changes[i].is);
		CU_ASSERT_PTR_NOT_NULL_FATAL(option);
		CU_ASSERT_EQUAL(sg_catalogue_widens(option, was, is) != NULL, changes[i].widens);
		CU_ASSERT_EQUAL(sg_catalogue_widens(option, is, was) != NULL, changes[i].and_back);
		CU_ASSERT_TRUE(changes[i].widens || sg_catalogue_widens(option, was, was) == NULL);
	}
	CU_ASSERT_PTR_NOT_NULL(sg_catalogue_widens(NULL, NULL, NULL)); /* what is not known may */
	sg_arena_done(&arena);
}

static void
test_kinds(void)
{
	for (size_t i = 0; i < sg_catalogue_kind_count; i++) {
		const struct sg_catalogue_kind *k = &sg_catalogue_kinds[i];
		CU_ASSERT_PTR_NOT_NULL(sg_conf_section_find(sg_str(k->section)));
		CU_ASSERT_TRUE((k->added == SG_WHEN_NO) == (k->added_why[0] == '\0') && (k->removed == SG_WHEN_NO) == (k->removed_why[0] == '\0'));
		for (struct sg_str rest = sg_str(k->cells); rest.ptr != NULL;)
			CU_ASSERT_PTR_NOT_NULL(sg_conf_option_find(k->section, sg_str_cut(&rest, ' ')));
	}
}

SG_CASES("ctl.widen", {"each kind of option, both ways", test_each_way}, {"each kind has its section and its cells", test_kinds})
