/* SPDX-License-Identifier: Apache-2.0
 * Judging: the digests of an action, the question for policy, and what its answer comes to. */
#include "gate/request.h"

#include "base/pattern.h"
#include "base/str.h"

#include <stdio.h>
#include <time.h>

enum { INPUT_MAX = 2 << 20 };

void
sg_write_action(struct sg_buf *out, const struct sg_gate *gate, const struct sg_request *r, struct sg_str args,
		const struct sg_task *task)
{
	unsigned char nonce[16];
	char hex[33];
	struct sg_json_writer w;
	sg_task_nonce(&gate->state, sg_str(task->id), nonce);
	sg_hex(hex, nonce, sizeof(nonce));
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "action", r->action_name);
	sg_jw_member_str(&w, "agent", r->agent->id);
	sg_jw_member_raw(&w, "arguments", args);
	sg_jw_name(&w, "enforcer");
	r->enforcer != NULL ? sg_jw_str(&w, r->enforcer->name) : sg_jw_null(&w);
	sg_jw_member_text(&w, "environment", task->environment);
	sg_jw_member_text(&w, "instance", task->instance->id);
	sg_jw_member_text(&w, "nonce", hex);
	sg_jw_name(&w, "resource");
	r->resource != NULL ? sg_jw_value(&w, r->resource) : sg_jw_null(&w);
	sg_jw_member_text(&w, "task", task->id);
	sg_jw_name(&w, "tool");
	r->tool.len > 0 ? sg_jw_str(&w, r->tool) : sg_jw_null(&w);
	sg_jw_member_int(&w, "v", 1);
	sg_jw_end(&w);
}

static bool
digest_of(struct sg_gate *gate, struct sg_request *r, struct sg_str args, const struct sg_task *task, char out[SG_SHA256_HEX])
{
	struct sg_buf bytes;
	sg_buf_init(&bytes, INPUT_MAX);
	sg_write_action(&bytes, gate, r, args, task);
	bool good = !bytes.failed;
	sg_sha256_hex(out, sg_buf_view(&bytes));
	sg_buf_done(&bytes);
	return good;
}

void
sg_digest_asked(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	struct sg_buf args;
	sg_buf_init(&args, INPUT_MAX);
	sg_canon_write(&args, r->args);
	r->effective = sg_arena_copy(&r->arena, sg_buf_view(&args));
	digest_of(gate, r, sg_buf_view(&args), task, r->asked);
	memcpy(r->digest, r->asked, sizeof(r->digest));
	sg_buf_done(&args);
}

/* ---- the question ---- */

static void
write_times(struct sg_json_writer *w, const struct sg_gate *gate)
{
	time_t now = (time_t)(gate->state.now.wall_ms / 1000);
	struct tm utc;
	gmtime_r(&now, &utc);
	sg_jw_object(w);
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
	sg_jw_array(w);
	for (size_t i = 0; i < taint->count; i++)
		sg_jw_text(w, taint->labels[i]);
	sg_jw_end(w);
}

/* A task that no other made is a chain of one. */
static void
write_chain(struct sg_json_writer *w, const struct sg_task *task)
{
	sg_jw_name(w, "chain");
	sg_jw_array(w);
	sg_jw_object(w);
	sg_jw_member_text(w, "agent", task->agent);
	sg_jw_member_text(w, "intent", task->intent);
	sg_jw_member_raw(w, "narrowed", SG_STR("[]"));
	sg_jw_member_raw(w, "role", SG_STR("null"));
	sg_jw_member_text(w, "task", task->id);
	sg_jw_end(w);
	sg_jw_end(w);
}

