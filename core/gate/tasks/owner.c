/* SPDX-License-Identifier: Apache-2.0
 * Owners: who answers for an agent, and what falls when nobody does. */
#include "base/str.h"
#include "gate/tasks/tasks.h"
#include "gate/desk/revoking.h"

bool
sg_record_agent(struct sg_gate *gate, struct sg_str agent, const char *event, struct sg_str by, uint64_t *number)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 2048);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "agent", agent);
	sg_jw_member_str(&w, "by", by);
	sg_jw_member_text(&w, "event", event);
	sg_jw_end(&w);
	bool good = sg_record(gate, "agent", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

void
sg_gate_owners(struct sg_gate *gate)
{
	bool changed = false;
	for (size_t i = 0; i < gate->catalogue->agent_count; i++) {
		const struct sg_agent *agent = &gate->catalogue->agents[i];
		const struct sg_agent_life *life = sg_state_agent(&gate->state, agent->name);
		bool alone = life != NULL && life->alone_ms > 0, now = !sg_owner_answers(gate, agent);
		if (alone == now)
			continue;
		changed = true;
		sg_record_agent(gate, agent->name, now ? "owner_gone" : "owner_back", SG_STR("stepgate"), NULL);
		if (now)
			sg_alert(gate, "owner_gone", agent->escalate, agent->name, SG_STR(""));
	}
	if (changed)
		sg_leases_revoking(gate);
}
