/* SPDX-License-Identifier: Apache-2.0
 * Loading a set: the manifest, all errors at once with their place and a hint, and what is checked before a file runs.
 */
#include "unit/policy/world.h"

#include "base/digest.h"

#define NO_NEEDS "\"needs\":{\"count\":[],\"did\":[],\"never_together\":[],\"order\":[],\"since\":[],\"sum\":[]}"

static void
manifest(void)
{
	struct sg_policy_source sources[] = {
		{SG_STR("b.lua"), SG_STR("after{id='h',on={'a','b.**'},effect=function(r) return add{} end}")},
		{SG_STR("a.lua"),
		 SG_STR("policy{name='Pay',owner='mira'}\n\nrule {\n id='z', on='pay.*',\n effect=allow{} }\n")}};
	struct sg_policy *policy = world_load_many(sources, 2, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	char all[512], digest[SG_SHA256_HEX], a[SG_SHA256_HEX], b[SG_SHA256_HEX], want[1024];
	int len = snprintf(all, sizeof(all), "a.lua%c%zu%c%sb.lua%c%zu%c%s", 0, sources[1].text.len, 0,
			   sources[1].text.ptr, 0, sources[0].text.len, 0, sources[0].text.ptr);
	sg_sha256_hex(digest, (struct sg_str){all, (size_t)len});
	sg_sha256_hex(a, sources[1].text);
	sg_sha256_hex(b, sources[0].text);
	snprintf(want, sizeof(want),
		 "{\"digest\":\"%s\",\"files\":[{\"meta\":{\"name\":\"Pay\",\"owner\":\"mira\"},\"name\":\"a.lua\","
		 "\"sha256\":\"%s\"},"
		 "{\"meta\":{},\"name\":\"b.lua\",\"sha256\":\"%s\"}],\"rules\":[{\"after\":true,\"file\":\"b.lua\","
		 "\"id\":\"h\",\"line\":1,"
		 NO_NEEDS ",\"on\":[\"a\",\"b.**\"]},{\"after\":false,\"file\":\"a.lua\","
		 "\"id\":\"z\",\"line\":3,"
		 NO_NEEDS ",\"on\":[\"pay.*\"]}]}",
		 digest, a, b);
	CU_ASSERT_STRING_EQUAL(world_report, want);
	sg_policy_free(policy);
}

/* A set whose files have the name is asked with it: behind a dot, or as a text; not as a key, a comment, or a part of another. */
static void
names_here(void)
{
	static const struct {
		const char *when;
		bool here;
	} rows[] = {{"r.time.here.office", true}, {"r.time . here.office", true}, {"r.time['here'].office", true}, {"r.time[ [[here]] ].office", true}, {"r.time.hour > 3", false},
		    {"({here = true}).x == nil", false}, {"r.args.there ~= 'heres'", false}, {"true --[[ r.time.here ]]", false}, {"r.args.x ~= 'r.time.here'", false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[256];
		snprintf(text, sizeof(text), "rule{id='a',on='b',when=function(r) return %s end,effect=deny 'x'}", rows[i].when);
		struct sg_policy *policy = world_load(text);
		CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
		CU_ASSERT_EQUAL(strstr(world_report, "],\"here\":true,\"rules\"") != NULL, rows[i].here);
		sg_policy_free(policy);
	}
	struct sg_policy *policy = world_load("rule{id='a',on='b',when=function(r) return r.time.here.offise end,effect=deny 'x'}");
	CU_ASSERT_PTR_NULL(policy);
	CU_ASSERT_PTR_NOT_NULL(strstr(world_report, "did you mean 'office'?"));
}

static void
all_errors(void)
{
	struct sg_policy_source sources[] = {
		{SG_STR("b.lua"), SG_STR("rule{id='one',on='a',effect=allow{}}\nlocal x = = 1")},
		{SG_STR("a.lua"),
		 SG_STR("rule{id='one',on='a',efect=allow{}}\n"
			"rule{id='two',on='a..b',effect=allow{tll=1}}\n"
			"rule{id='three',on='a',when=function(r)\n"
			"return r.tsk.tainted and r.task.taintd end,effect=dney{}}\n"
			"rule{id='four',on='a',effect=allow{}}\nrule{id='four',on='a',effect=allow{}}")}};
	CU_ASSERT_PTR_NULL(world_load_many(sources, 2, NULL));
	static const char *const wants[] = {
		"\"hint\":\"did you mean 'effect'?\",\"line\":1,\"what\":\"rule has no such member: 'efect'\"}",
		"\"line\":1,\"what\":\"effect is neither an effect nor a function\"",
		"\"line\":2,\"what\":\"on is not an action pattern\"",
		"\"hint\":\"did you mean 'ttl'?\",\"line\":2,\"what\":\"allow has no such member: 'tll'\"",
		"\"hint\":\"did you mean 'task'?\",\"line\":4,\"what\":\"the request has no field 'tsk'\"",
		"\"hint\":\"did you mean 'tainted'?\",\"line\":4,\"what\":\"task has no field 'taintd'\"",
		"\"hint\":\"did you mean 'deny'?\",\"line\":4,\"what\":\"there is no 'dney'\"",
		"{\"file\":\"b.lua\",\"hint\":\"\",\"line\":2,\"what\":\"unexpected symbol near '='\"}"};
	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++)
		if (strstr(world_report, wants[i]) == NULL) {
			printf("\n  wanted %s\n  in %s\n", wants[i], world_report);
			CU_FAIL("an error is missing");
		}
	sources[0].text = SG_STR("rule{id='one',on='a',effect=allow{}}");
	sources[1].text = SG_STR("rule{id='one',on='a',effect=allow{}}");
	CU_ASSERT_PTR_NULL(world_load_many(sources, 2, NULL));
	CU_ASSERT_STRING_EQUAL(world_report,
			       "{\"errors\":[{\"file\":\"b.lua\",\"hint\":\"the other one is at a.lua:1\",\"line\":1,"
			       "\"what\":\"the id 'one' is taken\"}]}");
}

static void
rule_members(void)
{
	static const char *const bad[] = {
		"rule{on='a',effect=allow{}}",
		"rule{id='',on='a',effect=allow{}}",
		"rule{id='a b',on='a',effect=allow{}}",
		"rule{id='a|b',on='a',effect=allow{}}",
		"rule{id=5,on='a',effect=allow{}}",
		"rule{id='x',effect=allow{}}",
		"rule{id='x',on={},effect=allow{}}",
		"rule{id='x',on={a='b'},effect=allow{}}",
		"rule{id='x',on='a*',effect=allow{}}",
		"rule{id='x',on='a'}",
		"rule{id='x',on='a',effect='allow'}",
		"rule{id='x',on='a',when=true,effect=allow{}}",
		"rule{id='x',on='a',needs=5,effect=allow{}}",
		"rule{id='x',on='a',needs={cuont={}},effect=allow{}}",
		"rule{id='x',on='a',needs={count={'a'}},effect=allow{}}",
		"rule{id='x',on='a',needs={count={'a',within='soon'}},effect=allow{}}",
		"rule{id='x',on='a',needs={count={{'a',within='1h'},{'a',within='2h'}}},effect=allow{}}",
		"rule{id='x',on='a',needs={did={'a','b'}},effect=allow{}}",
		"rule('x')",
		"rule{}",
		"after{id='x',on='a',when=function(r) return true end,effect=function(r) return add{} end}",
		"after{id='x',on='a',needs={did='a'},effect=function(r) return add{} end}",
		"policy{nme='x'}",
		"policy{name=5}",
		"policy{} policy{}",
		"policy 'x'"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!world_refuses(bad[i], "\"line\":1")) {
			printf("\n  %s ", bad[i]);
			CU_FAIL("accepted");
		}
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',needs={did={'a',within='1h'},count={{'a',within=1},{'b',within='"
				  "1d'}}},effect=allow{}}",
				  "{}", MATCHES));
}

