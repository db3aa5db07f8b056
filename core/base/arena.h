/* SPDX-License-Identifier: Apache-2.0
 * One arena per request: a budget, straight-line allocation, one check at the end, wiped when done. */
#ifndef SG_BASE_ARENA_H
#define SG_BASE_ARENA_H

#include <stdbool.h>
#include <stepgate/types.h>

struct sg_arena_block;

/* Not thread-safe: one arena belongs to one request. */
struct sg_arena {
	struct sg_arena_block *blocks;
	size_t used;   /* bytes handed out */
	size_t budget; /* bytes that may be handed out */
	bool overflow; /* sticky: an allocation failed since init */
};

/* `budget` in bytes. Takes no memory yet. */
void sg_arena_init(struct sg_arena *arena, size_t budget);

/* Zeroed memory aligned for any type, valid until sg_arena_done. NULL when the budget is spent or memory is out; from then on
 * every call returns NULL and `overflow` stays true, so the caller may check once, at the end. size 0 is allowed. */
void *sg_arena_alloc(struct sg_arena *arena, size_t size);

/* The same, not zeroed: for what is written whole before it is read. */
void *sg_arena_room(struct sg_arena *arena, size_t size);

/* A NUL-terminated copy of `text`; NULL as above. */
char *sg_arena_strdup(struct sg_arena *arena, struct sg_str text);

/* A copy as sg_str; {NULL, 0} as above. */
struct sg_str sg_arena_copy(struct sg_arena *arena, struct sg_str text);

/* printf into the arena; NULL as above. */
char *sg_arena_printf(struct sg_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Wipes and frees everything; the arena may be used again with the same budget. */
void sg_arena_done(struct sg_arena *arena);

#endif
