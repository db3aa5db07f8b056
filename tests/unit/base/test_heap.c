/* SPDX-License-Identifier: Apache-2.0
 * Heaps and rings against the plainest model there is: looking at all of them. */
#include "base/heap.h"
#include "base/ring.h"
#include "unit/cases.h"

#include <stdlib.h>

enum { THINGS = 200, STEPS = 20000, HEAPS = 3 };

static struct thing {
	struct sg_heap_place place;
	int64_t key;
	int heap; /* -1: in none */
} things[THINGS];

static int64_t
least(int heap, size_t *count)
{
	int64_t key = INT64_MAX;
	*count = 0;
	for (size_t i = 0; i < THINGS; i++) {
		bool here = things[i].heap == heap;
		*count += here;
		key = here && things[i].key < key ? things[i].key : key;
	}
	return key;
}

static void
at_random(void)
{
	static struct sg_heap heaps[HEAPS];
	for (size_t i = 0; i < THINGS; i++)
		things[i].heap = -1;
	srand(7);
	for (int step = 0; step < STEPS; step++) {
		struct thing *t = &things[rand() % THINGS];
		t->heap = rand() % (HEAPS + 1) - 1;
		t->key = rand() % 50;
		t->heap < 0 ? sg_heap_leave(&t->place) : sg_heap_join(&heaps[t->heap], &t->place, t->key);
		for (int h = 0; h < HEAPS; h++) {
			size_t count;
			int64_t key = least(h, &count);
			CU_ASSERT_EQUAL_FATAL(heaps[h].count, count);
			CU_ASSERT_EQUAL_FATAL(heaps[h].top == NULL, count == 0);
			CU_ASSERT_FATAL(count == 0 || heaps[h].top->key == key);
		}
	}
}

/* As many as there may be, in order: no recursion, and all come out as they should. */
static void
many(void)
{
	enum { MANY = 200000 };
	struct sg_heap heap = {.count = 0};
	struct sg_heap_place *places = calloc(MANY, sizeof(*places));
	CU_ASSERT_PTR_NOT_NULL_FATAL(places);
	for (int i = 0; i < MANY; i++)
		sg_heap_join(&heap, &places[i], i % 2 == 0 ? i : -i);
	int64_t last = INT64_MIN;
	for (int i = 0; i < MANY; i++) {
		struct sg_heap_place *top = heap.top;
		CU_ASSERT_FATAL(SG_HEAP_OF(top, struct sg_heap_place, key) == top && top->key >= last);
		last = top->key;
		sg_heap_leave(top);
	}
	CU_ASSERT(heap.count == 0 && heap.top == NULL);
	free(places);
}

static void
rings(void)
{
	struct sg_ring head = {NULL, NULL}, other = {NULL, NULL}, places[4] = {{NULL, NULL}};
	CU_ASSERT_FALSE(sg_ring_is_in(&places[0]));
	sg_ring_leave(&places[0]);
	for (int i = 0; i < 4; i++)
		sg_ring_join(&head, &places[i]);
	sg_ring_leave(&places[1]);
	sg_ring_join(&head, &places[0]); /* it is the last one now */
	struct sg_ring *order[] = {&places[2], &places[3], &places[0]}, *at = &head;
	for (int i = 0; i < 3; i++)
		CU_ASSERT_PTR_EQUAL(at = sg_ring_after(&head, at), order[i]);
	CU_ASSERT_PTR_NULL(sg_ring_after(&head, at));
	sg_ring_join(&other, &places[2]);
	CU_ASSERT_PTR_EQUAL(sg_ring_first(&head), &places[3]);
	sg_ring_leave(&places[3]);
	sg_ring_leave(&places[0]);
	CU_ASSERT_PTR_NULL(sg_ring_first(&head));
	sg_ring_leave(&places[2]);
	CU_ASSERT_PTR_NULL(sg_ring_first(&other));
}

SG_CASES("base.heap", {"at random", at_random}, {"many", many}, {"rings", rings})
