/* SPDX-License-Identifier: Apache-2.0
 * Clocks that jump: an hour and a day, forward and back, and a machine that slept. No budget comes back early, no taint, freeze, tombstone or end is
 * lost. */
#include "unit/gate/play.h"

static struct play *p;

#define HOUR (3600 * SG_SEC)
#define DAY (24 * HOUR)

static void
configure(void)
{
	struct sg_buf text;
	const char *at = play_document, *helper = strstr(at, "\"helper\":{") + 10, *pay = strstr(at, "\"pay\":{") + 7;
	sg_buf_init(&text, 1 << 20);
	sg_buf_add(&text, at, (size_t)(pay - at));
	sg_buf_text(&text, "\"costs\":[\"money=amount\"],");
	sg_buf_add(&text, pay, (size_t)(helper - pay));
	sg_buf_text(&text, "\"budgets\":[\"money=100/1d\"],");
	sg_buf_text(&text, helper);
	sg_buf_add(&text, "", 1);
	char *canonical = play_canonical(text.ptr);
	struct sg_err err = {0};
	CU_ASSERT_EQUAL_FATAL(sg_gate_configure(p->gate, sg_str(canonical), &err), SG_OK);
	free(canonical);
	sg_buf_done(&text);
}

static void
jump(sg_time wall, sg_time boot)
{
	p->wall += wall;
	p->boot += boot;
	sg_gate_tick(p->gate);
	play_all(p);
}

static bool
pays(const char *task, int amount, const char *key, const char *code)
{
	char args[40];
	snprintf(args, sizeof(args), "{\"amount\":%d}", amount);
	const char *answer = play_act(p, 1, task, "pay.send", args, key);
	bool good = strstr(answer, code) != NULL;
	if (!good)
		fprintf(stderr, "  not %s: %s\n", code, answer);
	return good;
}

static char *
begin(void)
{
	p = play_new();
	configure();
	CU_ASSERT_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	return play_task(p, 1, "t1");
}

static void
restart(void)
{
	struct sg_err err = {0};
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	configure();
	CU_ASSERT_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
}

/* A window moves with the time that both clocks saw pass. */
static void
budgets(void)
{
	static const struct {
		sg_time wall, boot;
		const char *code; /* of 50 more, where 100 a day are spent */
	} rows[] = {
		{HOUR, SG_SEC, "budget_exceeded"}, {DAY / 2, SG_SEC, "budget_exceeded"},
		{2 * HOUR, 2 * HOUR, "task_closed"}, /* a machine that slept: the task is over before anything else */
		{-HOUR, SG_SEC, "budget_exceeded"}, {-DAY, SG_SEC, "budget_exceeded"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *task = begin(), *other = NULL;
		CU_ASSERT(pays(task, 100, "a", "\"code\":\"allowed\""));
		jump(rows[i].wall, rows[i].boot);
		if (rows[i].wall > 0 && rows[i].boot == SG_SEC) { /* the task ran out on the wall clock; another one draws on the same budget */
			other = play_task(p, 1, "t2");
			CU_ASSERT(pays(other, 50, "b", rows[i].code));
		} else {
			CU_ASSERT(pays(task, 50, "b", rows[i].code));
		}
		free(task);
		free(other);
		play_end(p);
	}
}

static void
window_passes(void)
{
	char *task = begin();
	CU_ASSERT(pays(task, 100, "a", "\"code\":\"allowed\""));
	jump(DAY + HOUR, DAY + HOUR);
	char *other = play_task(p, 1, "t2");
	CU_ASSERT(pays(other, 100, "b", "\"code\":\"allowed\""));
	CU_ASSERT(pays(other, 1, "c", "budget_exceeded"));
	jump(-2 * DAY, SG_SEC);
	restart();
	char *third = play_task(p, 1, "t3");
	CU_ASSERT(pays(third, 1, "d", "\"code\":\"budget_exceeded\"") || pays(third, 1, "e", "\"code\":\"clock_behind\""));
	free(task);
	free(other);
	free(third);
	play_end(p);
}

/* An instance's taint is kept a day of time that passed, not of a clock that was set. */
static void
taint(void)
{
	char *task = begin();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "mail.read", "{}", "m"), "\"verdict\":\"allow\""));
	play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, task, "{}");
	jump(3 * DAY, 20 * 60 * SG_SEC);
	jump(0, 20 * SG_SEC);
	restart();
	jump(DAY, 20 * SG_SEC);
	char *other = play_task(p, 1, "t2");
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_TASK_SHOW, other, "{}"), "\"labels\":[\"mail\"]"));
	free(task);
	free(other);
	play_end(p);
}

/* Refusals count within a window; a clock set forward between them forgets none. */
static void
freeze(void)
{
	char *task = begin(), key[16];
	for (int i = 0; i < 49; i++) {
		snprintf(key, sizeof(key), "n%d", i);
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "no.such", "{}", key), "unknown_action"));
	}
	p->wall += 30 * 60 * SG_SEC; /* half an hour on the wall, a second of time */
	p->boot += SG_SEC;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "no.such", "{}", "last"), "unknown_action"));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "mail.read", "{}", "m"), "\"code\":\"frozen\""));
	p->wall -= 30 * 60 * SG_SEC;
	restart();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "mail.read", "{}", "m2"), "\"code\":\"frozen\""));
	free(task);
	play_end(p);
}

/* A task's end is the earlier of both clocks, and stays. */
static void
ends(void)
{
	char *task = begin();
	jump(0, 2 * HOUR); /* the machine slept, and its wall clock was set back meanwhile */
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "mail.read", "{}", "m"), "\"code\":\"task_"));
	jump(-DAY, SG_SEC);
	restart();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "mail.read", "{}", "m2"), "\"code\":\"task_"));
	free(task);
	play_end(p);
}

SG_CASES("gate.clock", {"budgets do not come back early", budgets}, {"a window that passed has passed once", window_passes},
	 {"taint is not washed off by a clock", taint}, {"thresholds hold over a jump", freeze}, {"what ended stays ended", ends})
