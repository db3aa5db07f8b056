/* SPDX-License-Identifier: Apache-2.0
 * The frame table, looked up. */
#include "frame/table.h"

enum { STATES_STARTING = SG_LINK_STARTING, STATES_READY = SG_LINK_READY, STATES_ANY = SG_LINK_STARTING | SG_LINK_READY };

static const struct sg_frame_rule rules[] = {
#define X(name, number, sender, receiver, state, payload, fd, ready)                                                   \
	{#name, number, SG_ROLE_##sender, SG_ROLE_##receiver, STATES_##state, SG_PAYLOAD_##payload, fd, ready},
	SG_FRAMES(X)
#undef X
};

const struct sg_frame_rule *
sg_frame_rule(uint16_t type)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].type == type)
			return &rules[i];
	return NULL;
}

bool
sg_frame_allowed(uint16_t type, enum sg_role sender, enum sg_role receiver, enum sg_link_state state)
{
	const struct sg_frame_rule *rule = sg_frame_rule(type);
	return rule != NULL && rule->sender == sender && rule->receiver == receiver && (rule->states & state) != 0;
}
