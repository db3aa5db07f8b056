/* SPDX-License-Identifier: Apache-2.0
 * Rounds: the n-th call of one agent stands in the n-th round from now, whoever came before. */
#include "gate/loop/line.h"

#include <stdlib.h>
#include <string.h>

/* Behind its own that wait; who has none waiting stands in the round that begins. */
static bool
find_turn(const struct sg_line *line, uint64_t whose, uint64_t *turn)
{
	size_t its = 0;
	*turn = line->turn + 1;
	for (const struct sg_lined *l = line->first; l != NULL; l = l->next)
		if (l->whose == whose) {
			its++;
			*turn = l->turn + 1;
		}
	return line->count < SG_CALLS_LINE && its < SG_CALLS_SHARE;
}

bool
sg_line_add(struct sg_line *line, uint64_t id, uint64_t whose, struct sg_str request)
{
	uint64_t turn;
	struct sg_lined *l = find_turn(line, whose, &turn) ? malloc(sizeof(*l) + request.len) : NULL;
	if (l == NULL)
		return false;
	*l = (struct sg_lined){.id = id, .whose = whose, .turn = turn, .len = request.len};
	memcpy(l->request, request.ptr, request.len);
	if (line->last != NULL)
		line->last->next = l;
	else
		line->first = l;
	line->last = l;
	line->count++;
	return true;
}

struct sg_lined *
sg_line_next(struct sg_line *line)
{
	struct sg_lined *found = line->first, *before = NULL;
	for (struct sg_lined *l = line->first; l != NULL; l = l->next)
		if (l->turn < found->turn)
			found = l;
	if (found == NULL)
		return NULL;
	for (struct sg_lined *l = line->first; l != found; l = l->next)
		before = l;
	if (before != NULL)
		before->next = found->next;
	else
		line->first = found->next;
	if (line->last == found)
		line->last = before;
	line->count--;
	line->turn = found->turn;
	found->next = NULL;
	return found;
}