static void
lint(void)
{
	CU_ASSERT_TRUE(world_refuses("local x = 1\nreturn _ENV", "_ENV may not be used"));
	CU_ASSERT_TRUE(world_refuses("x = 1", "there is no 'x'"));
	CU_ASSERT_TRUE(world_refuses("local t = { f = function() y = 1 end }", "there is no 'y'"));
	CU_ASSERT_TRUE(
		world_refuses("rule{id='x',on='a',effect=allow{},when=function(r) return r.history.count['a'] > 1 end}",
			      "history.count of 'a' is read but not declared"));
	CU_ASSERT_TRUE(world_refuses(
		"rule{id='x',on='a',needs={did='b'},effect=allow{},when=function(r) return r.history.did['a'] end}",
		"history.did of 'a'"));
	CU_ASSERT_TRUE(world_refuses("rule{id='x',on='a',effect=function(q) return allow{ttl=q.tme.hour} end}",
				     "has no field 'tme'"));
	/* and no mistakes are invented */
	static const char *const good[] = {
		"local a <const>, b = 1, { x = 1, y = 2; z = 3 } for i, v in ipairs({}) do local c = v end",
		"local function f(a, ...) return select('#', ...) end local g = function(n) return n end f(g(1))",
		"local r = { tsk = 1 } local t = { when = function(q) return r.tsk end }",
		"goto done ::done:: local s = 'x = 1; os.exit()' --[[ os.exit() ]] -- y = 2\nlocal l = [==[ z = ]] "
		"]==]",
		"rule{id='x',on='a',effect=allow{},when=function(r) local r = {foo={bar=true}} return r.foo.bar end}",
		"local h = 'a' rule{id='x',on='a',needs={did=h},effect=allow{},when=function(r) return "
		"r.history.did['a'] end}",
		"rule{id='x',on='a',effect=allow{},when=function(r) return r.args.anything.goes == r.instance.facts.x "
		"end}",
		"local n = 0x10 + 1e5 + .5 + 3. local s = 'a\\'b' .. \"c\\\"d\" local m = s:len() ~= 3"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct sg_policy *policy = world_load(good[i]);
		if (policy == NULL)
			printf("\n  %s\n  gave %s ", good[i], world_report);
		CU_ASSERT_PTR_NOT_NULL(policy);
		sg_policy_free(policy);
	}
}

