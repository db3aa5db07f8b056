/* SPDX-License-Identifier: Apache-2.0
 * A wall clock that stands far ahead, or behind: nothing is allowed, nothing it says gets into the record, and it is over when it is right again, or when an
 * operator says that it is. */
#include "gate/desk/wall.h"
#include "unit/cases.h"
#include "unit/gate/play.h"

#define HOUR (3600 * SG_SEC)
#define DAY (24 * HOUR)
#define YEAR (365 * DAY)

static struct play *p;
static char *task;
static int keys;

static void
connect_all(void)
{
	CU_ASSERT_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 500));
	keys++;
	char key[16];
	snprintf(key, sizeof(key), "t%d", keys);
	free(task);
	task = play_task(p, 1, key);
}

static void
begin(void)
{
	struct sg_err err = {0};
	p = play_begin();
	p->wall = 1400000000 * SG_SEC; /* years before any agent is to be reviewed */
	CU_ASSERT_EQUAL_FATAL(play_open(p, &err), SG_OK);
	play_flush(p);
	task = NULL;
	connect_all();
}

static void
end(void)
{
	free(task);
	play_end(p);
}

static void
restart(void)
{
	struct sg_err err = {0};
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	connect_all();
}

/* As after a power cycle: nobody knows how long it was off. */
static void
reboot(void)
{
	p->boot_id = "66666666-7777-8888-9999-000000000000";
	p->boot = 20 * SG_SEC;
	restart();
}

/* What a new act of a new task is answered; the task too, as an old one may have run out. */
static bool
is(const char *code)
{
	char key[16], open[24];
	snprintf(open, sizeof(open), "o%d", ++keys);
	free(task);
	task = play_task(p, 1, open);
	snprintf(key, sizeof(key), "k%d", keys);
	const char *answer = play_act(p, 1, task, "repo.read", "{}", key);
	bool good = strstr(answer, code) != NULL;
	if (!good)
		fprintf(stderr, "  not %s: %s\n", code, answer);
	return good;
}

static void
pass(sg_time wall, sg_time boot)
{
	p->wall += wall;
	p->boot += boot;
	play_all(p);
}

/* The highest time of any leaf. */
static int64_t
latest_leaf(void)
{
	int64_t latest = 0;
	play_flush(p);
	for (uint64_t n = 1; n <= p->gate->journal.durable; n++) {
		struct sg_arena arena;
		struct sg_record record;
		struct sg_str input;
		int64_t at = 0;
		sg_arena_init(&arena, 8 << 20);
		if (sg_journal_read(&p->gate->journal, n, &arena, &record, &input, NULL) == SG_OK && sg_json_int(sg_json_get(record.json, "at"), &at) && at > latest)
			latest = at;
		sg_arena_done(&arena);
	}
	return latest;
}

static void
jumps(void)
{
	static const struct {
		sg_time wall, boot;
		const char *code;
	} rows[] = {
		{23 * HOUR, SG_SEC, "\"allow\""},	    {DAY - 5 * SG_SEC, SG_SEC, "\"allow\""}, {DAY + 5 * SG_SEC, SG_SEC, "clock_ahead"}, {10 * YEAR, SG_SEC, "clock_ahead"},
		{10 * YEAR, HOUR, "clock_ahead"},	    {7 * DAY, 7 * DAY, "\"allow\""}, /* a machine that slept */
		{7 * DAY + 23 * HOUR, 7 * DAY, "\"allow\""}, {9 * DAY, 7 * DAY, "clock_ahead"},	     {-4 * SG_SEC, SG_SEC, "\"allow\""},
		{-7 * SG_SEC, SG_SEC, "clock_behind"},	    {-DAY, SG_SEC, "clock_behind"},	     {-40 * YEAR, SG_SEC, "clock_behind"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		CU_ASSERT(is("\"allow\""));
		pass(rows[i].wall, rows[i].boot);
		CU_ASSERT(is(rows[i].code));
		end();
	}
}

/* The kind: a minute of a clock ten years ahead, whatever is written in it, costs that minute. */
static void
a_minute_ahead(void)
{
	begin();
	CU_ASSERT(is("\"allow\""));
	int64_t before = p->wall / SG_MSEC;
	pass(10 * YEAR, SG_SEC);
	for (int i = 0; i < 60; i++) {
		pass(SG_SEC, SG_SEC);
		CU_ASSERT(is("clock_ahead"));
		play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"other\",\"reason\":\"x\"}");
	}
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_STATUS, "", "{}"), "\"state\":\"ahead\""));
	CU_ASSERT(latest_leaf() < before + 120 * 1000);
	pass(-10 * YEAR, SG_SEC);
	CU_ASSERT(is("\"allow\""));
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_STATUS, "", "{}"), "\"state\":\"good\""));
	restart();
	CU_ASSERT(is("\"allow\""));
	end();
}

