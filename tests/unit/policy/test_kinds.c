/* SPDX-License-Identifier: Apache-2.0
 * Comparisons that can never hold do not load; those that may, do. */
#include "unit/policy/world.h"

static const char *const never[] = {
	"r.task.labels == 'mail'", "r.task.labels == {}", "r.task.labels ~= nil", "r.task.classes == 'payment'", "r.action.authority == 'iban'",
	"r.time.hour == '3'", "'3' == r.time.hour", "r.time.weekday == 'Monday'", "r.time['hour'] == '3'", "r['time'].hour == true", "r.task.depth == '0'",
	"r.task.tainted == 'true'", "r.task.tainted == 1", "r.task.tainted ~= 'false'", "r.task.tainted == nil", "r.resource.known == 'no'",
	"r.resource.owner == nil", "nil ~= r.action.environment", "r.action.name == 5", "r.task.id == true",
	"r.task.parent == ''", "r.task.role ~= \"\"", "r.enforcer == ''", "r.task.on_behalf_of == false",
	"r.task.budget == 0", "r.task.budget.calls == '0'", "r.task.chain == 'planner'", "r.provenance == {}", "r.args == {}", "r.args == nil", "r.args == 'x'",
	"r.agent == 'x'", "r.agent ~= nil", "r.action == 'pay.transfer'", "r.resource == 'account:1'", "r.task == nil", "r.time == 5", "r.approval == 'yes'",
	"r.approval ~= nil and r.approval.groups == 'finance'", "(r.time.hour == '3')", "r.time.hour == 3 or r.time.minute == '5'",
	"r.args.iban.trusted == 'false'", "r.args.iban.trusted == 0", "r.args['iban'].trusted ~= 'true'", "r.args.a.b.labels == 'mail'", "r.args.iban.origin == nil", "r.args.iban['trusted'] == 'no'",
	"r.args.to == {}", "r.args.to ~= { 'a' }", "{} == {}",
	"type(r.args.to) == 'list'", "type(r.args.to) ~= 'array'", "type(r.args.n) == 'integer'", "type(r.args.n) == 'Number'", "type(r.args.n) == 'Nil'",
	"r.args.p:find('x') == true", "r.args.p:find('x') == 0", "r.args.p:find('x') == -1", "r.args.p:find('x') ~= '1'", "string.find(r.args.p, 'x') == false",
	"r.args.m:lower() == 'Prod'", "'Prod' == r.args.m:lower()", "r.args:get('m'):lower() == 'Prod'", "'Prod' == r.args:get('m', { 1 })[1]:lower()", "('A'):lower() == 'A'", "r.args.l[1]:upper() == 'x'", "r.args:get('a'):find('b') == true", "'list' == type(r.args.to)", "0 == r.args.p:find('x')", "5 == r.args.m:lower()", "r.args.m:upper() ~= 'prod'", "r.args.m:lower() == 5", "string.lower(r.args.m) == 'Prod'",
	"r.args.p:glob('/x/**') ~= nil", "r.args.p:starts('/x') == 'true'", "r.args.p:starts('/x') == 1", "r.args.t:split(',') == 'a'", "r.args.u:uri() == 'https'",
	"r.args.to:email().host == 'Evil.example'", "r.args.to:email().user ~= 'Bob'", "'ACME.example' == r.args.to:email().host", "r.args:get('to'):email().text == 'a@B.example'", "r.args.u:uri().host == 'Acme.example'", "r.args.u:uri().scheme == 'HTTPS'",
	"r.args.u:uri().scheme == 'postgresql'", "r.args.u:uri().scheme == 'mariadb'", "r.args.u:uri().host == '[::1]'", "r.args.u:uri().host == 'a.example.'", "r.args.u:uri().path == '/a?b'", "r.args.u:uri().host == 'a/b'",
	"r.args.u:uri().port == '22'", "r.args.u:uri().text == 'HTTPS://a.example/'", "r.args.p:path().folder == '/srv/secrets/'", "r.args.p:path().text == '/a/'", "r.args.p:path().ending == '.pdf'", "r.args.p:path().name == 'a/b'",
	"r.args.i:form('iban') == 'DE75 5121 0800 1245 1261 99'", "r.args.i:form('host') == 'Evil.example'", "r.args.i:ip().version == '6'", "r.args.i:ip().text == '010.0.0.1'", "r.args.to:email().host == 5", "r.args.to:email().host == 'a b'",
	"tonumber(r.args.n) == '5'", "tostring(r.args.n) == 5", "math.floor(r.args.n) == '5'", "table.has(r.task.labels, 'a') == 'yes'",
};

