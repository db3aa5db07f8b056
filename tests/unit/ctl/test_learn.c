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
					  "branch", "base-branch", "emailAddress", "ToDomain"};
	static const char *const no[] = {"", "amount", "note", "path", "limit", "total", "tomato", "hosting_fee", "query", "content"};
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		CU_ASSERT_TRUE(sg_guess_authority(sg_str(yes[i])));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		CU_ASSERT_FALSE(sg_guess_authority(sg_str(no[i])));
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
	 {"arguments from a schema", test_arguments}, {"what is no tool", test_refused})
