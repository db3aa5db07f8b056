/* SPDX-License-Identifier: Apache-2.0
 * Judging: what rules return, in which order, and what happens when one of them fails. */
#include "unit/policy/world.h"

static void
exact_answer(void)
{
	struct sg_policy *policy = world_load("\nrule{id='b',on='pay.*',effect=deny{code='no.pay',say='no'}}\n"
					      "rule{id='a',on='**',effect=allow{ttl='2m',taint={'x','y'}}}\n"
					      "rule{id='c',on='mail.read',effect=deny{}}");
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	CU_ASSERT_STRING_EQUAL(world_ask(policy, false, "pay.transfer", "{}", "{}"),
			       "{\"effects\":[{\"effect\":{\"kind\":\"allow\",\"narrow\":{},\"obligations\":[],\"raise\":\"\",\"say\":"
			       "\"\",\"taint\":[\"x\",\"y\"],"
			       "\"ttl\":120000},\"file\":\"a.lua\",\"line\":3,\"rule\":\"a\"},{\"effect\":{\"code\":"
			       "\"no.pay\",\"freeze\":false,\"kind\":\"deny\","
			       "\"say\":\"no\"},\"file\":\"a.lua\",\"line\":2,\"rule\":\"b\"}],\"error\":null}");
	CU_ASSERT_STRING_EQUAL(world_ask(policy, false, "pay", "{}", "{}"), world_ask(policy, false, "x", "{}", "{}"));
	sg_policy_free(policy);
}

static void
no_rule(void)
{
	struct sg_policy *policy = world_load("");
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	CU_ASSERT_STRING_EQUAL(world_ask(policy, false, "pay.transfer", "{}", "{}"), NO_MATCH);
	sg_policy_free(policy);
}

static void
when_wants_boolean(void)
{
	CU_ASSERT_TRUE(world_says(WHEN("true"), "{}", MATCHES));
	CU_ASSERT_TRUE(world_says(WHEN("false"), "{}", NO_MATCH));
	CU_ASSERT_TRUE(world_says(WHEN("nil"), "{}", "\"code\":\"policy_error\""));
	CU_ASSERT_TRUE(world_says(WHEN("0"), "{}", "when must return true or false, not number"));
	CU_ASSERT_TRUE(world_says(WHEN("'true'"), "{}", "\"code\":\"policy_error\""));
}

/* What stands behind the first thing returned is not dropped in silence. */
static void
one_thing(void)
{
	static const struct {
		const char *rule, *want;
	} rows[] = {
		{"rule{id='x',on='**',effect=function(r) return allow{}, deny 'no' end}", "policy_bad_effect"},
		{"rule{id='x',on='**',effect=function(r) return deny 'no', allow{} end}", "policy_bad_effect"},
		{"rule{id='x',on='**',effect=function(r) return allow{}, nil end}", "policy_bad_effect"},
		{"rule{id='x',on='**',effect=function(r) end}", "policy_bad_effect"},
		{"rule{id='x',on='**',effect=function(r) return ('a'):find('a') end}", "policy_bad_effect"},
		{"rule{id='x',on='**',when=function(r) return true, false end,effect=allow{}}", "policy_error"},
		{"rule{id='x',on='**',when=function(r) return false, true end,effect=allow{}}", "policy_error"},
		{"rule{id='x',on='**',when=function(r) end,effect=allow{}}", "policy_error"},
		{"local function two() return true, 1 end rule{id='x',on='**',when=function(r) return two() end,effect=allow{}}", "policy_error"},
		{"rule{id='x',on='**',effect=function(r) if true then deny 'no' end return allow{} end}", "policy_bad_effect"},
		{"rule{id='x',on='**',effect=function(r) local d = deny 'no' return allow{} end}", "policy_bad_effect"},
		{"local A = allow{} rule{id='x',on='**',effect=function(r) deny 'no' return A end}", "policy_bad_effect"},
		{"local A = allow{} rule{id='x',on='**',effect=function(r) return A end}", MATCHES},
		{"local function no() return deny 'no' end rule{id='x',on='**',effect=function(r) no() return allow{} end}", "policy_bad_effect"},
		{"rule{id='x',on='**',effect=function(r) local e = { deny 'no', allow{} } return e[2] end}", "policy_bad_effect"},
		{"rule{id='x',on='**',when=function(r) deny 'no' return true end,effect=allow{}}", "policy_bad_effect"},
		{"rule{id='w',on='**',effect=function(r) return allow{} end} rule{id='x',on='**',effect=function(r) return allow{} end}", MATCHES},
		{"local function two() return true, 1 end rule{id='x',on='**',when=function(r) return (two()) end,effect=allow{}}", MATCHES},
		{"rule{id='x',on='**',effect=function(r) return allow{} end}", MATCHES},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_TRUE(world_says(rows[i].rule, "{}", rows[i].want));
}

/* More rules than the gate can hear for one action are found when the set is loaded. */
static void
crowds(void)
{
	static const struct {
		int a, b;
		const char *on_a, *on_b;
		bool good;
	} rows[] = {
		{256, 0, "pay.send", "", true},	    {257, 0, "pay.send", "", false}, {128, 128, "pay.*", "*.send", true}, {129, 128, "pay.*", "*.send", false},
		{200, 200, "pay.*", "mail.*", true}, {200, 57, "**", "pay.send", false}, {200, 56, "**", "pay.send", true},	 {200, 57, "pay.**", "*.a.b.c", false},
		{200, 200, "pay.*", "pay.a.b", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[256];
		snprintf(text, sizeof(text), "for i = 1, %d do rule{id='a'..i,on='%s',effect=allow{}} end for i = 1, %d do rule{id='b'..i,on='%s',effect=allow{}} end", rows[i].a, rows[i].on_a,
			 rows[i].b, rows[i].on_b[0] != '\0' ? rows[i].on_b : "x");
		struct sg_policy *policy = world_load(text);
		if ((policy != NULL) != rows[i].good)
			fprintf(stderr, "  row %zu: %s\n", i, world_report);
		CU_ASSERT_EQUAL(policy != NULL, rows[i].good);
		CU_ASSERT_TRUE(rows[i].good || strstr(world_report, "may answer for one action") != NULL);
		sg_policy_free(policy);
	}
}

static void
error_wins(void)
{
	struct sg_policy *policy =
		world_load("rule{id='a',on='**',effect=allow{}}\n"
			   "rule{id='b',on='**',when=function(r)\nreturn r.args.amount > 5 end,effect=deny{}}");
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	CU_ASSERT_STRING_EQUAL(
		world_ask(policy, false, "p", "{}", "{}"),
		"{\"effects\":[],\"error\":{\"code\":\"policy_error\",\"file\":\"a.lua\",\"line\":3,\"rule\":\"b\","
		"\"text\":"
		"\"the request does not have the member asked for; use :get(name, default) for what may be absent\"}}");
	CU_ASSERT_FALSE(sg_policy_spent(policy));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "p", "{\"amount\":6}", "{}"), "\"kind\":\"deny\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "p", "{\"amount\":\"6\"}", "{}"), "policy_error"));
	sg_policy_free(policy);
}

