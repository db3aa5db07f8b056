/* SPDX-License-Identifier: Apache-2.0
 * One user may have many uids: who finds place where connections run out. 32 of them besides those of operators, 8 of which may be of nobody knows whom. */
#include "unit/gate/play.h"

enum { MOST = 32, POOL = MOST / SG_STRANGERS_PART };

static struct play *p;

static void
begin(void)
{
	p = play_new();
	p->gate->catalogue->limits.connections = MOST + 16;
}

/* A connection each of so many uids that nobody has heard of, under numbers from `first` on. How many were let in. */
static size_t
strangers(uint64_t first, size_t count)
{
	size_t in = 0;
	for (uint64_t c = first; c < first + count; c++)
		in += play_connect(p, c, SG_FACE_AGENT, (uid_t)(5000 + c));
	return in;
}

static size_t
closed(uint64_t first, size_t count)
{
	size_t out = 0;
	for (uint64_t c = first; c < first + count; c++)
		out += p->conns[c].closed;
	return out;
}

/* The oldest goes, and nobody else's. */
static void
one_pool(void)
{
	begin();
	CU_ASSERT_TRUE(play_connect(p, 60, SG_FACE_AGENT, 1001));
	CU_ASSERT_EQUAL(strangers(1, POOL), POOL);
	CU_ASSERT_EQUAL(closed(1, POOL), 0);
	CU_ASSERT_EQUAL(strangers(1 + POOL, 3), 3);
	CU_ASSERT_EQUAL(closed(1, 3), 3);
	CU_ASSERT_EQUAL(closed(4, POOL), 0);
	CU_ASSERT_FALSE(p->conns[60].closed);
	CU_ASSERT_EQUAL(p->gate->conns.count, POOL + 1);
	play_end(p);
}

/* An agent's and an enforcer's own uid find place however many others there are; and an operator. */
static void
named_first(void)
{
	begin();
	strangers(1, 20);
	uint64_t c = 30;
	for (; p->gate->conns.count < MOST; c++)
		CU_ASSERT_TRUE_FATAL(play_connect(p, c, SG_FACE_AGENT, c % 2 == 0 ? 1001 : 1002));
	size_t before = closed(1, 20);
	CU_ASSERT_TRUE(play_connect(p, c, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE(play_connect(p, c + 1, SG_FACE_ENFORCER, 2001));
	CU_ASSERT_EQUAL(closed(1, 20), before + 2);
	CU_ASSERT_TRUE(play_connect(p, c + 2, SG_FACE_ADMIN, 500));
	CU_ASSERT_EQUAL(p->gate->conns.count, MOST + 1);
	CU_ASSERT_TRUE(play_has(play_ask(p, c + 2, SG_ROUTE_O_STATUS, "", "{}"), "\"turned_out\":14"));
	CU_ASSERT_EQUAL(strangers(21, 1), 1); /* for one of theirs */
	CU_ASSERT_EQUAL(closed(30, c + 3 - 30), 0);
	play_end(p);
}

/* Whoever was found to be somebody is none of them any more, uid or not. */
static void
found_out(void)
{
	begin();
	p->facts = "{\"peer:exe\":{\"strength\":\"content\",\"value\":\"/bin/guess\"}}";
	CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 7001));
	play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"k\"}");
	CU_ASSERT_TRUE(p->gate->conns.count == 1 && play_connect(p, 2, SG_FACE_AGENT, 7002));
	strangers(3, 2 * POOL);
	CU_ASSERT_FALSE(p->conns[1].closed);
	CU_ASSERT_TRUE(p->conns[2].closed); /* had said nothing */
	for (uint64_t c = 30; c < 62; c++) /* it goes where all others have a name */
		CU_ASSERT_TRUE(play_connect(p, c, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE(p->conns[1].closed);
	CU_ASSERT_FALSE(play_connect(p, 62, SG_FACE_AGENT, 1001));
	CU_ASSERT_FALSE(play_connect(p, 63, SG_FACE_AGENT, 7003));
	play_end(p);
}

/* A name that a reload gave or took counts from then on. */
static void
after_a_reload(void)
{
	begin();
	CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 7001));
	CU_ASSERT_TRUE(play_connect(p, 2, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"peer:uid=1001\"", "\"peer:uid=7001\"", NULL}));
	p->gate->catalogue->limits.connections = MOST + 16;
	sg_gate_tick(p->gate);
	strangers(3, POOL);
	CU_ASSERT_FALSE(p->conns[1].closed);
	CU_ASSERT_TRUE(p->conns[2].closed);
	play_end(p);
}

/* A reload that leaves less than agents hold already keeps no operator out. */
static void
less_than_there_are(void)
{
	begin();
	for (uint64_t c = 1; c <= MOST; c++)
		CU_ASSERT_TRUE_FATAL(play_connect(p, c, SG_FACE_AGENT, c % 2 == 0 ? 1001 : 1002));
	p->gate->catalogue->limits.connections = 32;
	p->gate->catalogue->limits.uid_connections = 64;
	CU_ASSERT_FALSE(play_connect(p, 60, SG_FACE_AGENT, 3001));
	for (uint64_t c = 40; c < 56; c++) /* as many as are kept for people */
		CU_ASSERT_TRUE(play_connect(p, c, SG_FACE_ADMIN, 500));
	CU_ASSERT_FALSE(play_connect(p, 56, SG_FACE_ADMIN, 500));
	CU_ASSERT_TRUE(play_has(play_ask(p, 40, SG_ROUTE_O_KILL, "", "{\"all\":true}"), "\"killed_all\":true"));
	sg_gate_disconnect(p->gate, 41);
	for (uint64_t c = 58; c < 62; c++) /* approvers take none of theirs */
		CU_ASSERT_TRUE(play_connect(p, c, SG_FACE_APPROVER, 501));
	CU_ASSERT_TRUE(play_connect(p, 57, SG_FACE_ADMIN, 500));
	play_end(p);
}

/* Status counts those of whom nobody can tell whether they run another program by now. */
static void
execs_unseen(void)
{
	begin();
	p->facts = "{\"peer:exe\":{\"strength\":\"hint\",\"value\":\"/bin/x\"},\"peer:run\":{\"strength\":\"hint\",\"value\":\"unseen\"}}";
	CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 1001));
	play_ask(p, 1, SG_ROUTE_A_TASK_SHOW, "t-none", "{}");
	p->facts = "{\"peer:exe\":{\"strength\":\"hint\",\"value\":\"/bin/x\"},\"peer:run\":{\"strength\":\"hint\",\"value\":\"8123\"}}";
	CU_ASSERT_TRUE(play_connect(p, 2, SG_FACE_AGENT, 1001));
	play_ask(p, 2, SG_ROUTE_A_TASK_SHOW, "t-none", "{}");
	CU_ASSERT_TRUE(play_connect(p, 3, SG_FACE_ADMIN, 500));
	CU_ASSERT_TRUE(play_has(play_ask(p, 3, SG_ROUTE_O_STATUS, "", "{}"), "\"execs_unseen\":1"));
	play_end(p);
}

SG_CASES("gate.room", {"one pool for all whom nobody knows", one_pool}, {"whom the configuration names goes before", named_first},
	 {"who was found to be somebody", found_out}, {"after a reload", after_a_reload}, {"a reload leaves less than there are", less_than_there_are}, {"execs that nobody sees", execs_unseen})
