/* SPDX-License-Identifier: Apache-2.0
 * What a credential was made for, asked again under the catalogue in force: before it is handed out, and by whoever holds it. */
#include "gate/decide/ceiling.h"

#include "base/str.h"

bool
sg_lease_stands(const struct sg_gate *gate, const struct sg_lease *lease)
{
	const struct sg_attempt *attempt = sg_state_decision(&gate->state, sg_str(lease->decision));
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, sg_str(lease->agent));
	const struct sg_action *action = attempt == NULL ? NULL : sg_catalogue_action(gate->catalogue, sg_str(attempt->action));
	const struct sg_issuer *issuer = sg_catalogue_issuer(gate->catalogue, sg_str(lease->issuer));
	const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(lease->task->intent));
	return agent != NULL && action != NULL && issuer != NULL && intent != NULL && sg_strings_match(&agent->reach, action->name, '.') &&
	       sg_strings_have(&agent->intents, intent->name) && sg_strings_match(&intent->actions, action->name, '.') && sg_str_is(action->credential, lease->issuer) &&
	       lease->level <= intent->sensitivity && action->sensitivity <= lease->level &&
	       (issuer->audience.count > 0 ? sg_strings_have(&issuer->audience, sg_str(lease->audience)) : sg_str_is(issuer->name, lease->audience));
}
