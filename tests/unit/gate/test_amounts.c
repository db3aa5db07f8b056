/* SPDX-License-Identifier: Apache-2.0
 * Amounts: nobody's own word fills what others live on, nothing costs nothing, and a window that a reload changes forgets nothing. */
#include "unit/gate/play.h"

static struct play *p;

/* Agents helper (1001) and other (1002); what they may spend together, and each alone. */
#define NAME "\"name\":\"pay.send\""
#define COSTS "\"budgets\":[\"calls=50\"],\"costs\":[\"money=amount\"]," NAME
#define IDENTITY                                                                                                        \
	"\"environment\":\"staging\",\"escalate\":\"o@x\",\"identity\":\"content\",\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1001\"]"

static bool
configure(const char *budget)
{
	char own[600];
	snprintf(own, sizeof(own), "\"budgets\":[%s],\"delegates\":[\"*\"]," IDENTITY, budget);
	return play_reconfigure(p, (const char *const[]){NAME, COSTS, IDENTITY, own, "\"intents\":{\"work\":{", "\"intents\":{\"work\":{\"children\":10,\"depth\":4,", NULL});
}

static void
begin(const char *budget)
{
	p = play_new();
	CU_ASSERT_TRUE_FATAL(configure(budget));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 2, SG_FACE_AGENT, 1002));
}

static const char *
ask(uint64_t conn, enum sg_route route, const char *argument, const char *body)
{
	play_facts(p, conn == 1 ? 1001 : 1002);
	return play_ask(p, conn, route, argument, body);
}

static char *
open_task(uint64_t conn, const char *key)
{
	char body[128];
	snprintf(body, sizeof(body), "{\"intent\":\"work\",\"key\":\"%s\"}", key);
	return play_between(ask(conn, SG_ROUTE_A_TASK_OPEN, "", body), "\"id\":\"", "\"");
}

static const char *
pay(uint64_t conn, const char *task, const char *amount, const char *key)
{
	char args[64];
	snprintf(args, sizeof(args), "{\"amount\":%s}", amount);
	return ask(conn, SG_ROUTE_A_ACT, "", play_act_body(task, "pay.send", args, key));
}

static void
report(uint64_t conn, const char *answer, const char *used)
{
	char *decision = play_between(answer, "\"decision_id\":\"", "\""), body[128];
	snprintf(body, sizeof(body), "{\"result\":\"ok\",\"used\":%s}", used);
	CU_ASSERT_TRUE(play_has(ask(conn, SG_ROUTE_A_OUTCOME, decision, body), "recorded"));
	free(decision);
}

/* One agent says that it used all calls there are of an action: the other goes on. */
static void
shared(void)
{
	begin("");
	char *mine = open_task(1, "a"), *theirs = open_task(2, "b");
	report(1, pay(1, mine, "1", "k"), "{\"calls\":1000000000000}");
	CU_ASSERT_TRUE(play_has(pay(2, theirs, "1", "k"), "\"verdict\":\"allow\""));
	free(mine);
	free(theirs);
	play_end(p);
}

/* A part that was lent little, or nothing, fills neither its parent nor springs a split on it. */
static void
lent(void)
{
	static const char *const budgets[] = {"\"budgets\":{\"money\":100},", ""};
	for (int i = 0; i < 2; i++) {
		char body[256], claim[400];
		begin("\"money=1000/1d\"");
		char *root = open_task(1, "a");
		snprintf(body, sizeof(body), "{%s\"key\":\"c\",\"to\":\"other\"}", budgets[i]);
		const char *answer = ask(1, SG_ROUTE_A_DELEGATE, root, body);
		char *part = play_between(answer, "\"id\":\"", "\""), *token = play_between(answer, "\"token\":\"", "\"");
		snprintf(claim, sizeof(claim), "{\"key\":\"claim\",\"task_token\":\"%s\"}", token);
		CU_ASSERT_TRUE(play_has(ask(2, SG_ROUTE_A_TASK_OPEN, "", claim), "\"claimed\":true"));
		report(2, pay(2, part, "0.5", "k"), "{\"money\":1000000000000}");
		if (i == 0) /* what nothing was lent to draws on its parent, which has no bound of its own here */
			CU_ASSERT_TRUE(play_has(pay(2, part, "40000", "big"), "\"code\":\"budget_exceeded\""));
		CU_ASSERT_TRUE(play_has(pay(1, root, "5", "k"), "\"verdict\":\"allow\""));
		const struct sg_task *t = sg_state_task(&p->gate->state, sg_str(root));
		CU_ASSERT_TRUE(t->spent[SG_DIMENSION_money] <= 600);
		free(root);
		free(part);
		free(token);
		play_end(p);
	}
}

