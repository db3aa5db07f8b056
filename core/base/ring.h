/* SPDX-License-Identifier: Apache-2.0
 * A ring of things that hold their own place in it: joining and leaving cost the same however many there are, and take no memory. */
#ifndef SG_BASE_RING_H
#define SG_BASE_RING_H

#include <stdbool.h>
#include <stddef.h>

/* The head of a ring, or a place in one. All zero: in no ring, or an empty one. Neither may be moved while it is in use. */
struct sg_ring {
	struct sg_ring *next, *before;
};

/* What holds this place. */
#define SG_RING_OF(place, type, member) ((type *)(void *)((char *)(place)-offsetof(type, member)))

static inline bool
sg_ring_is_in(const struct sg_ring *place)
{
	return place->next != NULL;
}

/* Nothing where it is in none. */
static inline void
sg_ring_leave(struct sg_ring *place)
{
	if (place->next == NULL)
		return;
	place->next->before = place->before;
	place->before->next = place->next;
	place->next = place->before = NULL;
}

/* As the last one; out of the ring that it is in. */
static inline void
sg_ring_join(struct sg_ring *head, struct sg_ring *place)
{
	sg_ring_leave(place);
	if (head->next == NULL)
		head->next = head->before = head;
	place->next = head;
	place->before = head->before;
	head->before->next = place;
	head->before = place;
}

/* The first one behind `at`, or behind the head; NULL: there is none. */
static inline struct sg_ring *
sg_ring_after(const struct sg_ring *head, const struct sg_ring *at)
{
	return at->next == head ? NULL : at->next; /* of a head that never had any: NULL */
}

static inline struct sg_ring *
sg_ring_first(const struct sg_ring *head)
{
	return sg_ring_after(head, head);
}

#endif
