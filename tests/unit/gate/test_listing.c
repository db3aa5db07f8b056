/* SPDX-License-Identifier: Apache-2.0
 * Lists are made in slices: what matters most stands first, all are counted, whatever comes and goes meanwhile. */
#include "gate/desk/listing.h"
#include "unit/gate/play.h"

enum { MANY = 3 * SG_LISTING_SLICE, SHOWN = 500 };

static struct play *p;
static char *last; /* the newest task */

static void
begin(int count)
{
	p = play_new();
	p->slices = true;
	struct sg_limits *limits = &p->gate->catalogue->limits;
	limits->tasks_per_agent = limits->tasks = 100000;
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 500));
	play_facts(p, 1001);
	for (int i = 0; i < count; i++) {
		char key[16];
		snprintf(key, sizeof(key), "t%d", i);
		p->wall += SG_MSEC;
		p->boot += SG_MSEC;
		free(last);
		last = play_task(p, 1, key);
	}
}

static void
end(void)
{
	free(last);
	last = NULL;
	play_end(p);
}

static void
ask(enum sg_route route, const char *body)
{
	CU_ASSERT_TRUE(play_send(p, 10, route, "", body));
	while (p->count > 0) /* who asks is looked at first */
		play_one(p);
}

/* How many turns until it is answered; the answer stays with the connection. */
static size_t
listed(enum sg_route route, const char *body, void (*meanwhile)(size_t turn))
{
	size_t turns = 0;
	ask(route, body);
	while (p->conns[10].status == 0 && turns < 1000) {
		if (meanwhile != NULL)
			meanwhile(turns);
		sg_listings_turn(p->gate);
		turns++;
	}
	CU_ASSERT_EQUAL(p->conns[10].status, 200);
	return turns;
}

static size_t
count_of(const char *part)
{
	size_t count = 0;
	for (const char *at = p->conns[10].body; (at = strstr(at, part)) != NULL; at += strlen(part))
		count++;
	return count;
}

static bool
says_total(size_t total)
{
	char want[32];
	snprintf(want, sizeof(want), "\"total\":%zu}", total);
	return play_has(p->conns[10].body + strlen(p->conns[10].body) - strlen(want), want);
}

static void
in_slices(void)
{
	begin(MANY);
	CU_ASSERT_EQUAL(sg_record_task(p->gate, sg_state_task(&p->gate->state, sg_str(last)), "frozen", SG_STR("mira"), "test", NULL), true);
	size_t turns = listed(SG_ROUTE_O_TASKS, "{}", NULL);
	CU_ASSERT_TRUE(turns >= MANY / SG_LISTING_SLICE && turns <= p->gate->state.tasks.size / SG_LISTING_SLICE + MANY / SG_LISTING_SLICE + 1);
	CU_ASSERT_EQUAL(count_of("\"opener\":"), SHOWN);
	CU_ASSERT_TRUE(says_total(MANY));
	const char *first = strstr(p->conns[10].body, "\"id\":\"t-");
	CU_ASSERT_EQUAL(strncmp(first + 6, last, strlen(last)), 0); /* what stands still is seen first, the newest as it is */
	end();
}

static void
few(void)
{
	begin(3);
	CU_ASSERT_EQUAL(listed(SG_ROUTE_O_TASKS, "{}", NULL), 0);
	CU_ASSERT_EQUAL(count_of("\"opener\":"), 3);
	CU_ASSERT_TRUE(says_total(3));
	CU_ASSERT_EQUAL(listed(SG_ROUTE_O_TASKS, "{\"agent\":\"other\"}", NULL), 0);
	CU_ASSERT_TRUE(says_total(0));
	CU_ASSERT_EQUAL(listed(SG_ROUTE_O_LEASES, "{}", NULL), 0);
	CU_ASSERT_TRUE(says_total(0));
	CU_ASSERT_EQUAL(listed(SG_ROUTE_O_APPROVALS, "{}", NULL), 0);
	CU_ASSERT_TRUE(says_total(0));
	end();
}

static void
opens_more(size_t turn)
{
	for (int i = 0; turn < 3 && i < MANY / 2; i++) { /* the table grows */
		char key[24];
		snprintf(key, sizeof(key), "m%zu-%d", turn, i);
		free(play_task(p, 1, key));
	}
}

static void
while_it_grows(void)
{
	begin(MANY);
	listed(SG_ROUTE_O_TASKS, "{}", opens_more);
	CU_ASSERT_TRUE(says_total(p->gate->state.tasks.count)); /* begun anew, each is counted once */
	CU_ASSERT_EQUAL(count_of("\"opener\":"), SHOWN);
	end();
}

/* Who leaves meanwhile takes the list along. */
static void
nobody_waits(void)
{
	begin(MANY);
	ask(SG_ROUTE_O_TASKS, "{}");
	CU_ASSERT_PTR_NOT_NULL(sg_request_first(p->gate, SG_STAGE_LIST));
	sg_gate_disconnect(p->gate, 10);
	CU_ASSERT_PTR_NULL(sg_request_first(p->gate, SG_STAGE_LIST));
	CU_ASSERT_FALSE(sg_listings_turn(p->gate));
	end();
}

SG_CASES("gate.listing", {"in slices", in_slices}, {"few", few}, {"while it grows", while_it_grows}, {"nobody waits", nobody_waits})
