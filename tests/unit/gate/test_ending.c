/* SPDX-License-Identifier: Apache-2.0
 * What ends many things stops them at once and ends them in slices: in no turn more than so many, whatever there is. */
#include "gate/state/ending.h"
#include "unit/gate/play.h"

enum { MANY = 3 * SG_ENDING_SLICE + 7 };

static struct play *p;
static char *first, *others; /* a task of many, and one that nothing ends */

static void
begin(void)
{
	p = play_new();
	p->slices = true;
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1001\"]",
									"\"delegates\":[\"*\"],\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1001\"]", NULL}));
	struct sg_limits *limits = &p->gate->catalogue->limits;
	limits->tasks_per_agent = limits->tasks = limits->leases_per_agent = limits->children_burst = limits->attempts_per_task = 100000;
	p->gate->catalogue->intents[0].children = 100000;
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 2, SG_FACE_AGENT, 1002));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 500));
	play_facts(p, 1002);
	others = play_task(p, 2, "o");
}

static void
end(void)
{
	free(first);
	free(others);
	first = others = NULL;
	play_end(p);
}

static void
open_many(int count)
{
	play_facts(p, 1001);
	for (int i = 0; i < count; i++) {
		char key[16];
		snprintf(key, sizeof(key), "t%d", i);
		char *task = play_task(p, 1, key);
		if (i == 0)
			first = task;
		else
			free(task);
	}
}

static const char *
code_of_act(const char *key)
{
	play_facts(p, 1001);
	return play_act(p, 1, first, "mail.read", "{}", key);
}

/* Turn by turn until it is over: how many turns, of which none ended more than a slice. */
static size_t
turns(void)
{
	size_t count = 0;
	for (bool more = true; more && count < 1000; count++) {
		uint64_t tasks = p->gate->state.open_tasks, leases = p->gate->state.live_leases;
		more = sg_endings_turn(p->gate);
		CU_ASSERT_TRUE(tasks - p->gate->state.open_tasks + leases - p->gate->state.live_leases <= SG_ENDING_SLICE);
		play_all(p);
	}
	return count;
}

static void
a_kill(void)
{
	begin();
	open_many(MANY);
	CU_ASSERT_TRUE(play_has(code_of_act("k1"), "allow"));
	char counted[64];
	snprintf(counted, sizeof(counted), "\"ended\":%d,\"ending\":1,", MANY); /* what it stops, whatever of that has ended yet */
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\",\"reason\":\"r\"}"), counted));
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, MANY + 1);
	CU_ASSERT_TRUE(play_has(code_of_act("k2"), "killed"));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_LIFT, "", "{\"agent\":\"helper\",\"reason\":\"r\"}"), "attempt_pending"));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_TASK, first, "{}"), "closing"));
	CU_ASSERT_TRUE(turns() >= MANY / SG_ENDING_SLICE);
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, 1);
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(first))->state, SG_TASK_KILLED);
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(others))->state, SG_TASK_OPEN);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_LIFT, "", "{\"agent\":\"helper\",\"reason\":\"r\"}"), "\"ending\":0"));
	CU_ASSERT_TRUE(play_has(code_of_act("k3"), "killed")); /* what was stopped does not come back */
	play_facts(p, 1001);
	free(play_task(p, 1, "new"));
	CU_ASSERT_EQUAL(p->conns[1].status, 201);
	end();
}

static void
of_everything(void)
{
	begin();
	open_many(MANY);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"all\":true,\"reason\":\"r\"}"), "\"ending\":1"));
	play_facts(p, 1002);
	CU_ASSERT_TRUE(play_has(play_act(p, 2, others, "mail.read", "{}", "k"), "killed"));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_LIFT, "", "{\"all\":true,\"reason\":\"r\"}"), "attempt_pending"));
	turns();
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, 0);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_LIFT, "", "{\"all\":true,\"reason\":\"r\"}"), "effective"));
	end();
}

