/* SPDX-License-Identifier: Apache-2.0
 * Separation of duty: who plans, who does and who checks are several, as far as the catalogue's roles say so. */
#include "base/str.h"
#include "gate/tasks/tasks.h"

static bool
apart(const struct sg_gate *gate, struct sg_str a, struct sg_str b, bool *owners)
{
	const struct sg_task_role *one = sg_catalogue_role(gate->catalogue, a), *other = sg_catalogue_role(gate->catalogue, b);
	bool first = one != NULL && sg_strings_have(&one->apart, b), second = other != NULL && sg_strings_have(&other->apart, a);
	*owners = (first && one->other_owner) || (second && other->other_owner);
	return first || second;
}

/* In dev mode all share a uid, which then says nothing. */
static bool
same_boundary(const struct sg_gate *gate, const struct sg_task *task, int64_t uid)
{
	return !gate->catalogue->dev && uid >= 0 && task->instance->uid == uid;
}

static bool
clashes(const struct sg_gate *gate, const struct sg_task *task, const struct sg_agent *agent, struct sg_str role, const char *instance, int64_t uid)
{
	bool owners = false;
	const struct sg_agent *other = sg_catalogue_agent(gate->catalogue, sg_str(task->agent));
	if (sg_str_is(role, task->role))
		return false;
	if (instance[0] != '\0' && strcmp(task->instance->id, instance) == 0)
		return true; /* one instance in two roles */
	if (!apart(gate, role, sg_str(task->role), &owners))
		return false;
	return sg_str_is(agent->name, task->agent) || same_boundary(gate, task, uid) ||
	       (owners && (other == NULL || sg_str_eq(other->owner, agent->owner)));
}

/* What is remembered of parts that are forgotten: as of those that are there. */
static bool
clashes_with_hands(const struct sg_gate *gate, const struct sg_hands *had, const struct sg_agent *agent, struct sg_str role, int64_t uid)
{
	bool owners = false;
	const struct sg_agent *other = sg_catalogue_agent(gate->catalogue, sg_str(had->agent));
	if (sg_str_is(role, had->role) || !apart(gate, role, sg_str(had->role), &owners))
		return false;
	return sg_str_is(agent->name, had->agent) || (!gate->catalogue->dev && uid >= 0 && had->uid == uid) ||
	       (owners && (other == NULL || sg_str_eq(other->owner, agent->owner)));
}

static bool
clashes_with_past(const struct sg_gate *gate, const struct sg_duties *duties, const struct sg_agent *agent, struct sg_str role, const char *instance, int64_t uid)
{
	const struct sg_duty *its = sg_duties_of(duties, instance);
	bool clash = its != NULL && !sg_str_is(role, its->role); /* one instance in two roles */
	for (size_t i = 0; i < duties->hand_count && !clash; i++)
		clash = clashes_with_hands(gate, &duties->hands[i], agent, role, uid);
	return clash;
}

bool
sg_duty_allows(const struct sg_gate *gate, const struct sg_task *root, const struct sg_agent *agent, struct sg_str role, const char *instance, int64_t uid)
{
	const struct sg_task *t = root;
	if (role.len > 0 && root->tree != NULL && clashes_with_past(gate, &root->tree->duties, agent, role, instance, uid))
		return false;
	do
		if (role.len > 0 && t->role[0] != '\0' && clashes(gate, t, agent, role, instance, uid))
			return false;
	while ((t = t->tree_next) != root);
	return true;
}