static const char *const may[] = {
	"('https://a.example/x'):uri().host == 'a.example'", "('https://[2001:DB8::1]/x'):uri().host == '2001:db8::1'", "('postgresql://h/x'):uri().scheme == 'postgres'", "('file:///x'):uri().scheme == 'file'", "('s3://bucket_1/x'):uri().host == 'bucket_1'",
	"('a@evil.example'):email().host == 'evil.example'", "('a@evil.example'):email().user ~= 'bob'", "('https://a.example/x'):uri().port == 443", "('https://a.example/x'):uri().path == '/x'", "('https://a.example/x'):uri().query == ''", "('/srv/a.pdf'):path().folder == '/srv'",
	"('/srv/a.pdf'):path().ending == 'pdf'", "('/srv/A.pdf'):path().name == 'A.pdf'", "('DE75512108001245126199'):form('iban') == 'DE75512108001245126199'", "('10.0.0.1'):ip().version == 4", "('10.0.0.1'):ip().text == '10.0.0.1'",
	"r.time.hour == 3", "3 == r.time.hour", "r.task.depth ~= 0", "r.task.tainted == true", "false == r.task.tainted", "r.action.name == 'pay.send'", "r.action.environment == ''", "r.resource.owner == ''",
	"r.task.parent == nil", "r.task.parent ~= nil", "r.task.role == 'planner'", "r.enforcer == nil", "r.approval ~= nil", "r.approval == nil", "r.task.budget.calls == nil", "r.task.budget.calls == 0",
	"#r.task.labels == 0", "#r.task.labels == 5", "r.task.id .. 'x' == 'y'", "'x' == r.task.id .. 'y'", "r.time.hour + 1 == 5", "5 == r.time.hour + 1", "-r.time.hour == -5", "r.action.name:lower() == 'x'", "r.action.name:sub(1, 2) == 'pa'",
	"r.task.chain[1].agent == 'a'", "r.args:get('x') == 'x'", "r.args:get('x') == nil", "r.args:get('x') == true", "r.args:get('trusted') == 'yes'", "r.args:get('a', {}) == 5", "r.context:get('x') == nil",
	"r.args:get('a', 'x').trusted == true", "r.args:get('a', 'x').origin == 'task'", "type(r.args:get('x')) == 'table'", "type(r.args:get('x')) ~= 'nil'", "tonumber('5') == 5", "tonumber('x') == nil", "tostring(5) == '5'",
	"('a'):find('a') == 1", "('a'):find('b') == nil", "('A'):lower() == 'a'", "('a'):upper() == 'A'", "('\xC3\x84'):lower() == '\xC3\x84'", "('a'):starts('a') == true", "('a,b'):split(',')[1] == 'a'", "#('a,b'):split(',') == 2",
	"'X-' .. ('P'):lower() == 'X-P'", "#('a@b') - ('a@b'):find('@') == 0", "r.task.parent == nil == r.task.tainted", "'X-' .. r.args:get('m', 'P'):lower() == 'X-P'", "#r.args:get('m', 'a@b') - r.args:get('m', 'a@b'):find('@') == 0", "r.args:get('m', 'P'):lower() == 'p'", "table.has({ 'a' }, 'a') == true", "math.max(1, 2) == 2", "r.time.hour == r.time.minute", "r.task.tainted == (r.time.hour == 3)", "r.action.name == 'a' .. 'b'", "#{ 1, 2 } == 2", "r.time.hour == 3 and r.task.id == 'x'",
};

static bool
loads(const char *condition)
{
	char text[512];
	struct sg_buf told;
	snprintf(text, sizeof(text), "rule { id = 'x', on = '**', when = function(r) return %s end, effect = allow {} }", condition);
	struct sg_policy_source source = {.name = SG_STR("a.lua"), .text = sg_str(text)};
	sg_buf_init(&told, 1 << 16);
	bool good = sg_policy_check(&source, 1, NULL, true, &told) == SG_OK;
	sg_buf_done(&told);
	return good;
}

static void
never_equal(void)
{
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (loads(never[i]))
			printf("\n  loads: %s", never[i]);
		CU_ASSERT_FALSE(loads(never[i]));
	}
}

static void
may_be_equal(void)
{
	for (size_t i = 0; i < sizeof(may) / sizeof(may[0]); i++) {
		if (!loads(may[i]))
			printf("\n  does not load: %s", may[i]);
		CU_ASSERT_TRUE(loads(may[i]));
	}
}

/* A name of the author's own is not ours. */
static void
of_the_author(void)
{
	CU_ASSERT_TRUE(world_says("local function find(x) return x end rule { id = 'x', on = '**', when = function(r) return find('a') == 'a' end, effect = allow {} }", "{}", MATCHES));
	CU_ASSERT_TRUE(world_says("local my = { type = function(x) return 'list' end } rule { id = 'x', on = '**', when = function(r) return my.type(1) == 'list' end, effect = allow {} }", "{}", MATCHES));
	CU_ASSERT_TRUE(world_says("local function type(x) return 'list' end rule { id = 'x', on = '**', when = function(r) return type(1) == 'list' end, effect = allow {} }", "{}", MATCHES));
	CU_ASSERT_TRUE(world_says("local o = { find = function(self) return true end } rule { id = 'x', on = '**', when = function(r) return o:find() == true end, effect = allow {} }", "{}", MATCHES));
	CU_ASSERT_TRUE(world_says("local o = { email = function(self) return { host = 'A.B' } end } rule { id = 'x', on = '**', when = function(r) return o:email().host == 'A.B' end, effect = allow {} }", "{}", MATCHES));
	CU_ASSERT_TRUE(world_refuses("rule { id = 'x', on = '**', when = function(r)\nreturn r.task.labels == 'a' end, effect = allow {} }", "table.has"));
}

SG_CASES("policy.kinds", {"never equal", never_equal}, {"may be equal", may_be_equal}, {"of the author", of_the_author})
