/* SPDX-License-Identifier: Apache-2.0
 * A key that was used before: what came of it, once that is on disk, and never a second credential. */
#include "gate/decide/decide.h"
#include "gate/decide/sight.h"
#include "gate/desk/revoking.h"

#include "base/str.h"

/* The yes that it rests on was not taken back, and who gave it still may. */
static bool
is_used(const struct sg_gate *gate, const struct sg_attempt *attempt)
{
	const struct sg_approval *a = sg_state_approval(&gate->state, sg_str(attempt->approval));
	return a != NULL && a->state == SG_APPROVAL_CONSUMED && sg_givers_stand(gate, a);
}

/* The answer to the first call with this key was lost, or is asked for twice: there is never a second copy. */
static void
give_again(struct sg_gate *gate, struct sg_request *r, const struct sg_attempt *attempt, struct sg_lease *lease)
{
	if (lease != NULL && !sg_lease_revoke(gate, lease, SG_STR("stepgate"), "credential_lost")) {
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "ask again with the same key");
		return;
	}
	sg_answer_attempt(gate, r, attempt, SG_DENY, SG_REASON_credential_lost);
}

/* By the rules in force, and on what the task had read: else nobody has said yes to it as it is now. */
static bool
is_as_judged(const struct sg_gate *gate, const struct sg_attempt *attempt)
{
	return attempt->policy == sg_person_tag(sg_str(gate->policy)) && attempt->labels_tag == sg_taint_tag(&gate->state, &attempt->task->taint);
}

/* What an earlier request with this key came to, once that is on disk. An allow that narrowed or obliged said so in its first answer alone; its repeat
 * would be an allow without them, so there is none. */
static void
repeat(struct sg_gate *gate, struct sg_request *r)
{
	char asker[80];
	enum sg_reason reason = SG_REASON_internal;
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	struct sg_attempt *attempt = task == NULL ? NULL : sg_table_get(&task->attempts, sg_str(r->attempt));
	sg_asker(r, asker);
	r->again = true;
	if (attempt == NULL) {
		sg_answer_error(gate, r, 409, SG_REASON_attempt_pending, "");
		return;
	}
	struct sg_lease *lease = sg_state_lease(&gate->state, sg_str(attempt->lease));
	if (strcmp(attempt->asked, r->asked) != 0 || strcmp(attempt->asker, asker) != 0)
		sg_answer_error(gate, r, 409, SG_REASON_idempotency_conflict, "");
	else if (attempt->state == SG_ATTEMPT_STEP_UP)
		sg_answer_attempt(gate, r, attempt, SG_STEP_UP, SG_REASON_approval_needed);
	else if (attempt->state != SG_ATTEMPT_ALLOWED)
		sg_answer_attempt(gate, r, attempt, SG_DENY, attempt->reason);
	else if (lease != NULL || attempt->lease[0] != '\0')
		give_again(gate, r, attempt, lease);
	else if (!attempt->plain || !is_as_judged(gate, attempt))
		sg_answer_attempt(gate, r, attempt, SG_DENY, SG_REASON_answer_lost);
	else if (sg_deadline_over(&attempt->use_by, &gate->state.now) || !sg_task_live(&gate->state, attempt->task))
		sg_answer_attempt(gate, r, attempt, SG_DENY, SG_REASON_use_by_passed);
	else if (attempt->approval[0] != '\0' && !is_used(gate, attempt))
		sg_answer_attempt(gate, r, attempt, SG_DENY, SG_REASON_approval_void);
	else if (attempt->outcome)
		sg_answer_attempt(gate, r, attempt, SG_DENY, SG_REASON_outcome_known); /* it is done: a second use would be counted by nobody */
	else if (!sg_in_force(gate, r, &reason))
		sg_answer_attempt(gate, r, attempt, SG_DENY, reason); /* a reload took away what it rested on */
	else if ((reason = sg_wall_good(gate)) != SG_REASON_allowed)
		sg_answer_attempt(gate, r, attempt, SG_DENY, reason); /* whether it is still fresh, nobody knows by this clock */
	else
		sg_answer_attempt(gate, r, attempt, SG_ALLOW, attempt->reason);
}

void
sg_repeat(struct sg_gate *gate, struct sg_request *r)
{
	r->lost = sg_decision_lost;
	sg_request_sync(gate, r, gate->journal.appended, repeat);
}
