/* SPDX-License-Identifier: Apache-2.0
 * Who somebody is: agents that are only hinted at, what is presented on a connection, peers without a process, facts that contradict. */
#include "unit/gate/play.h"

#include <stepgate/verify.h>

static struct play *p;

#define HINT(name, value) "{\"peer:" name "\":{\"strength\":\"hint\",\"value\":\"" value "\"}}"
#define GATEWAY "{\"gw:spiffe_id\":{\"strength\":\"boundary\",\"value\":\"spiffe://acme.example/gw\"}}"

/* The play's document with another stack, another agent, another enforcer. */
static void
configure(const char *agents, const char *attest, const char *enforcers)
{
	struct sg_buf text;
	const char *at = play_document;
	const struct {
		const char *mark, *more;
	} parts[] = {{"\"agents\":{", agents}, {"\"attest\":{", attest}, {"\"enforcers\":{", enforcers}};
	sg_buf_init(&text, 1 << 20);
	for (size_t i = 0; i < 3; i++) {
		const char *to = strstr(at, parts[i].mark) + strlen(parts[i].mark);
		sg_buf_add(&text, at, (size_t)(to - at));
		sg_buf_text(&text, parts[i].more);
		at = to;
	}
	sg_buf_text(&text, at);
	sg_buf_add(&text, "", 1);
	char *canonical = play_canonical(text.ptr);
	struct sg_err err = {0};
	CU_ASSERT_EQUAL_FATAL(sg_gate_configure(p->gate, sg_str(canonical), &err), SG_OK);
	free(canonical);
	sg_buf_done(&text);
}

#define AGENT(name, identity, match)                                                                                   \
	"\"" name "\":{\"environment\":\"staging\",\"escalate\":\"o@x\",\"identity\":\"" identity                      \
	"\",\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[" match                                         \
	"],\"owner\":\"jon\",\"reach\":[\"**\"],\"review_by\":\"2027-01-31\"},"
#define STEP "\"gw\":{\"control\":\"sufficient\",\"kind\":\"verify\",\"options\":{},\"order\":1,\"use\":\"x509\"},"
#define ENFORCER                                                                                                       \
	"\"gateway\":{\"actions\":[\"**\"],\"for_agents\":[\"helper\"],\"match\":[\"gw:spiffe_id=spiffe://acme.example/"   \
	"gw\"],\"obligations\":[],\"resources\":[\"**\"]},"

static void
hints_alone(void)
{
	p = play_new();
	configure(AGENT("soft", "hint", "\"peer:exe=/bin/soft\""), "", "");
	p->facts = HINT("exe", "/bin/soft");
	CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 1009));
	char *task = play_task(p, 1, "t");
	CU_ASSERT_TRUE(strncmp(task, "t-", 2) == 0);
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "mail.read", "{}", "k1"), "\"verdict\":\"allow\""));
	/* it may do what needs no credential; none is made for it */
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "k2"), "\"code\":\"asserted_agent\""));
	CU_ASSERT_EQUAL(p->gate->state.live_leases, 0);
	CU_ASSERT_TRUE(sg_state_task(&p->gate->state, sg_str(task))->asserted);
	CU_ASSERT_TRUE(play_connect(p, 2, SG_FACE_ADMIN, 500));
	CU_ASSERT_STRING_EQUAL(play_ask(p, 2, SG_ROUTE_O_STATUS, "", "{}"), ""); /* an admin who fits any agent is none, however weak the fit */
	CU_ASSERT_TRUE(p->conns[2].closed);
	p->facts = "{\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"500\"}}";
	CU_ASSERT_TRUE(play_connect(p, 3, SG_FACE_ADMIN, 500));
	CU_ASSERT_TRUE(play_has(play_ask(p, 3, SG_ROUTE_O_STATUS, "", "{}"),
				"\"identity\":[\"agent soft: its identity rests on what its process says of itself (identity = \\\"hint\\\")\"]"));
	free(task);
	play_end(p);
}

