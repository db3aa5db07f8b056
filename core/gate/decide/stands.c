/* SPDX-License-Identifier: Apache-2.0
 * What a task was given when it was opened, asked again under the catalogue in force: a reload may have taken it away. */
#include "gate/decide/ceiling.h"

#include "base/str.h"

/* The roles are those of the root's intent; a part that its agent handed to itself may have none of its own, as its parent. */
static bool
role_stands(const struct sg_intent *root, const struct sg_agent *agent, const struct sg_task *t)
{
	if (root == NULL)
		return false;
	return t->role[0] == '\0' ? root->roles.count == 0 : sg_strings_have(&root->roles, sg_str(t->role)) && sg_strings_have(&agent->roles, sg_str(t->role));
}

static bool
handed_on(const struct sg_gate *gate, const struct sg_task *t)
{
	const struct sg_agent *above = t->parent == NULL ? NULL : sg_catalogue_agent(gate->catalogue, sg_str(t->parent->agent));
	if (t->parent == NULL || strcmp(t->parent->agent, t->agent) == 0)
		return true;
	return above != NULL && (sg_strings_have(&above->delegates, sg_str(t->agent)) || sg_strings_have(&above->delegates, SG_STR("*")));
}

static enum sg_reason
fallen(const struct sg_gate *gate, const struct sg_task *t)
{
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, sg_str(t->agent));
	const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(t->intent));
	if (agent == NULL)
		return SG_REASON_no_agent;
	if (intent == NULL)
		return SG_REASON_intent_unknown;
	if (!sg_strings_have(&agent->intents, sg_str(t->intent)))
		return SG_REASON_intent_forbidden;
	if (!sg_str_is(agent->environment, t->environment) || (intent->environment.len > 0 && !sg_str_is(intent->environment, t->environment)))
		return SG_REASON_wrong_environment;
	if (!role_stands(sg_catalogue_intent(gate->catalogue, sg_str(t->root->intent)), agent, t))
		return SG_REASON_outside_role;
	return handed_on(gate, t) ? SG_REASON_allowed : SG_REASON_rule_11_may_act;
}

bool
sg_task_stands(const struct sg_gate *gate, const struct sg_task *task, enum sg_reason *reason)
{
	*reason = SG_REASON_allowed;
	for (const struct sg_task *t = task; t != NULL && *reason == SG_REASON_allowed; t = t->parent)
		*reason = fallen(gate, t);
	return *reason == SG_REASON_allowed;
}
