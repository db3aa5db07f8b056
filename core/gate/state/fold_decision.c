/* SPDX-License-Identifier: Apache-2.0
 * Leaves about decisions: judged, withheld, their leases, and what really happened. */
#include "gate/state/fold_in.h"
#include "gate/state/fold_memory.h"
#include "gate/state/mask_line.h"

#include "base/line.h"
#include "base/str.h"
#include "gate/state/values.h"
#include "gate/state/split.h"

#include <stdlib.h>

static struct sg_attempt *
attempt_of(struct sg_fold *f, struct sg_task *task)
{
	struct sg_attempt *attempt = calloc(1, sizeof(*attempt));
	if (attempt == NULL) {
		f->missing = "memory";
		return NULL;
	}
	sg_fold_id(f, "key", attempt->key, sizeof(attempt->key));
	sg_fold_id(f, "asked", attempt->asked, sizeof(attempt->asked));
	sg_fold_id(f, "digest", attempt->digest, sizeof(attempt->digest));
	sg_fold_id(f, "asker", attempt->asker, sizeof(attempt->asker));
	sg_fold_id(f, "approval", attempt->approval, sizeof(attempt->approval));
	struct sg_str code = sg_fold_text(f, "code");
	attempt->reason = sg_reason_named(code.ptr, code.len);
	attempt->use_by = sg_fold_deadline(f, "use_by");
	const struct sg_json *obligations = sg_fold_get(f, "obligations");
	attempt->plain = !sg_fold_flag(f, "narrowed") && obligations->count == 0;
	attempt->task = task;
	char tail[SG_ID_MAX];
	sg_fold_id(f, "tail", tail, 17);
	sg_decision_id(attempt->decision, f->number, tail);
	return attempt;
}

static void
new_lease(struct sg_fold *f, struct sg_attempt *attempt, const struct sg_json *stanza)
{
	struct sg_fold inner = *f;
	inner.body = stanza;
	struct sg_lease *lease = calloc(1, sizeof(*lease));
	if (lease == NULL) {
		f->missing = "memory";
		return;
	}
	sg_fold_id(&inner, "id", lease->id, sizeof(lease->id));
	lease->issuer = sg_fold_keep(&inner, "issuer");
	lease->audience = sg_fold_keep(&inner, "audience");
	lease->ends = sg_fold_deadline(&inner, "ends");
	lease->level = sg_sensitivity_named(sg_fold_text_or(&inner, "level"));
	lease->by = sg_value_unhex(sg_fold_text_or(&inner, "by"));
	lease->confirm = sg_fold_flag_or(&inner, "confirm", false);
	lease->agent = strdup(attempt->task->agent);
	lease->task = attempt->task;
	lease->taint_seq = attempt->task->taint.seq; /* with what its own decision brought */
	memcpy(lease->decision, attempt->decision, sizeof(lease->decision));
	memcpy(lease->approval, attempt->approval, sizeof(lease->approval));
	memcpy(lease->digest, attempt->digest, sizeof(lease->digest));
	memcpy(attempt->lease, lease->id, sizeof(lease->id));
	f->missing = inner.missing;
	sg_fold_put(f, &f->state->leases, lease->id, lease);
	f->state->live_leases++;
	attempt->task->leases++;
	sg_lease_join(lease);
	if (lease->agent == NULL || !sg_lease_stands_in(f->state, lease))
		f->missing = "memory";
}

/* It has read, or stands where somebody has: what it names from now on is kept with its domain. */
static bool
has_read(const struct sg_task *task)
{
	return task->taint.count > 0 || (task->domain != NULL && task->domain->taint.count > 0);
}

/* More was named than is recorded of it: a result that repeats it proves nothing, neither its own nor a later one's. */
static void
args_seen(struct sg_fold *f, struct sg_task *task, struct sg_attempt *attempt)
{
	if (has_read(task))
		sg_fold_kept(f, task);
	sg_fold_values(f, task, sg_fold_get(f, "args_seen"), "unknown", "", NULL);
	sg_fold_values(f, task, sg_fold_get(f, "resource_seen"), "unknown", "", NULL); /* leaves of before lack it */
	sg_fold_values(f, task, sg_fold_get(f, "named"), "unknown", "", NULL);         /* likewise */
	if (!sg_fold_flag_or(f, "args_cut", false))
		return;
	struct sg_tree *tree = sg_task_tree(task);
	if (tree == NULL || !sg_taint_add(&attempt->labels, SG_STR("args_unseen"), SG_WORD_NAMED))
		f->missing = "memory";
	else
		tree->unseen = true;
}

