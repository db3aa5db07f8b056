/* SPDX-License-Identifier: Apache-2.0
 * Nothing stays from one judgement to the next: frozen tables, watched variables, stale requests. */
#include "unit/policy/world.h"

#define STATE "\"code\":\"policy_state\""

static void
variables(void)
{
	CU_ASSERT_TRUE(world_says(
		"local n = 0; rule{id='x',on='**',when=function(r) n = n + 1; return true end,effect=allow{}}", "{}",
		STATE));
	CU_ASSERT_TRUE(world_says("local n = 0; local function up() n = n + 1 end\n"
				  "rule{id='x',on='**',when=function(r) up() return false end,effect=allow{}}",
				  "{}", STATE));
	CU_ASSERT_TRUE(world_says("local n = 0; local t = {deep={f=function() n = n + 1 end}}\n"
				  "rule{id='x',on='**',when=function(r) t.deep.f() return false end,effect=allow{}}",
				  "{}", STATE));
	CU_ASSERT_TRUE(
		world_says("local kept; rule{id='x',on='**',when=function(r) kept = r return false end,effect=allow{}}",
			   "{}", STATE));
	CU_ASSERT_TRUE(world_says(
		"local n = 0; rule{id='x',on='**',when=function(r) n = 1; n = 0; return true end,effect=allow{}}", "{}",
		MATCHES));
}

static void
tables(void)
{
	CU_ASSERT_TRUE(
		world_says("local t = {}; rule{id='x',on='**',when=function(r) t.a = 1 return true end,effect=allow{}}",
			   "{}", STATE));
	CU_ASSERT_TRUE(world_says("local t = {a={b={1}}}; rule{id='x',on='**',when=function(r) t.a.b[2] = 1 return "
				  "true end,effect=allow{}}",
				  "{}", STATE));
	CU_ASSERT_TRUE(world_says("local t = {1}; rule{id='x',on='**',when=function(r) table.insert(t, 2) return true "
				  "end,effect=allow{}}",
				  "{}", STATE));
	CU_ASSERT_TRUE(world_says(
		"local t = {1}; rule{id='x',on='**',when=function(r) table.remove(t) return true end,effect=allow{}}",
		"{}", STATE));
	CU_ASSERT_TRUE(world_says(
		"rule{id='x',on='**',when=function(r) string.len = nil return true end,effect=allow{}}", "{}", STATE));
}

static void
frozen_reads(void)
{
	CU_ASSERT_TRUE(world_says(
		"local t = {3,1,2,name='n',sub={x=1}}; t.self = t\n"
		"rule{id='x',on='**',when=function(r) local keys = ''\n"
		"for k in pairs(t) do keys = keys .. k .. ',' end\n"
		"local sum = 0; for i, v in ipairs(t) do sum = sum + i * v end\n"
		"return #t == 3 and keys == '1,2,3,name,self,sub,' and sum == 11 and t.self.self.sub.x == 1\n"
		"and t.nothing == nil and table.concat(t, '-') == '3-1-2' and table.has(t, 2)\n"
		"and table.sorted(t)[1] == 1 end,effect=allow{}}",
		"{}", MATCHES));
	CU_ASSERT_TRUE(world_says(
		"local opts = {taint={'a'},narrow={amount=at_most(5)}}\n"
		"rule{id='x',on='**',effect=function(r) return allow(opts) end}",
		"{}", "\"narrow\":{\"amount\":{\"at_most\":5}},\"obligations\":[],\"raise\":\"\",\"say\":\"\",\"taint\":[\"a\"]"));
}

static void
spent(void)
{
	struct sg_policy *policy = world_load(
		"local n = 0; rule{id='x',on='bad',when=function(r) n = n + 1; return true end,effect=allow{}}\n"
		"rule{id='y',on='good',effect=allow{}}");
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "good", "{}", "{}"), MATCHES));
	CU_ASSERT_FALSE(sg_policy_spent(policy));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "bad", "{}", "{}"), STATE));
	CU_ASSERT_TRUE(sg_policy_spent(policy));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "good", "{}", "{}"), "\"code\":\"policy_error\""));
	sg_policy_free(policy);
}

