/* SPDX-License-Identifier: Apache-2.0
 * What ends tasks, and all that hangs on them, in the fold: at once, or a slice in each leaf. */
#include "gate/state/ending.h"
#include "gate/state/fold_in.h"
#include "gate/state/hearers.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
end_task(struct sg_fold *f, struct sg_task *t, enum sg_task_state to)
{
	t->state = to == SG_TASK_CLOSED && t->leases > 0 ? SG_TASK_CLOSING : to;
	t->ended_ms = f->at_ms;
	sg_task_hears_no_more(t, f->at_ms);
	sg_task_counts(t);
	sg_task_ends_in(t);
	t->instance->tasks--;
	sg_domain_ended(t->domain, f->steady_ms);
	f->state->open_tasks--;
	if (t->parent != NULL)
		t->parent->children--;
	sg_task_merge(t);
}

/* ---- at once ---- */

static void
end_leases(struct sg_state *state, const struct sg_ending *ending)
{
	size_t at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&state->leases, &at)) != NULL;)
		if (sg_ending_takes(ending, l->task))
			sg_fold_end_lease(state, l, SG_LEASE_REVOKING);
}

static void
end_approvals(struct sg_state *state, const struct sg_ending *ending)
{
	size_t at = 0;
	for (struct sg_approval *a; (a = sg_table_next(&state->approvals, &at)) != NULL;)
		if (sg_ending_takes(ending, a->task))
			sg_fold_end_approval(state, a, SG_APPROVAL_VOID);
}

static void
end_all(struct sg_fold *f, const struct sg_ending *ending)
{
	size_t at = 0;
	end_leases(f->state, ending);
	end_approvals(f->state, ending);
	for (struct sg_task *t; (t = sg_table_next(&f->state->tasks, &at)) != NULL;)
		if (t->state <= SG_TASK_FROZEN && sg_ending_takes(ending, t))
			end_task(f, t, ending->to);
}

/* ---- in slices ---- */

/* From now on all that it takes stands still. */
static void
begin(struct sg_fold *f, const char *key, enum sg_task_state to)
{
	struct sg_ending *ending = sg_state_ending(f->state, key);
	if (ending != NULL) {
		ending->to = to > ending->to ? to : ending->to;
		return;
	}
	if ((ending = calloc(1, sizeof(*ending))) == NULL) {
		f->missing = "memory";
		return;
	}
	snprintf(ending->key, sizeof(ending->key), "%s", key);
	ending->to = to;
	ending->number = f->number;
	ending->by_operator = f->state->by_operator;
	sg_fold_put(f, &f->state->endings, ending->key, ending);
}

void
sg_fold_ends(struct sg_fold *f, const char *key, enum sg_task_state to)
{
	struct sg_ending ending = {.to = to};
	if (sg_fold_flag_or(f, "sliced", false)) {
		begin(f, key, to);
		return;
	}
	snprintf(ending.key, sizeof(ending.key), "%s", key);
	end_all(f, &ending);
}

/* Names of what is not there any more mean nothing: it was lost with its leaf. */
static void
take_slice(struct sg_fold *f, const struct sg_ending *ending)
{
	struct sg_state *state = f->state;
	struct sg_str id = {NULL, 0};
	for (const struct sg_json *e = sg_json_first(sg_fold_get(f, "leases")); e != NULL; e = sg_json_next(sg_fold_get(f, "leases"), e)) {
		struct sg_lease *lease = sg_json_string(e, &id) ? sg_state_lease(state, id) : NULL;
		if (lease != NULL)
			sg_fold_end_lease(state, lease, SG_LEASE_REVOKING);
	}
	for (const struct sg_json *e = sg_json_first(sg_fold_get(f, "approvals")); e != NULL; e = sg_json_next(sg_fold_get(f, "approvals"), e)) {
		struct sg_approval *approval = sg_json_string(e, &id) ? sg_state_approval(state, id) : NULL;
		if (approval != NULL)
			sg_fold_end_approval(state, approval, SG_APPROVAL_VOID);
	}
	for (const struct sg_json *e = sg_json_first(sg_fold_get(f, "tasks")); e != NULL; e = sg_json_next(sg_fold_get(f, "tasks"), e)) {
		struct sg_task *task = sg_json_string(e, &id) ? sg_state_task(state, id) : NULL;
		if (task != NULL && task->state <= SG_TASK_FROZEN)
			end_task(f, task, ending->to);
	}
}

void
sg_fold_kind_ended(struct sg_fold *f)
{
	struct sg_str key = sg_fold_text(f, "of");
	struct sg_ending *ending = sg_table_get(&f->state->endings, key);
	f->state->by_operator = ending->by_operator;
	take_slice(f, ending);
	if (sg_fold_flag(f, "over"))
		free(sg_table_take(&f->state->endings, key));
}

const char *
sg_fold_asks_ending(const struct sg_fold *f)
{
	return sg_table_get(&f->state->endings, sg_fold_text_or(f, "of")) == NULL ? "ending" : NULL;
}

/* ---- a task and all below it ---- */

/* What hangs on this task alone. */
static void
end_held(struct sg_state *state, const struct sg_task *task)
{
	for (struct sg_lease *l = task->its_leases; l != NULL; l = l->next)
		sg_fold_end_lease(state, l, SG_LEASE_REVOKING);
	for (struct sg_approval *a = task->its_approvals; a != NULL; a = a->next)
		sg_fold_end_approval(state, a, SG_APPROVAL_VOID);
}

/* With a look at what is open of its own tree alone. */
static void
end_tree(struct sg_fold *f, struct sg_task *task)
{
	struct sg_task *next;
	if (task->open_below == 0) {
		end_held(f->state, task);
		if (task->state <= SG_TASK_FROZEN)
			end_task(f, task, SG_TASK_CLOSED);
		return;
	}
	for (struct sg_task *t = NULL; (t = sg_tree_open(task->root, t)) != NULL;)
		if (sg_task_is_below(t, task))
			end_held(f->state, t);
	for (struct sg_task *t = sg_tree_open(task->root, NULL); t != NULL; t = next) {
		next = sg_tree_open(task->root, t);
		if (sg_task_is_below(t, task))
			end_task(f, t, SG_TASK_CLOSED);
	}
}

void
sg_fold_end_tree(struct sg_fold *f, struct sg_task *task)
{
	char key[SG_ENDING_KEY];
	if (!sg_fold_flag_or(f, "sliced", false)) {
		end_tree(f, task);
		return;
	}
	sg_ending_of_task(key, task);
	begin(f, key, SG_TASK_CLOSED);
	if (f->missing == NULL && task->state <= SG_TASK_FROZEN)
		end_task(f, task, SG_TASK_CLOSED);
}
