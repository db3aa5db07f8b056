/* SPDX-License-Identifier: Apache-2.0
 * Memories in the fold. What touches one is allowed at one time and done at another: what is written in between is read by it, and what its task reads in
 * between is written by it. */
#include "gate/state/fold_memory.h"
#include "gate/state/hearers.h"
#include "gate/state/holder.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- what may not be over ---- */

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static struct sg_reading *
reading_of(struct sg_state *state, const char *id)
{
	struct sg_reading *r = sg_table_get(&state->readings, sg_str(id));
	if (r != NULL || (r = calloc(1, sizeof(*r))) == NULL)
		return r;
	memcpy(r->id, id, sizeof(r->id));
	r->hearers = sg_hearers_new(NULL);
	if (r->hearers != NULL && sg_table_put(&state->readings, sg_str(r->id), r) == SG_OK)
		return r;
	sg_hearers_free(r->hearers);
	free(r);
	return NULL;
}

static bool
hears(struct sg_reading *r, struct sg_attempt *attempt)
{
	attempt->hears = attempt->task->domain == NULL ? NULL : sg_hearer_of(r->hearers, attempt->task->domain, true);
	if (attempt->hears == NULL)
		return false;
	attempt->hears->count++;
	if (attempt->read_until_ms > attempt->hears->until_ms)
		attempt->hears->until_ms = attempt->read_until_ms;
	return true;
}

static void
hears_no_more(struct sg_reading *r, struct sg_attempt *attempt)
{
	if (--attempt->hears->count == 0)
		sg_hearer_goes(r->hearers, attempt->hears);
	attempt->hears = NULL;
}

bool
sg_reading_begin(struct sg_state *state, struct sg_attempt *attempt)
{
	struct sg_reading *r = reading_of(state, attempt->read);
	if (r == NULL || !hears(r, attempt))
		return false;
	attempt->touches = true;
	attempt->read_next = r->first;
	if (r->first != NULL)
		r->first->read_before = attempt;
	r->first = attempt;
	if (attempt->wrote[0] == '\0')
		return true;
	attempt->write_next = attempt->task->writes;
	if (attempt->write_next != NULL)
		attempt->write_next->write_before = attempt;
	attempt->task->writes = attempt;
	sg_task_writes(attempt->task);
	return true;
}

static void
write_no_more(struct sg_attempt *attempt)
{
	if (attempt->wrote[0] == '\0')
		return;
	if (attempt->write_before != NULL)
		attempt->write_before->write_next = attempt->write_next;
	else
		attempt->task->writes = attempt->write_next;
	if (attempt->write_next != NULL)
		attempt->write_next->write_before = attempt->write_before;
	attempt->write_next = attempt->write_before = NULL;
	sg_task_writes(attempt->task);
}

/* Out of the lists. What it touched stays known: an outcome may still come. */
static void
touch_no_more(struct sg_state *state, struct sg_attempt *attempt)
{
	struct sg_reading *r = attempt->touches ? sg_table_get(&state->readings, sg_str(attempt->read)) : NULL;
	if (r == NULL)
		return;
	attempt->touches = false;
	hears_no_more(r, attempt);
	write_no_more(attempt);
	if (attempt->read_before != NULL)
		attempt->read_before->read_next = attempt->read_next;
	else
		r->first = attempt->read_next;
	if (attempt->read_next != NULL)
		attempt->read_next->read_before = attempt->read_before;
	attempt->read_next = attempt->read_before = NULL;
	if (r->first != NULL)
		return;
	sg_table_take(&state->readings, sg_str(r->id));
	sg_hearers_free(r->hearers);
	free(r);
}

void
sg_reading_end(struct sg_state *state, struct sg_attempt *attempt)
{
	touch_no_more(state, attempt);
	attempt->read[0] = '\0';
}

