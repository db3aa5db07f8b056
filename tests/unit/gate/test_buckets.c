/* SPDX-License-Identifier: Apache-2.0
 * What callers may ask: every route takes from its caller's bucket, a small request is one unit, nobody pays for another, and what stops is never refused. */
#include "unit/gate/play.h"

static struct play *p;

static void
begin(int64_t rate, int64_t burst)
{
	p = play_new();
	p->gate->catalogue->limits.rate = rate;
	p->gate->catalogue->limits.burst = burst;
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 2, SG_FACE_AGENT, 1002));
	play_facts(p, 1001);
}

static void
later(int64_t ms)
{
	p->boot += ms * SG_MSEC;
	p->wall += ms * SG_MSEC;
	sg_gate_tick(p->gate);
}

static bool
refused(uint64_t conn, enum sg_route route, const char *argument, const char *body)
{
	const char *answer = play_ask(p, conn, route, argument, body);
	return p->conns[conn].status == 429 || answer[0] == '\0';
}

/* How many of these are let through before the first is refused. */
static int
let_through(uint64_t conn, enum sg_route route, const char *argument, const char *body, int most)
{
	int count = 0;
	while (count < most && !refused(conn, route, argument, body))
		count++;
	return count;
}

static void
every_route_pays(void)
{
	static const struct {
		enum sg_route route;
		const char *argument, *body;
	} routes[] = {
		{SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"none\",\"key\":\"k\"}"}, {SG_ROUTE_A_TASK_SHOW, "t-1", "{}"}, {SG_ROUTE_A_TASK_CLOSE, "t-1", "{}"},
		{SG_ROUTE_A_ACT, "", "{\"action\":\"mail.read\",\"key\":\"a\",\"task\":\"t-1\"}"}, {SG_ROUTE_A_OUTCOME, "d1-1", "{\"result\":\"ok\"}"},
		{SG_ROUTE_A_APPROVAL, "a-1", "{}"}, {SG_ROUTE_A_CEILING, "", "{\"actions\":[\"a.b\"],\"task\":\"t-1\"}"}, {SG_ROUTE_A_DELEGATE, "t-1", "{\"key\":\"k\"}"},
		{SG_ROUTE_A_PLAN, "t-1", "{}"}, {SG_ROUTE_A_TREE, "t-1", "{}"},
	};
	size_t count, of_agents = 0;
	const struct sg_route_row *rows = sg_routes(&count);
	for (size_t i = 0; i < count; i++)
		of_agents += rows[i].face == SG_FACE_AGENT;
	CU_ASSERT_EQUAL(of_agents, sizeof(routes) / sizeof(*routes)); /* a new one stands here */
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		begin(20, 10);
		int most = let_through(1, routes[i].route, routes[i].argument, routes[i].body, 100);
		CU_ASSERT_TRUE(most >= 9 && most <= 30); /* its uid for the first, its agent for the rest, a reserve for what tidies up */
		CU_ASSERT_FALSE(refused(2, routes[i].route, routes[i].argument, routes[i].body)); /* and nobody else */
		play_end(p);
	}
}

/* A small act is one unit: the default rate is what it was. */
static void
the_rate_holds(void)
{
	begin(20, 100);
	char *task = play_task(p, 1, "o");
	int count = 0;
	for (char key[16]; count < 300; count++) {
		snprintf(key, sizeof(key), "k%d", count);
		if (refused(1, SG_ROUTE_A_ACT, "", play_act_body(task, "mail.read", "{}", key)))
			break;
	}
	CU_ASSERT_EQUAL(count, 99); /* the opening was one */
	later(1000);
	int more = 0;
	for (char key[16]; more < 300; more++) {
		snprintf(key, sizeof(key), "m%d", more);
		if (refused(1, SG_ROUTE_A_ACT, "", play_act_body(task, "mail.read", "{}", key)))
			break;
	}
	CU_ASSERT_EQUAL(more, 20);
	free(task);
	play_end(p);
}

