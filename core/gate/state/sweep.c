/* SPDX-License-Identifier: Apache-2.0
 * Forgetting: what ended long ago leaves memory, not the journal. */
#include "gate/state/enrolment.h"
#include "gate/state/history.h"
#include "gate/state/ending.h"
#include "gate/state/fold_in.h"
#include "gate/state/fold_memory.h"

#include "base/str.h"
#include "gate/state/grant.h"
#include "gate/state/hearers.h"
#include "gate/state/issued.h"
#include "gate/state/values.h"

#include <stdlib.h>

void
sg_lease_free(struct sg_lease *lease)
{
	if (lease == NULL)
		return;
	sg_lease_ends_in(lease);
	sg_lease_is_gone(lease);
	free(lease->issuer);
	free(lease->audience);
	free(lease->agent);
	free(lease->failed);
	free(lease);
}

void
sg_approval_free(struct sg_approval *approval)
{
	if (approval == NULL)
		return;
	sg_approval_ends_in(approval);
	free(approval->agent);
	free(approval->owner);
	free(approval->opener);
	free(approval->say);
	free(approval->refusal);
	for (size_t i = 0; i < approval->proof_count; i++) {
		free(approval->proofs[i].device);
		free(approval->proofs[i].comment);
	}
	free(approval->asker);
	free(approval->reasons);
	free(approval->action);
	free(approval);
}

static void
free_tree(struct sg_tree *tree)
{
	if (tree == NULL)
		return;
	sg_history_free(&tree->history);
	sg_values_free(&tree->values);
	sg_mask_free(&tree->mask);
	sg_duties_free(&tree->duties);
	free(tree->plan.steps);
	for (size_t i = 0; i < tree->quarantine_count; i++)
		free(tree->quarantine[i].action);
	free(tree->quarantine);
	free(tree);
}

static void
free_attempts(struct sg_state *state, struct sg_task *task)
{
	size_t at = 0;
	for (struct sg_attempt *a; (a = sg_table_next(&task->attempts, &at)) != NULL;) {
		if (sg_table_get(&state->decisions, sg_str(a->decision)) == a)
			sg_table_take(&state->decisions, sg_str(a->decision));
		sg_fold_await_no_more(state, a);
		sg_reading_end(state, a);
		free(a->charges);
		sg_taint_free(&a->labels);
		free(a);
	}
	sg_table_done(&task->attempts);
	sg_unsure_free(task);
}

void
sg_task_free(struct sg_state *state, struct sg_task *task)
{
	if (task == NULL)
		return;
	sg_task_is_forgotten(task);
	sg_ring_leave(&task->soaks);
	sg_ring_leave(&task->of_splits);
	for (struct sg_ring *split; (split = sg_ring_first(&task->splits)) != NULL;) /* as those below */
		sg_ring_leave(split);
	for (struct sg_ring *below; (below = sg_ring_first(&task->open)) != NULL;) /* at the end of all: those go after it */
		sg_ring_leave(below);
	free_attempts(state, task);
	sg_taint_free(&task->taint);
	sg_task_grant_free(state, task->grant);
	sg_hearers_free(task->hearers);
	free_tree(task->tree);
	free(task->opened_below);
	free(task);
}

static bool
needs_issuer(const struct sg_lease *lease)
{
	return lease->confirm && lease->state != SG_LEASE_DEAD;
}

static bool
has_live_lease(const struct sg_state *state, const struct sg_task *task)
{
	for (const struct sg_lease *l = task->its_leases; l != NULL; l = l->next)
		if (needs_issuer(l) || !sg_deadline_passed(&l->ends, &state->now))
			return true;
	return false;
}

static void
drop_below(struct sg_state *state, struct sg_task *task)
{
	for (struct sg_lease *l; (l = task->its_leases) != NULL;) {
		if (l->state < SG_LEASE_REVOKING)
			state->live_leases--;
		sg_lease_leave(l);
		sg_lease_free(sg_table_take(&state->leases, sg_str(l->id)));
	}
	for (struct sg_approval *a; (a = task->its_approvals) != NULL;) {
		if (a->state == SG_APPROVAL_OPEN || a->state == SG_APPROVAL_GRANTED)
			state->open_approvals--;
		task->its_approvals = a->next;
		sg_approval_free(sg_table_take(&state->approvals, sg_str(a->id)));
	}
}

/* An hour after its last task was opened an instance without any is forgotten: whoever starts processes without end leaves no more than those of an hour. */
bool
sg_sweep_instance(struct sg_state *state, struct sg_instance *i)
{
	if (i->refs > 0 || sg_state_steady(state) - i->seen_ms < INT64_C(3600000))
		return false;
	sg_table_take(&state->instances, sg_str(i->id));
	sg_taint_free(&i->taint);
	free(i->group);
	free(i);
	return true;
}

/* What a domain carries outlives its tasks, so that closing and waiting does not wash it off; one that carries nothing is forgotten with them. */
bool
sg_sweep_domain(struct sg_state *state, struct sg_domain *d)
{
	if (d->refs > 0 || sg_domain_carries(d))
		return false;
	sg_domain_free(state, sg_table_take(&state->domains, sg_str(d->id)));
	return true;
}

/* A lease is forgotten a minute after its end, whatever became of its task: by then nothing it stood for can be alive. One that must be confirmed waits
 * for that. */
