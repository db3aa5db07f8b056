/* SPDX-License-Identifier: Apache-2.0
 * Moments, counted: a ring that grows with what there is to count. */
#include "gate/state/state.h"

#include <stdlib.h>

static bool
grow(struct sg_counted *c)
{
	size_t room = c->room == 0 ? 8 : c->room * 2;
	int64_t *more = realloc(c->at_ms, room * sizeof(*more));
	if (more == NULL)
		return false;
	c->at_ms = more;
	c->room = room;
	return true;
}

bool
sg_counted_note(struct sg_counted *c, int64_t at_ms)
{
	if (c->next >= c->room && c->room < SG_COUNTED_MAX && !grow(c))
		return false;
	c->at_ms[c->next++ % c->room] = at_ms;
	return true;
}

int64_t
sg_counted_within(const struct sg_counted *c, int64_t now_ms, int64_t within_ms)
{
	int64_t count = 0;
	for (uint64_t i = c->next; i > 0 && c->next - i < c->room && c->at_ms[(i - 1) % c->room] > now_ms - within_ms; i--)
		count++;
	return count;
}

void
sg_counted_free(struct sg_counted *c)
{
	free(c->at_ms);
	*c = (struct sg_counted){.next = 0};
}
