/* SPDX-License-Identifier: Apache-2.0
 * Claiming: an agent takes the task that was handed to it. */
#include "gate/tasks/tasks.h"
#include "gate/desk/domain.h"

#include "base/str.h"

static void
write_claim(struct sg_buf *out, struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_bool(&w, "asserted", !r->proven);
	sg_jw_name(&w, "clock");
	sg_write_clock(&w, gate);
	sg_jw_name(&w, "domain");
	sg_write_domain(&w, gate, r);
	sg_jw_member_int(&w, "generation", task->generation + 1);
	sg_write_peer(&w, gate, r, true, "group");
	sg_jw_member_str(&w, "instance", sg_str(r->instance));
	sg_write_peer(&w, gate, r, true, "pid");
	if (sg_is_shown(r, true))
		sg_write_rests_on(&w, r->agent);
	sg_write_peer(&w, gate, r, true, "start");
	if (sg_is_shown(r, true))
		sg_jw_member_text(&w, "strength", sg_strength_name(r->strength));
	sg_jw_member_str(&w, "task", r->task);
	sg_write_peer(&w, gate, r, true, "uid");
	sg_jw_end(&w);
}

static bool
may_claim(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, enum sg_reason *reason)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	*reason = SG_REASON_bad_task_token;
	if (task == NULL || !sg_str_is(r->agent->name, task->agent))
		return false;
	*reason = SG_REASON_task_taken;
	if (task->claimed)
		return strcmp(task->instance->id, r->instance) == 0;
	*reason = SG_REASON_task_closed;
	if (sg_task_stopped(&gate->state, task) != NULL)
		return false;
	if (!sg_agent_may(gate, r, reason))
		return false;
	*reason = SG_REASON_rule_8_key;
	if (task->parent != NULL && strcmp(task->parent->instance->id, r->instance) == 0)
		return false;
	*reason = SG_REASON_rule_10_duty;
	return sg_duty_allows(gate, task->root, r->agent, sg_str(task->role), r->instance, sg_conn_uid(conn));
}

void
sg_claim_task(struct sg_gate *gate, struct sg_request *r, struct sg_str token)
{
	enum sg_reason reason = SG_REASON_internal;
	struct sg_task *task = sg_state_handed_task(&gate->state, token);
	struct sg_buf body;
	uint64_t number = 0;
	r->action_name = SG_STR("task.claim");
	if (!may_claim(gate, r, task, &reason)) {
		sg_deny_unkeyed(gate, r, reason);
		return;
	}
	r->task = sg_arena_copy(&r->arena, sg_str(task->id)); /* the task may be forgotten while the disk is waited for */
	if (task->claimed) {
		sg_request_sync(gate, r, gate->journal.appended, sg_answer_claimed);
		return;
	}
	sg_buf_init(&body, 2048);
	write_claim(&body, gate, r, task);
	bool good = sg_record(gate, "claim", sg_buf_view(&body), SG_STR(""), &number, NULL) == SG_OK;
	sg_buf_done(&body);
	if (good)
		sg_request_sync(gate, r, number, sg_answer_claimed);
	else
		sg_deny_unkeyed(gate, r, SG_REASON_audit_unavailable);
}
