/* SPDX-License-Identifier: Apache-2.0
 * Who may say yes: somebody who still may, and who is not the one who asked. */
#include "unit/gate/approving.h"

/* ---- who gave it ---- */

#define PEOPLE "\"groups\":{\"finance\"", "\"humans\":{\"p\":{\"admin\":\"priya\",\"agents\":[],\"budgets\":[],\"delegates\":[],\"disabled\":false,\"id\":\"priya@x\"}," \
	"\"j\":{\"admin\":\"jon\",\"agents\":[],\"budgets\":[],\"delegates\":[],\"disabled\":false,\"id\":\"jon\"}," \
	"\"m\":{\"admin\":\"mira\",\"agents\":[],\"budgets\":[],\"delegates\":[],\"disabled\":false,\"id\":\"mira@acme.example\"}},\"groups\":{\"finance\""
#define GONE "\"humans\":{\"p\":{\"admin\":\"priya\",\"agents\":[],\"budgets\":[],\"delegates\":[],\"disabled\":true"
#define HERE "\"humans\":{\"p\":{\"admin\":\"priya\",\"agents\":[],\"budgets\":[],\"delegates\":[],\"disabled\":false"

/* Each change takes from priya what she said yes with. */
static const char *const changes[][6] = {
	{PEOPLE, "\"members\":[\"jon\",\"priya\"]", "\"members\":[\"jon\"]", NULL},     /* still named in her own stanza: she may */
	{PEOPLE, "\"priya\":{\"groups\":[\"finance\"]", "\"priya\":{\"groups\":[]", NULL}, /* still a member of the group: she may */
	{PEOPLE, HERE, GONE, NULL},
	{PEOPLE, "\"uid\":501", "\"uid\":1001", NULL}, /* she is the agent's own user now */
	{PEOPLE, "\"mira@acme.example\",\"reach\"", "\"priya@x\",\"reach\"", NULL}, /* she owns the agent now */
};

static bool
takes_away(size_t change)
{
	if (change < 2) {
		const char *const both[] = {PEOPLE, "\"members\":[\"jon\",\"priya\"]", "\"members\":[\"jon\"]", "\"priya\":{\"groups\":[\"finance\"]",
					    "\"priya\":{\"groups\":[]", NULL};
		return play_reconfigure(p, both);
	}
	return play_reconfigure(p, changes[change]);
}

static void
giver_goes(void)
{
	for (size_t i = 1; i < sizeof(changes) / sizeof(changes[0]); i++)
		for (int before = 0; before < 2; before++) {
			begin(reads_approval);
			CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){PEOPLE, NULL}));
			const char *approval = asked(&lunch, "a");
			if (!before)
				CU_ASSERT_TRUE(says_yes(10, approval));
			CU_ASSERT_TRUE(takes_away(i));
			if (before)
				CU_ASSERT_FALSE(says_yes(10, approval));
			if (!before)
				CU_ASSERT_STRING_EQUAL(state_of(approval), "void");
			CU_ASSERT_FALSE(allowed(act(&lunch, approval, "b")));
			CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){PEOPLE, NULL})); /* coming back brings no yes back */
			CU_ASSERT_FALSE(allowed(act(&lunch, approval, "c")));
			end();
		}
}

/* The stanza's name goes on to somebody else: another user, another human, or both. */
static void
giver_renamed(void)
{
	static const char *const others[][6] = {
		{PEOPLE, "\"uid\":501", "\"uid\":777", NULL},
		{PEOPLE, "\"id\":\"priya@x\"", "\"id\":\"paul@x\"", NULL},
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		for (int restart = 0; restart < 2; restart++) {
			struct sg_err err = {0};
			begin(reads_approval);
			CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){PEOPLE, NULL}));
			const char *approval = asked(&lunch, "a");
			CU_ASSERT_TRUE(says_yes(10, approval));
			if (restart) {
				CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
				CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
			}
			CU_ASSERT_TRUE(play_reconfigure(p, others[i]));
			CU_ASSERT_STRING_EQUAL(state_of(approval), "void");
			CU_ASSERT_FALSE(allowed(act(&lunch, approval, "b")));
			end();
		}
}

