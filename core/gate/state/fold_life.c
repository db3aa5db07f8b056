/* SPDX-License-Identifier: Apache-2.0
 * Leaves about agents and their owners. */
#include "gate/state/ending.h"
#include "gate/state/fold_in.h"
#include "gate/state/history.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

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

static void
fall(struct sg_fold *f)
{
	char key[SG_ENDING_KEY];
	sg_ending_of_agent(key, sg_fold_text(f, "agent"));
	sg_fold_ends(f, key, SG_TASK_CLOSED);
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
		struct sg_history *past = sg_table_get(&f->state->histories, sg_fold_text(f, "agent"));
		if (past != NULL)
			sg_history_disown(past);
	} else if (sg_str_is(event, "owner_gone")) {
		life->alone_ms = f->at_ms;
		fall(f);
	} else if (sg_str_is(event, "owner_back")) {
		life->alone_ms = 0;
	}
}

/* Of a person, or of whoever has a stanza of the admins ("admin:NAME"). */
static void
say_of(struct sg_fold *f, struct sg_str id, bool disabled)
{
	struct sg_human_life *life = sg_state_human(f->state, id);
	if (life == NULL) {
		life = calloc(1, sizeof(*life));
		if (life == NULL || (life->id = strndup(id.ptr, id.len)) == NULL) {
			free(life);
			f->missing = "memory";
			return;
		}
		sg_fold_put(f, &f->state->humans, life->id, life);
	}
	life->disabled = disabled;
	life->since_ms = f->at_ms;
	life->gone_ms = disabled ? f->at_ms : life->gone_ms;
}

/* The stanza that was theirs is named by itself: whatever becomes of the tie between the two, who disables takes both, and who lets somebody in by it gives it back. */
void
sg_fold_kind_human(struct sg_fold *f)
{
	char admin[SG_ADMIN_LIFE];
	bool disabled = sg_fold_flag(f, "disabled");
	struct sg_str name = sg_fold_text_or(f, "admin");
	say_of(f, sg_fold_text(f, "human"), disabled);
	if (name.len > 0)
		say_of(f, sg_state_admin_life(name, admin), disabled);
}
