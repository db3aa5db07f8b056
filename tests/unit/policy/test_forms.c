/* SPDX-License-Identifier: Apache-2.0
 * Forms as policies read them: every spelling of the table, and the parts of those that have some. */
#include "unit/base/spellings.h"
#include "unit/policy/world.h"

#include "base/canon.h"

static void
spelled(void)
{
	struct sg_policy *policy = world_load("rule{id='x',on='pay.transfer',when=function(r) return r.args.text:form(r.args.form) == r.args.normal end,effect=allow{}}");
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		const struct spelling *s = &spellings[i];
		struct sg_buf args;
		sg_buf_init(&args, 64 << 10);
		sg_buf_printf(&args, "{\"form\":\"%s\",\"normal\":", sg_form_word(s->form));
		sg_canon_string(&args, sg_str(s->normal != NULL ? s->normal : ""));
		sg_buf_text(&args, ",\"text\":");
		sg_canon_string(&args, sg_str(s->text));
		sg_buf_add(&args, "}", 2);
		const char *answer = world_ask(policy, false, "pay.transfer", args.ptr, "{}");
		bool good = strstr(answer, s->normal != NULL ? MATCHES : "\"code\":\"policy_error\"") != NULL;
		if (!good)
			fprintf(stderr, "  %s: %s\n", args.ptr, answer);
		CU_ASSERT_TRUE(good);
		sg_buf_done(&args);
	}
	sg_policy_free(policy);
}

static void
parts(void)
{
	static const struct {
		const char *expression, *want;
	} rows[] = {
		{"('Bob@ACME.example'):email().host == 'acme.example' and ('Bob@ACME.example'):email().user == 'bob'", MATCHES},
		{"('x@evil.example,a@acme.example'):email().host == 'acme.example'", "policy_error"},
		{"('a@acme.example'):email().domain == 'acme.example'", "policy_unknown_field"},
		{"('HTTPS://ACME.example:8443/%41?b=c'):uri().host == 'acme.example'", MATCHES},
		{"('HTTPS://ACME.example:8443/%41?b=c'):uri().port == 8443 and ('https://a.example:443/'):uri().port == 0", MATCHES},
		{"('HTTPS://ACME.example:8443/%41?b=c'):uri().path == '/A' and ('HTTPS://ACME.example:8443/%41?b=c'):uri().query == 'b=c'", MATCHES},
		{"('https://acme.example'):uri().path == '/' and ('https://acme.example'):uri().query == '' and ('https://acme.example'):uri().scheme == 'https'", MATCHES},
		{"('https://[2001:DB8::1]/x'):uri().host == '2001:db8::1' and ('https://[2001:DB8::1]:81/x'):uri().port == 81", MATCHES},
		{"('file:///srv/x'):uri().host == '' and ('file:///srv/x'):uri().path == '/srv/x'", MATCHES},
		{"('https://acme.example@evil.example/'):uri().host == 'acme.example'", "policy_error"},
		{"('/srv//docs/TLS.Key/'):path().ending == 'Key' and ('/srv//docs/a.b/'):path().name == 'a.b' and ('/srv//docs/a/'):path().folder == '/srv/docs'", MATCHES},
		{"('/'):path().folder == '/' and ('/'):path().name == '' and ('/a'):path().folder == '/' and ('/.key'):path().ending == ''", MATCHES},
		{"('/srv/../etc'):path().folder == '/srv'", "policy_error"},
		{"('[::1]'):ip().version == 6 and ('10.0.0.1'):ip().version == 4 and ('[::1]'):ip().text == '::1'", MATCHES},
		{"('127.1'):ip().version == 4", "policy_error"},
		{"('a'):form('nmae') == 'a'", "did you mean 'name'"},
		{"('a'):form('exact') == 'a'", MATCHES},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[1024];
		snprintf(text, sizeof(text), WHEN("%s"), rows[i].expression);
		CU_ASSERT_TRUE(world_says(text, "{}", rows[i].want));
	}
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',when=function(r) local e = ('a@b'):email() e.host = 'c' return e.host == 'c' end,effect=allow{}}", "{}", MATCHES));
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',when=function(r) local e = ('a@b'):email() e.other = 'c' return true end,effect=allow{}}", "{}", "policy_error"));
}

