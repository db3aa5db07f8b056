/* SPDX-License-Identifier: Apache-2.0
 * The functions of policies, each with what it gives; and the generated reference, which must know all of them. */
#include "unit/policy/world.h"

#include "policy/api/api.h"

static void
expressions(void)
{
	static const char *const truths[] = {
		"('aB'):lower() == 'ab' and ('aB'):upper() == 'AB' and #'abc' == 3 and ('abc'):len() == 3",
		"('hello'):sub(2, 3) == 'el' and ('hello'):sub(-3) == 'llo' and ('hello'):sub(2, -2) == 'ell' and "
		"('hello'):sub(9) == ''",
		"('hello'):sub(0) == 'hello' and ('hello'):sub(-99, 2) == 'he' and ('hello'):sub(3, 2) == '' and "
		"('a'):sub(1, -9) == ''",
		"('hello'):sub(-9223372036854775807 - 1, 9223372036854775807) == 'hello'",
		"('a'):byte() == 97 and ('ab'):byte(-1) == 98 and ('a'):byte(2) == nil",
		"('a.b.c'):find('.') == 2 and ('a.b.c'):find('.', 3) == 4 and ('abc'):find('x') == nil and "
		"('abc'):find('') == 1",
		"('abc'):starts('ab') and ('abc'):ends('bc') and not ('abc'):starts('abcd') and ('abc'):ends('')",
		"(' \\t a b \\n'):trim() == 'a b' and (''):trim() == '' and ('  '):trim() == ''",
		"#('a,b,,c'):split(',') == 4 and ('a,b'):split(',')[2] == 'b' and #(''):split(',') == 1 and "
		"('a--b'):split('--')[2] == 'b'",
		"('/srv/a/b'):glob('/srv/**') and not ('/srv/../etc'):glob('/srv/**') and ('pay.x'):glob('pay.*', '.')",
		"string.format('%s %d %% %q', 'a', 5, 'q\"') == 'a 5 % \"q\\\\\"\"' and string.format('') == ''",
		"string.format('%s%s%s', 1, true, nil) == '1truenil'",
		"table.concat({1, 'b', 2.5}, '-') == '1-b-2.5' and table.concat({}) == ''",
		"table.has({1, 2}, 2) and not table.has({1, 2}, 3) and not table.has({}, nil)",
		"table.concat(table.sorted({'b', 'a', 'c'})) == 'abc' and table.concat(table.sorted({3, 1.5, 2}), ' ') "
		"== '1.5 2 3'",
		"math.floor(1.7) == 1 and math.floor(-1.2) == -2 and math.ceil(1.2) == 2 and math.ceil(-1.7) == -1 and "
		"math.floor(5) == 5",
		"math.max(1, 3, 2) == 3 and math.min(4, 2.5) == 2.5 and math.abs(-3) == 3 and math.abs(-2.5) == 2.5",
		"math.tointeger(3.0) == 3 and math.tointeger(3.5) == nil",
		"tonumber('12') == 12 and tonumber('1e2') == 100 and tonumber('0x10') == nil and tonumber('') == nil "
		"and tonumber(' 1') == nil",
		"tonumber('nan') == nil and tonumber('inf') == nil and tonumber(nil) == nil and tonumber({}) == nil "
		"and tonumber('1\\0') == nil",
		"tostring(5) == '5' and tostring(1.5) == '1.5' and tostring(nil) == 'nil' and tostring({}) == 'table'",
		"type(nil) == 'nil' and type(at_most(1)) == 'effect' and type(type) == "
		"'function'",
		"select('#', 1, 2) == 2 and select(2, 'a', 'b') == 'b' and assert(5, 'x') == 5",
	};
	for (size_t i = 0; i < sizeof(truths) / sizeof(truths[0]); i++) {
		char text[1024];
		snprintf(text, sizeof(text), WHEN("%s"), truths[i]);
		if (!world_says(text, "{}", MATCHES)) {
			printf("\n  %s ", truths[i]);
			CU_FAIL("not true");
		}
	}
}

