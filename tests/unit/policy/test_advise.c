/* SPDX-License-Identifier: Apache-2.0
 * What a set and a configuration say of each other: each mistake is warned of where it stands, and nothing else is. */
#include "base/canon.h"
#include "base/str.h"
#include "policy/policy.h"
#include "unit/cases.h"

#include <stdio.h>
#include <string.h>

static const char conf_text[] =
	"{\"office\":{\"hours\":[]},\"resources\":{\"f\":{\"form\":\"path\",\"type\":\"file\"},\"t\":{\"form\":\"exact\",\"type\":\"thing\"}},"
	"\"actions\":{\"call\":{\"arguments\":[\"ip:ip\",\"url:uri\"],\"name\":\"net.call\"},\"mail\":{\"arguments\":[\"to:email[]\",\"subject?:string\"],\"name\":\"mail.send\"},\"pay\":{\"arguments\":[\"iban:iban\"],\"costs\":[\"money=amount\"],\"name\":\"pay.transfer\"},"
	"\"web\":{\"arguments\":[],\"name\":\"web.get\"}},"
	"\"admins\":{\"bot\":{\"groups\":[\"bots\",\"mixed\"],\"uid\":7},\"eye\":{\"groups\":[\"eyes\",\"mixed\"],\"may\":\"watch\",\"uid\":8},\"gone\":{\"groups\":[\"left\",\"mixed\"],\"uid\":9},\"jon\":{\"groups\":[\"mixed\"]},\"mira\":{\"groups\":[\"oncall\"]},\"priya\":{\"groups\":[]}},"
	"\"humans\":{\"g\":{\"admin\":\"gone\",\"disabled\":true},\"j\":{\"admin\":\"jon\",\"disabled\":false}},"
	"\"groups\":{\"finance\":{\"members\":[\"jon\",\"priya\"]},\"empty\":{\"members\":[]}},\"agents\":{\"helper\":{\"match\":[\"peer:exe=/x\",\"peer:uid=7\"]}},\"intents\":{\"work\":{}},\"prove\":{\"phone\":{}},\"roles\":{}}";

static char *
checked(const char *text, const char *conf)
{
	struct sg_policy_source source = {SG_STR("a.lua"), sg_str(text)};
	struct sg_arena arena;
	struct sg_buf out;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 1 << 20);
	sg_buf_init(&out, 1 << 16);
	if (conf != NULL)
		CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(conf), NULL, &json, NULL), SG_OK);
	CU_ASSERT_EQUAL(sg_policy_check(&source, 1, json, false, &out), SG_OK);
	char *copy = strndup(out.ptr, out.len);
	sg_buf_done(&out);
	sg_arena_done(&arena);
	return copy;
}

#define RULE(on, more) "rule{id='x',on=" on "," more "}"
#define WHEN(body) "when=function(r) return " body " end,effect=deny 'no'"