/* identity x strength of the match: weaker than the stanza wants is refused; where every stanza says more than hint, status is silent. */
static void
weakest_strength(void)
{
	static const char *const words[] = {"hint", "content", "boundary"};
	for (int wants = 0; wants < 3; wants++)
		for (int has = 0; has < 3; has++) {
			char agents[1024], facts[128];
			p = play_new();
			snprintf(agents, sizeof(agents), AGENT("soft", "%s", "\"peer:exe~/bin/*\",\"peer:exe!=/bin/sh\",\"peer:exe\""), words[wants]);
			configure(agents, "", "");
			snprintf(facts, sizeof(facts), "{\"peer:exe\":{\"strength\":\"%s\",\"value\":\"/bin/soft\"}}", words[has]);
			p->facts = facts;
			CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 1009));
			const char *answer = play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"t\"}");
			CU_ASSERT_TRUE(play_has(answer, has >= wants ? "\"id\":\"t-" : "\"code\":\"facts_weak\""));
			play_end(p);
		}
}

/* What only excludes, or only exists, is never more than a hint, whatever the fact's own strength. */
static void
absence_proves_nothing(void)
{
	static const char *const matches[] = {"\"peer:exe!=/bin/sh\"", "\"peer:exe\"", "\"peer:exe~**\""};
	for (size_t i = 0; i < 3; i++) {
		char agents[1024];
		p = play_new();
		snprintf(agents, sizeof(agents), AGENT("soft", "content", "%s"), matches[i]);
		configure(agents, "", "");
		p->facts = "{\"peer:exe\":{\"strength\":\"boundary\",\"value\":\"/bin/soft\"}}";
		CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 1009));
		CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"t\"}"), "\"code\":\"facts_weak\""));
		play_end(p);
	}
}

/* What a user could have arranged (a unit or a container below its own manager) makes the whole match a hint, whatever stands beside it. Of steps that are not
 * those modules, and of facts that are hints everywhere, it does not. */
static void
arranged(void)
{
	static const struct {
		const char *match, *fact, *strength; /* beside the uid, which is a boundary */
		bool sure;
	} rows[] = {{"unit:unit=d.service", "unit:unit", "boundary", true},        {"unit:unit=d.service", "unit:unit", "hint", false},
		    {"unit:unit~d.service", "unit:unit", "hint", false},                 {"unit:slice=d.service", "unit:slice", "hint", false},
		    {"unit:manager=d.service", "unit:manager", "hint", false},     {"unit:invocation_id=d.service", "unit:invocation_id", "hint", false},
		    {"box:id=d.service", "box:id", "hint", false},                 {"box:id=d.service", "box:id", "boundary", true},
		    {"box:pod=d.service", "box:pod", "hint", false},               {"box:runtime=d.service", "box:runtime", "hint", false},
		    {"peer:cgroup=d.service", "peer:cgroup", "hint", false},       {"peer:cgroup=d.service", "peer:cgroup", "boundary", true},
		    {"peer:exe=d.service", "peer:exe", "hint", true},              {"peer:exe_sha256=d.service", "peer:exe_sha256", "hint", true},
		    {"other:unit=d.service", "other:unit", "hint", true},          {"unit:cgroup=d.service", "unit:cgroup", "hint", true},
		    {"unit:unit", "unit:unit", "hint", true},                      {"unit:unit!=x.service", "unit:unit", "hint", true}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int hint = 0; hint < 2; hint++) {
			char agents[1024], facts[256];
			p = play_new();
			snprintf(agents, sizeof(agents), AGENT("d", "%s", "\"peer:uid=1009\",\"%s\""), hint ? "hint" : "content", rows[i].match);
			configure(agents, "\"box\":{\"control\":\"optional\",\"options\":{},\"order\":1,\"use\":\"container\"},\"other\":{\"control\":\"optional\",\"options\":{},\"order\":2,\"use\":"
				  "\"their\"},\"unit\":{\"control\":\"optional\",\"options\":{},\"order\":3,\"use\":\"systemd\"},", "");
			snprintf(facts, sizeof(facts), "{\"peer:exe_was\":{\"strength\":\"hint\",\"value\":\"x\"},\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1009\"},\"%s\":{\"strength\":\"%s\",\"value\":\"d.service\"}}", rows[i].fact,
				 rows[i].strength);
			char *canonical = play_canonical(facts);
			p->facts = canonical;
			CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 1009));
			const char *answer = play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"t\"}");
			bool in = strstr(answer, "\"id\":\"t-") != NULL;
			if (in != (rows[i].sure || hint))
				fprintf(stderr, "  row %zu: %s\n", i, answer);
			CU_ASSERT_EQUAL(in, rows[i].sure || hint);
			CU_ASSERT_EQUAL(strstr(answer, "\"code\":\"facts_weak\"") != NULL, !rows[i].sure && !hint);
			play_end(p);
			free(canonical);
		}
}