/* It stands still although its own state is open, and is let go by nobody before all has ended. */
static void
a_fall(void)
{
	begin();
	open_many(MANY);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_AGENT, "helper", "{\"event\":\"suspend\"}"), "suspended"));
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, MANY + 1);
	CU_ASSERT_FALSE(sg_task_live(&p->gate->state, sg_state_task(&p->gate->state, sg_str(first))));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_AGENT, "helper", "{\"event\":\"resume\"}"), "attempt_pending"));
	CU_ASSERT_TRUE(sg_endings_turn(p->gate));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_AGENT, "helper", "{\"event\":\"resume\"}"), "attempt_pending"));
	turns();
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, 1);
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(first))->state, SG_TASK_CLOSED);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_AGENT, "helper", "{\"event\":\"resume\"}"), "active"));
	CU_ASSERT_TRUE(play_has(code_of_act("k"), "task_closed"));
	end();
}

/* Parts that others took stand still with the task above them. */
static void
a_tree(void)
{
	begin();
	open_many(1);
	char body[256], *part = NULL;
	for (int i = 0; i < MANY; i++) {
		play_facts(p, 1001);
		snprintf(body, sizeof(body), "{\"actions\":[\"mail.*\"],\"key\":\"d%d\",\"to\":\"other\"}", i);
		char *token = play_between(play_ask(p, 1, SG_ROUTE_A_DELEGATE, first, body), "\"token\":\"", "\"");
		snprintf(body, sizeof(body), "{\"key\":\"c\",\"task_token\":\"%s\"}", token);
		free(token);
		if (i > 0)
			continue;
		play_facts(p, 1002);
		part = play_between(play_ask(p, 2, SG_ROUTE_A_TASK_OPEN, "", body), "\"id\":\"", "\"");
	}
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, MANY + 2);
	play_facts(p, 1001);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, first, "{}"), "closed"));
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, MANY + 1);
	play_facts(p, 1002);
	CU_ASSERT_TRUE(play_has(play_act(p, 2, part, "mail.read", "{}", "k"), "task_closed"));
	CU_ASSERT_TRUE(turns() >= MANY / SG_ENDING_SLICE);
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, 1);
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(part))->state, SG_TASK_CLOSED);
	free(part);
	end();
}

static void
credentials_of_one_task(void)
{
	begin();
	p->taken_back = "\"ok\":false,\"code\":\"later\",\"text\":\"\"";
	open_many(1);
	for (int i = 0; i < MANY; i++) {
		char key[16];
		snprintf(key, sizeof(key), "k%d", i);
		play_facts(p, 1001);
		play_act(p, 1, first, "repo.read", "{}", key);
	}
	CU_ASSERT_EQUAL(p->gate->state.live_leases, MANY);
	play_facts(p, 1001);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, first, "{}"), "closing"));
	CU_ASSERT_EQUAL(p->gate->state.live_leases, MANY);
	CU_ASSERT_TRUE(turns() >= MANY / SG_ENDING_SLICE);
	CU_ASSERT_EQUAL(p->gate->state.live_leases, 0);
	CU_ASSERT_EQUAL(p->gate->state.endings.count, 0);
	end();
}

/* A gate that ends in between leaves the rest to the next one; nothing is let go. */
static void
over_a_restart(void)
{
	struct sg_err err = {0};
	begin();
	open_many(MANY);
	play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\",\"reason\":\"r\"}");
	for (int i = 0; p->gate->state.open_tasks == MANY + 1 && i < 10; i++)
		CU_ASSERT_TRUE(sg_endings_turn(p->gate));
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, MANY + 1 - SG_ENDING_SLICE);
	play_all(p);
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, MANY + 1 - SG_ENDING_SLICE);
	CU_ASSERT_EQUAL(p->gate->state.endings.count, 1);
	turns();
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, 1);
	CU_ASSERT_EQUAL(p->gate->state.endings.count, 0);
	end();
}

/* A disk that fails keeps nothing from ending; what was said is written once it is back. */
static void
without_a_disk(void)
{
	begin();
	open_many(MANY);
	p->fail_at = p->calls + 1;
	p->fail_forever = true;
	code_of_act("k");
	CU_ASSERT_TRUE(p->gate->journal.closed);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\",\"reason\":\"r\"}"), "effective_not_durable"));
	turns();
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, 1);
	p->fail_forever = false;
	p->fail_at = 0;
	for (int i = 0; i < 100 && (p->gate->journal.closed || p->gate->owed != NULL); i++) {
		p->boot += 2 * SG_SEC;
		p->wall += 2 * SG_SEC;
		play_all(p);
		turns();
	}
	CU_ASSERT_FALSE(p->gate->journal.closed);
	CU_ASSERT_PTR_NULL(p->gate->owed);
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, 1);
	CU_ASSERT_EQUAL(p->gate->state.endings.count, 0);
	CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("helper")));
	end();
}

