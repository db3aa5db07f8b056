/* SPDX-License-Identifier: Apache-2.0
 * Endings that are under way: which they are, and whom they take. */
#include "gate/state/ending.h"
#include "gate/state/holder.h"

#include "base/line.h"
#include "base/str.h"

#include <string.h>

static void
key_of(char out[SG_ENDING_KEY], const char *kind, struct sg_str name)
{
	struct sg_line line = sg_line_begin(out, SG_ENDING_KEY, kind);
	sg_line_str(&line, name);
}

void
sg_ending_of_agent(char out[SG_ENDING_KEY], struct sg_str agent)
{
	key_of(out, "agent:", agent);
}

void
sg_ending_of_task(char out[SG_ENDING_KEY], const struct sg_task *task)
{
	key_of(out, "task:", sg_str(task->id));
}

/* By `key`, one above it or itself is meant. */
static bool
is_meant(const char *key, const struct sg_task *task)
{
	bool by_agent = strncmp(key, "agent:", 6) == 0;
	const char *name = strchr(key, ':');
	if (name == NULL)
		return strcmp(key, "all") == 0;
	for (; task != NULL; task = task->parent)
		if (strcmp(name + 1, by_agent ? task->agent : task->id) == 0)
			return true;
	return false;
}

bool
sg_ending_takes(const struct sg_ending *ending, const struct sg_task *task)
{
	return is_meant(ending->key, task);
}

struct sg_ending *
sg_state_ending(const struct sg_state *state, const char *key)
{
	return state->endings.count == 0 ? NULL : sg_table_get(&state->endings, sg_str(key));
}

const struct sg_ending *
sg_task_ending(const struct sg_state *state, const struct sg_task *task)
{
	char key[SG_ENDING_KEY];
	const struct sg_ending *ending = sg_state_ending(state, "all");
	if (ending != NULL || state->endings.count == 0)
		return ending;
	sg_ending_of_agent(key, sg_str(task->agent));
	if ((ending = sg_state_ending(state, key)) != NULL)
		return ending;
	sg_ending_of_task(key, task);
	return sg_state_ending(state, key);
}

bool
sg_task_is_ending(const struct sg_state *state, const struct sg_task *task)
{
	if (state->endings.count == 0)
		return false;
	while (task != NULL && sg_task_ending(state, task) == NULL)
		task = task->parent;
	return task != NULL;
}

bool
sg_ends_at_once(const struct sg_state *state)
{
	return state->tasks.count <= SG_ENDING_SLICE && state->leases.count <= SG_ENDING_SLICE && state->approvals.count <= SG_ENDING_SLICE;
}

/* Of a task without any open below it only its own is looked at. */
bool
sg_task_ends_at_once(const struct sg_task *task)
{
	int64_t held = task->leases_kept + task->approvals_kept, seen = 0;
	for (const struct sg_task *t = NULL; task->open_below > 0 && seen <= SG_ENDING_SLICE && held <= SG_ENDING_SLICE && (t = sg_tree_open(task->root, t)) != NULL; seen++)
		held += t == task ? 0 : t->leases_kept + t->approvals_kept;
	return held <= SG_ENDING_SLICE && seen <= SG_ENDING_SLICE;
}