/* ---- presented ---- */

static bool
connect_network(uint64_t conn, unsigned char last)
{
	struct sg_peer peer = {.uid = (uid_t)-1, .gid = (gid_t)-1, .pidfd = -1, .network = true,
			       .address = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = last}};
	bool good = sg_gate_connect(p->gate, conn, SG_FACE_ENFORCER, &peer, NULL) == SG_OK;
	play_all(p);
	return good && p->conns[conn].admitted;
}

static const char evaluation[] = "{\"action\":{\"name\":\"repo.read\"},\"context\":{\"key\":\"e1\",\"task\":\"%s\"},"
				 "\"resource\":{\"id\":\"i\",\"type\":\"t\"},\"subject\":{\"id\":\"helper\",\"type\":\"agent\"}}";

static void
network_peer(void)
{
	p = play_new();
	configure("", STEP, ENFORCER);
	CU_ASSERT_TRUE(connect_network(5, 1)); /* admitted to speak: there is no process to look at */
	CU_ASSERT_EQUAL(p->count, 0);
	/* before it has presented anything it is nobody */
	const char *answer = play_ask(p, 5, SG_ROUTE_E_TASK_OPEN, "", "{\"agent\":\"helper\",\"intent\":\"work\",\"key\":\"t\"}");
	CU_ASSERT_TRUE(play_has(answer, "\"code\":\"facts_unavailable\""));
	CU_ASSERT_TRUE(sg_gate_presented(p->gate, 5, SG_PRESENTED_CHAIN, SG_STR("DER")));
	CU_ASSERT_FALSE(sg_gate_presented(p->gate, 5, SG_PRESENTED_CHAIN, SG_STR("DER"))); /* once */
	p->facts = GATEWAY;
	answer = play_ask(p, 5, SG_ROUTE_E_TASK_OPEN, "", "{\"agent\":\"helper\",\"intent\":\"work\",\"key\":\"t2\"}");
	CU_ASSERT_TRUE(play_has(answer, "\"id\":\"t-"));
	char *task = play_between(answer, "\"id\":\"", "\""), body[512];
	snprintf(body, sizeof(body), evaluation, task);
	CU_ASSERT_TRUE(play_has(play_ask(p, 5, SG_ROUTE_E_EVALUATION, "", body), "\"decision\":false")); /* asserted: no credential */
	/* another look finds nothing: a certificate that expired, a key that was withdrawn, a host that was away */
	p->boot += 2 * SG_SEC;
	p->facts = "";
	p->why = SG_REASON_facts_unavailable;
	answer = play_ask(p, 5, SG_ROUTE_E_TASK_OPEN, "", "{\"agent\":\"helper\",\"intent\":\"work\",\"key\":\"t3\"}");
	CU_ASSERT_TRUE(play_has(answer, "\"code\":\"facts_unavailable\""));
	p->boot += SG_SEC / 10; /* nobody until a look finds the same again, however soon the next request comes */
	answer = play_ask(p, 5, SG_ROUTE_E_TASK_OPEN, "", "{\"agent\":\"helper\",\"intent\":\"work\",\"key\":\"t4\"}");
	CU_ASSERT_TRUE(play_has(answer, "\"code\":\"facts_unavailable\""));
	p->facts = GATEWAY;
	answer = play_ask(p, 5, SG_ROUTE_E_TASK_OPEN, "", "{\"agent\":\"helper\",\"intent\":\"work\",\"key\":\"t4\"}");
	CU_ASSERT_TRUE(play_has(answer, "\"id\":\"t-"));
	p->facts = ""; /* what it finds in between does not wash it: another one is another one */
	p->boot += 2 * SG_SEC;
	answer = play_ask(p, 5, SG_ROUTE_E_TASK_OPEN, "", "{\"agent\":\"helper\",\"intent\":\"work\",\"key\":\"t5\"}");
	CU_ASSERT_TRUE(play_has(answer, "\"code\":\"facts_unavailable\""));
	p->facts = "{\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"7\"}}";
	answer = play_ask(p, 5, SG_ROUTE_E_TASK_OPEN, "", "{\"agent\":\"helper\",\"intent\":\"work\",\"key\":\"t5\"}");
	CU_ASSERT_TRUE(play_has(answer, "\"code\":\"peer_changed\""));
	p->facts = GATEWAY;
	answer = play_ask(p, 5, SG_ROUTE_E_TASK_OPEN, "", "{\"agent\":\"helper\",\"intent\":\"work\",\"key\":\"t5\"}");
	CU_ASSERT_TRUE(play_has(answer, "\"code\":\"peer_changed\""));
	free(task);
	play_end(p);
}