/* Lists hold what may not be over, and what was over since somebody last came. */
static void
drop_over(struct sg_fold *f, const struct sg_attempt *attempt)
{
	struct sg_reading *r = sg_table_get(&f->state->readings, sg_str(attempt->read));
	for (struct sg_attempt *a = r != NULL ? r->first : NULL, *next; a != NULL; a = next) {
		next = a->read_next;
		if (a->read_until_ms < f->at_ms)
			touch_no_more(f->state, a); /* with the last of them the list itself */
	}
	for (struct sg_attempt *a = attempt->task->writes, *next; a != NULL; a = next) {
		next = a->write_next;
		if (a->read_until_ms < f->at_ms)
			touch_no_more(f->state, a);
	}
}

static void
takes_over(struct sg_fold *f, struct sg_attempt *attempt, const struct sg_memory *memory)
{
	if (!sg_taint_join(&attempt->labels, &memory->taint))
		f->missing = "memory";
	f->state->carried++;
	sg_taint_soak(f, attempt->task, &memory->taint, sg_attempt_since(attempt));
}

/* They have it all, unless somebody was cleansed, or forgot, since it last went to them, or they had it before that. */
static bool
has_passed(const struct sg_fold *f, const struct sg_memory *memory, int64_t since_ms)
{
	bool known = memory->passed != 0 && memory->passed >= f->state->cleansed && memory->passed >= f->state->faded;
	return known && (since_ms == SG_NOW_ALONE || (memory->passed == f->number && memory->passed_since_ms <= since_ms));
}

/* To all who touch it but whoever it comes from, which carries it. */
static void
pass_on(struct sg_fold *f, struct sg_memory *memory, const struct sg_task *from, bool news, int64_t since_ms)
{
	const struct sg_reading *r = sg_table_get(&f->state->readings, sg_str(memory->id));
	if (!news && has_passed(f, memory, since_ms))
		return;
	memory->passed = f->number;
	memory->passed_since_ms = since_ms;
	if (r != NULL)
		sg_taint_soak_readers(f, r, &memory->taint, from, since_ms);
}

/* ---- writing ---- */

/* Made where there is something to keep, and not before. */
static struct sg_memory *
written_to(struct sg_fold *f, const struct sg_task *task, const char *id)
{
	struct sg_memory *memory = sg_table_get(&f->state->memories, sg_str(id));
	if (memory != NULL || !sg_taint_carries(&task->taint))
		return memory;
	memory = calloc(1, sizeof(*memory));
	if (memory == NULL || (memory->agent = strdup(task->agent)) == NULL || !sg_memory_begins(f->state, memory)) {
		free(memory != NULL ? memory->agent : NULL);
		free(memory);
		f->missing = "memory";
		return NULL;
	}
	snprintf(memory->id, sizeof(memory->id), "%s", id);
	memory->leaf = f->number;
	sg_fold_put(f, &f->state->memories, memory->id, memory);
	return memory;
}

static void
leaves(struct sg_fold *f, const struct sg_task *task, const char *id, int64_t since_ms)
{
	struct sg_memory *memory = written_to(f, task, id);
	uint64_t before = memory != NULL ? memory->taint.seq : 0;
	f->state->carried++;
	if (memory == NULL || !sg_taint_carries(&task->taint))
		return;
	bool first = memory->leaf != 0 && memory->leaf == f->number && strcmp(task->agent, memory->agent) < 0; /* of those that come by one leaf the first by name */
	if (!sg_memory_writer(f->state, memory, sg_str(task->agent)) || (first && !sg_memory_hand_to(f->state, memory, task->agent)))
		f->missing = "memory";
	if (!sg_taint_join(&memory->taint, &task->taint))
		f->missing = "memory";
	pass_on(f, memory, task, memory->taint.seq != before, since_ms);
}

