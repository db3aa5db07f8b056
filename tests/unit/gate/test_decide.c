/* SPDX-License-Identifier: Apache-2.0
 * One decision after another: allow, narrow, deny, step-up, repeat, and the ceilings that policy cannot lift. */
#include "unit/gate/play.h"

static struct play *p;
static char *task;

static void
begin(void)
{
	p = play_new();
	CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 1001));
	task = play_task(p, 1, "t1");
	CU_ASSERT_EQUAL(p->conns[1].status, 201);
	CU_ASSERT_TRUE(strncmp(task, "t-", 2) == 0);
}

static void
end(void)
{
	free(task);
	play_end(p);
}

static void
allow_with_credential(void)
{
	begin();
	const char *answer = play_act(p, 1, task, "repo.read", "{}", "k1");
	CU_ASSERT_TRUE(play_has(answer, "\"verdict\":\"allow\""));
	CU_ASSERT_TRUE(play_has(answer, "\"token\":\"h.c.s\""));
	CU_ASSERT_TRUE(play_has(p->made_claims, "\"sub\":\"spiffe://acme.example/agent/helper\""));
	CU_ASSERT_EQUAL(p->gate->state.live_leases, 1);
	end();
}

static void
no_policy_no_allow(void)
{
	begin();
	sg_gate_policy(p->gate, SG_STR("{\"digest\":\"\"}"), 2);
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "k"), "\"code\":\"policy_unavailable\""));
	end();
}

static const char *
says_garbage(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"kind\":\"perhaps\"},\"file\":\"\",\"line\":1,\"rule\":\"r\"}],\"error\":null}";
}

static const char *
says_nothing(const char *input)
{
	(void)input;
	return "";
}

static const char *
says_empty(const char *input)
{
	(void)input;
	return "{\"effects\":[],\"error\":null}";
}

static const char *
says_error(const char *input)
{
	(void)input;
	return "{\"effects\":[],\"error\":{\"code\":\"policy_steps\",\"file\":\"\",\"line\":0,\"rule\":\"\",\"text\":\"\"}}";
}

static void
unknown_answers_are_no(void)
{
	begin();
	p->effects = says_garbage;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "a"), "\"code\":\"policy_bad_effect\""));
	p->effects = says_nothing;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "b"), "\"code\":\"policy_timeout\""));
	p->effects = says_empty;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "c"), "\"code\":\"policy_none\""));
	p->effects = says_error;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "d"), "\"code\":\"policy_steps\""));
	CU_ASSERT_EQUAL(p->gate->by_verdict[sg_verdict_place(SG_ALLOW)], 0);
	end();
}

static const char *
says_narrow(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"kind\":\"allow\",\"narrow\":{\"amount\":{\"at_most\":100}},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0},\"file\":\"a\",\"line\":1,\"rule\":\"r\"}],\"error\":null}";
}

static const char *
says_narrow_free(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"kind\":\"allow\",\"narrow\":{\"note\":{\"at_most\":100}},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0},\"file\":\"a\",\"line\":1,\"rule\":\"r\"}],\"error\":null}";
}

static void
narrowing(void)
{
	begin();
	p->effects = says_narrow;
	const char *answer = play_act(p, 1, task, "pay.send", "{\"amount\":500,\"to\":\"x\"}", "k");
	CU_ASSERT_TRUE(play_has(answer, "\"arguments\":{\"amount\":100,\"to\":\"x\"}"));
	CU_ASSERT_TRUE(play_has(answer, "\"code\":\"narrowed\""));
	answer = play_act(p, 1, task, "pay.send", "{\"amount\":50,\"to\":\"x\"}", "k2");
	CU_ASSERT_TRUE(play_has(answer, "\"narrowed\":false"));
	/* an argument that is not there cannot be brought inside its limit */
	answer = play_act(p, 1, task, "pay.send", "{\"to\":\"x\"}", "k3");
	CU_ASSERT_TRUE(play_has(answer, "\"code\":\"narrow_empty\""));
	answer = play_act(p, 1, task, "pay.send", "{\"amount\":\"500\",\"to\":\"x\"}", "k4");
	CU_ASSERT_TRUE(play_has(answer, "\"code\":\"narrow_empty\""));
	p->effects = says_narrow_free; /* the catalogue does not let policy touch `note` */
	answer = play_act(p, 1, task, "pay.send", "{\"note\":500}", "k5");
	CU_ASSERT_TRUE(play_has(answer, "\"code\":\"narrow_forbidden\""));
	end();
}

static const char *
says_narrow_deep(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"kind\":\"allow\",\"narrow\":{\"amount\":{\"at_most\":100},\"to.n\":{\"at_most\":7}},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0},\"file\":\"a\",\"line\":1,\"rule\":\"r\"},"
	       "{\"effect\":{\"kind\":\"allow\",\"narrow\":{\"to.n\":{\"at_least\":-10}},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0},\"file\":\"a\",\"line\":2,\"rule\":\"s\"}],\"error\":null}";
}