static void
note_class(struct sg_fold *f, struct sg_task *task)
{
	struct sg_tree *tree = sg_task_tree(task);
	int64_t class = sg_fold_int_or(f, "class", 0);
	if (tree != NULL && class > 0 && class < 64)
		tree->classes |= UINT64_C(1) << class;
}

/* An allow that was a step of the plan has done it, whatever comes of it: as a budget is spent. */
static void
note_step(struct sg_fold *f, struct sg_task *task)
{
	struct sg_tree *tree = sg_task_tree(task);
	int64_t step = sg_fold_int_or(f, "step", 0);
	if (tree != NULL && step > 0 && (uint64_t)step <= tree->plan.count)
		tree->plan.steps[step - 1].done++;
}

static void
fold_allow(struct sg_fold *f, struct sg_task *task, struct sg_attempt *attempt)
{
	const struct sg_json *lease = sg_fold_get(f, "lease");
	struct sg_approval *approval = sg_state_approval(f->state, sg_str(attempt->approval));
	attempt->state = SG_ATTEMPT_ALLOWED;
	attempt->same = sg_value_unhex(sg_fold_text_or(f, "same"));
	attempt->action = sg_fold_word(f, "action");
	note_step(f, task);
	attempt->allowed_ms = f->at_ms;
	sg_fold_spread(f, task, SG_WORD_NAMED, SG_NOW_ALONE);
	sg_fold_labels(f, &attempt->labels, "taint", SG_WORD_NAMED);
	sg_fold_labels(f, &attempt->labels, "carried", SG_WORD_REPORTED); /* whosever word it is in the task */
	sg_fold_memory_used(f, task, attempt);
	attempt->policy = sg_person_tag(f->policy);
	attempt->labels_tag = sg_taint_tag(f->state, &task->taint);
	sg_fold_charge(f, attempt);
	sg_fold_remember(f, attempt);
	note_class(f, task);
	task->root->steps++;
	args_seen(f, task, attempt);
	if (approval != NULL)
		sg_fold_end_approval(f->state, approval, SG_APPROVAL_CONSUMED);
	if (lease != NULL && lease->type == SG_JSON_OBJECT)
		new_lease(f, attempt, lease);
	const struct sg_json *report_by = sg_fold_get(f, "report_by");
	if (report_by != NULL && report_by->type == SG_JSON_OBJECT) {
		attempt->report_by = sg_fold_deadline(f, "report_by");
		sg_fold_await(f->state, attempt);
	}
	sg_fold_memory_reading(f, attempt);
	sg_taint_share(&attempt->labels, &task->taint);
}

static void
fold_deny(struct sg_fold *f, struct sg_task *task, const struct sg_attempt *attempt)
{
	struct sg_tree *tree = sg_task_tree(task);
	int64_t money = 0;
	if (tree == NULL) {
		f->missing = "memory";
		return;
	}
	if (sg_reason_is_ours(attempt->reason) || attempt->reason == SG_REASON_approval_queue)
		return; /* an outage of ours is no conduct of theirs, nor is that people have not answered yet */
	task->root->denied++; /* of the tree: what is handed on begins nothing anew */
	sg_times_note(&tree->denials, f->steady_ms);
	bool scripts = attempt->reason == SG_REASON_policy_timeout || attempt->reason == SG_REASON_policy_steps || attempt->reason == SG_REASON_policy_memory;
	bool counts = sg_task_self_opened(task->root) && !scripts; /* a script that ends by itself is first of all its writer's */
	if (counts && !sg_counted_note(&task->domain->denials, f->steady_ms)) /* of whoever was refused: a part that was handed on costs its giver nothing */
		f->missing = "memory";
	if (scripts)
		sg_times_note(&tree->kills, f->steady_ms);
	if (attempt->reason == SG_REASON_budget_exceeded && sg_json_int(sg_json_get(sg_fold_get(f, "cost"), "money"), &money))
		sg_task_set_split(task, money);
}

