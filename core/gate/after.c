/* SPDX-License-Identifier: Apache-2.0
 * Hooks behind an outcome: policy is asked once more, and may only add taint, raise sensitivity, freeze or revoke. A hook that fails is itself
 * taint, at the highest sensitivity. */
#include "gate/domain.h"

#include "base/str.h"

#include <stdio.h>

bool
sg_decision_leaf(struct sg_str decision, uint64_t *number)
{
	struct sg_str rest = decision;
	struct sg_str head = sg_str_cut(&rest, '-');
	int64_t n = 0;
	if (head.len < 2 || head.ptr[0] != 'd' || !sg_str_int((struct sg_str){head.ptr + 1, head.len - 1}, 1, INT64_MAX, &n))
		return false;
	*number = (uint64_t)n;
	return true;
}

/* The same question as before, with the outcome in it. */
static void
write_question(struct sg_buf *out, const struct sg_json *input, struct sg_str result, const struct sg_json *labels)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	for (const struct sg_json *m = sg_json_first(input); m != NULL; m = sg_json_next(input, m)) {
		sg_jw_name_str(&w, m->name);
		if (!sg_str_is(m->name, "outcome")) {
			sg_jw_value(&w, m);
			continue;
		}
		sg_jw_object(&w);
		sg_jw_name(&w, "labels");
		labels != NULL && labels->type == SG_JSON_ARRAY ? sg_jw_value(&w, labels) : sg_jw_raw(&w, SG_STR("[]"));
		sg_jw_member_str(&w, "result", result);
		sg_jw_end(&w);
	}
	sg_jw_end(&w);
}

static void
effect_of(struct sg_gate *gate, const char *decision, struct sg_task *task, const struct sg_json *labels, const char *level)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 16 << 10);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "by", SG_STR("policy"));
	sg_jw_member_str(&w, "decision", SG_STR("")); /* the outcome itself is recorded; this adds to it */
	sg_jw_member_str(&w, "of", sg_str(decision));
	sg_jw_member_str(&w, "result", SG_STR(""));
	sg_jw_member_bool(&w, "self", false);
	sg_jw_member_str(&w, "sensitivity", sg_str(level));
	sg_jw_name(&w, "taint");
	if (labels != NULL)
		sg_jw_value(&w, labels);
	else
		sg_jw_raw(&w, SG_STR("[\"policy_error\"]"));
	sg_jw_member_str(&w, "task", sg_str(task->id));
	sg_jw_end(&w);
	sg_record(gate, "outcome", sg_buf_view(&body), SG_STR(""), NULL, NULL);
	sg_buf_done(&body);
}

static void
revoke_all(struct sg_gate *gate, const struct sg_task *task)
{
	size_t at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&gate->state.leases, &at)) != NULL;)
		if (l->task == task && l->state < SG_LEASE_REVOKING)
			sg_lease_revoke(gate, l, SG_STR("stepgate"), "policy");
}

/* The tree and the domain, unless the hook says that it means the task alone. */
static void
freeze(struct sg_gate *gate, const struct sg_task *task, const struct sg_effect *effect)
{
	bool alone = false;
	sg_json_bool(sg_json_get(effect->json, "only_task"), &alone);
	sg_gate_freeze(gate, alone ? task : task->root, "policy");
	if (!alone)
		sg_domain_freeze(gate, task, "policy");
}

static void
apply(struct sg_gate *gate, const char *decision, struct sg_task *task, const struct sg_effect *effect)
{
	struct sg_str raise = {"", 0};
	bool wants = false;
	const struct sg_json *labels = sg_json_get(effect->json, "taint");
	sg_json_string(sg_json_get(effect->json, "raise"), &raise);
	if ((labels != NULL && labels->count > 0) || raise.len > 0)
		effect_of(gate, decision, task, labels, raise.len > 0 ? sg_sensitivity_name(sg_sensitivity_named(raise)) : "public");
	if (sg_json_bool(sg_json_get(effect->json, "freeze"), &wants) && wants)
		freeze(gate, task, effect);
	wants = false;
	if (sg_json_bool(sg_json_get(effect->json, "revoke"), &wants) && wants)
		revoke_all(gate, task);
}

void
sg_afterwards(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (task == NULL)
		return;
	if (r->reason != SG_REASON_allowed) {
		effect_of(gate, r->decision, task, NULL, "restricted");
		return;
	}
	for (size_t i = 0; i < r->effect_count; i++)
		apply(gate, r->decision, task, &r->effects[i]);
}

/* The question travels as a request of its own that answers nobody. */
static void
ask(struct sg_gate *gate, struct sg_request *r, const struct sg_json *input, struct sg_str result)
{
	struct sg_conn nobody = {.id = UINT64_MAX};
	struct sg_buf question;
	struct sg_request *hook = sg_request_new(gate, &nobody, r->route, r->argument);
	if (hook == NULL)
		return;
	sg_buf_init(&question, 2 << 20);
	write_question(&question, input, result, sg_json_get(r->body, "labels"));
	hook->task = sg_arena_copy(&hook->arena, r->task);
	hook->hook = true;
	hook->stage = SG_STAGE_JUDGE;
	snprintf(hook->decision, sizeof(hook->decision), "%.*s", SG_STR_ARG(r->argument));
	bool asked = !question.failed && gate->ports.judge(gate->ports.self, hook->id, SG_FRAME_P_AFTER, sg_buf_view(&question));
	sg_buf_done(&question);
	if (asked)
		return;
	hook->reason = SG_REASON_policy_unavailable;
	sg_afterwards(gate, hook);
	sg_request_end(gate, hook);
}

void
sg_after(struct sg_gate *gate, struct sg_request *r, struct sg_str result, uint64_t leaf)
{
	uint64_t number;
	struct sg_record record;
	struct sg_str sealed;
	const struct sg_json *seal = NULL;
	(void)leaf;
	if (!gate->has_hooks || !sg_decision_leaf(r->argument, &number))
		return;
	if (sg_journal_read(&gate->journal, number, &r->arena, &record, &sealed, NULL) == SG_OK && sealed.len > 0 &&
	    sg_canon_parse(&r->arena, sealed, &(struct sg_json_limits){.bytes = SG_SEALED_MAX, .nodes = 1 << 16}, &seal, NULL) == SG_OK &&
	    sg_json_get(seal, "input") != NULL) {
		ask(gate, r, sg_json_get(seal, "input"), result);
		return;
	}
	struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (task != NULL) /* what cannot be judged afterwards is suspected */
		effect_of(gate, "", task, NULL, "restricted");
}