/* The gate is started while the clock stands ahead: up to 400 days it may have been away so long. */
static void
at_a_start(void)
{
	static const struct {
		sg_time wall;
		const char *code;
	} rows[] = {{399 * DAY, "\"allow\""}, {401 * DAY, "clock_ahead"}, {10 * YEAR, "clock_ahead"}, {-DAY, "clock_behind"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		int64_t before = p->wall / SG_MSEC;
		p->wall += rows[i].wall;
		reboot();
		CU_ASSERT(is(rows[i].code));
		pass(HOUR, HOUR);
		CU_ASSERT(is(rows[i].code));
		if (strcmp(rows[i].code, "clock_ahead") == 0) {
			CU_ASSERT(latest_leaf() < before + 2 * 3600 * 1000);
			CU_ASSERT(p->gate->journal.header.day <= (uint64_t)(before / 86400000 + 1)); /* what is sealed now goes with the keys of these days */
			pass(-rows[i].wall, SG_SEC);
			CU_ASSERT(is("\"allow\""));
		}
		end();
	}
}

/* Within one run of the machine it is known how long the gate was away: no restart makes a clock believed that was not. */
static void
started_again(void)
{
	static const struct {
		sg_time wall, boot;
		const char *code;
	} rows[] = {
		{30 * DAY, SG_SEC, "clock_ahead"}, {399 * DAY, SG_SEC, "clock_ahead"}, {23 * HOUR, SG_SEC, "\"allow\""}, {DAY + HOUR, SG_SEC, "clock_ahead"},
		{7 * DAY, 7 * DAY, "\"allow\""},   {9 * DAY, 7 * DAY, "clock_ahead"},    {500 * DAY, 500 * DAY, "\"allow\""}, {-DAY, SG_SEC, "clock_behind"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int live = 0; live < 2; live++) {
			begin();
			CU_ASSERT(is("\"allow\""));
			pass(rows[i].wall, rows[i].boot);
			if (live)
				CU_ASSERT(is(rows[i].code));
			for (int n = 0; n < 3; n++) {
				restart();
				CU_ASSERT(is(rows[i].code));
			}
			pass(-rows[i].wall + rows[i].boot + SG_SEC, SG_SEC);
			CU_ASSERT(rows[i].code[0] != 'c' || is("\"allow\""));
			end();
		}
}

/* Set, and the gate stopped at once: the last leaf says no more than the clock is believed. */
static void
set_before_a_stop(void)
{
	begin();
	CU_ASSERT(is("\"allow\""));
	int64_t before = p->wall / SG_MSEC;
	p->wall += 10 * YEAR;
	sg_gate_stop(p->gate);
	CU_ASSERT(latest_leaf() < before + 120 * 1000);
	restart();
	CU_ASSERT(is("clock_ahead"));
	pass(-10 * YEAR, SG_SEC);
	CU_ASSERT(is("\"allow\""));
	end();
}

/* A clock that an operator accepted stays accepted, however long nothing is written and however often the gate is started. */
static void
accepted_stays(void)
{
	static const sg_time ways[] = {10 * YEAR, -10 * YEAR};
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		begin();
		CU_ASSERT(is("\"allow\""));
		pass(ways[i], SG_SEC);
		CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_CLOCK_ACCEPT, "", "{\"reason\":\"looked at it\"}"), "\"state\":\"good\""));
		p->wall += 40 * HOUR; /* and nothing is written */
		p->boot += 40 * HOUR;
		restart();
		CU_ASSERT(is("\"allow\""));
		restart();
		CU_ASSERT(is("\"allow\""));
		end();
	}
}

