/* SPDX-License-Identifier: Apache-2.0
 * A yes is for one thing, once, from somebody who may give it and still may. Each row is a way to make it serve another. */
#include "unit/gate/play.h"

static struct play *p;
static char *task;

#define EFFECT(kind, more) "{\"effect\":{\"kind\":\"" kind "\"" more "},\"file\":\"a.lua\",\"line\":1,\"rule\":\"" kind "\"}"
#define ALLOWS EFFECT("allow", ",\"narrow\":{},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0")
#define ASKS                                                                                                            \
	"{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"ask\",\"ttl\":120000},\"file\":\"a.lua\"," \
	"\"line\":1,\"rule\":\"step_up\"}"

/* The guide's form: when r.approval == nil, ask; else allow. */
static const char *
reads_approval(const char *input)
{
	return strstr(input, "\"approval\":null") != NULL ? "{\"effects\":[" ASKS "," ALLOWS "],\"error\":null,\"read\":[\"approval\"]}"
							  : "{\"effects\":[" ALLOWS "],\"error\":null,\"read\":[\"approval\"]}";
}

static const char *
asks_always(const char *input)
{
	(void)input;
	return "{\"effects\":[" ASKS "],\"error\":null}";
}

/* Two people, one agent on 1, and an admin on 10 (priya, 501), 11 (jon, 502), 12 (mira, 500). */
static void
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

static void
end(void)
{
	free(task);
	play_end(p);
}

struct ask {
	const char *action, *args, *resource, *audience, *tool, *id;
};

static const char *
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
static const char *
asked(const struct ask *a, const char *key)
{
	static char approval[64];
	char *id = play_between(act(a, NULL, key), "\"id\":\"a-", "\"");
	snprintf(approval, sizeof(approval), "a-%s", id);
	free(id);
	CU_ASSERT_TRUE(approval[2] != '\0');
	return approval;
}

static bool
allowed(const char *answer)
{
	return strstr(answer, "\"verdict\":\"allow\"") != NULL;
}

static bool
says_yes(uint64_t conn, const char *approval)
{
	return strstr(play_ask(p, conn, SG_ROUTE_O_APPROVE, approval, "{}"), "\"state\":\"granted\"") != NULL;
}

static const char *
state_of(const char *approval)
{
	return sg_approval_state_name(sg_state_approval(&p->gate->state, sg_str(approval))->state);
}

static const struct ask lunch = {.action = "pay.send", .args = "{\"amount\":5,\"to\":\"lunch\"}"};

/* What was approved is lunch; each of these is something else. */
static void
another_thing(void)
{
	static const struct ask others[] = {
		{.action = "pay.send", .args = "{\"amount\":1000000,\"to\":\"attacker\"}"},
		{.action = "pay.send", .args = "{\"amount\":5,\"to\":\"Lunch\"}"},
		{.action = "pay.send", .args = "{\"amount\":5,\"to\":\"lunch\",\"x\":null}"},
		{.action = "pay.send", .args = "{\"amount\":5}"},
		{.action = "pay.send", .args = "{}"},
		{.action = "pay.send", .args = "{\"amount\":[5],\"to\":\"lunch\"}"},
		{.action = "repo.read", .args = "{\"amount\":5,\"to\":\"lunch\"}"},
		{.action = "pay.send", .args = "{\"amount\":5,\"to\":\"lunch\"}", .resource = "{\"id\":\"other\",\"type\":\"any\"}"},
		{.action = "pay.send", .args = "{\"amount\":5,\"to\":\"lunch\"}", .resource = "{\"id\":\"thing\",\"type\":\"some\"}"},
		{.action = "pay.send", .args = "{\"amount\":5,\"to\":\"lunch\"}", .resource = "{\"id\":\"thing\",\"properties\":{\"a\":1},\"type\":\"any\"}"},
		{.action = "pay.send", .args = "{\"amount\":5,\"to\":\"lunch\"}",
		 .tool = "0000000000000000000000000000000000000000000000000000000000000000"},
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		char approval[64], key[16];
		begin(reads_approval);
		snprintf(approval, sizeof(approval), "%s", asked(&lunch, "a"));
		CU_ASSERT_TRUE(says_yes(10, approval));
		for (int n = 0; n < 3; n++) {
			snprintf(key, sizeof(key), "k%d", n);
			if (allowed(act(&others[i], approval, key))) {
				fprintf(stderr, "  row %zu was allowed\n", i);
				CU_FAIL("an approval served another action");
			}
		}
		end();
	}
}

static void
once(void)
{
	char approval[64];
	begin(reads_approval);
	snprintf(approval, sizeof(approval), "%s", asked(&lunch, "a"));
	CU_ASSERT_FALSE(allowed(act(&lunch, approval, "b"))); /* nobody said yes yet */
	CU_ASSERT_TRUE(says_yes(10, approval));
	CU_ASSERT_TRUE(allowed(act(&lunch, approval, "c")));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "consumed");
	CU_ASSERT_TRUE(play_has(act(&lunch, approval, "d"), "\"code\":\"approval_used\""));
	CU_ASSERT_FALSE(allowed(act(&lunch, NULL, "e")));
	end();
}

