/* SPDX-License-Identifier: Apache-2.0
 * Whatever is no allow: recorded, then answered. */
#include "gate/decide/decide.h"

#include "base/line.h"
#include "base/str.h"

#include <stdio.h>

enum { QUEUE_RETRY_MS = 30 * 1000 /* after which asking a person again may be worth it */ };

static void
say_decision(struct sg_gate *gate, const struct sg_request *r)
{
	char line[512];
	if (!gate->catalogue->dev)
		return;
	/* names come from the agent: on the operator's terminal they are letters, never commands */
	snprintf(line, sizeof(line), "%-8s %.*s %.*s %.*s  %s%s%.*s  %s", sg_verdict_name(r->verdict),
		 SG_STR_ARG(r->agent != NULL ? r->agent->name : SG_STR("-")), SG_STR_ARG(r->action_name),
		 SG_STR_ARG(r->resource_type), sg_reason_code(r->reason), r->merged.rule.len > 0 ? " by " : "",
		 SG_STR_ARG(r->merged.rule), r->decision);
	for (char *at = line; *at != '\0'; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	gate->ports.say(gate->ports.self, line);
}

static void
answer_recorded(struct sg_gate *gate, struct sg_request *r)
{
	say_decision(gate, r);
	sg_answer_decision(gate, r);
}

void
sg_becomes_denial(struct sg_request *r, enum sg_reason reason)
{
	r->verdict = SG_DENY;
	r->reason = reason;
}

void
sg_count_decision(struct sg_request *r)
{
	r->counts = !r->ask;
}

void
sg_decision_lost(struct sg_gate *gate, struct sg_request *r)
{
	sg_becomes_denial(r, SG_REASON_audit_unavailable);
	sg_answer_decision(gate, r);
}

/* A denial that cannot be recorded is counted, and still a denial. */
void
sg_deny_unrecorded(struct sg_gate *gate, struct sg_request *r)
{
	sg_gap_count(gate, 1, SG_REASON_audit_unavailable);
	r->verdict = SG_DENY;
	r->reason = SG_REASON_audit_unavailable;
	r->decision[0] = '\0';
	sg_count_decision(r);
	sg_answer_decision(gate, r);
}

void
sg_record_and_answer(struct sg_gate *gate, struct sg_request *r)
{
	uint64_t number = 0;
	if (r->ask)
		sg_answer_decision(gate, r);
	else if (!sg_record_decision(gate, r, &number))
		sg_deny_unrecorded(gate, r);
	else {
		sg_count_decision(r);
		sg_tool_quarantine(gate, r);
		sg_thresholds(gate, r);
		r->lost = sg_decision_lost;
		sg_request_sync(gate, r, number, answer_recorded);
	}
}

void
sg_deny(struct sg_gate *gate, struct sg_request *r, enum sg_reason reason)
{
	r->verdict = reason == SG_REASON_plan_unsigned ? SG_DEFER : SG_DENY; /* what only time is missing for is not refused for good */
	r->reason = reason;
	r->merged.retry_ms = r->verdict == SG_DEFER ? 5000 : reason == SG_REASON_approval_queue ? QUEUE_RETRY_MS : 0;
	r->lease[0] = r->approval[0] = '\0';
	sg_record_and_answer(gate, r);
}

void
sg_deny_unkeyed(struct sg_gate *gate, struct sg_request *r, enum sg_reason reason)
{
	struct sg_conn *conn = sg_conn_find(gate, r->conn);
	char name[SG_CONN_NAME + 80] = "";
	if (r->agent != NULL && r->agent_paid) /* behind an enforcer each agent fills its own */
		sg_line_join(name, sizeof(name), "agent:", r->agent->name);
	else if (conn != NULL)
		sg_conn_name(conn, name);
	if (!sg_bucket_take(gate, "unknown", sg_str(name))) { /* nobody fills the journal without being somebody */
		sg_gap_count(gate, 0, SG_REASON_overloaded);
		sg_answer_error(gate, r, 429, SG_REASON_overloaded, "");
		return;
	}
	r->asked[0] = '\0';
	if (sg_is_nobody(r, reason) && !sg_bucket_take(gate, "unknown", SG_STR("all"))) { /* users come without end: together they leave no more than one does */
		sg_gap_count(gate, 0, reason);
		r->verdict = SG_DENY;
		r->reason = reason;
		r->decision[0] = '\0';
		sg_answer_decision(gate, r);
		return;
	}
	sg_deny(gate, r, reason);
}
