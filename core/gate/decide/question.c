/* SPDX-License-Identifier: Apache-2.0
 * The question for policy: everything a rule may see of one request, written by the gate. Its fields are the table in policy/field.h. */
#include "gate/decide/decide.h"
#include "gate/state/history.h"
#include "gate/state/labels.h"
#include "gate/decide/moved.h"
#include "gate/decide/sight.h"
#include "gate/decide/spend.h"
#include "gate/state/values.h"

#include "base/str.h"

#include <stdio.h>
#include <time.h>

static void
write_times(struct sg_json_writer *w, const struct sg_gate *gate)
{
	time_t now = (time_t)(gate->state.now.wall_ms / 1000);
	struct tm utc;
	gmtime_r(&now, &utc);
	sg_jw_object(w);
	if (gate->names_here) { /* values, so that whoever asks again needs no zone data */
		sg_jw_name(w, "here");
		sg_office_write(w, &gate->catalogue->office, now);
	}
	sg_jw_member_int(w, "hour", utc.tm_hour);
	sg_jw_member_int(w, "minute", utc.tm_min);
	sg_jw_member_int(w, "unix", now);
	sg_jw_member_int(w, "weekday", utc.tm_wday == 0 ? 7 : utc.tm_wday);
	sg_jw_end(w);
}

static void
write_labels(struct sg_json_writer *w, const struct sg_taint *taint)
{
	sg_jw_name(w, "labels");
	sg_write_labels(w, taint);
}

static void
text_or_null(struct sg_json_writer *w, const char *name, const char *text)
{
	sg_jw_name_text(w, name);
	text[0] != '\0' ? sg_jw_text(w, text) : sg_jw_null(w);
}

/* ---- the task and its tree ---- */

/* A text that was cut ends with a whole character. */
static struct sg_str
whole_characters(const char *line, size_t len)
{
	while (len > 0 && ((unsigned char)line[len - 1] & 0xc0) == 0x80)
		len--;
	return (struct sg_str){line, len > 0 && (unsigned char)line[len - 1] >= 0xc0 ? len - 1 : len};
}

static void
write_limits(struct sg_json_writer *w, const struct sg_json *constraints)
{
	for (const struct sg_json *of = sg_json_first(constraints); of != NULL; of = sg_json_next(constraints, of))
		for (const struct sg_json *c = sg_json_first(of); c != NULL; c = sg_json_next(of, c)) {
			char line[SG_LABEL_MAX];
			size_t len = (size_t)snprintf(line, sizeof(line), "limit %.*s %.*s", SG_STR_ARG(of->name), SG_STR_ARG(c->name));
			sg_jw_str(w, len < sizeof(line) ? sg_str(line) : whole_characters(line, strlen(line)));
		}
}

/* What was handed down with bounds: in words, for people and rules. */
static void
write_narrowed(struct sg_json_writer *w, const struct sg_task_grant *grant)
{
	sg_jw_name(w, "narrowed");
	sg_jw_array(w);
	for (size_t i = 0; grant != NULL && i < grant->actions.count; i++)
		sg_jw_str(w, grant->actions.items[i]);
	for (size_t i = 0; grant != NULL && i < grant->resources.count; i++)
		sg_jw_str(w, grant->resources.items[i]);
	if (grant != NULL)
		write_limits(w, grant->constraints);
	sg_jw_end(w);
}

static void
write_link(struct sg_json_writer *w, const struct sg_task *task)
{
	if (task->parent != NULL)
		write_link(w, task->parent); /* at most SG_DEPTH_MAX deep */
	sg_jw_object(w);
	sg_jw_member_text(w, "agent", task->agent);
	sg_jw_member_text(w, "intent", task->intent);
	write_narrowed(w, task->grant);
	text_or_null(w, "role", task->role);
	sg_jw_member_text(w, "task", task->id);
	sg_jw_end(w);
}

static void
write_classes(struct sg_json_writer *w, const struct sg_tree *tree)
{
	sg_jw_array(w);
	for (int c = 1; tree != NULL && c < 64; c++)
		if ((tree->classes >> c & 1) != 0)
			sg_jw_text(w, sg_class_name(c));
	sg_jw_end(w);
}

