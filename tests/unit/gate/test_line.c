/* SPDX-License-Identifier: Apache-2.0
 * Calls in line at a module: in rounds, of each that waits one, and no more than may wait. */
#include "gate/loop/line.h"
#include "unit/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sg_line line;

static bool
add(uint64_t id, uint64_t whose)
{
	return sg_line_add(&line, SG_LINED_CALL, id, whose, (struct sg_str){"{}", 2});
}

static bool
comes(uint64_t id)
{
	struct sg_lined *l = sg_line_next(&line);
	bool good = l != NULL && l->id == id && l->len == 2 && memcmp(l->request, "{}", 2) == 0;
	if (!good)
		fprintf(stderr, "  wanted %d, got %d\n", (int)id, l != NULL ? (int)l->id : -1);
	free(l);
	return good;
}

static bool
is_empty(void)
{
	return sg_line_next(&line) == NULL && line.count == 0 && line.first == NULL && line.last == NULL;
}

/* Sixty of one, then one of another: it is the next but for whatever is under way. */
static void
behind_a_burst(void)
{
	line = (struct sg_line){.count = 0};
	for (uint64_t i = 1; i <= 60; i++)
		CU_ASSERT_TRUE(add(i, 7));
	CU_ASSERT_TRUE(comes(1) && comes(2));
	CU_ASSERT_TRUE(add(100, 8) && add(101, 8) && add(200, 9));
	CU_ASSERT_TRUE(comes(3) && comes(100) && comes(200) && comes(4) && comes(101) && comes(5));
	for (uint64_t i = 6; i <= 60; i++)
		CU_ASSERT_TRUE(comes(i));
	CU_ASSERT_TRUE(is_empty());
}

/* Who went away and comes again stands in the round that is now, not before it. */
static void
who_comes_again(void)
{
	line = (struct sg_line){.count = 0};
	for (uint64_t i = 1; i <= 10; i++)
		CU_ASSERT_TRUE(add(i, 7));
	CU_ASSERT_TRUE(comes(1));
	for (uint64_t i = 2; i <= 10; i++) {
		CU_ASSERT_TRUE(add(100 + i, 8));
		CU_ASSERT_TRUE(comes(i) && comes(100 + i));
	}
	CU_ASSERT_TRUE(is_empty());
}

static void
bounds(void)
{
	line = (struct sg_line){.count = 0};
	for (uint64_t i = 0; i < SG_CALLS_SHARE; i++)
		CU_ASSERT_TRUE(add(i, 7));
	CU_ASSERT_FALSE(add(0, 7));
	for (uint64_t a = 8; a < 8 + SG_CALLS_LINE / SG_CALLS_SHARE - 1; a++)
		for (uint64_t i = 0; i < SG_CALLS_SHARE; i++)
			CU_ASSERT_TRUE(add(i, a));
	CU_ASSERT_EQUAL(line.count, SG_CALLS_LINE);
	CU_ASSERT_FALSE(add(0, 99));
	struct sg_lined *l = sg_line_next(&line);
	free(l);
	CU_ASSERT_TRUE(add(0, 99));
	while ((l = sg_line_next(&line)) != NULL)
		free(l);
	CU_ASSERT_TRUE(is_empty());
}

static bool
back(enum sg_lined_kind kind, uint64_t id, uint64_t whose)
{
	return sg_line_add(&line, kind, id, whose, (struct sg_str){"{}", 2});
}

/* What is taken back has turns of its own, by the agent whose it is; what an operator takes back goes before all, and has room where nobody else has. */
static void
taken_back(void)
{
	line = (struct sg_line){.count = 0};
	for (uint64_t i = 1; i <= SG_BACK_SHARE; i++)
		CU_ASSERT_TRUE(back(SG_LINED_BACK, i, 7));
	CU_ASSERT_FALSE(back(SG_LINED_BACK, 1000, 7));
	CU_ASSERT_TRUE(add(2000, 7)); /* what it asks for stands behind none of them */
	CU_ASSERT_TRUE(back(SG_LINED_BACK, 3000, 8));
	CU_ASSERT_TRUE(back(SG_LINED_FIRST, 4000, 9) && back(SG_LINED_FIRST, 4001, 9));
	CU_ASSERT_TRUE(comes(4000) && comes(4001) && comes(1) && comes(2000) && comes(3000) && comes(2));
	CU_ASSERT_TRUE(back(SG_LINED_FIRST, 4002, 9));
	CU_ASSERT_TRUE(comes(4002) && comes(3));
	for (uint64_t i = 4; i <= SG_BACK_SHARE; i++)
		CU_ASSERT_TRUE(comes(i));
	CU_ASSERT_TRUE(is_empty());
	for (uint64_t a = 1; a <= 40; a++) /* a round that has begun is no reason to wait, either */
		CU_ASSERT_TRUE(back(SG_LINED_BACK, a, 100 + a));
	CU_ASSERT_TRUE(comes(1) && comes(2) && back(SG_LINED_FIRST, 5000, 9) && comes(5000) && comes(3));
	CU_ASSERT_TRUE(back(SG_LINED_BACK, 6000, 500)); /* and begins none anew */
	for (uint64_t a = 4; a <= 40; a++)
		CU_ASSERT_TRUE(comes(a));
	CU_ASSERT_TRUE(comes(6000));
	CU_ASSERT_TRUE(is_empty());
	line = (struct sg_line){.count = 0};
	uint64_t agents = 0;
	while (back(SG_LINED_BACK, 1, 100 + agents))
		agents++;
	CU_ASSERT_EQUAL(agents, SG_BACK_LINE);
	CU_ASSERT_TRUE(add(2, 7) && back(SG_LINED_FIRST, 3, 9));
	CU_ASSERT_TRUE(comes(3));
	for (struct sg_lined *l; (l = sg_line_next(&line)) != NULL;)
		free(l);
}

SG_CASES("gate.line", {"what is taken back", taken_back}, {"behind a burst", behind_a_burst}, {"who comes again", who_comes_again}, {"bounds", bounds})
