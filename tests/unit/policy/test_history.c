/* SPDX-License-Identifier: Apache-2.0
 * Needs of every kind: how they are declared, what the gate is told, what the rule may read. */
#include "unit/policy/world.h"

#include "policy/need.h"

static const char all[] =
	"rule{id='x',on='pay.*',needs={count={'pay.*',scope='tree'},did={'mail.read',within='1h',scope='agent'},\n"
	"sum={{'pay.*',of='money',within='1d'},{'**',of='tokens',scope='task'}},since='mail.read',\n"
	"order={'plan.write','plan.sign'},never_together={{'web.**','pay.**'},{'a','b','c',scope='instance',within=5}}},\n"
	"when=function(r) local h = r.history return h.count['pay.*'] == 2 and h.did['mail.read'] and\n"
	"h.sum['money:pay.*'] == 12050 and h.sum['tokens:**'] == 0 and h.since['mail.read'] == nil and\n"
	"h.order['plan.write > plan.sign'] and not h.never_together['web.** + pay.**'] and h.never_together['a + b + c'] "
	"end,effect=allow{}}";

#define VALUES                                                                                                         \
	"{\"x\":{\"count\":{\"pay.*|0|tree\":2},\"did\":{\"mail.read|3600000|agent\":true},"                           \
	"\"never_together\":{\"a + b + c|5|instance\":true,\"web.** + pay.**|0\":false},"                              \
	"\"order\":{\"plan.write > plan.sign|0\":true},\"since\":{\"mail.read|0\":null},"                              \
	"\"sum\":{\"money:pay.*|86400000\":12050,\"tokens:**|0|task\":0}}}"

static void
kinds(void)
{
	struct sg_policy *policy = world_load(all);
	if (policy == NULL)
		printf("\n  %s\n", world_report);
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	CU_ASSERT_PTR_NOT_NULL(strstr(
		world_report,
		"\"needs\":{\"count\":[{\"action\":\"pay.*\",\"scope\":\"tree\",\"within\":0}],"
		"\"did\":[{\"action\":\"mail.read\",\"scope\":\"agent\",\"within\":3600000}],"
		"\"never_together\":[{\"actions\":[\"a\",\"b\",\"c\"],\"scope\":\"instance\",\"within\":5},"
		"{\"actions\":[\"web.**\",\"pay.**\"],\"scope\":\"task\",\"within\":0}],"
		"\"order\":[{\"actions\":[\"plan.write\",\"plan.sign\"],\"scope\":\"task\",\"within\":0}],"
		"\"since\":[{\"action\":\"mail.read\",\"scope\":\"task\",\"within\":0}],"
		"\"sum\":[{\"action\":\"pay.*\",\"of\":\"money\",\"scope\":\"agent\",\"within\":86400000},"
		"{\"action\":\"**\",\"of\":\"tokens\",\"scope\":\"task\",\"within\":0}]}"));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "pay.x", "{}", VALUES), MATCHES));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "pay.x", "{}", "{}"), "without the history"));
	sg_policy_free(policy);
}

static void
undeclared(void)
{
	CU_ASSERT_TRUE(world_refuses(WHEN("r.history.sum['money:pay.*'] > 1"), "history.sum of 'money:pay.*' is read but not"));
	CU_ASSERT_TRUE(world_refuses("rule{id='x',on='a',needs={order={'a','b'}},when=function(r) return r.history.order['a > c'] "
				     "end,effect=allow{}}",
				     "history.order of 'a > c'"));
	CU_ASSERT_TRUE(world_refuses(WHEN("r.history.snce['a'] == nil"), "history has no field 'snce'"));
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',needs={since='a.b'},when=function(r) local h = r.history return "
				  "h.since['a.c'] == nil end,effect=allow{}}",
				  "{}", "did you mean 'a.b'"));
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',needs={count={'a',scope='task'}},when=function(r) local h = r.history return "
				  "h.did['a'] end,effect=allow{}}",
				  "{}", "\"code\":\"policy_unknown_field\""));
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',when=function(r) local h = r.history return h.cuont == 1 end,effect=allow{}}",
				  "{}", "did you mean 'count'"));
}