/* What cannot be brought inside its limit is denied, and whoever asked is told which argument it was. A container is no number, whatever is in it. */
static void
narrowing_of_what_is_no_number(void)
{
	static const struct {
		const char *args, *say;
	} cases[] = {
		{"{\"amount\":[1,5000]}", "\"say\":\"amount: only a number can be brought inside a range\""},
		{"{\"amount\":[]}", "amount: only a number"},
		{"{\"amount\":{}}", "amount: only a number"},
		{"{\"amount\":{\"a\":1,\"b\":[1,2,{\"c\":3}]}}", "amount: only a number"},
		{"{\"amount\":[[[[[[1]]]]],{\"x\":[]}]}", "amount: only a number"},
		{"{\"amount\":\"50\"}", "amount: only a number"},
		{"{\"amount\":null}", "amount: only a number"},
		{"{\"amount\":true}", "amount: only a number"},
		{"{\"amount\":-1}", "amount: it is below zero"},
		{"{\"amount\":-0.5}", "amount: it is below zero"},
		{"{}", "amount: a rule limits it, and it is not there"},
		{"{\"amounts\":1,\"z\":[1,5000]}", "amount: a rule limits it, and it is not there"},
	};
	static const struct {
		const char *args, *say;
	} deep[] = {
		{"{\"amount\":5,\"to\":{\"n\":[1,2]}}", "to.n: only a number"},	 {"{\"amount\":5,\"to\":{\"n\":{\"n\":1}}}", "to.n: only a number"},
		{"{\"amount\":5,\"to\":{}}", "to.n: a rule limits it"},		 {"{\"amount\":5,\"to\":[{\"n\":1}]}", "to.n: a rule limits it"},
		{"{\"amount\":5,\"to\":{\"n\":1},\"to.n\":900}", "\"hint\":\"to.n\""}, {"{\"amount\":[5],\"to\":{\"n\":[1]}}", "amount: only a number"},
	};
	char key[16];
	begin();
	p->effects = says_narrow;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(key, sizeof(key), "k%zu", i);
		const char *answer = play_act(p, 1, task, "pay.send", cases[i].args, key);
		CU_ASSERT_TRUE(play_has(answer, "\"code\":\"narrow_empty\""));
		CU_ASSERT_TRUE(play_has(answer, cases[i].say));
	}
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{\"amount\":0}", "zero"), "\"narrowed\":false"));
	p->effects = says_narrow_deep;
	for (size_t i = 0; i < sizeof(deep) / sizeof(*deep); i++) {
		snprintf(key, sizeof(key), "d%zu", i);
		const char *answer = play_act(p, 1, task, "pay.send", deep[i].args, key);
		CU_ASSERT_TRUE(play_has(answer, "\"verdict\":\"deny\""));
		CU_ASSERT_TRUE(play_has(answer, deep[i].say));
	}
	/* a least that a rule names is a word on numbers below zero */
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{\"amount\":5,\"to\":{\"n\":-3}}", "below"), "\"narrowed\":false"));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{\"amount\":5,\"to\":{\"n\":-30}}", "far"), "\"to\":{\"n\":-10}"));
	end();
}

/* Every bound at its limit and one above; what is refused leaves no record behind that could not be read again. */
static void
input_bounds(void)
{
	begin();
	static char body[20000], text[8000];
	struct {
		const char *form;
		int limit;
	} rows[] = {{"{\"action\":\"%s\",\"key\":\"k%d\",\"resource\":{\"id\":\"i\",\"type\":\"t\"},\"task\":\"%s\"}", SG_ACTION_NAME_MAX},
		    {"{\"action\":\"pay.send\",\"resource\":{\"id\":\"%s\",\"type\":\"t\"},\"key\":\"k%d\",\"task\":\"%s\"}", SG_RESOURCE_ID_MAX},
		    {"{\"action\":\"pay.send\",\"resource\":{\"id\":\"i\",\"type\":\"%s\"},\"key\":\"k%d\",\"task\":\"%s\"}", SG_RESOURCE_TYPE_MAX}};
	for (int i = 0; i < 3; i++)
		for (int extra = 0; extra <= 1; extra++) {
			memset(text, 'x', sizeof(text));
			text[rows[i].limit + extra] = '\0';
			snprintf(body, sizeof(body), rows[i].form, text, 2 * i + extra, task);
			play_ask(p, 1, SG_ROUTE_A_ACT, "", body);
			CU_ASSERT_EQUAL(p->conns[1].status, extra ? 400 : 200);
		}
	static const char *const keys[] = {"a b", "a\\u0000b", "\\u00e4", ""};
	for (int i = 0; i < 4; i++) {
		snprintf(body, sizeof(body), "{\"action\":\"pay.send\",\"key\":\"%s\",\"resource\":{\"id\":\"i\",\"type\":\"t\"},\"task\":\"%s\"}", keys[i], task);
		play_ask(p, 1, SG_ROUTE_A_ACT, "", body);
		CU_ASSERT_EQUAL(p->conns[1].status, 400);
		snprintf(body, sizeof(body), "{\"intent\":\"work\",\"key\":\"%s\"}", keys[i]);
		play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", body);
		CU_ASSERT_EQUAL(p->conns[1].status, 400);
	}
	struct sg_err err = {0};
	CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
	end();
}

