/* SPDX-License-Identifier: Apache-2.0
 * A pairing heap without recursion. */
#include "base/heap.h"

/* Both are tops of their own. */
static struct sg_heap_place *
meld(struct sg_heap_place *a, struct sg_heap_place *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	struct sg_heap_place *above = a->key <= b->key ? a : b, *below = above == a ? b : a;
	below->next = above->child;
	if (below->next != NULL)
		below->next->before = below;
	below->before = above;
	above->child = below;
	return above;
}

static struct sg_heap_place *
take_off(struct sg_heap_place **list)
{
	struct sg_heap_place *first = *list;
	if (first != NULL) {
		*list = first->next;
		first->next = first->before = NULL;
	}
	return first;
}

/* All of a list of siblings: by pairs from left to right, then together from right to left. */
static struct sg_heap_place *
meld_all(struct sg_heap_place *list)
{
	struct sg_heap_place *pairs = NULL, *top = NULL;
	while (list != NULL) {
		struct sg_heap_place *a = take_off(&list), *b = take_off(&list), *pair = meld(a, b);
		pair->next = pairs;
		pairs = pair;
	}
	while (pairs != NULL) {
		struct sg_heap_place *pair = pairs;
		pairs = pair->next;
		pair->next = NULL;
		top = meld(top, pair);
	}
	return top;
}

void
sg_heap_join(struct sg_heap *heap, struct sg_heap_place *place, int64_t key)
{
	sg_heap_leave(place);
	*place = (struct sg_heap_place){.key = key, .in = heap};
	heap->top = meld(heap->top, place);
	heap->count++;
}

void
sg_heap_leave(struct sg_heap_place *place)
{
	struct sg_heap *heap = place->in;
	if (heap == NULL)
		return;
	if (heap->top == place) {
		heap->top = meld_all(place->child);
	} else {
		*(place->before->child == place ? &place->before->child : &place->before->next) = place->next;
		if (place->next != NULL)
			place->next->before = place->before;
		heap->top = meld(heap->top, meld_all(place->child));
	}
	heap->count--;
	*place = (struct sg_heap_place){.key = 0};
}