static void
units(void)
{
	static const struct {
		size_t bytes, values;
		int64_t units;
	} cases[] = {{0, 0, 1}, {4095, 0, 1}, {4096, 0, 2}, {100, 62, 1}, {126, 63, 2}, {65535, 0, 16}, {65536, 8191, 145}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *body = malloc(cases[i].bytes + 1);
		memset(body, 'x', cases[i].bytes);
		memset(body, ',', cases[i].values);
		CU_ASSERT_EQUAL(sg_request_units((struct sg_str){body, cases[i].bytes}), cases[i].units);
		free(body);
	}
}

/* Dear ones are let through as their units say, and one that is dearer than a full bucket only by a full one. */
static void
dear_requests(void)
{
	struct sg_buf b;
	begin(20, 100);
	char *task = play_task(p, 1, "o");
	later(10000);
	sg_buf_init(&b, 1 << 20);
	sg_buf_printf(&b, "{\"actions\":[\"x\"");
	for (int i = 0; i < 6400 - 1; i++)
		sg_buf_text(&b, ",\"x\"");
	sg_buf_printf(&b, "],\"task\":\"%s\"}", task);
	sg_buf_add(&b, "", 1);
	CU_ASSERT_EQUAL(let_through(1, SG_ROUTE_A_CEILING, "", b.ptr, 10), 1);
	CU_ASSERT_TRUE(refused(1, SG_ROUTE_A_TREE, task, "{}"));
	later(3000); /* not yet full again */
	CU_ASSERT_TRUE(refused(1, SG_ROUTE_A_CEILING, "", b.ptr));
	CU_ASSERT_FALSE(refused(1, SG_ROUTE_A_TREE, task, "{}"));
	CU_ASSERT_FALSE(refused(2, SG_ROUTE_A_TREE, "t-1", "{}"));
	sg_buf_done(&b);
	free(task);
	play_end(p);
}

static void
tidying_up(void)
{
	begin(20, 10);
	char *task = play_task(p, 1, "o");
	char *decision = play_between(play_act(p, 1, task, "mail.read", "{}", "a"), "\"decision_id\":\"", "\"");
	CU_ASSERT_TRUE(let_through(1, SG_ROUTE_A_TREE, task, "{}", 50) < 50);
	CU_ASSERT_TRUE(refused(1, SG_ROUTE_A_ACT, "", play_act_body(task, "mail.read", "{}", "b")));
	CU_ASSERT_FALSE(refused(1, SG_ROUTE_A_OUTCOME, decision, "{\"result\":\"ok\"}"));
	CU_ASSERT_FALSE(refused(1, SG_ROUTE_A_TASK_CLOSE, task, "{}"));
	CU_ASSERT_TRUE(let_through(1, SG_ROUTE_A_TASK_CLOSE, task, "{}", 50) <= 4); /* the reserve is a bound, too */
	free(decision);
	free(task);
	play_end(p);
}

static void
stopping_is_free(void)
{
	begin(20, 10);
	p->gate->catalogue->limits.party_burst = 3;
	p->gate->catalogue->limits.party_rate = 1;
	CU_ASSERT_TRUE(play_connect(p, 4, SG_FACE_ADMIN, 500));
	CU_ASSERT_TRUE(let_through(4, SG_ROUTE_O_TASKS, "", "{}", 50) <= 3);
	for (int i = 0; i < 50; i++) {
		CU_ASSERT_FALSE(refused(4, SG_ROUTE_O_KILL, "", "{\"agent\":\"other\"}"));
		CU_ASSERT_FALSE(refused(4, SG_ROUTE_O_LIFT, "", "{\"agent\":\"other\"}"));
		CU_ASSERT_FALSE(refused(4, SG_ROUTE_O_REFUSE, "a-1", "{}"));
	}
	CU_ASSERT_TRUE(refused(4, SG_ROUTE_O_TASKS, "", "{}"));
	play_end(p);
}