static void
bounds(void)
{
	static char text[200 << 10];
	size_t len = 0;
	for (int i = 0; i < SG_POLICY_PROBLEMS + 20; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "rule{}\n");
	CU_ASSERT_PTR_NULL(world_load(text));
	size_t count = 0;
	for (const char *at = world_report; (at = strstr(at, "\"what\"")) != NULL; at++)
		count++;
	CU_ASSERT_EQUAL(count, SG_POLICY_PROBLEMS);

	struct sg_policy_limits limits = {.load_steps = 100000};
	struct sg_policy_source loop = {SG_STR("a.lua"), SG_STR("for i = 1, 1e9 do end")};
	CU_ASSERT_PTR_NULL(world_load_many(&loop, 1, &limits));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_report, "(policy_steps)"));
	limits = (struct sg_policy_limits){.memory = 1 << 20};
	struct sg_policy_source big = {SG_STR("a.lua"),
				       SG_STR("local s = 'xxxxxxxxxxxxxxxx' for i = 1, 30 do s = s .. s end")};
	CU_ASSERT_PTR_NULL(world_load_many(&big, 1, &limits));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_report, "(policy_memory)"));
	limits = (struct sg_policy_limits){.memory = 1000};
	CU_ASSERT_PTR_NULL(world_load_many(&big, 1, &limits));
}

static void
names(void)
{
	struct sg_policy_source twice[] = {{SG_STR("a.lua"), SG_STR("")}, {SG_STR("a.lua"), SG_STR("")}};
	CU_ASSERT_PTR_NULL(world_load_many(twice, 2, NULL));
	struct sg_policy_source empty = {SG_STR(""), SG_STR("")};
	CU_ASSERT_PTR_NULL(world_load_many(&empty, 1, NULL));
	struct sg_policy_source odd = {SG_STR("a\n.lua"), SG_STR("")};
	CU_ASSERT_PTR_NULL(world_load_many(&odd, 1, NULL));
	char name[SG_POLICY_NAME + 1];
	memset(name, 'n', sizeof(name));
	struct sg_policy_source long_name = {{name, SG_POLICY_NAME}, SG_STR("")};
	struct sg_policy *policy = world_load_many(&long_name, 1, NULL);
	CU_ASSERT_PTR_NOT_NULL(policy);
	sg_policy_free(policy);
	long_name.name.len++;
	CU_ASSERT_PTR_NULL(world_load_many(&long_name, 1, NULL));
	CU_ASSERT_PTR_NOT_NULL(policy = world_load_many(NULL, 0, NULL));
	sg_policy_free(policy);
}