/* ---- levels ---- */

static void
levels(void)
{
	static const struct {
		const char *expression, *want; /* NULL: it does not load */
	} rows[] = {
		{"r.sensitivity:at_least('confidential')", MATCHES}, /* the request's is confidential */
		{"r.sensitivity:at_least('restricted')", NO_MATCH},
		{"r.sensitivity:at_most('internal')", NO_MATCH},
		{"r.task.sensitivity:at_most('internal') and r.agent.autonomy:at_least('propose') and r.agent.strength:at_least('boundary')", MATCHES},
		{"r.sensitivity:at_least('sec' .. 'ret')", "policy_error"},
		{"r.sensitivity:at_least('pro' .. 'pose')", "policy_error"},
		{"r.sensitivity == 'confidential' and r.sensitivity ~= 'internal'", MATCHES},
		{"r.args.sensitivity == 'secret'", "policy_error"}, /* the caller's own, which is not there */
		{"r.sensitivity <= 'internal'", NULL},
		{"r.sensitivity > 'public'", NULL},
		{"'internal' >= r.sensitivity", NULL},
		{"r.task.sensitivity < r.sensitivity", NULL},
		{"r.sensitivity < r.args.level", NULL},
		{"r.sensitivity == 'secret'", NULL},
		{"r.sensitivity:at_least('secret')", NULL},
		{"r.sensitivity:at_most 'secret'", NULL},
		{"r.sensitivity:at_least(\"Internal\")", NULL},
		{"r.agent.autonomy:at_least('internal')", NULL},
		{"'Confidential' == r.action.sensitivity", NULL},
		{"r.agent.autonomy ~= 'auto'", NULL},
		{"r.agent.strength == 'strong'", NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[1024];
		snprintf(text, sizeof(text), WHEN("%s"), rows[i].expression);
		CU_ASSERT_TRUE(rows[i].want != NULL ? world_says(text, "{}", rows[i].want) : world_refuses(text, "\"line\":1"));
	}
	CU_ASSERT_TRUE(world_refuses(WHEN("r.sensitivity == 'confidental'"), "did you mean 'confidential'"));
}

/* Through a local, in brackets, from either side; and what only looks like it. */
static void
through_locals(void)
{
	static const struct {
		const char *body, *want; /* of `when`; NULL: it does not load */
	} rows[] = {
		{"local s = r.sensitivity return s < 'confidential'", NULL},
		/* through a helper, another name, a walk */
		{"local function get(t, n) return t[n] end return get(r, 'sensitivity') == 'Secret'", NULL},
		{"local function get(t, n) return t[n] end return get(r, 'name') <= 'internal'", NULL},
		{"local a = r local k = 'sens' .. 'itivity' return a[k] <= 'internal'", NULL},
		{"local a = r local w = 'boundary' return w > a['strength']", NULL},
		{"local most = { sensitivity = 'internal' } for n, m in pairs(most) do if r[n] > m then return true end end return false", NULL},
		{"local most = { ['autonomy'] = 'x' } for n in pairs(most) do if r.args:get(n, '') == '' then return true end end return false", NULL},
		{"local function get(n, t) return t[n] end local most = { max = 'y' } return get('sensitivity', r) <= most.max", NULL},
		{"local h = { get = function(n, t) return t[n] end } return h.get('sensitivity', r) == 'Confidential'", NULL},
		{"local n = 'q' return r.args:get('sensitivity', 'x') == 'x' and r.args:get(n, 1) == 1", MATCHES},
		{"for _, k in ipairs({ 'sensitivity' }) do if r.args[k] == 'secret' then return true end end return false", NULL},
		{"for k, v in pairs(r.args) do if k == 'autonomy' and v == 'own' then return true end end return false", NULL},
		{"local function low(t) local k = 'sensitivity' return t[k] == 'secret' end return low(r)", NULL},
		{"return 'read-only' < r.args:get('autonomy', '')", NULL},
		{"local s <const> = r.task.sensitivity; return 'internal' >= s", NULL},
		{"local s = r.sensitivity local w = 'public' return w < s", NULL},
		{"local w = 'secret' return r.sensitivity == w", NULL},
		{"local w <const> = 'Confidential' return w ~= r.sensitivity", NULL},
		{"local s, n = r.sensitivity, 1 return s < 'internal'", NULL},
		{"local s = r.sensitivity local w = 'secret' return s == w", NULL},
		{"return (r.sensitivity) < ('internal')", NULL},
		{"return ((r.sensitivity)) == 'secret'", NULL},
		{"return 'secret' == (r.agent.autonomy)", NULL},
		{"local s = r.sensitivity return s == 'confidential'", MATCHES},
		{"local w = 'confidential' return r.sensitivity == w", MATCHES},
		{"local s = r.sensitivity return s:at_least('internal')", MATCHES},
		{"return (r.sensitivity):upper() == 'SECRET'", NULL},
		{"return r.sensitivity:lower() == 'secret'", NULL},
		{"return r.sensitivity:sub(1, 3) == 'sec'", NULL},
		{"return tostring(r.sensitivity) == 'secret'", NULL},
		{"return tostring(r.sensitivity) <= 'internal'", NULL},
		{"return r.sensitivity .. '' <= 'internal'", NULL},
		{"return '' .. r.sensitivity <= 'internal'", NULL},
		{"local d = deny { say = 'of ' .. r.sensitivity .. ' level', code = 'x' } return true", "any"},
		{"local d = allow { taint = { 'a', 'level:' .. r.sensitivity, 'b' } } return true", "any"},
		{"local d = deny('of level ' .. tostring(r.sensitivity)) return true", "any"},
		{"return type(r.sensitivity) == 'string'", MATCHES},
		{"return 'internal' >= '' .. r.sensitivity", NULL},
		{"return (tostring(r.sensitivity)) == 'secret'", NULL},
		{"return ((r.sensitivity:lower())) == 'secret'", NULL},
		{"return (r.sensitivity .. '') < 'restricted'", NULL},
		{"return 'secret' == ('' .. r.sensitivity)", NULL},
		{"return #(r.sensitivity .. '') > 3", NULL},
		{"return table.has({ 'x' }, ('' .. r.sensitivity))", NO_MATCH},
		{"return 'internal' >= 'x' .. 'y' .. tostring(r.sensitivity)", NULL},
		{"return r.sensitivity .. 'x' .. 'y' == 'secretxy'", NULL},
		{"return 'secret' == r.sensitivity:lower()", NULL},
		{"return table.has({ 'level confidential' }, 'level ' .. r.sensitivity)", MATCHES},
		{"return #r.sensitivity < 3", NULL},
		{"local w = 'secret' w = 'confidential' return r.sensitivity == w", NULL},
		{"local w = 'secret' if true then local w = 'confidential' return r.sensitivity == w end return false", NULL},
		{"local s = r.sensitivity .. '' return s == 'secret'", NO_MATCH},
		{"local s = r.sensitivity or 'secret' return s == 'secret'", NULL},
		{"local s = (r.sensitivity) return s == 'secret'", NULL},
		{"local s local t = r.sensitivity s = t return s <= 'internal'", NULL},
		{"local s s = r.sensitivity return s <= 'internal'", NULL},
		{"local s = r.sensitivity local t = s return t == 'secret'", NULL},
		{"local s = r.sensitivity do local s = r.sensitivity if s == 'secret' then return true end end return s == 'secret'", NULL},
		{"local s = r.sensitivity do local s = r.sensitivity if s == 'public' then return true end end return s == 'confidential'", MATCHES},
		{"local s = r.sensitivity do local s = 'secret' end return s == 'confidential'", NULL},
		{"return (r.task.tainted and r.sensitivity or 'public') <= 'internal'", NULL},
		{"local L = { top = 'secret' } return r.sensitivity == L.top", NULL},
		{"return table.has({ 'secret' }, r.sensitivity)", NULL},
		{"return table.has({ r.sensitivity }, 'secret')", NULL},
		{"local function f(l) return l <= 'internal' end return f(r.sensitivity)", NULL},
		{"local function f(q) return q.sensitivity end return f(r) == 'secret'", NULL},
		{"return r['sensitivity'] == 'secret'", NULL},
		{"local S = 'sensitivity' return r[S] == 'secret'", NULL},
		{"for _, k in ipairs({ 'sensitivity' }) do if r.task[k] == 'secret' then return true end end return false", NULL},
		{"local k = 'labels' return #r['task'][k] == 0", NULL},
		{"local k = 'money' return r.task.budget[k] == nil or r.task.budget[k] >= 0", "any"},
		{"local k = 'a' return r.args[k] == nil or r.resource.properties[k] == nil", "any"},
		{"return r['task']['tainted']", "any"},
		{"return r['task']['tainted_'] == nil", NULL},
		{"return r['sensitivity'] <= 'internal'", NULL},
		{"return r['sensitivity'] == 'confidential'", MATCHES},
		{"local t = { ['sensitivity'] = 'x' } return true", MATCHES},
		{"return ({ r })[1].sensitivity <= 'internal'", NULL},
		{"return r.args:get('x', r).sensitivity == 'secret'", NO_MATCH},
		{"return r.resource.sensitivity == nil", NO_MATCH},
		{"return nil ~= r.resource.sensitivity", MATCHES},
		{"return r.sensitivity == r.action.sensitivity", "any"},
		{"return r.sensitivity == 'confidential' .. ''", NULL},
		{"return 'level ' .. r.sensitivity == 'level confidential'", NULL},
		{"return not r.sensitivity == 'secret'", NULL},
		{"if r.sensitivity then return true end return false", NULL},
		{"local s = r.args:get('sensitivity', 'x') return s == 'secret'", NO_MATCH},
		{"local t = { s = 'secret' } return t.s == 'secret'", MATCHES},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[1024];
		snprintf(text, sizeof(text), "rule{id='x',on='**',when=function(r) %s end,effect=allow{}}", rows[i].body);
		bool any = rows[i].want != NULL && strcmp(rows[i].want, "any") == 0;
		bool good = rows[i].want == NULL ? world_refuses(text, "\"line\":1") : any ? !world_refuses(text, "\"line\":1") : world_says(text, "{}", rows[i].want);
		if (!good)
			fprintf(stderr, "  row %zu: %s\n", i, rows[i].body);
		CU_ASSERT_TRUE(good);
	}
}

/* What Lua reads otherwise than it is written. */
static void
traps(void)
{
	static const struct {
		const char *body;
		bool loads;
	} rows[] = {
		{"return not r.task.intent == 'testing'", false},
		{"return not r.args:get('a') == 'x'", false},
		{"return not (r.args.a) == 'x'", false},
		{"return not r.args['a'].b ~= 1", false},
		{"return not #r.args.l <= 5", false},
		{"return not #r.args.to == 0", false},
		{"return not -r.args.n == 5", false},
		{"return not not r.args.kind == 'a'", false},
		{"return (not r.args.kind) == 'a'", false},
		{"return 'a' == not r.args.kind", false},
		{"return 5 == not r.args.n", false},
		{"return not ((r.args.kind)) == 'a'", false},
		{"return not r.args.kind:lower() == 'a'", false},
		{"return not (r.args.kind == 'a' or 'b')", false},
		{"return r.args.kind == ('a' or 'b')", false},
		{"return (r.args.kind == 'a' or 'b') == true", false},
		{"if (r.args.kind == 'a' or 'b') then return true end return false", false},
		{"if r.args.kind == 'a' or ('b') then return true end return false", false},
		{"if not (r.args.kind == 'a' or 'b') then return true end return false", false},
		{"if r.args.kind == 'a' or 'b' or 'c' then return true end return false", false},
		{"while r.args.kind == 'a' or 'b' do return true end return false", false},
		{"if r.args.kind == 'a' or true then return true end return false", false},
		{"if r.args.kind == 'a' or -1 then return true end return false", false},
		{"return r.args.kind == 'a' or 'b'", false},
		{"return not (r.args.iban and r.args.iban.trusted or true)", false},
		{"local t = r.args:get('iban') and r.args.iban.trusted or true return not t", false},
		{"return r.task.tainted and r.args.iban.trusted or true", false},
		{"return r.task.tainted and (r.args.n == 5) or (true)", false},
		{"return r.task.tainted and r.args.iban.trusted or false", true},
		{"local t = r.args:get('a') or true return t == true", true},
		{"return r.args.n > 5 or 'b' and r.args.n < 3", false},
		{"return 'a' or r.args.kind == 'b'", false},
		{"return r.args.kind == 'a' or r.args.n == 5 or 'b'", false},
		{"return r.args.kind == 'a' and r.args.n == 5", true},
		{"return (not r.task.tainted) == true", true},
		{"return r.args:get('a', 'x') or 'b'", true},
		{"local x = r.args:get('a') or 'b' return x == 'a'", true},
		{"local x = r.args.n == 5 and 'a' or 'b' return x == 'a'", true},
		{"local t = { a = r.task.intent == 'x' and 1 or 2 } return t.a == 1", true},
		{"return ('a'):upper() == 'A' or r.task.tainted", true},
		{"return not r.task.tainted == not r.args:get('b', false)", true},
		{"return not r.args:get('a', false) ~= not r.args:get('b', false)", true},
		{"local n = 5 for i = 1, n or 5 do if i > r.task.steps then return true end end return false", true},
		{"return #r.args:get('a', '') == 0 or r.task.steps - 1 > 5", true},
		{"return not (r.args.kind == 'a' or r.args.kind == 'b')", true},
		{"return not r.args.a < 5", false},
		{"return not 5 == r.args.a", false},
		{"if r.task.intent == 'a' or 'b' then return true end return false", false},
		{"if r.task.intent == 'a' or 5 then return true end return false", false},
		{"if r.task.tainted and 'x' then return true end return false", false},
		{"if r.task.intent == 'a' or { 'b' } then return true end return false", false},
		{"return not (r.task.intent == 'testing')", true},
		{"return not r.task.tainted and r.task.intent == 'x'", true},
		{"return not r.task.tainted or r.task.steps > 5", true},
		{"local x = r.task.tainted and 'a' or 'b' return x == 'a'", true},
		{"if r.task.intent == 'a' or r.task.intent == 'b' then return true end return false", true},
		{"if r.task.intent == 'a' or 'b' == r.task.intent then return true end return false", true},
		{"if (r.task.tainted and 'a' or 'b') == 'a' then return true end return false", true},
		{"return r.args:get('a', 'x') == 'or' .. 'then'", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[1024];
		snprintf(text, sizeof(text), "rule{id='x',on='**',when=function(r) %s end,effect=allow{}}", rows[i].body);
		bool refused = world_refuses(text, "\"line\":1");
		if (refused == rows[i].loads)
			fprintf(stderr, "  row %zu: %s\n", i, rows[i].body);
		CU_ASSERT_EQUAL(refused, !rows[i].loads);
	}
}

/* Lua keeps the last one. */
static void
given_twice(void)
{
	static const char *const rows[] = {
		"rule{id='x',on='**',effect=deny{},effect=allow{}}",
		"rule{id='x',on='**',when=function(r) return false end,when=function(r) return true end,effect=allow{}}",
		"rule{id='x',on='**',effect=step_up{approvers='ops',quorum=2,quorum=1}}",
		"rule{id='x',id='y',on='**',effect=allow{}}",
		"rule{id='x',on='**',['effect']=deny{},effect=allow{}}",
		"rule{id='x',on='**',effect=deny{};['effect']=allow{}}",
		"rule{id='x',on='**',effect=allow{narrow={a=at_most(1),b=at_most(1),a=at_most(9)}}}",
		"rule{id='x',on='**',effect=function(r) return allow{ttl='1s',say='x',ttl='9s'} end}",
		"local t = { limits = { pay = 1, pay = 2 } } rule{id='x',on='**',effect=allow{}}",
		"rule{id='x',on='**',needs={count={'a'},count={'b'}},effect=allow{}}",
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_TRUE(world_refuses(rows[i], "is given twice"));
	CU_ASSERT_TRUE(world_says("local t = { a = { a = 1 }, b = { a = 2 }, f = function() local a = 1 return { a = a } end } rule{id='x',on='**',when=function(r) local a = 1 return t.f().a == a end,effect=allow{}}", "{}", MATCHES));
	CU_ASSERT_TRUE(world_says("local a = { 'x', 'x' } local b, c = (a == a), { a == a, a ~= a } rule{id='x',on='**',effect=allow{}}", "{}", MATCHES));
}

/* A member that no line gives is misspelt, where a file shows all that a table has. */
static void
members(void)
{
	static const struct {
		const char *text;
		bool loads;
	} rows[] = {
		{"local W = { bound = at_most(100) } rule{id='x',on='**',effect=allow{narrow={limit=W.bond}}}", false},
		{"local W = { bound = at_most(100) } rule{id='x',on='**',effect=allow{narrow={limit=W.bound}}}", true},
		{"local W = { ['bound'] = at_most(100) } rule{id='x',on='**',effect=allow{narrow={limit=W.bond}}}", false},
		{"local W = { labels = { 'a' } } rule{id='x',on='**',effect=allow{taint=W.labls}}", false},
		{"local W = { t = '5s' } rule{id='x',on='**',effect=allow{ttl=W.T}}", false},
		{"local W = { q = 2 } rule{id='x',on='**',effect=step_up{approvers='ops',quorum=W.quorum}}", false},
		{"local W = { q = 2 } W.quorum = 3 rule{id='x',on='**',effect=step_up{approvers='ops',quorum=W.quorum}}", true},
		{"local W = { q = 2 } W['quorum'] = 3 rule{id='x',on='**',effect=step_up{approvers='ops',quorum=W.quorum}}", true},
		{"local W = { q = function(r) return true end } rule{id='x',on='**',when=W.p,effect=allow{}}", false},
		{"local W = { q = function(r) return true end } rule{id='x',on='**',when=function(r) return W.p(r) end,effect=allow{}}", false},
		{"local W = { q = { r = 1 } } rule{id='x',on='**',when=function(r) return W.q.s == nil end,effect=allow{}}", false}, /* a table in it as well */
		{"local W = {} rule{id='x',on='**',when=function(r) return W.q == nil end,effect=allow{}}", true},
		{"local W = { 'a', 'b' } rule{id='x',on='**',when=function(r) return W.q == nil end,effect=allow{}}", true},
		{"local W, n = { a = 1 }, 1 W.b, n = 2, 3 rule{id='x',on='**',when=function(r) return W.b == 2 end,effect=allow{}}", true},
		{"local W = { a = 1 } local n = 1 n, W.b, W.c = 1, 2, 3 rule{id='x',on='**',when=function(r) return W.b == W.c end,effect=allow{}}", true},
		{"local W = { a = at_most(1) } rule{id='x',on='**',effect=allow{narrow={limit=W.b, other=W.a}}}", false},
		{"local W = { a = 1 } local function f(t) t.b = 2 end f(W) rule{id='x',on='**',when=function(r) return W.b == 2 end,effect=allow{}}", true},
		{"local W = { a = 1 } for k in pairs({ b = 1 }) do W[k] = 1 end rule{id='x',on='**',when=function(r) return W.b == 1 end,effect=allow{}}", true},
		{"local W = { a = 1 } local n = 0 for k in pairs(W) do n = n + 1 end rule{id='x',on='**',when=function(r) return W.b == n end,effect=allow{}}", false},
		{"local W = { a = 1 } local t = { W = 1 } rule{id='x',on='**',when=function(r) return t.W == W.a end,effect=allow{}}", true},
		{"local W = { a = 1 } rule{id='x',on='**',when=function(r) local W = { b = 1 } return W.b == 1 end,effect=allow{}}", true}, /* two of the name */
		{"local W = ({ a = { b = 1 } }).a rule{id='x',on='**',when=function(r) return W.b == 1 end,effect=allow{}}", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool good = rows[i].loads ? !world_refuses(rows[i].text, "has no member") : world_refuses(rows[i].text, "has no member");
		if (!good)
			fprintf(stderr, "  row %zu: %s\n", i, rows[i].text);
		CU_ASSERT_TRUE(good);
	}
	CU_ASSERT_TRUE(world_says("local M = { limit = 5 } function M:small(r) return r.task.steps < self.limit end rule{id='x',on='**',when=function(r) return M:small(r) or r.task.steps >= 5 end,effect=allow{}}", "{}", MATCHES));
	CU_ASSERT_TRUE(world_refuses("local W = { bound = at_most(100) } rule{id='x',on='**',effect=allow{narrow={limit=W.bond}}}", "did you mean 'bound'?"));
}

/* A misspelt member of the author's own table is no rule that always applies. */
static void
when_is_nil(void)
{
	static const struct {
		const char *text;
		bool loads;
	} rows[] = {
		{"local n = 'smal' local is = { small = function(r) return true end } rule{id='x',on='**',when=is[n],effect=allow{}}", false},
		{"local is = { small = function(r) return true end } for _, c in ipairs({'smal','big'}) do rule{id=c,on='**',when=is[c],effect=allow{}} end", false},
		{"local is = { x = function(r) return true end } for _, c in ipairs({'x','y'}) do rule{id=c,on='**',when=is[c],effect=allow{}} end", false},
		{"local function pay(id, when) rule{id=id,on='**',when=when,effect=allow{}} end pay('x', function(r) return true end) pay('y', nil)", false},
		{"local is, n = {}, 'a' rule{id='x',on='**',when=is[n],effect=allow{}} rule{id='y',on='**',when=is[n],effect=allow{}}", false},
		{"local is = { small = function(r) return true end } rule{id='x',on='**',when=is.small,effect=allow{}}", true},
		{"rule{id='x',on='**',when=nil,effect=allow{}}", false},
		{"rule{id='x',on='**',effect=allow{}}", true},
		{"local t = { when = nil } rule{id='x',on='**',effect=allow{}}", true},
		{"local is = {} rule{id='x',on='**', effect=function(r) local t = { when = is.x } return allow{} end}", true},
		{"local is = {} rule{id='x',on='**'; when = is.y; effect=allow{}}", false},
		{"local is = {} rule({id='x',on='**', when = is.y, effect=allow{}})", false},
		{"local is = {} rule{id='x',on='**', ['when'] = is.y, effect=allow{}}", false},
		{"local is = { y = function(r) return true end } rule({id='x',on='**', when = is.y, effect=allow{}})", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool good = rows[i].loads ? world_says(rows[i].text, "{}", "\"rule\":\"x\"") : world_refuses(rows[i].text, "what stands behind `when` is nil");
		if (!good)
			fprintf(stderr, "  row %zu: %s\n", i, rows[i].text);
		CU_ASSERT_TRUE(good);
	}
}

/* Before its rule a condition is a function; members of a table that was handed on, where they are all that another is given. */
static void
given_before(void)
{
	static const char *const refused[] = {
		"local w local t = { id='x', on='**', effect=allow{} } t.when = w rule(t)",
		"local w local t = { id='x', on='**', effect=allow{}, when=w } rule(t)",
		"local w local t = { id='x', on='**', effect=allow{}, ['when']=w } rule(t)",
		"local w local function f(t) t.on='**' return t end rule(f{id='x',when=w,effect=allow{}})",
		"local c = {} local function f(t) t.on='**' return t end rule(f{id='x',when=c.a,effect=allow{}})",
		"local function c() end local function f(t) t.on='**' return t end rule(f{id='x',when=c(),effect=allow{}})",
		"local t = { on='**', effect=allow{} } t.when, t.id = nil, 'x' rule(t)",
		"local w local t = { id='x', on='**', effect=allow{} } t[('when')] = w rule(t)",
		"local w, k local t = { id='x', on='**', effect=allow{} } k = 'when' t[k] = w rule(t)",
		"local w local make = rule make{id='x',on='**',when=w,effect=allow{}}",
		"local t = { id='x', on='**', effect=allow{}, when=function(r) return true end } t.when = nil rule(t)",
	};
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		CU_ASSERT_TRUE(world_refuses(refused[i], "is written as a function"));
	CU_ASSERT_TRUE(world_says("local function f(t) t.on='**' return t end rule(f{id='x',when=function(r) return true end,effect=allow{}})", "{}", "\"rule\":\"x\""));
	CU_ASSERT_TRUE(world_says("local t = { id='x', on='**', effect=allow{} } t.when = function(r) return true end rule(t)", "{}", "\"rule\":\"x\""));
	CU_ASSERT_TRUE(world_refuses("local W = { t = '5s' } local function f(t) return t end f(W) rule{id='x',on='**',effect=allow{ttl=W.tt}}", "has no member"));
	CU_ASSERT_TRUE(world_refuses("local W = { q = 2 } local function f(t) return t end f(W) rule{id='x',on='**',effect=step_up{approvers='fin',quorum=W.qq}}", "has no member"));
	CU_ASSERT_TRUE(world_refuses("local W = { t = '5s' } rule{id='x',on='**',effect=allow{ttl=W['tt']}}", "has no member"));
	CU_ASSERT_TRUE(world_refuses("local W = { t = '5s' } local function f(t) return t end f(W) rule{id='x',on='**',effect=allow{ttl=W['tt']}}", "has no member"));
	CU_ASSERT_TRUE(world_refuses("local W = { pay = { t = '5s' } } rule{id='x',on='**',effect=allow{ttl=W.pay.tt}}", "has no member"));
	CU_ASSERT_TRUE(world_refuses("local W = { n = 1, pay = { t = '5s' } } rule{id='x',on='**',effect=function(r) return allow{ttl=W.pay.tt} end}", "has no member"));
	CU_ASSERT_TRUE(world_says("local W = { pay = { t = '5s' }, other = { tt = 1 } } rule{id='x',on='**',effect=allow{ttl=W.pay.t}}", "{}", "\"rule\":\"x\""));
	CU_ASSERT_TRUE(world_says("local W = { pay = { t = '5s' } } W.pay.u = '6s' rule{id='x',on='**',effect=allow{ttl=W.pay.u}}", "{}", "\"rule\":\"x\""));
	CU_ASSERT_TRUE(world_refuses("local N = { a = '**' } local function f(t) return t end f(N) rule{id='x',on={'**', N.b},effect=allow{}}", "has no member"));
	CU_ASSERT_TRUE(world_says("local W = { t = '5s' } rule{id='x',on='**',effect=allow{ttl=W['t']}}", "{}", "\"rule\":\"x\""));
	CU_ASSERT_TRUE(world_says("local W = { t = '5s' } local function f(t) t.u = 1 end f(W) local x = W.u rule{id='x',on='**',effect=allow{}}", "{}", "\"rule\":\"x\""));
}

SG_CASES("policy.forms", {"every spelling", spelled}, {"parts", parts}, {"levels", levels}, {"through locals", through_locals}, {"when is nil", when_is_nil}, {"given twice", given_twice}, {"traps", traps}, {"members", members}, {"given before its rule", given_before})
