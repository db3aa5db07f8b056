/* SPDX-License-Identifier: Apache-2.0
 * What an action's arguments carry into its result: the labels of where each came from. Of one that nobody can place, or that the agent itself declared, it
 * is all that task and domain have read: it may have come from there, in pieces or in another form. So it is where there are several: whoever has read
 * chose and ordered them, and a tool that joins them makes of clean pieces what was read. */
#include "gate/state/labels.h"
#include "gate/decide/decide.h"
#include "gate/state/named.h"

#include "base/str.h"

#include <string.h>

struct carrying {
	const struct sg_state *state;
	const struct sg_task *task;
	const struct sg_taint *labels; /* of what was placed and has some; NULL: nothing has */
	struct sg_value_look look;
	size_t count;
	bool unknown; /* they may say anything that was read */
};

/* Somebody else than its agent has said where it is from, for all of it. */
static bool
is_placed(const struct sg_origin *origin, bool part)
{
	return origin != NULL && !part && strcmp(origin->where, "unknown") != 0 && strcmp(origin->where, "self") != 0;
}

static void
look(struct carrying *c, const struct sg_json *value, enum sg_form form)
{
	bool part = false;
	const struct sg_origin *origin = sg_value_look_take(&c->look, value) ? sg_value_origin(c->state, c->task, value, form, &c->look, &part) : NULL;
	bool labelled = origin != NULL && origin->taint.count > 0;
	c->unknown |= !is_placed(origin, part) || (labelled && c->labels != NULL);
	if (labelled)
		c->labels = &origin->taint;
}

/* NULL: the catalogue has no such argument. */
static const struct sg_argument *
declared(const struct sg_action *action, struct sg_str name)
{
	for (size_t i = 0; i < action->argument_count; i++)
		if (sg_str_eq(action->arguments[i].name, name))
			return &action->arguments[i];
	return NULL;
}

/* One text or number under a name of the catalogue's can be placed. Anything else, names and yes or no and the order of a list among it, says whatever
 * its writer likes. */
static void
look_through(struct carrying *c, const struct sg_action *action, const struct sg_json *args)
{
	for (const struct sg_json *v = sg_json_first(args); v != NULL && !c->unknown; v = sg_json_next(args, v)) {
		const struct sg_argument *argument = declared(action, v->name);
		c->unknown = (v->type != SG_JSON_STRING && v->type != SG_JSON_NUMBER) || argument == NULL || c->count++ > 0;
		if (!c->unknown)
			look(c, v, argument->form);
	}
}

/* What it is done to is named by the asker as well, unless the name is too short to hold more than itself. */
static void
look_at_resource(struct carrying *c, const struct sg_request *r)
{
	const struct sg_json *properties = sg_json_get(r->resource, "properties");
	c->unknown |= !sg_name_is_short(r->resource_type) && r->found == NULL; /* a type that the catalogue does not have is any text */
	c->unknown |= properties != NULL && properties->count > 0;
	if (!sg_name_is_short(r->resource_id))
		look(c, sg_json_get(r->resource, "id"), r->found != NULL ? r->found->form : SG_FORM_exact);
}

void
sg_write_carried(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	struct carrying c = {.state = &gate->state, .task = task, .look = SG_LOOK_AT_ARGUMENTS};
	bool clean = task == NULL || r->verdict != SG_ALLOW || r->effective_args == NULL || (task->taint.count == 0 && task->domain->taint.count == 0);
	if (clean) {
		sg_write_labels(w, NULL);
		return;
	}
	look_through(&c, r->action, r->effective_args);
	look_at_resource(&c, r);
	if (c.unknown)
		sg_write_all_read(w, task, c.labels);
	else
		sg_write_labels(w, c.labels);
}
