/* SPDX-License-Identifier: Apache-2.0
 * Tools: each is pinned by the digest of its definition. What is new or changed goes into quarantine, which the tree that met it never leaves; an
 * operator takes it up by writing the new digest into the catalogue, for tasks that are opened afterwards. */
#include "base/str.h"
#include "gate/decide/decide.h"

#include <string.h>

static bool
in_quarantine(const struct sg_tree *tree, struct sg_str action)
{
	if (tree == NULL)
		return false;
	for (size_t i = 0; i < tree->quarantine_count; i++)
		if (sg_str_is(action, tree->quarantine[i].action))
			return true;
	return false;
}

enum sg_reason
sg_tool_admits(const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	const struct sg_tool *tool = sg_catalogue_tool(gate->catalogue, r->action->name);
	if (in_quarantine(task->root->tree, r->action->name))
		return SG_REASON_tool_quarantined;
	if (sg_str_is(r->tool, SG_TOOL_TWICE))
		return SG_REASON_tool_twice; /* pinned or not: nobody can say which of them was read */
	if (tool == NULL)
		return SG_REASON_allowed;
	if (task->root->tree != NULL && task->root->tree->quarantine_full)
		return SG_REASON_tool_quarantined;
	if (r->tool.len == 0)
		return SG_REASON_tool_new;
	return sg_str_eq(r->tool, tool->digest) ? SG_REASON_allowed : SG_REASON_tool_changed;
}

static void
quarantine(struct sg_gate *gate, const struct sg_request *r, struct sg_str action, struct sg_str digest, const struct sg_tool *pinned)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "action", action);
	sg_jw_member_str(&w, "digest", digest);
	sg_jw_member_str(&w, "event", SG_STR("quarantine"));
	sg_jw_member_str(&w, "pinned", pinned != NULL ? pinned->digest : SG_STR(""));
	sg_jw_member_str(&w, "server", pinned != NULL ? pinned->server : SG_STR(""));
	sg_jw_member_str(&w, "task", r->task);
	sg_jw_end(&w);
	sg_record(gate, "tool", sg_buf_view(&body), SG_STR(""), NULL, NULL);
	sg_buf_done(&body);
}

/* Whoever asks that a tool be registered names it: it is met, and cannot be used in the task that asked. */
static struct sg_str
registered(const struct sg_request *r)
{
	struct sg_str name = {"", 0};
	if (sg_str_is(r->action_name, "tool.register"))
		sg_json_string(sg_json_get(r->args, "action"), &name);
	return name.len <= SG_ACTION_NAME_MAX ? name : SG_STR("");
}

/* Else it is a part that another gave it: nobody else is to lose a tool by its word. */
static bool
is_own_tree(const struct sg_task *task)
{
	return strcmp(task->root->agent, task->agent) == 0;
}

/* An enforcer saw what the server lists. */
static bool
sees_lists(const struct sg_request *r, const struct sg_task *task)
{
	return r->enforcer != NULL || is_own_tree(task);
}

void
sg_tool_quarantine(struct sg_gate *gate, const struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	struct sg_str name = registered(r);
	bool met = (r->reason == SG_REASON_tool_new || r->reason == SG_REASON_tool_changed) && task != NULL && sees_lists(r, task);
	if (task == NULL || r->ask || r->asked[0] == '\0') /* refused before it was found to be theirs: it is nobody's word on that tree */
		return;
	bool judged = r->verdict != SG_DENY || r->input.len > 0;
	if (judged && sees_lists(r, task) && name.len > 0 && !in_quarantine(task->root->tree, name))
		quarantine(gate, r, name, SG_STR(""), NULL);
	if (met && !in_quarantine(task->root->tree, r->action_name)) {
		quarantine(gate, r, r->action_name, r->tool, sg_catalogue_tool(gate->catalogue, r->action_name));
		sg_alert(gate, sg_reason_code(r->reason), r->agent->owner, r->agent->name, r->task);
	}
}
