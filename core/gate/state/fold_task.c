/* SPDX-License-Identifier: Apache-2.0
 * Leaves about tasks: opened, handed on, claimed, ended, frozen. */
#include "gate/state/ending.h"
#include "gate/state/fold_in.h"

#include "base/str.h"
#include "gate/state/grant.h"
#include "gate/state/values.h"
#include "gate/state/split.h"
#include "gate/state/hearers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sg_instance *
instance_of(struct sg_fold *f)
{
	struct sg_str id = sg_fold_text(f, "instance");
	struct sg_instance *instance = sg_table_get(&f->state->instances, id);
	if (instance != NULL)
		return instance;
	instance = calloc(1, sizeof(*instance));
	if (instance == NULL) {
		f->missing = "memory";
		return NULL;
	}
	sg_fold_id(f, "instance", instance->id, sizeof(instance->id));
	sg_fold_put(f, &f->state->instances, instance->id, instance);
	return instance;
}

struct sg_shown *
sg_instance_shown_as(struct sg_instance *instance, struct sg_str agent)
{
	uint64_t tag = sg_person_tag(agent);
	for (size_t i = 0; i < SG_SHOWN; i++)
		if (instance->shown[i].rests_on != 0 && instance->shown[i].agent == tag)
			return &instance->shown[i];
	return NULL;
}

/* What it showed itself to be, and how surely; in leaves of before, and where somebody else asks, nothing. */
static void
note_shown(struct sg_fold *f, struct sg_instance *instance, struct sg_str agent)
{
	struct sg_str digest = sg_fold_text_or(f, "rests_on");
	struct sg_shown *row = sg_instance_shown_as(instance, agent);
	if (digest.len == 0)
		return;
	if (row == NULL)
		row = &instance->shown[instance->shown_next++ % SG_SHOWN];
	*row = (struct sg_shown){sg_person_tag(agent), sg_value_unhex(digest), sg_strength_named(sg_fold_text_or(f, "strength"))};
}

void
sg_fold_kind_shown(struct sg_fold *f)
{
	struct sg_instance *instance = sg_table_get(&f->state->instances, sg_fold_text(f, "instance"));
	if (instance != NULL) /* forgotten meanwhile: nothing acts in its name */
		note_shown(f, instance, sg_fold_text(f, "agent"));
}

/* A clean new task in a poisoned domain, or below a poisoned task, starts tainted, and poisons the domain that takes it. In a frozen domain it starts frozen. */
static void
hold(struct sg_fold *f, struct sg_task *task, struct sg_instance *instance, struct sg_domain *domain)
{
	task->instance = instance;
	sg_domain_enter(domain, task);
	if (!sg_task_stands_in(f->state, task) || !sg_task_is_heard(task))
		f->missing = "memory";
	instance->tasks++;
	instance->refs++;
	instance->seen_ms = f->steady_ms;
	instance->uid = sg_fold_int(f, "uid");
	instance->pid = sg_fold_int_or(f, "pid", 0);
	instance->start_time = sg_fold_int_or(f, "start", 0);
	note_shown(f, instance, sg_str(task->agent));
	task->seen = sg_fold_text_or(f, "rests_on").len > 0;
	struct sg_str group = sg_fold_text_or(f, "group");
	free(instance->group);
	if ((instance->group = strndup(group.len == 0 ? "" : group.ptr, group.len)) == NULL)
		f->missing = "memory";
	sg_fold_kept_meet(f, task);
	sg_taint_soak(f, task, &domain->taint, SG_NOW_ALONE);
	sg_taint_soak(f, task, &task->taint, SG_NOW_ALONE);
	if (domain->frozen && task->state == SG_TASK_OPEN) {
		task->state = SG_TASK_FROZEN;
		task->by_domain = true;
	}
	sg_task_counts(task);
}

/* Who had which role is asked for as long as the tree goes on; the part itself is forgotten as any. */
void
sg_fold_duty(struct sg_fold *f, const struct sg_task *task)
{
	struct sg_tree *tree = task->role[0] == '\0' || !task->claimed ? NULL : sg_task_tree(task->root);
	if (task->role[0] == '\0' || !task->claimed)
		return;
	if (tree == NULL || !sg_duties_note(&tree->duties, task->agent, task->role, task->instance->uid, task->instance->id))
		f->missing = "memory";
}