static void
ceilings(void)
{
	begin();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "no.such", "{}", "a"), "\"code\":\"unknown_action\""));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "far.away", "{}", "b"), "\"code\":\"outside_reach\""));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "secret.read", "{}", "c"), "\"code\":\"over_sensitivity\""));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "deploy.prod", "{}", "d"), "\"code\":\"wrong_environment\""));
	char body[512];
	snprintf(body, sizeof(body), "{\"action\":\"repo.read\",\"key\":\"e\",\"task\":\"%s\"}", task);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_ACT, "", body), "\"code\":\"no_resource\""));
	CU_ASSERT_EQUAL(p->gate->by_verdict[sg_verdict_place(SG_ALLOW)], 0);
	end();
}

static void
who(void)
{
	begin();
	CU_ASSERT_TRUE(play_connect(p, 2, SG_FACE_AGENT, 1002));
	play_facts(p, 1002);
	CU_ASSERT_TRUE(play_has(play_act(p, 2, task, "repo.read", "{}", "a"), "\"code\":\"no_task\"")); /* another agent's */
	CU_ASSERT_TRUE(play_connect(p, 3, SG_FACE_AGENT, 1001));
	play_facts(p, 1001);
	CU_ASSERT_TRUE(play_has(play_act(p, 3, task, "repo.read", "{}", "b"), "\"code\":\"wrong_peer\"")); /* another instance of the same agent */
	CU_ASSERT_TRUE(play_connect(p, 4, SG_FACE_AGENT, 3333));
	play_facts(p, 3333);
	CU_ASSERT_TRUE(play_has(play_ask(p, 4, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"x\"}"), "\"code\":\"no_agent\""));
	p->facts = "{\"peer:exe\":{\"strength\":\"hint\",\"value\":\"/bin/guess\"}}";
	CU_ASSERT_TRUE(play_connect(p, 5, SG_FACE_AGENT, 4444));
	CU_ASSERT_TRUE(play_has(play_ask(p, 5, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"x\"}"), "\"code\":\"facts_weak\""));
	end();
}

static void
changed_peer(void)
{
	begin();
	p->boot += 5 * SG_SEC; /* the last look is old: another is taken */
	p->facts = "{\"peer:exe\":{\"strength\":\"hint\",\"value\":\"/bin/other\"},\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"}}";
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "a"), "\"code\":\"peer_changed\""));
	play_facts(p, 1001); /* once changed, always changed */
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "b"), "\"code\":\"peer_changed\""));
	end();
}

static void
repeats(void)
{
	begin();
	char *first = strdup(play_act(p, 1, task, "pay.send", "{\"amount\":5}", "k"));
	char *id = play_between(first, "\"decision_id\":\"", "\"");
	const char *again = play_act(p, 1, task, "pay.send", "{\"amount\":5}", "k");
	CU_ASSERT_TRUE(play_has(again, id));
	CU_ASSERT_TRUE(play_has(again, "\"verdict\":\"allow\""));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{\"amount\":6}", "k"), "\"code\":\"idempotency_conflict\""));
	CU_ASSERT_EQUAL(p->gate->by_verdict[sg_verdict_place(SG_ALLOW)], 1);
	p->boot += 60 * SG_SEC;
	p->wall += 60 * SG_SEC;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{\"amount\":5}", "k"), "\"code\":\"use_by_passed\""));
	free(first);
	free(id);
	end();
}

static const char *
says_soon(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"kind\":\"allow\",\"narrow\":{},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":2000},\"file\":\"p.lua\",\"line\":1,\"rule\":\"soon\"}],\"error\":null}";
}

/* How long policy lets a permission live is how long it lives, with a credential or without one. */
static void
lives_so_long(void)
{
	begin();
	p->effects = says_soon;
	for (int i = 0; i < 2; i++) { /* mail.read has no credential */
		const char *action = i == 0 ? "mail.read" : "repo.read";
		char *id = play_between(play_act(p, 1, task, action, "{}", action), "\"decision_id\":\"", "\"");
		const struct sg_attempt *a = sg_state_decision(&p->gate->state, sg_str(id));
		CU_ASSERT_PTR_NOT_NULL_FATAL(a);
		CU_ASSERT_EQUAL(a->use_by.wall_ms - p->gate->state.now.wall_ms, 2000);
		free(id);
	}
	p->boot += 3 * SG_SEC;
	p->wall += 3 * SG_SEC;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "mail.read", "{}", "mail.read"), "use_by_passed"));
	end();
}

static const char *
says_oblige(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"kind\":\"allow\",\"narrow\":{},\"obligations\":[\"log\"],\"say\":\"\",\"taint\":[],\"ttl\":0},\"file\":\"a\",\"line\":1,\"rule\":\"r\"}],\"error\":null}";
}

/* The first answer said what was taken away; a repeat that said allow without it would give it back. */
static void
repeats_of_less(void)
{
	begin();
	p->effects = says_narrow;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{\"amount\":5000,\"to\":\"x\"}", "k"), "\"amount\":100"));
	const char *again = play_act(p, 1, task, "pay.send", "{\"amount\":5000,\"to\":\"x\"}", "k");
	CU_ASSERT_TRUE(play_has(again, "\"code\":\"answer_lost\""));
	CU_ASSERT_PTR_NULL(strstr(again, "5000"));
	p->effects = says_oblige;
	char body[512], *token = play_between(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"t1\"}"), "\"token\":\"", "\"");
	CU_ASSERT_TRUE(play_connect(p, 20, SG_FACE_ENFORCER, 2001));
	play_facts(p, 2001);
	snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"key\":\"o\",\"peer_uid\":1001,\"resource\":{\"id\":\"i\",\"type\":\"t\"},\"task_token\":\"%s\"}", token);
	CU_ASSERT_TRUE(play_has(play_ask(p, 20, SG_ROUTE_E_ACT, "", body), "\"obligations\":[\"log\"]"));
	CU_ASSERT_TRUE(play_has(play_ask(p, 20, SG_ROUTE_E_ACT, "", body), "\"code\":\"answer_lost\""));
	free(token);
	end();
}

