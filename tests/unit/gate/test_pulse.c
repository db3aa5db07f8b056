/* SPDX-License-Identifier: Apache-2.0
 * When a gate has hung, and when nobody looked long enough to say so. */
#include "unit/cases.h"

#include "gate/pulse.h"

#include <stdlib.h>
#include <string.h>

#define MS(n) ((sg_time)(n) * SG_MSEC)

/* Looks `count` times, `every` ms apart; `beats`: the gate turned in between. True: it was said to hang. */
static bool
looks(struct sg_pulse_watch *watch, struct sg_pulse *pulse, sg_time *now, int count, int every, bool beats)
{
	bool hangs = false;
	for (int i = 0; i < count && !hangs; i++) {
		*now += MS(every);
		if (beats)
			atomic_fetch_add(&pulse->beats, 1);
		hangs = sg_pulse_watch_hangs(watch, pulse, *now, MS(2000));
	}
	return hangs;
}

static void
hanging(void)
{
	static const struct {
		int count, every;
		bool beats, disk, hangs;
	} rows[] = {
		{9, 200, false, false, false},	  {10, 200, false, false, true},   /* the limit, and one look before it */
		{1000, 200, true, false, false},				   /* it turns */
		{1, 3600000, false, false, false},				   /* one late look: the machine slept */
		{7, 3600000, false, false, false}, {8, 3600000, false, false, true}, /* a look counts a quarter of a second at most */
		{1999, 1, false, false, false},	  {2000, 1, false, false, true},
		{1000, 200, false, true, false},				   /* it waits for the disk */
		{5, -1000, false, false, false},				   /* a clock that goes back counts nothing */
		{100, 0, false, false, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sg_pulse *pulse = calloc(1, sizeof(*pulse));
		struct sg_pulse_watch watch;
		sg_time now = MS(1000);
		atomic_store(&pulse->at_disk, rows[i].disk);
		sg_pulse_watch_begin(&watch, pulse, now);
		bool hangs = looks(&watch, pulse, &now, rows[i].count, rows[i].every, rows[i].beats);
		if (hangs != rows[i].hangs)
			printf("\n  row %zu", i);
		CU_ASSERT_EQUAL(hangs, rows[i].hangs);
		free(pulse);
	}
}

/* A turn wipes what was counted before. */
static void
counting_anew(void)
{
	struct sg_pulse *pulse = calloc(1, sizeof(*pulse));
	struct sg_pulse_watch watch;
	sg_time now = 0;
	sg_pulse_watch_begin(&watch, pulse, now);
	CU_ASSERT_FALSE(looks(&watch, pulse, &now, 9, 200, false));
	CU_ASSERT_FALSE(looks(&watch, pulse, &now, 1, 200, true));
	CU_ASSERT_FALSE(looks(&watch, pulse, &now, 9, 200, false));
	CU_ASSERT_TRUE(looks(&watch, pulse, &now, 1, 200, false));
	free(pulse);
}

static void
refusing(void)
{
	struct sg_pulse *pulse = sg_pulse_new();
	CU_ASSERT_PTR_NOT_NULL_FATAL(pulse);
	sg_pulse_use(pulse);
	sg_pulse_hand("uid:1");
	sg_pulse_take_up(MS(100)); /* killed from outside: nobody did it */
	CU_ASSERT_FALSE(sg_pulse_refuses("uid:1", MS(1)));
	sg_pulse_hand("uid:1");
	atomic_store(&pulse->at_fault, true);
	sg_pulse_take_up(MS(100));
	CU_ASSERT_TRUE(sg_pulse_refuses("uid:1", MS(99)));
	CU_ASSERT_FALSE(sg_pulse_refuses("uid:1", MS(100)));
	CU_ASSERT_FALSE(sg_pulse_refuses("uid:11", MS(99)));
	CU_ASSERT_FALSE(sg_pulse_refuses("", MS(99)));
	atomic_store(&pulse->at_fault, true);
	sg_pulse_take_up(MS(100)); /* nobody was in hand */
	CU_ASSERT_EQUAL(sg_pulse_refused(MS(1)), 1);
	for (int i = 0; i < SG_PULSE_REFUSED; i++) { /* the oldest gives way */
		sg_pulse_hand("agent:x");
		atomic_store(&pulse->at_fault, true);
		sg_pulse_take_up(MS(200));
	}
	CU_ASSERT_FALSE(sg_pulse_refuses("uid:1", MS(1)));
	CU_ASSERT_TRUE(sg_pulse_refuses("agent:x", MS(1)));
	sg_pulse_use(NULL);
}

SG_CASES("gate.pulse", {"a gate that hangs", hanging}, {"each turn counts anew", counting_anew}, {"whoever was in hand", refusing})
