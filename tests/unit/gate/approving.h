/* SPDX-License-Identifier: Apache-2.0
 * A play in which a person is asked: one agent that wants lunch, and three who may say yes to it or not. */
#ifndef SG_TESTS_APPROVING_H
#define SG_TESTS_APPROVING_H

#include "unit/gate/play.h"

static struct play *p;
static char *task;

#define EFFECT(kind, more) "{\"effect\":{\"kind\":\"" kind "\"" more "},\"file\":\"a.lua\",\"line\":1,\"rule\":\"" kind "\"}"
#define ALLOWS EFFECT("allow", ",\"narrow\":{},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0")
#define ASKS                                                                                                            \
	"{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"ask\",\"ttl\":120000},\"file\":\"a.lua\"," \
	"\"line\":1,\"rule\":\"step_up\"}"

/* What policy says where it sees no approval, and where it sees one. */
#define SAYS(effects) "{\"effects\":[" effects "],\"error\":null,\"read\":[\"approval\"]}"
#define WHEN_SEEN(input, effects, unseen) (strstr(input, "\"approval\":null") != NULL ? SAYS(unseen) : SAYS(effects))

/* The guide's form: when r.approval == nil, ask; else allow. */
static inline const char *
reads_approval(const char *input)
{
	return WHEN_SEEN(input, ALLOWS, ASKS "," ALLOWS);
}

static inline const char *
asks_always(const char *input)
{
	(void)input;
	return "{\"effects\":[" ASKS "],\"error\":null}";
}

/* Two people, one agent on 1, and an admin on 10 (priya, 501), 11 (jon, 502), 12 (mira, 500). */
static inline void
begin(const char *(*effects)(const char *))
{
	p = play_new();
	p->effects = effects;
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	task = play_task(p, 1, "t");
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 501));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 11, SG_FACE_ADMIN, 502));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 12, SG_FACE_ADMIN, 500));
}

static inline void
end(void)
{
	free(task);
	play_end(p);
}

struct ask {
	const char *action, *args, *resource, *audience, *tool, *id;
};

static inline const char *
act(const struct ask *a, const char *approval, const char *key)
{
	static char body[2048];
	char context[256] = "{}", audience[128] = "";
	if (approval != NULL)
		snprintf(context, sizeof(context), "{\"approval\":\"%s\"}", approval);
	if (a->tool != NULL)
		snprintf(context, sizeof(context), "{\"approval\":\"%s\",\"tool\":\"%s\"}", approval, a->tool);
	if (a->audience != NULL)
		snprintf(audience, sizeof(audience), "\"audience\":\"%s\",", a->audience);
	snprintf(body, sizeof(body), "{\"action\":\"%s\",\"arguments\":%s,%s\"context\":%s,\"key\":\"%s\",\"resource\":%s,\"task\":\"%s\"}",
		 a->action, a->args, audience, context, key, a->resource != NULL ? a->resource : "{\"id\":\"thing\",\"type\":\"any\"}",
		 a->id != NULL ? a->id : task);
	return play_ask(p, 1, SG_ROUTE_A_ACT, "", body);
}

/* The id of the approval that an action waits for, borrowed until the next. */
static inline const char *
asked(const struct ask *a, const char *key)
{
	static char approval[64];
	char *id = play_between(act(a, NULL, key), "\"id\":\"a-", "\"");
	snprintf(approval, sizeof(approval), "a-%s", id);
	free(id);
	CU_ASSERT_TRUE(approval[2] != '\0');
	return approval;
}

static inline bool
allowed(const char *answer)
{
	return strstr(answer, "\"verdict\":\"allow\"") != NULL;
}

static inline bool
says_yes(uint64_t conn, const char *approval)
{
	return strstr(play_ask(p, conn, SG_ROUTE_O_APPROVE, approval, "{}"), "\"state\":\"granted\"") != NULL;
}

static inline const char *
state_of(const char *approval)
{
	return sg_approval_state_name(sg_state_approval(&p->gate->state, sg_str(approval))->state);
}

/* Begun, asked for, and priya said yes; the id is borrowed until the next. */
static inline const char *
granted(const char *(*effects)(const char *), const struct ask *a)
{
	begin(effects);
	const char *approval = asked(a, "a");
	CU_ASSERT_TRUE(says_yes(10, approval));
	return approval;
}

static const struct ask lunch = {.action = "pay.send", .args = "{\"amount\":5,\"to\":\"lunch\"}"};

#endif
