/* SPDX-License-Identifier: Apache-2.0
 * Who somebody was found to be, by what: an instance that is spoken for by an enforcer shows nothing itself, so what it showed is held against the stanza in
 * force; and once it asks for itself again under another one, that is kept. */
#include "gate/desk/desk.h"

#include "base/str.h"
#include "gate/state/fold.h"
#include "gate/state/values.h"

void
sg_write_rests_on(struct sg_json_writer *w, const struct sg_agent *agent)
{
	char hex[17];
	sg_value_hex(agent->rests_on, hex);
	sg_jw_member_text(w, "rests_on", hex);
}

bool
sg_task_shows(const struct sg_task *task)
{
	return task->claimed && (!task->asserted || task->seen); /* how surely is another question */
}

bool
sg_instance_shown(struct sg_instance *instance, const struct sg_agent *agent, enum sg_strength *strength, enum sg_reason *reason)
{
	const struct sg_shown *shown = sg_instance_shown_as(instance, agent->name);
	*reason = SG_REASON_match_changed;
	if (shown == NULL || shown->rests_on != agent->rests_on)
		return false;
	*strength = shown->strength;
	*reason = SG_REASON_facts_weak;
	return *strength >= sg_strength_named(agent->identity);
}

const char *
sg_task_pays(const struct sg_gate *gate, const struct sg_task *task)
{
	enum sg_strength strength;
	enum sg_reason reason;
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, sg_str(task->agent));
	bool known = task->claimed && (!sg_task_shows(task) || (agent != NULL && sg_instance_shown(task->instance, agent, &strength, &reason)));
	return known ? task->agent : NULL;
}

/* Not waited for: without it the instance has to show itself once more. */
void
sg_instance_show(struct sg_gate *gate, const struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	struct sg_instance *is = sg_table_get(&gate->state.instances, sg_str(r->instance));
	if (is == NULL || is->refs == 0)
		return; /* it has no task */
	const struct sg_shown *shown = sg_instance_shown_as(is, r->agent->name);
	if (shown != NULL && shown->rests_on == r->agent->rests_on && shown->strength == r->strength)
		return;
	sg_buf_init(&body, 1024);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "agent", r->agent->name);
	sg_jw_member_text(&w, "instance", is->id);
	sg_write_rests_on(&w, r->agent);
	sg_jw_member_text(&w, "strength", sg_strength_name(r->strength));
	sg_jw_end(&w);
	sg_record(gate, "shown", sg_buf_view(&body), SG_STR(""), NULL, NULL);
	sg_buf_done(&body);
}