static void
rows(void)
{
	static const struct {
		const char *rule, *warns; /* NULL: of nothing */
	} table[] = {
		{RULE("'mail.*'", "effect=deny 'no'"), NULL},
		{RULE("'**'", "effect=deny 'no'"), NULL},
		{RULE("'**'", WHEN("r.time.here.hour > 3 and not r.time.here.holiday")), NULL},
		{RULE("'**'", WHEN("not r.time.here.office")), "a.lua:1: warning: the configuration has no office.hours: r.time.here.office is never true"},
		{RULE("'mail.sned'", "effect=deny 'no'"), "a.lua:1: warning: no action of the catalogue fits 'mail.sned'\n\thint: did you mean 'mail.send'?"},
		{RULE("{'mail.send','mial.*'}", "effect=deny 'no'"), "fits 'mial.*'"},
		{RULE("'pay.transfer'", "effect=step_up{approvers='finance',quorum=2}"), NULL},
		{RULE("'pay.transfer'", "effect=step_up{approvers='finance',methods={'passkey'}}"), "nobody can prove 'passkey': what asks it is denied (methods_empty)"},
		{RULE("'pay.transfer'", "effect=step_up{approvers='finance',methods={'passkey','totp'}}"), "nobody can prove 'passkey'"},
		{RULE("'pay.transfer'", "effect=step_up{approvers='finance',methods={'passkey','admin'}}"), NULL},
		{RULE("'pay.transfer'", "effect=step_up{approvers='finance',methods={'phone'}}"), NULL},
		{RULE("'pay.transfer'", "effect=step_up{approvers='finance',methods={'passkey','phone'}}"), NULL},
		{RULE("'pay.transfer'", "effect=step_up{approvers='finance',methods={'Phone'}}"), "nobody can prove 'Phone'"},
		{RULE("'pay.transfer'", "effect=step_up{approvers='finance',methods={}}"), NULL},
		{RULE("'pay.transfer'", "effect=step_up{approvers='oncall'}"), NULL},
		{RULE("'pay.transfer'", "effect=step_up{approvers='finanse'}"), "nobody is in the group 'finanse': what asks it is never approved\n\thint: did you mean 'finance'?"},
		{RULE("'pay.transfer'", "effect=step_up{approvers='empty'}"), "nobody is in the group 'empty'"},
		{RULE("'pay.transfer'", "effect=step_up{approvers='left'}"), "nobody of the group 'left' may say yes: what asks it is never approved"},
		{RULE("'pay.transfer'", "effect=step_up{approvers='eyes'}"), "nobody of the group 'eyes' may say yes"},
		{RULE("'pay.transfer'", "effect=step_up{approvers='bots'}"), "nobody of the group 'bots' may say yes"},
		{RULE("'pay.transfer'", "effect=step_up{approvers='mixed'}"), NULL},
		{RULE("'pay.transfer'", "effect=step_up{approvers='mixed',quorum=2}"), "the group 'mixed' has 1 member who may say yes, a quorum of 2 is never met"},
		{RULE("'pay.transfer'", "effect=step_up{quorum=3,approvers='finance'}"), "the group 'finance' has 2 members, a quorum of 3 is never met"},
		{RULE("'pay.transfer'", "effect=function(r) return step_up{approvers='oncall',quorum=2} end"), "the group 'oncall' has 1 member, a quorum of 2"},
		{RULE("'pay.transfer'", "needs={sum={'pay.*',of='money',within='1d'}},when=function(r) return true end,effect=deny 'no'"), NULL},
		{RULE("'pay.transfer'", "needs={sum={'**',of='money',within='1d'}},when=function(r) return true end,effect=deny 'no'"), NULL},
		{RULE("'pay.transfer'", "needs={sum={'mail.*',of='calls',within='1d'}},when=function(r) return true end,effect=deny 'no'"), NULL},
		{RULE("'pay.transfer'", "needs={count={'mail.*',within='1d'}},when=function(r) return true end,effect=deny 'no'"), NULL},
		{RULE("'pay.transfer'", "needs={sum={'mail.*',of='money',within='1d'}},when=function(r) return true end,effect=deny 'no'"), "nothing of money is spent by 'mail.send' or what else is summed up: it is 0 for ever"},
		{RULE("'pay.transfer'", "needs={sum={'pay.*',of='tokens',within='1d'}},when=function(r) return true end,effect=deny 'no'"), "nothing of tokens is spent by 'pay.transfer'"},
		{RULE("'mail.send'", "effect=allow{taint={'mail'}}"), NULL},
		{"rule({id='x',on='mail.send',effect=function(r) return allow{taint={r.resource.id}} end})", "a label is made here"},
		{"rule({id='x',on='pay.transfer',effect=step_up{approvers='finanse'}})", "nobody is in the group 'finanse'"},
		{RULE("'mail.send'", "effect=allow{say='a'..'b',taint={'mail','x'}}"), NULL},
		{RULE("'mail.send'", "effect=function(r) return allow{taint={'mail:'..r.resource.id}} end"), "a label is made here: 64 of them stop a task"},
		{RULE("'mail.send'", "effect=function(r) return allow{taint={r.resource.id}} end"), "a label is made here"},
		{RULE("'mail.send'", "effect=function(r) local l='m'..r.resource.id return allow{taint={'a';l}} end"), "a label is made here"},
		{RULE("'mail.send'", "effect=function(r) return allow{taint=r.args.labels} end"), "a label is made here"},
		{RULE("'mail.send'", "effect=function(r) return allow{taint={}} end"), NULL},
		{RULE("'mail.send'", "effect=function(r) return allow{taint={'a',string.format('m%s',r.resource.id)}} end"), "a label is made here"},
		{RULE("'pay.transfer'", WHEN("not r.args.iban.trusted")), NULL},
		{RULE("'web.get'", WHEN("not r.args.host.trusted")), "args.host has no type in the catalogue"},
		{RULE("{'web.get','pay.transfer'}", WHEN("not r.args.iban.trusted")), NULL},
		{RULE("'mail.send'", WHEN("r.args.subject:ends('x')")), NULL},
		{RULE("'pay.transfer'", WHEN("r.args.iban:starts('DE')")), "args.iban has a form"},
		{RULE("'mail.send'", WHEN("r.args.to:ends('@acme.example')")), "args.to has a form"},
		{RULE("'web.get'", WHEN("r.args.host:ends('.example')")), NULL},
		{RULE("'net.call'", WHEN("r.args.url == 'https://evil.example/'")), NULL},
		{RULE("'net.call'", WHEN("r.args.url == 'https://evil.example'")), "args.url never comes as 'https://evil.example': it has a form\n\thint: the normal form is 'https://evil.example/'"},
		{RULE("'net.call'", WHEN("r.args.url ~= 'https://evil.example'")), "args.url never comes as"},
		{RULE("'net.call'", WHEN("'https://evil.example' == r.args.url")), "args.url never comes as"},
		{RULE("'net.call'", WHEN("r.args.url:glob('https://evil.example/**')")), NULL},
		{RULE("'net.call'", WHEN("r.args.url:glob('https://Evil.example/**')")), "args.url never comes as 'https://Evil.example/**'"},
		{RULE("'net.call'", WHEN("r.args.ip == 'FE80::1'")), "the normal form is 'fe80::1'"},
		{RULE("'net.call'", WHEN("r.args.ip == 'fe80::1'")), NULL},
		{RULE("'pay.transfer'", WHEN("r.args.iban == 'DE75 5121 0800 1245 1261 99'")), "the normal form is 'DE75512108001245126199'"},
		{RULE("'mail.send'", WHEN("r.args.to:glob('*@Acme.example')")), "args.to never comes as"},
		{RULE("'mail.send'", WHEN("r.args.to:glob('*@acme.example')")), NULL},
		{RULE("'mail.send'", WHEN("r.args.subject == 'Hello'")), NULL},
		{RULE("'web.get'", WHEN("r.args.url == 'https://evil.example'")), NULL},
		{RULE("'net.call'", WHEN("r.resource.id == '/srv/keys/'")), "resource.id never comes as '/srv/keys/': it has a form\n\thint: the normal form is '/srv/keys'"},
		{RULE("'net.call'", WHEN("r.resource.id:glob('/srv/keys/')")), "resource.id never comes as"},
		{RULE("'net.call'", WHEN("r.resource.id == '/srv/keys'")), NULL},
		{RULE("'net.call'", WHEN("r.resource.id:glob('/srv/**')")), NULL},
		{RULE("'net.call'", WHEN("r.resource.id == 'Prod'")), NULL},
		{RULE("'web.get'", WHEN("r.action.class == 'payments'")), "action.class is never 'payments'\n\thint: did you mean 'payment'?"},
		{RULE("'web.get'", WHEN("'writes' == r.action.effect")), "action.effect is never 'writes'"},
		{RULE("'web.get'", WHEN("r.action.effect ~= 'read' and r.action.class == 'web'")), NULL},
		{RULE("'web.get'", WHEN("r.agent.name == 'helpr'")), "agent.name is never 'helpr'\n\thint: did you mean 'helper'?"},
		{RULE("'web.get'", WHEN("r.agent.name == 'helper' and r.task.intent == 'work'")), NULL},
		{RULE("'web.get'", WHEN("r.task.intent == 'wrok'")), "task.intent is never 'wrok'"},
		{RULE("'web.get'", WHEN("r.task.role == 'planner'")), "task.role is never 'planner'"},
		{RULE("'web.get'", WHEN("r.task.role ~= nil")), NULL},
		{RULE("'web.get'", WHEN("r.args.action.class == 'payments'")), NULL},
		{RULE("'web.get'", "needs={did='mail.sned'},when=function(r) return r.history.did['mail.sned'] end,effect=deny 'no'"), "no action of the catalogue fits 'mail.sned'"},
		{RULE("'web.get'", "needs={did='mail.send'},when=function(r) return r.history.did['mail.send'] end,effect=deny 'no'"), NULL},
		{"after{id='x',on='web.get',effect=function(r) if r.outcome.result == 'fail' then return add{freeze=true} end return add{} end}", "outcome.result is never 'fail'"},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char *said = checked(table[i].rule, conf_text);
		bool good = table[i].warns == NULL ? strstr(said, "warning") == NULL : strstr(said, table[i].warns) != NULL && strstr(strstr(said, "warning") + 1, "warning") == NULL;
		if (!good)
			fprintf(stderr, "  row %zu: %s\n%s", i, table[i].rule, said);
		CU_ASSERT(good);
		free(said);
	}
}

/* Without a configuration, or one that knows no actions, nothing is known to be wrong. */
static void
nothing_to_go_by(void)
{
	static const char *const confs[] = {NULL, "{}", "{\"actions\":{}}", "{\"actions\":[]}", "{\"actions\":5}", "[]"};
	for (size_t i = 0; i < sizeof(confs) / sizeof(confs[0]); i++) {
		char *said = checked(RULE("'mail.sned'", "effect=step_up{approvers='nobody'}"), confs[i]);
		CU_ASSERT_PTR_NULL(strstr(said, "warning"));
		free(said);
	}
}

SG_CASES("policy.advise", {"rows", rows}, {"nothing to go by", nothing_to_go_by})
