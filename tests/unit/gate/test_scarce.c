/* SPDX-License-Identifier: Apache-2.0
 * No room on the disk: what can wait does, and comes once there is room; what stops takes from what was held until its floor; what operators say is recorded to the end. */
#include "gate/desk/scarce.h"
#include "gate/journal/reserve.h"
#include "unit/gate/play.h"

static const char opaque[] = "{\"enforcer_only\":false,\"format\":\"opaque\",\"jwks\":null,\"revocation\":\"instant\"}";
enum { ROOM = SG_RESERVE, LITTLE = SG_RESERVE_FLOOR - 1, MANY = 2 * SG_ENDING_SLICE };

static struct play *p;
static char *task;
static uint64_t before; /* leaves */
static bool freezes; /* policy, where it is asked */

static const char *
says(const char *input)
{
	return freezes ? "{\"effects\":[{\"effect\":{\"freeze\":true,\"kind\":\"deny\",\"only_task\":false,\"say\":\"no\"},\"file\":\"a.lua\",\"line\":1,\"rule\":\"trap\"}],\"error\":null}" : play_allow(input);
}

static void
begin(void)
{
	p = play_new();
	freezes = false;
	p->effects = says;
	play_issuer_ready(p, "token", opaque);
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 500));
	task = play_task(p, 1, "t");
}

static void
end(void)
{
	free(task);
	play_end(p);
}

static void
full(uint64_t room)
{
	p->gate->journal.scarce = true;
	p->gate->journal.room = room;
	before = p->gate->journal.appended;
}

static void
pass(int64_t seconds)
{
	p->boot += seconds * SG_SEC;
	p->wall += seconds * SG_SEC;
	for (int i = 0; i < 20; i++) {
		play_all(p);
		p->boot += SG_SEC;
		p->wall += SG_SEC;
	}
}

static uint64_t
said(void)
{
	return p->gate->journal.appended - before;
}

static void
room_again(void)
{
	before = p->gate->journal.appended;
	sg_gate_reserved(p->gate, true, 0, 64 << 20);
	pass(1);
}

/* ---- what waits ---- */

static void
silence(void)
{
	begin();
	for (int i = 0; i < 40; i++) {
		char key[16];
		snprintf(key, sizeof(key), "k%d", i);
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", key), "\"allow\""));
	}
	full(ROOM);
	pass(400);
	CU_ASSERT_EQUAL(said(), 0);
	CU_ASSERT_PTR_NOT_NULL(p->gate->state.owed_first);
	room_again();
	CU_ASSERT_EQUAL(said(), 80); /* each, and its alert */
	CU_ASSERT_PTR_NULL(p->gate->state.owed_first);
	end();
}

static void
a_process_that_ended(void)
{
	begin();
	full(ROOM);
	p->gone = 4001;
	pass(1);
	CU_ASSERT_EQUAL(said(), 0);
	room_again();
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->state, SG_TASK_CLOSED);
	end();
}

static void
what_runs_out(void)
{
	begin();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "mail.read", "{}", "k"), "\"allow\"")); /* its domain is labelled */
	full(ROOM);
	pass(2 * 3600);
	CU_ASSERT_EQUAL(said(), 0);
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->state, SG_TASK_OPEN);
	room_again();
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->state, SG_TASK_CLOSED);
	end();
}

/* Its issuer is told at its end all the same, once; that it was is said later. */
static void
a_credential_that_runs_out(void)
{
	begin();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "k"), "\"allow\""));
	full(ROOM);
	pass(61);
	CU_ASSERT_EQUAL(said(), 0);
	CU_ASSERT_EQUAL(p->revokes, 1);
	room_again();
	pass(SG_RESERVE_S);
	CU_ASSERT_TRUE(said() >= 2);
	size_t at = 0;
	const struct sg_lease *lease = sg_table_next(&p->gate->state.leases, &at);
	CU_ASSERT_TRUE(lease == NULL || lease->state == SG_LEASE_DEAD);
	end();
}

static void
whoever_asks(void)
{
	begin();
	full(ROOM);
	for (int i = 0; i < 20; i++)
		play_act(p, 1, task, "repo.read", "{}", "k");
	CU_ASSERT_EQUAL(p->conns[1].status, 503);
	pass(60);
	CU_ASSERT_EQUAL(said(), 0);
	pass(SG_SCARCE_GAP_S);
	CU_ASSERT_EQUAL(said(), 1);
	end();
}

