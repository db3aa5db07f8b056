/* SPDX-License-Identifier: Apache-2.0
 * Guesses from names and what is made of other people's words: never laxer than what somebody who knows would write. */
#include "unit/cases.h"

#include "base/str.h"
#include "ctl/learn.h"

#include <string.h>

static void
test_guesses(void)
{
	static const struct {
		const char *name, *kind, *effect;
	} names[] = {
		{"send_money", "payment", "write"},        {"createRefund", "payment", "write"},     {"get-env", "secret", "write"},
		{"rotateAPIKey", "secret", "write"},       {"deploy", "infrastructure", "execute"},  {"restart_server", "infrastructure", "execute"},
		{"run_tests", "code", "execute"},          {"PythonExec", "code", "execute"},        {"read_text_file", "data", "write"},
		{"list_directory", "data", "write"},       {"browse_page", "web", "write"},          {"callWebhook", "api", "write"},
		{"delegate_to_agent", "other", "delegate"}, {"frobnicate", "other", "write"},        {"", "other", "write"},
		{"payments", "payment", "write"},          {"display", "other", "write"},            {"x_y__z", "other", "write"},
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CU_ASSERT_STRING_EQUAL(sg_guess_class(sg_str(names[i].name)), names[i].kind);
		CU_ASSERT_STRING_EQUAL(sg_guess_effect(sg_str(names[i].name)), names[i].effect);
	}
}

static void
test_authority(void)
{
	static const char *const yes[] = {"to", "recipient", "recipients", "iban", "IBAN", "account", "toAccount", "to_account", "host", "hostName", "url", "callbackURL",
					  "branch", "base-branch", "emailAddress", "ToDomain", "addresses", "branches", "repositories", "beneficiaries",
					  "attendees", "participants", "contact", "customer", "inbox", "routing_number"};
	static const char *const no[] = {"", "amount", "note", "path", "limit", "total", "tomato", "hosting_fee", "query", "content"};
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		CU_ASSERT_TRUE(sg_guess_authority(sg_str(yes[i])));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		CU_ASSERT_FALSE(sg_guess_authority(sg_str(no[i])));
	static const char *const what[] = {"note", "notes", "query", "searchQuery", "page_size", "old_text", "sort-by"};
	static const char *const who[] = {"", "x", "path", "folder", "toaddr", "emailaddress", "userid", "url2", "empfaenger", "note_to", "thing", "sort_code"};
	for (size_t i = 0; i < sizeof(what) / sizeof(what[0]); i++)
		CU_ASSERT_TRUE(sg_guess_harmless(sg_str(what[i])));
	for (size_t i = 0; i < sizeof(who) / sizeof(who[0]); i++)
		CU_ASSERT_FALSE(sg_guess_harmless(sg_str(who[i])));
}

static void
comment_is(const char *text, size_t most, const char *want)
{
	struct sg_buf out;
	sg_buf_init(&out, 4096);
	sg_learn_comment(&out, sg_str(text), most);
	CU_ASSERT_TRUE(sg_str_is(sg_buf_view(&out), want));
	sg_buf_done(&out);
}

