/* SPDX-License-Identifier: Apache-2.0
 * Leases until they are gone: what must be confirmed is taken back at its end too, again and again, over restarts, and no more is given out than can be
 * taken back. */
#include "gate/desk/lease_room.h"
#include "gate/desk/revoking.h"
#include "gate/snapshot/snapshot.h"
#include "unit/cases.h"
#include "unit/gate/play.h"

static const char opaque[] = "{\"enforcer_only\":false,\"format\":\"opaque\",\"jwks\":null,\"revocation\":\"instant\"}";
static const char away[] = "\"code\":\"db_away\",\"fault\":\"module\",";

static struct play *
begin(const char *ready, const char **task)
{
	struct play *p = play_new();
	play_issuer_ready(p, "token", ready);
	CU_ASSERT_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 500));
	*task = play_task(p, 1, "t1");
	return p;
}

static struct sg_lease *
first(struct play *p)
{
	size_t at = 0;
	return sg_table_next(&p->gate->state.leases, &at);
}

static void
pass(struct play *p, int seconds)
{
	for (int i = 0; i < seconds; i++) {
		p->boot += SG_SEC;
		p->wall += SG_SEC;
		play_all(p);
	}
}

static struct sg_lease *
given(struct play *p, const char *task, const char *key)
{
	CU_ASSERT(play_has(play_act(p, 1, task, "repo.read", "{}", key), "\"allow\""));
	struct sg_lease *lease = NULL;
	size_t at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&p->gate->state.leases, &at)) != NULL;)
		if (l->state == SG_LEASE_ACTIVE)
			lease = l;
	CU_ASSERT_PTR_NOT_NULL_FATAL(lease);
	return lease;
}

/* What is gone when its time is over, and what must be said to be. */
static void
the_end_of_a_lease(void)
{
	static const struct {
		const char *format, *revocation;
		bool told;
	} rows[] = {{"opaque", "instant", true}, {"opaque", "next_use", true}, {"opaque", "expiry", false}, {"jwt", "next_use", false}, {"jwt", "instant", false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char ready[160];
		const char *task;
		snprintf(ready, sizeof(ready), "{\"enforcer_only\":false,\"format\":\"%s\",\"jwks\":null,\"revocation\":\"%s\"}", rows[i].format, rows[i].revocation);
		struct play *p = begin(ready, &task);
		given(p, task, "k1");
		pass(p, 59);
		CU_ASSERT_EQUAL(p->revokes, 0);
		CU_ASSERT_EQUAL(first(p)->state, SG_LEASE_ACTIVE);
		pass(p, 3);
		CU_ASSERT_EQUAL(p->revokes, rows[i].told);
		if (rows[i].told)
			CU_ASSERT_EQUAL(first(p)->state, SG_LEASE_DEAD);
		pass(p, 120);
		CU_ASSERT_PTR_NULL(first(p));
		CU_ASSERT_EQUAL(p->reaps, 0);
		free((char *)task);
		play_end(p);
	}
}

/* An issuer that says no is asked again, less and less often, past the end, past the task, and over a restart; it is seen everywhere. */
static void
nothing_is_forgotten(void)
{
	const char *task;
	struct sg_err err = {0};
	struct play *p = begin(opaque, &task);
	char id[SG_ID_MAX];
	memcpy(id, given(p, task, "k1")->id, sizeof(id));
	p->taken_back = away;
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_LEASE_REVOKE, id, "{}"), "\"revoking\""));
	CU_ASSERT_EQUAL(p->revokes, 1);
	pass(p, 60);
	CU_ASSERT(p->revokes >= 5 && p->revokes <= 7);
	play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, task, "{}");
	pass(p, 3600);
	CU_ASSERT(p->revokes >= 5 + 3600 / 70 && p->revokes <= 7 + 3600 / SG_REVOKE_PAUSE_S);
	const char *list = play_ask(p, 10, SG_ROUTE_O_LEASES, "", "{}");
	CU_ASSERT(play_has(list, "\"failed\":\"db_away: no route to it\""));
	CU_ASSERT(play_has(list, "\"state\":\"revoking\""));
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_STATUS, "", "{}"), "\"revoking\":{\"failing\":1,\"issuers\":[\"token\"],\"open\":1}"));
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\"}"), "\"failing\":1,\"failing_issuers\":[\"token\"]"));

	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	play_issuer_ready(p, "token", opaque);
	p->revokes = 0;
	pass(p, 3);
	CU_ASSERT(p->revokes >= 1);
	CU_ASSERT_PTR_NOT_NULL(sg_state_lease(&p->gate->state, sg_str(id)));
	p->taken_back = NULL;
	pass(p, SG_REVOKE_PAUSE_S + 1);
	CU_ASSERT_EQUAL(sg_state_lease(&p->gate->state, sg_str(id)) == NULL || sg_state_lease(&p->gate->state, sg_str(id))->state == SG_LEASE_DEAD, true);
	pass(p, 120);
	CU_ASSERT_PTR_NULL(sg_state_lease(&p->gate->state, sg_str(id)));
	CU_ASSERT_EQUAL(p->reaps, 0);
	free((char *)task);
	play_end(p);
}

