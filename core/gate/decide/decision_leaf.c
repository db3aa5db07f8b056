/* SPDX-License-Identifier: Apache-2.0
 * The leaf of a decision: allow-listed fields and digests; what was asked and answered is sealed beside it. */
#include "gate/decide/decide_leaf.h"
#include "gate/desk/buckets.h"
#include "gate/decide/spend.h"
#include "gate/state/values.h"

#include "base/json_tape.h"
#include "base/str.h"

#include <stdio.h>

enum { LEAF_BODY_MAX = 56 << 10, SEAL_MAX = SG_SEALED_MAX - SG_SEAL_OVERHEAD, SEAL_UNIT = 4096 };
enum { TAPE_MOST = 256 /* values that a decision has, mostly fewer than a hundred */, TAPE_TEXT = 16 << 10, TAPE_BUDGET = 1 << 20 };

static void
write_lease(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r)
{
	if (r->lease[0] == '\0') {
		sg_jw_null(w);
		return;
	}
	char by[17];
	sg_value_hex(sg_issuer_tag(gate, r->issuer->name), by);
	sg_jw_object(w);
	sg_jw_member_str(w, "audience", r->audience);
	sg_jw_member_text(w, "by", by);
	sg_jw_member_bool(w, "confirm", sg_issuer_confirms(gate, r->issuer->name));
	sg_jw_name(w, "ends");
	sg_write_deadline(w, gate, &r->lease_ends);
	sg_jw_member_str(w, "id", sg_str(r->lease));
	sg_jw_member_str(w, "issuer", r->issuer->name);
	sg_jw_member_text(w, "level", sg_sensitivity_name(r->level));
	sg_jw_end(w);
}

/* Catalogue first, then what policy added; a label stands once. */
static void
write_taint(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r)
{
	sg_jw_array(w);
	if (r->verdict == SG_ALLOW) {
		for (size_t i = 0; i < r->action->taints.count; i++)
			sg_jw_str(w, r->action->taints.items[i]);
		for (const struct sg_resource *f = NULL; (f = sg_next_found(gate, r, f)) != NULL;)
			for (size_t i = 0; i < f->taints.count; i++)
				sg_jw_str(w, f->taints.items[i]);
		for (size_t i = 0; i < r->merged.taint_count; i++)
			sg_jw_str(w, r->merged.taints[i]);
	}
	sg_jw_end(w);
}

/* A declared memory: what is written there carries the taint of the task. */
static void
write_memory(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r)
{
	char id[33];
	bool memory = false;
	for (const struct sg_resource *f = NULL; r->verdict == SG_ALLOW && (f = sg_next_found(gate, r, f)) != NULL;)
		memory |= f->memory;
	if (!memory) {
		sg_jw_null(w);
		return;
	}
	sg_state_handle(&gate->state, r->resource_type, sg_resource_bare(r->resource_id), id); /* whatever it is asked with, it is one memory */
	sg_jw_object(w);
	sg_jw_member_text(w, "id", id);
	sg_jw_member_bool(w, "write", !r->action->reads);
	sg_jw_end(w);
}

static void
write_report_by(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r)
{
	struct sg_deadline by = sg_deadline_in(&gate->state.now, gate->catalogue->limits.outcome_deadline);
	if (r->verdict == SG_ALLOW && !r->action->reads)
		sg_write_deadline(w, gate, &by);
	else
		sg_jw_null(w);
}

static const char *
leaf_sensitivity(const struct sg_request *r)
{
	if (r->verdict != SG_ALLOW)
		return "public";
	return sg_sensitivity_name(r->merged.raise > r->level ? r->merged.raise : r->level);
}

/* What was allowed, whoever asked and however. */
static void
write_same(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	char hex[17] = "";
	if (r->verdict == SG_ALLOW && task != NULL && !r->action->reads)
		sg_value_hex(sg_step_digest(gate, task, r->action->name, r->resource, r->effective_args), hex);
	sg_jw_member_text(w, "same", hex);
}

