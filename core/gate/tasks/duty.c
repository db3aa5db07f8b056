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

bool
sg_duty_allows(const struct sg_gate *gate, const struct sg_task *root, const struct sg_agent *agent, struct sg_str role, const char *instance, int64_t uid)
{
	const struct sg_task *t = root;
	do
		if (role.len > 0 && t->role[0] != '\0' && clashes(gate, t, agent, role, instance, uid))
			return false;
	while ((t = t->tree_next) != root);
	return true;
}