/* What a rule or a hook changes before it fails. */
static const char *const half_done[] = {
	"n = 1; error('x')",
	"n = 1; local x = r.args.no.such",
	"n = 1; return (function() end)()",
	"n = 1; return r.args:get(n)",
	"n = 1; return deny {}, allow {}",
	"n = r; error('x')",
	"n = { r }; error()",
	"n = function() return r end; error(n)",
	"up(); error('x')",
	"up(); up = nil; error('x')",
	"up = function() n = 2 end; up(); error('x')",
	"deep.f(); r.args.to:email()",
	"n = 1; for i = 1, 1e9 do end",
};

#define KEPT "local n = 0\nlocal function up() n = n + 1 end\nlocal deep = { f = function() up() end }\n"
#define CLEAN "n == 0 and type(up) == 'function' and deep.f ~= nil"

static void
left_behind(void)
{
	for (size_t i = 0; i < sizeof(half_done) / sizeof(half_done[0]); i++)
		for (int effect = 0; effect < 2; effect++) {
			char text[1024];
			snprintf(text, sizeof(text), KEPT "rule { id = 'x', on = 'bad', %s = function(r) %s end%s }\n"
				 "rule { id = 'y', on = 'good', when = function(r) return " CLEAN " end, effect = allow {} }\n",
				 effect ? "effect" : "when", half_done[i], effect ? "" : ", effect = allow {}");
			struct sg_policy *policy = world_load(text);
			CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
			CU_ASSERT_PTR_NULL(strstr(world_ask(policy, false, "bad", "{}", "{}"), "\"error\":null"));
			if (!sg_policy_spent(policy))
				CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "good", "{}", "{}"), MATCHES));
			sg_policy_free(policy);
		}
}

/* Of hooks each is asked by itself, in the same process: the next one finds nothing of what the last one changed, whether that failed or not. */
static void
hooks_leave_nothing(void)
{
	for (size_t i = 0; i <= sizeof(half_done) / sizeof(half_done[0]); i++) {
		char text[1024];
		snprintf(text, sizeof(text), KEPT "after { id = 'a', on = '**', effect = function(r) %s end }\n"
			 "after { id = 'b', on = '**', effect = function(r) if " CLEAN " then return add { taint = { 'clean' } } end return add {} end }\n",
			 i < sizeof(half_done) / sizeof(half_done[0]) ? half_done[i] : "n = 1 return add {}");
		struct sg_policy *policy = world_load(text);
		CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
		const char *said = world_ask(policy, true, "x.y", "{}", "{}");
		CU_ASSERT_PTR_NOT_NULL(strstr(said, "\"clean\""));
		CU_ASSERT_PTR_NULL(strstr(said, "\"error\":null"));
		sg_policy_free(policy);
	}
}

static void
load_refuses(void)
{
	CU_ASSERT_TRUE(world_refuses(
		"local it = pairs({1})\nrule{id='x',on='**',when=function(r) return it() ~= nil end,effect=allow{}}",
		"an iterator made while loading"));
	CU_ASSERT_TRUE(world_refuses(
		"local t = {[{}]=1}\nrule{id='x',on='**',when=function(r) return t ~= nil end,effect=allow{}}",
		"neither text nor number"));
	CU_ASSERT_TRUE(world_refuses("local t = {} local u = t for i = 1, 100 do u.n = {} u = u.n end\n"
				     "rule{id='x',on='**',when=function(r) return t ~= nil end,effect=allow{}}",
				     "nested deeper"));
	CU_ASSERT_TRUE(world_says(
		"rule{id='x',on='**',effect=function(r) rule{id='y',on='**',effect=allow{}} return allow{} end}", "{}",
		STATE));
}

SG_CASES("policy.state", {"variables of rules are watched", variables}, {"tables of rules are frozen", tables},
	 {"a rule that fails leaves nothing", left_behind}, {"hooks leave nothing to the next", hooks_leave_nothing}, {"frozen tables read like tables", frozen_reads}, {"an aborted state is not asked again", spent},
	 {"what cannot be frozen does not load", load_refuses})
