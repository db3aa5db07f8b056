/* SPDX-License-Identifier: Apache-2.0
 * The request as rules see it. */
#include "unit/policy/world.h"

static const char args[] = "{\"amount\":100,\"get\":\"g\",\"items\":[{\"id\":1},{\"id\":2}],\"n\":null,\"rate\":0.5,"
			   "\"to\":{\"iban\":\"DE1\"}}";

static void
typed(void)
{
	CU_ASSERT_TRUE(
		world_says(WHEN("r.action.name == 'pay.transfer' and r.agent.owner == 'mira' and r.approval == nil and "
				"r.enforcer == nil and r.instance.facts.uid == 1001 and r.outcome.result == 'ok' and "
				"r.resource.type == 'account' and r.task.tainted and r.task.labels[2] == 'web' and "
				"#r.task.labels == 2 and r.time.hour == 9 and r.task.left > 0 and "
				"math.tointeger(r.time.unix) ~= nil"),
			   args, MATCHES));
	CU_ASSERT_TRUE(world_says(WHEN("({ r })[1][r.resource.type] == 1"), args, "\"code\":\"policy_unknown_field\""));
	CU_ASSERT_TRUE(world_says(WHEN("({x=r}).x.task.taintd"), args, "did you mean 'tainted'"));
	CU_ASSERT_TRUE(world_says(WHEN("({x=r}).x.task[1] == 1"), args, "\"code\":\"policy_unknown_field\""));
}

static void
tasks(void)
{
	CU_ASSERT_TRUE(
		world_says(WHEN("r.task.budget.money == 12050 and r.task.budget.calls == 7 and r.task.budget.bytes == nil "
				"and r.task.root == 't0' and r.task.parent == 't0' and r.task.role == 'executor' and "
				"r.task.on_behalf_of == nil and r.task.steps == 3 and r.task.step_ups == 0 and "
				"r.task.denied == 0 and table.has(r.task.classes, 'web') and r.agent.review_left > 0 and "
				"r.agent.autonomy == 'autonomous' and r.instance.labels[1] == 'web' and "
				"r.resource.known and r.sensitivity == 'confidential' and r.action.authority[1] == 'iban' "
				"and #r.outcome.labels == 0 and r.action.environment == ''"),
			   args, MATCHES));
	CU_ASSERT_TRUE(world_says(WHEN("r.task.chain[1].agent == 'p' and #r.task.chain == r.task.depth + 1 and "
				       "r.task.chain[2].narrowed[1] == 'pay.*' and r.task.chain[1].role == nil"),
				  args, MATCHES));
	CU_ASSERT_TRUE(world_says(WHEN("r.task.chain[1].agnt == 'p'"), args, "did you mean 'agent'"));
	CU_ASSERT_TRUE(world_says(WHEN("({x=r}).x.task.budget.mony == nil"), args, "did you mean 'money'"));
	CU_ASSERT_TRUE(world_says(WHEN("r.task.chain[3] == nil"), args, "\"code\":\"policy_error\""));
	CU_ASSERT_TRUE(world_says(WHEN("r.task.chain:get('1.agnt') == nil"), args, "\"code\":\"policy_error\""));
	CU_ASSERT_TRUE(world_says(WHEN("r.args.get ~= nil and r.args.items.get(r.task.chain, '1.agnt') == nil"), args, "\"code\":\"policy_error\""));
	CU_ASSERT_TRUE(world_refuses(WHEN("r.task.budget.mony == 1"), "task.budget has no field 'mony'"));
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',when=function(r) local s = '' for i, link in ipairs(r.task.chain) do "
				  "s = s .. link.task .. ' ' end return s == 't0 t1 ' end,effect=allow{}}",
				  args, MATCHES));
}