/* Removed altogether: the stanza, and with it the person. */
static void
giver_removed(void)
{
	const char *approval = granted(reads_approval, &lunch);
	CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){"\"priya\":{\"groups\":[\"finance\"],\"uid\":501}", "\"paul\":{\"groups\":[\"finance\"],\"uid\":501}", NULL}));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "void");
	CU_ASSERT_FALSE(allowed(act(&lunch, approval, "b")));
	end();
}

/* By an operator, at run time. */
static void
giver_disabled(void)
{
	for (int before = 0; before < 2; before++) {
		begin(reads_approval);
		CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){PEOPLE, NULL}));
		const char *approval = asked(&lunch, "a");
		if (!before)
			CU_ASSERT_TRUE(says_yes(10, approval));
		CU_ASSERT_TRUE(play_has(play_ask(p, 12, SG_ROUTE_O_HUMAN, "p", "{\"disabled\":true}"), "\"disabled\":true"));
		CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_HUMAN, "p", "{\"disabled\":false}"), "\"code\":\"not_permitted\"")); /* nor do they enable themselves */
		CU_ASSERT_FALSE(says_yes(10, approval));
		CU_ASSERT_FALSE(allowed(act(&lunch, approval, "b")));
		end();
	}
}

/* ---- who asked ---- */

static bool
by_enforcer(const char *document_from, const char *document_to)
{
	char approval[64], body[512];
	begin(asks_always);
	if (document_from != NULL)
		CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){document_from, document_to, NULL}));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 2, SG_FACE_ENFORCER, 2001));
	play_facts(p, 2001);
	snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"arguments\":{},\"key\":\"e\",\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task\":\"%s\"}", task);
	char *part = play_between(play_ask(p, 2, SG_ROUTE_E_ACT, "", body), "\"id\":\"a-", "\"");
	snprintf(approval, sizeof(approval), "a-%s", part);
	free(part);
	bool yes = says_yes(10, approval);
	end();
	return yes;
}

static void
enforcer_approves(void)
{
	CU_ASSERT_TRUE(by_enforcer(NULL, NULL));
	CU_ASSERT_FALSE(by_enforcer("\"uid\":501", "\"uid\":2001")); /* conn 10 is no admin at all then */
}

/* ---- where the giver's process is ---- */

#define HELPER "\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1001\"]"
#define OTHER "\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1002\"]"
#define IN_GROUP "\"delegates\":[\"*\"],\"instance\":\"cgroup\",\"intents\":[\"work\"],\"match\":"

static const char *
grouped(char facts[128], const char *strength, const char *group, unsigned uid)
{
	snprintf(facts, 128, "{\"peer:cgroup\":{\"strength\":\"%s\",\"value\":\"%s\"},\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"%u\"}}", strength, group, uid);
	return facts;
}

/* A process of this user in this control group, on a connection that nobody has looked at. */
static void
connect_in(uint64_t conn, enum sg_face face, uid_t uid, const char *strength, const char *group)
{
	CU_ASSERT_TRUE_FATAL(play_connect(p, conn, face, uid));
	grouped(p->conns[conn].facts, strength, group, uid);
}

/* helper in /a/x opens a task; what a step asks for is asked by it or, handed on, by other in /a/y. Returns the approval, borrowed until the next. */
static const char *
asked_in_group(const char *mode, bool handed_on)
{
	static char facts[128], body[256];
	p = play_new();
	p->effects = asks_always;
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){HELPER, IN_GROUP "[\"peer:uid=1001\"]", OTHER, IN_GROUP "[\"peer:uid=1002\"]", "\"mode\":\"enforce\"", mode, NULL}));
	p->facts = grouped(facts, "boundary", "/a/x", 1001);
	connect_in(handed_on ? 2 : 1, SG_FACE_AGENT, 1001, "boundary", "/a/x");
	task = play_task(p, handed_on ? 2 : 1, "t");
	if (handed_on) {
		char *token = play_between(play_ask(p, 2, SG_ROUTE_A_DELEGATE, task, "{\"actions\":[\"pay.*\"],\"key\":\"d\",\"to\":\"other\"}"), "\"token\":\"", "\"");
		snprintf(body, sizeof(body), "{\"key\":\"c\",\"task_token\":\"%s\"}", token);
		free(token);
		free(task);
		p->facts = grouped(facts, "boundary", "/a/y", 1002);
		connect_in(1, SG_FACE_AGENT, 1002, "boundary", "/a/y");
		task = play_between(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", body), "\"id\":\"", "\"");
	}
	return asked(&lunch, "a");
}