/* A second connection of the same process asks with the same key while the first one's record is on its way to the disk. */
static void
repeat_before_the_disk(void)
{
	begin();
	struct sg_peer peer = {.uid = 1001, .gid = 1001, .pid = 4001, .pidfd = -1, .start_time = 5, .pidfd_exact = true};
	sg_gate_connect(p->gate, 3, SG_FACE_AGENT, &peer, NULL);
	play_all(p);
	p->no_sync = true;
	play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "pay.send", "{}", "k"));
	play_all(p);
	CU_ASSERT_PTR_NULL(p->conns[1].body);
	CU_ASSERT_TRUE(play_has(play_act(p, 3, task, "pay.send", "{}", "k"), "\"code\":\"attempt_pending\""));
	sg_gate_disconnect(p->gate, 1); /* also when the first one is gone */
	CU_ASSERT_TRUE(play_has(play_act(p, 3, task, "pay.send", "{}", "k"), "\"code\":\"attempt_pending\""));
	p->fail_at = p->calls + 1; /* and the record is lost */
	p->fail_forever = true;
	p->no_sync = false;
	play_all(p);
	CU_ASSERT_TRUE(play_has(play_act(p, 3, task, "pay.send", "{}", "k"), "audit_unavailable"));
	end();
}

static const char *
says_two_limits(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"kind\":\"allow\",\"narrow\":{\"amount\":{\"at_most\":100}},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0},\"file\":\"a\",\"line\":1,\"rule\":\"r\"},"
	       "{\"effect\":{\"kind\":\"allow\",\"narrow\":{\"amount\":{\"only\":[50,5000]}},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0},\"file\":\"a\",\"line\":2,\"rule\":\"s\"},"
	       "{\"effect\":{\"kind\":\"allow\",\"narrow\":{\"to\":{\"only\":[\"eu\"]}},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0},\"file\":\"a\",\"line\":3,\"rule\":\"t\"}],\"error\":null}";
}

static void
around_narrowing(void)
{
	static const char *const tries[] = {"{\"amount\":5000,\"to\":\"eu\"}", "{\"amount\":[5000],\"to\":\"eu\"}", "{\"amount\":[50],\"to\":\"eu\"}",
					    "{\"amount\":50}", "{\"to\":\"eu\"}", "{\"amount\":50,\"to\":[]}", "{\"amount\":50,\"x\":{\"to\":\"eu\"}}",
					    "{\"amount\":50,\"to\":\"eu\",\"to.x\":1}", "{\"amount.to\":1,\"to\":\"eu\"}", "{\"amount\":{\"v\":50},\"to\":\"eu\"}"};
	begin();
	p->effects = says_two_limits;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{\"amount\":50,\"to\":\"us\"}", "good"), "\"arguments\":{\"amount\":50,\"to\":\"eu\"}"));
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		char key[8];
		snprintf(key, sizeof(key), "k%zu", i);
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", tries[i], key), "\"code\":\"narrow_empty\""));
	}
	end();
}

/* Tasks that ended do not stand in the way of new ones. */
static void
many_tasks_one_after_the_other(void)
{
	begin();
	p->gate->catalogue->limits.tasks = 10;
	for (int i = 0; i < 30; i++) {
		char key[8];
		snprintf(key, sizeof(key), "n%d", i);
		char *one = play_task(p, 1, key);
		CU_ASSERT_EQUAL(p->conns[1].status, 201);
		CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, one, "{}"), "closed"));
		free(one);
	}
	for (int i = 0; i < 10; i++) {
		char key[8];
		snprintf(key, sizeof(key), "m%d", i);
		free(play_task(p, 1, key));
		CU_ASSERT_EQUAL(p->conns[1].status, i < 9 ? 201 : 200); /* nine more are the limit, with the first one */
	}
	CU_ASSERT_TRUE(play_has(p->conns[1].body, "\"code\":\"too_many_tasks\""));
	end();
}

static void
lost_credential(void)
{
	begin();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "k"), "\"token\""));
	const char *again = play_act(p, 1, task, "repo.read", "{}", "k");
	CU_ASSERT_TRUE(play_has(again, "\"code\":\"credential_lost\""));
	CU_ASSERT_PTR_NULL(strstr(again, "h.c.s"));
	CU_ASSERT_EQUAL(p->gate->state.live_leases, 0);
	CU_ASSERT_EQUAL(p->gate->by_verdict[sg_verdict_place(SG_ALLOW)], 1);
	end();
}

static const char *
says_step_up(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"ask\",\"ttl\":120000},\"file\":\"a\",\"line\":1,\"rule\":\"r\"}],\"error\":null}";
}

