/* SPDX-License-Identifier: Apache-2.0
 * Hooks behind an outcome: policy is asked once more, and may only add taint, raise sensitivity, freeze or revoke. A hook that fails is itself
 * taint, at the highest sensitivity. The outcome's leaf says that one is due, and a leaf of its own that it is over: one that a death of the gate
 * came between has failed. */
#include "gate/decide/decide.h"
#include "gate/desk/late.h"
#include "gate/desk/domain.h"
#include "gate/desk/revoking.h"

#include "base/str.h"

#include <stdio.h>

enum { EFFECT_MAX = 60 << 10 /* every label at its bound, every byte of it escaped */ };

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

/* What a worker says is as good as its worker: what is no text is no label, and no leaf holds it. */
static void
write_labels(struct sg_json_writer *w, const struct sg_json *labels)
{
	sg_jw_array(w);
	for (const struct sg_json *l = sg_json_first(labels); l != NULL; l = sg_json_next(labels, l))
		l->type == SG_JSON_STRING ? sg_jw_str(w, l->string) : sg_jw_text(w, "policy_error");
	sg_jw_end(w);
}

/* The outcome itself is recorded; this adds to it. `hook`: "over" says that nothing more of it comes. */
static bool
record(struct sg_gate *gate, const struct sg_attempt *attempt, const char *hook, const struct sg_json *labels, const char *level)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, EFFECT_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "by", SG_STR("policy"));
	sg_jw_member_str(&w, "decision", SG_STR(""));
	sg_jw_member_text(&w, "hook", hook);
	sg_jw_member_text(&w, "of", attempt->decision);
	sg_jw_member_str(&w, "result", SG_STR(""));
	sg_jw_member_bool(&w, "self", false);
	sg_jw_member_text(&w, "sensitivity", level);
	sg_jw_name(&w, "taint");
	labels != NULL ? write_labels(&w, labels) : sg_jw_raw(&w, sg_str_is(sg_str(hook), "failed") ? SG_STR("[\"policy_error\"]") : SG_STR("[]"));
	sg_jw_member_text(&w, "task", attempt->task->id);
	sg_jw_end(&w);
	bool good = !body.failed && sg_record(gate, "outcome", sg_buf_view(&body), SG_STR(""), NULL, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

/* False: it is due still, and is told once the journal takes it. */
static bool
over(struct sg_gate *gate, const struct sg_attempt *attempt, bool good)
{
	bool told = record(gate, attempt, good ? "over" : "failed", NULL, good ? "public" : "restricted");
	gate->hooks_lost |= !told;
	return told;
}

static bool
revoke_all(struct sg_gate *gate, const struct sg_task *task)
{
	bool good = true;
	for (struct sg_lease *l = task->its_leases, *next; l != NULL; l = next) {
		next = l->next;
		if (l->state < SG_LEASE_REVOKING)
			good &= sg_lease_revoke(gate, l, SG_STR("stepgate"), "policy");
	}
	return good;
}

/* The tree and the domain, unless the hook says that it means the task alone. */
static bool
freeze(struct sg_gate *gate, const struct sg_task *task, const struct sg_effect *effect)
{
	bool alone = false;
	sg_json_bool(sg_json_get(effect->json, "only_task"), &alone);
	bool good = sg_gate_freeze(gate, alone ? task : task->root, "policy");
	return (alone || sg_domain_freeze(gate, task, "policy")) && good;
}

static bool
wants(const struct sg_effect *effect, const char *what)
{
	bool yes = false;
	return sg_json_bool(sg_json_get(effect->json, what), &yes) && yes;
}

static bool
apply(struct sg_gate *gate, const struct sg_attempt *attempt, const struct sg_effect *effect)
{
	struct sg_str raise = {"", 0};
	bool good = true;
	const struct sg_json *labels = sg_json_get(effect->json, "taint");
	sg_json_string(sg_json_get(effect->json, "raise"), &raise);
	if ((labels != NULL && labels->count > 0) || raise.len > 0)
		good = record(gate, attempt, "", labels, raise.len > 0 ? sg_sensitivity_name(sg_sensitivity_named(raise)) : "public");
	if (wants(effect, "freeze"))
		good &= freeze(gate, attempt->task, effect);
	if (wants(effect, "revoke"))
		good &= revoke_all(gate, attempt->task);
	return good;
}

void
sg_afterwards(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_attempt *attempt = sg_state_decision(&gate->state, r->argument);
	bool good = r->reason == SG_REASON_allowed;
	gate->hooks_asked--;
	if (attempt == NULL)
		return; /* forgotten with its task */
	attempt->hooks_asked--;
	for (size_t i = 0; i < r->effect_count; i++) /* of those that did not fail, whatever the others did */
		good &= apply(gate, attempt, &r->effects[i]);
	over(gate, attempt, good);
}

/* What was asked before, as it was sealed; NULL: nobody can read it any more. */
static const struct sg_json *
asked_before(struct sg_gate *gate, struct sg_request *hook)
{
	uint64_t number;
	struct sg_record record;
	struct sg_str sealed;
	const struct sg_json *seal = NULL;
	struct sg_json_limits limits = {.bytes = SG_SEALED_MAX, .nodes = 1 << 16};
	if (!sg_decision_leaf(hook->argument, &number) || sg_leaf_read(gate, number, &hook->arena, &record, &sealed, NULL) != SG_OK ||
	    sealed.len == 0 || sg_canon_parse(&hook->arena, sealed, &limits, &seal, NULL) != SG_OK)
		return NULL;
	return sg_json_get(seal, "input");
}

static bool
ask(struct sg_gate *gate, struct sg_request *hook, struct sg_str agent, struct sg_str result, const struct sg_json *labels)
{
	struct sg_buf question;
	const struct sg_json *input = asked_before(gate, hook);
	if (input == NULL)
		return false;
	hook->hook = true;
	sg_request_wait(gate, hook, SG_STAGE_JUDGE);
	hook->agent = sg_catalogue_agent(gate->catalogue, agent); /* whose place among those who wait it takes */
	sg_buf_init(&question, 2 << 20);
	write_question(&question, input, result, labels);
	bool asked = !question.failed && gate->ports.judge(gate->ports.self, hook->id, SG_FRAME_P_AFTER, sg_buf_view(&question));
	sg_buf_done(&question);
	return asked;
}

/* The question travels as a request of its own that answers nobody. */
void
sg_after(struct sg_gate *gate, struct sg_attempt *attempt, struct sg_str result, const struct sg_json *labels)
{
	struct sg_conn nobody = {.id = UINT64_MAX};
	struct sg_request *hook = sg_request_new(gate, &nobody, sg_route_row(SG_ROUTE_A_OUTCOME), sg_str(attempt->decision));
	attempt->hooks_asked++;
	gate->hooks_asked++;
	if (hook != NULL && ask(gate, hook, sg_str(attempt->task->agent), result, labels))
		return;
	attempt->hooks_asked--;
	gate->hooks_asked--;
	if (hook != NULL)
		sg_request_end(gate, hook);
	over(gate, attempt, false);
}

size_t
sg_hooks_lost(struct sg_gate *gate, const struct sg_attempt *a)
{
	size_t done = 0;
	while (a->hooks > a->hooks_asked && over(gate, a, false))
		done++;
	return done;
}