static bool
no_look(void *self, uint64_t id, uint64_t conn)
{
	(void)self, (void)id, (void)conn;
	return false;
}

static const char wide_allow[] = "{\"agent\":\"helper\",\"intent\":\"work\",\"key\":\"tn\"}";

/* An enforcer over the network is withheld from when its facts are gone between commit and answer. */
static void
network_second_look(void)
{
	p = play_new();
	configure("", STEP, ENFORCER);
	CU_ASSERT_TRUE(connect_network(5, 1));
	CU_ASSERT_TRUE(sg_gate_presented(p->gate, 5, SG_PRESENTED_CHAIN, SG_STR("DER")));
	p->facts = GATEWAY;
	char *task = play_between(play_ask(p, 5, SG_ROUTE_E_TASK_OPEN, "", wide_allow), "\"id\":\"", "\""), body[512];
	snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"arguments\":{},\"key\":\"k\",\"resource\":{\"id\":\"i\",\"type\":\"t\"},\"task\":\"%s\"}", task);
	CU_ASSERT_TRUE(play_has(play_ask(p, 5, SG_ROUTE_E_ACT, "", body), "\"verdict\":\"allow\""));
	body[strstr(body, "\"k\"") - body + 1] = 'j';
	play_send(p, 5, SG_ROUTE_E_ACT, "", body);
	while (p->count > 0 && p->queue[0].kind != PLAY_JUDGE)
		play_one(p);
	play_one(p);
	p->facts = "";
	p->why = SG_REASON_facts_unavailable;
	play_all(p);
	CU_ASSERT_TRUE(play_has(p->conns[5].body, "\"code\":\"withheld_facts\""));
	free(task);
	play_end(p);
}

