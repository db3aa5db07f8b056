/* SPDX-License-Identifier: Apache-2.0
 * A gate that stood still blames nobody for it: whoever was asked something has the time still. And who is looked at next. */
#include "gate/loop/loop.h"
#include "unit/cases.h"

#include <stdlib.h>

static sg_time now;

static sg_time
boot(const struct sg_sys *sys)
{
	(void)sys;
	return now;
}

static struct sg_sys sys;
static struct sg_loop *loop;

static void
begin(void)
{
	sys = (struct sg_sys){.boot_time = boot};
	now = 1000 * SG_SEC;
	loop = calloc(1, sizeof(*loop));
	loop->sys = &sys;
	loop->next_look = 1;
}

static void
stood_still(void)
{
	struct sg_call call = {.look = 7};
	begin();
	struct sg_child *host = &loop->children[0], *worker = &loop->children[1];
	loop->children_top = 2;
	*host = (struct sg_child){.used = true, .role = SG_ROLE_HOST, .calls = &call};
	*worker = (struct sg_child){.used = true, .role = SG_ROLE_WORKER, .head_since = now};
	call.deadline = now + SG_SEC;
	host->asked_about.since = host->answered = now;
	for (int turn = 0; turn < 100; turn++) { /* turns of 19 ms are what a busy gate is, and count */
		now += 19 * SG_MSEC;
		CU_ASSERT_EQUAL(sg_loop_stood(loop, now - 19 * SG_MSEC), now);
	}
	CU_ASSERT_TRUE(sg_looks_late(host, now, SG_SEC));
	host->asked_about.since = worker->head_since = now;
	for (int turn = 0; turn < 5; turn++) {
		sg_time from = now;
		now += 3 * SG_SEC / 2;
		CU_ASSERT_EQUAL(sg_loop_stood(loop, from), now);
		CU_ASSERT_FALSE(sg_looks_late(host, now, SG_SEC));
		CU_ASSERT_EQUAL(worker->head_since, now);
	}
	now += 2 * SG_SEC; /* while it waited for events, they did not come */
	sg_loop_stood(loop, now);
	CU_ASSERT_TRUE(sg_looks_late(host, now, SG_SEC));
	free(loop);
}

/* What is known of a user who hung a host, or whose looks rest, is not washed away by others who come. */
static void
lookers_kept(void)
{
	begin();
	sg_looker_of(loop, 1)->hung = now;
	sg_looker_of(loop, 2)->until = now + 8 * SG_SEC;
	for (uint64_t other = 3; other < 3 + 4 * SG_LOOKERS; other++)
		sg_looker_of(loop, other)->served = ++loop->lookers_served;
	CU_ASSERT_EQUAL(sg_looker_of(loop, 1)->hung, now);
	CU_ASSERT_EQUAL(sg_looker_of(loop, 2)->until, now + 8 * SG_SEC);
	for (uint64_t other = 10000; other < 10000 + 4 * SG_LOOKERS; other++) /* all of them have hung: the one longest ago goes */
		sg_looker_of(loop, other)->hung = now;
	CU_ASSERT_EQUAL(sg_looker_of(loop, 10000 + 4 * SG_LOOKERS - 1)->hung, now);
	free(loop);
}

/* Users that no stanza names and that were never anybody are one, however many; who was found good stands apart from then on. */
static void
strangers(void)
{
	begin();
	struct sg_conn named = {.named = true, .peer.uid = 1000}, one = {.peer.uid = 100001}, other = {.peer.uid = 165000}, good = {.peer.uid = 3000, .known = true}, again = {.peer.uid = 3000};
	CU_ASSERT_EQUAL(sg_look_whose(loop, &one), sg_look_whose(loop, &other));
	CU_ASSERT_NOT_EQUAL(sg_look_whose(loop, &named), sg_look_whose(loop, &one));
	CU_ASSERT_EQUAL(sg_look_whose(loop, &again), sg_look_whose(loop, &one));
	CU_ASSERT_NOT_EQUAL(sg_look_whose(loop, &good), sg_look_whose(loop, &one));
	CU_ASSERT_EQUAL(sg_look_whose(loop, &again), sg_look_whose(loop, &good)); /* another connection of the same user */
	loop->strangers_until = now + SG_SEC;
	CU_ASSERT_TRUE(sg_looks_refuse(loop, &one) && sg_looks_refuse(loop, &other));
	CU_ASSERT_FALSE(sg_looks_refuse(loop, &named) || sg_looks_refuse(loop, &good) || sg_looks_refuse(loop, &again));
	free(loop);
}

SG_CASES("gate.stood", {"strangers", strangers}, {"a gate that stood still", stood_still}, {"users are remembered", lookers_kept})