/* Unnamed it is found by what it is for, and used all the same. */
static void
once_unnamed(void)
{
	char approval[64];
	begin(reads_approval);
	snprintf(approval, sizeof(approval), "%s", asked(&lunch, "a"));
	CU_ASSERT_TRUE(says_yes(10, approval));
	CU_ASSERT_TRUE(allowed(act(&lunch, NULL, "b")));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "consumed");
	CU_ASSERT_FALSE(allowed(act(&lunch, NULL, "c")));
	end();
}

/* All are judged before the first commits. */
static void
forty_at_once(void)
{
	char approval[64];
	int allows = 0;
	begin(reads_approval);
	snprintf(approval, sizeof(approval), "%s", asked(&lunch, "a"));
	CU_ASSERT_TRUE(says_yes(10, approval));
	for (uint64_t c = 20; c < 60; c++) {
		char body[512];
		snprintf(body, sizeof(body),
			 "{\"action\":\"pay.send\",\"arguments\":%s,\"context\":{\"approval\":\"%s\"},\"key\":\"k%d\",\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task\":\"%s\"}",
			 lunch.args, approval, (int)c, task);
		CU_ASSERT_TRUE_FATAL(play_connect(p, c, SG_FACE_AGENT, 1001));
		struct sg_conn *one = sg_conn_find(p->gate, 1), *conn = sg_conn_find(p->gate, c);
		conn->peer.pid = one->peer.pid; /* the same process, many connections */
		play_send(p, c, SG_ROUTE_A_ACT, "", body);
	}
	play_all(p);
	for (uint64_t c = 20; c < 60; c++)
		allows += p->conns[c].body != NULL && allowed(p->conns[c].body);
	CU_ASSERT_EQUAL(allows, 1);
	CU_ASSERT_PTR_NULL(p->gate->turns);
	end();
}

static const char *
allows_unread(const char *input)
{
	(void)input;
	return "{\"effects\":[" ALLOWS "],\"error\":null}";
}

/* What no rule looked at is not used; what is only tried uses nothing. */
static void
not_used(void)
{
	char approval[64], body[512];
	begin(reads_approval);
	snprintf(approval, sizeof(approval), "%s", asked(&lunch, "a"));
	CU_ASSERT_TRUE(says_yes(10, approval));
	p->effects = allows_unread;
	CU_ASSERT_TRUE(allowed(act(&lunch, approval, "b")));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "granted");
	p->effects = reads_approval;
	snprintf(body, sizeof(body), "{\"action\":\"pay.send\",\"arguments\":%s,\"context\":{\"approval\":\"%s\"},\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task\":\"%s\"}",
		 lunch.args, approval, task);
	CU_ASSERT_TRUE(play_has(play_ask(p, 12, SG_ROUTE_O_TRY, "", body), "\"verdict\":\"allow\""));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "granted");
	end();
}

static const char *
narrows_when_seen(const char *input)
{
	return strstr(input, "\"approval\":null") != NULL
		       ? "{\"effects\":[" ASKS "],\"error\":null,\"read\":[\"approval\"]}"
		       : "{\"effects\":[" EFFECT("allow", ",\"narrow\":{\"amount\":{\"at_most\":3}},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0") "],\"error\":null,\"read\":[\"approval\"]}";
}

/* The person saw 5; what came out is 3: judged once more as if nobody had said yes. */
static void
effective_differs(void)
{
	char approval[64];
	begin(narrows_when_seen);
	snprintf(approval, sizeof(approval), "%s", asked(&lunch, "a"));
	CU_ASSERT_TRUE(says_yes(10, approval));
	CU_ASSERT_TRUE(play_has(act(&lunch, NULL, "b"), "\"code\":\"approval_mismatch\""));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "void");
	end();
}

/* ---- what a credential will say ---- */

#define TWO_AUDIENCES "\"audience\":[\"repo-api\"]", "\"audience\":[\"repo-api\",\"bank-api\"]"

static void
another_audience(void)
{
	static const struct ask repo = {.action = "repo.read", .args = "{}", .audience = "repo-api"},
				bank = {.action = "repo.read", .args = "{}", .audience = "bank-api"}, standard = {.action = "repo.read", .args = "{}"};
	const char *(*const policies[])(const char *) = {reads_approval, asks_always};
	for (size_t i = 0; i < 2; i++) {
		char approval[64];
		begin(policies[i]);
		CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){TWO_AUDIENCES, NULL}));
		snprintf(approval, sizeof(approval), "%s", asked(&repo, "a"));
		CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_APPROVAL, approval, "{}"), "\"credential\":{\"audience\":\"repo-api\",\"issuer\":\"token\",\"scope\":\"repo.read\",\"ttl\":60000}"));
		CU_ASSERT_TRUE(says_yes(10, approval));
		CU_ASSERT_FALSE(allowed(act(&bank, NULL, "b")));
		CU_ASSERT_TRUE(allowed(act(&standard, NULL, "c"))); /* the first of the list is what no name means */
		CU_ASSERT_FALSE(allowed(act(&repo, NULL, "d")));
		end();
	}
}