static void
refusals(void)
{
	static const char *const bad[] = {"('a'):sub() == ''",
					  "('a'):sub('x') == ''",
					  "string.len(5) == 1",
					  "string.find('a', 5) == 1",
					  "#('a'):split('') == 1",
					  "('a'):glob('a*') == true",
					  "('a'):glob('a', 'ab') == true",
					  "string.format('%d', 1.5) == ''",
					  "string.format('%d') == ''",
					  "string.format('%') == ''",
					  "string.format('%x', 1) == ''",
					  "string.format('%q', '\\xff') == ''",
					  "table.concat({{}}) == ''",
					  "table.concat(5) == ''",
					  "math.floor(1e300) == 1",
					  "math.floor(0/0) == 1",
					  "math.max() == 1",
					  "math.max(1, '2') == 1",
					  "tostring() == ''",
					  "type() == ''",
					  "ipairs(5) == 1",
					  "pairs('x') == 1",
					  "table.insert({}, 1, 2) == nil",
					  "select(0) == 1",
					  "select(1.5) == 1"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[512];
		snprintf(text, sizeof(text), WHEN("%s"), bad[i]);
		if (!world_says(text, "{}", "\"code\":\"policy_error\"")) {
			printf("\n  %s ", bad[i]);
			CU_FAIL("not refused");
		}
	}
}

static void
lists(void)
{
	CU_ASSERT_TRUE(world_says(
		"rule{id='x',on='**',when=function(r) local t = {}\ntable.insert(t, 'a') table.insert(t, 'b')\n"
		"local last = table.remove(t)\nreturn last == 'b' and #t == 1 and table.remove({}) == nil "
		"end,effect=allow{}}",
		"{}", MATCHES));
	CU_ASSERT_TRUE(
		world_says("rule{id='x',on='**',when=function(r) local t, s = {z=1,[3]=1,[-1.5]=1,a=1,[2]=1}, ''\n"
			   "for k in pairs(t) do s = s .. k .. ' ' end return s == '-1.5 2 3 a z ' end,effect=allow{}}",
			   "{}", MATCHES));
}

static void
reference(void)
{
	struct sg_buf markdown, stubs;
	sg_buf_init(&markdown, 1 << 16);
	sg_buf_init(&stubs, 1 << 16);
	sg_policy_api_write(&markdown, SG_POLICY_MARKDOWN);
	sg_policy_api_write(&stubs, SG_POLICY_STUBS);
	CU_ASSERT_FALSE(markdown.failed || stubs.failed);
	sg_buf_add(&markdown, "", 1);
	sg_buf_add(&stubs, "", 1);
	for (size_t i = 0; i < sg_policy_api_count; i++) {
		const struct sg_policy_call *call = &sg_policy_api[i];
		char name[64];
		bool global = call->library[0] == '\0' || strcmp(call->library, SG_SPEC_LIBRARY) == 0;
		snprintf(name, sizeof(name), "%s%s%s(", global ? "" : call->library, global ? "" : ".", call->name);
		CU_ASSERT_PTR_NOT_NULL(strstr(markdown.ptr, name));
		CU_ASSERT_PTR_NOT_NULL(strstr(stubs.ptr, name));
		CU_ASSERT_TRUE(strlen(call->meaning) > 5);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(stubs.ptr, "function string.find(text, part, from) end"));
	CU_ASSERT_PTR_NOT_NULL(strstr(stubs.ptr, "---@field tainted boolean"));
	CU_ASSERT_PTR_NOT_NULL(strstr(markdown.ptr, "`r.task.tainted`"));
	sg_buf_done(&markdown);
	sg_buf_done(&stubs);
}

SG_CASES("policy.library", {"what functions give", expressions}, {"what functions refuse", refusals},
	 {"lists and orders", lists}, {"the reference knows every function", reference})