static void
texts_hide_values(void)
{
	static const char *const bodies[] = {"error('x' .. r.args.secret)",     "assert(false, r.args.secret)",
					     "return r.args[r.args.secret]",    "local t = { r.task } return t[1][r.args.secret]",
					     "return string[r.args.secret]",    "return r.args.secret + 1",
					     "return allow{[r.args.secret]=1}", "return r.history.count[r.args.secret]",
					     "return deny{code=r.args.secret}", "local x = r.args.secret; return x.y.z",
					     "return r.args.secret < 5",        "return ('x')[r.args.secret]"};
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		char text[512];
		snprintf(text, sizeof(text), "rule{id='x',on='**',effect=function(r) %s end}", bodies[i]);
		CU_ASSERT_TRUE(
			world_says(text, "{\"secret\":\"Hunter2!\"}", "\"effects\":[],\"error\":{\"code\":\"policy_"));
		CU_ASSERT_PTR_NULL(strstr(world_answer, "Hunter2"));
	}
}

static void
hooks(void)
{
	struct sg_policy *policy = world_load(
		"after{id='h',on='mail.*',effect=function(r)\n if r.outcome.result == 'ok' then "
		"return add{taint={'mail:'..r.resource.id},raise='restricted',freeze=true} end\n return add{} end}\n"
		"rule{id='r',on='mail.*',effect=allow{}}");
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	CU_ASSERT_STRING_EQUAL(
		world_ask(policy, true, "mail.read", "{}", "{}"),
		"{\"effects\":[{\"effect\":{\"freeze\":true,\"kind\":\"add\",\"raise\":\"restricted\",\"revoke\":false,"
		"\"taint\":[\"mail:acct-7\"]},\"file\":\"a.lua\",\"line\":1,\"rule\":\"h\"}],\"error\":null}");
	CU_ASSERT_PTR_NULL(strstr(world_ask(policy, false, "mail.read", "{}", "{}"), "\"rule\":\"h\""));
	sg_policy_free(policy);
	CU_ASSERT_TRUE(
		world_says("rule{id='x',on='**',effect=function(r) return add{} end}", "{}", "policy_bad_effect"));
}

