/* SPDX-License-Identifier: Apache-2.0
 * What a domain keeps: a set with a bound, and two that meet. */
#include "gate/state/kept.h"

#include "unit/cases.h"

static uint64_t
nth(uint64_t i)
{
	return (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

static void
fill(struct sg_kept *kept, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		CU_ASSERT_FATAL(sg_kept_put(kept, nth(i)));
}

static void
bounded(void)
{
	struct sg_kept kept = {.size = 0};
	CU_ASSERT_FALSE(sg_kept_any(&kept));
	CU_ASSERT_FALSE(sg_kept_has(&kept, nth(0)));
	CU_ASSERT_TRUE(sg_kept_put(&kept, 0)); /* none */
	CU_ASSERT_FALSE(sg_kept_any(&kept));
	fill(&kept, 0, SG_KEPT_VALUES);
	fill(&kept, 0, 100); /* again */
	CU_ASSERT_EQUAL(kept.count, SG_KEPT_VALUES);
	CU_ASSERT_FALSE(kept.unseen);
	CU_ASSERT_TRUE(sg_kept_has(&kept, nth(0)) && sg_kept_has(&kept, nth(SG_KEPT_VALUES - 1)));
	fill(&kept, SG_KEPT_VALUES, SG_KEPT_VALUES + 1);
	CU_ASSERT_EQUAL(kept.count, SG_KEPT_VALUES);
	CU_ASSERT_TRUE(kept.unseen); /* what is not among them may be the one that found no room */
	CU_ASSERT_FALSE(sg_kept_has(&kept, nth(SG_KEPT_VALUES)));
	sg_kept_free(&kept);
	CU_ASSERT_FALSE(sg_kept_any(&kept) || kept.sum != 0);
}

static bool
same(const struct sg_kept *a, const struct sg_kept *b)
{
	for (size_t i = 0; i < a->size; i++)
		if (a->slots[i] != 0 && !sg_kept_has(b, a->slots[i]))
			return false;
	return a->count == b->count && a->sum == b->sum;
}

static void
met(void)
{
	static const struct {
		uint64_t a_from, a_to, b_from, b_to, count;
	} rows[] = {{0, 0, 0, 0, 0}, {0, 10, 0, 0, 10}, {0, 0, 0, 10, 10}, {0, 10, 0, 10, 10}, {0, 10, 10, 20, 20}, {0, 10, 5, 15, 15}, {0, 500, 400, 900, 900}, {0, 1000, 1, 1001, 1001}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_kept a = {.size = 0}, b = {.size = 0};
		fill(&a, rows[i].a_from, rows[i].a_to);
		fill(&b, rows[i].b_from, rows[i].b_to);
		b.unseen = i % 2;
		CU_ASSERT_TRUE(sg_kept_join(&a, &b) && sg_kept_join(&b, &a) && sg_kept_join(&a, &b));
		CU_ASSERT_EQUAL(a.count, rows[i].count);
		CU_ASSERT_TRUE(same(&a, &b) && same(&b, &a));
		CU_ASSERT_TRUE(a.unseen == b.unseen && a.unseen == (i % 2 != 0));
		sg_kept_free(&a);
		sg_kept_free(&b);
	}
}

/* What is too much is taken in no order: nothing of the one for which there is no room, and several joined are over whichever comes first. */
static void
too_much(void)
{
	static const struct {
		uint64_t a_to, b_from, b_to;
		bool over;
	} rows[] = {{SG_KEPT_VALUES, 0, 100, false}, {SG_KEPT_VALUES, 65000, SG_KEPT_VALUES, false}, {SG_KEPT_VALUES - 10, 100, SG_KEPT_VALUES, false}, {SG_KEPT_VALUES, SG_KEPT_VALUES, SG_KEPT_VALUES + 1, true},
		    {65000, 65000, SG_KEPT_VALUES + 1, true}, {65000, 60000, 120000, true}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int turn = 0; turn < 2; turn++) {
			struct sg_kept a = {.size = 0}, b = {.size = 0}, all = {.size = 0};
			fill(&a, 0, rows[i].a_to);
			fill(&b, rows[i].b_from, rows[i].b_to);
			size_t count = a.count;
			uint64_t sum = a.sum;
			CU_ASSERT_TRUE(sg_kept_join(&all, turn ? &a : &b) && sg_kept_join(&all, turn ? &b : &a));
			CU_ASSERT_TRUE(all.over == rows[i].over && all.unseen == rows[i].over);
			sg_kept_take(&a, &all);
			CU_ASSERT_TRUE(a.unseen == rows[i].over && !a.over);
			CU_ASSERT_TRUE(!rows[i].over || (a.count == count && a.sum == sum));
			sg_kept_free(&a);
			sg_kept_free(&b);
			sg_kept_free(&all);
		}
}

/* Those that have met have one set, until one of them puts something into it. */
static void
shared(void)
{
	struct sg_kept a = {.size = 0}, some[10] = {{.size = 0}}, all = {.size = 0};
	fill(&a, 0, 1000);
	for (size_t i = 0; i < 10; i++) {
		CU_ASSERT_TRUE(sg_kept_join(&all, &a) && sg_kept_join(&all, &some[i]));
		sg_kept_take(&some[i], &all);
		CU_ASSERT_PTR_EQUAL(some[i].slots, a.slots);
		sg_kept_free(&all);
	}
	CU_ASSERT_EQUAL(*a.holders, 11);
	fill(&some[3], 1000, 1001);
	CU_ASSERT_PTR_NOT_EQUAL(some[3].slots, a.slots);
	CU_ASSERT_TRUE(some[3].count == 1001 && a.count == 1000 && !sg_kept_has(&a, nth(1000)) && sg_kept_has(&some[3], nth(5)) && *a.holders == 10);
	fill(&some[4], 1000, 1001);
	CU_ASSERT_TRUE(sg_kept_share(&some[4], &some[3]) && some[4].slots == some[3].slots);
	CU_ASSERT_FALSE(sg_kept_share(&some[4], &a));
	sg_kept_free(&a);
	CU_ASSERT_TRUE(sg_kept_has(&some[0], nth(999)));
	for (size_t i = 0; i < 10; i++)
		sg_kept_free(&some[i]);
}

SG_CASES("gate.kept", {"a bound", bounded}, {"two that meet", met}, {"more than there is room for", too_much}, {"one set of several", shared})
