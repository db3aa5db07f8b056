/* SPDX-License-Identifier: Apache-2.0
 * Arena: blocks in a list, newest first. With SG_ARENA_DEBUG each item is a block of its own, so that sanitizers see its ends. */
#include "base/arena.h"

#include "base/secret.h"
#include "base/spare.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sg_arena_block {
	struct sg_arena_block *next;
	size_t size;
	size_t used;
	max_align_t bytes[];
};

#ifdef SG_ARENA_DEBUG
enum { BLOCK_SIZE = 0 };
#else
enum { BLOCK_SIZE = 4096 - sizeof(struct sg_arena_block) };
#endif

void
sg_arena_init(struct sg_arena *arena, size_t budget)
{
	*arena = (struct sg_arena){.budget = budget};
}

static struct sg_arena_block *
add_block(struct sg_arena *arena, size_t size)
{
	size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
	if (BLOCK_SIZE > 0 && size > BLOCK_SIZE)
		room = sg_spare_room(sizeof(struct sg_arena_block) + size) - sizeof(struct sg_arena_block);
	struct sg_arena_block *block = sg_spare_take(sizeof(*block) + room);
	if (block == NULL)
		return NULL;
	block->size = room;
	block->used = 0;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

/* Bytes of one step of alignment each. */
static void *
take(struct sg_arena *arena, size_t step)
{
	struct sg_arena_block *block = arena->blocks;
	if (block == NULL || block->size - block->used < step)
		block = add_block(arena, step);
	if (block == NULL)
		return NULL;
	void *item = (char *)block->bytes + block->used;
	block->used += step;
	arena->used += step;
	return item;
}

void *
sg_arena_room(struct sg_arena *arena, size_t size)
{
	size_t step = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	bool fits = !arena->overflow && step >= size && step <= arena->budget - arena->used;
	void *item = fits ? take(arena, step) : NULL;
	arena->overflow |= item == NULL;
	return item;
}

void *
sg_arena_alloc(struct sg_arena *arena, size_t size)
{
	void *item = sg_arena_room(arena, size);
	return item == NULL ? NULL : memset(item, 0, size);
}

struct sg_str
sg_arena_copy(struct sg_arena *arena, struct sg_str text)
{
	char *copy = sg_arena_room(arena, text.len + 1);
	if (copy == NULL)
		return (struct sg_str){NULL, 0};
	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return (struct sg_str){copy, text.len};
}

char *
sg_arena_strdup(struct sg_arena *arena, struct sg_str text)
{
	return (char *)sg_arena_copy(arena, text).ptr;
}

char *
sg_arena_printf(struct sg_arena *arena, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);

	char *text = len < 0 ? NULL : sg_arena_alloc(arena, (size_t)len + 1);
	if (text != NULL)
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

void
sg_arena_done(struct sg_arena *arena)
{
	struct sg_arena_block *block = arena->blocks;
	while (block != NULL) {
		struct sg_arena_block *next = block->next;
		sg_wipe(block->bytes, block->used);
		sg_spare_give(block, sizeof(*block) + block->size);
		block = next;
	}
	sg_arena_init(arena, arena->budget);
}
