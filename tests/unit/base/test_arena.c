/* SPDX-License-Identifier: Apache-2.0
 * The arena: zeroed and aligned, its budget at the bound and beyond, overflow once and for all. */
#include "base/arena.h"
#include "base/str.h"
#include "unit/cases.h"

static void
test_budget(void)
{
	struct sg_arena arena;
	sg_arena_init(&arena, 64);
	CU_ASSERT_PTR_NOT_NULL(sg_arena_alloc(&arena, 64));
	CU_ASSERT_FALSE(arena.overflow);
	CU_ASSERT_PTR_NULL(sg_arena_alloc(&arena, 1));
	CU_ASSERT(arena.overflow);
	CU_ASSERT_PTR_NULL(sg_arena_alloc(&arena, 0)); /* sticky */
	sg_arena_done(&arena);
	CU_ASSERT(!arena.overflow && arena.used == 0 && arena.budget == 64);
	CU_ASSERT_PTR_NULL(sg_arena_alloc(&arena, SIZE_MAX));
	sg_arena_done(&arena);
	CU_ASSERT_PTR_NULL(sg_arena_alloc(&arena, 65));
	sg_arena_done(&arena);
}

static void
test_items(void)
{
	struct sg_arena arena;
	sg_arena_init(&arena, 4 << 20);
	for (size_t size = 0; size < 9000; size += 37) {
		unsigned char *item = sg_arena_alloc(&arena, size);
		CU_ASSERT_PTR_NOT_NULL_FATAL(item);
		CU_ASSERT_EQUAL((uintptr_t)item % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			CU_ASSERT_FATAL(item[i] == 0);
		memset(item, 0xAA, size);
	}
	sg_arena_done(&arena);
}

static void
test_copies(void)
{
	struct sg_arena arena;
	sg_arena_init(&arena, 256);
	CU_ASSERT(sg_str_eq(sg_arena_copy(&arena, SG_STR("a\0b")), SG_STR("a\0b")));
	CU_ASSERT_STRING_EQUAL(sg_arena_strdup(&arena, SG_STR("text")), "text");
	CU_ASSERT_STRING_EQUAL(sg_arena_strdup(&arena, sg_str(NULL)), "");
	CU_ASSERT_STRING_EQUAL(sg_arena_printf(&arena, "%d-%s", 7, "x"), "7-x");
	CU_ASSERT_PTR_NULL(sg_arena_printf(&arena, "%300d", 7));
	CU_ASSERT_PTR_NULL(sg_arena_copy(&arena, SG_STR("a")).ptr);
	sg_arena_done(&arena);
}

SG_CASES("base.arena", {"the budget holds and overflow sticks", test_budget},
	 {"items are zeroed and aligned", test_items}, {"copies", test_copies})