static void
test_words_of_others(void)
{
	struct sg_arena arena;
	comment_is("two\nlines\r\n} admins : {", 100, "two lines  } admins : {");
	comment_is("\033[2J\x7f\xc3\xa4\xe2\x80\xae\xff", 100, "?[2J????");
	comment_is("abcdef", 3, "abc...");
	comment_is("\xc3\xa4\xc3\xa4\xc3\xa4", 3, "???");
	sg_arena_init(&arena, 1 << 20);
	CU_ASSERT_STRING_EQUAL(sg_learn_stanza(&arena, SG_STR("mcp_a_Read-File.x")), "mcp_a_read_file_x");
	const char *one = sg_learn_stanza(&arena, SG_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1"));
	const char *two = sg_learn_stanza(&arena, SG_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2"));
	CU_ASSERT_TRUE(strlen(one) <= 63 && strlen(two) <= 63 && strcmp(one, two) != 0);
	sg_arena_done(&arena);
}

/* ---- one tool ---- */

static bool
read_tool(struct sg_arena *arena, const char *text, struct sg_learn_tool *tool)
{
	const struct sg_json *json = NULL;
	const char *wrong = "";
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(arena, sg_str(text), NULL, &json, NULL), SG_OK);
	bool good = sg_learn_tool(arena, "s", json, tool, &wrong);
	CU_ASSERT_TRUE(good || wrong[0] != '\0');
	return good;
}

static void
arguments_are(const char *properties, const char *want)
{
	char text[2048], got[2048] = "";
	struct sg_arena arena;
	struct sg_learn_tool tool;
	sg_arena_init(&arena, 1 << 20);
	snprintf(text, sizeof(text), "{\"name\":\"t\",\"inputSchema\":{\"properties\":%s,\"required\":[\"r\"],\"type\":\"object\"}}", properties);
	CU_ASSERT_TRUE(read_tool(&arena, text, &tool));
	for (size_t i = 0; i < tool.argument_count; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", i > 0 ? " " : "", tool.arguments[i]);
	CU_ASSERT_STRING_EQUAL(got, want);
	sg_arena_done(&arena);
}

static void
test_arguments(void)
{
	arguments_are("{\"r\":{\"type\":\"string\"}}", "r:string(0..65536)");
	arguments_are("{\"a\":{\"type\":\"string\",\"maxLength\":5,\"minLength\":2}}", "a?:string(2..5)");
	arguments_are("{\"a\":{\"type\":\"string\",\"maxLength\":9000000}}", "a?:string(0..65536)");
	arguments_are("{\"a\":{\"type\":\"number\",\"minimum\":0}}", "a?:number");
	arguments_are("{\"a\":{\"type\":\"integer\",\"minimum\":-5,\"maximum\":5}}", "a?:integer(-5..5)");
	arguments_are("{\"a\":{\"type\":\"number\",\"minimum\":0.5,\"maximum\":5}}", "a?:number");
	arguments_are("{\"a\":{\"type\":\"number\",\"minimum\":9,\"maximum\":5}}", "a?:number");
	arguments_are("{\"a\":{\"type\":[\"string\",\"null\"]}}", "a?:any");
	arguments_are("{\"a\":{\"anyOf\":[]}}", "a?:any");
	arguments_are("{\"a\":true,\"b\":{\"type\":\"array\",\"maxItems\":3}}", "a?:any b?:array(0..3)");
	arguments_are("{\"a:b\":{},\"c?\":{},\"d e\":{},\"f.g\":{},\"ok\":{}}", "ok?:any");
	arguments_are("[]", "");
}

static void
authority_is(const char *schema, const char *want)
{
	char text[4096], got[2048] = "";
	struct sg_arena arena;
	struct sg_learn_tool tool;
	sg_arena_init(&arena, 1 << 20);
	snprintf(text, sizeof(text), "{\"name\":\"t\",\"inputSchema\":%s}", schema);
	CU_ASSERT_TRUE(read_tool(&arena, text, &tool));
	for (size_t i = 0; i < tool.authority_count; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", i > 0 ? " " : "", tool.authority[i]);
	if (tool.why_not != NULL)
		snprintf(got, sizeof(got), "!");
	if (strcmp(got, want) != 0)
		fprintf(stderr, "\n%s: %s\n", schema, got);
	CU_ASSERT_STRING_EQUAL(got, want);
	sg_arena_done(&arena);
}

#define PAYMENT "{\"type\":\"object\",\"properties\":{\"recipient\":{\"type\":\"string\"},\"iban\":{\"type\":\"string\"},\"note\":{\"type\":\"string\"}},\"additionalProperties\":false}"
#define NOTE "{\"type\":\"object\",\"properties\":{\"note\":{\"type\":\"string\"}},\"additionalProperties\":false}"
#define WITH(properties, more) "{\"type\":\"object\",\"properties\":{" properties "}" more "}"
#define CLOSED ",\"additionalProperties\":false"
#define DEFS ",\"$defs\":{\"P\":" PAYMENT ",\"N\":" NOTE ",\"Ring\":{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#/$defs/Ring\"}}},\"Color\":{\"enum\":[\"red\",\"blue\"]}}"

/* What cannot be looked into bears authority whole; what can be is looked into, wherever the schema keeps it. */
static void
test_authority_within(void)
{
	authority_is(WITH("\"payment\":" PAYMENT, ""), "payment.recipient payment.iban");
	authority_is(WITH("\"payment\":{\"$ref\":\"#/$defs/P\"}", DEFS), "payment");
	authority_is(WITH("\"payment\":{\"$ref\":\"#/definitions/P\"}", ",\"definitions\":{\"P\":" PAYMENT "}"), "payment");
	authority_is(WITH("\"payment\":{\"anyOf\":[" PAYMENT ",{\"type\":\"null\"}]}", ""), "payment");
	authority_is(WITH("\"payment\":{\"oneOf\":[{\"type\":\"string\"},{\"$ref\":\"#/$defs/P\"}]}", DEFS), "payment");
	authority_is(WITH("\"payment\":{\"allOf\":[{\"$ref\":\"#/$defs/P\"}]}", DEFS), "payment");
	authority_is(WITH("\"all\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/P\"}}", DEFS), "all");
	authority_is(WITH("\"all\":{\"type\":\"array\",\"items\":[{\"type\":\"string\"}," PAYMENT "]}", ""), "all");
	authority_is(WITH("\"all\":{\"type\":\"array\",\"prefixItems\":[" PAYMENT "]}", ""), "all");
	authority_is(WITH("\"all\":{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":" PAYMENT "}}", ""), "all");
	authority_is(WITH("\"x\":{\"$ref\":\"https://evil.example/s\"}", ""), "x");
	authority_is(WITH("\"x\":{\"$ref\":\"#/$defs/None\"}", DEFS), "x");
	authority_is(WITH("\"x\":{\"$ref\":\"#\"}", ""), "x");
	authority_is(WITH("\"x\":{\"$ref\":\"#/$defs/Ring\"}", DEFS), "x");
	authority_is(WITH("\"x\":{\"type\":\"object\"}", ""), "x");
	authority_is(WITH("\"x\":{\"type\":\"array\"}", ""), "x");
	authority_is(WITH("\"x\":{}", ""), "x");
	authority_is(WITH("\"x\":true", ""), "x");
	authority_is(WITH("\"x\":{\"type\":\"strnig\"}", ""), "x");
	authority_is(WITH("\"x\":{\"type\":[\"string\",\"object\"]}", ""), "x");
	authority_is(WITH("\"x\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}", ""), "x");
	authority_is(WITH("\"x\":{\"type\":\"object\",\"properties\":{\"note\":{\"type\":\"string\"}},\"additionalProperties\":true}", ""), "x");
	authority_is(WITH("\"x\":{\"type\":\"object\",\"patternProperties\":{\".\":{}}}", ""), "x");
	authority_is(WITH("\"x\":{\"type\":\"object\",\"properties\":{\"to whom\":{\"type\":\"string\"}}}", ""), "x");
	authority_is(WITH("\"x\":{\"type\":\"object\",\"properties\":{\"a\":" WITH("\"b\":" WITH("\"c\":" WITH("\"iban\":{\"type\":\"string\"}", CLOSED), CLOSED), CLOSED) "}" CLOSED "}", ""), "x.a.b.c");
	/* what can be looked into, and bears none */
	authority_is(WITH("\"x\":{\"$ref\":\"#/$defs/N\"}", DEFS), "");
	authority_is(WITH("\"x\":{\"$ref\":\"#/$defs/Color\"}", DEFS), "");
	authority_is(WITH("\"note\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", ""), "");
	authority_is(WITH("\"note\":{\"format\":\"uri\",\"type\":\"string\"}", ""), "note");
	authority_is(WITH("\"text\":{\"anyOf\":[{\"format\":\"email\",\"type\":\"string\"},{\"type\":\"null\"}]}", ""), "text");
	authority_is(WITH("\"note\":{\"format\":\"date\",\"type\":\"string\"}", ""), "");
	authority_is(WITH("\"note\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"y\":{\"type\":\"object\",\"additionalProperties\":false}", ""), "");
	authority_is(WITH("\"x\":{\"const\":5},\"y\":{\"type\":\"integer\"},\"z\":false", ""), "");
	/* a text whose name nobody knows, and what is not closed */
	authority_is(WITH("\"x\":{\"type\":\"string\"},\"path\":{\"type\":\"string\"},\"n\":{\"type\":\"number\"},\"limit\":{\"type\":\"string\"}", ""), "x path");
	authority_is(WITH("\"x\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"y\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", ""), "x y");
	authority_is(WITH("\"x\":" WITH("\"limit\":{\"type\":\"integer\"}", ""), ""), "x");
	authority_is(WITH("\"x\":" WITH("\"limit\":{\"type\":\"integer\"}", ",\"unevaluatedProperties\":true"), ""), "x");
	authority_is(WITH("\"x\":" WITH("\"limit\":{\"type\":\"integer\"}", ",\"unevaluatedProperties\":false"), ""), "");
	authority_is(WITH("\"x\":{\"type\":\"array\",\"prefixItems\":[{\"type\":\"integer\"}]}", ""), "x");
	authority_is(WITH("\"x\":{\"type\":\"array\",\"prefixItems\":[{\"type\":\"integer\"}],\"items\":false}", ""), "");
	authority_is(WITH("\"x\":{\"type\":\"array\",\"contains\":{\"type\":\"string\"},\"unevaluatedItems\":false}", ""), "x");
	authority_is(WITH("\"x\":{\"type\":\"array\",\"prefixItems\":[{\"type\":\"integer\"}],\"contains\":{\"type\":\"string\"},\"unevaluatedItems\":false}", ""), "x");
	authority_is(WITH("\"x\":{\"type\":\"array\",\"contains\":{\"type\":\"integer\"},\"unevaluatedItems\":false}", ""), "");
	authority_is(WITH("\"x\":{\"type\":\"array\",\"items\":[{\"type\":\"integer\"}],\"additionalItems\":{\"type\":\"integer\"}}", ""), "x");
	authority_is(WITH("\"x\":{\"type\":\"array\",\"items\":[{\"type\":\"integer\"}],\"additionalItems\":false}", ""), "");
	/* the whole schema */
	authority_is("{\"oneOf\":[" PAYMENT "," WITH("\"to\":{\"type\":\"string\"},\"note\":{\"type\":\"integer\"}", "") "]}", "recipient iban to");
	authority_is("{\"$ref\":\"#/$defs/P\"" DEFS "}", "recipient iban");
	authority_is("{\"$ref\":\"https://evil.example/s\"}", "!");
	authority_is("{\"patternProperties\":{\".\":{}}}", "!");
	authority_is("{\"type\":\"object\",\"additionalProperties\":true}", "!");
	authority_is("{\"type\":\"object\",\"allOf\":[{\"$ref\":\"#/$defs/None\"}]}", "!");
}

/* Many schemas that name one another are not walked for ever. */
static void
test_wide(void)
{
	static char text[400000];
	struct sg_arena arena;
	struct sg_learn_tool tool;
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = sizeof(text), .nodes = 1 << 18};
	const char *wrong = "";
	char *at = text + sprintf(text, "{\"name\":\"t\",\"inputSchema\":{\"properties\":{\"x\":{\"$ref\":\"#/$defs/d0\"}},\"$defs\":{\"d9\":{\"type\":\"string\"}");
	for (int level = 0; level < 9; level++) {
		at += sprintf(at, ",\"d%d\":{\"type\":\"object\",\"properties\":{", level);
		for (int i = 0; i < 100; i++)
			at += sprintf(at, "%s\"n%d\":{\"$ref\":\"#/$defs/d%d\"}", i > 0 ? "," : "", i, level + 1 > 3 ? 9 : level + 1);
		at += sprintf(at, "}}");
	}
	sprintf(at, "}}}");
	sg_arena_init(&arena, 64 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(text), &limits, &json, NULL), SG_OK);
	CU_ASSERT_TRUE(sg_learn_tool(&arena, "s", json, &tool, &wrong));
	CU_ASSERT_TRUE(tool.authority_count == 1 && strcmp(tool.authority[0], "x") == 0);
	sg_arena_done(&arena);
}

static void
test_refused(void)
{
	struct sg_arena arena;
	struct sg_learn_tool tool;
	sg_arena_init(&arena, 1 << 20);
	CU_ASSERT_FALSE(read_tool(&arena, "{\"name\":\"a b\",\"inputSchema\":{}}", &tool));
	CU_ASSERT_FALSE(read_tool(&arena, "{\"name\":\"\",\"inputSchema\":{}}", &tool));
	CU_ASSERT_FALSE(read_tool(&arena, "{\"name\":5,\"inputSchema\":{}}", &tool));
	CU_ASSERT_FALSE(read_tool(&arena, "{\"name\":\"a\",\"inputSchema\":[]}", &tool));
	CU_ASSERT_FALSE(read_tool(&arena, "{\"name\":\"a\"}", &tool));
	CU_ASSERT_TRUE(read_tool(&arena, "{\"name\":\"a.b\",\"inputSchema\":{}}", &tool) && tool.why_not != NULL);
	CU_ASSERT_TRUE(read_tool(&arena, "{\"name\":\"a\",\"inputSchema\":{\"properties\":{\"x y\":{}}}}", &tool) && tool.why_not != NULL);
	CU_ASSERT_TRUE(read_tool(&arena, "{\"name\":\"a\",\"inputSchema\":{}}", &tool) && tool.why_not == NULL);
	sg_arena_done(&arena);
}

SG_CASES("ctl.learn", {"classes and effects by name", test_guesses}, {"authority by name", test_authority}, {"what others wrote", test_words_of_others},
	 {"arguments from a schema", test_arguments}, {"authority within a schema", test_authority_within}, {"schemas without end", test_wide}, {"what is no tool", test_refused})
