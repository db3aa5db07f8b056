/* SPDX-License-Identifier: Apache-2.0
 * Outcomes: what really happened, told by the one who asked; then the hooks of policy, which may only add. */
#include "gate/state/mask_line.h"
#include "gate/decide/decide.h"
#include "gate/state/values.h"

#include "base/str.h"

#include <stdio.h>

#define USED_MOST (INT64_C(1) << 45)
enum {
	VALUES_TEXT = 32 << 10, /* values_per_report of them at most */
	KEPT_TEXT = 56 << 10,
	OUTCOME_MAX = 60 << 10, /* every label at its bound, every byte of it escaped, and the values; what a domain keeps has what is left */
	OUTCOME_OTHERS = 2 << 10
};

static bool
result_known(struct sg_str result)
{
	return sg_str_is(result, "ok") || sg_str_is(result, "failed") || sg_str_is(result, "partial") || sg_str_is(result, "unknown");
}

static void
answer_outcome(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	sg_buf_init(&body, 1024);
	sg_buf_printf(&body, "{\"decision_id\":\"%.*s\",\"recorded\":true}", SG_STR_ARG(r->argument));
	sg_answer_buf(gate, r, 200, &body);
}

/* The one text of a report that is recorded: a secret in it is not, and that there was one is a label of its own. */
static struct sg_str
masked(struct sg_gate *gate, const struct sg_request *r, struct sg_str label)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (task == NULL || task->root->tree == NULL || !sg_mask_finds(&task->root->tree->mask, sg_mask_key(&gate->state), label))
		return label;
	char line[160];
	snprintf(line, sizeof(line), "ALERT    the outcome of %.*s held a secret; masked", (int)(r->argument.len < 80 ? r->argument.len : 80), r->argument.ptr);
	sg_gate_warn(gate, sg_str(task->agent), line);
	return SG_STR("outcome:secret_masked");
}

/* Only what was reported: the fold takes the rest from the decision. */
static void
write_used(struct sg_json_writer *w, const struct sg_request *r)
{
	const struct sg_json *used = sg_json_get(r->body, "used");
	if (used != NULL)
		sg_jw_value(w, used);
	else
		sg_jw_raw(w, SG_STR("{}"));
}

static bool
label_of(const struct sg_json *l, struct sg_str *label)
{
	bool good = sg_json_string(l, label) && label->len > 0 && label->len <= SG_LABEL_MAX;
	for (size_t i = 0; good && i < label->len; i++)
		good = (unsigned char)label->ptr[i] >= ' ' && label->ptr[i] != 0x7f; /* as policy's: six bytes each in a leaf, and none to be read */
	return good;
}

/* Something was reported that is no label or for which there is no room: the worst is assumed and said. */
static bool
labels_cut(const struct sg_json *labels)
{
	bool cut = labels != NULL && labels->type != SG_JSON_ARRAY && labels->type != SG_JSON_NULL;
	for (const struct sg_json *l = cut ? NULL : sg_json_first(labels); l != NULL; l = sg_json_next(labels, l)) {
		struct sg_str label;
		cut |= !label_of(l, &label);
	}
	return cut || (labels != NULL && labels->count > SG_TAINTS_MAX);
}

/* What hooks are shown of them is what is recorded of them. NULL: nothing. */
static const struct sg_json *
labels_of(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf text;
	struct sg_json_writer w;
	const struct sg_json *labels = sg_json_get(r->body, "labels"), *out = NULL;
	sg_buf_init(&text, 1 << 20);
	sg_jw_begin(&w, &text);
	sg_jw_array(&w);
	for (const struct sg_json *l = sg_json_first(labels); labels != NULL && l != NULL; l = sg_json_next(labels, l)) {
		struct sg_str label;
		if (label_of(l, &label))
			sg_jw_str(&w, masked(gate, r, label));
	}
	sg_jw_end(&w);
	struct sg_str copy = text.failed ? (struct sg_str){NULL, 0} : sg_arena_copy(&r->arena, sg_buf_view(&text));
	if (copy.ptr == NULL || sg_canon_parse(&r->arena, copy, &sg_request_limits, &out, NULL) != SG_OK)
		out = NULL;
	sg_buf_done(&text);
	return out;
}

/* Whoever repeats another's word that it failed cannot say that nothing was done. */
static bool
may_have_happened(const struct sg_json *body, struct sg_str result)
{
	bool happened = false;
	sg_json_bool(sg_json_get(body, "happened"), &happened);
	return happened || !sg_str_is(result, "failed");
}

