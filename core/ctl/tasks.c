/* SPDX-License-Identifier: Apache-2.0
 * Tasks, for operators: listing, showing, closing, letting go on. */
#include "ctl/tasks.h"

#include "base/str.h"

static bool
is_over(struct sg_str state)
{
	return !sg_str_is(state, "open") && !sg_str_is(state, "frozen");
}

static void
show_line(const struct sg_ctl *ctl, const struct sg_json *task)
{
	const struct sg_json *labels = sg_json_get(task, "labels");
	struct sg_str parent = sg_json_text_at(task, "parent");
	sg_show_cell(sg_json_text_at(task, "id"), 36);
	sg_show_verdict(ctl, sg_json_text_at(task, "state"), 9);
	sg_show_cell(sg_json_text_at(task, "agent"), 20);
	sg_show_cell(sg_json_text_at(task, "intent"), 20);
	sg_show_cell(sg_json_text_at(task, "role"), 12);
	printf("depth %lld  %5lld s left%s", (long long)sg_show_int(task, "depth"), (long long)(sg_show_int(task, "left_ms") / 1000),
	       labels != NULL && labels->count > 0 ? "  tainted" : "");
	if (parent.len > 0) {
		printf("  below ");
		sg_show_cell(parent, 0);
	}
	putchar('\n');
}

static void
show_tasks(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	const struct sg_json *tasks = sg_json_get(answer, "tasks");
	int64_t total = sg_show_int(answer, "total");
	unsigned shown = 0;
	for (const struct sg_json *t = sg_json_first(tasks); t != NULL; t = sg_json_next(tasks, t)) {
		if (ctl->option[SG_CTL_OPTION_all] == NULL && is_over(sg_json_text_at(t, "state")))
			continue;
		shown++;
		show_line(ctl, t);
	}
	if (shown == 0)
		fprintf(stderr, "no open tasks\n");
	if (tasks != NULL && total > (int64_t)tasks->count)
		fprintf(stderr, "%lld tasks are not shown\n", (long long)(total - (int64_t)tasks->count));
}

int
sg_ctl_tasks_list(struct sg_ctl *ctl)
{
	const char *agent = ctl->option[SG_CTL_OPTION_agent];
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", agent != NULL ? "/v1/tasks?agent=%s" : "/v1/tasks", agent, NULL, show_tasks);
}

int
sg_ctl_tasks_show(struct sg_ctl *ctl)
{
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", "/v1/tasks/%s", ctl->args[0], NULL, sg_show_task);
}

int
sg_ctl_tasks_close(struct sg_ctl *ctl)
{
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "DELETE", "/v1/tasks/%s", ctl->args[0], NULL, sg_show_task);
}

static void
show_thawed(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	struct sg_str still = sg_json_text_at(answer, "still");
	sg_show_task(ctl, answer);
	if (still.len > 0)
		fprintf(stderr, "%.*s above it stands still, and it with that one: look at it, and thaw it for itself\n", SG_STR_ARG(still));
}

int
sg_ctl_tasks_thaw(struct sg_ctl *ctl)
{
	struct sg_buf body;
	sg_buf_init(&body, 64);
	sg_buf_text(&body, "{}");
	int code = sg_ctl_asked(ctl, SG_FACE_ADMIN, "POST", "/v1/tasks/%s/thaw", ctl->args[0], &body, show_thawed);
	sg_buf_done(&body);
	return code;
}
