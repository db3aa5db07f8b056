/* SPDX-License-Identifier: Apache-2.0
 * The strict reader: what it refuses and under which code, its bounds at the bound and one beyond, what the tape says.
 */
#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "base/json_index.h"
#include "unit/cases.h"

static const struct sg_json *
parse_with(struct sg_arena *arena, struct sg_str text, const struct sg_json_limits *limits, struct sg_err *err)
{
	const struct sg_json *root = NULL;
	*err = (struct sg_err){0};
	sg_arena_init(arena, 4 << 20);
	enum sg_status status = sg_json_parse(arena, text, limits, &root, err);
	CU_ASSERT_EQUAL(status == SG_OK, root != NULL);
	CU_ASSERT_EQUAL(status, err->status);
	return root;
}

static void
expect(struct sg_str text, const struct sg_json_limits *limits, const char *code)
{
	struct sg_arena arena;
	struct sg_err err;
	const struct sg_json *root = parse_with(&arena, text, limits, &err);
	const char *got = root == NULL ? err.code : "ok";
	if (strcmp(got, code) != 0)
		printf("\n    %.*s: expected %s, got %s\n", (int)(text.len > 60 ? 60 : text.len), text.ptr, code, got);
	CU_ASSERT_STRING_EQUAL(got, code);
	sg_arena_done(&arena);
}

#define REFUSED(literal, code)                                                                                         \
	{                                                                                                              \
		SG_STR(literal), code                                                                                  \
	}

