/* SPDX-License-Identifier: Apache-2.0
 * How often users come to a gateway. */
#include "enforce/pace.h"
#include "unit/cases.h"

#include <string.h>

static struct sg_pace pace;

static int
comes(long uid, int times, int64_t now)
{
	int in = 0;
	for (int i = 0; i < times; i++)
		in += sg_pace_take(&pace, uid, now);
	return in;
}

static void
one(void)
{
	memset(&pace, 0, sizeof(pace));
	CU_ASSERT_EQUAL(comes(1, 100, 5000), SG_PACE_BURST);
	CU_ASSERT_EQUAL(comes(2, 1, 5000), 1);
	CU_ASSERT_EQUAL(comes(1, 100, 6000), SG_PACE_RATE);
	CU_ASSERT_EQUAL(comes(1, 100, 6000), 0);
	CU_ASSERT_EQUAL(comes(1, 100, 4000), 0); /* a clock that goes back gives nothing */
	CU_ASSERT_EQUAL(comes(1, 1000, 100000000), SG_PACE_BURST);
}

static void
known(void)
{
	memset(&pace, 0, sizeof(pace));
	sg_pace_known(&pace, 9); /* who never came */
	CU_ASSERT_EQUAL(comes(1, 100, 5000), SG_PACE_BURST);
	sg_pace_known(&pace, 1);
	CU_ASSERT_EQUAL(comes(1, 1000, 5000), SG_PACE_KNOWN_BURST);
	sg_pace_known(&pace, 1); /* once */
	CU_ASSERT_EQUAL(comes(1, 1000, 5000), 0);
	CU_ASSERT_EQUAL(comes(1, 1000, 6000), SG_PACE_KNOWN_RATE);
}

/* Users without end take what those have that showed no task, and nothing of those that did. */
static void
many(void)
{
	int in = 0;
	memset(&pace, 0, sizeof(pace));
	comes(1, 1, 5000);
	sg_pace_known(&pace, 1);
	for (long uid = 100000; uid < 165536; uid++)
		in += comes(uid, 2, 5000);
	CU_ASSERT_EQUAL(in, SG_PACE_ALL_BURST - 1); /* the one came before it was known */
	CU_ASSERT_EQUAL(comes(2, 1, 5000), 0);
	CU_ASSERT_EQUAL(comes(1, 10, 5000), 10);
	in = 0;
	for (long uid = 100000; uid < 165536; uid++)
		in += comes(uid, 1, 6000);
	CU_ASSERT_EQUAL(in, SG_PACE_ALL_RATE);
	CU_ASSERT_EQUAL(comes(1, 10, 6000), 10);
}

/* Of those that are known the one that came least lately gives way to one more, and nobody is out for good. */
static void
full(void)
{
	memset(&pace, 0, sizeof(pace));
	for (long uid = 1; uid <= SG_PACE_USERS; uid++) {
		CU_ASSERT_TRUE(sg_pace_take(&pace, uid, 1000000 + uid * 1000));
		sg_pace_known(&pace, uid);
	}
	CU_ASSERT_TRUE(sg_pace_take(&pace, 9999, 9000000));
	CU_ASSERT_TRUE(comes(2, 300, 9000000) == SG_PACE_KNOWN_BURST);
	CU_ASSERT_EQUAL(comes(1, 300, 9000000), SG_PACE_BURST);
}

SG_CASES("enforce.pace", {"one user", one}, {"one that showed a task", known}, {"many users", many}, {"more than are kept", full})
