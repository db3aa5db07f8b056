/* SPDX-License-Identifier: Apache-2.0
 * What comes first, among things that hold their own place: joining, leaving and changing cost a logarithm (over many calls) and take no memory. Pairing heap:
 * Fredman, Sedgewick, Sleator, Tarjan, "The pairing heap", Algorithmica 1 (1986). */
#ifndef SG_BASE_HEAP_H
#define SG_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in a heap. All zero: in none. It may not be moved, nor its key changed, while it is in one. */
struct sg_heap_place {
	int64_t key; /* the least comes first; of equal ones any */
	struct sg_heap_place *child, *next, *before; /* before: whoever is left of it, or above it as its first child */
	struct sg_heap *in;
};

/* All zero: an empty one. It may not be moved while anything is in it. */
struct sg_heap {
	struct sg_heap_place *top;
	size_t count;
};

/* What holds this place. */
#define SG_HEAP_OF(place, type, member) ((type *)(void *)((char *)(place)-offsetof(type, member)))

/* Into this heap with this key, out of the one that it is in. */
void sg_heap_join(struct sg_heap *heap, struct sg_heap_place *place, int64_t key);
/* Nothing where it is in none. */
void sg_heap_leave(struct sg_heap_place *place);

#endif
