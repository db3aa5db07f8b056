/* SPDX-License-Identifier: Apache-2.0
 * Forgetting: what ended long ago leaves memory, not the journal. */
#include "gate/fold.h"

#include "base/str.h"

#include <stdlib.h>

void
sg_lease_free(struct sg_lease *lease)
{
	if (lease == NULL)
		return;
	free(lease->issuer);
	free(lease->audience);
	free(lease->agent);
	free(lease);
}

void
sg_approval_free(struct sg_approval *approval)
{
	if (approval == NULL)
		return;
	free(approval->agent);
	free(approval->owner);
	free(approval->opener);
	free(approval->say);
	free(approval->action);
	free(approval);
}

static void
free_taint(struct sg_taint *taint)
{
	for (size_t i = 0; i < taint->count; i++)
		free(taint->labels[i]);
	taint->count = 0;
}

void
sg_task_free(struct sg_state *state, struct sg_task *task)
{
	if (task == NULL)
		return;
	size_t at = 0;
	for (struct sg_attempt *a; (a = sg_table_next(&task->attempts, &at)) != NULL;) {
		if (sg_table_get(&state->decisions, sg_str(a->decision)) == a)
			sg_table_take(&state->decisions, sg_str(a->decision));
		free(a);
	}
	sg_table_done(&task->attempts);
	free_taint(&task->taint);
	free(task->agent);
	free(task->intent);
	free(task->environment);
	free(task->opener);
	free(task->enforcer);
	free(task);
}

static bool
has_live_lease(const struct sg_state *state, const struct sg_task *task)
{
	size_t at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&state->leases, &at)) != NULL;)
		if (l->task == task && !sg_deadline_over(&l->ends, &state->now))
			return true;
	return false;
}

static void
drop_below(struct sg_state *state, const struct sg_task *task)
{
	size_t at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&state->leases, &at)) != NULL;)
		if (l->task == task) {
			if (l->state < SG_LEASE_REVOKING)
				state->live_leases--;
			sg_lease_free(sg_table_take(&state->leases, sg_str(l->id)));
		}
	at = 0;
	for (struct sg_approval *a; (a = sg_table_next(&state->approvals, &at)) != NULL;)
		if (a->task == task) {
			if (a->state == SG_APPROVAL_OPEN || a->state == SG_APPROVAL_GRANTED)
				state->open_approvals--;
			sg_approval_free(sg_table_take(&state->approvals, sg_str(a->id)));
		}
}

/* An instance's taint outlives its tasks, so that closing and waiting does not wash it off; a day after its last task it is forgotten. */
static void
drop_instances(struct sg_state *state)
{
	size_t at = 0;
	for (struct sg_instance *i; (i = sg_table_next(&state->instances, &at)) != NULL;) {
		if (i->refs > 0 || state->now.wall_ms - i->seen_ms < INT64_C(86400000))
			continue;
		sg_table_take(&state->instances, sg_str(i->id));
		free_taint(&i->taint);
		free(i);
	}
}

/* A lease is forgotten a minute after its end, whatever became of its task: by then nothing it stood for can be alive. */
static void
drop_leases(struct sg_state *state)
{
	size_t at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&state->leases, &at)) != NULL;) {
		struct sg_deadline gone = {l->ends.wall_ms + 60000, l->ends.boot + 60 * SG_SEC};
		if (!sg_deadline_over(&gone, &state->now))
			continue;
		if (l->state < SG_LEASE_REVOKING)
			state->live_leases--;
		sg_lease_free(sg_table_take(&state->leases, sg_str(l->id)));
	}
}

size_t
sg_state_sweep(struct sg_state *state, int64_t keep_ms, size_t most)
{
	size_t at = 0, swept = 0;
	for (struct sg_task *t; swept < most && (t = sg_table_next(&state->tasks, &at)) != NULL;) {
		if (t->state < SG_TASK_CLOSED || state->now.wall_ms - t->ended_ms < keep_ms || has_live_lease(state, t))
			continue;
		drop_below(state, t);
		sg_table_take(&state->tasks, sg_str(t->id));
		t->instance->refs--;
		sg_task_free(state, t);
		swept++;
	}
	drop_leases(state);
	drop_instances(state);
	return swept;
}

void
sg_state_done(struct sg_state *state)
{
	size_t at = 0;
	for (struct sg_task *t; (t = sg_table_next(&state->tasks, &at)) != NULL;)
		sg_task_free(state, t);
	at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&state->leases, &at)) != NULL;)
		sg_lease_free(l);
	at = 0;
	for (struct sg_approval *a; (a = sg_table_next(&state->approvals, &at)) != NULL;)
		sg_approval_free(a);
	at = 0;
	for (struct sg_instance *i; (i = sg_table_next(&state->instances, &at)) != NULL;) {
		free_taint(&i->taint);
		free(i);
	}
	at = 0;
	for (struct sg_history *h; (h = sg_table_next(&state->histories, &at)) != NULL;) {
		for (size_t i = 0; i < SG_HISTORY_MAX; i++)
			free(h->events[i].action);
		free(h->agent);
		free(h);
	}
	at = 0;
	for (char *k; (k = sg_table_next(&state->killed, &at)) != NULL;)
		free(k);
	struct sg_table *tables[] = {&state->tasks,	&state->instances, &state->leases,   &state->approvals,
				     &state->histories, &state->killed,	   &state->decisions};
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		sg_table_done(tables[i]);
}