static void
write_task(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_task *task)
{
	sg_jw_object(w);
	sg_jw_member_int(w, "age", gate->state.now.wall_ms > task->opened_ms ? gate->state.now.wall_ms - task->opened_ms : 0);
	sg_jw_member_raw(w, "budget", SG_STR("{}"));
	write_chain(w, task);
	sg_jw_member_raw(w, "classes", SG_STR("[]"));
	sg_jw_member_int(w, "denied", 0);
	sg_jw_member_int(w, "depth", 0);
	sg_jw_member_text(w, "environment", task->environment);
	sg_jw_member_text(w, "id", task->id);
	sg_jw_member_text(w, "intent", task->intent);
	write_labels(w, &task->taint);
	sg_jw_member_int(w, "left", sg_deadline_left(&task->ends, &gate->state.now));
	sg_jw_member_raw(w, "on_behalf_of", SG_STR("null"));
	sg_jw_member_raw(w, "parent", SG_STR("null"));
	sg_jw_member_raw(w, "role", SG_STR("null"));
	sg_jw_member_text(w, "root", task->id);
	sg_jw_member_text(w, "sensitivity", sg_sensitivity_name(task->taint.sensitivity));
	sg_jw_member_int(w, "step_ups", 0);
	sg_jw_member_int(w, "steps", 0);
	sg_jw_member_bool(w, "tainted", task->taint.count > 0);
	sg_jw_end(w);
}

/* What the rules that match this action declared they need, computed here so that a decision replays from its record. */
static void
write_needs(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r, const struct sg_json *rule,
	    const char *kind, struct sg_arena *arena)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	const struct sg_json *needs = sg_json_get(sg_json_get(rule, "needs"), kind);
	bool did = strcmp(kind, "did") == 0;
	sg_jw_object(w);
	for (const struct sg_json *n = sg_json_first(needs); n != NULL; n = sg_json_next(needs, n)) {
		struct sg_str pattern = {"", 0};
		int64_t within = 0;
		sg_json_string(sg_json_get(n, "action"), &pattern);
		sg_json_int(sg_json_get(n, "within"), &within);
		const char *name = sg_arena_printf(arena, "%.*s|%lld", SG_STR_ARG(pattern), (long long)within);
		int64_t count = sg_state_count(&gate->state, r->agent->name, did ? task : NULL, pattern, within);
		if (name == NULL)
			continue;
		sg_jw_name(w, name);
		did ? sg_jw_bool(w, count > 0) : sg_jw_int(w, count);
	}
	sg_jw_end(w);
}

static bool
rule_matches(const struct sg_json *rule, struct sg_str action)
{
	const struct sg_json *on = sg_json_get(rule, "on");
	for (const struct sg_json *p = sg_json_first(on); p != NULL; p = sg_json_next(on, p)) {
		struct sg_str pattern;
		if (sg_json_string(p, &pattern) && sg_pattern_match(pattern, action, '.'))
			return true;
	}
	return false;
}

static void
write_history(struct sg_json_writer *w, const struct sg_gate *gate, struct sg_request *r)
{
	static const char *const others[] = {"never_together", "order", "since", "sum"};
	sg_jw_object(w);
	for (size_t i = 0; i < gate->needy_count; i++) {
		const struct sg_json *rule = gate->needy[i];
		struct sg_str id = {"", 0};
		sg_json_string(sg_json_get(rule, "id"), &id);
		if (!rule_matches(rule, r->action_name))
			continue;
		sg_jw_name_str(w, id);
		sg_jw_object(w);
		sg_jw_name(w, "count");
		write_needs(w, gate, r, rule, "count", &r->arena);
		sg_jw_name(w, "did");
		write_needs(w, gate, r, rule, "did", &r->arena);
		for (size_t other = 0; other < sizeof(others) / sizeof(others[0]); other++)
			sg_jw_member_raw(w, others[other], SG_STR("{}"));
		sg_jw_end(w);
	}
	sg_jw_end(w);
}

