/* SPDX-License-Identifier: Apache-2.0
 * Blocks that are kept: which, how many, and by whom. */
#include "base/spare.h"
#include "unit/cases.h"

#include <pthread.h>
#include <string.h>

static void
again(void)
{
	sg_spare_keep(SG_SPARE_FEW);
	for (size_t size = SG_SPARE_LEAST; size <= SG_SPARE_MOST; size *= 2) {
		void *block = sg_spare_take(size);
		memset(block, 7, size);
		sg_spare_give(block, size);
		CU_ASSERT_PTR_EQUAL(sg_spare_take(size), block);
		CU_ASSERT_PTR_NOT_EQUAL(sg_spare_take(size), block); /* it is out */
	}
	sg_spare_end();
}

/* Sizes that are none of the list, one below and one above its ends, go to malloc: their bytes are theirs alone. */
static void
others(void)
{
	static const size_t sizes[] = {1, SG_SPARE_LEAST - 1, SG_SPARE_LEAST + 1, 3 * SG_SPARE_LEAST, SG_SPARE_MOST + 1, 2 * (size_t)SG_SPARE_MOST};
	sg_spare_keep(SG_SPARE_FEW);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *block = sg_spare_take(sizes[i]);
		block[0] = block[sizes[i] - 1] = 1;
		sg_spare_give(block, sizes[i]);
	}
	sg_spare_give(NULL, SG_SPARE_LEAST);
	sg_spare_end();
}

static size_t
kept_of(size_t size, size_t given)
{
	void *blocks[SG_SPARE_FEW + 2];
	size_t same = 0;
	for (size_t i = 0; i < given; i++)
		blocks[i] = sg_spare_take(size);
	for (size_t i = 0; i < given; i++)
		sg_spare_give(blocks[i], size);
	for (size_t i = 0; i < given; i++) {
		void *block = sg_spare_take(size);
		for (size_t k = 0; k < given; k++)
			if (block == blocks[k] && k == SG_SPARE_FEW - 1 - same)
				same++;
		free(block);
	}
	return same;
}

/* The newest first, and no more than so many: the one above the limit is not kept. */
static void
bound(void)
{
	sg_spare_keep(SG_SPARE_FEW);
	CU_ASSERT_EQUAL(kept_of(SG_SPARE_LEAST, SG_SPARE_FEW), SG_SPARE_FEW);
	CU_ASSERT_EQUAL(kept_of(SG_SPARE_LEAST, SG_SPARE_FEW + 1), SG_SPARE_FEW);
	sg_spare_end();
}

static void *
elsewhere(void *block)
{
	sg_spare_give(block, SG_SPARE_LEAST); /* a thread that keeps nothing frees it */
	return sg_spare_take(SG_SPARE_LEAST);
}

static void
threads(void)
{
	pthread_t thread;
	void *taken = NULL;
	sg_spare_keep(SG_SPARE_FEW);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, elsewhere, sg_spare_take(SG_SPARE_LEAST)), 0);
	pthread_join(thread, &taken);
	CU_ASSERT_PTR_NOT_NULL(taken);
	sg_spare_give(taken, SG_SPARE_LEAST);
	CU_ASSERT_PTR_EQUAL(sg_spare_take(SG_SPARE_LEAST), taken);
	free(taken);
	sg_spare_end();
}

static void
rooms(void)
{
	static const size_t rows[][2] = {{0, 256}, {1, 256}, {256, 256}, {257, 512}, {4095, 4096}, {4097, 8192}, {65535, 65536}, {65536, 65536}, {65537, 65537}, {1 << 20, 1 << 20}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(sg_spare_room(rows[i][0]), rows[i][1]);
}

SG_CASES("base.spare", {"sizes that there are", rooms}, {"a block given back comes again", again}, {"other sizes", others}, {"so many of a size", bound}, {"other threads", threads})
