/* SPDX-License-Identifier: Apache-2.0
 * What a credential was made for, asked again under the catalogue in force: before it is handed out, and by whoever holds it. */
#include "gate/decide/ceiling.h"
#include "gate/decide/sight.h"
#include "gate/desk/revoking.h"

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

bool
sg_said_stands(const struct sg_gate *gate, const struct sg_task *task, struct sg_str agent, struct sg_str action, const char *approval)
{
	const struct sg_agent *who = sg_catalogue_agent(gate->catalogue, agent);
	const struct sg_action *what = sg_catalogue_action(gate->catalogue, action);
	const struct sg_approval *a = approval[0] == '\0' ? NULL : sg_state_approval(&gate->state, sg_str(approval));
	return who != NULL && what != NULL && sg_behalf_admits(gate, who, sg_str(task->on_behalf), what) && (approval[0] == '\0' || (a != NULL && sg_givers_stand(gate, a)));
}

bool
sg_lease_said(const struct sg_gate *gate, const struct sg_lease *lease)
{
	const struct sg_attempt *attempt = sg_state_decision(&gate->state, sg_str(lease->decision));
	return attempt != NULL && sg_said_stands(gate, lease->task, sg_str(lease->agent), sg_str(attempt->action), lease->approval);
}

/* Its agent and what it is for stand in the catalogue still. */
static bool
is_known(const struct sg_gate *gate, const struct sg_lease *lease)
{
	const struct sg_attempt *attempt = sg_state_decision(&gate->state, sg_str(lease->decision));
	return sg_catalogue_agent(gate->catalogue, sg_str(lease->agent)) != NULL && attempt != NULL && sg_catalogue_action(gate->catalogue, sg_str(attempt->action)) != NULL;
}

/* The instance that made a credential takes it back: it still runs when the configuration changes, and leaves only when it owes no answer. What there was before is kept
 * until all leases were looked at. */
static bool
has_issuer(const struct sg_gate *gate, const struct sg_lease *lease)
{
	const struct sg_issuer *is = sg_catalogue_issuer(gate->catalogue, sg_str(lease->issuer));
	bool same = is != NULL;
	for (const struct sg_catalogue *before = gate->retired; same && before != NULL; before = before->older) {
		const struct sg_issuer *was = sg_catalogue_issuer(before, sg_str(lease->issuer));
		same = was == NULL || sg_str_eq(is->use, was->use);
	}
	return same;
}

static const char *
why_not(const struct sg_gate *gate, const struct sg_lease *lease)
{
	if (lease->state < SG_LEASE_REVOKING && !has_issuer(gate, lease))
		return "issuer removed";
	if (lease->state != SG_LEASE_ACTIVE || sg_deadline_over(&lease->ends, &gate->state.now) || sg_lease_said(gate, lease))
		return NULL;
	return is_known(gate, lease) ? "no_longer_said" : "no_longer_known";
}

size_t
sg_lease_review(struct sg_gate *gate, struct sg_lease *lease)
{
	const char *why = why_not(gate, lease);
	return why != NULL && sg_lease_revoke(gate, lease, SG_STR("stepgate"), why);
}
