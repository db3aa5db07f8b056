/* SPDX-License-Identifier: Apache-2.0
 * Plans: a task whose role signs sets down the steps of its tree; tasks whose role is planned do those steps and no others. */
#include "base/str.h"
#include "gate/desk/body.h"
#include "gate/decide/decide.h"
#include "gate/desk/spell.h"
#include "gate/state/grant.h"
#include "gate/state/values.h"

#include <stdio.h>

enum { BODY_MAX = 48 << 10, STEP_MAX = 8 << 20 /* of a request of any length, canonical */, PLAN_MAX = SG_SEALED_MAX - SG_SEAL_OVERHEAD };

/* A step without arguments stands for any; one with them for exactly those. Properties of the resource are part of it: none are none. */
uint64_t
sg_step_digest(const struct sg_gate *gate, const struct sg_task *task, struct sg_str action, const struct sg_json *resource, const struct sg_json *args)
{
	const struct sg_json *properties = sg_json_get(resource, "properties");
	struct sg_buf text;
	struct sg_json_writer w;
	unsigned char hash[SG_SHA256_BYTES];
	char form[SG_SHA256_HEX];
	sg_buf_init(&text, STEP_MAX);
	sg_jw_begin(&w, &text);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "action", action);
	sg_jw_name(&w, "arguments");
	args != NULL ? sg_jw_value(&w, args) : sg_jw_null(&w);
	sg_jw_member_str(&w, "id", sg_json_text_at(resource, "id"));
	if (properties != NULL && properties->count > 0) {
		sg_jw_name(&w, "properties");
		sg_jw_value(&w, properties);
	}
	sg_jw_member_str(&w, "type", sg_json_text_at(resource, "type"));
	sg_jw_end(&w);
	sg_sha256(hash, sg_buf_view(&text));
	sg_hex(form, hash, sizeof(hash));
	uint64_t digest = text.failed ? 0 : sg_value_digest(&gate->state, task, sg_str(form));
	sg_buf_done(&text);
	return digest;
}

static bool
is_done(const struct sg_plan_step *step)
{
	return step->times > 0 && step->done >= step->times;
}

/* Which step this is, from 1 on: one that is not done, and whose turn it is. 0: none. */
static size_t
step_now(const struct sg_plan *plan, uint64_t any_arguments, uint64_t these)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct sg_plan_step *step = &plan->steps[i];
		if (is_done(step))
			continue;
		if (step->digest != 0 && (step->digest == any_arguments || step->digest == these))
			return i + 1;
		if (!plan->any_order)
			return 0; /* this one comes first */
	}
	return 0;
}

bool
sg_plan_admits(const struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	const struct sg_tree *tree = task->root->tree;
	*reason = SG_REASON_plan_unsigned;
	if (tree == NULL || tree->plan.digest[0] == '\0')
		return false;
	*reason = SG_REASON_plan_divergence;
	r->step = step_now(&tree->plan, sg_step_digest(gate, task, r->action->name, r->resource, NULL),
			   sg_step_digest(gate, task, r->action->name, r->resource, r->effective_args));
	return r->step > 0;
}

/* ---- signing ---- */

static bool
is_star(struct sg_str text)
{
	return text.len > 0 && memchr(text.ptr, '*', text.len) != NULL;
}

/* As an act of it would be brought into its forms; `as`: its own arena is to be ended. False: no memory. */
static bool
spell_step(struct sg_gate *gate, const struct sg_json *step, struct sg_request *as)
{
	const struct sg_json *resource = sg_json_get(step, "resource");
	*as = (struct sg_request){.resource = resource, .args = sg_json_get(step, "arguments"), .action_name = sg_json_text_at(step, "action"), .resource_type = sg_json_text_at(resource, "type"),
				  .resource_id = sg_json_text_at(resource, "id")};
	sg_arena_init(&as->arena, STEP_MAX);
	return sg_spell(gate, as);
}