/* *typed: what was written; NULL: it must be read. */
static void
write_body(struct sg_buf *out, struct sg_gate *gate, const struct sg_request *r, struct sg_arena *arena, const struct sg_json **typed)
{
	struct sg_json_writer w;
	struct sg_json_tape tape;
	char asker[80];
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	bool keyed = r->task.len > 0 && task != NULL && r->asked[0] != '\0';
	struct sg_leaf_seen seen;
	sg_asker(r, asker);
	sg_leaf_seen(&seen, gate, r, keyed ? task : NULL);
	sg_jw_begin(&w, out);
	sg_json_tape_begin(&tape, &w, arena, TAPE_MOST, TAPE_TEXT);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "action", r->action_name);
	sg_jw_member_str(&w, "agent", r->agent != NULL ? r->agent->name : SG_STR(""));
	sg_jw_member_str(&w, "approval", sg_str(r->approval));
	sg_jw_member_bool(&w, "args_cut", seen.cut);
	sg_jw_member_raw(&w, "args_seen", sg_buf_view(&seen.args));
	sg_jw_member_str(&w, "asked", sg_str(r->asked));
	sg_jw_member_str(&w, "asker", sg_str(asker));
	if (sg_leaves_out(r) && r->bound[0] != '\0')
		sg_jw_member_str(&w, "bound", sg_str(r->bound));
	sg_jw_name(&w, "carried");
	sg_write_carried(&w, gate, r, keyed ? task : NULL);
	sg_jw_name(&w, "charges");
	r->verdict == SG_ALLOW ? sg_write_charges(&w, gate, r) : sg_jw_raw(&w, SG_STR("[]"));
	sg_jw_member_int(&w, "class", r->action != NULL ? sg_class_number(r->action->kind) : 0);
	sg_jw_name(&w, "clock");
	sg_write_clock(&w, gate);
	sg_jw_member_str(&w, "code", sg_str(sg_reason_code(r->reason)));
	sg_jw_name(&w, "cost");
	sg_write_cost(&w, r->cost);
	sg_jw_member_str(&w, "deny_code", r->merged.code);
	sg_jw_member_str(&w, "digest", sg_str(r->digest));
	sg_jw_member_text(&w, "domain", keyed && task->domain != NULL ? task->domain->id : "");
	sg_jw_member_str(&w, "file", r->merged.file);
	sg_jw_member_str(&w, "instance", sg_str(r->instance));
	sg_jw_member_text(&w, "intent", keyed ? task->intent : "");
	if (seen.kept.len > 0)
		sg_jw_member_raw(&w, "kept", sg_buf_view(&seen.kept));
	sg_jw_member_str(&w, "key", sg_str(r->attempt));
	sg_jw_name(&w, "lease");
	write_lease(&w, gate, r);
	sg_jw_member_int(&w, "line", r->merged.line);
	sg_jw_name(&w, "memory");
	write_memory(&w, gate, r);
	sg_jw_member_raw(&w, "named", sg_buf_view(&seen.named));
	sg_jw_member_bool(&w, "narrowed", r->narrowed);
	sg_jw_name(&w, "obligations");
	sg_jw_array(&w);
	for (size_t i = 0; i < r->merged.obligation_count && r->verdict == SG_ALLOW; i++)
		sg_jw_str(&w, r->merged.obligations[i]);
	sg_jw_end(&w);
	sg_jw_name(&w, "report_by");
	write_report_by(&w, gate, r);
	sg_jw_member_raw(&w, "resource_seen", sg_buf_view(&seen.resource));
	sg_jw_member_str(&w, "resource_type", r->resource_type);
	sg_jw_member_str(&w, "rule", r->merged.rule);
	write_same(&w, gate, r, keyed ? task : NULL);
	sg_jw_member_text(&w, "sensitivity", leaf_sensitivity(r));
	sg_jw_member_int(&w, "step", (int64_t)r->step);
	sg_jw_member_str(&w, "strength", sg_str(sg_strength_name(r->strength)));
	sg_jw_member_str(&w, "tail", sg_str(r->tail));
	sg_jw_name(&w, "taint");
	write_taint(&w, gate, r);
	sg_jw_member_str(&w, "task", keyed ? r->task : SG_STR(""));
	sg_jw_name(&w, "use_by");
	sg_write_deadline(&w, gate, &r->use_by);
	sg_jw_member_str(&w, "verdict", sg_str(sg_verdict_name(r->verdict)));
	sg_jw_end(&w);
	*typed = sg_json_tape_end(&tape, &w);
	sg_leaf_seen_done(&seen);
}

static bool
new_tail(struct sg_gate *gate, char tail[17])
{
	unsigned char bytes[8];
	if (!sg_gate_random(gate, bytes, sizeof(bytes)))
		return false;
	sg_hex(tail, bytes, sizeof(bytes));
	return true;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* How long it may be begun: as long as limit, policy, task and credential all last. */
static int64_t
permission_ms(const struct sg_gate *gate, const struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	int64_t ms = gate->catalogue->limits.use_by;
	if (r->merged.ttl_ms > 0)
		ms = least(ms, r->merged.ttl_ms);
	if (task != NULL)
		ms = least(ms, sg_deadline_left(&task->ends, &gate->state.now));
	return r->lease[0] != '\0' ? least(ms, sg_deadline_left(&r->lease_ends, &gate->state.now)) : ms;
}

bool
sg_record_decision(struct sg_gate *gate, struct sg_request *r, uint64_t *number)
{
	struct sg_buf body, seal;
	struct sg_arena arena;
	const struct sg_json *typed = NULL;
	sg_arena_init(&arena, TAPE_BUDGET);
	sg_buf_init(&body, LEAF_BODY_MAX);
	sg_buf_init(&seal, SEAL_MAX);
	r->use_by = sg_deadline_in(&gate->state.now, permission_ms(gate, r));
	bool good = new_tail(gate, r->tail);
	write_body(&body, gate, r, &arena, &typed);
	sg_decision_write_seal(&seal, r);
	good = good && !body.failed && !seal.failed &&
	       sg_record_typed(gate, "decision", sg_buf_view(&body), typed, sg_buf_view(&seal), number) == SG_OK;
	if (good) {
		sg_decision_id(r->decision, *number, r->tail);
		sg_agent_owes(gate, r, (int64_t)(seal.len / SEAL_UNIT) - r->units); /* the record is paid for as well */
	}
	sg_buf_done(&body);
	sg_buf_done(&seal);
	sg_arena_done(&arena);
	return good;
}