/* An enforcer stands in front of many: what one of its agents asks, that one pays. */
static void
behind_an_enforcer(void)
{
	begin(20, 10);
	CU_ASSERT_TRUE(play_connect(p, 3, SG_FACE_ENFORCER, 2001));
	char *task = play_task(p, 1, "o");
	play_facts(p, 2001);
	int count = 0;
	char body[512], key[16];
	for (; count < 100; count++) {
		snprintf(key, sizeof(key), "e%d", count);
		snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"key\":\"%s\",\"resource\":{\"id\":\"r\",\"type\":\"any\"},\"task\":\"%s\"}", key, task);
		if (refused(3, SG_ROUTE_E_ACT, "", body))
			break;
	}
	CU_ASSERT_TRUE(count > 5 && count <= 10);
	CU_ASSERT_EQUAL(let_through(3, SG_ROUTE_E_JWKS, "", "{}", 500), 500); /* its own purse is whole */
	for (int i = 0; i < 100; i++) /* reports on nothing: the agent spends what is kept for outcomes as well */
		play_ask(p, 1, SG_ROUTE_A_OUTCOME, "d1-0000000000000000", "{\"result\":\"ok\"}");
	size_t at = 0;
	for (const struct sg_attempt *a; (a = sg_table_next(&p->gate->state.decisions, &at)) != NULL;) /* what came of its actions is told all the same */
		CU_ASSERT_TRUE(play_has(play_ask(p, 3, SG_ROUTE_E_OUTCOME, a->decision, "{\"result\":\"failed\"}"), "recorded"));
	free(task);
	play_end(p);
}

static int64_t
milli_of(const char *key)
{
	const struct sg_bucket *b = sg_table_get(&p->gate->buckets, sg_str(key));
	return b != NULL ? b->tokens_milli : -1;
}

/* 1,024 values of an agent's results, with few bytes. */
static const char *
large_report(void)
{
	static char body[16 << 10];
	size_t len = (size_t)snprintf(body, sizeof(body), "{\"result\":\"ok\",\"values\":[\"v0000\"");
	for (int i = 1; i < 1024; i++)
		len += (size_t)snprintf(body + len, sizeof(body) - len, ",\"v%04d\"", i);
	snprintf(body + len, sizeof(body) - len, "]}");
	return body;
}

/* Neither many large reports at once nor many connections that ask for an agent with nothing left take anything from others behind the same enforcer. */
static void
purse_is_whole(void)
{
	begin(20, 10);
	CU_ASSERT_TRUE(play_connect(p, 3, SG_FACE_ENFORCER, 2001));
	char *task = play_task(p, 1, "o"), body[512], key[16];
	play_facts(p, 2001);
	for (int i = 0; i < 8; i++) {
		snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"key\":\"w%d\",\"resource\":{\"id\":\"r\",\"type\":\"any\"},\"task\":\"%s\"}", i, task);
		CU_ASSERT_FALSE(refused(3, SG_ROUTE_E_ACT, "", body));
	}
	p->gate->catalogue->limits.party_burst = 60; /* each report is more than twenty units */
	int64_t before = milli_of("enforcer:2001");
	int taken = 0, late = 0;
	size_t at = 0;
	for (const struct sg_attempt *a; (a = sg_table_next(&p->gate->state.decisions, &at)) != NULL;)
		taken += !refused(3, SG_ROUTE_E_OUTCOME, a->decision, large_report());
	CU_ASSERT_TRUE(taken >= 2 && taken < 8);
	CU_ASSERT_TRUE(milli_of("enforcer:2001") >= (before < 60000 ? before : 60000));
	later(60000);
	at = 0;
	for (const struct sg_attempt *a; (a = sg_table_next(&p->gate->state.decisions, &at)) != NULL;) {
		later(2000);
		late += !a->outcome && !refused(3, SG_ROUTE_E_OUTCOME, a->decision, "{\"result\":\"failed\"}");
	}
	CU_ASSERT_EQUAL(taken + late, 8);
	for (uint64_t conn = 4; conn < 12; conn++) { /* each asks first on a connection of its own */
		CU_ASSERT_TRUE(play_connect(p, conn, SG_FACE_ENFORCER, 2001));
		before = milli_of("enforcer:2001");
		snprintf(key, sizeof(key), "f%d", (int)conn);
		snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"arguments\":{\"x\":[%.*s]},\"key\":\"%s\",\"resource\":{\"id\":\"r\",\"type\":\"any\"},\"task\":\"%s\"}", 255,
			 "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1",
			 key, task);
		play_ask(p, conn, SG_ROUTE_E_ACT, "", body);
		CU_ASSERT_EQUAL(milli_of("enforcer:2001"), before);
		CU_ASSERT_TRUE(milli_of("stranger:2001") == -1);
	}
	free(task);
	play_end(p);
}