static void
check(void)
{
	struct sg_policy_source source = {SG_STR("a.lua"), SG_STR("\nrule{id='x',on='a',efect=allow{}}")};
	struct sg_buf out;
	sg_buf_init(&out, 1 << 16);
	CU_ASSERT_EQUAL(sg_policy_check(&source, 1, NULL, false, &out), SG_REFUSED);
	sg_buf_add(&out, "", 1);
	CU_ASSERT_STRING_EQUAL(out.ptr,
			       "a.lua:2: effect is neither an effect nor a function\n\thint: effect = allow {}\n"
			       "a.lua:2: rule has no such member: 'efect'\n\thint: did you mean 'effect'?\n");
	sg_buf_clear(&out);
	CU_ASSERT_EQUAL(sg_policy_check(&source, 1, NULL, true, &out), SG_REFUSED);
	CU_ASSERT_TRUE(sg_str_starts(sg_buf_view(&out), "{\"errors\":[{\"file\":\"a.lua\""));
	source.text = SG_STR("rule{id='x',on='a',effect=allow{}}");
	sg_buf_clear(&out);
	CU_ASSERT_EQUAL(sg_policy_check(&source, 1, NULL, false, &out), SG_OK);
	CU_ASSERT_TRUE(sg_str_is(sg_buf_view(&out), "1 file, 1 rule: good\n"));
	sg_buf_done(&out);
}

static bool
warns(const char *text)
{
	struct sg_policy_source source = {SG_STR("a.lua"), sg_str(text)};
	struct sg_buf out;
	sg_buf_init(&out, 1 << 16);
	CU_ASSERT_EQUAL(sg_policy_check(&source, 1, NULL, false, &out), SG_OK);
	bool found = out.len > 0 && memmem(out.ptr, out.len, "a.lua:2: warning: this rule allows by who asks alone\n\thint: ", 59) != NULL;
	sg_buf_done(&out);
	return found;
}

static void
warnings(void)
{
	static const char *const bad[] = {
		"when=function(r) return r.agent.name == 'x' end,effect=allow{}",
		"when=function(r) return r.task.role == 'x' or r.agent.id:starts('spiffe://') end,effect=allow{ttl='5s'}",
		"effect=function(q) if q.agent.name == 'x' then return allow{} end return deny{} end",
		"when=function(r) return table.has({'a','b'}, r.agent.name) end,effect=function(r) return allow{} end"};
	static const char *const good[] = {
		"when=function(r) return r.agent.name == 'x' and r.args.n < 5 end,effect=allow{}",
		"when=function(r) return r.agent.name == 'x' end,effect=deny{}",
		"when=function(r) return r.agent.name == 'x' end,effect=step_up{approvers='g'}",
		"when=function(r) return r.agent.name == 'x' and small(r) end,effect=allow{}",
		"when=function(r) return r.agent.name == 'x' end,effect=function(r) return allow{narrow={n=at_most(r.time.hour)}} end",
		"when=by_name,effect=allow{}",
		"when=function(r) return not r.task.tainted end,effect=allow{}",
		"effect=allow{}"};
	char text[512];
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "\nrule{id='x',on='a',%s}", bad[i]);
		CU_ASSERT_TRUE(warns(text));
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(text, sizeof(text), "local function small(r) return r.args.n < 5 end local function by_name(r) return r.agent.name == 'x' end"
			 "\nrule{id='x',on='a',%s}", good[i]);
		CU_ASSERT_FALSE(warns(text));
	}
	struct sg_policy_source source = {SG_STR("a.lua"), SG_STR("rule{id='x',on='a',effect=allow{}}")};
	struct sg_buf out;
	sg_buf_init(&out, 1 << 16);
	CU_ASSERT_EQUAL(sg_policy_check(&source, 1, NULL, true, &out), SG_OK);
	CU_ASSERT_TRUE(out.len > 15 && memcmp(out.ptr + out.len - 15, ",\"warnings\":[]}", 15) == 0);
	sg_buf_done(&out);
}

SG_CASES("policy.load", {"the manifest, exactly", manifest}, {"whether it names here", names_here}, {"all errors of all files at once", all_errors},
	 {"rule, after and policy take their members and no others", rule_members},
	 {"what is seen before a file runs, and nothing invented", lint}, {"bounds of loading", bounds},
	 {"names of files", names}, {"policy check for people and programs", check},
	 {"a rule that allows by role alone is told", warnings})
