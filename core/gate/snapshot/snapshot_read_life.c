/* SPDX-License-Identifier: Apache-2.0
 * Lines of a snapshot about agents and people, and about what stops them. */
#include "gate/snapshot/snapshot_in.h"
#include "gate/state/ending.h"

#include "base/str.h"

#include <stdlib.h>

void
sg_read_agent_line(struct sg_fold *f)
{
	struct sg_agent_life *l = sg_take_fresh(f, sizeof(*l));
	if (l == NULL)
		return;
	l->name = sg_fold_keep(f, "name");
	l->alone_ms = sg_fold_int(f, "alone");
	l->generation = sg_fold_int(f, "generation");
	l->since_ms = sg_fold_int(f, "since");
	l->state = (enum sg_agent_state)sg_fold_int(f, "state");
	if (l->state < SG_AGENT_active || l->state > SG_AGENT_retired)
		f->missing = "state";
	sg_take_place(f, &f->state->agents, l->name, l, sg_end_agent);
}

void
sg_read_human_line(struct sg_fold *f)
{
	struct sg_human_life *l = sg_take_fresh(f, sizeof(*l));
	if (l == NULL)
		return;
	l->id = sg_fold_keep(f, "id");
	l->disabled = sg_fold_flag(f, "disabled");
	l->since_ms = sg_fold_int(f, "since");
	l->gone_ms = sg_fold_int_or(f, "gone", l->disabled ? l->since_ms : 0);
	sg_take_place(f, &f->state->humans, l->id, l, sg_end_human);
}

void
sg_read_killed_line(struct sg_fold *f)
{
	char *name = sg_fold_keep(f, "agent");
	if (name != NULL)
		sg_take_place(f, &f->state->killed, name, name, free);
}

void
sg_read_ending_line(struct sg_fold *f)
{
	struct sg_ending *e = sg_take_fresh(f, sizeof(*e));
	if (e == NULL)
		return;
	sg_fold_id(f, "of", e->key, sizeof(e->key));
	e->to = sg_fold_int(f, "to") == SG_TASK_KILLED ? SG_TASK_KILLED : SG_TASK_CLOSED;
	sg_take_place(f, &f->state->endings, e->key, e, free);
}

void
sg_read_cut_line(struct sg_fold *f)
{
	struct sg_cut *cut = &f->state->cut;
	cut->at_ms = sg_fold_int(f, "at");
	cut->last = (uint64_t)sg_fold_int(f, "last");
	cut->leaf = (uint64_t)sg_fold_int(f, "leaf");
	cut->segment = (uint64_t)sg_fold_int(f, "segment");
	if (!sg_unhex(cut->chain, sizeof(cut->chain), sg_fold_text(f, "chain")) || cut->segment == 0)
		f->missing = "cut";
}
