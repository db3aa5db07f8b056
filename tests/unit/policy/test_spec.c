/* SPDX-License-Identifier: Apache-2.0
 * Specs as files: what test{} takes, and that they are no policies. */
#include "unit/policy/world.h"

#include "policy/spec.h"

#include <stdlib.h>

static char spec_report[1 << 18];

static enum sg_status
run(const char *text)
{
	struct sg_policy_source source = {SG_STR("a_test.lua"), sg_str(text)};
	struct sg_buf report;
	sg_buf_init(&report, SG_SPEC_REPORT + 1024);
	enum sg_status status = sg_policy_spec(&source, &report);
	snprintf(spec_report, sizeof(spec_report), "%.*s", (int)report.len, report.ptr == NULL ? "" : report.ptr);
	sg_buf_done(&report);
	return status;
}

static bool
refuses(const char *text, const char *want)
{
	bool good = run(text) == SG_REFUSED && strstr(spec_report, want) != NULL;
	if (!good)
		printf("\n  %s\n  wanted %s\n  got %.300s\n  ", text, want, spec_report);
	return good;
}

static void
tables(void)
{
	CU_ASSERT_EQUAL(run("local function ask(n) return { action = 'pay.x', args = { z = n, a = 0.5, list = { 1, 'b', {} }, ok = true } } end\n"
			    "for i = 1, 2 do\n"
			    "test { id = 'n' .. i, ask = ask(i), expect = 'allow' }\n"
			    "end test { ask = {}, id = 'last', expect = { verdict = 'deny' } }"),
			SG_OK);
	CU_ASSERT_STRING_EQUAL(spec_report,
			       "{\"tests\":[{\"ask\":{\"action\":\"pay.x\",\"args\":{\"a\":0.5,\"list\":[1,\"b\",{}],\"ok\":true,\"z\":1}},"
			       "\"expect\":\"allow\",\"id\":\"n1\",\"line\":3},"
			       "{\"ask\":{\"action\":\"pay.x\",\"args\":{\"a\":0.5,\"list\":[1,\"b\",{}],\"ok\":true,\"z\":2}},"
			       "\"expect\":\"allow\",\"id\":\"n2\",\"line\":3},"
			       "{\"ask\":{},\"expect\":{\"verdict\":\"deny\"},\"id\":\"last\",\"line\":4}]}");
	CU_ASSERT_EQUAL(run(""), SG_OK);
	CU_ASSERT_STRING_EQUAL(spec_report, "{\"tests\":[]}");
}

static void
mistakes(void)
{
	CU_ASSERT_TRUE(refuses("\ntest { id = 'x', aks = {}, expect = 'deny' }", "\"hint\":\"did you mean 'ask'?\",\"line\":2"));
	CU_ASSERT_TRUE(refuses("test { id = 'x', expect = 'deny' }", "a test has id, ask and expect"));
	CU_ASSERT_TRUE(refuses("test { ask = {}, expect = 'deny' }", "a test needs an id"));
	CU_ASSERT_TRUE(refuses("test { id = 'a b', ask = {}, expect = 'deny' }", "a test needs an id"));
	CU_ASSERT_TRUE(refuses("test 'x'", "test takes one table"));
	CU_ASSERT_TRUE(refuses("tset { id = 'x' }", "did you mean 'test'?"));
	CU_ASSERT_TRUE(refuses("rule { id = 'x', on = 'a', effect = allow {} }", "a spec declares tests, not rules"));
	CU_ASSERT_TRUE(refuses("after { id = 'x', on = 'a', effect = function(r) return add {} end }", "a spec declares tests"));
	static const char *const values[] = {"function() end", "allow {}", "at_most(1)", "0/0", "1/0", "2^53 | 0x7fffffffffffff",
					     "'\\xff'", "{ 1, x = 2 }", "{ [2] = 1 }", "{ [true] = 1 }"};
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char text[256];
		snprintf(text, sizeof(text), "test { id = 'x', ask = { args = { v = %s } }, expect = 'deny' }", values[i]);
		CU_ASSERT_EQUAL(run(text), SG_REFUSED);
	}
	CU_ASSERT_TRUE(refuses("local t = {} t.t = t test { id = 'x', ask = t, expect = 'deny' }", "or too much"));
	CU_ASSERT_TRUE(refuses("while true do end", "(policy_steps)"));
}

/* In a policy there is no test, and a set with a spec in it does not load. */
static void
not_a_policy(void)
{
	CU_ASSERT_TRUE(world_refuses("test { id = 'x', ask = {}, expect = 'deny' }", "there is no 'test'"));
	CU_ASSERT_TRUE(sg_spec_named(SG_STR("pay_test.lua")));
	CU_ASSERT_TRUE(sg_spec_named(SG_STR("_test.lua")));
	CU_ASSERT_FALSE(sg_spec_named(SG_STR("pay_test.lua.bak")));
	CU_ASSERT_FALSE(sg_spec_named(SG_STR("test.lua")));
}

static void
limits(void)
{
	char text[512];
	for (int over = 0; over < 2; over++) {
		snprintf(text, sizeof(text), "for i = 1, %d do test { id = 'x', ask = {}, expect = 'deny' } end", SG_SPEC_TESTS + over);
		CU_ASSERT_EQUAL(run(text), over == 0 ? SG_OK : SG_REFUSED);
		/* ask is at depth 0, so its deepest table at SG_SPEC_DEPTH */
		snprintf(text, sizeof(text), "local t = {} for i = 1, %d do t = { t = t } end test { id = 'x', ask = t, expect = 'deny' }",
			 SG_SPEC_DEPTH + over);
		CU_ASSERT_EQUAL(run(text), over == 0 ? SG_OK : SG_REFUSED);
	}
	static char large[SG_SPEC_BYTES + 256];
	static const char rest[] = "\"ask\":{\"a\":\"\"},\"expect\":\"deny\",\"id\":\"x\"";
	for (int over = 0; over < 2; over++) {
		int fill = SG_SPEC_BYTES - (int)sizeof(rest) + 1 + over;
		int len = snprintf(large, sizeof(large), "test { id = 'x', expect = 'deny', ask = { a = '");
		memset(large + len, 'v', (size_t)fill);
		snprintf(large + len + fill, sizeof(large) - (size_t)(len + fill), "' } }");
		enum sg_status status = run(large);
		CU_ASSERT_EQUAL(status, over == 0 ? SG_OK : SG_REFUSED);
	}
}

SG_CASES("policy.spec", {"tables become JSON", tables}, {"mistakes, with line and hint", mistakes},
	 {"a spec is no policy", not_a_policy}, {"at each limit, and one more", limits})