/* A token on a local connection adds facts; what both looks know must stay, and a token is shown once, before requests, never to operators. */
static void
token_on_a_process(void)
{
#define UID(uid) "\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"" uid "\"}"
	static const struct {
		const char *second, *want;
	} rows[] = {{"{\"gw:sub\":{\"strength\":\"boundary\",\"value\":\"ci\"}," UID("1001") "}", "\"id\":\"t-"},
		    {"{\"gw:sub\":{\"strength\":\"boundary\",\"value\":\"ci\"}," UID("1002") "}", "\"code\":\"peer_changed\""},
		    {"", "\"code\":\"facts_conflict\""}};
	for (size_t i = 0; i < 3; i++) {
		p = play_new();
		configure("", STEP, "");
		CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 1001));
		play_ask(p, 1, SG_ROUTE_A_TASK_SHOW, "t-none", "{}"); /* looked at once before */
		CU_ASSERT_TRUE(sg_gate_presented(p->gate, 1, SG_PRESENTED_TOKEN, SG_STR("a.b.c")));
		CU_ASSERT_FALSE(sg_gate_presented(p->gate, 1, SG_PRESENTED_CHAIN, SG_STR("DER"))); /* nothing proved its key here */
		CU_ASSERT_FALSE(sg_gate_presented(p->gate, 1, 3, SG_STR("x")));
		p->facts = rows[i].second;
		p->why = SG_REASON_facts_conflict;
		CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"t\"}"), rows[i].want));
		play_end(p);
	}
	p = play_new();
	configure("", STEP, "");
	CU_ASSERT_TRUE(play_connect(p, 2, SG_FACE_ADMIN, 500));
	CU_ASSERT_FALSE(sg_gate_presented(p->gate, 2, SG_PRESENTED_TOKEN, SG_STR("a.b.c")));
	CU_ASSERT_TRUE(play_connect(p, 3, SG_FACE_AGENT, 1001));
	char *large = calloc(1, SG_PRESENTED_MAX + 1);
	CU_ASSERT_FALSE(sg_gate_presented(p->gate, 3, SG_PRESENTED_TOKEN, (struct sg_str){large, SG_PRESENTED_MAX + 1}));
	CU_ASSERT_FALSE(sg_gate_presented(p->gate, 3, SG_PRESENTED_TOKEN, SG_STR("")));
	CU_ASSERT_TRUE(sg_gate_presented(p->gate, 3, SG_PRESENTED_TOKEN, (struct sg_str){large, SG_PRESENTED_MAX}));
	free(large);
	play_end(p);
}

/* A stack that only reads what is presented: local peers are let in to present it, operators work, nobody is anybody before. */
static void
nothing_to_look_at(void)
{
	p = play_new();
	configure("", STEP, ENFORCER);
	p->gate->catalogue->looks = false;
	struct sg_peer peer = {.uid = 1001, .gid = 1001, .pid = 4001, .pidfd = -1, .start_time = 5};
	CU_ASSERT_EQUAL(sg_gate_connect(p->gate, 1, SG_FACE_ENFORCER, &peer, NULL), SG_OK);
	CU_ASSERT_TRUE(p->conns[1].admitted && p->count == 0);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_E_TASK_OPEN, "", wide_allow), "\"code\":\"facts_unavailable\""));
	CU_ASSERT_TRUE(sg_gate_presented(p->gate, 1, SG_PRESENTED_TOKEN, SG_STR("a.b.c")));
	p->facts = GATEWAY;
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_E_TASK_OPEN, "", wide_allow), "\"id\":\"t-"));
	peer.uid = 500;
	CU_ASSERT_EQUAL(sg_gate_connect(p->gate, 2, SG_FACE_ADMIN, &peer, NULL), SG_OK);
	CU_ASSERT_TRUE(play_has(play_ask(p, 2, SG_ROUTE_O_STATUS, "", "{}"), "\"journal\":\"open\""));
	p->gate->catalogue->reads = false; /* and with no step at all nobody is let in */
	peer.uid = 1001;
	p->gate->ports.look = no_look;
	CU_ASSERT_EQUAL(sg_gate_connect(p->gate, 3, SG_FACE_ENFORCER, &peer, NULL), SG_OK);
	CU_ASSERT_STRING_EQUAL(play_ask(p, 3, SG_ROUTE_E_TASK_OPEN, "", wide_allow), "");
	CU_ASSERT_TRUE(p->conns[3].closed);
	play_end(p);
}

/* Facts that contradict each other close the connection, and the record says why. */
static void
conflict_at_connect(void)
{
	p = play_new();
	struct sg_peer peer = {.uid = 1001, .gid = 1001, .pid = 4001, .pidfd = -1, .start_time = 5};
	p->facts = "";
	p->why = SG_REASON_facts_conflict;
	CU_ASSERT_EQUAL(sg_gate_connect(p->gate, 1, SG_FACE_AGENT, &peer, NULL), SG_OK);
	play_all(p);
	CU_ASSERT_FALSE(p->conns[1].closed); /* nothing was asked, nobody looked */
	CU_ASSERT_STRING_EQUAL(play_ask(p, 1, SG_ROUTE_A_TASK_SHOW, "t-none", "{}"), "");
	CU_ASSERT_TRUE(p->conns[1].closed);
	p->facts = "{\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"500\"}}";
	CU_ASSERT_TRUE(play_connect(p, 2, SG_FACE_ADMIN, 500));
	CU_ASSERT_TRUE(play_has(play_ask(p, 2, SG_ROUTE_O_EVENTS, "", "{\"after\":\"0\"}"), "\"result\":\"facts_conflict\""));
	play_end(p);
}

