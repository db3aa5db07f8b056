/* SPDX-License-Identifier: Apache-2.0
 * Who takes a task: what its leaf says of the process, and whether its agent may begin anything. */
#include "gate/tasks/tasks.h"

#include "base/str.h"

void
sg_write_peer(struct sg_json_writer *w, struct sg_gate *gate, const struct sg_request *r, bool claimed, const char *name)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	bool own = claimed && r->enforcer == NULL && conn != NULL;
	struct sg_str group = own ? sg_instance_group(gate, conn, r->agent) : SG_STR("");
	if (strcmp(name, "group") == 0)
		sg_jw_member_str(w, "group", group);
	else if (strcmp(name, "pid") == 0)
		sg_jw_member_int(w, "pid", own && group.len == 0 ? (int64_t)conn->peer.pid : 0);
	else if (strcmp(name, "start") == 0)
		sg_jw_member_int(w, "start", own && group.len == 0 ? (int64_t)conn->peer.start_time : 0);
	else
		sg_jw_member_int(w, "uid", own ? sg_conn_uid(conn) : -1); /* the kernel's word, whatever the identity rests on */
}

bool
sg_is_shown(const struct sg_request *r, bool claimed)
{
	return claimed && r->enforcer == NULL && r->agent != NULL && r->instance[0] != '\0';
}

bool
sg_agent_may(struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	*reason = SG_REASON_killed;
	return !sg_state_killed(&gate->state, r->agent->name) && sg_agent_stands(gate, r->agent, true, reason);
}