/* A reload makes the credential longer, or another issuer's: it is not what was approved. A shorter one is. */
static void
another_life(void)
{
	static const struct ask read = {.action = "repo.read", .args = "{}"};
	static const struct {
		const char *from, *to;
		bool good;
	} rows[] = {{"\"ttl\":60000", "\"ttl\":50000", false}, {"\"ttl\":60000", "\"ttl\":60000", true}, {"\"credential_ttl_max\":60000", "\"credential_ttl_max\":5000", false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char approval[64];
		begin(asks_always);
		snprintf(approval, sizeof(approval), "%s", asked(&read, "a"));
		CU_ASSERT_TRUE(says_yes(10, approval));
		CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){rows[i].from, rows[i].to, NULL}));
		CU_ASSERT_EQUAL(allowed(act(&read, NULL, "b")), rows[i].good);
		end();
	}
}

static const char *
shortens_when_seen(const char *input)
{
	return strstr(input, "\"approval\":null") != NULL
		       ? "{\"effects\":[" ASKS "],\"error\":null,\"read\":[\"approval\"]}"
		       : "{\"effects\":[" EFFECT("allow", ",\"narrow\":{},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":5000") "],\"error\":null,\"read\":[\"approval\"]}";
}

static void
shorter_than_approved(void)
{
	static const struct ask read = {.action = "repo.read", .args = "{}"};
	char approval[64];
	begin(shortens_when_seen);
	snprintf(approval, sizeof(approval), "%s", asked(&read, "a"));
	CU_ASSERT_TRUE(says_yes(10, approval));
	CU_ASSERT_TRUE(allowed(act(&read, NULL, "b")));
	CU_ASSERT_PTR_NOT_NULL(strstr(p->made_claims, "\"exp\":1800000005"));
	end();
}

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
			char approval[64];
			begin(reads_approval);
			CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){PEOPLE, NULL}));
			snprintf(approval, sizeof(approval), "%s", asked(&lunch, "a"));
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
			char approval[64];
			struct sg_err err = {0};
			begin(reads_approval);
			CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){PEOPLE, NULL}));
			snprintf(approval, sizeof(approval), "%s", asked(&lunch, "a"));
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
	char approval[64];
	begin(reads_approval);
	snprintf(approval, sizeof(approval), "%s", asked(&lunch, "a"));
	CU_ASSERT_TRUE(says_yes(10, approval));
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
		char approval[64];
		begin(reads_approval);
		CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){PEOPLE, NULL}));
		snprintf(approval, sizeof(approval), "%s", asked(&lunch, "a"));
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

/* After the key of its day is gone nothing is left to show. */
static void
nothing_to_show(void)
{
	char approval[64], command[160];
	struct sg_err err = {0};
	begin(asks_always);
	snprintf(approval, sizeof(approval), "%s", asked(&lunch, "a"));
	snprintf(command, sizeof(command), "rm -f %s/keys/*", p->folder);
	play_stop_gate(p);
	CU_ASSERT_EQUAL(system(command), 0);
	CU_ASSERT_EQUAL_FATAL(play_open(p, &err), SG_OK);
	play_flush(p);
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 501));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_APPROVE, approval, "{}"), "\"code\":\"approval_unreadable\""));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "open");
	end();
}

/* Opened under another form of digest, it is void from the start on. */
static void
older_form(void)
{
	char approval[64];
	struct sg_err err = {0};
	begin(asks_always);
	snprintf(approval, sizeof(approval), "%s", asked(&lunch, "a"));
	CU_ASSERT_TRUE(says_yes(10, approval));
	sg_state_approval(&p->gate->state, sg_str(approval))->v = 1;
	CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){"\"rate\":100000", "\"rate\":99999", NULL}));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "void");
	play_all(p);
	CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_STRING_EQUAL(state_of(approval), "void");
	end();
}

SG_CASES("gate.approvals", {"another thing", another_thing}, {"once", once}, {"once, unnamed", once_unnamed}, {"forty at once", forty_at_once},
	 {"what nobody read is not used", not_used}, {"the effective action differs", effective_differs}, {"another audience", another_audience},
	 {"another life", another_life}, {"shorter than approved", shorter_than_approved}, {"a giver who may no more", giver_goes},
	 {"a giver whose name goes on", giver_renamed}, {"a giver who is removed", giver_removed}, {"a giver who is disabled", giver_disabled}, {"the enforcer who asked", enforcer_approves}, {"a giver in the asker's group", giver_in_the_askers_group},
	 {"nothing to show", nothing_to_show}, {"an older form of digest", older_form})