static void
play_nothing(void *self, uint64_t conn, enum sg_face face)
{
	(void)self, (void)conn, (void)face;
}

static void
close_nothing(void *self, uint64_t conn)
{
	(void)self, (void)conn;
}

static size_t
conns(void)
{
	return p->gate->conns.count;
}

static bool
from(uint64_t id, const unsigned char address[16])
{
	struct sg_peer one = {.uid = (uid_t)-1, .pidfd = -1, .network = true};
	memcpy(one.address, address, 16);
	return sg_gate_connect(p->gate, id, SG_FACE_ENFORCER, &one, NULL) == SG_OK;
}

static bool
is_open(uint64_t id)
{
	return sg_conn_find(p->gate, id) != NULL;
}

/* Somebody looked, and an enforcer speaks there. */
static void
is_found(uint64_t id)
{
	struct sg_conn *conn = sg_conn_find(p->gate, id);
	CU_ASSERT_PTR_NOT_NULL_FATAL(conn);
	conn->known = true;
	sg_conn_place(p->gate, conn);
}

static void
begin_far(void)
{
	p = play_new();
	configure("", STEP, ENFORCER);
	p->gate->ports.admit = play_nothing; /* more connections than the play counts */
	p->gate->ports.close = close_nothing;
}

/* Connections of one address of which nothing is known, at the bound and one more: the oldest of them goes, whether or not it has shown a certificate, which
 * anybody can make; none that was found to be an enforcer's does. Another address has its own. */
static void
address_bound(void)
{
	begin_far();
	int64_t most = p->gate->catalogue->limits.uid_connections;
	unsigned char here[16] = {[15] = 9}, there[16] = {1, [15] = 9};
	size_t before = conns();
	CU_ASSERT_TRUE(from(900, here));
	is_found(900);
	for (int64_t i = 0; i < most; i++) {
		CU_ASSERT_TRUE(from(1000 + (uint64_t)i, here));
		CU_ASSERT_TRUE(sg_gate_presented(p->gate, 1000 + (uint64_t)i, SG_PRESENTED_CHAIN, SG_STR("x")));
	}
	CU_ASSERT_EQUAL(conns() - before, (size_t)most + 1);
	CU_ASSERT_TRUE(is_open(1000));
	CU_ASSERT_TRUE(from(2000, here));
	CU_ASSERT_EQUAL(conns() - before, (size_t)most + 1);
	CU_ASSERT_FALSE(is_open(1000));
	CU_ASSERT_TRUE(is_open(1001) && is_open(2000) && is_open(900));
	CU_ASSERT_TRUE(from(2001, there));
	CU_ASSERT_TRUE(is_open(1001));
	play_end(p);
}

/* Of those that were found to be enforcers' an address has as many as a user that speaks for many. */
static void
enforcers_bound(void)
{
	begin_far();
	unsigned char here[16] = {[15] = 9}, there[16] = {1, [15] = 9};
	p->gate->catalogue->limits.enforcer_connections = 5;
	for (uint64_t i = 0; i < 5; i++) {
		CU_ASSERT_TRUE(from(1000 + i, here));
		is_found(1000 + i);
	}
	CU_ASSERT_FALSE(from(1010, here));
	CU_ASSERT_TRUE(from(1011, there));
	sg_gate_disconnect(p->gate, 1000);
	CU_ASSERT_TRUE(from(1012, here));
	play_end(p);
}