/* Whoever runs inside what asked, or inside what it was handed on by, is the asker's hand, whatever user it has. */
static void
giver_in_the_askers_group(void)
{
	static const struct {
		const char *mode;
		bool handed_on;
		const char *strength, *group;
		bool good;
	} rows[] = {
		{"\"mode\":\"enforce\"", false, "boundary", "/a/x", false},	 {"\"mode\":\"enforce\"", false, "boundary", "/a/y", true},
		{"\"mode\":\"enforce\"", false, "boundary", "/a/x/below", false}, {"\"mode\":\"enforce\"", false, "boundary", "/a/xx", true},
		{"\"mode\":\"enforce\"", false, "boundary", "/a", true},	 {"\"mode\":\"enforce\"", false, "hint", "/a/x", true},
		{"\"mode\":\"enforce\"", true, "boundary", "/a/x", false},	 {"\"mode\":\"enforce\"", true, "boundary", "/a/y", false},
		{"\"mode\":\"enforce\"", true, "boundary", "/a/z", true},	 {"\"mode\":\"dev\"", false, "boundary", "/a/x", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *approval = asked_in_group(rows[i].mode, rows[i].handed_on);
		connect_in(10, SG_FACE_ADMIN, 501, rows[i].strength, rows[i].group);
		const char *answer = play_ask(p, 10, SG_ROUTE_O_APPROVE, approval, "{}");
		bool right = play_has(answer, rows[i].good ? "\"state\":\"granted\"" : "\"code\":\"self_approval\"");
		if (!right)
			fprintf(stderr, "  row %zu\n", i);
		CU_ASSERT_TRUE(right);
		CU_ASSERT_STRING_EQUAL(state_of(approval), rows[i].good ? "granted" : "open");
		end();
	}
}

/* jon is in both groups that are asked, priya in one: whoever of them is first, both are met. */
static const char *
asks_two_groups(const char *input)
{
	(void)input;
	return "{\"effects\":[" ASKS ",{\"effect\":{\"approvers\":\"ops\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"ask\",\"ttl\":120000},\"file\":\"a.lua\",\"line\":2,\"rule\":\"z\"}],\"error\":null}";
}

static void
in_two_groups(void)
{
	for (uint64_t first = 10; first <= 11; first++) {
		begin(asks_two_groups);
		CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){"\"ops\":{\"members\":[\"mira\"]}", "\"ops\":{\"members\":[\"jon\"]}", "\"mira\":{\"groups\":[\"ops\"]", "\"mira\":{\"groups\":[]", NULL}));
		const char *approval = asked(&lunch, "a");
		CU_ASSERT_FALSE(says_yes(first, approval));
		CU_ASSERT_STRING_EQUAL(state_of(approval), "open");
		CU_ASSERT_TRUE(play_has(play_ask(p, first, SG_ROUTE_O_APPROVE, approval, "{}"), "not_approver"));
		CU_ASSERT_TRUE(says_yes(first == 10 ? 11 : 10, approval));
		CU_ASSERT_STRING_EQUAL(state_of(approval), "granted");
		end();
	}
}

SG_CASES("gate.approvals_given", {"in two groups", in_two_groups}, {"a giver who may no more", giver_goes}, {"a giver whose name goes on", giver_renamed}, {"a giver who is removed", giver_removed},
	 {"a giver who is disabled", giver_disabled}, {"the enforcer who asked", enforcer_approves}, {"a giver in the asker's group", giver_in_the_askers_group})
