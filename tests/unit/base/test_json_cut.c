/* SPDX-License-Identifier: Apache-2.0
 * What can be read of a list that cannot be read whole. */
#include "unit/cases.h"

#include "base/err.h"
#include "base/json_cut.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

static char dropped[4096];

static void
told(void *context, struct sg_str element, const struct sg_err *err)
{
	(void)context;
	CU_ASSERT_TRUE(err->code != NULL && err->code[0] != '\0');
	snprintf(dropped + strlen(dropped), sizeof(dropped) - strlen(dropped), "<%.*s>", SG_STR_ARG(element));
}

static void
cut_is(const char *text, bool good, const char *want, const char *lost)
{
	static const char *const path[] = {"result", "tools", NULL};
	struct sg_buf out;
	struct sg_json_limits limits = {.bytes = 1 << 20};
	dropped[0] = '\0';
	sg_buf_init(&out, 1 << 20);
	CU_ASSERT_EQUAL(sg_json_cut_list(&out, sg_str(text), path, &limits, told, NULL), good);
	if (good && (!sg_str_is(sg_buf_view(&out), want) || strcmp(dropped, lost) != 0))
		fprintf(stderr, "\n%s: %.*s lost %s\n", text, SG_STR_ARG(sg_buf_view(&out)), dropped);
	CU_ASSERT_TRUE(!good || (sg_str_is(sg_buf_view(&out), want) && strcmp(dropped, lost) == 0));
	sg_buf_done(&out);
}

static void
test_lists(void)
{
	cut_is("{\"id\":1,\"result\":{\"tools\":[{\"a\":1},{\"b\":9007199254740993},{\"c\":\"]},{\"}]},\"x\":2}", true,
	       "{\"id\":1,\"result\":{\"tools\":[{\"a\":1},{\"c\":\"]},{\"}]},\"x\":2}", "<{\"b\":9007199254740993}>");
	cut_is("{\"result\":{\"tools\":[ {\"n\":NaN} , {\"a\":\"\\\"\"} ]}}", true, "{\"result\":{\"tools\":[{\"a\":\"\\\"\"}]}}", "<{\"n\":NaN}>");
	cut_is("{\"result\":{\"tools\":[{\"a\":\"\xff\"},{\"a\":\"\\ud800\"},{\"a\":01},{\"a\":1,\"a\":2}]}}", true, "{\"result\":{\"tools\":[]}}",
	       "<{\"a\":\"\xff\"}><{\"a\":\"\\ud800\"}><{\"a\":01}><{\"a\":1,\"a\":2}>");
	cut_is("{\"r\\u0065sult\":{\"tools\":[nul,1]}}", true, "{\"r\\u0065sult\":{\"tools\":[1]}}", "<nul>");
	cut_is("{\"result\":{\"tools\":[1,,2]}}", true, "{\"result\":{\"tools\":[1,2]}}", "<>");
	/* nothing to leave out, or no such list */
	cut_is("{\"result\":{\"tools\":[1,2]}}", false, "", "");
	cut_is("{\"result\":{\"tools\":{\"a\":NaN}}}", false, "", "");
	cut_is("{\"result\":{\"other\":[NaN]}}", false, "", "");
	cut_is("{\"result\":{\"tools\":[NaN]},\"result\":{\"tools\":[NaN]}}", false, "", "");
	cut_is("{\"result\":{\"tools\":[NaN", false, "", "");
	cut_is("[NaN]", false, "", "");
	cut_is("", false, "", "");
}

/* As deep as the whole may be, and one more. */
static void
test_depth(void)
{
	for (int levels = SG_JSON_MAX_DEPTH - 4; levels <= SG_JSON_MAX_DEPTH; levels++) {
		char text[256], inner[128] = "";
		struct sg_arena arena;
		struct sg_buf out;
		static const char *const path[] = {"result", "tools", NULL};
		struct sg_json_limits limits = {.bytes = 1 << 20};
		const struct sg_json *json = NULL;
		for (int i = 0; i < levels; i++)
			inner[i] = '[', inner[2 * levels - 1 - i] = ']';
		inner[2 * levels] = '\0';
		snprintf(text, sizeof(text), "{\"result\":{\"tools\":[%s,NaN]}}", inner);
		sg_buf_init(&out, 4096);
		sg_arena_init(&arena, 1 << 20);
		CU_ASSERT_TRUE(sg_json_cut_list(&out, sg_str(text), path, &limits, told, NULL));
		CU_ASSERT_EQUAL(sg_json_parse(&arena, sg_buf_view(&out), &limits, &json, NULL), SG_OK);
		CU_ASSERT_EQUAL(sg_json_get(sg_json_get(json, "result"), "tools")->count, levels <= SG_JSON_MAX_DEPTH - 3);
		sg_buf_done(&out);
		sg_arena_done(&arena);
	}
}

SG_CASES("base.json_cut", {"lists", test_lists}, {"depth", test_depth})
