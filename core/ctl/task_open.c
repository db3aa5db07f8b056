/* SPDX-License-Identifier: Apache-2.0
 * Tasks, for agents: opening, taking one over, handing a part on, signing a plan. With --agent an operator opens one for an agent. */
#include "ctl/form.h"
#include "ctl/tasks.h"

#include "base/str.h"

/* In a session the task is the one to work in from now on. */
static void
work_in(struct sg_ctl *ctl, struct sg_str id)
{
	static char kept[129];
	snprintf(kept, sizeof(kept), "%.*s", SG_STR_ARG(id));
	ctl->task = kept;
}

/* A denied opening is an answer with a verdict. */
static int
opened(struct sg_ctl *ctl, const struct sg_json *answer, bool take)
{
	const struct sg_json *task = sg_json_get(answer, "task");
	if (task == NULL)
		return sg_ctl_decided(ctl, answer);
	if (take)
		work_in(ctl, sg_json_text_at(task, "id"));
	if (!ctl->json)
		sg_show_task(ctl, answer);
	return SG_CTL_OK;
}

static int
ask(struct sg_ctl *ctl, enum sg_face face, const char *path, const char *argument, struct sg_ctl_form *body, bool take)
{
	struct sg_buf text;
	struct sg_ctl_answer answer;
	sg_buf_init(&text, SG_CTL_BODY);
	int code = sg_ctl_form_end(body, &text);
	if (code == SG_CTL_OK) {
		code = sg_ctl_ask(ctl, face, "POST", path, argument, &text, &answer);
		if (code == SG_CTL_OK)
			code = opened(ctl, answer.json, take);
		sg_ctl_answer_done(&answer);
	}
	sg_buf_done(&text);
	return code;
}

int
sg_ctl_task_open(struct sg_ctl *ctl)
{
	struct sg_ctl_form body;
	const char *agent = ctl->option[SG_CTL_OPTION_agent];
	sg_ctl_form_begin(&body, ctl);
	if (agent != NULL && ctl->option[SG_CTL_OPTION_on_behalf] != NULL)
		sg_ctl_form_wrong(&body, "--on-behalf", "with --agent it is for you, if the agent may act for you");
	sg_ctl_form_text(&body, "agent", agent);
	sg_ctl_form_text(&body, "intent", ctl->args[0]);
	sg_ctl_form_pairs(&body, "inputs", SG_CTL_OPTION_input, false);
	sg_ctl_form_key(&body);
	sg_ctl_form_text(&body, "on_behalf_of", ctl->option[SG_CTL_OPTION_on_behalf]);
	sg_ctl_form_text(&body, "role", ctl->option[SG_CTL_OPTION_role]);
	sg_ctl_form_ttl(&body);
	return ask(ctl, agent != NULL ? SG_FACE_ADMIN : SG_FACE_AGENT, "/v1/tasks", NULL, &body, agent == NULL);
}

int
sg_ctl_session_open(struct sg_ctl *ctl)
{
	return sg_ctl_task_open(ctl);
}

/* ---- one that was opened for this agent ---- */

int
sg_ctl_task_claim(struct sg_ctl *ctl)
{
	char token[512];
	struct sg_ctl_form body;
	if (!sg_ctl_token(ctl->args[0], token, sizeof(token)))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "that is no token");
	sg_ctl_form_begin(&body, ctl);
	sg_ctl_form_key(&body);
	sg_ctl_form_text(&body, "task_token", token);
	return ask(ctl, SG_FACE_AGENT, "/v1/tasks", NULL, &body, true);
}

int
sg_ctl_session_claim(struct sg_ctl *ctl)
{
	return sg_ctl_task_claim(ctl);
}

/* ---- handing on ---- */

static int
delegate(struct sg_ctl *ctl, const char *task)
{
	struct sg_ctl_form body;
	sg_ctl_form_begin(&body, ctl);
	sg_ctl_form_list(&body, "actions", SG_CTL_OPTION_action);
	sg_ctl_form_amounts(&body, "budgets", SG_CTL_OPTION_budget);
	sg_ctl_form_text(&body, "excess", ctl->option[SG_CTL_OPTION_excess]);
	sg_ctl_form_pairs(&body, "inputs", SG_CTL_OPTION_input, false);
	sg_ctl_form_key(&body);
	sg_ctl_form_list(&body, "resources", SG_CTL_OPTION_resource);
	sg_ctl_form_text(&body, "role", ctl->option[SG_CTL_OPTION_role]);
	sg_ctl_form_text(&body, "to", ctl->option[SG_CTL_OPTION_to]);
	sg_ctl_form_ttl(&body);
	return ask(ctl, SG_FACE_AGENT, "/v1/tasks/%s/delegate", task, &body, false);
}

int
sg_ctl_task_delegate(struct sg_ctl *ctl)
{
	return delegate(ctl, ctl->args[0]);
}

static int
no_task(const struct sg_ctl *ctl)
{
	return sg_ctl_fail(ctl, SG_CTL_USAGE, "no_task", "open INTENT, claim TOKEN or use TASK", "no task is open");
}

int
sg_ctl_session_delegate(struct sg_ctl *ctl)
{
	return ctl->task == NULL ? no_task(ctl) : delegate(ctl, ctl->task);
}

/* ---- plans ---- */

static void
show_signed(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	(void)ctl;
	printf("%lld steps are signed\n", (long long)sg_show_int(answer, "steps"));
	sg_show_member("digest", answer, "digest");
}

static int
plan(struct sg_ctl *ctl, const char *task, const char *path)
{
	struct sg_ctl_form body;
	struct sg_buf steps, text;
	sg_buf_init(&steps, SG_CTL_BODY);
	sg_buf_init(&text, SG_CTL_BODY);
	int code = sg_ctl_form_file(ctl, path, &steps);
	if (code == SG_CTL_OK) {
		sg_ctl_form_begin(&body, ctl);
		sg_ctl_form_text(&body, "order", ctl->option[SG_CTL_OPTION_order]);
		sg_ctl_form_value(&body, "plan", path, sg_buf_view(&steps));
		code = sg_ctl_form_end(&body, &text);
	}
	if (code == SG_CTL_OK)
		code = sg_ctl_asked(ctl, SG_FACE_AGENT, "POST", "/v1/tasks/%s/plan", task, &text, show_signed);
	sg_buf_done(&steps);
	sg_buf_done(&text);
	return code;
}

int
sg_ctl_task_plan(struct sg_ctl *ctl)
{
	return plan(ctl, ctl->args[0], ctl->args[1]);
}

int
sg_ctl_session_plan(struct sg_ctl *ctl)
{
	return ctl->task == NULL ? no_task(ctl) : plan(ctl, ctl->task, ctl->args[0]);
}

/* ---- the task of a session ---- */

static int
own_task(struct sg_ctl *ctl, const char *method)
{
	return ctl->task == NULL ? no_task(ctl) : sg_ctl_asked(ctl, SG_FACE_AGENT, method, "/v1/tasks/%s", ctl->task, NULL, sg_show_task);
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

int
sg_ctl_session_use(struct sg_ctl *ctl)
{
	const char *before = ctl->task;
	ctl->task = ctl->args[0];
	int code = own_task(ctl, "GET");
	ctl->task = before;
	if (code == SG_CTL_OK)
		work_in(ctl, sg_str(ctl->args[0]));
	return code;
}
