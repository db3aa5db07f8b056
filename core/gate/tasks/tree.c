/* SPDX-License-Identifier: Apache-2.0
 * GET /v1/tasks/{}/tree: the access path as one object, from the root down: who holds which task, in which role, with what, and what came of it. */
#include "gate/state/grant.h"
#include "gate/tasks/tasks.h"

#include "base/str.h"

#include <stdlib.h>

enum { TREE_BYTES = 2 << 20, TREE_TASKS = 2000, TREE_UNIT = 16 /* tasks shown for a unit */ };

struct walk {
	struct sg_json_writer *w;
	const struct sg_gate *gate;
	const struct sg_task **tasks; /* of the tree, by parent, so that children stand together */
	size_t count;
	const struct sg_buf *out;
};

static void
write_counts(struct sg_json_writer *w, const struct sg_task *task)
{
	int64_t allowed = 0, stepped = 0, denied = 0, withheld = 0;
	size_t at = 0;
	for (struct sg_attempt *a; (a = sg_table_next(&task->attempts, &at)) != NULL;) {
		allowed += a->state == SG_ATTEMPT_ALLOWED;
		stepped += a->state == SG_ATTEMPT_STEP_UP;
		denied += a->state == SG_ATTEMPT_DENIED;
		withheld += a->state == SG_ATTEMPT_WITHHELD;
	}
	sg_jw_object(w);
	sg_jw_member_int(w, "allowed", allowed);
	sg_jw_member_int(w, "denied", denied);
	sg_jw_member_int(w, "step_up", stepped);
	sg_jw_member_int(w, "withheld", withheld);
	sg_jw_end(w);
}

static int
by_parent(const void *left, const void *right)
{
	const struct sg_task *a = *(const struct sg_task *const *)left, *b = *(const struct sg_task *const *)right;
	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	return a->opened_ms != b->opened_ms ? (a->opened_ms < b->opened_ms ? -1 : 1) : strcmp(a->id, b->id);
}

static size_t
first_below(const struct walk *k, const struct sg_task *parent)
{
	size_t from = 0, to = k->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (k->tasks[middle]->parent < parent)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void
write_node(struct walk *k, const struct sg_task *task)
{
	struct sg_json_writer *w = k->w;
	sg_jw_object(w);
	sg_jw_name(w, "children");
	sg_jw_array(w);
	for (size_t i = first_below(k, task); i < k->count && k->tasks[i]->parent == task && k->out->len < TREE_BYTES - 65536; i++)
		write_node(k, k->tasks[i]); /* at most SG_DEPTH_MAX deep */
	sg_jw_end(w);
	sg_jw_name(w, "decisions");
	write_counts(w, task);
	sg_jw_name(w, "grant");
	task->grant != NULL ? sg_jw_raw(w, task->grant->text) : sg_jw_null(w);
	sg_jw_name(w, "task");
	sg_write_task(w, k->gate, task, SG_TOKEN_NONE);
	sg_jw_end(w);
}

static void
answer_tree(struct sg_gate *gate, struct sg_request *r, const struct sg_task *from)
{
	struct sg_buf body;
	struct sg_json_writer w;
	size_t all = 0;
	struct walk k = {.w = &w, .gate = gate, .out = &body, .tasks = sg_arena_alloc(&r->arena, TREE_TASKS * sizeof(*k.tasks))};
	for (const struct sg_task *t = from->tree_next; k.tasks != NULL && from->kept > 0 && t != from; t = t->tree_next)
		if (sg_task_is_below(t, from)) {
			if (k.count < TREE_TASKS)
				k.tasks[k.count++] = t;
			all++;
		}
	if (k.count > 0)
		qsort(k.tasks, k.count, sizeof(*k.tasks), by_parent);
	if (r->route->face == SG_FACE_AGENT)
		sg_agent_owes(gate, r, (int64_t)(all / TREE_UNIT));
	sg_buf_init(&body, TREE_BYTES);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "more", (int64_t)(all - k.count));
	sg_jw_name(&w, "tree");
	write_node(&k, from);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

static void
tree_who(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	const struct sg_task *task = sg_state_task(&gate->state, r->argument), *above = task;
	enum sg_reason reason = SG_REASON_no_task;
	if (conn == NULL || !sg_who_agent(gate, r, conn, &reason)) {
		sg_answer_error(gate, r, 404, reason, "");
		return;
	}
	while (above != NULL && strcmp(above->instance->id, r->instance) != 0)
		above = above->parent;
	if (above != NULL)
		answer_tree(gate, r, task);
	else
		sg_answer_error(gate, r, 404, SG_REASON_no_task, "");
}

void
sg_route_tree(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->argument);
	if (r->route->face != SG_FACE_ADMIN)
		sg_look_first(gate, r, tree_who);
	else if (task != NULL)
		answer_tree(gate, r, task->root);
	else
		sg_answer_error(gate, r, 404, SG_REASON_no_task, "stepgate tasks lists them");
}
