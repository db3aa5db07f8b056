/* SPDX-License-Identifier: Apache-2.0
 * The id of a line that is no message. */
#include "unit/cases.h"

#include "base/str.h"
#include "enforce/stray.h"

#include <stdio.h>
#include <string.h>

static void
test_ids(void)
{
	static const struct {
		const char *line, *id;
	} cases[] = {
		{"{\"jsonrpc\":\"2.0\",\"result\":{\"a\":NaN},\"id\":5}", "5"},
		{"{\"id\":5,\"result\":[1,2,\"unclosed", "5"},
		{"{\"id\":\"a\\u2028\\r\",\"a\":}", "\"a\\u2028\\r\""},
		{"{\"id\":\"\xC2\x85\",\"a\":}", "\"\\u0085\""},
		{"{\"\\u0069d\":7,,}", "7"},
		{"\r\n {\"id\" \r: \r 7,,}", "7"},
		{"{\"a\":\"\xff\",\"id\":7}", "7"},
		{"{\"id\":1.0,,}", "1.0"},
		{"{\"id\":-3,,}", "-3"},
		{"{\"id\":9007199254740993}", "9007199254740993"},
		{"{\"a\":\"\\\"id\\\":3\",\"id\":4,}", "4"},
		{"{\"a\":{\"id\":3},\"id\":4,}", "4"},
		{"{\"a\":[{\"id\":3}],\"id\":4,}", "4"},
		{"{\"id\":7}{\"id\":7}", "7"},
		{"\xEF\xBB\xBF{\"id\":7}", "7"},
		/* none, or nobody can say which */
		{"{\"id\":1,\"id\":2}", ""},
		{"{\"id\":1,\"id\":\"1\"}", ""},
		{"{\"id\":1,\"id\":null}", ""},
		{"{\"id\":null}", ""},
		{"{\"id\":{}}", ""},
		{"{\"id\":01}", ""},
		{"{\"id\":-}", ""},
		{"{\"id\":\"\\ud800\"}", ""},
		{"{\"id\":\"open", ""},
		{"{\"id\":", ""},
		{"{\"id\"", ""},
		{"{\"ID\":1}", ""},
		{"{\"a\":\"id\",\"b\":1}", ""},
		{"{\"a\":{\"id\":3}}", ""},
		{"[{\"id\":3}]", ""},
		{"\"id\":3", ""},
		{"", ""},
		{"{\"id\":1000000000000000000000000000000000000000000000000000000000000000000000}", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sg_mcp_stray stray;
		sg_mcp_stray(&stray, sg_str(cases[i].line));
		if (strcmp(stray.id, cases[i].id) != 0)
			fprintf(stderr, "\n%s: %s\n", cases[i].line, stray.id);
		CU_ASSERT_STRING_EQUAL(stray.id, cases[i].id);
	}
}

/* An id of 256 bytes is one, of 257 is none. */
static void
test_bound(void)
{
	for (int len = SG_MCP_ID_BYTES; len <= SG_MCP_ID_BYTES + 1; len++) {
		struct sg_mcp_stray stray;
		char line[600];
		snprintf(line, sizeof(line), "{\"id\":\"%0*d\",,}", len, 1);
		sg_mcp_stray(&stray, sg_str(line));
		CU_ASSERT_EQUAL(stray.id[0] != '\0', len == SG_MCP_ID_BYTES);
	}
}

static void
test_kind(void)
{
	struct sg_mcp_stray s;
	sg_mcp_stray(&s, SG_STR("{\"id\":1,\"method\":\"x\",NaN}"));
	CU_ASSERT_TRUE(s.object && s.method && !s.outcome);
	sg_mcp_stray(&s, SG_STR("{\"id\":1,\"err\\u006fr\":NaN}"));
	CU_ASSERT_TRUE(s.object && !s.method && s.outcome);
	sg_mcp_stray(&s, SG_STR("{\"a\":{\"method\":1,\"result\":2},NaN}"));
	CU_ASSERT_TRUE(s.object && !s.method && !s.outcome);
	sg_mcp_stray(&s, SG_STR("server listening on stdio"));
	CU_ASSERT_FALSE(s.object);
}

SG_CASES("enforce.stray", {"ids that are found and ids that are not", test_ids}, {"the bound", test_bound}, {"what it looks like", test_kind})
