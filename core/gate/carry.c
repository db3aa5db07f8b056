/* SPDX-License-Identifier: Apache-2.0
 * What an action's arguments carry into its result: the labels of where each came from. Of one that nobody can place, or that the agent itself declared, it
 * is all that task and domain have read: it may have come from there, in pieces or in another form. So it is where there are several: whoever has read
 * chose and ordered them, and a tool that joins them makes of clean pieces what was read. */
#include "gate/fold_in.h"
#include "gate/request.h"
#include "gate/values.h"

#include "base/str.h"

#include <string.h>

enum { SHORT_NAME = 8 }; /* bytes of a resource's name that hold no account, host or address worth the trouble */

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

static bool
is_declared(const struct sg_action *action, struct sg_str name)
{
	for (size_t i = 0; i < action->argument_count; i++)
		if (sg_str_eq(action->arguments[i].name, name))
			return true;
	return false;
}

/* One text or number under a name of the catalogue's can be placed. Anything else, names and yes or no and the order of a list among it, says whatever
 * its writer likes. */
static void
look_through(struct carrying *c, const struct sg_action *action, const struct sg_json *args)
{
	for (const struct sg_json *v = sg_json_first(args); v != NULL && !c->unknown; v = sg_json_next(args, v)) {
		c->unknown = (v->type != SG_JSON_STRING && v->type != SG_JSON_NUMBER) || !is_declared(action, v->name);
		if (!c->unknown)
			look(c, v);
	}
}

/* What it is done to is named by the asker as well: a name that nobody has seen may be made of what was read, unless it is too short to hold it. One that
 * was seen stays what it was, should it come back. */
static void
look_at_resource(struct carrying *c, const struct sg_json *resource)
{
	const struct sg_json *id = sg_json_get(resource, "id"), *properties = sg_json_get(resource, "properties");
	struct sg_str text = {"", 0};
	if (sg_json_string(id, &text) && text.len <= SHORT_NAME)
		id = NULL;
	bool part = false, looked = id != NULL && sg_value_look_take(&c->look, id);
	c->unknown |= properties != NULL && properties->count > 0;
	c->unknown |= id != NULL && (!looked || sg_value_origin(c->state, c->task, id, &c->look, &part) == NULL);
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
		look_through(&c, r->action, r->effective_args);
		look_at_resource(&c, r->resource);
		if (c.unknown && sg_taint_join(&c.labels, &task->taint))
			sg_taint_join(&c.labels, &task->domain->taint);
		write_labels(w, &c.labels);
	}
	sg_jw_end(w);
	sg_taint_free(&c.labels);
}
