/* SPDX-License-Identifier: Apache-2.0
 * Leaves about agents and their owners. */
#include "gate/state/fold_in.h"

#include "base/str.h"

#include <stdlib.h>

static struct sg_agent_life *
life_of(struct sg_fold *f)
{
	struct sg_agent_life *life = sg_state_agent(f->state, sg_fold_text(f, "agent"));
	if (life != NULL)
		return life;
	life = calloc(1, sizeof(*life));
	if (life == NULL || (life->name = sg_fold_keep(f, "agent")) == NULL) {
		free(life);
		f->missing = "memory";
		return NULL;
	}
	life->generation = 1;
	sg_fold_put(f, &f->state->agents, life->name, life);
	return life;
}

static bool
is_agents(const struct sg_task *task, const void *what)
{
	return sg_task_serves(task, *(const struct sg_str *)what);
}

static void
fall(struct sg_fold *f)
{
	struct sg_str agent = sg_fold_text(f, "agent");
	sg_fold_end_tasks(f, SG_TASK_CLOSED, is_agents, &agent);
}

void
sg_fold_kind_agent(struct sg_fold *f)
{
	struct sg_str event = sg_fold_text(f, "event");
	struct sg_agent_life *life = life_of(f);
	if (life == NULL)
		return;
	life->since_ms = f->at_ms;
	if (sg_str_is(event, "suspended") && life->state == SG_AGENT_active) {
		life->state = SG_AGENT_suspended;
		fall(f);
	} else if (sg_str_is(event, "resumed") && life->state == SG_AGENT_suspended) {
		life->state = SG_AGENT_active;
	} else if (sg_str_is(event, "retired")) {
		life->state = SG_AGENT_retired;
		fall(f);
	} else if (sg_str_is(event, "registered") && life->state == SG_AGENT_retired) {
		life->state = SG_AGENT_active;
		life->generation++;
		life->alone_ms = 0;
	} else if (sg_str_is(event, "owner_gone")) {
		life->alone_ms = f->at_ms;
		fall(f);
	} else if (sg_str_is(event, "owner_back")) {
		life->alone_ms = 0;
	}
}

static void
void_given(struct sg_fold *f, struct sg_str admin)
{
	size_t at = 0;
	for (struct sg_approval *a; admin.len > 0 && (a = sg_table_next(&f->state->approvals, &at)) != NULL;)
		for (size_t i = 0; i < a->proof_count; i++)
			if (sg_str_is(admin, a->proofs[i].human) && (a->state == SG_APPROVAL_OPEN || a->state == SG_APPROVAL_GRANTED))
				sg_fold_end_approval(f->state, a, SG_APPROVAL_VOID);
}

/* Somebody is let in by this stanza again: what was said of those who had it before speaks of them alone. */
static void
give_back(struct sg_state *state, struct sg_str admin)
{
	size_t at = 0;
	for (struct sg_human_life *l; (l = sg_table_next(&state->humans, &at)) != NULL;)
		if (sg_str_is(admin, l->admin))
			l->admin = "";
}

void
sg_fold_kind_human(struct sg_fold *f)
{
	struct sg_human_life *life = sg_state_human(f->state, sg_fold_text(f, "human"));
	if (life == NULL) {
		life = calloc(1, sizeof(*life));
		if (life == NULL || (life->id = sg_fold_keep(f, "human")) == NULL) {
			free(life);
			f->missing = "memory";
			return;
		}
		life->admin = "";
		sg_fold_put(f, &f->state->humans, life->id, life);
	}
	life->disabled = sg_fold_flag(f, "disabled");
	life->since_ms = f->at_ms;
	if (life->disabled)
		void_given(f, sg_fold_text_or(f, "admin"));
	else
		give_back(f->state, sg_fold_text_or(f, "admin"));
	if (sg_fold_text_or(f, "admin").len > 0) /* said again without the tie, it holds for the stanza that was theirs */
		life->admin = sg_fold_word(f, "admin");
}