static void
untrusted(void)
{
	CU_ASSERT_TRUE(world_says(
		WHEN("r.args.amount == 100 and r.args.rate == 0.5 and r.args.n == nil and r.args.to.iban == 'DE1'"),
		args, MATCHES));
	CU_ASSERT_TRUE(world_says(
		WHEN("r.args:get('to.iban') == 'DE1' and r.args:get('to.bic', 'none') == 'none' and "
		     "r.args:get('items.2.id') == 2 and r.args:get('n', 5) == 5 and r.args:get('get') == 'g' and "
		     "r.args:get('amount.x.y', 0) == 0 and r.args:get('items.3.id') == nil"),
		args, MATCHES));
	CU_ASSERT_TRUE(world_says(WHEN("r.args.missing == nil"), args, "\"code\":\"policy_error\""));
	CU_ASSERT_TRUE(world_says(WHEN("r.args.items[3] == nil"), args, "\"code\":\"policy_error\""));
	CU_ASSERT_TRUE(world_says(WHEN("r.context.missing == nil"), args, "\"code\":\"policy_error\""));
	CU_ASSERT_TRUE(world_says(WHEN("#r.args == 0"), args, "\"code\":\"policy_error\""));
	CU_ASSERT_TRUE(world_says(
		WHEN("type(r.args) == 'table' and type(r.args.items) == 'table' and type(r.args.amount) == 'number'"),
		args, MATCHES));
	CU_ASSERT_TRUE(
		world_says(WHEN("r.args.items[1] == r.args:get('items.1') and r.args.items[1] ~= r.args.items[2]"),
			   args, MATCHES));
}

static void
iteration(void)
{
	CU_ASSERT_TRUE(world_says("rule{id='x',on='**',when=function(r) local s = ''\nfor k, v in pairs(r.args) do s = "
				  "s .. k .. type(v) .. ' ' end\n"
				  "for i, v in ipairs(r.args.items) do s = s .. i .. v.id .. ' ' end\n"
				  "for i, v in pairs(r.task.labels) do s = s .. i .. v .. ' ' end\n"
				  "return s == 'amountnumber getstring itemstable nnil ratenumber totable 11 22 "
				  "1mail:1 2web ' end,effect=allow{}}",
				  args, MATCHES));
	CU_ASSERT_TRUE(world_says(WHEN("pairs(r.task) == nil"), args, "\"code\":\"policy_error\""));
	CU_ASSERT_TRUE(world_says(WHEN("ipairs(r.args) == nil"), args, "\"code\":\"policy_error\""));
}

static void
read_only(void)
{
	static const char *const writes[] = {
		"r.args.amount = 1",      "r.task.tainted = false",           "local q = ({ r })[1] q['new'] = 1",
		"r.task.labels[1] = nil", "table.insert(r.task.labels, 'x')", "r.args.get = nil"};
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		char text[256];
		snprintf(text, sizeof(text), "rule{id='x',on='**',when=function(r) %s return true end,effect=allow{}}",
			 writes[i]);
		CU_ASSERT_TRUE(world_says(text, args, "\"code\":\"policy_error\""));
	}
}

#define HISTORY "{\"x\":{\"count\":{\"pay.*|3600000\":2},\"did\":{\"mail.read|0\":true}}}"

static void
history(void)
{
	struct sg_policy *policy =
		world_load("rule{id='x',on='pay.*',needs={count={'pay.*',within='1h'},did='mail.read'},\n"
			   "when=function(r) return r.history.count['pay.*'] == 2 and r.history.did['mail.read'] "
			   "end,effect=allow{}}\n"
			   "rule{id='y',on='mail.*',needs={count={{'a',within='1s'},{'b',within=5}}},\n"
			   "when=function(r) local h = r.history; return h.count['c'] > 1 end,effect=allow{}}");
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	CU_ASSERT_PTR_NOT_NULL(strstr(
		world_report, "\"needs\":{\"count\":[{\"action\":\"pay.*\",\"scope\":\"agent\",\"within\":3600000}],\"did\":["
			      "{\"action\":\"mail.read\",\"scope\":\"task\",\"within\":0}],\"never_together\":[],"));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "pay.x", "{}", HISTORY), MATCHES));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask(policy, false, "pay.x", "{}", "{}"), "without the history"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(world_ask(policy, false, "mail.x", "{}", HISTORY), "\"code\":\"policy_unknown_field\""));
	sg_policy_free(policy);
}

SG_CASES("policy.view", {"typed fields, and hints for misspelt ones", typed},
	 {"the task, its tree and what is left of it", tasks},
	 {"arguments: missing ones raise", untrusted}, {"iteration in a fixed order", iteration},
	 {"nothing can be written", read_only}, {"history as declared, and only that", history})