static void
let_go(struct sg_fold *f, struct sg_task *task)
{
	sg_task_hears_no_more(task, f->at_ms);
	sg_task_ends_in(task);
	sg_domain_leave(task, f->steady_ms);
	task->instance->tasks--;
	task->instance->refs--;
}

static void
read_limits(struct sg_fold *f, struct sg_task *task)
{
	const struct sg_json *limits = sg_fold_get(f, "limits");
	for (int d = 0; d < SG_DIMENSIONS; d++) {
		task->limit[d] = -1;
		sg_json_int(sg_json_get(limits, sg_dimension_name((enum sg_dimension)d)), &task->limit[d]);
	}
}

static void
below(struct sg_fold *f, struct sg_task *task)
{
	struct sg_str id = sg_fold_text_or(f, "parent");
	task->root = task;
	if (id.len == 0)
		return;
	struct sg_task *parent = sg_state_task(f->state, id);
	task->parent = parent;
	task->root = parent->root;
	task->depth = parent->depth + 1;
	task->grant = sg_task_grant_read(f->state, sg_fold_get(f, "grant"));
	if (task->grant == NULL || !sg_taint_join(&task->taint, &parent->taint))
		f->missing = "grant";
}

static void
link_up(struct sg_fold *f, struct sg_task *task)
{
	struct sg_task *parent = task->parent;
	if (parent == NULL)
		return;
	parent->children++;
	parent->kept++;
	sg_task_lend(task);
	if (parent->opened_below == NULL)
		parent->opened_below = calloc(1, sizeof(*parent->opened_below));
	if (parent->opened_below == NULL)
		f->missing = "memory";
	else
		sg_burst_note(parent->opened_below, f->steady_ms);
}

static struct sg_task *
read_task(struct sg_fold *f)
{
	struct sg_task *task = calloc(1, sizeof(*task));
	if (task == NULL) {
		f->missing = "memory";
		return NULL;
	}
	sg_fold_id(f, "task", task->id, sizeof(task->id));
	task->agent = sg_fold_word(f, "agent");
	task->intent = sg_fold_word(f, "intent");
	task->environment = sg_fold_word(f, "environment");
	task->opener = sg_fold_word(f, "opener");
	task->opener_uid = sg_fold_int_or(f, "opener_uid", -1);
	task->enforcer = sg_fold_word(f, "enforcer");
	task->role = sg_fold_word(f, "role");
	task->on_behalf = sg_fold_word(f, "on_behalf");
	task->asserted = sg_fold_flag(f, "asserted");
	task->claimed = sg_fold_flag_or(f, "claimed", true);
	task->opened_ms = f->at_ms;
	task->idle_ms = sg_fold_int_or(f, "idle", 0);
	task->ends = sg_fold_deadline(f, "ends");
	task->generation = 1;
	read_limits(f, task);
	struct sg_str asked = sg_fold_text_or(f, "asked");
	snprintf(task->asked, sizeof(task->asked), "%.*s", SG_STR_ARG(asked));
	sg_table_init(&task->attempts, f->state->tasks.seed);
	below(f, task);
	return task;
}

/* Whose word the inputs are. What a person or an enforcer says is the task's. An agent's own word is its own, and a parent's is another party's, as long as
 * nothing from outside had reached task and domain; afterwards it may come from there. */
static const char *
who_said(const struct sg_task *task)
{
	bool clean = task->taint.count == 0;
	if (task->parent == NULL && !sg_task_self_opened(task))
		return "task";
	bool handed = task->parent != NULL && strcmp(task->parent->agent, task->agent) != 0; /* who hands a task to itself is no other party */
	return !clean ? "unknown" : handed ? "task" : "self";
}