/* The disk loses what was appended in the middle of it: what is folded again goes on from what was synced. */
static void
a_lost_slice(void)
{
	begin();
	open_many(MANY);
	play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\",\"reason\":\"r\"}");
	for (int i = 0; p->gate->state.open_tasks == MANY + 1 && i < 10; i++)
		sg_endings_turn(p->gate);
	p->fail_at = p->calls + 1;
	play_all(p);
	CU_ASSERT_TRUE(p->gate->state.endings.count == 1);
	for (int i = 0; i < 100 && (p->gate->journal.closed || p->gate->owed != NULL || p->gate->state.endings.count > 0); i++) {
		p->boot += 2 * SG_SEC;
		p->wall += 2 * SG_SEC;
		play_all(p);
		turns();
	}
	CU_ASSERT_FALSE(p->gate->journal.closed);
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, 1);
	CU_ASSERT_EQUAL(p->gate->state.endings.count, 0);
	end();
}

/* A kill as it was written before ends all of it with its own leaf. */
static void
as_before(void)
{
	begin();
	open_many(MANY);
	CU_ASSERT_EQUAL(sg_record(p->gate, "kill", SG_STR("{\"agent\":\"helper\",\"all\":false,\"by\":\"mira\",\"lift\":false,\"reason\":\"\"}"), SG_STR(""), NULL, NULL), SG_OK);
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, 1);
	CU_ASSERT_EQUAL(p->gate->state.endings.count, 0);
	play_all(p);
	end();
}

/* An ending that is not under way is nobody's. */
static void
of_nothing(void)
{
	begin();
	CU_ASSERT_NOT_EQUAL(sg_record(p->gate, "ended", SG_STR("{\"of\":\"agent:other\",\"over\":true,\"tasks\":[]}"), SG_STR(""), NULL, NULL), SG_OK);
	end();
}

/* A table whose size is what one turn looks at uses the turn up at its very end: what comes behind it is not passed over for having been looked at. */
static void
tables_of_any_size(void)
{
	static const size_t grown[] = {100, 2900, 5900, 6500, 11800, 13000, 24000, 47000}; /* tables of 256 to 65,536 slots */
	for (size_t i = 0; i < sizeof(grown) / sizeof(grown[0]); i++) {
		begin();
		play_facts(p, 1002);
		for (int k = 0; k <= SG_ENDING_SLICE; k++) { /* another's, so that the kill goes in slices */
			char key[16];
			snprintf(key, sizeof(key), "o%d", k);
			free(play_task(p, 2, key));
		}
		open_many(2);
		struct sg_table *tables[] = {&p->gate->state.leases, &p->gate->state.approvals};
		for (size_t t = 0; t < 2; t++) {
			char key[32];
			for (size_t k = 0; k < grown[i] + 1; k++) { /* it stays as large as it was */
				char *own = strdup((snprintf(key, sizeof(key), "x-%zu", k), key));
				CU_ASSERT_EQUAL_FATAL(sg_table_put(tables[t], sg_str(own), own), SG_OK);
			}
			for (size_t k = 0; k < grown[i] + 1; k++) {
				snprintf(key, sizeof(key), "x-%zu", k);
				free(sg_table_take(tables[t], sg_str(key)));
			}
		}
		CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\",\"reason\":\"x\"}"), "\"ended\":2"));
		turns();
		CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(first))->state, SG_TASK_KILLED);
		CU_ASSERT_EQUAL(p->gate->state.endings.count, 0);
		end();
	}
}

SG_CASES("gate.ending", {"a kill", a_kill}, {"of everything", of_everything}, {"a fall", a_fall}, {"a tree", a_tree},
	 {"credentials of one task", credentials_of_one_task}, {"over a restart", over_a_restart}, {"without a disk", without_a_disk},
	 {"a lost slice", a_lost_slice}, {"as before", as_before}, {"of nothing", of_nothing}, {"tables of any size", tables_of_any_size})
