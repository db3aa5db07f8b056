/* SPDX-License-Identifier: Apache-2.0
 * Owners: who answers for an agent, and what falls when nobody does. */
#include "base/str.h"
#include "gate/request.h"
#include "gate/revoking.h"

bool
sg_human_gone(const struct sg_gate *gate, const struct sg_human *human)
{
	const struct sg_human_life *life = sg_state_human(&gate->state, human->id);
	return human->disabled || (life != NULL && life->disabled);
}

/* Where people are listed, an owner who is not among them answers for nothing. */
int64_t
sg_owner_gone_ms(const struct sg_gate *gate, const struct sg_agent *agent)
{
	const struct sg_agent_life *life = sg_state_agent(&gate->state, agent->name);
	if (life != NULL && life->alone_ms > 0)
		return life->alone_ms;
	if (gate->catalogue->human_count == 0)
		return 0;
	const struct sg_human *owner = sg_catalogue_human_id(gate->catalogue, agent->owner);
	return owner == NULL || sg_human_gone(gate, owner) ? 1 : 0; /* not told yet since when: no grace */
}

bool
sg_agent_stands(const struct sg_gate *gate, const struct sg_agent *agent, bool reads, enum sg_reason *reason)
{
	const struct sg_agent_life *life = sg_state_agent(&gate->state, agent->name);
	int64_t alone = sg_owner_gone_ms(gate, agent), now = gate->state.now.wall_ms;
	*reason = SG_REASON_agent_retired;
	if (life != NULL && life->state == SG_AGENT_retired)
		return false;
	*reason = SG_REASON_agent_suspended;
	if (life != NULL && life->state == SG_AGENT_suspended)
		return false;
	*reason = SG_REASON_owner_gone;
	if (alone > 0 && (!reads || now - alone >= agent->essential_ms))
		return false;
	*reason = SG_REASON_review_overdue;
	return now - agent->review_ms < gate->catalogue->limits.review_grace;
}

/* ---- what changes ---- */

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

static bool
answers(const struct sg_gate *gate, const struct sg_agent *agent)
{
	const struct sg_human *owner = sg_catalogue_human_id(gate->catalogue, agent->owner);
	return gate->catalogue->human_count == 0 || (owner != NULL && !sg_human_gone(gate, owner));
}

void
sg_gate_owners(struct sg_gate *gate)
{
	bool changed = false;
	for (size_t i = 0; i < gate->catalogue->agent_count; i++) {
		const struct sg_agent *agent = &gate->catalogue->agents[i];
		const struct sg_agent_life *life = sg_state_agent(&gate->state, agent->name);
		bool alone = life != NULL && life->alone_ms > 0, now = !answers(gate, agent);
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