static bool
keep(void *to, struct sg_str line)
{
	sg_buf_str(to, line);
	sg_buf_text(to, "\n");
	return true;
}

/* More at once than their issuer is told at once: as it answers it is told of the next, and nothing of that is a failure. */
static void
many_at_once(void)
{
	enum { MANY = 900 };
	const char *task;
	struct play *p = begin(opaque, &task);
	for (int i = 0; i < MANY; i++) {
		char key[16];
		snprintf(key, sizeof(key), "k%d", i);
		CU_ASSERT_PTR_NOT_NULL_FATAL(given(p, task, key));
	}
	const char *answer = play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\"}");
	CU_ASSERT_TRUE(play_has(answer, "\"failing\":0"));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_STATUS, "", "{}"), "\"revoking\":{\"failing\":0,\"issuers\":[],"));
	pass(p, 1);
	CU_ASSERT_EQUAL(p->revokes, MANY); /* each told once */
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_STATUS, "", "{}"), "\"open\":0"));
	free((char *)task);
	play_end(p);
}

/* A snapshot keeps that it must be confirmed. */
static void
over_a_snapshot(void)
{
	const char *task;
	struct play *p = begin(opaque, &task);
	char id[SG_ID_MAX];
	memcpy(id, given(p, task, "k1")->id, sizeof(id));
	struct sg_snapshot_head head = {.leaf = 1}, read;
	struct sg_buf text;
	struct sg_state state;
	sg_buf_init(&text, 4 << 20);
	CU_ASSERT_EQUAL(sg_snapshot_write(&p->gate->state, &head, keep, &text, NULL), SG_OK);
	CU_ASSERT_EQUAL(sg_state_init(&state, p->gate->state.key, p->gate->state.boot_id, NULL), SG_OK);
	state.now = p->gate->state.now;
	CU_ASSERT_EQUAL_FATAL(sg_snapshot_read(&state, sg_buf_view(&text), &read, NULL), SG_OK);
	const struct sg_lease *lease = sg_state_lease(&state, sg_str(id));
	CU_ASSERT_PTR_NOT_NULL_FATAL(lease);
	CU_ASSERT(lease->confirm);
	sg_state_done(&state);
	sg_buf_done(&text);
	free((char *)task);
	play_end(p);
}

/* What was made and never handed out is reaped: nobody need be warned of it. */
static void
never_handed_out(void)
{
	const char *task;
	struct play *p = begin(opaque, &task);
	play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "repo.read", "{}", "k1"));
	while (first(p) == NULL) {
		play_flush(p);
		if (p->count == 0)
			break;
		if (first(p) == NULL)
			play_one(p);
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(first(p));
	p->peer_dead = true;
	play_all(p);
	pass(p, 3);
	CU_ASSERT_EQUAL(p->revokes, 0);
	CU_ASSERT(p->reaps >= 1);
	CU_ASSERT_EQUAL(first(p)->state, SG_LEASE_DEAD);
	free((char *)task);
	play_end(p);
}