/* What came back says what was read; so does the word of an agent that has read. */
static bool
is_kept(const struct sg_request *r, const struct sg_task *task, const struct sg_attempt *attempt)
{
	const struct sg_json *labels = sg_json_get(r->body, "labels");
	bool labelled = (labels != NULL && labels->count > 0) || labels_cut(labels) || (attempt != NULL && attempt->labels.count > 0);
	return labelled || (r->enforcer == NULL && (task->taint.count > 0 || task->domain->taint.count > 0));
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Values of a result, each an array of keyed digests. */
struct told {
	struct sg_buf values; /* for the tree: what it has no room for stays unknown */
	struct sg_buf kept;   /* for the domain; empty: nothing is kept */
};

/* What labels may take in the leaf. */
static size_t
labels_text(const struct sg_json *labels)
{
	size_t count = labels == NULL || labels->type != SG_JSON_ARRAY ? 0 : least(labels->count, SG_TAINTS_MAX);
	return count * (2 * SG_LABEL_MAX + 3);
}

/* What there is no room for is told: its domain has not seen all of it. */
static void
write_kept(struct told *t, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	struct sg_json_writer w;
	struct sg_values_kept kept;
	const struct sg_limits *limits = &gate->catalogue->limits;
	size_t taken = t->values.len + labels_text(sg_json_get(r->body, "labels")) + OUTCOME_OTHERS;
	size_t room = least(sg_task_keep_room(task, (size_t)limits->values), (size_t)limits->values_per_report * SG_KEPT_OF_REPORTS);
	sg_jw_begin(&w, &t->kept);
	sg_jw_array(&w);
	sg_values_keep_begin(&kept, &gate->state, task, least(room, taken < OUTCOME_MAX ? (OUTCOME_MAX - taken) / SG_KEPT_CHARS : 0));
	sg_values_keep(&kept, sg_json_get(r->body, "values"));
	sg_values_keep_end(&kept, &w);
	sg_jw_end(&w);
}

static void
write_told(struct told *t, const struct sg_gate *gate, const struct sg_request *r)
{
	struct sg_json_writer w;
	const struct sg_json *values = sg_json_get(r->body, "values");
	const struct sg_task *task = values == NULL ? NULL : sg_state_task(&gate->state, r->task);
	size_t all = (size_t)gate->catalogue->limits.values, of_report = (size_t)gate->catalogue->limits.values_per_report;
	sg_buf_init(&t->values, VALUES_TEXT);
	sg_buf_init(&t->kept, KEPT_TEXT);
	sg_jw_begin(&w, &t->values);
	if (task == NULL) {
		sg_jw_raw(&w, SG_STR("[]"));
		return;
	}
	bool kept = is_kept(r, task, sg_state_decision(&gate->state, r->argument));
	size_t room = sg_values_room(task->root, all, r->enforcer != NULL ? SG_VALUES_ALL : SG_VALUES_OWN_WORD);
	sg_values_write(&w, &gate->state, task, values, least(room, of_report), SG_LOOK_AT_REPORT, r->enforcer != NULL ? SG_VALUES_REPORTED : SG_VALUES_TOLD, kept, NULL);
	if (kept)
		write_kept(t, gate, r, task);
}

/* `labels` of the report become taint: they can only raise what is suspected. */
static void
write_outcome(struct sg_buf *out, struct sg_gate *gate, const struct sg_request *r, struct sg_str result, const char *asker, bool hook)
{
	struct sg_json_writer w;
	const struct sg_json *labels = sg_json_get(r->body, "labels");
	struct told told;
	write_told(&told, gate, r);
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "by", sg_str(asker));
	sg_jw_member_str(&w, "decision", r->argument);
	sg_jw_member_bool(&w, "happened", may_have_happened(r->body, result));
	if (hook)
		sg_jw_member_text(&w, "hook", "due");
	if (told.kept.len > 0)
		sg_jw_member_raw(&w, "kept", sg_buf_view(&told.kept));
	sg_jw_member_str(&w, "result", result);
	sg_jw_member_bool(&w, "self", r->enforcer == NULL);
	bool cut = labels_cut(labels);
	sg_jw_member_text(&w, "sensitivity", cut ? "restricted" : "public");
	sg_jw_name(&w, "taint");
	sg_jw_array(&w);
	size_t count = 0;
	for (const struct sg_json *l = sg_json_first(labels); l != NULL && count < SG_TAINTS_MAX; l = sg_json_next(labels, l)) {
		struct sg_str label;
		if (label_of(l, &label)) {
			sg_jw_str(&w, masked(gate, r, label));
			count++;
		}
	}
	if (cut)
		sg_jw_text(&w, "overflow");
	sg_jw_end(&w);
	sg_jw_member_str(&w, "task", r->task);
	sg_jw_name(&w, "used");
	write_used(&w, r);
	sg_jw_member_raw(&w, "values", sg_buf_view(&told.values));
	sg_jw_end(&w);
	out->failed |= told.values.failed || told.kept.failed;
	sg_buf_done(&told.values);
	sg_buf_done(&told.kept);
}