/* Here: a user whom a stanza of enforcers names, on the enforcers' face. */
static void
speaks_for_many(void)
{
	begin_far();
	p->gate->catalogue->limits.enforcer_connections = 7;
	p->gate->catalogue->limits.uid_connections = 3;
	for (uint64_t i = 0; i < 16; i++) {
		struct sg_peer enforcer = {.uid = 2001, .gid = 2001, .pid = 4000, .pidfd = -1, .start_time = 5, .pidfd_exact = true}, agent = enforcer;
		agent.uid = agent.gid = 1001;
		CU_ASSERT_EQUAL(sg_gate_connect(p->gate, 1000 + i, SG_FACE_ENFORCER, &enforcer, NULL) == SG_OK, i < 7);
		CU_ASSERT_EQUAL(sg_gate_connect(p->gate, 1100 + i, SG_FACE_ENFORCER, &agent, NULL) == SG_OK, i < 3);
	}
	struct sg_peer boss = {.uid = 500, .gid = 500, .pid = 4000, .pidfd = -1, .start_time = 5, .pidfd_exact = true};
	for (uint64_t i = 0; i < 5; i++) { /* what an operator's user runs for others is counted apart */
		CU_ASSERT_EQUAL(sg_gate_connect(p->gate, 1300 + i, SG_FACE_ENFORCER, &boss, NULL) == SG_OK, i < 3);
		CU_ASSERT_EQUAL(sg_gate_connect(p->gate, 1400 + i, SG_FACE_ADMIN, &boss, NULL) == SG_OK, i < 3);
	}
	sg_gate_disconnect(p->gate, 1400);
	CU_ASSERT_EQUAL(sg_gate_connect(p->gate, 1500, SG_FACE_ADMIN, &boss, NULL), SG_OK);
	struct sg_peer enforcer = {.uid = 2001, .gid = 2001, .pid = 4000, .pidfd = -1, .start_time = 5, .pidfd_exact = true};
	sg_gate_disconnect(p->gate, 1000);
	CU_ASSERT_NOT_EQUAL(sg_gate_connect(p->gate, 1200, SG_FACE_AGENT, &enforcer, NULL), SG_OK); /* as an agent it is one user */
	play_end(p);
}

/* All networks together leave half to those on this machine; where they are full, too, the oldest of which nothing is known goes. */
static void
far_and_near(void)
{
	begin_far();
	uint64_t all = (uint64_t)p->gate->catalogue->limits.connections - 16, id = 1000;
	size_t before = conns();
	p->gate->catalogue->limits.rate = p->gate->catalogue->limits.burst = 1000000;
	for (uint64_t i = 0; i < all; i++) {
		unsigned char network[16] = {0x20, 2, (unsigned char)(i >> 8), (unsigned char)i, [15] = 1};
		CU_ASSERT_TRUE(from(id++, network));
	}
	CU_ASSERT_EQUAL(conns() - before, all / 2);
	CU_ASSERT_FALSE(is_open(1000));
	CU_ASSERT_TRUE(is_open(id - 1));
	struct sg_peer near = {.uid = 1001, .gid = 1001, .pid = 4000, .pidfd = -1, .start_time = 5, .pidfd_exact = true};
	CU_ASSERT_EQUAL(sg_gate_connect(p->gate, id++, SG_FACE_AGENT, &near, NULL), SG_OK);
	for (size_t at = 0; at < all / 2; at++) /* all of them are enforcers': nobody goes */
		is_found(id - 2 - at);
	unsigned char network[16] = {0x20, 3, [15] = 1};
	CU_ASSERT_FALSE(from(id++, network));
	play_end(p);
}

