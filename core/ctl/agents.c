/* SPDX-License-Identifier: Apache-2.0
 * Agents and the people who answer for them: who there is, in which state, and changing it. */
#include "ctl/show.h"

#include "base/str.h"

enum { DAY_MS = 86400000 };

/* "-3 d" is three days overdue; "never" for a review that lies beyond counting. */
static void
show_review(int64_t left_ms)
{
	if (left_ms <= 0)
		printf("review overdue by %lld d", (long long)(-left_ms / DAY_MS));
	else
		printf("review in %lld d", (long long)(left_ms / DAY_MS));
}

static void
show_line(const struct sg_ctl *ctl, const struct sg_json *agent)
{
	sg_show_cell(sg_json_text_at(agent, "name"), 24);
	sg_show_verdict(ctl, sg_json_text_at(agent, "state"), 11);
	sg_show_cell(sg_json_text_at(agent, "environment"), 12);
	sg_show_cell(sg_json_text_at(agent, "autonomy"), 13);
	sg_show_cell(sg_json_text_at(agent, "owner"), 28);
	show_review(sg_show_int(agent, "review_left_ms"));
	if (sg_show_bool(agent, "owner_gone")) {
		printf("  OWNER GONE, escalate to ");
		sg_show_cell(sg_json_text_at(agent, "escalate"), 0);
	}
	putchar('\n');
}

static void
show_agents(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	const struct sg_json *agents = sg_json_get(answer, "agents");
	int64_t total = sg_show_int(answer, "total");
	for (const struct sg_json *a = sg_json_first(agents); a != NULL; a = sg_json_next(agents, a))
		show_line(ctl, a);
	if (agents == NULL || agents->count == 0)
		fprintf(stderr, "no agent is registered: everything is denied\n");
	else if (total > (int64_t)agents->count)
		fprintf(stderr, "%lld agents are not shown\n", (long long)(total - (int64_t)agents->count));
}

int
sg_ctl_agents_list(struct sg_ctl *ctl)
{
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", "/v1/agents", NULL, NULL, show_agents);
}

/* ---- changing ---- */

static void
show_agent(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	show_line(ctl, sg_json_get(answer, "agent"));
}

static int
change(struct sg_ctl *ctl, const char *path, const char *body, sg_ctl_show *show)
{
	struct sg_buf text;
	sg_buf_init(&text, 64);
	sg_buf_text(&text, body);
	int code = sg_ctl_asked(ctl, SG_FACE_ADMIN, "POST", path, ctl->args[0], &text, show);
	sg_buf_done(&text);
	return code;
}

int
sg_ctl_agents_suspend(struct sg_ctl *ctl)
{
	return change(ctl, "/v1/agents/%s", "{\"event\":\"suspend\"}", show_agent);
}

int
sg_ctl_agents_resume(struct sg_ctl *ctl)
{
	return change(ctl, "/v1/agents/%s", "{\"event\":\"resume\"}", show_agent);
}

int
sg_ctl_agents_retire(struct sg_ctl *ctl)
{
	return change(ctl, "/v1/agents/%s", "{\"event\":\"retire\"}", show_agent);
}

int
sg_ctl_agents_register(struct sg_ctl *ctl)
{
	return change(ctl, "/v1/agents/%s", "{\"event\":\"register\"}", show_agent);
}

/* ---- people ---- */

static void
show_human(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	const struct sg_json *agents = sg_json_get(answer, "agents");
	sg_show_cell(sg_json_text_at(answer, "human"), 0);
	printf(": ");
	sg_show_verdict(ctl, sg_show_bool(answer, "disabled") ? SG_STR("disabled") : SG_STR("active"), 0);
	printf("; owns %u agents\n", agents == NULL ? 0 : (unsigned)agents->count);
	for (const struct sg_json *a = sg_json_first(agents); a != NULL; a = sg_json_next(agents, a))
		show_line(ctl, a);
}

int
sg_ctl_humans_disable(struct sg_ctl *ctl)
{
	return change(ctl, "/v1/humans/%s", "{\"disabled\":true}", show_human);
}

int
sg_ctl_humans_enable(struct sg_ctl *ctl)
{
	return change(ctl, "/v1/humans/%s", "{\"disabled\":false}", show_human);
}