/* A clock that is set right while the gate runs, after it started behind the record, is believed as far as one at a start is. */
static void
set_right_after_a_start(void)
{
	begin();
	p->no_check = true; /* times of another run of the machine are counted from the clock as it stands when they are folded, and it is set here */
	p->wall -= 30 * DAY;
	reboot();
	CU_ASSERT(is("clock_behind"));
	pass(40 * DAY, 10 * SG_SEC);
	CU_ASSERT(is("\"allow\""));
	pass(2 * DAY, 10 * SG_SEC);
	CU_ASSERT(is("clock_ahead"));
	end();
}

static bool
accepted(void)
{
	return play_has(play_ask(p, 10, SG_ROUTE_O_CLOCK_ACCEPT, "", "{\"reason\":\"looked at it\"}"), "\"state\":\"good\"");
}

static void
an_operator_accepts(void)
{
	begin();
	p->no_check = true; /* times of another run of the machine are counted from the clock as it stands when they are folded, and it is set here */
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_CLOCK_ACCEPT, "", "{\"reason\":\"x\"}"), "nothing to accept"));
	static const sg_time ways[] = {2 * DAY, 10 * YEAR, -2 * DAY, -10 * YEAR};
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		pass(ways[i], SG_SEC);
		CU_ASSERT(is(ways[i] > 0 ? "clock_ahead" : "clock_behind"));
		CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_CLOCK_ACCEPT, "", "{}"), "reason"));
		CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_CLOCK_ACCEPT, "", "{\"reason\":\"\"}"), "reason"));
		CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_CLOCK_ACCEPT, "", "{\"reason\":[]}"), "reason"));
		CU_ASSERT(accepted());
		CU_ASSERT(is("\"allow\""));
		pass(DAY / 2, DAY / 2);
		CU_ASSERT(is("\"allow\""));
		restart();
		CU_ASSERT(is("\"allow\""));
		CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_STATUS, "", "{}"), "\"ahead_ms\":0,\"behind_ms\":0"));
	}
	end();
}

/* Accepted by a mistake, ten years on: what was opened in that time does not live for ten years once the clock is back. */
static void
nothing_lives_on(void)
{
	begin();
	pass(10 * YEAR, SG_SEC);
	CU_ASSERT(accepted());
	char *far = play_task(p, 1, "far");
	CU_ASSERT(play_has(play_act(p, 1, far, "repo.read", "{}", "f"), "\"allow\""));
	pass(-10 * YEAR, SG_SEC);
	CU_ASSERT(is("clock_behind"));
	CU_ASSERT(accepted());
	CU_ASSERT(sg_state_task(&p->gate->state, sg_str(far))->state > SG_TASK_FROZEN);
	CU_ASSERT(is("\"allow\""));
	restart();
	CU_ASSERT(sg_state_task(&p->gate->state, sg_str(far)) == NULL || sg_state_task(&p->gate->state, sg_str(far))->state > SG_TASK_FROZEN);
	free(far);
	end();
}

/* What could not be recorded is not accepted. */
static void
not_without_a_record(void)
{
	begin();
	pass(10 * YEAR, SG_SEC);
	CU_ASSERT(is("clock_ahead"));
	p->full = true;
	for (int i = 0; i < 3 && !p->gate->journal.closed; i++)
		play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"other\",\"reason\":\"x\"}");
	CU_ASSERT(p->gate->journal.closed);
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_CLOCK_ACCEPT, "", "{\"reason\":\"x\"}"), "audit_unavailable"));
	CU_ASSERT(sg_wall_good(p->gate) == SG_REASON_clock_ahead);
	p->full = false;
	pass(5 * SG_SEC, 5 * SG_SEC);
	CU_ASSERT(is("clock_ahead"));
	CU_ASSERT(accepted());
	end();
}

SG_CASES("gate.wall", {"jumps", jumps}, {"a minute ahead", a_minute_ahead}, {"at a start", at_a_start}, {"started again in one run of the machine", started_again}, {"set before a stop", set_before_a_stop}, {"what is accepted stays accepted", accepted_stays}, {"set right after a start", set_right_after_a_start},
	 {"an operator accepts", an_operator_accepts}, {"nothing lives on", nothing_lives_on}, {"not without a record", not_without_a_record})
