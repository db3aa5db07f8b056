/* SPDX-License-Identifier: Apache-2.0
 * Looks that take turns: no user waits for all that another one asked, and none fills the list. */
#include "host/turns.h"
#include "unit/cases.h"

#include "base/str.h"

static bool
add(struct sg_turns *turns, uint64_t id, uint32_t uid)
{
	struct sg_frame frame = {.id = id, .payload = SG_STR("{}"), .fd = -1};
	return sg_turns_add(turns, &frame, uid, 1);
}

static void
user_by_user(void)
{
	struct sg_turns turns = {0};
	for (uint64_t id = 1; id <= 5; id++)
		CU_ASSERT_TRUE(add(&turns, id, 7));
	CU_ASSERT_TRUE(add(&turns, 6, 8));
	unsigned of_eight = 0;
	for (int i = 0; i < 10; i++)
		of_eight += sg_turns_next(&turns)->uid == 8;
	CU_ASSERT_EQUAL(of_eight, 5);
	CU_ASSERT_EQUAL(sg_turns_next(&turns)->id, 1); /* of one user the oldest, until it is done */
	CU_ASSERT_EQUAL(sg_turns_next(&turns)->uid, 8);
	sg_turns_end(&turns, sg_turns_next(&turns));
	CU_ASSERT_EQUAL(sg_turns_next(&turns)->uid, 8); /* one that is done was a turn of its user's all the same */
	CU_ASSERT_EQUAL(sg_turns_next(&turns)->id, 2);
	CU_ASSERT_TRUE(add(&turns, 7, 9)); /* who comes later stands behind */
	CU_ASSERT_EQUAL(sg_turns_next(&turns)->uid, 8);
	CU_ASSERT_EQUAL(sg_turns_next(&turns)->uid, 7);
	CU_ASSERT_EQUAL(sg_turns_next(&turns)->uid, 9);
}

static void
bounds(void)
{
	struct sg_turns turns = {0};
	char long_one[SG_LOOK_MAX + 1] = {0};
	struct sg_frame frame = {.id = 1, .payload = {long_one, sizeof(long_one)}, .fd = -1};
	CU_ASSERT_FALSE(sg_turns_add(&turns, &frame, 1, 1));
	for (uint64_t id = 1; id <= SG_TURNS_SHARE; id++)
		CU_ASSERT_TRUE(add(&turns, id, 7));
	CU_ASSERT_FALSE(add(&turns, 99, 7));
	for (uint32_t uid = 100; turns.count < SG_TURNS_MAX; uid++)
		CU_ASSERT_TRUE(add(&turns, uid, uid));
	CU_ASSERT_FALSE(add(&turns, 999, 999));
	while (turns.count > 0)
		sg_turns_end(&turns, sg_turns_next(&turns));
	CU_ASSERT_PTR_NULL(sg_turns_next(&turns));
}

SG_CASES("host.turns", {"user by user", user_by_user}, {"bounds", bounds})