bool
sg_sweep_lease(struct sg_state *state, struct sg_lease *l)
{
	struct sg_deadline gone = {l->ends.wall_ms + 60000, l->ends.boot + 60 * SG_SEC};
	if (needs_issuer(l) || !sg_deadline_passed(&gone, &state->now))
		return false;
	sg_fold_end_lease(state, l, SG_LEASE_DEAD);
	sg_lease_leave(l);
	sg_lease_free(sg_table_take(&state->leases, sg_str(l->id)));
	return true;
}

static void
forget(struct sg_state *state, struct sg_task *task)
{
	drop_below(state, task);
	sg_table_take(&state->tasks, sg_str(task->id));
	task->instance->refs--;
	sg_domain_leave(task, sg_state_steady(state));
	sg_task_leave_tree(task);
	if (task->parent != NULL)
		task->parent->kept--;
	sg_task_free(state, task);
}

void
sg_state_forget(struct sg_state *state, struct sg_task *task)
{
	while (task->kept > 0) /* those without any below them first: as many rounds as the tree is deep */
		for (struct sg_task *t = task->tree_next, *next; t != task; t = next) {
			next = t->tree_next;
			if (t->kept == 0 && sg_task_is_below(t, task))
				forget(state, t);
		}
	forget(state, task);
}

bool
sg_sweep_task(struct sg_state *state, struct sg_task *t, int64_t keep_ms)
{
	if (t->state < SG_TASK_CLOSING || t->kept > 0 || t->owed > 0 || sg_task_still_writes(t, state->now.wall_ms) || state->now.wall_ms - t->ended_ms < keep_ms || (t->leases_kept > 0 && has_live_lease(state, t)))
		return false;
	forget(state, t);
	return true;
}

static size_t
sweep_once(struct sg_state *state, int64_t keep_ms)
{
	size_t at = 0, swept = 0;
	for (struct sg_task *t; (t = sg_table_next(&state->tasks, &at)) != NULL;)
		swept += sg_sweep_task(state, t, keep_ms);
	at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&state->leases, &at)) != NULL;)
		sg_sweep_lease(state, l);
	at = 0;
	for (struct sg_instance *i; (i = sg_table_next(&state->instances, &at)) != NULL;)
		sg_sweep_instance(state, i);
	at = 0;
	for (struct sg_domain *d; (d = sg_table_next(&state->domains, &at)) != NULL;)
		sg_sweep_domain(state, d);
	return swept;
}

void
sg_state_sweep(struct sg_state *state, int64_t keep_ms)
{
	while (sweep_once(state, keep_ms) > 0) {
	}
}

void
sg_state_done(struct sg_state *state)
{
	size_t at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&state->leases, &at)) != NULL;)
		sg_lease_free(l);
	at = 0;
	for (struct sg_approval *a; (a = sg_table_next(&state->approvals, &at)) != NULL;)
		sg_approval_free(a);
	at = 0;
	for (struct sg_task *t; (t = sg_table_next(&state->tasks, &at)) != NULL;)
		sg_task_free(state, t);
	sg_holders_free(state);
	sg_issued_free(state);
	free(state->soaks);
	state->soaks = NULL;
	at = 0;
	for (struct sg_instance *i; (i = sg_table_next(&state->instances, &at)) != NULL;) {
		sg_taint_free(&i->taint);
		free(i->group);
		free(i);
	}
	at = 0;
	for (struct sg_domain *d; (d = sg_table_next(&state->domains, &at)) != NULL;)
		sg_domain_free(state, d);
	at = 0;
	for (struct sg_history *h; (h = sg_table_next(&state->histories, &at)) != NULL;) {
		sg_history_free(h);
		free(h->agent);
		free(h);
	}
	at = 0;
	for (struct sg_ending *e; (e = sg_table_next(&state->endings, &at)) != NULL;)
		free(e);
	at = 0;
	for (char *k; (k = sg_table_next(&state->killed, &at)) != NULL;)
		free(k);
	at = 0;
	for (struct sg_account *a; (a = sg_table_next(&state->accounts, &at)) != NULL;) {
		free(a->key);
		free(a);
	}
	at = 0;
	for (struct sg_memory *m; (m = sg_table_next(&state->memories, &at)) != NULL;) {
		sg_memory_ends(state, m);
	}
	at = 0;
	for (struct sg_agent_life *l; (l = sg_table_next(&state->agents, &at)) != NULL;) {
		free(l->name);
		free(l);
	}
	at = 0;
	for (struct sg_human_life *l; (l = sg_table_next(&state->humans, &at)) != NULL;) {
		free(l->id);
		free(l);
	}
	at = 0;
	for (struct sg_enrolment *e; (e = sg_table_next(&state->enrolments, &at)) != NULL;)
		sg_enrolment_free(e);
	at = 0;
	for (char *w; (w = sg_table_next(&state->words, &at)) != NULL;)
		free(w);
	struct sg_table *tables[] = {&state->tasks, &state->domains, &state->users, &state->instances, &state->leases, &state->approvals, &state->histories, &state->killed, &state->endings,
				     &state->decisions, &state->subjects, &state->words, &state->grants, &state->accounts, &state->memories, &state->readings, &state->writers, &state->sessions, &state->holders, &state->issued, &state->agents, &state->humans, &state->enrolments};
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		sg_table_done(tables[i]);
}