static void
write_task(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_task *task)
{
	int64_t left[SG_DIMENSIONS];
	sg_budget_left(gate, task, left);
	sg_jw_object(w);
	sg_jw_member_int(w, "age", gate->state.now.wall_ms > task->opened_ms ? gate->state.now.wall_ms - task->opened_ms : 0);
	sg_jw_name(w, "budget");
	sg_write_left(w, left);
	sg_jw_name(w, "chain");
	sg_jw_array(w);
	write_link(w, task);
	sg_jw_end(w);
	sg_jw_name(w, "classes");
	write_classes(w, task->root->tree);
	sg_jw_member_int(w, "denied", task->root->denied);
	sg_jw_member_int(w, "depth", task->depth);
	sg_jw_member_text(w, "environment", task->environment);
	sg_jw_member_text(w, "id", task->id);
	sg_jw_member_text(w, "intent", task->intent);
	write_labels(w, &task->taint);
	sg_jw_member_int(w, "left", sg_deadline_left(&task->ends, &gate->state.now));
	text_or_null(w, "on_behalf_of", task->on_behalf);
	text_or_null(w, "parent", task->parent != NULL ? task->parent->id : "");
	text_or_null(w, "role", task->role);
	sg_jw_member_text(w, "root", task->root->id);
	sg_jw_member_text(w, "sensitivity", sg_sensitivity_name(task->taint.sensitivity));
	sg_jw_member_int(w, "step_ups", task->step_ups);
	sg_jw_member_int(w, "steps", task->root->steps);
	sg_jw_member_bool(w, "tainted", task->taint.count > 0);
	sg_jw_end(w);
}

/* ---- the past, as rules declared that they need it ---- */

void
sg_write_history(struct sg_json_writer *w, struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	sg_jw_object(w);
	for (size_t i = 0; i < gate->needy_count; i++) {
		struct sg_str id = {"", 0};
		sg_json_string(sg_json_get(gate->needy[i], "id"), &id);
		if (!sg_rule_fits(gate->needy[i], r->action_name))
			continue;
		r->asks_past = true;
		sg_jw_name_str(w, id);
		sg_write_past(w, &gate->state, task, sg_json_get(gate->needy[i], "needs"), r->action_name, r->judged_steady, &r->arena, &r->trouble, &r->walked);
	}
	sg_jw_end(w);
}

static void
write_approval(struct sg_json_writer *w, const struct sg_approval *a)
{
	if (a == NULL) {
		sg_jw_null(w);
		return;
	}
	const char *comment = "";
	int64_t at_ms = 0;
	sg_jw_object(w);
	for (size_t i = 0; i < a->proof_count; i++) {
		comment = a->proofs[i].comment != NULL ? a->proofs[i].comment : comment;
		at_ms = a->proofs[i].at_ms > at_ms ? a->proofs[i].at_ms : at_ms;
	}
	sg_jw_member_int(w, "at", at_ms / 1000);
	sg_jw_name(w, "by");
	sg_jw_array(w);
	for (size_t i = 0; i < a->proof_count; i++)
		sg_jw_text(w, a->proofs[i].human);
	sg_jw_end(w);
	sg_jw_member_text(w, "comment", comment);
	sg_jw_name(w, "groups");
	sg_jw_array(w);
	for (size_t i = 0; i < a->requirement.count; i++)
		sg_jw_text(w, a->requirement.groups[i].group);
	sg_jw_end(w);
	sg_jw_member_text(w, "id", a->id);
	sg_jw_end(w);
}

/* ---- all of it ---- */

static void
write_instance(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	const struct sg_conn *conn = r->enforcer == NULL ? sg_conn_find((struct sg_gate *)gate, r->conn) : NULL;
	sg_jw_object(w);
	sg_jw_name(w, "facts");
	if (conn != NULL && conn->facts.json != NULL && !r->ask)
		sg_jw_raw(w, conn->facts.text);
	else
		sg_jw_raw(w, SG_STR("{}"));
	sg_jw_member_text(w, "id", r->instance);
	write_labels(w, &task->domain->taint);
	sg_jw_member_text(w, "sensitivity", sg_sensitivity_name(task->domain->taint.sensitivity));
	sg_jw_end(w);
}

