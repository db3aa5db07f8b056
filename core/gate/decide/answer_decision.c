/* SPDX-License-Identifier: Apache-2.0
 * A decision, answered: the only place where a verdict becomes bytes for the caller. Nothing here decides. */
#include "gate/decide/decide.h"
#include "gate/state/requirement.h"
#include "gate/decide/spend.h"

#include "base/str.h"

static void
write_approval(struct sg_json_writer *w, const struct sg_approval *a)
{
	sg_jw_object(w);
	sg_jw_member_int(w, "expires_at", a->ends.wall_ms / 1000);
	sg_write_groups(w, &a->requirement);
	sg_jw_member_text(w, "id", a->id);
	sg_jw_member_text(w, "state", sg_approval_state_name(a->state));
	sg_jw_end(w);
}

static void
write_credential(struct sg_json_writer *w, const struct sg_request *r)
{
	sg_jw_object(w);
	sg_jw_member_int(w, "expires_at", r->lease_ends.wall_ms / 1000);
	sg_jw_member_text(w, "lease", r->lease);
	sg_jw_member_str(w, "token", r->token);
	sg_jw_member_text(w, "type", "Bearer");
	sg_jw_end(w);
}

/* What is left for this task, where anything bounds it. */
static void
write_left(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r)
{
	int64_t left[SG_DIMENSIONS];
	const struct sg_task *task = r->asked[0] == '\0' ? NULL : sg_state_task(&gate->state, r->task);
	if (task == NULL)
		return;
	sg_budget_left(gate, task, left);
	sg_jw_name(w, "budget");
	sg_write_left(w, left);
}

/* What it is done to, as it was decided. */
static void
write_resource(struct sg_json_writer *w, const struct sg_request *r)
{
	sg_jw_name(w, "resource");
	sg_jw_object(w);
	sg_jw_member_str(w, "id", r->resource_id);
	sg_jw_member_str(w, "type", r->resource_type);
	sg_jw_end(w);
}

/* The same object stands in native answers and in context.stepgate of AuthZEN. */
static void
write_decision(struct sg_json_writer *w, struct sg_gate *gate, const struct sg_request *r)
{
	bool allow = r->verdict == SG_ALLOW;
	const struct sg_approval *a = r->verdict == SG_STEP_UP ? sg_state_approval(&gate->state, sg_str(r->approval)) : NULL;
	sg_jw_object(w);
	if (a != NULL) {
		sg_jw_name(w, "approval");
		write_approval(w, a);
	}
	write_left(w, gate, r);
	sg_jw_member_text(w, "code", sg_reason_code(r->reason));
	if (allow && r->token.len > 0) {
		sg_jw_name(w, "credential");
		write_credential(w, r);
	}
	sg_jw_member_text(w, "decision_id", r->decision);
	if (!allow && r->reason == SG_REASON_resource_form && r->misspelt != NULL)
		sg_jw_member_text(w, "hint", r->misspelt);
	if (!allow && r->reason == SG_REASON_arguments_form && r->misfit.len > 0 && r->misfit.len <= SG_LABEL_MAX)
		sg_jw_member_str(w, "hint", r->misfit);
	if (!allow && r->reason == SG_REASON_issue_failed && r->issuer_told.len > 0)
		sg_jw_member_str(w, "hint", r->issuer_told);
	if (allow || a != NULL) {
		sg_jw_member_text(w, "digest", r->digest);
		if (r->effective.len > 0) { /* a repeat is told the digest alone; what it stands for was in the first answer */
			sg_jw_name(w, "effective");
			sg_jw_object(w);
			sg_jw_member_raw(w, "arguments", r->effective);
			write_resource(w, r);
			sg_jw_end(w);
			sg_jw_member_bool(w, "narrowed", r->narrowed);
		}
	}
	if (allow) {
		sg_jw_name(w, "obligations");
		sg_jw_array(w);
		for (size_t i = 0; i < r->merged.obligation_count; i++)
			sg_jw_str(w, r->merged.obligations[i]);
		sg_jw_end(w);
	}
	sg_jw_member_text(w, "reason", sg_reason_text(r->reason));
	if (r->verdict == SG_DEFER || r->reason == SG_REASON_approval_queue)
		sg_jw_member_int(w, "retry_after_ms", r->merged.retry_ms);
	if (r->merged.say.len > 0 && r->merged.verdict == (a != NULL ? SG_STEP_UP : r->verdict))
		sg_jw_member_str(w, "say", r->merged.say);
	if (allow)
		sg_jw_member_int(w, "use_by", r->use_by.wall_ms / 1000);
	sg_jw_member_text(w, "verdict", sg_verdict_name(r->verdict));
	sg_jw_end(w);
}

void
sg_answer_decision(struct sg_gate *gate, struct sg_request *request)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, SG_ANSWER_MAX);
	sg_jw_begin(&w, &body);
	if (request->authzen) {
		sg_jw_object(&w);
		sg_jw_name(&w, "context");
		sg_jw_object(&w);
		sg_jw_name(&w, "stepgate");
		write_decision(&w, gate, request);
		sg_jw_end(&w);
		sg_jw_member_bool(&w, "decision", request->verdict == SG_ALLOW);
		sg_jw_end(&w);
	} else {
		write_decision(&w, gate, request);
	}
	sg_answer_buf(gate, request, 200, &body);
}

void
sg_answer_attempt(struct sg_gate *gate, struct sg_request *request, const struct sg_attempt *attempt,
		  enum sg_verdict verdict, enum sg_reason reason)
{
	request->verdict = verdict;
	request->reason = reason;
	memcpy(request->decision, attempt->decision, sizeof(request->decision));
	memcpy(request->approval, attempt->approval, sizeof(request->approval));
	memcpy(request->digest, attempt->digest, sizeof(request->digest));
	request->use_by = attempt->use_by;
	request->effective = (struct sg_str){NULL, 0};
	sg_answer_decision(gate, request);
}
