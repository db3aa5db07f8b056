/* SPDX-License-Identifier: Apache-2.0
 * Effects: every member in its exact form, and everything that is not exactly that refused, at load and in a judgement.
 */
#include "unit/policy/world.h"

static bool
gives(const char *effect, const char *want)
{
	char text[4096], full[4096];
	snprintf(text, sizeof(text), "rule{id='x',on='**',effect=%s}", effect);
	snprintf(full, sizeof(full), "{\"effects\":[{\"effect\":%s,\"file\"", want);
	if (!world_says(text, "{}", full))
		return false;
	snprintf(text, sizeof(text), "rule{id='x',on='**',effect=function(r) return %s end}", effect);
	return world_says(text, "{}", full);
}

/* Both ways round: as a value it does not load, from a function it is policy_bad_effect. */
static bool
is_bad(const char *effect)
{
	char text[8192];
	snprintf(text, sizeof(text), "\nrule{id='x',on='**',effect=%s}", effect);
	if (!world_refuses(text, "\"line\":2"))
		return false;
	snprintf(text, sizeof(text), "rule{id='x',on='**',effect=function(r) return %s end}", effect);
	return world_says(text, "{}", "\"code\":\"policy_bad_effect\"");
}

static void
forms(void)
{
	CU_ASSERT_TRUE(
		gives("allow{}",
		      "{\"kind\":\"allow\",\"narrow\":{},\"obligations\":[],\"raise\":\"\",\"say\":\"\",\"taint\":[],\"ttl\":0}"));
	CU_ASSERT_TRUE(
		gives("allow()",
		      "{\"kind\":\"allow\",\"narrow\":{},\"obligations\":[],\"raise\":\"\",\"say\":\"\",\"taint\":[],\"ttl\":0}"));
	CU_ASSERT_TRUE(gives("deny 'not at night'", "{\"code\":\"\",\"freeze\":false,\"kind\":\"deny\",\"say\":\"not at night\"}"));
	CU_ASSERT_TRUE(gives("deny{freeze=true}", "{\"code\":\"\",\"freeze\":true,\"kind\":\"deny\",\"say\":\"\"}"));
	CU_ASSERT_TRUE(gives("allow{raise='restricted'}", "{\"kind\":\"allow\",\"narrow\":{},\"obligations\":[],\"raise\":\"restricted\","
						    "\"say\":\"\",\"taint\":[],\"ttl\":0}"));
	CU_ASSERT_TRUE(
		gives("defer{retry_after='5m',say='s'}", "{\"kind\":\"defer\",\"retry_after\":300000,\"say\":\"s\"}"));
	CU_ASSERT_TRUE(gives("step_up{approvers='finance',quorum=2,ttl='2m',methods={'passkey'},say='s',narrow={b=at_"
			     "least(1),a=at_most(2.5)}}",
			     "{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[\"passkey\"],\"narrow\":{"
			     "\"a\":{\"at_most\":2.5},"
			     "\"b\":{\"at_least\":1}},\"quorum\":2,\"raise\":\"\",\"say\":\"s\",\"ttl\":120000}"));
	CU_ASSERT_TRUE(gives("allow{narrow={['to.country']=only{'DE',7,true}},obligations={'log'},ttl=1500}",
			     "{\"kind\":\"allow\",\"narrow\":{\"to.country\":{\"only\":[\"DE\",7,true]}},"
			     "\"obligations\":[\"log\"],\"raise\":\"\",\"say\":\"\","
			     "\"taint\":[],\"ttl\":1500}"));
}

