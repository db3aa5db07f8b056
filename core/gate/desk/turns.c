/* SPDX-License-Identifier: Apache-2.0
 * The line of requests that wait for a turn or have one. It is short: a request stands in it only after others overtook it. */
#include "gate/desk/desk.h"
#include "gate/desk/turns.h"

#include "frame/moving.h"

#include "base/str.h"

/* `a` stands before `b`. What is left of an owner's budget all agents of that owner move. */
static bool
overlap(const struct sg_request *a, const struct sg_request *b)
{
	bool owned = a->turn_owner.len > 0 && b->agent != NULL && sg_str_eq(a->turn_owner, b->agent->owner);
	return a->turn_root == b->turn_root || a->turn_agent == b->turn_agent || owned;
}

static void
name_subjects(struct sg_request *r, const struct sg_task *task)
{
	r->turn_root = sg_state_tag(task->root->id);
	r->turn_agent = sg_person_tag(sg_str(task->agent));
	r->turn_owner = (r->reads >> SG_MOVING_budget & 1) != 0 ? r->agent->owner : SG_STR("");
}

static bool
first_of_its_kind(const struct sg_gate *gate, const struct sg_request *r)
{
	for (const struct sg_request *o = gate->turns; o != NULL && o != r; o = o->turn_next)
		if (overlap(o, r))
			return false;
	return true;
}

bool
sg_turn_taken(const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	if (gate->turns == NULL)
		return false;
	struct sg_request probe = {.turn_root = sg_state_tag(task->root->id), .turn_agent = sg_person_tag(sg_str(task->agent)), .agent = r->agent};
	for (const struct sg_request *o = gate->turns; o != NULL && o != r; o = o->turn_next)
		if (overlap(o, &probe))
			return true;
	return false;
}

bool
sg_turn_take(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, void (*then)(struct sg_gate *, struct sg_request *))
{
	r->in_turn = then;
	struct sg_request **end = &gate->turns;
	while (*end != NULL)
		end = &(*end)->turn_next;
	name_subjects(r, task);
	*end = r;
	r->turn_next = NULL;
	bool mine = first_of_its_kind(gate, r);
	r->turn = mine ? SG_TURN_HAS : SG_TURN_WAITS;
	sg_request_wait(gate, r, SG_STAGE_TURN);
	return mine;
}

void
sg_turn_leave(struct sg_gate *gate, struct sg_request *r)
{
	for (struct sg_request **at = &gate->turns; r->turn != SG_TURN_NONE && *at != NULL; at = &(*at)->turn_next)
		if (*at == r) {
			*at = r->turn_next;
			break;
		}
	r->turn = SG_TURN_NONE;
	r->turn_next = NULL;
}

/* Who neither waits nor is being judged has committed, or was refused. */
static struct sg_request *
done(struct sg_gate *gate)
{
	for (struct sg_request *r = gate->turns; r != NULL; r = r->turn_next)
		if (r->turn == SG_TURN_HAS && r->stage != SG_STAGE_JUDGE && r->stage != SG_STAGE_TURN)
			return r;
	return NULL;
}

static struct sg_request *
next(struct sg_gate *gate)
{
	for (struct sg_request *r = gate->turns; r != NULL; r = r->turn_next)
		if (r->turn == SG_TURN_WAITS && first_of_its_kind(gate, r))
			return r;
	return NULL;
}

void
sg_turns_pump(struct sg_gate *gate)
{
	for (struct sg_request *r = gate->turns; r != NULL;) {
		if ((r = done(gate)) != NULL) {
			sg_turn_leave(gate, r);
		} else if ((r = next(gate)) != NULL) {
			r->turn = SG_TURN_HAS;
			sg_work_begin(gate, r);
			r->in_turn(gate, r);
			sg_work_end(gate);
		}
	}
}