void
sg_fold_kind_task(struct sg_fold *f)
{
	struct sg_task *before = sg_state_task(f->state, sg_fold_text(f, "task")), *task = read_task(f);
	if (f->missing != NULL) { /* a grant that says nothing, or memory: nothing else was touched */
		sg_task_free(f->state, task);
		return;
	}
	if (before != NULL) /* who wrote this had forgotten the one of that name; who reads it again has not */
		sg_state_forget(f->state, before);
	struct sg_instance *instance = instance_of(f);
	struct sg_domain *domain = sg_fold_domain_named(f);
	if (instance == NULL || domain == NULL) {
		sg_task_free(f->state, task);
		return;
	}
	sg_fold_put(f, &f->state->tasks, task->id, task);
	link_up(f, task);
	f->state->open_tasks++;
	sg_task_join_tree(task);
	sg_task_asks(task, f->at_ms, f->state->now.boot);
	hold(f, task, instance, domain);
	sg_fold_duty(f, task);
	uint64_t sayer = task->parent != NULL ? sg_person_tag(sg_str(task->parent->agent)) : 0;
	sg_fold_values_of(f, task, sg_fold_get(f, "inputs"), who_said(task), sayer, &task->taint);
}

void
sg_fold_kind_claim(struct sg_fold *f)
{
	struct sg_task *task = sg_fold_task_of(f);
	struct sg_instance *instance = task == NULL ? NULL : instance_of(f);
	struct sg_domain *domain = task == NULL ? NULL : sg_fold_domain_named(f);
	if (task == NULL || instance == NULL || domain == NULL)
		return;
	struct sg_instance *nobody = task->instance;
	let_go(f, task);
	task->claimed = true;
	hold(f, task, instance, domain);
	if (nobody->refs == 0 && nobody != instance) { /* it stood in for whoever would come */
		sg_table_take(&f->state->instances, sg_str(nobody->id));
		sg_taint_free(&nobody->taint);
		free(nobody->group);
		free(nobody);
	}
	task->generation = sg_fold_int_or(f, "generation", task->generation); /* whoever handed it on has the token that it had */
	sg_fold_duty(f, task);
	if (!sg_task_stands_in(f->state, task)) /* it is another agent's now */
		f->missing = "memory";
	task->asserted = sg_fold_flag_or(f, "asserted", false);
}

/* ---- the end ---- */

void
sg_fold_kind_task_end(struct sg_fold *f)
{
	struct sg_task *task = sg_fold_task_of(f);
	struct sg_str how = sg_fold_text(f, "how");
	if (task == NULL)
		return;
	if (sg_str_is(how, "frozen")) {
		if (sg_task_may_become(task->state, SG_TASK_FROZEN))
			task->state = SG_TASK_FROZEN;
		task->by_domain = false;
		sg_task_counts(task);
	} else if (sg_str_is(how, "thawed")) {
		bool alone = sg_fold_flag_or(f, "alone", false); /* those above it were looked at by nobody; leaves of before meant them, too */
		for (struct sg_task *t = task; t != NULL; t = alone ? NULL : t->parent) /* what a domain stopped, the domain lets go */
			if (!t->domain->frozen && sg_task_may_become(t->state, SG_TASK_OPEN)) {
				t->state = SG_TASK_OPEN;
				t->by_domain = false;
				sg_task_counts(t);
			}
		sg_state_stirs(f->state);
		sg_task_no_split(task);
		if (task->root->tree != NULL)
			task->root->tree->denials.next = task->root->tree->step_ups.next = task->root->tree->kills.next = 0;
		if (task->opened_below != NULL)
			*task->opened_below = (struct sg_burst){.second = 0};
	} else {
		sg_fold_end_tree(f, task);
	}
}

void
sg_fold_kind_kill(struct sg_fold *f)
{
	char key[SG_ENDING_KEY];
	struct sg_str agent = sg_fold_text(f, "agent");
	bool all = sg_fold_flag(f, "all"), lift = sg_fold_flag(f, "lift");
	if (lift) {
		if (all)
			f->state->killed_all = false;
		else
			free(sg_table_take(&f->state->killed, agent));
		return;
	}
	if (all) {
		f->state->killed_all = true;
		sg_fold_ends(f, "all", SG_TASK_KILLED);
		return;
	}
	if (sg_table_get(&f->state->killed, agent) == NULL) {
		char *name = sg_fold_keep(f, "agent");
		if (name != NULL)
			sg_fold_put(f, &f->state->killed, name, name);
	}
	sg_ending_of_agent(key, agent);
	sg_fold_ends(f, key, SG_TASK_KILLED);
}