static void
approvals(void)
{
	begin();
	p->effects = says_step_up;
	CU_ASSERT_TRUE(play_connect(p, 10, SG_FACE_ADMIN, 501));
	CU_ASSERT_TRUE(play_connect(p, 11, SG_FACE_ADMIN, 500));
	const char *answer = play_act(p, 1, task, "pay.send", "{\"amount\":5}", "a");
	CU_ASSERT_TRUE(play_has(answer, "\"verdict\":\"step_up\""));
	char *id = play_between(answer, "\"id\":\"a-", "\""), approval[64];
	snprintf(approval, sizeof(approval), "a-%s", id);
	/* the same again asks nobody twice */
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{\"amount\":5}", "b"), approval));
	CU_ASSERT_EQUAL(p->gate->state.open_approvals, 1);
	/* mira is no finance, and owns the agent */
	CU_ASSERT_TRUE(play_has(play_ask(p, 11, SG_ROUTE_O_APPROVE, approval, "{}"), "\"code\":\"self_approval\""));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_APPROVE, approval, "{}"), "\"state\":\"granted\""));
	/* another amount is another action: it opens its own approval and leaves this one alone */
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{\"amount\":6}", "c"), "\"verdict\":\"step_up\""));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{\"amount\":5}", "d"), "\"verdict\":\"allow\""));
	/* used once */
	answer = play_act(p, 1, task, "pay.send", "{\"amount\":5}", "e");
	CU_ASSERT_TRUE(play_has(answer, "\"verdict\":\"step_up\""));
	CU_ASSERT_PTR_NULL(strstr(answer, approval));
	char body[512];
	snprintf(body, sizeof(body), "{\"action\":\"pay.send\",\"arguments\":{\"amount\":5},\"context\":{\"approval\":\"%s\"},\"key\":\"f\",\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task\":\"%s\"}", approval, task);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_ACT, "", body), "\"code\":\"approval_used\""));
	free(id);
	end();
}

static void
approval_for_something_else(void)
{
	begin();
	p->effects = says_step_up;
	CU_ASSERT_TRUE(play_connect(p, 10, SG_FACE_ADMIN, 501));
	char *id = play_between(play_act(p, 1, task, "pay.send", "{\"amount\":5}", "a"), "\"id\":\"a-", "\""), approval[64], body[512];
	snprintf(approval, sizeof(approval), "a-%s", id);
	play_ask(p, 10, SG_ROUTE_O_APPROVE, approval, "{}");
	snprintf(body, sizeof(body), "{\"action\":\"pay.send\",\"arguments\":{\"amount\":6},\"context\":{\"approval\":\"%s\"},\"key\":\"b\",\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task\":\"%s\"}", approval, task);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_ACT, "", body), "\"code\":\"approval_mismatch\""));
	/* and is void from then on, also for what it was given for */
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{\"amount\":5}", "c"), "\"verdict\":\"step_up\""));
	free(id);
	end();
}

static void
approval_expires(void)
{
	begin();
	p->effects = says_step_up;
	CU_ASSERT_TRUE(play_connect(p, 10, SG_FACE_ADMIN, 501));
	char *id = play_between(play_act(p, 1, task, "pay.send", "{\"amount\":5}", "a"), "\"id\":\"a-", "\""), approval[64], body[512];
	snprintf(approval, sizeof(approval), "a-%s", id);
	play_ask(p, 10, SG_ROUTE_O_APPROVE, approval, "{}");
	p->boot += 121 * SG_SEC; /* the host slept: the wall clock was set back to hide it */
	snprintf(body, sizeof(body), "{\"action\":\"pay.send\",\"arguments\":{\"amount\":5},\"context\":{\"approval\":\"%s\"},\"key\":\"b\",\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task\":\"%s\"}", approval, task);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_ACT, "", body), "\"code\":\"approval_expired\""));
	free(id);
	end();
}

static void
too_many_prompts(void)
{
	begin();
	p->effects = says_step_up;
	for (int i = 0; i < 4; i++) {
		char args[32], key[8];
		snprintf(args, sizeof(args), "{\"amount\":%d}", i);
		snprintf(key, sizeof(key), "k%d", i);
		const char *answer = play_act(p, 1, task, "pay.send", args, key);
		CU_ASSERT_TRUE(play_has(answer, i < 3 ? "\"verdict\":\"step_up\"" : "\"code\":\"approval_queue\""));
	}
	end();
}

static void
kill_switch(void)
{
	begin();
	CU_ASSERT_TRUE(play_connect(p, 10, SG_FACE_ADMIN, 500));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "a"), "\"verdict\":\"allow\""));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\"}"), "\"state\":\"effective\""));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "b"), "\"code\":\"killed\""));
	CU_ASSERT_EQUAL(p->gate->state.live_leases, 0);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"t2\"}"), "\"code\":\"killed\""));
	struct sg_err err = {0};
	CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK); /* and a restart does not forget */
	CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("helper")));
	CU_ASSERT_FALSE(sg_state_killed(&p->gate->state, SG_STR("other")));
	end();
}