/* What may ever be allowed is held against every pattern of the chain: so many names and no more, and the agent pays, whoever asks for it. */
static void
ceilings(void)
{
	char body[8192], *token;
	for (int behind = 0; behind < 2; behind++) {
		begin(20, 10);
		CU_ASSERT_TRUE(play_connect(p, 3, SG_FACE_ENFORCER, 2001));
		char *answer = strdup(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"o\"}")), *task = play_between(answer, "\"id\":\"t-", "\"");
		token = play_between(answer, "\"token\":\"", "\"");
		if (behind)
			play_facts(p, 2001);
		enum sg_route route = behind ? SG_ROUTE_E_CEILING : SG_ROUTE_A_CEILING;
		for (int names = 255; names <= 257; names++) {
			int len = snprintf(body, sizeof(body), "{\"actions\":[\"a.b\"");
			for (int i = 1; i < names; i++)
				len += snprintf(body + len, sizeof(body) - (size_t)len, ",\"a.b\"");
			snprintf(body + len, sizeof(body) - (size_t)len, behind ? "],\"task_token\":\"%s\"}" : "],\"task\":\"t-%s\"}", behind ? token : task);
			p->gate->catalogue->limits.burst = 1000;
			later(100000);
			play_ask(p, behind ? 3 : 1, route, "", body);
			CU_ASSERT_EQUAL(p->conns[behind ? 3 : 1].status, names > 256 ? 400u : 200u);
		}
		p->gate->catalogue->limits.burst = 10;
		later(100000);
		snprintf(body, sizeof(body), behind ? "{\"actions\":[\"a.b\"],\"task_token\":\"%s\"}" : "{\"actions\":[\"a.b\"],\"task\":\"t-%s\"}", behind ? token : task);
		int most = let_through(behind ? 3 : 1, route, "", body, 500);
		CU_ASSERT_TRUE(most >= 9 && most <= 20);
		if (behind) {
			CU_ASSERT_EQUAL(let_through(3, SG_ROUTE_E_JWKS, "", "{}", 500), 500); /* its own purse is whole */
			snprintf(body, sizeof(body), "{\"actions\":[],\"task_token\":\"%s\"}", token);
			CU_ASSERT_EQUAL(let_through(3, route, "", body, 100), 100); /* whether a task stands is the enforcer's own question */
		}
		free(token);
		free(task);
		free(answer);
		play_end(p);
	}
}

static off_t
journal_bytes(void)
{
	off_t all = 0;
	for (int segment = 1; segment < 4; segment++) {
		char name[128];
		struct stat st;
		snprintf(name, sizeof(name), "%08d.seg", segment);
		all += fstatat(p->journal, name, &st, 0) == 0 ? st.st_size : 0;
	}
	return all;
}

static const char *
long_act(const char *task, const char *action, const char *args, const char *key)
{
	static char body[50000];
	snprintf(body, sizeof(body), "{\"action\":\"%s\",\"arguments\":%.40000s,\"key\":\"%s\",\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task\":\"%s\"}", action, args, key, task);
	return body;
}