void
sg_fold_kind_decision(struct sg_fold *f)
{
	struct sg_str verdict = sg_fold_text(f, "verdict");
	struct sg_task *task = sg_state_task(f->state, sg_fold_text(f, "task"));
	if (task == NULL) /* a denial without a task leaves nothing but its record */
		return;
	struct sg_attempt *attempt = attempt_of(f, task);
	if (attempt == NULL)
		return;
	sg_task_asks(task, f->at_ms, f->state->now.boot);
	attempt->state = sg_str_is(verdict, "step_up") ? SG_ATTEMPT_STEP_UP : SG_ATTEMPT_DENIED;
	if (sg_str_is(verdict, "allow"))
		fold_allow(f, task, attempt);
	else if (sg_str_is(verdict, "deny"))
		fold_deny(f, task, attempt);
	sg_fold_put(f, &task->attempts, attempt->key, attempt);
	sg_fold_put(f, &f->state->decisions, attempt->decision, attempt);
}

/* An allow that came to nothing used nothing, and no outcome of it is awaited. */
static void
unspend(struct sg_state *state, struct sg_attempt *attempt)
{
	static const int64_t nothing[SG_DIMENSIONS];
	if (attempt->state == SG_ATTEMPT_ALLOWED && !attempt->outcome)
		sg_fold_settle(attempt, nothing, false);
	sg_fold_await_no_more(state, attempt);
	sg_reading_end(state, attempt);
}

void
sg_fold_kind_withheld(struct sg_fold *f)
{
	struct sg_attempt *attempt = sg_state_decision(f->state, sg_fold_text(f, "decision"));
	struct sg_lease *lease = sg_state_lease(f->state, sg_fold_text(f, "lease"));
	struct sg_str code = sg_fold_text(f, "code");
	if (attempt != NULL && attempt->state == SG_ATTEMPT_ALLOWED) {
		sg_fold_failed(f->state, attempt, true); /* nobody was ever told that they may */
		sg_fold_told(f->state, attempt);
	}
	if (attempt != NULL) {
		bool unsure = sg_attempt_unsure(attempt);
		unspend(f->state, attempt);
		attempt->state = SG_ATTEMPT_WITHHELD;
		attempt->reason = sg_reason_named(code.ptr, code.len);
		sg_unsure_note(attempt, unsure);
	}
	if (lease != NULL)
		sg_fold_end_lease(f->state, lease, SG_LEASE_REVOKING);
	/* an allow whose record was lost with a failed sync: what it read still counts */
	struct sg_task *task = sg_state_task(f->state, sg_fold_text(f, "task"));
	if (task != NULL)
		sg_fold_spread(f, task, SG_WORD_NAMED, SG_NOW_ALONE);
}

static void
keep_secret(struct sg_fold *f, struct sg_task *task, struct sg_masked secret)
{
	struct sg_tree *tree = sg_task_tree(task->root);
	if (tree == NULL || (!sg_mask_add(&tree->mask, secret) && tree->mask.count < SG_MASK_SECRETS))
		f->missing = "memory";
}

void
sg_fold_kind_lease(struct sg_fold *f)
{
	struct sg_lease *lease = sg_state_lease(f->state, sg_fold_text(f, "lease"));
	struct sg_str to = sg_fold_text(f, "state");
	if (lease == NULL)
		return;
	struct sg_masked secret;
	lease->handed |= sg_str_is(to, "active");
	if (sg_mask_read(sg_fold_get(f, "mask"), f->state, sg_str(lease->id), 0, &secret))
		keep_secret(f, lease->task, secret);
	if (sg_str_is(to, "active") && lease->state == SG_LEASE_PENDING)
		lease->state = SG_LEASE_ACTIVE;
	else if (sg_str_is(to, "revoking"))
		sg_fold_end_lease(f->state, lease, SG_LEASE_REVOKING);
	else if (sg_str_is(to, "dead"))
		sg_fold_end_lease(f->state, lease, SG_LEASE_DEAD);
}

/* ---- outcomes ---- */

/* What failed, and did nothing, used nothing; what is unknown may have used all. An agent's word on itself may only add: else "failed" after every payment were money
 * without end. And it adds to what is its own alone: else one word filled what others live on. */