static void
admins(void)
{
	begin();
	CU_ASSERT_FALSE(play_connect(p, 10, SG_FACE_ADMIN, 777));  /* no admin */
	CU_ASSERT_FALSE(play_connect(p, 11, SG_FACE_ADMIN, 1001)); /* an agent */
	CU_ASSERT_TRUE(play_connect(p, 12, SG_FACE_ADMIN, 500));
	/* a route of another face is not spoken here: the door that passed it is to be killed */
	CU_ASSERT_FALSE(play_send(p, 1, SG_ROUTE_O_KILL, "", "{\"all\":true}"));
	CU_ASSERT_FALSE(play_send(p, 12, SG_ROUTE_A_ACT, "", "{}"));
	CU_ASSERT_FALSE(p->gate->state.killed_all);
	end();
}

static void
enforcer(void)
{
	begin();
	char *token = play_between(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"t1\"}"), "\"token\":\"", "\"");
	CU_ASSERT_TRUE(strncmp(token, "sgt1.", 5) == 0);
	CU_ASSERT_TRUE(play_connect(p, 20, SG_FACE_ENFORCER, 2001));
	play_facts(p, 2001);
	char body[1024];
	const char *form = "{\"action\":\"%s\",\"key\":\"%s\",\"peer_uid\":%d,\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task_token\":\"%s%s\"}";
	snprintf(body, sizeof(body), form, "repo.read", "a", 1001, token, "");
	CU_ASSERT_TRUE(play_has(play_ask(p, 20, SG_ROUTE_E_ACT, "", body), "\"token\":\"h.c.s\""));
	snprintf(body, sizeof(body), form, "repo.read", "b", 1002, token, "");
	CU_ASSERT_TRUE(play_has(play_ask(p, 20, SG_ROUTE_E_ACT, "", body), "\"code\":\"wrong_peer\""));
	snprintf(body, sizeof(body), form, "repo.read", "c", 1001, token, "0");
	CU_ASSERT_TRUE(play_has(play_ask(p, 20, SG_ROUTE_E_ACT, "", body), "\"code\":\"bad_task_token\""));
	snprintf(body, sizeof(body), form, "pay.send", "d", 1001, token, "");
	CU_ASSERT_TRUE(play_has(play_ask(p, 20, SG_ROUTE_E_ACT, "", body), "\"code\":\"enforcer_action\""));
	/* a bare task id is only an assertion: no credential */
	snprintf(body, sizeof(body), "{\"action\":\"repo.read\",\"key\":\"e\",\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task\":\"%s\"}", task);
	CU_ASSERT_TRUE(play_has(play_ask(p, 20, SG_ROUTE_E_ACT, "", body), "\"code\":\"asserted_agent\""));
	free(token);
	end();
}

/* Told apart by hints it is a process all the same: of its own user, and once somebody else is meant, nobody until it asks. */
static void
hinted(void)
{
	begin();
	p->facts = "{\"peer:exe\":{\"strength\":\"hint\",\"value\":\"/bin/guess\"},\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1077\"}}";
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"for_agents\":[\"helper\"]", "\"for_agents\":[\"**\"]", "\"identity\":\"content\",\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:exe",
		"\"identity\":\"hint\",\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:exe", NULL}));
	CU_ASSERT_TRUE(play_connect(p, 7, SG_FACE_AGENT, 1077));
	const char *opened = play_ask(p, 7, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"t1\"}");
	char *token = play_between(opened, "\"token\":\"", "\""), *id = play_between(opened, "\"id\":\"", "\"");
	CU_ASSERT_TRUE(strncmp(token, "sgt1.", 5) == 0);
	play_facts(p, 2001);
	CU_ASSERT_TRUE(play_connect(p, 20, SG_FACE_ENFORCER, 2001));
	for (int changed = 0; changed < 2; changed++)
		for (int bare = 0; bare < 2; bare++)
			for (int other = 0; other < 2; other++) {
				char body[1024];
				snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"key\":\"%d%d%d\",\"peer_uid\":%d,\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"%s\":\"%s\"}", changed, bare, other,
					 other ? 4242 : 1077, bare ? "task" : "task_token", bare ? id : token);
				const char *want = changed ? "\"code\":\"match_changed\"" : other ? "\"code\":\"wrong_peer\"" : "\"verdict\":\"allow\"";
				CU_ASSERT_TRUE(play_has(play_ask(p, 20, SG_ROUTE_E_ACT, "", body), changed && other ? "\"verdict\":\"deny\"" : want));
				if (!changed && bare && other)
					CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"for_agents\":[\"helper\"]", "\"for_agents\":[\"**\"]",
						"\"identity\":\"content\",\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:exe=/bin/guess\"]",
						"\"identity\":\"hint\",\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:exe=/bin/other\"]", NULL}));
			}
	free(token);
	free(id);
	end();
}

/* Configurations of before go, also while somebody waits. */
static void
retired(void)
{
	begin();
	p->effects = says_step_up;
	char *approval = play_between(play_act(p, 1, task, "pay.send", "{}", "a"), "\"id\":\"a-", "\""), id[64];
	snprintf(id, sizeof(id), "a-%s", approval);
	free(approval);
	play_send(p, 1, SG_ROUTE_A_APPROVAL, id, "{\"wait\":\"60\"}");
	play_all(p);
	CU_ASSERT_PTR_NULL(p->conns[1].body);
	for (int i = 0; i < 5; i++) {
		CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"rate\":100000", i % 2 ? "\"rate\":99999" : "\"rate\":99998", NULL}));
		play_all(p);
		play_all(p);
		CU_ASSERT_PTR_NULL(p->gate->retired);
		CU_ASSERT_PTR_NULL(p->conns[1].body);
	}
	end();
}