/* What the gate sends must be of the kind that was asked for. */
static void
wrong_values(void)
{
	static const char *const values[] = {"{\"x\":{\"since\":{\"a|0\":\"1\"}}}", "{\"x\":{\"since\":{\"a|0\":true}}}",
					     "{\"x\":{\"since\":{\"a|0\":0.5}}}", "{\"x\":{\"since\":{\"a|0|tree\":1}}}"};
	struct sg_policy *policy = world_load("rule{id='x',on='**',needs={since='a'},when=function(r) return r.history.since.a == 7 "
					      "end,effect=allow{}}");
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "a", "{}", values[i]), "without the history"));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "a", "{}", "{\"x\":{\"since\":{\"a|0\":7}}}"), MATCHES));
	sg_policy_free(policy);
}

static void
mistakes(void)
{
	static const struct {
		const char *needs, *want;
	} bad[] = {{"count={'a'}", "count needs a window"},
		   {"count={'a',scope='instance'}", "count needs a window"},
		   {"sum={'a',of='money'}", "sum needs a window"},
		   {"sum={'a',within='1h'}", "sum is of"},
		   {"sum={'a',of='mony',within='1h'}", "sum is of"},
		   {"did={'a',scope='world'}", "scope is none there is"},
		   {"did={'a',of='money'}", "needs has no such member: 'of'"},
		   {"order={'a'}", "2 to 8 patterns"},
		   {"order='a'", "2 to 8 patterns"},
		   {"never_together={'a','b',5}", "2 to 8 patterns"},
		   {"since={'a','b'}", "takes named members"},
		   {"did='a|b'", "no valid action pattern"},
		   {"did='a > b'", "no valid action pattern"},
		   {"did={{'a'},{'a',scope='tree'}}", "one window and one scope"},
		   {"count={{'a',within='1h'},{'a',within='1h',scope='task'}}", "one window and one scope"},
		   {"orders={'a','b'}", "did you mean 'order'"}};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[256];
		snprintf(text, sizeof(text), "rule{id='x',on='a',needs={%s},effect=allow{}}", bad[i].needs);
		CU_ASSERT_TRUE(world_refuses(text, bad[i].want));
	}
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',needs={sum={{'a',of='money',scope='task'},{'a',of='calls',scope='task'}}},"
				  "effect=allow{}}",
				  "{}", MATCHES));
}

static void
limits(void)
{
	char text[8192];
	for (int count = SG_NEED_PATTERNS; count <= SG_NEED_PATTERNS + 1; count++) {
		size_t len = (size_t)snprintf(text, sizeof(text), "rule{id='x',on='**',effect=allow{},needs={order={");
		for (int i = 0; i < count; i++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "'a%d',", i);
		snprintf(text + len, sizeof(text) - len, "}}}");
		CU_ASSERT_TRUE(count == SG_NEED_PATTERNS ? world_says(text, "{}", MATCHES) : world_refuses(text, "needs"));
	}
	for (int over = 0; over < 2; over++) { /* "aaa... > bbb..." of SG_NEED_NAME bytes, and one more */
		snprintf(text, sizeof(text), "rule{id='x',on='**',effect=allow{},needs={order={'%0*d','%0*d'}}}", 512, 0,
			 SG_NEED_NAME - 512 - 3 + over, 0);
		CU_ASSERT_TRUE(over == 0 ? world_says(text, "{}", MATCHES) : world_refuses(text, "too long together"));
	}
	for (int count = SG_POLICY_NEEDS; count <= SG_POLICY_NEEDS + 1; count++) {
		size_t len = (size_t)snprintf(text, sizeof(text), "rule{id='x',on='**',effect=allow{},needs={did={");
		for (int i = 0; i < count; i++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "{'a%d'},", i);
		snprintf(text + len, sizeof(text) - len, "}}}");
		CU_ASSERT_TRUE(count == SG_POLICY_NEEDS ? world_says(text, "{}", MATCHES) : world_refuses(text, "too many needs"));
	}
}

SG_CASES("policy.history", {"every kind, from declaration to value", kinds}, {"what was not declared", undeclared},
	 {"values of another kind", wrong_values}, {"mistakes in needs, each with a hint", mistakes},
	 {"at each limit, and one more", limits})
