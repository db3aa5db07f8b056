/* SPDX-License-Identifier: Apache-2.0
 * Resources with memory are kept up to a bound: one more is denied, those that are kept may be written to again, and reading needs no room. */
#include "unit/cases.h"
#include "unit/gate/play.h"

static struct play *p;
static char *task;

static const char *
act(const char *action, const char *type, const char *id)
{
	static int keys;
	static char body[512];
	snprintf(body, sizeof(body), "{\"action\":\"%s\",\"arguments\":{},\"key\":\"m%d\",\"resource\":{\"id\":\"%s\",\"type\":\"%s\"},\"task\":\"%s\"}", action, ++keys, id, type, task);
	return play_ask(p, 1, SG_ROUTE_A_ACT, "", body);
}

static void
up_to_the_bound(void)
{
	p = play_new();
	CU_ASSERT_TRUE_FATAL(play_reconfigure(
		p, (const char *const[]){"\"attest\":{",
					 "\"resources\":{\"note\":{\"budgets\":[],\"environment\":\"\",\"memory\":true,\"owner\":\"\",\"patterns\":[\"**\"],\"sensitivity\":\"public\",\"taints\":[],\"type\":\"note\"},"
					 "\"thing\":{\"budgets\":[],\"environment\":\"\",\"memory\":false,\"owner\":\"\",\"patterns\":[\"**\"],\"sensitivity\":\"public\",\"taints\":[],\"type\":\"thing\"}},\"attest\":{",
					 "\"limits\":{", "\"limits\":{\"memories\":3,", NULL}));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	task = play_task(p, 1, "t");
	CU_ASSERT_TRUE(play_has(act("pay.send", "note", "1"), "\"allow\""));
	CU_ASSERT_TRUE(play_has(act("pay.send", "note", "2"), "\"allow\""));
	CU_ASSERT_TRUE(play_has(act("pay.send", "note", "3"), "\"allow\""));
	CU_ASSERT_TRUE(play_has(act("pay.send", "note", "4"), "memory_full"));
	CU_ASSERT_TRUE(play_has(act("pay.send", "note", "2"), "\"allow\""));
	CU_ASSERT_TRUE(play_has(act("mail.read", "note", "5"), "\"allow\""));
	CU_ASSERT_TRUE(play_has(act("pay.send", "thing", "6"), "\"allow\""));
	CU_ASSERT_EQUAL(p->gate->state.memories.count, 3);
	free(task);
	play_end(p);
}

SG_CASES("gate.memories", {"up to the bound", up_to_the_bound})