static void
next_to_nothing(void)
{
	static const char *const amounts[] = {"1e-8", "0.00000001", "0.001", "0.0099", "0.01"};
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		char key[8];
		int allows = 0;
		begin("\"money=0.03\"");
		char *task = open_task(1, "a");
		for (int n = 0; n < 6; n++) {
			snprintf(key, sizeof(key), "k%d", n);
			allows += strstr(pay(1, task, amounts[i], key), "\"verdict\":\"allow\"") != NULL;
		}
		CU_ASSERT_EQUAL(allows, 3);
		free(task);
		play_end(p);
	}
}

/* 85 are spent; every other window still knows them, there and back again, and over a restart. */
static void
windows(void)
{
	static const char *const others[] = {"\"money=100/2d\"", "\"money=100/12h\"", "\"money=100\"", "\"money=100/1h\",\"money=100/3d\""};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct sg_err err = {0};
		begin("\"money=100/1d\"");
		char *task = open_task(1, "a");
		CU_ASSERT_TRUE(play_has(pay(1, task, "85", "a"), "\"verdict\":\"allow\""));
		CU_ASSERT_TRUE(play_has(pay(1, task, "20", "b"), "\"code\":\"budget_exceeded\""));
		CU_ASSERT_TRUE(configure(others[i]));
		free(task);
		task = open_task(1, "b");
		CU_ASSERT_TRUE(play_has(pay(1, task, "20", "c"), "\"code\":\"budget_exceeded\""));
		free(task);
		task = open_task(1, "c");
		CU_ASSERT_TRUE(play_has(pay(1, task, "10", "d"), "\"verdict\":\"allow\""));
		CU_ASSERT_TRUE(configure("\"money=100/1d\""));
		CU_ASSERT_TRUE(play_has(pay(1, task, "6", "e"), "\"code\":\"budget_exceeded\"")); /* 95 by now: what was spent meanwhile counts as well */
		CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
		CU_ASSERT_EQUAL(sg_accounts_spent(&p->gate->state, SG_STR("agent:helper/money/86400000"), 86400000, sg_state_steady(&p->gate->state)), 9500);
		free(task);
		play_end(p);
	}
}

/* However many windows of an agent's budget reloads took out: what is configured is charged. */
static void
windows_without_end(void)
{
	char budget[64], key[16];
	const char *answer = "";
	begin("\"calls=1000/1h\"");
	char *task = open_task(1, "t");
	for (int i = 0; i < 80; i++) {
		snprintf(budget, sizeof(budget), "\"calls=1000/%dm\",\"money=1000/%dm\"", 61 + i, 61 + i);
		CU_ASSERT_TRUE(configure(budget));
		snprintf(key, sizeof(key), "w%d", i);
		answer = pay(1, task, "1", key);
		if (strstr(answer, "\"code\":\"budget_exceeded\"") != NULL)
			break;
		CU_ASSERT_TRUE(play_has(answer, "\"verdict\":\"allow\""));
	}
	CU_ASSERT_TRUE(play_has(answer, "\"code\":\"budget_exceeded\"")); /* of the action: 50 calls of all agents */
	free(task);
	play_end(p);
}

SG_CASES("gate.amounts", {"what others live on", shared}, {"what was lent", lent}, {"next to nothing", next_to_nothing}, {"windows", windows}, {"windows without end", windows_without_end})