/* The approval that this very question would redeem, as far as policy may see it. */
static struct sg_approval *
approval_at_hand(struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	if (r->approval_named.len > 0) {
		struct sg_approval *a = sg_state_approval(&gate->state, r->approval_named);
		return a != NULL && a->task == task ? a : NULL;
	}
	size_t at = 0;
	for (struct sg_approval *a; (a = sg_table_next(&gate->state.approvals, &at)) != NULL;)
		if (a->task == task && strcmp(a->asked, r->asked) == 0 && sg_approval_live(&gate->state, a))
			return a;
	return NULL;
}

static void
write_approval(struct sg_json_writer *w, const struct sg_approval *a)
{
	if (a == NULL || a->state != SG_APPROVAL_GRANTED) {
		sg_jw_null(w);
		return;
	}
	sg_jw_object(w);
	sg_jw_name(w, "groups");
	sg_jw_array(w);
	for (size_t i = 0; i < a->requirement.count; i++)
		sg_jw_text(w, a->requirement.groups[i].group);
	sg_jw_end(w);
	sg_jw_member_text(w, "id", a->id);
	sg_jw_end(w);
}

static void
write_facts(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r, const struct sg_taint *taint)
{
	struct sg_conn *conn = r->enforcer == NULL ? sg_conn_find((struct sg_gate *)gate, r->conn) : NULL;
	sg_jw_object(w);
	sg_jw_name(w, "facts");
	if (conn != NULL && conn->facts.json != NULL && !r->ask)
		sg_jw_raw(w, conn->facts.text);
	else
		sg_jw_raw(w, SG_STR("{}"));
	sg_jw_member_text(w, "id", r->instance);
	write_labels(w, taint);
	sg_jw_member_text(w, "sensitivity", sg_sensitivity_name(taint->sensitivity));
	sg_jw_end(w);
}

static void
write_input(struct sg_buf *out, struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_name(&w, "action");
	sg_jw_object(&w);
	sg_jw_member_raw(&w, "authority", SG_STR("[]"));
	sg_jw_member_str(&w, "class", r->action->kind);
	sg_jw_member_str(&w, "effect", r->action->effect);
	sg_jw_member_str(&w, "environment", r->action->environment);
	sg_jw_member_str(&w, "name", r->action->name);
	sg_jw_member_str(&w, "sensitivity", sg_str(sg_sensitivity_name(r->action->sensitivity)));
	sg_jw_end(&w);
	sg_jw_name(&w, "agent");
	sg_jw_object(&w);
	sg_jw_member_text(&w, "autonomy", "autonomous");
	sg_jw_member_str(&w, "environment", r->agent->environment);
	sg_jw_member_str(&w, "id", r->agent->id);
	sg_jw_member_str(&w, "name", r->agent->name);
	sg_jw_member_str(&w, "owner", r->agent->owner);
	sg_jw_member_int(&w, "review_left", 0);
	sg_jw_member_str(&w, "strength", sg_str(sg_strength_name(r->strength)));
	sg_jw_end(&w);
	sg_jw_name(&w, "approval");
	write_approval(&w, approval_at_hand(gate, r, task));
	sg_jw_name(&w, "args");
	sg_jw_value(&w, r->args);
	sg_jw_name(&w, "context");
	sg_jw_value(&w, r->context);
	sg_jw_name(&w, "enforcer");
	r->enforcer != NULL ? sg_jw_str(&w, r->enforcer->name) : sg_jw_null(&w);
	sg_jw_name(&w, "history");
	write_history(&w, gate, r);
	sg_jw_name(&w, "instance");
	write_facts(&w, gate, r, &task->instance->taint);
	sg_jw_name(&w, "outcome");
	sg_jw_null(&w);
	sg_jw_member_raw(&w, "provenance", SG_STR("[]"));
	sg_jw_name(&w, "resource");
	sg_jw_object(&w);
	sg_jw_member_text(&w, "environment", "");
	sg_jw_member_str(&w, "id", r->resource_id);
	sg_jw_member_bool(&w, "known", false);
	sg_jw_member_text(&w, "owner", "");
	sg_jw_name(&w, "properties");
	const struct sg_json *properties = sg_json_get(r->resource, "properties");
	properties != NULL && properties->type == SG_JSON_OBJECT ? sg_jw_value(&w, properties) : sg_jw_raw(&w, SG_STR("{}"));
	sg_jw_member_text(&w, "sensitivity", sg_sensitivity_name(SG_PUBLIC));
	sg_jw_member_str(&w, "type", r->resource_type);
	sg_jw_end(&w);
	sg_jw_member_text(&w, "sensitivity", sg_sensitivity_name(r->action->sensitivity));
	sg_jw_name(&w, "task");
	write_task(&w, gate, task);
	sg_jw_name(&w, "time");
	write_times(&w, gate);
	sg_jw_end(&w);
}

