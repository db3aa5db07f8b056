/* SPDX-License-Identifier: Apache-2.0
 * Who may still do anything: agents that are suspended, retired, overdue or without an owner do nothing, people who are disabled neither. */
#include "base/str.h"
#include "gate/desk/desk.h"

/* An operator's word on a person outlives their stanza. */
static bool
is_disabled(const struct sg_gate *gate, struct sg_str id)
{
	const struct sg_human_life *life = sg_state_human(&gate->state, id);
	return life != NULL && life->disabled;
}

bool
sg_human_gone(const struct sg_gate *gate, const struct sg_human *human)
{
	return human->disabled || is_disabled(gate, human->id);
}

bool
sg_admin_gone(const struct sg_gate *gate, struct sg_str name)
{
	char admin[SG_ADMIN_LIFE];
	const struct sg_human *human = sg_catalogue_human_admin(gate->catalogue, name);
	return is_disabled(gate, sg_state_admin_life(name, admin)) || (human != NULL && sg_human_gone(gate, human));
}

bool
sg_admin_left_since(const struct sg_gate *gate, struct sg_str name, int64_t at_ms)
{
	char admin[SG_ADMIN_LIFE];
	const struct sg_human *human = sg_catalogue_human_admin(gate->catalogue, name);
	const struct sg_human_life *of_stanza = sg_state_human(&gate->state, sg_state_admin_life(name, admin)), *of_person = human == NULL ? NULL : sg_state_human(&gate->state, human->id);
	return (of_stanza != NULL && of_stanza->gone_ms >= at_ms) || (of_person != NULL && of_person->gone_ms >= at_ms);
}

/* Where people are listed, an owner who is not among them answers for nothing. */
bool
sg_owner_answers(const struct sg_gate *gate, const struct sg_agent *agent)
{
	const struct sg_human *owner = sg_catalogue_human_id(gate->catalogue, agent->owner);
	return !is_disabled(gate, agent->owner) && (gate->catalogue->human_count == 0 || (owner != NULL && !owner->disabled));
}

int64_t
sg_owner_gone_ms(const struct sg_gate *gate, const struct sg_agent *agent)
{
	const struct sg_agent_life *life = sg_state_agent(&gate->state, agent->name);
	if (life != NULL && life->alone_ms > 0)
		return life->alone_ms;
	return sg_owner_answers(gate, agent) ? 0 : 1; /* not told yet since when: no grace */
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
