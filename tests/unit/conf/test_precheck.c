/* SPDX-License-Identifier: Apache-2.0
 * The pre-check alone: what it lets pass, its own bounds, and where tokens stand. */
#include "base/str.h"
#include "conf/precheck.h"
#include "unit/cases.h"

#include <stdio.h>

/* The code of the first error, or "ok". */
static const char *
check(struct sg_str text)
{
	struct sg_conf_errors errors;
	struct sg_conf_tokens tokens;
	struct sg_arena arena;
	sg_arena_init(&arena, 64 << 20);
	sg_conf_errors_init(&errors);
	struct sg_conf_file file = {"x.conf", sg_arena_copy(&arena, text)};
	bool good = sg_conf_precheck(&arena, &file, &errors, &tokens);
	CU_ASSERT_EQUAL(good, errors.count == 0);
	const char *code = errors.count == 0 ? "ok" : errors.list[0].code;
	sg_conf_errors_done(&errors);
	sg_arena_done(&arena);
	return code;
}

static void
test_passes(void)
{
	static const char *const good[] = {
		"",
		"\n\n",
		"# c",
		"// c",
		"/* c\n * @include \"x\" */",
		"a = 1",
		"a : { }",
		"a = 1, b = 2; c = 3",
		"a\n=\n1",
		"a = [ ]",
		"a = ( )",
		"a = ( 1, \"x\", { b = 1 } )",
		"a = TRUE b = false",
		"a = -2147483648",
		"a = 2147483647",
		"a = 0",

		"a = \"\\\"\\\\\"",
		"a = \"\xc3\xa9 # // /* @include\"",
		"a = 1 # @include",
		"a = 1\r\nb = 2\r\n",
		"a-b_c9 = 1",
		"*x = 1",
		"a={b={c=[1,2]}}",
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const char *got = check(sg_str(good[i]));
		if (strcmp(got, "ok") != 0)
			printf("\n    %s: %s\n", good[i], got);
		CU_ASSERT_STRING_EQUAL(got, "ok");
	}
	CU_ASSERT_STRING_EQUAL(check(SG_STR("a = 1\rb = 2")), "conf_control");
	CU_ASSERT_STRING_EQUAL(check(SG_STR("a = -2147483649")), "conf_integer");
	CU_ASSERT_STRING_EQUAL(check(SG_STR("a = -0")), "conf_leading_zero");
	CU_ASSERT_STRING_EQUAL(check(SG_STR("/*/")), "conf_comment_open");
	CU_ASSERT_STRING_EQUAL(check(SG_STR("/")), "conf_syntax");
	CU_ASSERT_STRING_EQUAL(check(SG_STR("a = \"\\")), "conf_escape");
}

static void
test_depth(void)
{
	char text[256];
	size_t len = 0;
	for (int i = 0; i < SG_CONF_MAX_DEPTH; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "a={");
	memset(text + len, '}', SG_CONF_MAX_DEPTH + 1);
	CU_ASSERT_STRING_EQUAL(check((struct sg_str){text, len + SG_CONF_MAX_DEPTH}), "ok");
	memcpy(text + len, "a={}", 4);
	memset(text + len + 4, '}', SG_CONF_MAX_DEPTH);
	CU_ASSERT_STRING_EQUAL(check((struct sg_str){text, len + 4 + SG_CONF_MAX_DEPTH}), "conf_depth");
}

static void
test_tokens(void)
{
	struct sg_buf text;
	sg_buf_init(&text, 1 << 20);
	sg_buf_text(&text, "a=[1");
	for (int i = 5; i < SG_CONF_MAX_TOKENS - 1; i += 2)
		sg_buf_text(&text, ",1");
	sg_buf_text(&text, "];"); /* SG_CONF_MAX_TOKENS by now */
	CU_ASSERT_STRING_EQUAL(check(sg_buf_view(&text)), "ok");
	sg_buf_text(&text, "b");
	CU_ASSERT_STRING_EQUAL(check(sg_buf_view(&text)), "conf_too_many");
	sg_buf_done(&text);
}

SG_CASES("conf.precheck", {"what is fine passes", test_passes}, {"depth at the bound and beyond", test_depth},
	 {"tokens at the bound and beyond", test_tokens})