void
sg_judge(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	struct sg_buf input;
	enum sg_reason reason = SG_REASON_internal;
	if (!sg_in_force(gate, r, &reason)) {
		sg_deny(gate, r, reason);
		return;
	}
	if (gate->policy[0] == '\0') {
		sg_deny(gate, r, SG_REASON_policy_unavailable);
		return;
	}
	sg_buf_init(&input, INPUT_MAX);
	write_input(&input, gate, r, task);
	r->input = sg_arena_copy(&r->arena, sg_buf_view(&input));
	r->judgements++;
	r->judged_task_seq = task->taint.seq;
	r->judged_instance_seq = task->instance->taint.seq;
	r->judged_generation = gate->policy_generation;
	r->judged_catalogue = gate->catalogue;
	r->stage = SG_STAGE_JUDGE;
	bool asked = !input.failed && r->input.ptr != NULL &&
		     gate->ports.judge(gate->ports.self, r->id, SG_FRAME_P_JUDGE, r->input);
	sg_buf_done(&input);
	if (!asked)
		sg_deny(gate, r, SG_REASON_policy_unavailable);
}

/* ---- the answer ---- */

static bool
obligations_supported(const struct sg_request *r)
{
	for (size_t i = 0; i < r->merged.obligation_count; i++)
		if (r->enforcer == NULL || !sg_strings_have(&r->enforcer->obligations, r->merged.obligations[i]))
			return false;
	return true;
}

static bool
narrow(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	struct sg_buf args;
	sg_buf_init(&args, INPUT_MAX);
	bool good = sg_narrow(r->args, &r->merged, &r->action->narrow, &args, &r->narrowed, reason) == SG_OK;
	if (good) {
		r->effective = sg_arena_copy(&r->arena, sg_buf_view(&args));
		good = r->effective.ptr != NULL && digest_of(gate, r, r->effective, task, r->digest);
		*reason = SG_REASON_internal;
	}
	sg_buf_done(&args);
	return good;
}

void
sg_judged(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	enum sg_reason reason;
	bool reloaded = r->judged_generation != gate->policy_generation || r->judged_catalogue != gate->catalogue;
	if (reloaded && r->judgements < SG_JUDGE_MOST) { /* also a denial is recorded under what it was judged by */
		sg_judge(gate, r);
		return;
	}
	sg_merge(r->effects, r->effect_count, &r->merged);
	if (r->merged.verdict == SG_DEFER && sg_ceilings(gate, r, &reason)) {
		r->verdict = SG_DEFER;
		r->reason = r->merged.reason;
		sg_commit_decision(gate, r);
		return;
	}
	if (r->merged.verdict != SG_ALLOW && r->merged.verdict != SG_STEP_UP) {
		sg_deny(gate, r, r->merged.reason);
		return;
	}
	if (!sg_ceilings(gate, r, &reason) || !narrow(gate, r, task, &reason)) {
		r->merged.verdict = SG_DENY;
		sg_deny(gate, r, reason);
		return;
	}
	if (!obligations_supported(r)) {
		r->merged.verdict = SG_DENY;
		sg_deny(gate, r, SG_REASON_obligation_unsupported);
		return;
	}
	sg_commit_decision(gate, r);
}
