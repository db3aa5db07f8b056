/* SPDX-License-Identifier: Apache-2.0
 * What is in force in a gate that could not record it: held here, so that it does not die with that gate. */
#include "main/supervisor.h"

#include "base/str.h"

#include <stdlib.h>

/* Said before and again: what counts is when it was said last. */
static void
forget(struct sg_supervisor *s, struct sg_str said)
{
	for (struct sg_held **at = &s->held; *at != NULL; at = &(*at)->next)
		if (sg_str_eq((struct sg_str){(*at)->bytes, (*at)->len}, said)) {
			struct sg_held *same = *at;
			*at = same->next;
			free(same);
			return;
		}
}

void
sg_held_take(struct sg_supervisor *s, struct sg_str said)
{
	if (sg_str_is(said, "{}")) {
		sg_held_forget(s);
		return;
	}
	struct sg_held *held = malloc(sizeof(*held) + said.len), **end = &s->held;
	if (held == NULL)
		return; /* in force as long as that gate lives */
	forget(s, said);
	held->next = NULL;
	held->len = said.len;
	memcpy(held->bytes, said.ptr, said.len);
	while (*end != NULL)
		end = &(*end)->next;
	*end = held;
}

void
sg_held_tell(struct sg_supervisor *s)
{
	for (struct sg_held *held = s->held; held != NULL; held = held->next)
		sg_link_queue(&s->gate, SG_FRAME_S_HELD, 0, (struct sg_str){held->bytes, held->len}, -1, NULL);
}

void
sg_held_forget(struct sg_supervisor *s)
{
	while (s->held != NULL) {
		struct sg_held *next = s->held->next;
		free(s->held);
		s->held = next;
	}
}
