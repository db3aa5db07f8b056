/* SPDX-License-Identifier: Apache-2.0
 * The trie. Node 0 is the root; an edge is (node, segment) → node; "*" and "**" are fields of the node. */
#include "policy/match.h"

#include "base/pattern.h"
#include "base/str.h"

#include <stdlib.h>

struct node {
	uint32_t star;        /* node behind "*", 0 if none */
	uint32_t here, below; /* first entry of rules that end here, and of "**"; 0 if none */
};

struct edge {
	struct sg_str segment; /* ptr NULL: free slot */
	uint32_t from, to;
};

struct entry {
	uint32_t rule, next;
};

struct sg_match {
	struct node *nodes;
	struct edge *edges;    /* open addressing, `edge_room` a power of two */
	struct entry *entries; /* entry 0 is never used */
	uint32_t *found;
	size_t node_count, node_room, edge_count, edge_room, entry_count, entry_room, found_count;
};

struct sg_match *
sg_match_new(void)
{
	struct sg_match *match = calloc(1, sizeof(*match));
	if (match == NULL)
		return NULL;
	match->nodes = calloc(16, sizeof(*match->nodes));
	match->entries = calloc(16, sizeof(*match->entries));
	match->edges = calloc(16, sizeof(*match->edges));
	match->node_room = match->entry_room = match->edge_room = 16;
	match->node_count = match->entry_count = 1;
	if (match->nodes != NULL && match->entries != NULL && match->edges != NULL)
		return match;
	sg_match_free(match);
	return NULL;
}

void
sg_match_free(struct sg_match *match)
{
	if (match == NULL)
		return;
	free(match->nodes);
	free(match->edges);
	free(match->entries);
	free(match->found);
	free(match);
}

/* FNV-1a. Edges come from operators' files, so nobody gains by making them collide. */
static size_t
edge_hash(uint32_t from, struct sg_str segment)
{
	uint64_t hash = UINT64_C(14695981039346656037) ^ from;
	for (size_t i = 0; i < segment.len; i++)
		hash = (hash ^ (unsigned char)segment.ptr[i]) * UINT64_C(1099511628211);
	return (size_t)(hash ^ hash >> 29);
}

static struct edge *
edge_slot(const struct edge *edges, size_t room, uint32_t from, struct sg_str segment)
{
	size_t at = edge_hash(from, segment) & (room - 1);
	while (edges[at].segment.ptr != NULL && !(edges[at].from == from && sg_str_eq(edges[at].segment, segment)))
		at = (at + 1) & (room - 1);
	return (struct edge *)&edges[at];
}

static bool
grow_edges(struct sg_match *match)
{
	if (match->edge_count * 2 < match->edge_room)
		return true;
	size_t room = match->edge_room * 2;
	struct edge *edges = calloc(room, sizeof(*edges));
	if (edges == NULL)
		return false;
	for (size_t i = 0; i < match->edge_room; i++)
		if (match->edges[i].segment.ptr != NULL)
			*edge_slot(edges, room, match->edges[i].from, match->edges[i].segment) = match->edges[i];
	free(match->edges);
	match->edges = edges;
	match->edge_room = room;
	return true;
}

/* One more zeroed element; 0 when memory is out (element 0 is taken from the start). */
static uint32_t
append(void *list, size_t size, size_t *count, size_t *room)
{
	void **array = list;
	if (*count == *room) {
		void *more = realloc(*array, *room * 2 * size);
		if (more == NULL)
			return 0;
		*array = more;
		*room *= 2;
	}
	memset((char *)*array + *count * size, 0, size);
	return (uint32_t)(*count)++;
}

static uint32_t
new_node(struct sg_match *match)
{
	return append(&match->nodes, sizeof(*match->nodes), &match->node_count, &match->node_room);
}

static uint32_t
step_in(struct sg_match *match, uint32_t from, struct sg_str segment)
{
	if (sg_str_is(segment, "*")) {
		uint32_t to = match->nodes[from].star != 0 ? match->nodes[from].star : new_node(match);
		match->nodes[from].star = to;
		return to;
	}
	if (!grow_edges(match))
		return 0;
	struct edge *edge = edge_slot(match->edges, match->edge_room, from, segment);
	if (edge->segment.ptr != NULL)
		return edge->to;
	uint32_t to = new_node(match);
	if (to != 0) {
		*edge = (struct edge){segment, from, to};
		match->edge_count++;
	}
	return to;
}

static bool
add_entry(struct sg_match *match, uint32_t node, bool below, uint32_t rule)
{
	uint32_t at = append(&match->entries, sizeof(*match->entries), &match->entry_count, &match->entry_room);
	uint32_t *found = realloc(match->found, match->entry_count * sizeof(*found));
	if (found != NULL)
		match->found = found;
	if (at == 0 || found == NULL)
		return false;
	uint32_t *head = below ? &match->nodes[node].below : &match->nodes[node].here;
	match->entries[at] = (struct entry){rule, *head};
	*head = at;
	return true;
}

bool
sg_match_add(struct sg_match *match, struct sg_str pattern, uint32_t rule)
{
	uint32_t node = 0;
	for (struct sg_str rest = pattern; rest.ptr != NULL;) {
		struct sg_str segment = sg_str_cut(&rest, '.');
		if (sg_str_is(segment, "**"))
			return add_entry(match, node, true, rule);
		node = step_in(match, node, segment);
		if (node == 0)
			return false;
	}
	return add_entry(match, node, false, rule);
}

static void
take(struct sg_match *match, uint32_t entry)
{
	for (; entry != 0; entry = match->entries[entry].next)
		match->found[match->found_count++] = match->entries[entry].rule;
}

/* At most two ways on at each segment, and both must exist in the patterns; depth is bounded by SG_PATTERN_SEGMENTS. */
static void
walk(struct sg_match *match, uint32_t node, struct sg_str rest)
{
	if (rest.ptr == NULL) {
		take(match, match->nodes[node].here);
		return;
	}
	struct sg_str segment = sg_str_cut(&rest, '.');
	if (segment.len == 0)
		return;
	take(match, match->nodes[node].below);
	if (match->nodes[node].star != 0)
		walk(match, match->nodes[node].star, rest);
	struct edge *edge = edge_slot(match->edges, match->edge_room, node, segment);
	if (edge->segment.ptr != NULL)
		walk(match, edge->to, rest);
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

const uint32_t *
sg_match_find(struct sg_match *match, struct sg_str action, size_t *count)
{
	match->found_count = 0;
	*count = 0;
	/* The action must be a name: its stars, if any, are not wildcards, and an empty segment fits nothing. */
	if (!sg_pattern_valid(action, '.') || (action.len > 0 && memchr(action.ptr, '*', action.len) != NULL))
		return match->found;
	walk(match, 0, action);
	if (match->found_count > 1)
		qsort(match->found, match->found_count, sizeof(*match->found), by_number);
	for (size_t i = 0; i < match->found_count; i++)
		if (i == 0 || match->found[i] != match->found[i - 1])
			match->found[(*count)++] = match->found[i];
	return match->found;
}
