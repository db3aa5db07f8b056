/* SPDX-License-Identifier: Apache-2.0
 * Judging: policy is asked. */
#include "gate/decide/decide.h"
#include "gate/decide/merge.h"
#include "gate/state/history.h"
#include "gate/state/requirement.h"
#include "gate/decide/moved.h"
#include "gate/decide/sight.h"
#include "gate/desk/turns.h"

#include "base/line.h"
#include "base/str.h"

#include <stdio.h>

enum { QUESTION_FREE = 16 << 10 /* bytes of a question, one unit more for each */, WALK_FREE = 4096 /* entries of the past, likewise */ };

void
sg_judge(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	struct sg_buf input;
	if (gate->policy[0] == '\0') {
		sg_deny(gate, r, SG_REASON_policy_unavailable);
		return;
	}
	const struct sg_approval *sight = sg_approval_in_sight(gate, r, task);
	sg_line_join(r->sight, sizeof(r->sight), "", sg_str(sight != NULL ? sight->id : ""));
	r->judged_at = gate->state.now;
	r->judged_steady = sg_state_steady(&gate->state);
	r->asks_past = false;
	r->trouble = SG_REASON_allowed;
	r->past_changes = sg_past_changes(&gate->state, task);
	r->walked = 0;
	r->reads = 0;
	sg_buf_init(&input, SG_INPUT_MAX);
	sg_write_question(&input, gate, r, task);
	r->input = sg_arena_copy(&r->arena, sg_buf_view(&input));
	if (r->judgements++ > 0)
		sg_agent_owes(gate, r, 1);
	sg_agent_owes(gate, r, (int64_t)(r->walked / WALK_FREE)); /* a long past makes it dear, too */
	sg_agent_owes(gate, r, (int64_t)(input.len / QUESTION_FREE)); /* labels and origins make it longer than the request that was paid for */
	r->anew = false;
	r->judged_task_seq = task->taint.seq;
	r->judged_instance_seq = task->domain->taint.seq;
	r->judged_generation = gate->policy_generation;
	r->judged_catalogue = gate->catalogue;
	sg_request_wait(gate, r, SG_STAGE_JUDGE);
	if (r->trouble != SG_REASON_allowed) { /* a smaller count would be a lie */
		sg_buf_done(&input);
		sg_deny(gate, r, r->trouble);
		return;
	}
	bool asked = !input.failed && r->input.ptr != NULL &&
		     gate->ports.judge(gate->ports.self, r->id, SG_FRAME_P_JUDGE, r->input);
	sg_buf_done(&input);
	if (!asked)
		sg_deny(gate, r, SG_REASON_policy_unavailable);
}

void
sg_judge_again(struct sg_gate *gate, struct sg_request *r)
{
	enum sg_reason reason = SG_REASON_internal;
	if (sg_in_force(gate, r, &reason))
		sg_judge(gate, r);
	else
		sg_deny(gate, r, reason);
}
