/* SPDX-License-Identifier: Apache-2.0
 * Every door that a yes leaves by asks whether the clock is believed: a new act, the repeat of one, what was allowed before the clock jumped and is released
 * behind it, and introspection, where what has ended by the clock on the wall stays ended. */
#include "unit/gate/play.h"

#define DAY (86400 * SG_SEC)
#define YEAR (365 * DAY)

static struct play *p;
static char *task;

static void
begin(void)
{
	p = play_new();
	CU_ASSERT_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_FATAL(play_connect(p, 2, SG_FACE_ENFORCER, 2001));
	task = play_task(p, 1, "t");
}

static void
end(void)
{
	free(task);
	play_end(p);
}

static void
pass(sg_time wall, sg_time boot)
{
	p->wall += wall;
	p->boot += boot;
}

static void
repeats(void)
{
	static const struct {
		sg_time wall, boot;
		const char *want;
	} rows[] = {{SG_SEC, SG_SEC, "\"verdict\":\"allow\""}, {3 * DAY, SG_SEC, "clock_ahead"}, {10 * YEAR, SG_SEC, "clock_ahead"},
		    {-DAY, SG_SEC, "clock_behind"},	      {60 * SG_SEC, 60 * SG_SEC, "use_by_passed"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		CU_ASSERT(play_has(play_act(p, 1, task, "mail.read", "{}", "k"), "\"verdict\":\"allow\""));
		pass(rows[i].wall, rows[i].boot);
		CU_ASSERT(play_has(play_act(p, 1, task, "mail.read", "{}", "k"), rows[i].want));
		pass(-rows[i].wall, 0); /* once it is right again the first answer stands */
		if (strncmp(rows[i].want, "clock", 5) == 0)
			CU_ASSERT(play_has(play_act(p, 1, task, "mail.read", "{}", "k"), "\"verdict\":\"allow\""));
		end();
	}
}

/* Up to the point where its issuer is asked. */
static void
act_until_issued(void)
{
	play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "repo.read", "{}", "k"));
	for (int i = 0; i < 50 && !(p->count > 0 && p->queue[0].kind == PLAY_CALL); i++) {
		if (p->count > 0)
			play_one(p);
		play_flush(p);
	}
	CU_ASSERT_FATAL(p->count > 0 && p->queue[0].kind == PLAY_CALL);
}

static void
releases(void)
{
	static const struct {
		sg_time wall;
		const char *want;
	} rows[] = {{SG_SEC, "\"verdict\":\"allow\""}, {3 * DAY, "clock_ahead"}, {10 * YEAR, "clock_ahead"}, {-DAY, "clock_behind"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		act_until_issued();
		pass(rows[i].wall, SG_SEC);
		play_all(p);
		bool allowed = strstr(rows[i].want, "allow") != NULL;
		CU_ASSERT(play_has(p->conns[1].body != NULL ? p->conns[1].body : "", rows[i].want));
		CU_ASSERT((strstr(p->conns[1].body != NULL ? p->conns[1].body : "", "h.c.s") != NULL) == allowed);
		CU_ASSERT_EQUAL(p->gate->state.live_leases, allowed ? 1 : 0); /* what was withheld is taken back */
		end();
	}
}

static void
introspects(void)
{
	static const struct {
		sg_time wall, boot;
		const char *want;
	} rows[] = {{SG_SEC, SG_SEC, "\"active\":true"},   {70 * SG_SEC, SG_SEC, "\"active\":false"}, {DAY - 60 * SG_SEC, SG_SEC, "\"active\":false"},
		    {3 * DAY, SG_SEC, "\"active\":false"}, {10 * YEAR, SG_SEC, "\"active\":false"},   {0, 70 * SG_SEC, "\"active\":false"},
		    {-DAY, SG_SEC, "\"active\":true"}, /* its life is counted by the boot clock */
		    {-DAY, 70 * SG_SEC, "\"active\":false"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		CU_ASSERT(play_has(play_act(p, 1, task, "repo.read", "{}", "k"), "\"verdict\":\"allow\""));
		pass(rows[i].wall, rows[i].boot);
		CU_ASSERT(play_has(play_ask(p, 2, SG_ROUTE_E_INTROSPECT, "", "{\"token\":\"h.c.s\"}"), rows[i].want));
		end();
	}
}

/* What was made by a clock that was ahead is good by every resource's clock until then: an operator who kills hears so, now and again. */
static void
left_of_it(void)
{
	begin();
	pass(DAY - 3600 * SG_SEC, SG_SEC);
	char *later = play_task(p, 1, "later");
	CU_ASSERT(play_has(play_act(p, 1, later, "repo.read", "{}", "k"), "\"verdict\":\"allow\""));
	pass(3600 * SG_SEC - DAY, SG_SEC);
	CU_ASSERT_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 500));
	for (int i = 0; i < 2; i++) {
		char *left = play_between(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\"}"), "\"residual_ms\":", ",");
		CU_ASSERT(strtoll(left, NULL, 10) > 22 * INT64_C(3600000));
		free(left);
	}
	free(later);
	end();
}

SG_CASES("gate.wall_doors", {"what is left of it", left_of_it}, {"the repeat of an allow", repeats}, {"a jump between an allow and its release", releases},
	 {"introspection", introspects})