/* An act of it would not be refused for how it is written. */
static bool
step_fits(struct sg_gate *gate, const struct sg_json *step, size_t *looks, char hint[SG_BODY_HINT])
{
	struct sg_request as;
	const char *why = NULL;
	struct sg_str misfit = {"", 0};
	const struct sg_action *action = sg_catalogue_action(gate->catalogue, sg_json_text_at(step, "action"));
	bool spelled = spell_step(gate, step, &as), good = spelled && sg_spell_resource_fits(gate->catalogue, as.resource_type, as.resource_id, &why) && sg_properties_fit(as.resource, &why);
	if (good && sg_catalogue_resource(gate->catalogue, as.resource_type, as.resource_id) == NULL && sg_catalogue_closed(gate->catalogue, as.resource_type)) {
		why = "the catalogue does not know it";
		good = false;
	}
	if (!good)
		snprintf(hint, SG_BODY_HINT, "a step's resource would never be allowed: %s", why != NULL ? why : "no memory to look at it");
	else if (as.args != NULL && sg_arguments_fit(action, as.args, looks, &misfit) != SG_REASON_allowed) {
		snprintf(hint, SG_BODY_HINT, "a step's arguments would never be allowed: %.*s", (int)(misfit.len < 60 ? misfit.len : 60), misfit.ptr);
		good = false;
	}
	sg_arena_done(&as.arena);
	return good;
}

/* A step says one thing that can be done, and nothing that would be passed over. */
static bool
step_good(const struct sg_gate *gate, const struct sg_json *step, char hint[SG_BODY_HINT])
{
	static const char *const members[] = {"action", "arguments", "resource", "times", NULL}, *const of_resource[] = {"id", "properties", "type", NULL};
	int64_t times;
	const struct sg_json *resource = sg_json_get(step, "resource"), *args = sg_json_get(step, "arguments"), *properties = sg_json_get(resource, "properties");
	struct sg_str action = sg_json_text_at(step, "action"), type = sg_json_text_at(resource, "type"), id = sg_json_text_at(resource, "id");
	snprintf(hint, SG_BODY_HINT, "each step is {\"action\",\"resource\":{\"type\",\"id\"}} and perhaps \"arguments\" and the resource's \"properties\"");
	if (step->type != SG_JSON_OBJECT || resource == NULL || resource->type != SG_JSON_OBJECT || action.len == 0 || type.len == 0 || id.len == 0 ||
	    (args != NULL && args->type != SG_JSON_OBJECT) || (properties != NULL && properties->type != SG_JSON_OBJECT))
		return false;
	if (!sg_members_known(step, members, "a step", hint) || !sg_members_known(resource, of_resource, "a step's resource", hint))
		return false;
	snprintf(hint, SG_BODY_HINT, "a step's \"times\" is a whole number from 1 to %d", SG_PLAN_TIMES_MAX);
	if (sg_json_get(step, "times") != NULL && (!sg_json_int(sg_json_get(step, "times"), &times) || times < 1 || times > SG_PLAN_TIMES_MAX))
		return false;
	snprintf(hint, SG_BODY_HINT, "a step names one action of the catalogue and one resource: a * would never match");
	return !is_star(action) && !is_star(type) && !is_star(id) && sg_catalogue_action(gate->catalogue, action) != NULL;
}

static bool
steps_good(struct sg_gate *gate, const struct sg_json *plan, struct sg_str order, char hint[SG_BODY_HINT])
{
	size_t looks = SG_SHADOW_LOOKS;
	for (const struct sg_json *s = sg_json_first(plan); s != NULL; s = sg_json_next(plan, s))
		if (!step_good(gate, s, hint) || !step_fits(gate, s, &looks, hint))
			return false;
	snprintf(hint, SG_BODY_HINT, "\"order\" is \"given\" or \"any\"");
	return order.len == 0 || sg_str_is(order, "given") || sg_str_is(order, "any");
}