/* Whoever only waits is not found to be anybody by what another attest stack, or a look of long ago, said. */
static void
waiting_shows_nothing(void)
{
	for (int row = 0; row < 4; row++) {
		bool stack = row & 1, waits = row & 2;
		begin();
		char *token = play_between(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"t1\"}"), "\"token\":\"", "\"");
		p->effects = says_step_up;
		char *approval = play_between(play_act(p, 1, task, "pay.send", "{}", "a"), "\"id\":\"a-", "\""), id[64], body[1024];
		p->effects = play_allow;
		snprintf(id, sizeof(id), "a-%s", approval);
		free(approval);
		if (waits)
			play_send(p, 1, SG_ROUTE_A_APPROVAL, id, "{\"wait\":\"60\"}");
		play_all(p);
		p->boot += 5 * SG_SEC;
		p->wall += 5 * SG_SEC;
		CU_ASSERT_TRUE_FATAL(stack ? play_reconfigure(p, (const char *const[]){"\"attest\":{\"peer\"", "\"attest\":{\"box\":{\"control\":\"required\",\"options\":{},\"order\":1,\"use\":\"container\"},\"peer\"", NULL})
					   : play_reconfigure(p, (const char *const[]){"\"match\":[\"peer:uid=1001\"]", "\"match\":[\"peer:uid=1001\",\"peer:uid=1001\"]", NULL}));
		play_all(p);
		play_all(p);
		CU_ASSERT_TRUE(play_connect(p, 20, SG_FACE_ENFORCER, 2001));
		play_facts(p, 2001);
		snprintf(body, sizeof(body), "{\"action\":\"repo.read\",\"key\":\"e\",\"peer_uid\":1001,\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task_token\":\"%s\"}", token);
		CU_ASSERT_TRUE(play_has(play_ask(p, 20, SG_ROUTE_E_ACT, "", body), "\"code\":\"match_changed\""));
		free(token);
		end();
	}
}

/* While a token is read a reload gives the enforcer's stanza to somebody else. */
static void
introspection_overtaken(void)
{
	for (int gone = 0; gone < 2; gone++) {
		begin();
		CU_ASSERT_TRUE(play_connect(p, 20, SG_FACE_ENFORCER, 2001));
		play_facts(p, 2001);
		play_ask(p, 20, SG_ROUTE_E_INTROSPECT, "", "{\"token\":\"h.c.s\"}"); /* looked at */
		play_send(p, 20, SG_ROUTE_E_INTROSPECT, "", "{\"token\":\"h.c.s\"}");
		CU_ASSERT_EQUAL_FATAL(p->count, 1);
		CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"match\":[\"peer:uid=2001\"]", gone ? "\"match\":[\"peer:uid=2002\"]" : "\"match\":[\"peer:uid=2001\"]", NULL}));
		play_all(p);
		CU_ASSERT_EQUAL(p->conns[20].status, gone ? 401 : 200);
		end();
	}
}

static void
authzen(void)
{
	begin();
	char *token = play_between(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"t1\"}"), "\"token\":\"", "\"");
	CU_ASSERT_TRUE(play_connect(p, 20, SG_FACE_ENFORCER, 2001));
	play_facts(p, 2001);
	char body[1024];
	snprintf(body, sizeof(body), "{\"action\":{\"name\":\"mail.read\"},\"context\":{\"task\":\"%s\"},\"resource\":{\"id\":\"1\",\"type\":\"mail\"},\"subject\":{\"id\":\"spiffe://acme.example/agent/helper\",\"type\":\"agent\"}}", token);
	const char *answer = play_ask(p, 20, SG_ROUTE_E_EVALUATION, "", body);
	CU_ASSERT_TRUE(play_has(answer, "\"decision\":true"));
	CU_ASSERT_EQUAL(p->conns[20].status, 200);
	snprintf(body, sizeof(body), "{\"action\":{\"name\":\"mail.read\"},\"context\":{\"task\":\"%s\"},\"resource\":{\"id\":\"1\",\"type\":\"mail\"},\"subject\":{\"id\":\"spiffe://acme.example/agent/other\",\"type\":\"agent\"}}", token);
	CU_ASSERT_TRUE(play_has(play_ask(p, 20, SG_ROUTE_E_EVALUATION, "", body), "\"decision\":false"));
	play_ask(p, 20, SG_ROUTE_E_EVALUATION, "", "{\"action\":{\"name\":\"mail.read\"}}");
	CU_ASSERT_EQUAL(p->conns[20].status, 400);
	free(token);
	end();
}

static void
closed_task(void)
{
	begin();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "a"), "\"verdict\":\"allow\""));
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, task, "{}"), "\"state\":\"closing\"")); /* until its issuer has taken it back */
	CU_ASSERT_EQUAL(p->gate->state.live_leases, 0);
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "b"), "\"code\":\"task_closed\""));
	end();
}

static void
expired_task(void)
{
	begin();
	p->boot += 3601 * SG_SEC;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "a"), "\"code\":\"task_expired\""));
	end();
}