static void
an_operator_ends_it(void)
{
	const char *task;
	struct play *p = begin(opaque, &task);
	char id[SG_ID_MAX];
	memcpy(id, given(p, task, "k1")->id, sizeof(id));
	p->taken_back = away;
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_LEASE_FORGET, id, "{\"reason\":\"dropped by hand\"}"), "revoke it first"));
	play_ask(p, 10, SG_ROUTE_O_LEASE_REVOKE, id, "{}");
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_LEASE_FORGET, id, "{}"), "reason"));
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_LEASE_FORGET, id, "{\"reason\":\"\"}"), "reason"));
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_LEASE_FORGET, id, "{\"reason\":7}"), "bad_request"));
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_LEASE_FORGET, "l-none", "{\"reason\":\"x\"}"), "not_found"));
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_LEASE_FORGET, id, "{\"reason\":\"dropped by hand\"}"), "\"dead\""));
	p->revokes = 0;
	pass(p, 200);
	CU_ASSERT_EQUAL(p->revokes, 0);
	free((char *)task);
	play_end(p);
}

/* By its stanza's word an issuer that takes nothing back gives nothing either. */
static void
held_up(void)
{
	const char *task;
	struct play *p = begin(opaque, &task);
	CU_ASSERT_FATAL(play_reconfigure(p, (const char *[]){"\"ttl\":60000,\"use\":\"jwt\"", "\"ttl\":60000,\"unconfirmed_max\":2,\"use\":\"jwt\"", NULL}));
	p->taken_back = away;
	for (int i = 0; i < 2; i++) {
		char key[8];
		snprintf(key, sizeof(key), "k%d", i);
		struct sg_lease *lease = given(p, task, key);
		play_ask(p, 10, SG_ROUTE_O_LEASE_REVOKE, lease->id, "{}");
	}
	CU_ASSERT(play_has(play_act(p, 1, task, "repo.read", "{}", "k3"), "issue_unconfirmed"));
	p->taken_back = NULL;
	pass(p, 10);
	CU_ASSERT(play_has(play_act(p, 1, task, "repo.read", "{}", "k4"), "\"allow\""));
	free((char *)task);
	play_end(p);
}

static void
shares(void)
{
	static const struct {
		size_t revocations, agents, room, share, common;
	} rows[] = {{32768, 3, 30720, 5120, 15360}, {16, 1, 15, 7, 8}, {16, 100, 15, 1, 0}, {1, 1, 1, 1, 0}, {2, 1, 2, 1, 1}, {1000000, 0, 937500, 468750, 937500}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_shares s = sg_shares_of(rows[i].revocations, rows[i].agents);
		CU_ASSERT_EQUAL(s.room, rows[i].room);
		CU_ASSERT_EQUAL(s.share, rows[i].share);
		CU_ASSERT_EQUAL(s.common, rows[i].common);
	}
}