static void
not_a_request(void)
{
	struct sg_policy *policy = world_load("");
	struct sg_buf out;
	sg_buf_init(&out, 4096);
	CU_ASSERT_EQUAL(sg_policy_judge(policy, SG_STR("{"), &out), SG_MALFORMED);
	CU_ASSERT_EQUAL(sg_policy_judge(policy, SG_STR("{ }"), &out), SG_MALFORMED);
	CU_ASSERT_EQUAL(sg_policy_judge(policy, SG_STR("{}"), &out), SG_MALFORMED);
	CU_ASSERT_EQUAL(sg_policy_judge(policy, SG_STR("{\"action\":{\"name\":5}}"), &out), SG_MALFORMED);
	CU_ASSERT_EQUAL(out.len, 0);
	sg_buf_done(&out);
	sg_policy_free(policy);
}

static void
output_bound(void)
{
	struct sg_policy_limits limits = {.output = 2000};
	static char text[64 << 10];
	size_t len = 0;
	for (int i = 0; i < 40; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "rule{id='r%d',on='a.%s',effect=deny{}}\n", i,
					i < 10 ? "*" : "b");
	struct sg_policy_source source = {SG_STR("a.lua"), sg_str(text)};
	struct sg_policy *policy = world_load_many(&source, 1, &limits);
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "a.c", "{}", "{}"), "\"error\":null"));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "a.b", "{}", "{}"), "\"code\":\"policy_output\""));
	sg_policy_free(policy);
}

/* Whatever order ids and files have: what speaks otherwise is asked last, and only where nothing else matched. */
static void
otherwise(void)
{
	static const char other[] = "rule{id='a',on='**',otherwise=true,effect=deny{code='rest'}}";
	static const struct {
		const char *more, *want, *never;
	} rows[] = {
		{"", "\"rest\"", "\"b\""},
		{" rule{id='b',on='**',effect=allow{}}", "\"rule\":\"b\"", "rest"},
		{" rule{id='b',on='x.*',effect=allow{}}", "\"rest\"", "\"rule\":\"b\""},
		{" rule{id='b',on='**',when=function(r) return false end,effect=allow{}}", "\"rest\"", "\"rule\":\"b\""},
		{" rule{id='b',on='**',effect=function(r) return r.args.nothing end}", "\"code\":\"policy_", "rest"},
		{" rule{id='b',on='**',otherwise=false,effect=allow{}}", "\"rule\":\"b\"", "rest"},
		{" rule{id='b',on='**',otherwise=true,effect=allow{}}", "\"rest\"", "policy_"},
		{" rule{id='b',on='**',otherwise=true,when=function(r) return false end,effect=allow{}}", "\"rest\"", "\"rule\":\"b\""},
		{" rule{id='b',on='**',otherwise=true,when=function(r) return 1 end,effect=allow{}} rule{id='c',on='**',effect=allow{}}", "\"rule\":\"c\"", "policy_error"},
		{" rule{id='b',on='**',otherwise=true,when=function(r) return 1 end,effect=allow{}}", "\"code\":\"policy_error\"", "rest"},
		{" after{id='b',on='**',effect=function(r) return add{} end}", "\"rest\"", "\"rule\":\"b\""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int turn = 0; turn < 2; turn++) {
			char first[512];
			snprintf(first, sizeof(first), "%s", rows[i].more);
			struct sg_policy_source sources[] = {{SG_STR("1.lua"), sg_str(turn == 0 ? other : first)}, {SG_STR("2.lua"), sg_str(turn == 0 ? first : other)}};
			struct sg_policy *policy = world_load_many(sources, 2, NULL);
			CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
			const char *answer = world_ask(policy, false, "pay.transfer", "{}", "{}");
			CU_ASSERT_PTR_NOT_NULL(strstr(answer, rows[i].want));
			CU_ASSERT_PTR_NULL(strstr(answer, rows[i].never));
			sg_policy_free(policy);
		}
}

static void
otherwise_is_a_flag(void)
{
	static const char *const wrong[] = {"'yes'", "1", "0", "{}", "function() return true end", "'false'", "allow{}"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[256];
		snprintf(text, sizeof(text), "rule{id='a',on='**',otherwise=%s,effect=allow{}}", wrong[i]);
		CU_ASSERT_PTR_NULL(world_load(text));
		CU_ASSERT_PTR_NOT_NULL(strstr(world_report, "otherwise is true, or left out"));
	}
	CU_ASSERT_PTR_NULL(world_load("after{id='a',on='**',otherwise=true,effect=function(r) return add{} end}"));
}

SG_CASES("policy.judge", {"what speaks otherwise", otherwise}, {"otherwise is true or left out", otherwise_is_a_flag}, {"one thing is returned", one_thing}, {"crowds", crowds}, {"every matching rule answers, sorted by id, exactly", exact_answer},
	 {"no rule, no effect", no_rule}, {"when returns a boolean and nothing else", when_wants_boolean},
	 {"one failing rule leaves no effect", error_wins},
	 {"texts never carry values of the request", texts_hide_values}, {"after hooks only add", hooks},
	 {"what is no canonical request is not judged", not_a_request}, {"the output bound holds", output_bound})