static bool
write_steps(struct sg_json_writer *w, struct sg_gate *gate, const struct sg_task *task, const struct sg_json *plan)
{
	bool good = true;
	sg_jw_array(w);
	for (const struct sg_json *s = sg_json_first(plan); s != NULL; s = sg_json_next(plan, s)) {
		char hex[17];
		struct sg_request as;
		bool spelled = spell_step(gate, s, &as);
		uint64_t digest = !spelled ? 0 : sg_step_digest(gate, task, as.action_name, as.resource, as.args);
		sg_arena_done(&as.arena);
		good &= digest != 0;
		sg_value_hex(digest, hex);
		sg_jw_text(w, hex);
	}
	sg_jw_end(w);
	return good;
}

/* Once, where a step does not say how often. */
static void
write_times(struct sg_json_writer *w, const struct sg_json *plan)
{
	sg_jw_array(w);
	for (const struct sg_json *s = sg_json_first(plan); s != NULL; s = sg_json_next(plan, s)) {
		int64_t times = 1;
		sg_json_int(sg_json_get(s, "times"), &times);
		sg_jw_int(w, times);
	}
	sg_jw_end(w);
}

static void
answer_signed(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	const struct sg_tree *tree = task == NULL ? NULL : task->root->tree;
	if (tree == NULL) {
		sg_answer_error(gate, r, 404, SG_REASON_no_task, "");
		return;
	}
	sg_buf_init(&body, 1024);
	sg_buf_printf(&body, "{\"digest\":\"%s\",\"signer\":\"%s\",\"steps\":%zu}", tree->plan.digest, tree->plan.signer, tree->plan.count);
	sg_answer_buf(gate, r, 200, &body);
}

static void
sign(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, const struct sg_json *plan)
{
	struct sg_buf body, sealed;
	struct sg_json_writer w;
	char digest[SG_SHA256_HEX];
	uint64_t number = 0;
	sg_buf_init(&sealed, PLAN_MAX);
	sg_canon_write(&sealed, plan);
	sg_sha256_hex(digest, sg_buf_view(&sealed));
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_bool(&w, "any_order", sg_json_is(r->body, "order", "any"));
	sg_jw_member_text(&w, "digest", digest);
	sg_jw_name(&w, "steps");
	bool good = write_steps(&w, gate, task, plan);
	sg_jw_member_text(&w, "task", task->id);
	sg_jw_name(&w, "times");
	write_times(&w, plan);
	sg_jw_end(&w);
	if (!good || sealed.failed)
		sg_answer_error(gate, r, 413, SG_REASON_bad_request, "a step is too long, or all of them together");
	else if (body.failed || sg_record(gate, "plan", sg_buf_view(&body), sg_buf_view(&sealed), &number, NULL) != SG_OK)
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "sign again");
	else
		sg_request_sync(gate, r, number, answer_signed);
	sg_buf_done(&body);
	sg_buf_done(&sealed);
}

static void
sign_who(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	const struct sg_json *plan = sg_json_get(r->body, "plan");
	const struct sg_task *task = sg_state_task(&gate->state, r->argument);
	enum sg_reason reason = SG_REASON_no_task;
	char hint[SG_BODY_HINT];
	r->task = r->argument;
	if (conn == NULL || !sg_who_agent(gate, r, conn, &reason) || !sg_who_owns(r, task)) {
		sg_answer_error(gate, r, 404, reason, "");
		return;
	}
	const struct sg_task_role *role = sg_catalogue_role(gate->catalogue, sg_str(task->role));
	if (!sg_task_live(&gate->state, task))
		sg_answer_error(gate, r, 409, SG_REASON_task_closed, "");
	else if (!sg_task_stands(gate, task, &reason))
		sg_answer_error(gate, r, 403, reason, "");
	else if (role == NULL || !role->signs || !r->proven)
		sg_answer_error(gate, r, 403, SG_REASON_not_signer, "");
	else if (plan == NULL || plan->type != SG_JSON_ARRAY || plan->count == 0 || plan->count > SG_PLAN_STEPS_MAX)
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "{\"plan\":[1 to 256 steps]}");
	else if (!steps_good(gate, plan, sg_json_text_at(r->body, "order"), hint))
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, hint);
	else
		sign(gate, r, task, plan);
}

void
sg_route_plan(struct sg_gate *gate, struct sg_request *r)
{
	sg_look_first(gate, r, sign_who);
}