/* One agent takes its share and all that is common; another still has its own; and what is given can be taken back. */
static void
no_agent_fills_it(void)
{
	const char *task;
	struct play *p = begin("{\"enforcer_only\":false,\"format\":\"jwt\",\"jwks\":null,\"revocation\":\"next_use\",\"revocations\":32}", &task);
	struct sg_shares s = sg_shares_of(32, p->gate->catalogue->agent_count);
	CU_ASSERT_FATAL(play_connect(p, 2, SG_FACE_AGENT, 1002));
	char *other = play_task(p, 2, "t2"), key[24];
	size_t got = 0;
	for (; got < 64; got++) {
		snprintf(key, sizeof(key), "k%zu", got);
		const char *answer = play_act(p, 1, task, "repo.read", "{}", key);
		if (strstr(answer, "\"allow\"") == NULL)
			break;
		play_act(p, 1, task, "repo.read", "{}", key); /* the same key again: it is revoked, and has its place for as long as it would have lived */
	}
	CU_ASSERT_EQUAL(got, s.share + s.common);
	CU_ASSERT(play_has(play_act(p, 1, task, "repo.read", "{}", "more"), "issue_full"));
	play_facts(p, 1002);
	for (size_t i = 0; i < s.share; i++) {
		snprintf(key, sizeof(key), "o%zu", i);
		CU_ASSERT(play_has(play_act(p, 2, other, "repo.read", "{}", key), "\"allow\""));
	}
	CU_ASSERT(play_has(play_act(p, 2, other, "repo.read", "{}", "more"), "issue_full"));
	pass(p, 140);
	play_facts(p, 1001);
	CU_ASSERT(play_has(play_act(p, 1, task, "repo.read", "{}", "later"), "\"allow\""));
	free(other);
	free((char *)task);
	play_end(p);
}

/* Whoever answers for a lease that is not revoking, or is another's, or says nothing that can be read, changes nothing. */
static void
words_that_do_not_count(void)
{
	static const char *const said[] = {"", "null", "[]", "{\"ok\":true}", "{\"lease\":7,\"ok\":true}", "{\"lease\":\"l-none\",\"ok\":true}", "{\"lease\":\"l-none\",\"ok\":false}"};
	const char *task;
	struct play *p = begin(opaque, &task);
	struct sg_lease *lease = given(p, task, "k1");
	char own[160];
	snprintf(own, sizeof(own), "{\"lease\":\"%s\",\"ok\":true}", lease->id);
	sg_gate_confirmed(p->gate, SG_STR("token"), sg_issuer_tag(p->gate, SG_STR("token")), sg_str(own));
	CU_ASSERT_EQUAL(lease->state, SG_LEASE_ACTIVE);
	p->taken_back = away;
	sg_lease_revoke(p->gate, lease, SG_STR("stepgate"), "test");
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		sg_gate_confirmed(p->gate, SG_STR("token"), sg_issuer_tag(p->gate, SG_STR("token")), sg_str(said[i]));
	sg_gate_confirmed(p->gate, SG_STR("other"), sg_issuer_tag(p->gate, SG_STR("other")), sg_str(own));
	snprintf(own, sizeof(own), "{\"lease\":\"%s\",\"ok\":\"true\"}", lease->id);
	sg_gate_confirmed(p->gate, SG_STR("token"), sg_issuer_tag(p->gate, SG_STR("token")), sg_str(own));
	CU_ASSERT_EQUAL(lease->state, SG_LEASE_REVOKING);
	play_all(p);
	uint64_t by = sg_issuer_tag(p->gate, SG_STR("token"));
	CU_ASSERT_TRUE(by != 0 && lease->by == by);
	snprintf(own, sizeof(own), "{\"lease\":\"%s\",\"ok\":true}", lease->id);
	sg_gate_confirmed(p->gate, SG_STR("token"), by ^ 2, sg_str(own)); /* another key, option or module: it cannot know */
	CU_ASSERT_TRUE(lease->state == SG_LEASE_REVOKING && strstr(lease->failed, "issuer_changed") != NULL);
	CU_ASSERT_TRUE(sg_issuer_owes(p->gate, SG_STR("token"), by));
	CU_ASSERT_FALSE(sg_issuer_owes(p->gate, SG_STR("token"), by ^ 2));
	sg_gate_confirmed(p->gate, SG_STR("token"), by, sg_str(own));
	CU_ASSERT_EQUAL(lease->state, SG_LEASE_DEAD);
	CU_ASSERT_FALSE(sg_issuer_owes(p->gate, SG_STR("token"), by));
	free((char *)task);
	play_end(p);
}