static void
clock_set_back(void)
{
	begin();
	p->wall -= 6 * SG_SEC;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "a"), "\"code\":\"clock_behind\""));
	p->wall += 2 * SG_SEC;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "b"), "\"verdict\":\"allow\""));
	end();
}

static void
taint_spreads(void)
{
	begin();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "mail.read", "{}", "a"), "\"verdict\":\"allow\""));
	struct sg_task *t = sg_state_task(&p->gate->state, sg_str(task));
	CU_ASSERT_TRUE(sg_taint_has(&t->taint, SG_STR("mail")));
	char *clean = play_task(p, 1, "t2"); /* a clean new task in a poisoned instance */
	struct sg_task *t2 = sg_state_task(&p->gate->state, sg_str(clean));
	CU_ASSERT_TRUE(sg_taint_has(&t2->taint, SG_STR("mail")));
	CU_ASSERT_EQUAL(t2->taint.sensitivity, SG_INTERNAL);
	free(clean);
	end();
}

static void
outcomes(void)
{
	begin();
	char *id = play_between(play_act(p, 1, task, "pay.send", "{}", "a"), "\"decision_id\":\"", "\"");
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_OUTCOME, id, "{\"labels\":[\"seen\"],\"result\":\"ok\"}"), "\"recorded\":true"));
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_OUTCOME, id, "{\"result\":\"failed\"}"), "\"code\":\"outcome_known\""));
	CU_ASSERT_TRUE(sg_taint_has(&sg_state_task(&p->gate->state, sg_str(task))->taint, SG_STR("seen")));
	play_ask(p, 1, SG_ROUTE_A_OUTCOME, id, "{\"result\":\"fine\"}");
	CU_ASSERT_EQUAL(p->conns[1].status, 400);
	CU_ASSERT_TRUE(play_connect(p, 2, SG_FACE_AGENT, 1002));
	play_facts(p, 1002);
	play_ask(p, 2, SG_ROUTE_A_OUTCOME, id, "{\"result\":\"ok\"}"); /* only the asker */
	CU_ASSERT_EQUAL(p->conns[2].status, 404);
	free(id);
	end();
}

static void
overload(void)
{
	begin();
	p->gate->catalogue->limits.burst = 3;
	p->gate->catalogue->limits.rate = 1;
	size_t at = 0;
	for (struct sg_bucket *b; (b = sg_table_next(&p->gate->buckets, &at)) != NULL;)
		b->tokens_milli = 3000;
	for (int i = 0; i < 3; i++) {
		char key[8];
		snprintf(key, sizeof(key), "k%d", i);
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", key), "allow"));
	}
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", "k3"), "\"code\":\"overloaded\""));
	CU_ASSERT_EQUAL(p->conns[1].status, 429);
	CU_ASSERT_EQUAL(p->gate->gap[0].count, 1);
	p->boot += 2 * SG_SEC;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", "k4"), "allow"));
	end();
}

static void
why(void)
{
	begin();
	CU_ASSERT_TRUE(play_connect(p, 10, SG_FACE_ADMIN, 500));
	char *id = play_between(play_act(p, 1, task, "pay.send", "{\"amount\":5}", "a"), "\"decision_id\":\"", "\"");
	const char *answer = play_ask(p, 10, SG_ROUTE_O_DECISION, id, "{}");
	CU_ASSERT_TRUE(play_has(answer, "\"result\":\"same\""));
	CU_ASSERT_TRUE(play_has(answer, "\"amount\":5"));
	p->effects = says_step_up;
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_DECISION, id, "{}"), "\"result\":\"different\""));
	play_ask(p, 10, SG_ROUTE_O_DECISION, "d2-0000000000000000", "{}");
	CU_ASSERT_EQUAL(p->conns[10].status, 404);
	free(id);
	end();
}

SG_CASES("gate.decide", {"an introspection that is overtaken", introspection_overtaken}, {"waiting shows nothing", waiting_shows_nothing}, {"by hints", hinted}, {"configurations of before", retired}, {"an allow with a credential", allow_with_credential}, {"without policy everything is denied", no_policy_no_allow},
	 {"whatever policy says that is no effect is a no", unknown_answers_are_no}, {"narrowing", narrowing}, {"narrowing of what is no number", narrowing_of_what_is_no_number},
	 {"ceilings that policy cannot lift", ceilings}, {"bounds of what is asked", input_bounds}, {"who asks", who}, {"a process that became another one", changed_peer},
	 {"a repeat is the same attempt", repeats}, {"lives as long as policy says", lives_so_long}, {"a repeat of less is no allow", repeats_of_less}, {"a repeat before the disk", repeat_before_the_disk},
	 {"ways around narrowing", around_narrowing}, {"many tasks, one after the other", many_tasks_one_after_the_other},
	 {"a lost credential is revoked", lost_credential}, {"approvals", approvals},
	 {"an approval is for one thing", approval_for_something_else}, {"an approval runs out", approval_expires},
	 {"prompts are bounded", too_many_prompts}, {"the kill switch", kill_switch}, {"admins are not agents", admins},
	 {"an enforcer asks for an agent", enforcer}, {"AuthZEN", authzen}, {"a closed task", closed_task},
	 {"a task that ran out", expired_task}, {"a clock set back", clock_set_back}, {"taint belongs to task and instance", taint_spreads},
	 {"outcomes", outcomes}, {"overload is counted", overload}, {"why", why})