/* An address where an enforcer was found has a rate of its own for an hour: what strangers there use up is not its own. */
static void
proven_rate(void)
{
	p = play_new();
	p->gate->catalogue->limits.burst = 2;
	p->gate->catalogue->limits.rate = 1;
	p->gate->catalogue->limits.party_burst = 4;
	p->gate->catalogue->limits.party_rate = 2;
	unsigned char a[16] = {0x20, 1, [15] = 1};
	CU_ASSERT_TRUE(sg_address_take(p->gate, a) && sg_address_take(p->gate, a));
	CU_ASSERT_FALSE(sg_address_take(p->gate, a));
	struct sg_conn through = {.peer = {.uid = (uid_t)-1, .network = true, .address = {0x20, 1, [15] = 2}}};
	sg_party_proven(p->gate, &through); /* one that got through, from the same network */
	CU_ASSERT_TRUE(sg_address_take(p->gate, a) && sg_address_take(p->gate, a) && sg_address_take(p->gate, a));
	CU_ASSERT_FALSE(sg_address_take(p->gate, a));
	p->boot += 59 * 60 * SG_SEC;
	sg_gate_tick(p->gate);
	CU_ASSERT_TRUE(sg_address_take(p->gate, a) && sg_address_take(p->gate, a) && sg_address_take(p->gate, a) && sg_address_take(p->gate, a));
	p->boot += 61 * 60 * SG_SEC;
	sg_gate_tick(p->gate); /* and is an address like others again */
	CU_ASSERT_TRUE(sg_address_take(p->gate, a) && sg_address_take(p->gate, a));
	CU_ASSERT_FALSE(sg_address_take(p->gate, a));
	play_end(p);
}

/* How often: a burst, then the rate; one IPv6 network of 64 bits is one address. */
static void
address_rate(void)
{
	p = play_new();
	p->gate->catalogue->limits.burst = 3;
	p->gate->catalogue->limits.rate = 1;
	unsigned char a[16] = {0x20, 1, [15] = 1}, b[16] = {0x20, 1, [15] = 2}, c[16] = {0x20, 2, [15] = 1};
	CU_ASSERT_TRUE(sg_address_take(p->gate, a) && sg_address_take(p->gate, b) && sg_address_take(p->gate, a));
	CU_ASSERT_FALSE(sg_address_take(p->gate, b));
	CU_ASSERT_TRUE(sg_address_take(p->gate, c));
	size_t before = p->gate->buckets.count;
	p->boot += 1100 * SG_MSEC;
	sg_gate_tick(p->gate);
	CU_ASSERT_TRUE(sg_address_take(p->gate, a));
	CU_ASSERT_FALSE(sg_address_take(p->gate, a));
	p->boot += 60 * SG_SEC;
	sg_gate_tick(p->gate); /* who was quiet is forgotten */
	CU_ASSERT_EQUAL(p->gate->buckets.count, before - 2);
	play_end(p);
}

/* What is kept of a caller is kept of its user, or of its network: another address of it is no other caller. */
static void
one_caller(void)
{
	struct sg_conn a = {.peer = {.uid = (uid_t)-1, .network = true, .address = {0x20, 1, [15] = 1}}}, b = a, c = a, local = {.peer = {.uid = 1001}};
	char of_a[SG_CONN_NAME], of_b[SG_CONN_NAME], of_c[SG_CONN_NAME], of_local[SG_CONN_NAME];
	b.peer.address[15] = 2;
	c.peer.address[1] = 2;
	sg_conn_name(&a, of_a);
	sg_conn_name(&b, of_b);
	sg_conn_name(&c, of_c);
	sg_conn_name(&local, of_local);
	CU_ASSERT_STRING_EQUAL(of_a, of_b);
	CU_ASSERT_STRING_NOT_EQUAL(of_a, of_c);
	CU_ASSERT_STRING_EQUAL(of_local, "1001");
	CU_ASSERT_EQUAL(sg_conn_uid(&a), -1); /* two of another machine have no user in common */
	CU_ASSERT_EQUAL(sg_conn_uid(NULL), -1);
	CU_ASSERT_EQUAL(sg_conn_uid(&local), 1001);
}

SG_CASES("gate.identity", {"an agent on hints alone", hints_alone}, {"the weakest strength", weakest_strength}, {"what a user could have arranged", arranged},
	 {"absence proves nothing", absence_proves_nothing}, {"a peer from the network", network_peer},
	 {"a peer from the network, the second look", network_second_look}, {"a token on a local connection", token_on_a_process},
	 {"nothing to look at", nothing_to_look_at},
	 {"conflicting facts at connect", conflict_at_connect}, {"connections of one address", address_bound}, {"enforcers of one address", enforcers_bound}, {"one that speaks for many", speaks_for_many}, {"the rate of an address that is proven", proven_rate}, {"connections a second", address_rate}, {"one caller", one_caller}, {"far and near", far_and_near})