static void
settle(struct sg_fold *f, struct sg_attempt *attempt, bool undone)
{
	const struct sg_json *used = sg_fold_get(f, "used");
	bool self = sg_fold_flag_or(f, "self", true);
	int64_t amounts[SG_DIMENSIONS], before[SG_DIMENSIONS];
	for (int d = 0; d < SG_DIMENSIONS; d++) {
		int64_t told = -1;
		amounts[d] = undone && d != SG_DIMENSION_calls ? 0 : attempt->spent[d];
		if (sg_json_int(sg_json_get(used, sg_dimension_name((enum sg_dimension)d)), &told) && told >= 0)
			amounts[d] = told;
		int64_t room = sg_fold_own_room(attempt->task, (enum sg_dimension)d), more = amounts[d] - attempt->spent[d];
		if (self)
			amounts[d] = attempt->spent[d] + (more < 0 ? 0 : more < room ? more : room);
	}
	memcpy(before, attempt->spent, sizeof(before));
	sg_fold_settle(attempt, amounts, self);
	sg_fold_spent(f, attempt, before);
}

/* A hook behind an outcome is policy's word. */
static enum sg_word
whose(const struct sg_fold *f)
{
	if (sg_fold_flag_or(f, "self", true))
		return SG_WORD_OWN;
	return sg_str_is(sg_fold_text_or(f, "by"), "policy") ? SG_WORD_NAMED : SG_WORD_REPORTED;
}

/* What came back carries what the action brought, what the report says, and that it is the agent's own word. */
static void
seen(struct sg_fold *f, struct sg_task *task, const struct sg_attempt *attempt)
{
	bool self = sg_fold_flag_or(f, "self", true);
	struct sg_taint labels = {.count = 0};
	if (!sg_taint_join(&labels, &attempt->labels))
		f->missing = "memory";
	sg_fold_labels(f, &labels, "taint", whose(f));
	bool unseen = (task->root->tree != NULL && task->root->tree->unseen) || (task->domain != NULL && task->domain->kept.unseen);
	if (unseen && !sg_taint_add(&labels, SG_STR("args_unseen"), SG_WORD_NAMED))
		f->missing = "memory";
	if (self && !sg_taint_add(&labels, SG_STR("self_reported"), SG_WORD_NAMED))
		f->missing = "memory";
	sg_fold_values(f, task, sg_fold_get(f, "values"), attempt->action != NULL ? attempt->action : "unknown", attempt->decision, &labels);
	sg_taint_free(&labels);
	sg_fold_kept(f, task);
}

/* A deadline says unknown; whoever asked may say better later. */
void
sg_fold_kind_outcome(struct sg_fold *f)
{
	struct sg_attempt *attempt = sg_state_decision(f->state, sg_fold_text(f, "decision"));
	struct sg_task *task = sg_state_task(f->state, sg_fold_text(f, "task"));
	if (attempt != NULL && (!attempt->outcome || strcmp(attempt->result, "unknown") == 0)) {
		bool unsure = sg_attempt_unsure(attempt);
		sg_fold_id(f, "result", attempt->result, sizeof(attempt->result));
		bool undone = strcmp(attempt->result, "failed") == 0 && !sg_fold_flag_or(f, "happened", false);
		if (attempt->state == SG_ATTEMPT_ALLOWED)
			settle(f, attempt, undone);
		if (strcmp(attempt->result, "failed") == 0 && !sg_fold_flag_or(f, "self", true))
			sg_fold_failed(f->state, attempt, undone);
		if (attempt->state == SG_ATTEMPT_ALLOWED && strcmp(attempt->result, "unknown") != 0)
			sg_fold_told(f->state, attempt);
		attempt->outcome = true;
		sg_fold_await_no_more(f->state, attempt);
		if (!sg_unsure_note(attempt, unsure))
			f->missing = "memory";
	}
	sg_fold_hook(f, attempt);
	if (task == NULL)
		return;
	sg_fold_spread(f, task, whose(f), sg_attempt_since(attempt));
	if (attempt != NULL) {
		sg_fold_memory_told(f, task, attempt);
		seen(f, task, attempt);
	}
}