static void
test_malformed(void)
{
	static const struct {
		struct sg_str text;
		const char *code;
	} cases[] = {
		REFUSED("", "json_empty"),
		REFUSED(" \n\t\r", "json_empty"),
		REFUSED("\xEF\xBB\xBF{}", "json_bom"),
		REFUSED("{\"a\":1,\"a\":2}", "json_duplicate"),
		REFUSED("{\"a\":1,\"\\u0061\":2}", "json_duplicate"),
		REFUSED("{\"b\":1,\"a\":2,\"c\":3,\"a\":4}", "json_duplicate"),
		REFUSED("{\"\":1,\"\":2}", "json_duplicate"),
		REFUSED("[{\"x\":{\"a\":1,\"a\":2}}]", "json_duplicate"),
		REFUSED("{} {}", "json_trailing"),
		REFUSED("1 x", "json_trailing"),
		REFUSED("{}\0", "json_trailing"),
		REFUSED("null,", "json_trailing"),
		REFUSED("truex", "json_trailing"),
		REFUSED("\"a\nb\"", "json_control"),
		REFUSED("\"a\0b\"", "json_control"),
		REFUSED("\"\x1f\"", "json_control"),
		REFUSED("{\"\t\":1}", "json_control"),
		REFUSED("\"\xff\"", "json_utf8"),
		REFUSED("\"\x80\"", "json_utf8"),
		REFUSED("\"\xc0\xaf\"", "json_utf8"),
		REFUSED("\"\xc1\xbf\"", "json_utf8"),
		REFUSED("\"\xe0\x9f\xbf\"", "json_utf8"),
		REFUSED("\"\xf0\x8f\xbf\xbf\"", "json_utf8"),
		REFUSED("\"\xed\xa0\x80\"", "json_utf8"),
		REFUSED("\"\xf4\x90\x80\x80\"", "json_utf8"),
		REFUSED("\"\xf5\x80\x80\x80\"", "json_utf8"),
		REFUSED("\"\xe2\x82\"", "json_utf8"),
		REFUSED("\"\xe2\x82", "json_utf8"),
		REFUSED("\"\\ud800\"", "json_surrogate"),
		REFUSED("\"\\udc00\"", "json_surrogate"),
		REFUSED("\"\\ud800\\u0041\"", "json_surrogate"),
		REFUSED("\"\\ud800\\ud800\"", "json_surrogate"),
		REFUSED("\"\\udbff\\n\"", "json_surrogate"),
		REFUSED("\"\\ud83d", "json_surrogate"),
		REFUSED("9007199254740993", "json_integer"),
		REFUSED("-9007199254740993", "json_integer"),
		REFUSED("18446744073709551616", "json_integer"),
		REFUSED("1e20", "json_integer"),
		REFUSED("9007199254740994.0", "json_integer"),
		REFUSED("1e999", "json_number"),
		REFUSED("-1e999", "json_number"),
		REFUSED("1e-999", "json_number"),
		REFUSED("2.2250738585072011e-308", "json_number"),
		REFUSED("5e-324", "json_number"),
		REFUSED("01", "json_number"),
		REFUSED("-01", "json_number"),
		REFUSED("00", "json_number"),
		REFUSED("-", "json_number"),
		REFUSED("1.", "json_number"),
		REFUSED("1.e3", "json_number"),
		REFUSED("1e", "json_number"),
		REFUSED("1e+", "json_number"),
		REFUSED("-a", "json_number"),
		REFUSED(".5", "json_syntax"),
		REFUSED("+1", "json_syntax"),
		REFUSED("NaN", "json_syntax"),
		REFUSED("Infinity", "json_syntax"),
		REFUSED("-Infinity", "json_number"),
		REFUSED("0x10", "json_trailing"),
		REFUSED("nul", "json_syntax"),
		REFUSED("True", "json_syntax"),
		REFUSED("'a'", "json_syntax"),
		REFUSED("[1,]", "json_syntax"),
		REFUSED("[,1]", "json_syntax"),
		REFUSED("[1 2]", "json_syntax"),
		REFUSED("[1", "json_syntax"),
		REFUSED("[1}", "json_syntax"),
		REFUSED("]", "json_syntax"),
		REFUSED("{\"a\":1,}", "json_syntax"),
		REFUSED("{\"a\" 1}", "json_syntax"),
		REFUSED("{\"a\":}", "json_syntax"),
		REFUSED("{a:1}", "json_syntax"),
		REFUSED("{1:1}", "json_syntax"),
		REFUSED("{\"a\"", "json_syntax"),
		REFUSED("{\"a\":1", "json_syntax"),
		REFUSED("{", "json_syntax"),
		REFUSED("\"abc", "json_syntax"),
		REFUSED("\"abc\\", "json_syntax"),
		REFUSED("\"\\x41\"", "json_syntax"),
		REFUSED("\"\\u12\"", "json_syntax"),
		REFUSED("\"\\u12g4\"", "json_syntax"),
		REFUSED("/* c */ 1", "json_syntax"),
		REFUSED("[1] // c", "json_trailing"),
		REFUSED("\0", "json_syntax"),
		REFUSED("\xA0"
			"1",
			"json_syntax"),
		REFUSED("\f1", "json_syntax"),
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(cases[i].text, NULL, cases[i].code);
}

static void
test_accepted(void)
{
	static const char *const cases[] = {
		"null",
		" true ",
		"false",
		"0",
		"-0",
		"-0.0e5",
		"0e-999",
		"9007199254740992",
		"-9007199254740992",
		"1e3",
		"1e21",
		"1.7976931348623157e308",
		"2.2250738585072014e-308",
		"\"\"",
		"\"\\u0000\"",
		"\"\\ud83d\\ude00\"",
		"\"\xf4\x8f\xbf\xbf\"",
		"\"\x7f\"",
		"[]",
		"{}",
		"[ ]",
		"{ }",
		"{\"\":[{}]}",
		"[[],{},\"\"]",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(sg_str(cases[i]), NULL, "ok");
}

static struct sg_str
nested(char *room, size_t depth)
{
	memset(room, '[', depth);
	memset(room + depth, ']', depth);
	return (struct sg_str){room, 2 * depth};
}

/* [1,1,...,1] */
static struct sg_str
ones(char *room, size_t count)
{
	for (size_t i = 0; i < count; i++)
		memcpy(room + 2 * i, i == 0 ? "[1" : ",1", 2);
	room[2 * count] = ']';
	return (struct sg_str){room, 2 * count + 1};
}

static void
test_bounds(void)
{
	static char room[SG_JSON_MAX_BYTES + 8];
	expect(nested(room, SG_JSON_MAX_DEPTH), NULL, "ok");
	expect(nested(room, SG_JSON_MAX_DEPTH + 1), NULL, "json_depth");
	expect(nested(room, 30000), NULL, "json_depth");
	struct sg_json_limits deeper = {.depth = 1000}, two = {.depth = 2}, nodes = {.nodes = 3}, bytes = {.bytes = 4};
	expect(nested(room, SG_JSON_MAX_DEPTH + 1), &deeper, "json_depth");
	expect(SG_STR("[[1]]"), &two, "ok");
	expect(SG_STR("[[[]]]"), &two, "json_depth");
	expect(SG_STR("[1,2]"), &nodes, "ok");
	expect(SG_STR("[1,2,3]"), &nodes, "json_nodes");
	expect(SG_STR("[1,\",[{,,,,\"]"), &nodes, "ok");
	expect(SG_STR("[10]"), &bytes, "ok");
	expect(SG_STR("[100]"), &bytes, "json_bytes");

	memset(room, ' ', sizeof(room));
	room[0] = '1';
	expect((struct sg_str){room, SG_JSON_MAX_BYTES}, NULL, "ok");
	expect((struct sg_str){room, SG_JSON_MAX_BYTES + 1}, NULL, "json_bytes");

	expect(ones(room, SG_JSON_MAX_NODES - 1), NULL, "ok");
	expect(ones(room, SG_JSON_MAX_NODES), NULL, "json_nodes");
}

static void
test_memory(void)
{
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *root = NULL;
	struct sg_str text = SG_STR("{\"b\":1,\"a\":[2,\"x\"]}");
	size_t needed = 0;
	for (size_t budget = 0; budget < 4096 && needed == 0; budget += 16) {
		sg_arena_init(&arena, budget);
		if (sg_json_parse(&arena, text, NULL, &root, &err) == SG_OK)
			needed = budget;
		else
			CU_ASSERT_STRING_EQUAL(err.code, "json_memory");
		sg_arena_done(&arena);
	}
	CU_ASSERT(needed > 0 && needed <= 512);
}

static void
test_tape(void)
{
	struct sg_arena arena;
	struct sg_err err;
	struct sg_str text = SG_STR(
		"{\"name\":\"a\\u0000b\\ud83d\\ude00\",\"n\":-12,\"f\":1.5,\"t\":true,\"list\":[1,[2],null],\"o\":{}}");
	const struct sg_json *root = parse_with(&arena, text, NULL, &err), *list = sg_json_get(root, "list");
	struct sg_str string;
	int64_t number = 7;
	bool yes = false;
	CU_ASSERT_EQUAL_FATAL(root->type, SG_JSON_OBJECT);
	CU_ASSERT_EQUAL(root->count, 6);
	CU_ASSERT_EQUAL(root->span, 11);
	CU_ASSERT_FALSE(root->sorted);
	CU_ASSERT(sg_json_string(sg_json_get(root, "name"), &string));
	CU_ASSERT(sg_str_eq(string, SG_STR("a\0b\xf0\x9f\x98\x80")));
	CU_ASSERT(sg_json_int(sg_json_get(root, "n"), &number) && number == -12);
	CU_ASSERT_FALSE(sg_json_int(sg_json_get(root, "f"), &number));
	CU_ASSERT_FALSE(sg_json_int(sg_json_get(root, "t"), &number));
	CU_ASSERT_EQUAL(number, -12);
	CU_ASSERT(sg_json_bool(sg_json_get(root, "t"), &yes) && yes);
	CU_ASSERT_PTR_NULL(sg_json_get(root, "nam"));
	CU_ASSERT_PTR_NULL(sg_json_get(list, "name"));
	CU_ASSERT_PTR_NULL(sg_json_get(NULL, "name"));
	CU_ASSERT_EQUAL(list->count, 3);
	const struct sg_json *one = sg_json_first(list), *two = sg_json_next(list, one),
			     *three = sg_json_next(list, two);
	CU_ASSERT_EQUAL(one->number, 1);
	CU_ASSERT_EQUAL(two->type, SG_JSON_ARRAY);
	CU_ASSERT_EQUAL(three->type, SG_JSON_NULL);
	CU_ASSERT_PTR_NULL(sg_json_next(list, three));
	CU_ASSERT_PTR_NULL(sg_json_first(sg_json_get(root, "o")));
	CU_ASSERT_PTR_NULL(one->name.ptr);
	sg_arena_done(&arena);
}

static bool
equal(const char *a, const char *b)
{
	struct sg_arena one, two;
	struct sg_err err;
	bool result = sg_json_eq(parse_with(&one, sg_str(a), NULL, &err), parse_with(&two, sg_str(b), NULL, &err));
	sg_arena_done(&one);
	sg_arena_done(&two);
	return result;
}

static void
test_equality(void)
{
	CU_ASSERT(equal("{\"a\":1,\"b\":[true,null]}", "{ \"b\" : [true,null], \"a\":1.0 }"));
	CU_ASSERT(equal("{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2}"));
	CU_ASSERT_FALSE(equal("{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}"));
	CU_ASSERT_FALSE(equal("{\"a\":1}", "{\"a\":1,\"b\":2}"));
	CU_ASSERT_FALSE(sg_json_eq(NULL, NULL)); /* what is absent equals nothing */
	CU_ASSERT_FALSE(equal("{\"b\":1,\"a\":2}", "{\"a\":1,\"b\":2}"));
	CU_ASSERT_FALSE(equal("[1,2]", "[2,1]"));
	CU_ASSERT_FALSE(equal("\"1\"", "1"));
	CU_ASSERT_FALSE(equal("true", "false"));
	CU_ASSERT_FALSE(equal("\"a\"", "\"b\""));
}

static void
test_integers(void)
{
	static const struct {
		const char *text;
		bool whole;
		int64_t value;
	} cases[] = {
		{"9007199254740991", true, 9007199254740991},
		{"-9007199254740991", true, -9007199254740991},
		{"9007199254740992", false, 0},
		{"-9007199254740992", false, 0},
		{"1e3", true, 1000},
		{"-0", true, 0},
		{"1e21", false, 0},
		{"0.5", false, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sg_arena arena;
		struct sg_err err;
		int64_t value = 0;
		CU_ASSERT_EQUAL(sg_json_int(parse_with(&arena, sg_str(cases[i].text), NULL, &err), &value),
				cases[i].whole);
		CU_ASSERT_EQUAL(value, cases[i].value);
		sg_arena_done(&arena);
	}
}

/* 4,096 names in falling order: found without comparing each with each (which would take 8 million comparisons). */
static void
test_many_names(void)
{
	struct sg_buf text;
	sg_buf_init(&text, SG_JSON_MAX_BYTES);
	sg_buf_text(&text, "{");
	for (int i = 4096; i > 0; i--)
		sg_buf_printf(&text, "\"k%04d\":%d,", i, i % 7);
	size_t len = text.len;
	sg_buf_text(&text, "\"a\":1}");
	expect(sg_buf_view(&text), NULL, "ok");
	text.len = len;
	sg_buf_text(&text, "\"k2048\":1}");
	expect(sg_buf_view(&text), NULL, "json_duplicate");
	CU_ASSERT_FALSE(text.failed);
	sg_buf_done(&text);
}

static void
test_error_text(void)
{
	struct sg_arena arena;
	struct sg_err err;
	parse_with(&arena, SG_STR("{\"secret\":hunter2}"), NULL, &err);
	CU_ASSERT_STRING_EQUAL(err.text, "expected a value at byte 10");
	sg_arena_done(&arena);
	parse_with(&arena, SG_STR("{\"a\":1,\"\\n\":2,\"a\":3}"), NULL, &err);
	CU_ASSERT_STRING_EQUAL(err.text, "the same name twice at byte 15");
	sg_arena_done(&arena);
	CU_ASSERT_EQUAL(sg_json_parse(&arena, SG_STR("{"), NULL, &(const struct sg_json *){NULL}, NULL), SG_MALFORMED);
	sg_arena_done(&arena);
}

/* By name at once: what is there, what shares its place with others, and what is not there. */
static void
test_index(void)
{
	struct sg_arena arena;
	struct sg_buf text;
	struct sg_json_writer w;
	struct sg_json_index index;
	const struct sg_json *object = NULL;
	char names[200][8], absent[8];
	sg_arena_init(&arena, 1 << 20);
	sg_buf_init(&text, 1 << 16);
	sg_jw_begin(&w, &text);
	sg_jw_object(&w);
	sg_jw_name_str(&w, SG_STR(""));
	sg_jw_int(&w, -1);
	for (int i = 0; i < 200; i++) {
		snprintf(names[i], sizeof(names[i]), "m%03d", i);
		sg_jw_name_text(&w, names[i]);
		sg_jw_int(&w, i);
	}
	sg_jw_end(&w);
	CU_ASSERT_EQUAL_FATAL(sg_canon_parse(&arena, sg_buf_view(&text), NULL, &object, NULL), SG_OK);
	sg_json_index_make(&index, object);
	for (int i = 0; i < 200; i++) {
		CU_ASSERT_PTR_EQUAL(sg_json_index_get(&index, names[i]), sg_json_get(object, names[i]));
		snprintf(absent, sizeof(absent), "n%03d", i);
		CU_ASSERT_PTR_NULL(sg_json_index_get(&index, absent));
	}
	CU_ASSERT_PTR_EQUAL(sg_json_index_get(&index, ""), sg_json_get(object, ""));
	sg_json_index_make(&index, NULL);
	CU_ASSERT_PTR_NULL(sg_json_index_get(&index, "m000"));
	sg_buf_done(&text);
	sg_arena_done(&arena);
}

SG_CASES("base.json", {"malformed input is refused with its own code", test_malformed},
	 {"what is strange but right is read", test_accepted}, {"bounds hold at the bound and one beyond", test_bounds},
	 {"a spent budget is an error", test_memory}, {"the tape says what the text said", test_tape},
	 {"equality is by value", test_equality}, {"integers are whole and exact", test_integers},
	 {"many names in the wrong order", test_many_names},
	 {"errors name the place, not the content", test_error_text}, {"an index", test_index})