/* A clock that is set forward, whether it is believed or not, ends nothing that was given: it is still taken back. */
static void
clock_set_forward(void)
{
	static const sg_time jumps[] = {600 * SG_SEC, 23 * 3600 * SG_SEC, 40 * 86400 * SG_SEC};
	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
		const char *task;
		struct play *p = begin("{\"enforcer_only\":false,\"format\":\"jwt\",\"jwks\":null,\"revocation\":\"next_use\"}", &task);
		struct sg_lease *lease = given(p, task, "k1");
		p->wall += jumps[i];
		p->boot += SG_SEC;
		sg_gate_tick(p->gate);
		p->taken_back = away;
		const char *answer = play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\"}");
		CU_ASSERT(play_has(answer, "\"revoking\":1"));
		CU_ASSERT_EQUAL(p->revokes, 1);
		CU_ASSERT_FALSE(sg_lease_is_over(lease, &p->gate->state.now));
		free((char *)task);
		play_end(p);
	}
}

/* However many one agent has, how many there are is said, and another's can be seen. */
static void
listed(void)
{
	const char *task;
	struct play *p = begin("{\"enforcer_only\":false,\"format\":\"jwt\",\"jwks\":null,\"revocation\":\"next_use\"}", &task);
	CU_ASSERT_FATAL(play_connect(p, 2, SG_FACE_AGENT, 1002));
	for (int i = 0; i < 510; i++) {
		char key[16];
		snprintf(key, sizeof(key), "k%d", i);
		CU_ASSERT(play_has(play_act(p, 1, task, "repo.read", "{}", key), "\"allow\""));
	}
	play_facts(p, 1002);
	char *other = play_task(p, 2, "t2");
	CU_ASSERT(play_has(play_act(p, 2, other, "repo.read", "{}", "o"), "\"allow\""));
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_LEASES, "", "{}"), "\"total\":511"));
	const char *own = play_ask(p, 10, SG_ROUTE_O_LEASES, "", "{\"agent\":\"other\"}");
	CU_ASSERT(play_has(own, "\"total\":1") && strstr(own, "\"agent\":\"helper\"") == NULL);
	CU_ASSERT(play_has(play_ask(p, 10, SG_ROUTE_O_LEASES, "", "{\"agent\":\"nobody\"}"), "\"leases\":[],\"total\":0"));
	free(other);
	free((char *)task);
	play_end(p);
}

/* Whatever an operator's word ends goes before what agents let go of, not a kill alone. */
static void
an_operator_first(void)
{
	static const struct {
		enum sg_route route;
		const char *argument, *body; /* argument NULL: the task, "": the credential */
		bool first;
	} rows[] = {
		{SG_ROUTE_O_KILL, "-", "{\"agent\":\"helper\"}", true},           {SG_ROUTE_O_AGENT, "helper", "{\"event\":\"suspend\"}", true},
		{SG_ROUTE_O_AGENT, "helper", "{\"event\":\"retire\"}", true},     {SG_ROUTE_O_TASK_CLOSE, NULL, "{}", true},
		{SG_ROUTE_O_LEASE_REVOKE, "", "{}", true},                            {SG_ROUTE_A_TASK_CLOSE, NULL, "{}", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *task;
		struct play *p = begin(opaque, &task);
		char lease[SG_ID_MAX];
		memcpy(lease, given(p, task, "k1")->id, sizeof(lease));
		play_ask(p, rows[i].route == SG_ROUTE_A_TASK_CLOSE ? 1 : 10, rows[i].route, rows[i].argument == NULL ? task : rows[i].argument[0] == '\0' ? lease : rows[i].argument,
			 rows[i].body);
		CU_ASSERT_EQUAL(p->revokes, 1);
		CU_ASSERT_EQUAL(p->firsts, rows[i].first ? 1 : 0);
		free((char *)task);
		play_end(p);
	}
}

/* What its issuer made for a while is over by its time, not by a disk that has room. */
static void
over_without_a_disk(void)
{
	const char *task;
	struct play *p = begin(opaque, &task);
	struct sg_lease *lease = given(p, task, "k1");
	p->revokes = 0;
	p->full = true;
	for (int i = 0; i < 3 && !p->gate->journal.closed; i++)
		play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"other\",\"reason\":\"x\"}");
	CU_ASSERT_TRUE_FATAL(p->gate->journal.closed);
	pass(p, 120);
	CU_ASSERT_TRUE(p->gate->journal.closed);
	CU_ASSERT_TRUE(p->revokes > 0);
	lease = first(p);
	CU_ASSERT_EQUAL(lease->state, SG_LEASE_REVOKING);
	p->full = false;
	pass(p, 5);
	CU_ASSERT_FALSE(p->gate->journal.closed);
	struct sg_err err = {0};
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_TRUE(first(p) == NULL || first(p)->state >= SG_LEASE_REVOKING); /* it stands in the record */
	free((char *)task);
	play_end(p);
}

