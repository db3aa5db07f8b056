/* SPDX-License-Identifier: Apache-2.0
 * What an action's arguments carry into its result: the labels of where each came from. Of one that nobody can place, or that the agent itself declared, it
 * is all that task and domain have read: it may have come from there, in pieces or in another form. So it is where there are several: whoever has read
 * chose and ordered them, and a tool that joins them makes of clean pieces what was read. */
#include "gate/fold_in.h"
#include "gate/request.h"
#include "gate/values.h"

#include <string.h>

struct carrying {
	const struct sg_state *state;
	const struct sg_task *task;
	struct sg_taint labels;
	struct sg_value_look look;
	size_t count;
	bool unknown; /* they may say anything that was read */
};

static void
look(struct carrying *c, const struct sg_json *value)
{
	bool part = false;
	const struct sg_origin *origin = sg_value_look_take(&c->look, value) ? sg_value_origin(c->state, c->task, value, &c->look, &part) : NULL;
	c->unknown |= origin == NULL || strcmp(origin->where, "unknown") == 0 || strcmp(origin->where, "self") == 0 || part || ++c->count > 1;
	if (origin != NULL && !sg_taint_join(&c->labels, &origin->taint))
		c->unknown = true;
}

static void
walk(struct carrying *c, const struct sg_json *value, int depth)
{
	if (value->type == SG_JSON_STRING || value->type == SG_JSON_NUMBER)
		look(c, value);
	if (depth == SG_VALUE_DEPTH)
		c->unknown = true;
	if (value->type != SG_JSON_ARRAY && value->type != SG_JSON_OBJECT)
		return;
	for (const struct sg_json *v = sg_json_first(value); v != NULL && !c->unknown; v = sg_json_next(value, v))
		walk(c, v, depth + 1);
}

static void
write_labels(struct sg_json_writer *w, const struct sg_taint *labels)
{
	for (size_t i = 0; i < labels->count; i++)
		sg_jw_text(w, labels->labels[i]);
}

void
sg_write_carried(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	struct carrying c = {.state = &gate->state, .task = task, .look = SG_LOOK_AT_ARGUMENTS};
	bool clean = task == NULL || r->verdict != SG_ALLOW || r->effective_args == NULL || (task->taint.count == 0 && task->domain->taint.count == 0);
	sg_jw_array(w);
	if (!clean) {
		walk(&c, r->effective_args, 0);
		if (c.unknown && sg_taint_join(&c.labels, &task->taint))
			sg_taint_join(&c.labels, &task->domain->taint);
		write_labels(w, &c.labels);
	}
	sg_jw_end(w);
	sg_taint_free(&c.labels);
}
