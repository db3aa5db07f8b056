/* SPDX-License-Identifier: Apache-2.0
 * One list a size; the next one's address stands in the block itself. */
#include "base/spare.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SIZES = 9 /* 256 << 0 .. 256 << 8 */ };

static _Thread_local struct {
	bool on;
	unsigned each;
	struct {
		void *first;
		unsigned count;
	} of[SIZES];
} kept;

void
sg_spare_keep(unsigned each)
{
	kept.each = each;
#if !defined(SG_ARENA_DEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	kept.on = true;
#endif
}

void
sg_spare_end(void)
{
	for (int i = 0; i < SIZES; i++)
		while (kept.of[i].first != NULL) {
			void *block = kept.of[i].first;
			memcpy(&kept.of[i].first, block, sizeof(void *));
			free(block);
		}
	memset(&kept, 0, sizeof(kept));
}

/* Which list; -1: none. */
static int
list_of(size_t size)
{
	if (!kept.on || size < SG_SPARE_LEAST || size > SG_SPARE_MOST || (size & (size - 1)) != 0)
		return -1;
	return __builtin_ctzll(size) - __builtin_ctzll(SG_SPARE_LEAST);
}

size_t
sg_spare_room(size_t size)
{
	if (size > SG_SPARE_MOST)
		return size;
	return size <= SG_SPARE_LEAST ? SG_SPARE_LEAST : (size_t)1 << (64 - __builtin_clzll(size - 1));
}

static unsigned
most_of(size_t size)
{
	return size <= 4096 ? kept.each : size <= 16384 ? kept.each / 4 : kept.each / 8;
}

void *
sg_spare_take(size_t size)
{
	int i = list_of(size);
	if (i < 0 || kept.of[i].first == NULL)
		return malloc(size);
	void *block = kept.of[i].first;
	memcpy(&kept.of[i].first, block, sizeof(void *));
	kept.of[i].count--;
	return block;
}

void
sg_spare_give(void *bytes, size_t size)
{
	int i = list_of(size);
	if (bytes == NULL || i < 0 || kept.of[i].count >= most_of(size)) {
		free(bytes);
		return;
	}
	memcpy(bytes, &kept.of[i].first, sizeof(void *));
	kept.of[i].first = bytes;
	kept.of[i].count++;
}
