/* SPDX-License-Identifier: Apache-2.0
 * Tasks: listing, showing, closing, opening. */
#include "ctl/show.h"

#include "base/str.h"

#include <stdlib.h>

static void
show_task(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	char until[32];
	const struct sg_json *task = sg_json_get(answer, "task");
	sg_show_time(until, sg_show_int(task, "expires_at"));
	sg_show_cell(sg_show_string(task, "id"), 0);
	printf("  ");
	sg_show_verdict(ctl, sg_show_string(task, "state"), 0);
	putchar('\n');
	sg_show_member("agent", task, "agent");
	sg_show_member("intent", task, "intent");
	sg_show_member("environment", task, "environment");
	sg_show_member("sensitivity", task, "sensitivity");
	const struct sg_json *labels = sg_json_get(task, "labels");
	if (labels != NULL && labels->count > 0)
		sg_show_member("tainted by", task, "labels");
	sg_show_row("until", sg_str(until));
	sg_show_member("instance", task, "instance");
	sg_show_member("token", task, "token");
}

static void
show_tasks(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	const struct sg_json *tasks = sg_json_get(answer, "tasks");
	int64_t total = sg_show_int(answer, "total");
	unsigned shown = 0;
	for (const struct sg_json *t = sg_json_first(tasks); t != NULL; t = sg_json_next(tasks, t)) {
		struct sg_str state = sg_show_string(t, "state");
		if (ctl->option[SG_CTL_OPTION_all] == NULL && !sg_str_is(state, "open"))
			continue;
		const struct sg_json *labels = sg_json_get(t, "labels");
		shown++;
		sg_show_cell(sg_show_string(t, "id"), 36);
		sg_show_verdict(ctl, state, 9);
		sg_show_cell(sg_show_string(t, "agent"), 20);
		sg_show_cell(sg_show_string(t, "intent"), 20);
		printf("%5lld s left%s\n", (long long)(sg_show_int(t, "left_ms") / 1000),
		       labels != NULL && labels->count > 0 ? "  tainted" : "");
	}
	if (shown == 0)
		fprintf(stderr, "no open tasks\n");
	if (tasks != NULL && total > (int64_t)tasks->count)
		fprintf(stderr, "%lld tasks are not shown\n", (long long)(total - (int64_t)tasks->count));
}

int
sg_ctl_tasks_list(struct sg_ctl *ctl)
{
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", "/v1/tasks", NULL, NULL, show_tasks);
}

int
sg_ctl_tasks_show(struct sg_ctl *ctl)
{
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", "/v1/tasks/%s", ctl->args[0], NULL, show_task);
}

int
sg_ctl_tasks_close(struct sg_ctl *ctl)
{
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "DELETE", "/v1/tasks/%s", ctl->args[0], NULL, show_task);
}

/* ---- as an agent ---- */

static int
open_body(const struct sg_ctl *ctl, struct sg_buf *body)
{
	char key[33];
	struct sg_json_writer w;
	int64_t ttl = 0;
	const char *given = ctl->option[SG_CTL_OPTION_ttl], *named = ctl->option[SG_CTL_OPTION_key];
	if (given != NULL && !sg_str_int(sg_str(given), 1, 7 * 86400, &ttl))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "--ttl takes seconds");
	sg_ctl_random_key(key);
	sg_jw_begin(&w, body);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "intent", ctl->args[0]);
	sg_jw_member_text(&w, "key", named != NULL ? named : key);
	if (given != NULL)
		sg_jw_member_int(&w, "ttl", ttl);
	sg_jw_end(&w);
	return body->failed ? sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "that is no text in UTF-8") : SG_CTL_OK;
}

/* A denied opening is an answer with a verdict. */
static int
opened(struct sg_ctl *ctl, const struct sg_json *answer)
{
	const struct sg_json *task = sg_json_get(answer, "task");
	static char id[129];
	if (task == NULL)
		return sg_ctl_decided(ctl, answer);
	snprintf(id, sizeof(id), "%.*s", SG_STR_ARG(sg_show_string(task, "id")));
	ctl->task = id;
	if (!ctl->json)
		show_task(ctl, answer);
	return SG_CTL_OK;
}

int
sg_ctl_task_open(struct sg_ctl *ctl)
{
	struct sg_buf body;
	struct sg_ctl_answer answer;
	sg_buf_init(&body, 64 << 10);
	int code = open_body(ctl, &body);
	if (code == SG_CTL_OK) {
		code = sg_ctl_ask(ctl, SG_FACE_AGENT, "POST", "/v1/tasks", NULL, &body, &answer);
		if (code == SG_CTL_OK)
			code = opened(ctl, answer.json);
		sg_ctl_answer_done(&answer);
	}
	sg_buf_done(&body);
	return code;
}

int
sg_ctl_session_open(struct sg_ctl *ctl)
{
	return sg_ctl_task_open(ctl);
}

static int
own_task(struct sg_ctl *ctl, const char *method)
{
	if (ctl->task == NULL)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "no_task", "open INTENT", "no task is open");
	return sg_ctl_asked(ctl, SG_FACE_AGENT, method, "/v1/tasks/%s", ctl->task, NULL, show_task);
}

int
sg_ctl_session_task(struct sg_ctl *ctl)
{
	return own_task(ctl, "GET");
}

int
sg_ctl_session_close(struct sg_ctl *ctl)
{
	return own_task(ctl, "DELETE");
}