/* Whoever is stopped fills no disk with what it goes on asking; what policy refused is kept, and paid for. */
static void
records(void)
{
	static char args[40000];
	begin(1000, 1000);
	char *task = play_task(p, 1, "o");
	snprintf(args, sizeof(args), "{\"z\":\"%039000d\"}", 0);
	off_t before = journal_bytes();
	CU_ASSERT_TRUE_FATAL(before > 0);
	play_ask(p, 1, SG_ROUTE_A_ACT, "", long_act(task, "mail.read", args, "a"));
	off_t allowed = journal_bytes() - before;
	CU_ASSERT_TRUE(allowed > 39000);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_ACT, "", long_act(task, "none.such", args, "b")), "unknown_action"));
	off_t refused_bytes = journal_bytes() - before - allowed;
	CU_ASSERT_TRUE(refused_bytes > 0 && refused_bytes < 8192);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "none.such", "{\"short\":1}", "c")), "unknown_action"));
	p->gate->catalogue->limits.burst = p->gate->catalogue->limits.rate = 20;
	later(60000);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_ACT, "", long_act(task, "mail.read", args, "d")), "\"verdict\":\"allow\""));
	CU_ASSERT_TRUE(refused(1, SG_ROUTE_A_ACT, "", play_act_body(task, "mail.read", "{}", "e")));
	later(200);
	CU_ASSERT_TRUE(refused(1, SG_ROUTE_A_ACT, "", play_act_body(task, "mail.read", "{}", "f"))); /* its bytes and its record: more than a burst */
	later(2000);
	CU_ASSERT_FALSE(refused(1, SG_ROUTE_A_ACT, "", play_act_body(task, "mail.read", "{}", "g")));
	free(task);
	play_end(p);
}

static void
connects(void)
{
	begin(20, 10);
	int count = 0;
	for (uint64_t c = 10; c < 40; c++, count++) {
		if (!play_connect(p, c, SG_FACE_AGENT, 1001))
			break;
		sg_gate_disconnect(p->gate, c);
	}
	CU_ASSERT_TRUE(count >= 8 && count <= 10);
	CU_ASSERT_TRUE(play_connect(p, 41, SG_FACE_AGENT, 1002));
	for (uint64_t c = 42; c < 62; c++)
		CU_ASSERT_TRUE(play_connect(p, c, SG_FACE_ADMIN, 500));
	later(1000);
	CU_ASSERT_TRUE(play_connect(p, 63, SG_FACE_AGENT, 1001));
	play_end(p);
}

/* Whoever goes on asking is answered late, so that asking is no work for the gate. */
static void
late_refusals(void)
{
	begin(1, 2);
	int at_once = 0;
	while (at_once < 100) {
		play_ask(p, 1, SG_ROUTE_A_TREE, "t-1", "{}");
		if (p->conns[1].status == 0)
			break;
		at_once += p->conns[1].status == 429;
	}
	CU_ASSERT_EQUAL(at_once, SG_REFUSED_AT_ONCE);
	later(SG_REFUSED_LATE_MS - 1);
	CU_ASSERT_EQUAL(p->conns[1].status, 0);
	later(1);
	CU_ASSERT_EQUAL(p->conns[1].status, 429);
	/* one that hangs up meanwhile is forgotten */
	play_ask(p, 1, SG_ROUTE_A_TREE, "t-1", "{}");
	CU_ASSERT_EQUAL(p->conns[1].status, 0);
	sg_gate_disconnect(p->gate, 1);
	CU_ASSERT_EQUAL(p->gate->requests.count, 0);
	later(1000);
	play_end(p);
}

/* One agent's opens and closes fill what is kept, and bring too_many_tasks to itself alone. */
static void
shares(void)
{
	begin(100000, 100000);
	p->gate->catalogue->limits.tasks = 6; /* of three agents: 2 each, 8 kept each */
	p->gate->catalogue->limits.tasks_per_agent = 6;
	char key[16];
	const char *answer = "";
	for (int i = 0; i < 200; i++) {
		snprintf(key, sizeof(key), "o%d", i);
		char *task = play_task(p, 1, key);
		answer = play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, task, "{}");
		free(task);
	}
	play_facts(p, 1001);
	answer = play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"last\"}");
	CU_ASSERT_TRUE(play_has(answer, "too_many_tasks"));
	play_facts(p, 1002);
	for (int i = 0; i < 2; i++) {
		snprintf(key, sizeof(key), "b%d", i);
		char body[64];
		snprintf(body, sizeof(body), "{\"intent\":\"work\",\"key\":\"%s\"}", key);
		answer = play_ask(p, 2, SG_ROUTE_A_TASK_OPEN, "", body);
		CU_ASSERT_TRUE(play_has(answer, "\"state\":\"open\""));
	}
	play_end(p);
	/* the same with tasks that stay open */
	begin(100000, 100000);
	p->gate->catalogue->limits.tasks = 6;
	p->gate->catalogue->limits.tasks_per_agent = 6;
	for (int i = 0; i < 8; i++) {
		snprintf(key, sizeof(key), "o%d", i);
		free(play_task(p, 1, key));
	}
	play_facts(p, 1002);
	answer = play_ask(p, 2, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"b\"}");
	CU_ASSERT_TRUE(play_has(answer, "\"state\":\"open\""));
	play_end(p);
}

