/* SPDX-License-Identifier: Apache-2.0
 * Making lists in slices. What is to be shown is kept by its rank, the last of them on top of a heap, so that a better one takes its place. */
#include "gate/desk/listing.h"

#include "base/str.h"
#include "gate/desk/desk.h"

#include <stdio.h>
#include <stdlib.h>

struct listed {
	uint64_t rank;
	char id[SG_ID_MAX];
};

struct sg_listing {
	const struct sg_listing_of *of;
	const void *slots; /* the table's when it was begun */
	size_t at, total, count, begun;
	struct listed kept[];
};

static const struct sg_table *
table_of(const struct sg_gate *gate, const struct sg_listing_of *of)
{
	return (const void *)((const char *)&gate->state + of->table);
}

static void
sink(struct sg_listing *l, size_t at)
{
	for (size_t below; (below = 2 * at + 1) < l->count; at = below) {
		below += below + 1 < l->count && l->kept[below + 1].rank > l->kept[below].rank;
		if (l->kept[at].rank >= l->kept[below].rank)
			return;
		struct listed one = l->kept[at];
		l->kept[at] = l->kept[below];
		l->kept[below] = one;
	}
}

static void
rise(struct sg_listing *l, size_t at)
{
	for (size_t above; at > 0 && l->kept[above = (at - 1) / 2].rank < l->kept[at].rank; at = above) {
		struct listed one = l->kept[at];
		l->kept[at] = l->kept[above];
		l->kept[above] = one;
	}
}

static void
keep(struct sg_listing *l, uint64_t rank, const char *id)
{
	bool full = l->count == l->of->most;
	size_t place = full ? 0 : l->count;
	l->total++;
	if (full && rank >= l->kept[0].rank)
		return;
	l->kept[place].rank = rank;
	snprintf(l->kept[place].id, sizeof(l->kept[place].id), "%s", id);
	l->count += !full;
	full ? sink(l, 0) : rise(l, place);
}

static int
by_rank(const void *a, const void *b)
{
	const struct listed *one = a, *other = b;
	return one->rank != other->rank ? (one->rank > other->rank) - (one->rank < other->rank) : strcmp(one->id, other->id);
}

/* What went meanwhile is not shown. */
static void
answer(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_listing *l = r->listing;
	struct sg_buf body;
	struct sg_json_writer w;
	qsort(l->kept, l->count, sizeof(l->kept[0]), by_rank);
	sg_buf_init(&body, 2 * l->of->bytes);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name_text(&w, l->of->name);
	sg_jw_array(&w);
	for (size_t i = 0; i < l->count && body.len < l->of->bytes; i++) {
		void *thing = sg_table_get(table_of(gate, l->of), sg_str(l->kept[i].id));
		if (thing != NULL)
			l->of->write(&w, gate, thing);
	}
	sg_jw_end(&w);
	sg_jw_member_int(&w, "total", (int64_t)l->total);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

/* True: all were looked at. */
static bool
slice(struct sg_gate *gate, const struct sg_request *r)
{
	struct sg_listing *l = r->listing;
	const struct sg_table *table = table_of(gate, l->of);
	size_t slots = SG_LISTING_SLICE;
	if (l->at > 0 && l->slots != table->slots && l->begun < SG_LISTING_AGAIN)
		l->at = l->total = l->count = 0;
	l->begun += l->at == 0;
	l->slots = l->at == 0 ? table->slots : l->slots;
	for (void *thing; (thing = sg_table_slice(table, &l->at, &slots)) != NULL;) {
		uint64_t rank = l->of->rank(gate, r, thing);
		if (rank != SG_LISTED_NOT)
			keep(l, rank, l->of->id(thing));
	}
	return l->at == 0;
}

void
sg_list(struct sg_gate *gate, struct sg_request *r, const struct sg_listing_of *of)
{
	r->listing = calloc(1, sizeof(*r->listing) + of->most * sizeof(r->listing->kept[0]));
	if (r->listing == NULL) {
		sg_answer_error(gate, r, 503, SG_REASON_internal, "");
		return;
	}
	r->listing->of = of;
	if (slice(gate, r))
		answer(gate, r);
	else
		sg_request_wait(gate, r, SG_STAGE_LIST);
}

/* One slice of one list, in turns. */
bool
sg_listings_turn(struct sg_gate *gate)
{
	struct sg_request *r = sg_request_first(gate, SG_STAGE_LIST);
	if (r == NULL)
		return false;
	if (slice(gate, r))
		answer(gate, r);
	else
		sg_request_wait(gate, r, SG_STAGE_LIST); /* behind the others */
	return sg_request_first(gate, SG_STAGE_LIST) != NULL;
}