/* By this leaf, of this task, with these labels: many attempts of a task may write to one memory, and it takes them once. */
static bool
has_flowed(const struct sg_fold *f, const struct sg_task *task, const char *id)
{
	const struct sg_memory *memory = sg_table_get(&f->state->memories, sg_str(id));
	return memory != NULL && f->number != 0 && memory->flowed.leaf == f->number && memory->flowed.task == task && memory->flowed.seq == task->taint.seq;
}

static void
flowed(const struct sg_fold *f, const struct sg_task *task, const char *id)
{
	struct sg_memory *memory = sg_table_get(&f->state->memories, sg_str(id));
	if (memory == NULL)
		return;
	memory->flowed.leaf = f->number;
	memory->flowed.task = task;
	memory->flowed.seq = task->taint.seq;
}

void
sg_fold_memory_flow(struct sg_fold *f)
{
	for (struct sg_task *t; (t = f->state->flowing) != NULL;) {
		f->state->flowing = t->flow_next;
		t->flow_next = NULL;
		t->flows = false;
		for (struct sg_attempt *a = t->writes; a != NULL; a = a->write_next)
			if (a->read_until_ms >= f->at_ms && !has_flowed(f, t, a->wrote)) {
				leaves(f, t, a->wrote, t->flow_since_ms);
				flowed(f, t, a->wrote);
			}
	}
}

void
sg_fold_memory_used(struct sg_fold *f, struct sg_task *task, struct sg_attempt *attempt)
{
	struct sg_fold inner = *f;
	inner.body = sg_fold_get(f, "memory");
	if (inner.body == NULL || inner.body->type != SG_JSON_OBJECT)
		return;
	sg_fold_id(&inner, "id", attempt->read, sizeof(attempt->read));
	const struct sg_memory *memory = sg_table_get(&f->state->memories, sg_str(attempt->read));
	if (memory != NULL) /* whatever its effect is called: what writes or runs answers, too */
		takes_over(&inner, attempt, memory);
	if (sg_fold_flag(&inner, "write")) {
		memcpy(attempt->wrote, attempt->read, sizeof(attempt->wrote));
		leaves(&inner, task, attempt->wrote, SG_NOW_ALONE);
	}
	f->missing = inner.missing;
}

void
sg_fold_memory_reading(struct sg_fold *f, struct sg_attempt *attempt)
{
	const struct sg_lease *lease = sg_table_get(&f->state->leases, sg_str(attempt->lease));
	if (attempt->read[0] == '\0')
		return;
	attempt->read_until_ms = later(attempt->use_by.wall_ms, attempt->report_by.wall_ms);
	attempt->read_until_ms = later(attempt->read_until_ms, lease != NULL ? lease->ends.wall_ms : 0);
	drop_over(f, attempt);
	if (!sg_reading_begin(f->state, attempt))
		f->missing = "memory";
}

/* An agent's own word ends nothing, and neither does another's while the credential can still be used. */
static bool
is_over(const struct sg_fold *f, const struct sg_attempt *attempt)
{
	const struct sg_lease *lease = sg_table_get(&f->state->leases, sg_str(attempt->lease));
	bool usable = lease != NULL && lease->state < SG_LEASE_REVOKING && lease->ends.wall_ms >= f->at_ms;
	bool by_another = !sg_fold_flag_or(f, "self", true) && !sg_str_is(sg_fold_text_or(f, "by"), "policy"); /* a hook reports nothing */
	return strcmp(attempt->result, "unknown") != 0 && by_another && !usable;
}

void
sg_fold_memory_told(struct sg_fold *f, struct sg_task *task, struct sg_attempt *attempt)
{
	const struct sg_memory *memory = attempt->read[0] == '\0' ? NULL : sg_table_get(&f->state->memories, sg_str(attempt->read));
	if (memory != NULL)
		takes_over(f, attempt, memory);
	if (attempt->wrote[0] != '\0')
		leaves(f, task, attempt->wrote, SG_NOW_ALONE);
	if (is_over(f, attempt))
		sg_reading_end(f->state, attempt);
}