/* Whatever stands for somebody who came once is forgotten as soon as it says nothing any more: those who come and go by the thousand take nobody's place. */
static void
forgotten(void)
{
	static const char *const kinds[] = {"unknown", "stranger", "uid", "connect:enforcer", "connect:agent", "agent"};
	p = play_new();
	size_t before = p->gate->buckets.count;
	for (unsigned i = 0; i < 5000; i++) {
		char name[16];
		unsigned char address[16] = {0x20, 1, [2] = (unsigned char)(i >> 8), [3] = (unsigned char)i};
		snprintf(name, sizeof(name), "%u", i);
		CU_ASSERT_TRUE_FATAL(sg_bucket_take(p->gate, kinds[i % 6], sg_str(name)));
		sg_address_take(p->gate, address);
	}
	CU_ASSERT_EQUAL(p->gate->addresses, 4096 + 1); /* those behind share one */
	unsigned char late[16] = {0x20, 2, [15] = 1};
	struct sg_conn through = {.peer = {.uid = (uid_t)-1, .network = true, .address = {0x20, 2, [15] = 1}}};
	sg_party_proven(p->gate, &through); /* whoever was found has a place all the same */
	CU_ASSERT_TRUE(sg_address_take(p->gate, late));
	for (int i = 0; i < 100; i++) {
		p->boot += SG_SEC;
		p->wall += SG_SEC;
		sg_gate_tick(p->gate);
	}
	CU_ASSERT_EQUAL(p->gate->addresses, 0);
	CU_ASSERT_EQUAL(p->gate->buckets.count, before + 1);
	p->boot += 3601 * SG_SEC;
	p->wall += 3601 * SG_SEC;
	for (int i = 0; i < 10; i++)
		sg_gate_tick(p->gate);
	CU_ASSERT_EQUAL(p->gate->buckets.count, before);
	play_end(p);
}

/* A request that is none: behind an enforcer the agent pays whose task's token it brings; a stranger who holds that token pays for itself. */
static void
no_request(void)
{
	for (int stranger = 0; stranger < 2; stranger++) {
		begin(20, 10);
		const uid_t uid = stranger ? 4444 : 2001;
		char *answer = strdup(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"o\"}")), *token = play_between(answer, "\"token\":\"", "\""), body[512];
		CU_ASSERT_TRUE(play_connect(p, 3, SG_FACE_ENFORCER, uid));
		play_facts(p, uid);
		play_ask(p, 3, SG_ROUTE_E_CEILING, "", "{\"actions\":[],\"task_token\":\"x\"}"); /* looked at */
		later(100000);
		play_ask(p, 1, SG_ROUTE_A_CEILING, "", "{\"actions\":[\"a.b\"],\"task\":\"t-x\"}");
		int64_t before = milli_of("agent:helper");
		snprintf(body, sizeof(body), "{\"action\":\"\",\"key\":\"k\",\"task_token\":\"%s\"}", token);
		for (int i = 0; i < 3; i++)
			CU_ASSERT_TRUE(play_has(play_ask(p, 3, SG_ROUTE_E_ACT, "", body), "bad_request"));
		snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"key\":5,\"task_token\":\"%s\"}", token);
		CU_ASSERT_TRUE(play_has(play_ask(p, 3, SG_ROUTE_E_ACT, "", body), "bad_request"));
		int64_t after = milli_of("agent:helper");
		CU_ASSERT_TRUE(stranger ? after == before : after == before - 4000);
		for (int state = SG_TASK_FROZEN; state < SG_TASK_STATE_COUNT; state++) { /* whatever has become of the task */
			struct sg_task *task = sg_state_token_task(&p->gate->state, sg_str(token));
			enum sg_task_state was = task->state;
			task->state = (enum sg_task_state)state;
			before = milli_of("agent:helper");
			CU_ASSERT_TRUE(play_has(play_ask(p, 3, SG_ROUTE_E_ACT, "", body), "bad_request"));
			after = milli_of("agent:helper");
			CU_ASSERT_TRUE(stranger ? after == before : after == before - 1000);
			task->state = was;
		}
		free(token);
		free(answer);
		play_end(p);
	}
}

