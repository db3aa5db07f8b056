/* SPDX-License-Identifier: Apache-2.0
 * Owners: who answers for an agent, and what falls when nobody does. */
#include "base/str.h"
#include "gate/tasks/tasks.h"
#include "gate/desk/revoking.h"
#include "gate/state/ending.h"

#include <string.h>

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
	if (!sg_ends_at_once(&gate->state) && (strcmp(event, "suspended") == 0 || strcmp(event, "retired") == 0 || strcmp(event, "owner_gone") == 0))
		sg_jw_member_bool(&w, "sliced", true);
	sg_jw_end(&w);
	bool good = sg_record(gate, "agent", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

bool
sg_agent_is_ending(const struct sg_gate *gate, struct sg_str agent)
{
	char key[SG_ENDING_KEY];
	sg_ending_of_agent(key, agent);
	return sg_state_ending(&gate->state, key) != NULL;
}

void
sg_gate_owners(struct sg_gate *gate)
{
	bool changed = false;
	for (size_t i = 0; i < gate->catalogue->agent_count; i++) {
		const struct sg_agent *agent = &gate->catalogue->agents[i];
		const struct sg_agent_life *life = sg_state_agent(&gate->state, agent->name);
		bool alone = life != NULL && life->alone_ms > 0, now = !sg_owner_answers(gate, agent);
		if (alone == now || (!now && sg_agent_is_ending(gate, agent->name))) /* it is looked at again when that is over */
			continue;
		changed = true;
		sg_record_agent(gate, agent->name, now ? "owner_gone" : "owner_back", SG_STR("stepgate"), NULL);
		if (now)
			sg_alert(gate, "owner_gone", agent->escalate, agent->name, SG_STR(""));
	}
	if (changed)
		sg_leases_revoking(gate);
}