/* What was under way when the disk was full is refused as if it came later. */
static void
under_way(void)
{
	begin();
	play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "pay.send", "{}", "k"));
	full(ROOM);
	play_all(p);
	CU_ASSERT_TRUE(play_has(p->conns[1].body, "audit_unavailable"));
	CU_ASSERT_EQUAL(said(), 0);
	end();
}

/* ---- what does not ---- */

static void
an_operator(void)
{
	static const uint64_t rooms[] = {ROOM, LITTLE, 0};
	for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		begin();
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "k"), "\"allow\""));
		full(rooms[i]);
		CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_TASK_CLOSE, task, "{}"), "closing"));
		CU_ASSERT_EQUAL(p->revokes, 1);
		CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->state, SG_TASK_CLOSING); /* that its issuer said so waits */
		CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\",\"reason\":\"r\"}"), "\"effective\""));
		CU_ASSERT_TRUE(said() >= 2);
		CU_ASSERT_TRUE(p->gate->journal.room < rooms[i] || rooms[i] == 0);
		room_again();
		CU_ASSERT_TRUE(sg_state_task(&p->gate->state, sg_str(task))->state > SG_TASK_CLOSING);
		end();
	}
}

static void
open_many(void)
{
	struct sg_limits *limits = &p->gate->catalogue->limits;
	limits->tasks_per_agent = limits->tasks = 100000;
	for (int i = 0; i < MANY; i++) {
		char key[16];
		snprintf(key, sizeof(key), "t%d", i);
		free(play_task(p, 1, key));
	}
}

/* All that a kill takes ends, however little room there is. */
static void
a_kill_of_many(void)
{
	begin();
	open_many();
	full(LITTLE);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\",\"reason\":\"r\"}"), "\"effective\""));
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, 0);
	CU_ASSERT_EQUAL(p->gate->state.endings.count, 0);
	end();
}

/* An end that was under way takes of it as long as there is more than the floor, and waits then: a word of an operator comes before it. */
static void
an_end_under_way(void)
{
	begin();
	open_many();
	p->slices = true;
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"owner\":\"mira@acme.example\"", "\"owner\":\"nobody@acme.example\"", NULL}));
	play_all(p);
	CU_ASSERT_TRUE(p->gate->state.endings.count <= 1);
	full(LITTLE);
	size_t open = p->gate->state.open_tasks;
	for (int i = 0; i < 20; i++)
		sg_endings_turn(p->gate);
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, open);
	CU_ASSERT_PTR_NULL(p->gate->owed);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"other\",\"reason\":\"r\"}"), "\"effective\""));
	p->slices = false;
	room_again();
	CU_ASSERT_EQUAL(p->gate->state.endings.count, 0);
	end();
}

/* A stop that the gate itself makes, of a request that was under way. */
static void
a_stop(void)
{
	for (int little = 0; little < 2; little++) {
		begin();
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "k"), "\"allow\""));
		full(little ? LITTLE : ROOM);
		struct sg_task *t = sg_state_task(&p->gate->state, sg_str(task));
		CU_ASSERT_EQUAL(sg_record_task(p->gate, t, "frozen", SG_STR("stepgate"), "denials", NULL), !little);
		CU_ASSERT_FALSE(sg_record_task(p->gate, t, "closed", SG_STR("stepgate"), "expired", NULL));
		sg_alert(p->gate, "frozen", SG_STR("o"), SG_STR("helper"), sg_str(task));
		sg_alert(p->gate, "outcome_unknown", SG_STR("o"), SG_STR("helper"), sg_str(task));
		CU_ASSERT_EQUAL(said(), little ? 0 : 2);
		play_all(p);
		end();
	}
}

SG_CASES("gate.scarce", {"silence", silence}, {"a process that ended", a_process_that_ended}, {"what runs out", what_runs_out}, {"a credential that runs out", a_credential_that_runs_out},
	 {"whoever asks", whoever_asks}, {"under way", under_way}, {"an operator", an_operator}, {"a kill of many", a_kill_of_many}, {"an end under way", an_end_under_way}, {"a stop", a_stop})
