/* SPDX-License-Identifier: Apache-2.0
 * What an agent can make many of: it counts as long as it is there, whatever it waits for, and nobody walks over it again and again. */
#include "gate/state/holder.h"
#include "unit/gate/play.h"

static struct play *p;
static long starts; /* looks at processes */

static const char *
freezes_the_task(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"freeze\":true,\"kind\":\"deny\",\"only_task\":true,\"say\":\"no\"},\"file\":\"a.lua\",\"line\":1,\"rule\":\"r\"}],\"error\":null}";
}

static uint64_t
all_gone(const struct sg_sys *sys, pid_t pid)
{
	(void)sys;
	(void)pid;
	starts++;
	return 0;
}

static void
begin(void)
{
	p = play_new();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 500));
}

static char *
open_task(const char *key)
{
	play_facts(p, 1001);
	return play_task(p, 1, key);
}

/* A task that stands still, alone or below another, stands for one of its agent's until an operator has let it go. */
static void
what_stands_still_counts(void)
{
	begin();
	p->gate->catalogue->limits.tasks_per_agent = 3;
	p->effects = freezes_the_task;
	char *one = NULL;
	for (int i = 0; i < 3; i++) {
		char key[8];
		snprintf(key, sizeof(key), "t%d", i);
		free(one);
		one = open_task(key);
		CU_ASSERT_EQUAL(p->conns[1].status, 201);
		play_act(p, 1, one, "repo.read", "{}", key);
		CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(one))->state, SG_TASK_FROZEN);
	}
	free(open_task("more"));
	CU_ASSERT_TRUE(play_has(p->conns[1].body, "too_many_tasks"));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_THAW, one, "{}"), "open"));
	free(open_task("more2"));
	CU_ASSERT_TRUE(play_has(p->conns[1].body, "too_many_tasks")); /* it goes on, and counts */
	play_facts(p, 1001);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, one, "{}"), "closed"));
	free(open_task("more3"));
	CU_ASSERT_EQUAL(p->conns[1].status, 201);
	free(one);
	play_end(p);
}

/* What was handed on and nobody took counts for whoever handed it on, also below a task of theirs that stands still; what another took waits for that other's. */
static void
handed_on(void)
{
	begin();
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1001\"]",
									"\"delegates\":[\"*\"],\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1001\"]", NULL}));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 2, SG_FACE_AGENT, 1002));
	char *one = open_task("t"), body[256];
	play_facts(p, 1001);
	char *token = play_between(play_ask(p, 1, SG_ROUTE_A_DELEGATE, one, "{\"actions\":[\"pay.*\"],\"key\":\"d\",\"to\":\"other\"}"), "\"token\":\"", "\"");
	CU_ASSERT_EQUAL(sg_state_agent_tasks(&p->gate->state, SG_STR("helper"), 1), 2);
	p->effects = freezes_the_task;
	play_facts(p, 1001);
	play_act(p, 1, one, "repo.read", "{}", "k");
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(one))->state, SG_TASK_FROZEN);
	CU_ASSERT_EQUAL(sg_state_agent_tasks(&p->gate->state, SG_STR("helper"), 1), 2);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_THAW, one, "{}"), "open"));
	snprintf(body, sizeof(body), "{\"key\":\"c\",\"task_token\":\"%s\"}", token);
	play_facts(p, 1002);
	CU_ASSERT_TRUE(play_has(play_ask(p, 2, SG_ROUTE_A_TASK_OPEN, "", body), "\"claimed\":true"));
	CU_ASSERT_EQUAL(sg_state_agent_tasks(&p->gate->state, SG_STR("other"), 1), 1);
	play_facts(p, 1001);
	play_act(p, 1, one, "repo.read", "{}", "k2");
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(one))->state, SG_TASK_FROZEN);
	CU_ASSERT_EQUAL(sg_state_agent_tasks(&p->gate->state, SG_STR("helper"), 1), 1);
	CU_ASSERT_EQUAL(sg_state_agent_tasks(&p->gate->state, SG_STR("other"), 1), 0);
	free(token);
	free(one);
	play_end(p);
}

/* A process that is gone is looked at until what it had open has ended or stands still, and not again before that goes on. */
static void
gone_and_still(void)
{
	begin();
	p->effects = freezes_the_task;
	char *frozen = open_task("f"), *other = open_task("o");
	play_act(p, 1, frozen, "repo.read", "{}", "k");
	struct sg_instance *instance = sg_state_task(&p->gate->state, sg_str(frozen))->instance;
	instance->pid = 4000;
	p->no_check = true; /* set by hand */
	p->sys.process_start = all_gone;
	sg_gate_tick(p->gate);
	sg_gate_tick(p->gate);
	sg_gate_tick(p->gate);
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(other))->state, SG_TASK_CLOSED);
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(frozen))->state, SG_TASK_FROZEN);
	CU_ASSERT_TRUE(instance->still);
	long before = starts;
	for (int i = 0; i < 10; i++)
		sg_gate_tick(p->gate);
	CU_ASSERT_EQUAL(starts, before);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_THAW, frozen, "{}"), "open"));
	sg_gate_tick(p->gate);
	sg_gate_tick(p->gate);
	CU_ASSERT_TRUE(starts > before);
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(frozen))->state, SG_TASK_CLOSED);
	free(frozen);
	free(other);
	play_end(p);
}

/* What a process that is gone held is taken back so much in a turn, whatever stands still of it. */
static void
gone_with_much(void)
{
	enum { MUCH = 600 };
	begin();
	char *frozen = open_task("f"), key[16];
	for (int i = 0; i < MUCH; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		play_act(p, 1, frozen, "repo.read", "{}", key);
	}
	struct sg_task *task = sg_state_task(&p->gate->state, sg_str(frozen));
	CU_ASSERT_EQUAL(p->gate->state.live_leases, MUCH);
	CU_ASSERT_TRUE(sg_record_task(p->gate, task, "frozen", SG_STR("mira"), "test", NULL));
	task->instance->pid = 4000;
	p->no_check = true; /* set by hand */
	p->sys.process_start = all_gone;
	size_t ticks = 0;
	for (uint64_t left = MUCH; left > 0 && ticks < 10; ticks++) {
		sg_gate_tick(p->gate);
		CU_ASSERT_TRUE(left - p->gate->state.live_leases <= SG_ROUND_DONE);
		CU_ASSERT_FALSE(task->instance->still && p->gate->state.live_leases > 0);
		left = p->gate->state.live_leases;
	}
	CU_ASSERT_TRUE(ticks >= MUCH / SG_ROUND_DONE && ticks < 10);
	CU_ASSERT_EQUAL(task->state, SG_TASK_FROZEN);
	free(frozen);
	play_end(p);
}

SG_CASES("gate.many", {"what stands still counts", what_stands_still_counts}, {"handed on", handed_on}, {"gone and still", gone_and_still}, {"gone with much", gone_with_much})
