/* SPDX-License-Identifier: Apache-2.0
 * The leaf of a decision: allow-listed fields and digests; what was asked and answered is sealed beside it. */
#include "gate/decide/decide.h"
#include "gate/desk/buckets.h"
#include "gate/decide/spend.h"
#include "gate/state/named.h"

#include "base/str.h"

#include <stdio.h>

enum { LEAF_BODY_MAX = 48 << 10, SEAL_MAX = SG_SEALED_MAX - SG_SEAL_OVERHEAD };

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

/* An array of the forms in `value` that the tree does not know, or that another of its tasks alone has named. False: some were passed over. */
static bool
write_seen(struct sg_buf *seen, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task, const struct sg_json *value)
{
	enum { SEEN_MAX = 64 };
	bool all = true;
	struct sg_json_writer in;
	const struct sg_tree *tree = task == NULL ? NULL : task->root->tree;
	size_t held = tree == NULL ? 0 : tree->values.count, most = (size_t)gate->catalogue->limits.values;
	size_t room = r->verdict != SG_ALLOW || held >= most ? 0 : most - held;
	sg_buf_init(seen, 32 * SEEN_MAX);
	sg_jw_begin(&in, seen);
	if (room == 0 || task == NULL || value == NULL)
		sg_jw_raw(&in, SG_STR("[]"));
	else
		sg_values_write(&in, &gate->state, task, value, room < SEEN_MAX ? room : SEEN_MAX, SG_LOOK_AT_ARGUMENTS, SG_VALUES_ASKED, &all);
	return all;
}

/* What the agent itself brought up: if it comes back in a result, that is no proof of where it came from. */
static void
write_args_seen(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	struct sg_buf seen;
	bool all = write_seen(&seen, gate, r, task, r->effective_args);
	sg_jw_member_bool(w, "args_cut", !all);
	sg_jw_member_raw(w, "args_seen", sg_buf_view(&seen));
	sg_buf_done(&seen);
}

/* Likewise what they named for it to be done to. */
static void
write_resource_seen(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	struct sg_buf seen;
	write_seen(&seen, gate, r, task, r->resource); /* one of more than a few bytes makes everything that comes back suspect (carry.c) */
	sg_jw_member_raw(w, "resource_seen", sg_buf_view(&seen));
	sg_buf_done(&seen);
}

/* What whoever has read named, in whatever spelling it comes back. A type that the catalogue does not have is named as well. */
static void
write_named(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	struct sg_str none = {"", 0}, type = r->found == NULL && sg_name_is_short(r->resource_type) ? r->resource_type : none;
	bool read = task != NULL && r->verdict == SG_ALLOW && (task->taint.count > 0 || task->domain->taint.count > 0);
	sg_jw_name(w, "named");
	sg_jw_array(w);
	if (read && sg_name_is_short(r->resource_id)) {
		sg_named_write(w, &gate->state, task, r->resource_id, none);
		sg_named_words_write(w, &gate->state, task, r->resource_id);
		if (type.len > 0) {
			sg_named_write(w, &gate->state, task, type, none);
			sg_named_write(w, &gate->state, task, type, r->resource_id);
			sg_named_write(w, &gate->state, task, r->resource_id, type);
		}
	}
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

static void
write_body(struct sg_buf *out, struct sg_gate *gate, const struct sg_request *r)
{
	struct sg_json_writer w;
	char asker[80];
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	bool keyed = r->task.len > 0 && task != NULL && r->asked[0] != '\0';
	sg_asker(r, asker);
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "action", r->action_name);
	sg_jw_member_str(&w, "agent", r->agent != NULL ? r->agent->name : SG_STR(""));
	sg_jw_member_str(&w, "approval", sg_str(r->approval));
	write_args_seen(&w, gate, r, keyed ? task : NULL);
	sg_jw_member_str(&w, "asked", sg_str(r->asked));
	sg_jw_member_str(&w, "asker", sg_str(asker));
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
	sg_jw_member_str(&w, "key", sg_str(r->attempt));
	sg_jw_name(&w, "lease");
	write_lease(&w, gate, r);
	sg_jw_member_int(&w, "line", r->merged.line);
	sg_jw_name(&w, "memory");
	write_memory(&w, gate, r);
	write_named(&w, gate, r, keyed ? task : NULL);
	sg_jw_member_bool(&w, "narrowed", r->narrowed);
	sg_jw_name(&w, "obligations");
	sg_jw_array(&w);
	for (size_t i = 0; i < r->merged.obligation_count && r->verdict == SG_ALLOW; i++)
		sg_jw_str(&w, r->merged.obligations[i]);
	sg_jw_end(&w);
	sg_jw_name(&w, "report_by");
	write_report_by(&w, gate, r);
	write_resource_seen(&w, gate, r, keyed ? task : NULL);
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
}

enum { SEAL_REFUSED = 1024 /* bytes that are kept of what a ceiling refused: whoever is stopped fills no disk with what it goes on asking */, SEAL_UNIT = 4096 };

bool
sg_is_nobody(const struct sg_request *r, enum sg_reason reason)
{
	return r->agent == NULL && r->enforcer == NULL && (reason == SG_REASON_no_agent || reason == SG_REASON_not_enforcer);
}

/* Of what was refused before policy was asked, and is long, the digest in the leaf (`asked`) is all that is kept. */
static bool
is_kept(const struct sg_request *r)
{
	struct sg_buf request;
	bool judged = r->verdict != SG_DENY || r->input.len > 0;
	if (judged || r->body == NULL)
		return r->body != NULL;
	if (sg_is_nobody(r, r->reason))
		return false;
	sg_buf_init(&request, SEAL_REFUSED);
	sg_canon_write(&request, r->body);
	bool fits = !request.failed;
	sg_buf_done(&request);
	return fits;
}

static void
write_seal(struct sg_buf *out, const struct sg_request *r)
{
	struct sg_json_writer w;
	bool kept = is_kept(r);
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_name(&w, "answer");
	r->answer.len > 0 ? sg_jw_raw(&w, r->answer) : sg_jw_null(&w);
	sg_jw_name(&w, "effective");
	r->effective.len > 0 && kept ? sg_jw_raw(&w, r->effective) : sg_jw_null(&w);
	sg_jw_name(&w, "input");
	r->input.len > 0 ? sg_jw_raw(&w, r->input) : sg_jw_null(&w);
	sg_jw_name(&w, "request");
	kept ? sg_jw_value(&w, r->body) : sg_jw_null(&w);
	sg_jw_end(&w);
}

static bool
new_tail(struct sg_gate *gate, char tail[17])
{
	unsigned char bytes[8];
	if (gate->sys->random(gate->sys, bytes, sizeof(bytes)) != 0)
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
	sg_buf_init(&body, LEAF_BODY_MAX);
	sg_buf_init(&seal, SEAL_MAX);
	r->use_by = sg_deadline_in(&gate->state.now, permission_ms(gate, r));
	bool good = new_tail(gate, r->tail);
	write_body(&body, gate, r);
	write_seal(&seal, r);
	good = good && !body.failed && !seal.failed &&
	       sg_record(gate, "decision", sg_buf_view(&body), sg_buf_view(&seal), number, NULL) == SG_OK;
	if (good) {
		sg_decision_id(r->decision, *number, r->tail);
		sg_agent_owes(gate, r, (int64_t)(seal.len / SEAL_UNIT) - r->units); /* the record is paid for as well */
	}
	sg_buf_done(&body);
	sg_buf_done(&seal);
	return good;
}