/* What anybody's word ends is held beside the gate: the next one has it, too, without a disk. */
static void
a_word_without_a_disk(void)
{
	const char *task;
	struct sg_err err = {0};
	struct play *p = begin(opaque, &task);
	struct sg_lease *lease = given(p, task, "k1");
	char id[SG_ID_MAX];
	snprintf(id, sizeof(id), "%s", lease->id);
	p->full = true;
	for (int i = 0; i < 3 && !p->gate->journal.closed; i++)
		play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"other\",\"reason\":\"x\"}");
	CU_ASSERT_TRUE_FATAL(p->gate->journal.closed);
	CU_ASSERT_TRUE(sg_lease_revoke(p->gate, sg_state_lease(&p->gate->state, sg_str(id)), SG_STR("stepgate"), "issuer removed"));
	CU_ASSERT_EQUAL_FATAL(play_gate_dies(p, &err), SG_OK);
	lease = sg_state_lease(&p->gate->state, sg_str(id));
	CU_ASSERT_TRUE(lease != NULL && lease->state >= SG_LEASE_REVOKING);
	p->full = false;
	free((char *)task);
	play_end(p);
}

/* What `status` counts is what was answered. */
static void
counted_as_answered(void)
{
	const char *task;
	struct play *p = begin(opaque, &task);
	CU_ASSERT(play_has(play_act(p, 1, task, "mail.read", "{}", "c1"), "\"allow\""));
	CU_ASSERT_EQUAL(p->gate->by_verdict[sg_verdict_place(SG_ALLOW)], 1);
	p->full = true;
	for (int i = 0; i < 5; i++) {
		char key[8];
		snprintf(key, sizeof(key), "f%d", i);
		CU_ASSERT(play_has(play_act(p, 1, task, "mail.read", "{}", key), "audit_unavailable"));
	}
	CU_ASSERT_EQUAL(p->gate->by_verdict[sg_verdict_place(SG_ALLOW)], 1);
	CU_ASSERT_EQUAL(p->gate->by_verdict[sg_verdict_place(SG_DENY)], 5);
	CU_ASSERT_EQUAL(p->gate->by_reason[SG_REASON_audit_unavailable], 5);
	CU_ASSERT_EQUAL(p->gate->by_reason[SG_REASON_allowed], 1);
	CU_ASSERT_EQUAL(p->gate->decided, 6);
	p->full = false;
	pass(p, 5);
	free((char *)task);
	play_end(p);
}

SG_CASES("gate.leases", {"the end of a lease", the_end_of_a_lease}, {"nothing is forgotten", nothing_is_forgotten}, {"over a snapshot", over_a_snapshot}, {"many at once", many_at_once},
	 {"never handed out", never_handed_out}, {"an operator ends it", an_operator_ends_it}, {"held up by its stanza's word", held_up}, {"shares", shares},
	 {"no agent fills it", no_agent_fills_it}, {"words that do not count", words_that_do_not_count}, {"a clock set forward", clock_set_forward}, {"listed", listed}, {"an operator first", an_operator_first}, {"over without a disk", over_without_a_disk}, {"a word without a disk", a_word_without_a_disk}, {"counted as answered", counted_as_answered})