static void
write_resource(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r)
{
	const struct sg_json *properties = sg_json_get(r->resource, "properties");
	struct sg_resource_told told = sg_catalogue_told(gate->catalogue, r->resource_type, r->resource_id);
	sg_jw_object(w);
	sg_jw_member_str(w, "environment", told.environment);
	sg_jw_member_str(w, "id", r->resource_id);
	sg_jw_member_bool(w, "known", told.known);
	sg_jw_member_str(w, "owner", told.owner);
	sg_jw_name(w, "properties");
	properties != NULL && properties->type == SG_JSON_OBJECT ? sg_jw_value(w, properties) : sg_jw_raw(w, SG_STR("{}"));
	sg_jw_member_text(w, "sensitivity", sg_sensitivity_name(told.level));
	sg_jw_member_str(w, "type", r->resource_type);
	sg_jw_end(w);
}

static void
write_action(struct sg_json_writer *w, const struct sg_action *a)
{
	sg_jw_object(w);
	sg_jw_name(w, "authority");
	sg_jw_array(w);
	for (size_t i = 0; i < a->authority.count; i++)
		sg_jw_str(w, a->authority.items[i]);
	sg_jw_end(w);
	sg_jw_member_str(w, "class", a->kind);
	sg_jw_member_str(w, "effect", a->effect);
	sg_jw_member_str(w, "environment", a->environment);
	sg_jw_member_str(w, "name", a->name);
	sg_jw_member_text(w, "sensitivity", sg_sensitivity_name(a->sensitivity));
	sg_jw_end(w);
}

static void
write_agent(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r)
{
	sg_jw_object(w);
	sg_jw_member_text(w, "autonomy", sg_autonomy_name(r->agent->autonomy));
	sg_jw_member_str(w, "environment", r->agent->environment);
	sg_jw_member_str(w, "id", r->agent->id);
	sg_jw_member_str(w, "name", r->agent->name);
	sg_jw_member_str(w, "owner", r->agent->owner);
	sg_jw_member_int(w, "review_left", r->agent->review_ms - gate->state.now.wall_ms);
	sg_jw_member_text(w, "strength", sg_strength_name(r->strength));
	sg_jw_end(w);
}

void
sg_write_question(struct sg_buf *out, struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_name(&w, "action");
	write_action(&w, r->action);
	sg_jw_name(&w, "agent");
	write_agent(&w, gate, r);
	sg_jw_name(&w, "approval");
	write_approval(&w, sg_approval_in_sight(gate, r, task));
	sg_jw_name(&w, "args");
	sg_jw_value(&w, r->args);
	sg_jw_name(&w, "context");
	sg_jw_value(&w, r->context);
	sg_jw_name(&w, "enforcer");
	r->enforcer != NULL ? sg_jw_str(&w, r->enforcer->name) : sg_jw_null(&w);
	sg_jw_name(&w, "history");
	sg_write_history(&w, gate, r, task);
	sg_jw_name(&w, "instance");
	write_instance(&w, gate, r, task);
	sg_jw_name(&w, "outcome");
	sg_jw_null(&w);
	sg_jw_name(&w, "provenance");
	sg_write_origins(&w, &gate->state, task, r->action, r->args);
	sg_jw_name(&w, "resource");
	write_resource(&w, gate, r);
	sg_jw_member_text(&w, "sensitivity", sg_sensitivity_name(r->level));
	sg_jw_name(&w, "task");
	write_task(&w, gate, task);
	sg_jw_name(&w, "time");
	write_times(&w, gate);
	sg_jw_end(&w);
}

void
sg_write_moving(struct sg_json_writer *w, enum sg_moving part, struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	int64_t left[SG_DIMENSIONS];
	switch (part) {
	case SG_MOVING_approval:
		write_approval(w, sg_approval_in_sight(gate, r, task));
		break;
	case SG_MOVING_provenance:
		sg_write_origins(w, &gate->state, task, r->action, r->args);
		break;
	case SG_MOVING_budget:
		sg_budget_left(gate, task, left);
		sg_write_left(w, left);
		break;
	case SG_MOVING_classes:
		write_classes(w, task->root->tree);
		break;
	case SG_MOVING_denied:
		sg_jw_int(w, task->root->denied);
		break;
	case SG_MOVING_step_ups:
		sg_jw_int(w, task->step_ups);
		break;
	case SG_MOVING_steps:
		sg_jw_int(w, task->root->steps);
		break;
	case SG_MOVING_COUNT:
		sg_jw_null(w);
		break;
	}
}