static bool
used_well(const struct sg_request *r)
{
	const struct sg_json *used = sg_json_get(r->body, "used");
	if (used == NULL)
		return true;
	for (const struct sg_json *u = sg_json_first(used); u != NULL; u = sg_json_next(used, u)) {
		enum sg_dimension d;
		int64_t amount;
		if (!sg_dimension_named(u->name, &d) || !sg_json_int(u, &amount) || amount < 0 || amount > USED_MOST)
			return false;
	}
	return used->type == SG_JSON_OBJECT;
}

/* More than the result: what a second report would have to pass over. */
static bool
says_more(const struct sg_json *body)
{
	static const char *const members[] = {"labels", "used", "values"};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct sg_json *member = sg_json_get(body, members[i]);
		if (member != NULL && ((member->type != SG_JSON_ARRAY && member->type != SG_JSON_OBJECT) || member->count > 0))
			return true;
	}
	return false;
}

static void
report(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	struct sg_attempt *attempt = sg_state_decision(&gate->state, r->argument);
	struct sg_str result = {"", 0};
	enum sg_reason reason = SG_REASON_not_found;
	char asker[80] = "";
	if (conn == NULL) {
		sg_request_end(gate, r);
		return;
	}
	bool known = conn->face == SG_FACE_ENFORCER ? sg_who_enforcer(gate, r, conn, &reason) : sg_who_agent(gate, r, conn, &reason);
	if (known)
		sg_asker(r, asker);
	sg_json_string(sg_json_get(r->body, "result"), &result);
	bool theirs = attempt != NULL && strcmp(attempt->asker, asker) == 0 &&
		      (conn->face == SG_FACE_ENFORCER || sg_who_owns(r, attempt->task));
	bool behind = known && r->enforcer != NULL && theirs, own = known && r->enforcer == NULL;
	if ((behind && !sg_report_afford(gate, r, sg_str(attempt->task->agent))) || (own && !sg_own_report_afford(gate, r)))
		sg_request_refuse(gate, r);
	else if (!known || !theirs || attempt->state != SG_ATTEMPT_ALLOWED)
		sg_answer_error(gate, r, 404, known ? SG_REASON_not_found : reason, "only the asker of an allowed action reports on it");
	else if (!result_known(result))
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "result is ok, failed, partial or unknown");
	else if (!used_well(r))
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "used is {\"money\":hundredths,...}: bytes, calls, money, tokens, whole numbers from 0 on");
	else if (attempt->outcome && sg_str_is(result, attempt->result) && says_more(r->body))
		sg_answer_error(gate, r, 409, SG_REASON_outcome_known, "it is recorded already; of this report nothing is taken");
	else if (attempt->outcome && sg_str_is(result, attempt->result))
		sg_request_sync(gate, r, gate->journal.appended, answer_outcome);
	else if (attempt->outcome && strcmp(attempt->result, "unknown") != 0)
		sg_answer_error(gate, r, 409, SG_REASON_outcome_known, attempt->result);
	else
		sg_outcome_record(gate, r, attempt, result, asker);
}

void
sg_outcome_record(struct sg_gate *gate, struct sg_request *r, struct sg_attempt *attempt, struct sg_str result, const char *asker)
{
	struct sg_buf body;
	uint64_t number = 0;
	bool hook = sg_hook_due(gate, attempt);
	r->task = sg_arena_copy(&r->arena, sg_str(attempt->task->id));
	sg_buf_init(&body, OUTCOME_MAX);
	write_outcome(&body, gate, r, result, asker, hook);
	bool good = !body.failed && sg_record(gate, "outcome", sg_buf_view(&body), SG_STR(""), &number, NULL) == SG_OK;
	sg_buf_done(&body);
	if (!good) {
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "report again");
		return;
	}
	if (hook)
		sg_after(gate, attempt, result, labels_of(gate, r));
	sg_request_sync(gate, r, number, answer_outcome);
}

void
sg_route_outcome(struct sg_gate *gate, struct sg_request *request)
{
	sg_look_first(gate, request, report);
}