/* Whoever hands a part on and keeps its token asks at its own expense, as long as nobody took it. */
static void
not_taken(void)
{
	begin(20, 10);
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1001\"]",
									"\"delegates\":[\"*\"],\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1001\"]", "\"for_agents\":[\"helper\"]", "\"for_agents\":[\"*\"]", NULL}));
	p->gate->catalogue->limits.rate = 1;
	p->gate->catalogue->limits.burst = 20;
	char *mine = play_task(p, 1, "mine"), body[512];
	char *token = play_between(play_ask(p, 1, SG_ROUTE_A_DELEGATE, mine, "{\"actions\":[\"mail.*\"],\"key\":\"d\",\"to\":\"other\"}"), "\"token\":\"", "\"");
	CU_ASSERT_TRUE(play_connect(p, 2, SG_FACE_AGENT, 1002));
	CU_ASSERT_TRUE(play_connect(p, 3, SG_FACE_ENFORCER, 2001));
	play_facts(p, 1002);
	CU_ASSERT_EQUAL((play_ask(p, 2, SG_ROUTE_A_CEILING, "", "{\"actions\":[\"a.b\"],\"task\":\"t-x\"}"), p->conns[2].status), 403);
	int64_t before = milli_of("agent:other"), givers = milli_of("agent:helper");
	play_facts(p, 2001);
	snprintf(body, sizeof(body), "{\"actions\":[\"mail.read\"],\"task_token\":\"%s\"}", token);
	play_ask(p, 3, SG_ROUTE_E_CEILING, "", body);
	snprintf(body, sizeof(body), "{\"action\":\"\",\"key\":\"k\",\"task_token\":\"%s\"}", token);
	play_ask(p, 3, SG_ROUTE_E_ACT, "", body);
	snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"key\":\"k\",\"resource\":{\"id\":\"7\",\"type\":\"mail\"},\"task_token\":\"%s\"}", token);
	CU_ASSERT_TRUE(play_has(play_ask(p, 3, SG_ROUTE_E_ACT, "", body), "task_unclaimed"));
	CU_ASSERT_EQUAL(milli_of("agent:other"), before);
	CU_ASSERT_EQUAL(milli_of("agent:helper"), givers); /* both have the token */
	CU_ASSERT_EQUAL(milli_of("behind:other"), 20000 - 3000);
	free(token);
	free(mine);
	play_end(p);
}

/* A process that is to show itself anew since a reload asks at the expense of nobody who has the agent's name now. */
static void
not_that_agent_any_more(void)
{
	begin(20, 10);
	char body[512];
	char *token = play_between(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"t1\"}"), "\"token\":\"", "\"");
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"match\":[\"peer:uid=1001\"]", "\"match\":[\"peer:uid=1001\",\"peer:uid=1001\"]", NULL}));
	play_all(p);
	play_all(p);
	CU_ASSERT_TRUE(play_connect(p, 3, SG_FACE_ENFORCER, 2001));
	play_facts(p, 2001);
	int64_t before = milli_of("agent:helper");
	snprintf(body, sizeof(body), "{\"actions\":[\"mail.read\"],\"peer_uid\":1001,\"task_token\":\"%s\"}", token);
	CU_ASSERT_TRUE(play_has(play_ask(p, 3, SG_ROUTE_E_CEILING, "", body), "match_changed"));
	snprintf(body, sizeof(body), "{\"action\":\"\",\"key\":\"k\",\"peer_uid\":1001,\"task_token\":\"%s\"}", token);
	CU_ASSERT_TRUE(play_has(play_ask(p, 3, SG_ROUTE_E_ACT, "", body), "bad_request"));
	CU_ASSERT_EQUAL(milli_of("agent:helper"), before);
	/* nor of the enforcer's, which it has for others: what it asks so comes to an end by itself */
	p->gate->catalogue->limits.rate = 20;
	p->gate->catalogue->limits.burst = 100;
	int64_t theirs = milli_of("enforcer:2001");
	int asked = 0;
	for (const char *answer = "match_changed"; asked < 200 && strstr(answer, "match_changed") != NULL; asked++) {
		snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"key\":\"u%d\",\"peer_uid\":1001,\"resource\":{\"id\":\"i\",\"type\":\"mail\"},\"task_token\":\"%s\"}", asked, token);
		answer = play_ask(p, 3, SG_ROUTE_E_ACT, "", body);
	}
	CU_ASSERT_TRUE(asked > 50 && asked <= 101); /* a caller's burst */
	CU_ASSERT_TRUE(sg_table_get(&p->gate->buckets, SG_STR("behind:helper")) != NULL);
	CU_ASSERT_EQUAL(milli_of("enforcer:2001"), theirs);
	CU_ASSERT_EQUAL(milli_of("agent:helper"), before);
	free(token);
	play_end(p);
}

