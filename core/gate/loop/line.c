/* SPDX-License-Identifier: Apache-2.0
 * Rounds: the n-th call of one agent stands in the n-th round from now, whoever came before. */
#include "gate/loop/line.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	size_t all, each;
} rooms[SG_LINED_KINDS] = {
	[SG_LINED_CALL] = {SG_CALLS_LINE, SG_CALLS_SHARE},
	[SG_LINED_BACK] = {SG_BACK_LINE, SG_BACK_SHARE},
	[SG_LINED_FIRST] = {SG_FIRST_LINE, SG_FIRST_LINE},
};

/* Behind its own that wait; who has none waiting stands in the round that begins. */
static bool
find_turn(const struct sg_line *line, enum sg_lined_kind kind, uint64_t whose, uint64_t *turn)
{
	size_t its = 0;
	*turn = kind == SG_LINED_FIRST ? 0 : line->turn + 1; /* 0: before the round that has begun, too */
	for (const struct sg_lined *l = line->first; l != NULL && kind != SG_LINED_FIRST; l = l->next)
		if (l->kind == kind && l->whose == whose) {
			its++;
			*turn = l->turn + 1;
		}
	return line->count < rooms[kind].all && its < rooms[kind].each;
}

bool
sg_line_add(struct sg_line *line, enum sg_lined_kind kind, uint64_t id, uint64_t whose, struct sg_str request)
{
	uint64_t turn;
	struct sg_lined *l = find_turn(line, kind, whose, &turn) ? malloc(sizeof(*l) + request.len) : NULL;
	if (l == NULL)
		return false;
	*l = (struct sg_lined){.kind = kind, .id = id, .whose = whose, .turn = turn, .len = request.len};
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
	line->turn = found->turn > 0 ? found->turn : line->turn;
	found->next = NULL;
	return found;
}

struct sg_lined *
sg_line_take_calls(struct sg_line *line)
{
	struct sg_lined *calls = NULL, **end = &calls, **at = &line->first;
	line->last = NULL;
	while (*at != NULL) {
		struct sg_lined *l = *at;
		if (l->kind != SG_LINED_CALL) {
			line->last = l;
			at = &l->next;
			continue;
		}
		*at = l->next;
		l->next = NULL;
		*end = l;
		end = &l->next;
		line->count--;
	}
	return calls;
}