static void
bad_forms(void)
{
	static const char *const bad[] = {"allow{tll=5}",
					  "allow{ttl=0}",
					  "allow{ttl='0s'}",
					  "allow{ttl='0d'}",
					  "allow{ttl=0.0}",
					  "step_up{approvers='ops',ttl='0ms'}",
					  "defer{retry_after='0s'}",
					  "allow{taint={'mail\\0x'}}",
					  "allow{taint={'mail\\n'}}",
					  "allow{taint={'\\127'}}",
					  "allow{obligations={'log\\0'}}",
					  "step_up{approvers='ops\\0'}",
					  "step_up{approvers='ops',methods={'passkey\\0'}}",
					  "allow{kind='deny'}",
					  "allow{1}",
					  "allow{ttl='5 minutes'}",
					  "allow{raise='secret'}",
					  "allow{raise=true}",
					  "allow{freeze=true}",
					  "deny{freeze='yes'}",
					  "deny{freeze=1}",
					  "deny{raise='internal'}",
					  "allow{ttl=-1}",
					  "allow{ttl=1.5}",
					  "allow{ttl='400d'}",
					  "allow{taint='x'}",
					  "allow{taint={1}}",
					  "allow{taint={''}}",
					  "allow{taint={a='x'}}",
					  "allow{narrow={5}}",
					  "allow{narrow={a=5}}",
					  "allow{narrow={a=at_most(0/0)}}",
					  "allow{narrow={a=at_most(1/0)}}",
					  "allow{narrow={a=at_most('5')}}",
					  "allow{narrow={a=at_most(9007199254740993)}}",
					  "allow{narrow={a=only{}}}",
					  "allow{narrow={a=only{{}}}}",
					  "allow{narrow={a=only{0/0}}}",
					  "allow{narrow={['a b']=at_most(1)}}",
					  "allow{say=5}",
					  "allow{say='\\xff'}",
					  "deny{code='Nein'}",
					  "deny{code='a b'}",
					  "deny{5}",
					  "deny(5)",
					  "deny('a', 'b')",
					  "step_up{}",
					  "step_up{approvers=''}",
					  "step_up{approvers='f',quorum=0}",
					  "step_up{approvers='f',quorum=17}",
					  "step_up{approvers='f',quorum=1.0}",
					  "step_up{approvers='f',quorum='1'}",
					  "step_up 'finance'",
					  "defer{after='1m'}",
					  "allow{allow{}}",
					  "allow(allow{})",
					  "allow{taint={'\\xc3'}}"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!is_bad(bad[i])) {
			printf("\n  %s is not refused ", bad[i]);
			CU_FAIL("accepted");
		}
	CU_ASSERT_TRUE(world_refuses("rule{id='x',on='**',effect=allow}", "neither an effect nor a function"));
	CU_ASSERT_TRUE(world_refuses("rule{id='x',on='**',effect=add{}}", "wrong kind"));
	CU_ASSERT_TRUE(world_refuses("after{id='x',on='**',effect=allow{}}", "wrong kind"));
	CU_ASSERT_TRUE(world_refuses("after{id='x',on='**',effect=add{raise='secret'}}", "add.raise"));
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',effect=function(r) end}", "{}", "policy_bad_effect"));
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',effect=function(r) return {kind='allow'} end}", "{}",
				  "policy_bad_effect"));
	CU_ASSERT_TRUE(
		world_says("rule{id='x',on='**',effect=function(r) return 'allow' end}", "{}", "policy_bad_effect"));
}

static void
sized(char *out, const char *before, size_t len, const char *behind)
{
	size_t at = strlen(before);
	memcpy(out, before, at);
	memset(out + at, 'a', len);
	strcpy(out + at + len, behind);
}

static void
bounds(void)
{
	char text[4096];
	sized(text, "rule{id='x',on='**',effect=deny{say='", SG_POLICY_SAY, "'}}");
	CU_ASSERT_TRUE(world_says(text, "{}", "\"kind\":\"deny\""));
	sized(text, "deny{say='", SG_POLICY_SAY + 1, "'}");
	CU_ASSERT_TRUE(is_bad(text));
	sized(text, "rule{id='x',on='**',effect=allow{taint={'", SG_POLICY_WORD, "'}}}");
	CU_ASSERT_TRUE(world_says(text, "{}", MATCHES));
	sized(text, "allow{taint={'", SG_POLICY_WORD + 1, "'}}");
	CU_ASSERT_TRUE(is_bad(text));
	CU_ASSERT_TRUE(
		world_says("rule{id='x',on='**',effect=function(r) local t = {} for i = 1, 32 do t[i] = 'x' .. i end "
			   "return allow{taint=t} end}",
			   "{}", "\"x32\""));
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',effect=function(r) local t = {} for i = 1, 33 do t[i] = 'x' end "
				  "return allow{taint=t} end}",
				  "{}", "policy_bad_effect"));
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',effect=function(r) return allow{taint=r.task.labels} end}", "{}",
				  "\"taint\":[\"mail:1\",\"web\"]"));
}

SG_CASES("policy.effect", {"each effect has all its members", forms}, {"anything else is refused", bad_forms},
	 {"bounds at the limit and one beyond", bounds})
