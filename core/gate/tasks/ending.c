/* SPDX-License-Identifier: Apache-2.0
 * What a kill, a fall or the end of a task takes, ended a slice in each turn: credentials first, then approvals, then tasks. It is over once all were looked at
 * and none was found. */
#include "gate/tasks/ending.h"

#include "base/str.h"
#include "gate/desk/desk.h"
#include "gate/desk/revoking.h"
#include "gate/state/ending.h"
#include "gate/tasks/tasks.h"

#include <string.h>

enum { LOOKED = 16384, LEAF_ROOM = SG_ENDING_SLICE * (SG_ID_MAX + 3) + 256 }; /* slots of a table, in one turn */

/* What is still to end: its id, and the task that it hangs on. NULL: it has ended. */
static const char *
open_lease(void *thing, const struct sg_task **task)
{
	struct sg_lease *lease = thing;
	*task = lease->task;
	return lease->state < SG_LEASE_REVOKING ? lease->id : NULL;
}

static const char *
open_approval(void *thing, const struct sg_task **task)
{
	struct sg_approval *approval = thing;
	*task = approval->task;
	return approval->state == SG_APPROVAL_OPEN || approval->state == SG_APPROVAL_GRANTED ? approval->id : NULL;
}

static const char *
open_task(void *thing, const struct sg_task **task)
{
	struct sg_task *t = thing;
	*task = t;
	return t->state <= SG_TASK_FROZEN ? t->id : NULL;
}

static const struct {
	const char *name;
	size_t table; /* where in the state it stands */
	const char *(*open)(void *thing, const struct sg_task **task);
} kinds[] = {
	{"leases", offsetof(struct sg_state, leases), open_lease},
	{"approvals", offsetof(struct sg_state, approvals), open_approval},
	{"tasks", offsetof(struct sg_state, tasks), open_task},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

struct found {
	const char *ids[SG_ENDING_SLICE];
	size_t count, kind;
};

static const struct sg_table *
table_of(const struct sg_gate *gate, size_t kind)
{
	return (const void *)((const char *)&gate->state + kinds[kind].table);
}

/* An operator's kill before all else, then what else an operator ended, of each what came first. */
static bool
is_before(const struct sg_ending *a, const struct sg_ending *b)
{
	if (b == NULL || (a->to == SG_TASK_KILLED) != (b->to == SG_TASK_KILLED))
		return b == NULL || a->to == SG_TASK_KILLED;
	return a->by_operator != b->by_operator ? a->by_operator : a->number < b->number;
}

static const struct sg_ending *
pick(struct sg_gate *gate)
{
	size_t at = 0;
	const struct sg_ending *ending = NULL;
	for (const struct sg_ending *e; (e = sg_table_next(&gate->state.endings, &at)) != NULL;)
		ending = is_before(e, ending) ? e : ending;
	if (ending != NULL && strcmp(ending->key, gate->ending.key) != 0) {
		memset(&gate->ending, 0, sizeof(gate->ending));
		memcpy(gate->ending.key, ending->key, sizeof(gate->ending.key));
	}
	return ending;
}

/* Those of one kind from where the last turn stopped, up to a slice. True: all of that kind were looked at. */
static bool
look(struct sg_gate *gate, const struct sg_ending *ending, struct found *found, size_t *slots)
{
	struct sg_ending_walk *walk = &gate->ending;
	const struct sg_table *table = table_of(gate, walk->kind);
	if (walk->at == 0)
		walk->slots = table->slots;
	found->kind = walk->kind;
	while (found->count < SG_ENDING_SLICE) {
		const struct sg_task *task = NULL;
		void *thing = sg_table_slice(table, &walk->at, slots);
		if (thing == NULL)
			break;
		const char *id = kinds[walk->kind].open(thing, &task);
		if (id != NULL && sg_ending_takes(ending, task))
			found->ids[found->count++] = id;
	}
	walk->seen |= found->count > 0 || walk->slots != table->slots; /* what grew meanwhile is looked at again */
	return walk->at == 0 && found->count < SG_ENDING_SLICE;
}

/* True: all kinds were looked at since the first, and nothing was found. */
static bool
find(struct sg_gate *gate, const struct sg_ending *ending, struct found *found)
{
	struct sg_ending_walk *walk = &gate->ending;
	size_t slots = LOOKED;
	found->count = 0;
	while (look(gate, ending, found, &slots)) {
		walk->kind = (walk->kind + 1) % KINDS;
		bool whole = walk->kind == 0, over = whole && !walk->seen;
		walk->seen = walk->seen && !whole;
		if (over || found->count > 0)
			return over;
	}
	return false;
}

static void
write_ids(struct sg_json_writer *w, const struct found *found)
{
	sg_jw_name_text(w, kinds[found->kind].name);
	sg_jw_array(w);
	for (size_t i = 0; i < found->count; i++)
		sg_jw_text(w, found->ids[i]);
	sg_jw_end(w);
}

static bool
record(struct sg_gate *gate, const struct sg_ending *ending, const struct found *found, bool over)
{
	struct sg_buf body;
	struct sg_json_writer w;
	bool last = found->kind == KINDS - 1; /* canonical: approvals, leases, of, over, tasks */
	sg_buf_init(&body, LEAF_ROOM);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	if (found->count > 0 && !last)
		write_ids(&w, found);
	sg_jw_member_text(&w, "of", ending->key);
	sg_jw_member_bool(&w, "over", over);
	if (found->count > 0 && last)
		write_ids(&w, found);
	sg_jw_end(&w);
	bool good = !body.failed && sg_record(gate, "ended", sg_buf_view(&body), SG_STR(""), NULL, NULL) == SG_OK;
	bool owes = !good && !body.failed && (gate->journal.closed || !gate->journal.scarce); /* with no room it waits: what is owed would stand before operators' words */
	good = good || (owes && sg_owe_folded(gate, "ended", sg_buf_view(&body)));
	sg_buf_done(&body);
	return good;
}

bool
sg_endings_turn(struct sg_gate *gate)
{
	struct found found;
	if (gate->state.endings.count == 0)
		return false;
	sg_gate_now(gate);
	const struct sg_ending *ending = pick(gate);
	bool over = find(gate, ending, &found);
	if ((over || found.count > 0) && !record(gate, ending, &found, over)) {
		memset(&gate->ending, 0, sizeof(gate->ending)); /* from the start, by and by */
		return false;
	}
	if (found.count > 0 && found.kind == 0)
		sg_leases_revoking(gate);
	if (over)
		sg_gate_owners(gate); /* who came back meanwhile */
	return gate->state.endings.count > 0;
}