/* What is kept for tidying up is kept from all that costs more than was paid; what reports cost themselves is paid by reports. */
static void
how_deep(void)
{
	static const struct {
		enum sg_route route;
		int64_t reports; /* -1: not opened */
	} rows[] = {{SG_ROUTE_A_ACT, -1}, {SG_ROUTE_A_CEILING, -1}, {SG_ROUTE_E_OUTCOME, -1}, {SG_ROUTE_A_TASK_CLOSE, -1}, {SG_ROUTE_A_OUTCOME, -100000}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(20, 100);
		const struct sg_agent *helper = sg_catalogue_agent(p->gate->catalogue, SG_STR("helper"));
		struct sg_request r = {.agent = helper, .route = sg_route_row(rows[i].route)};
		sg_agent_owes(p->gate, &r, 10);
		CU_ASSERT_EQUAL(milli_of("agent:helper"), 90000);
		sg_agent_owes(p->gate, &r, 100000);
		CU_ASSERT_EQUAL(milli_of("agent:helper"), -49000);
		CU_ASSERT_EQUAL(milli_of("reports:helper"), rows[i].reports);
		CU_ASSERT_FALSE(refused(1, SG_ROUTE_A_TASK_CLOSE, "t-1", "{}")); /* it can still let go of what it has */
		play_end(p);
	}
}

/* What is kept for operators is kept from whoever may approve or watch and nothing else, by whichever socket they come. */
static void
kept_for_operators(void)
{
	for (int how = 0; how < 3; how++) {
		p = play_new();
		p->gate->catalogue->limits.connections = 40;
		struct sg_admin *admin = &p->gate->catalogue->admins[0];
		admin->approves_only = how == 1;
		admin->watches_only = how == 2;
		uint64_t conn = 1;
		while (conn < 60 && play_connect(p, conn, how == 0 ? SG_FACE_APPROVER : SG_FACE_ADMIN, (int)admin->uid))
			conn++;
		CU_ASSERT_EQUAL(conn - 1, 32); /* eight more than agents have */
		admin->approves_only = admin->watches_only = false;
		CU_ASSERT_TRUE(play_connect(p, 61, SG_FACE_ADMIN, (int)admin->uid));
		play_end(p);
	}
}

SG_CASES("gate.buckets", {"every route takes from its caller", every_route_pays}, {"what may ever be allowed", ceilings}, {"records are paid for", records}, {"a small act is one", the_rate_holds}, {"units", units},
	 {"dear requests", dear_requests}, {"outcomes and closing have a reserve", tidying_up}, {"stopping is free", stopping_is_free},
	 {"behind an enforcer each agent pays for itself", behind_an_enforcer}, {"connections", connects}, {"late refusals", late_refusals},
	 {"one agent's tasks are no bound for another", shares}, {"forgotten", forgotten}, {"an enforcer's purse is whole", purse_is_whole}, {"what is no request", no_request}, {"what nobody took", not_taken},
	 {"who is not that agent any more", not_that_agent_any_more}, {"how deep a debt goes", how_deep}, {"kept for operators", kept_for_operators})
