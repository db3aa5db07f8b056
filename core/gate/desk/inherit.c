/* SPDX-License-Identifier: Apache-2.0
 * What the gate before this one had in force and could not record. Some of it may be in the journal all the same: it was written and that gate died before it
 * said so, or the group that it gave up was read back. Nothing is to count twice. */
#include "gate/desk/desk.h"
#include "gate/desk/inherited.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

enum { LEAVES_MOST = 1 << 16 };

static uint64_t
tag_of(struct sg_str kind, struct sg_str body)
{
	unsigned char digest[SG_SHA256_BYTES];
	struct sg_buf text;
	uint64_t tag = 0;
	sg_buf_init(&text, SG_LEAF_MAX + 64);
	sg_buf_printf(&text, "%.*s ", SG_STR_ARG(kind));
	sg_buf_str(&text, body);
	sg_sha256(digest, sg_buf_view(&text));
	sg_buf_done(&text);
	for (int i = 0; i < 8; i++)
		tag = tag << 8 | digest[i];
	return tag | 1;
}

static bool
note(void *to, const struct sg_record *record)
{
	struct sg_inherited *in = to;
	struct sg_buf body;
	if (in->count == in->room)
		return false;
	sg_buf_init(&body, SG_LEAF_MAX);
	sg_canon_write(&body, sg_json_get(record->json, "body"));
	in->leaves[in->count++].tag = body.failed ? 0 : tag_of(sg_json_text_at(record->json, "kind"), sg_buf_view(&body));
	sg_buf_done(&body);
	return true;
}

/* NULL: no memory; all is recorded, should it be there or not. */
static struct sg_inherited *
inherited(struct sg_gate *gate, uint64_t after)
{
	struct sg_inherited *in = gate->inherited != NULL ? gate->inherited : calloc(1, sizeof(*in));
	uint64_t last = gate->journal.durable;
	if (in == NULL || in == gate->inherited)
		return in;
	in->room = last > after && last - after < LEAVES_MOST ? (size_t)(last - after) : last > after ? LEAVES_MOST : 0;
	in->leaves = calloc(in->room + 1, sizeof(*in->leaves));
	if (in->leaves == NULL) {
		free(in);
		return NULL;
	}
	if (in->room > 0)
		sg_journal_leaves(&gate->journal, after + 1, last, SIZE_MAX, note, in);
	return gate->inherited = in;
}

/* What the gate before made of something else that it had lost was in no journal. */
static bool
is_made_anew(const char *kind)
{
	return strcmp(kind, "withheld") == 0 || strcmp(kind, "lease") == 0;
}

/* As long as all of it is there, in its order, the next is looked for behind the last. Once something is not, what stops is said again in the order in which it was
 * said: the last word counts. What stops nothing is there or is not. */
static bool
is_recorded(struct sg_inherited *in, const char *kind, struct sg_str body)
{
	uint64_t tag = tag_of(sg_str(kind), body);
	size_t i = in->others ? 0 : in->at;
	while (i < in->count && in->leaves[i].tag != tag)
		i++;
	if (i == in->count || (in->others && sg_kind_stops(kind))) {
		in->others |= !is_made_anew(kind);
		return false;
	}
	in->leaves[i].tag = 0;
	in->at = in->others ? in->at : i + 1;
	return true;
}

static void
holds_on(struct sg_gate *gate, uint64_t number)
{
	gate->holds = gate->ports.hold != NULL;
	gate->held_until = number;
}

/* What it stands on was lost with it, or was never there: there is nothing that it could stop. */
static void
pass_over(struct sg_gate *gate, const char *kind)
{
	fprintf(stderr, "stepgated: gate: what the gate before this one could not record (%s) stands on what is not there; it is passed over\n", kind);
	holds_on(gate, gate->held_until != 0 ? gate->held_until : gate->journal.durable);
}

static bool
take(struct sg_gate *gate, uint64_t after, const char *kind, struct sg_str body)
{
	uint64_t number = 0;
	struct sg_inherited *in = inherited(gate, after);
	gate->hooks_lost = true; /* a hook that is due behind an outcome of it was asked by a gate that is no more */
	gate->held_after = after;
	bool may = sg_may_be_folded(gate, kind, body); /* what stands on nothing says nothing of what follows it */
	if (may && in != NULL && is_recorded(in, kind, body)) {
		holds_on(gate, gate->held_until != 0 ? gate->held_until : gate->journal.durable);
		return true;
	}
	if (!may) {
		pass_over(gate, kind);
		return true;
	}
	if (sg_record(gate, kind, body, SG_STR(""), &number, NULL) != SG_OK) {
		gate->holds = gate->ports.hold != NULL; /* and goes on to be held, behind the same leaf */
		return sg_owe_folded(gate, kind, body);
	}
	holds_on(gate, number);
	return true;
}

bool
sg_gate_held(struct sg_gate *gate, const struct sg_json *held)
{
	char kind[16];
	struct sg_buf body;
	int64_t after = (int64_t)gate->journal.durable; /* nothing is behind it */
	sg_gate_now(gate);
	snprintf(kind, sizeof(kind), "%.*s", SG_STR_ARG(sg_json_text_at(held, "kind")));
	sg_buf_init(&body, SG_LEAF_MAX);
	sg_canon_write(&body, sg_json_get(held, "body"));
	sg_json_int(sg_json_get(held, "after"), &after);
	bool good = after >= 0 && !body.failed && take(gate, (uint64_t)after, kind, sg_buf_view(&body));
	sg_buf_done(&body);
	return good;
}
