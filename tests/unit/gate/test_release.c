/* SPDX-License-Identifier: Apache-2.0
 * The release window: between commit and answer the world changes, at every point where it can. The answer is then a no, the record says withheld,
 * the lease is dead. */
#include "unit/gate/play.h"

static struct play *p;
static char *task, *second;

/* Where the world changes, counted in answers after the commit was synced. */
enum { POINTS = 3 };

static const char *
tainting(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"kind\":\"allow\",\"narrow\":{},\"obligations\":[],\"say\":\"\",\"taint\":[\"own\"],\"ttl\":0},\"file\":\"a\",\"line\":1,\"rule\":\"r\"}],\"error\":null}";
}

static const char *
asking(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"\",\"ttl\":0},\"file\":\"a\",\"line\":1,\"rule\":\"r\"}],\"error\":null}";
}

static void
begin(void)
{
	p = play_new();
	CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE(play_connect(p, 2, SG_FACE_ADMIN, 501));
	play_ask(p, 2, SG_ROUTE_O_TASKS, "", "{}"); /* looked at: what it asks later is at once */
	task = play_task(p, 1, "t1");
	second = play_task(p, 1, "t2");
}

static void
end(void)
{
	free(task);
	free(second);
	play_end(p);
}

/* Judged and committed; stops after `points` of what follows were answered. */
static void
until_commit(const char *action, const char *key, int points)
{
	p->boot += 10 * SG_MSEC;
	play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, action, "{}", key));
	while (p->count > 0 && p->queue[0].kind != PLAY_JUDGE)
		play_one(p);
	play_one(p);
	play_flush(p);
	for (int i = 0; i < points && p->count > 0; i++)
		play_one(p);
	CU_ASSERT_PTR_NULL(p->conns[1].body); /* nothing has been said yet */
}

static bool
recorded(const char *part)
{
	struct sg_arena arena;
	struct sg_record record;
	struct sg_str input;
	bool found = false;
	play_flush(p);
	for (uint64_t n = 1; !found && n <= p->gate->journal.durable; n++) {
		sg_arena_init(&arena, 8 << 20);
		if (sg_journal_read(&p->gate->journal, n, &arena, &record, &input, NULL) == SG_OK)
			found = memmem(record.leaf.ptr, record.leaf.len, part, strlen(part)) != NULL;
		sg_arena_done(&arena);
	}
	return found;
}

static void
is_withheld(const char *code)
{
	char want[64];
	play_all(p);
	const char *answer = p->conns[1].body != NULL ? p->conns[1].body : "";
	snprintf(want, sizeof(want), "\"code\":\"%s\"", code);
	CU_ASSERT_TRUE(play_has(answer, want));
	CU_ASSERT_TRUE(play_has(answer, "\"verdict\":\"deny\""));
	CU_ASSERT_PTR_NULL(strstr(answer, "h.c.s"));
	CU_ASSERT_TRUE(recorded("\"kind\":\"withheld\""));
	size_t at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&p->gate->state.leases, &at)) != NULL;)
		CU_ASSERT_TRUE(l->state >= SG_LEASE_REVOKING);
	CU_ASSERT_EQUAL(p->gate->state.live_leases, 0);
}

static void
kill_in_between(void)
{
	for (int point = 0; point < POINTS; point++) {
		begin();
		until_commit("repo.read", "k", point);
		play_send(p, 2, SG_ROUTE_O_KILL, "", "{\"all\":true}");
		is_withheld("withheld_kill");
		end();
	}
}

/* What waits to be done of a call with that verb; 0: nothing does. */
static size_t
calls_with(const char *verb)
{
	size_t count = 0;
	for (size_t i = 0; i < p->count; i++)
		count += p->queue[i].kind == PLAY_CALL && strstr(p->queue[i].text, verb) != NULL;
	return count;
}

/* What was taken back before anybody was asked for it is not made. */
static void
never_made(void)
{
	begin();
	p->no_sync = true;
	play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "repo.read", "{}", "k"));
	play_all(p);
	play_send(p, 2, SG_ROUTE_O_KILL, "", "{\"all\":true}");
	play_all(p);
	p->no_sync = false;
	play_flush(p);
	CU_ASSERT_EQUAL(calls_with("\"verb\":\"make\""), 0);
	is_withheld("withheld_kill");
	CU_ASSERT_PTR_NULL(p->made_claims);
	end();
}

/* What is taken back while it is made: its issuer hears of it once it was, also where nobody waits for it any more. */
static void
made_meanwhile(void)
{
	for (int gone = 0; gone < 2; gone++) {
		begin();
		until_commit("repo.read", "k", 0);
		CU_ASSERT_EQUAL_FATAL(calls_with("\"verb\":\"make\""), 1);
		size_t at = 0;
		struct sg_lease *lease = sg_table_next(&p->gate->state.leases, &at);
		CU_ASSERT_TRUE_FATAL(lease != NULL && lease->making);
		CU_ASSERT_TRUE(sg_lease_revoke(p->gate, lease, SG_STR("mira"), "x"));
		if (gone)
			sg_gate_disconnect(p->gate, 1);
		play_flush(p);
		sg_gate_tick(p->gate);
		CU_ASSERT_EQUAL(calls_with("\"verb\":\"reap\""), 0);
		CU_ASSERT_EQUAL(lease->state, SG_LEASE_REVOKING);
		while (p->count > 0 && lease->making)
			play_one(p);
		CU_ASSERT_TRUE(calls_with("\"verb\":\"reap\"") + (size_t)p->reaps > 0);
		play_all(p);
		CU_ASSERT_EQUAL(lease->state, SG_LEASE_DEAD);
		CU_ASSERT_TRUE(p->made_claims != NULL && p->reaps >= 1);
		if (gone)
			CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
		end();
	}
}

static void
too_late(void)
{
	for (int point = 0; point < POINTS; point++) {
		begin();
		until_commit("repo.read", "k", point);
		p->boot += p->gate->catalogue->limits.use_by * SG_MSEC;
		p->wall += p->gate->catalogue->limits.use_by * SG_MSEC;
		is_withheld("use_by_passed");
		end();
	}
}

static void
close_in_between(void)
{
	for (int point = 0; point < POINTS; point++) {
		begin();
		until_commit("repo.read", "k", point);
		play_send(p, 2, SG_ROUTE_O_TASK_CLOSE, task, "{}");
		is_withheld("withheld_task");
		end();
	}
}

static void
taint_from_elsewhere(void)
{
	for (int point = 0; point < POINTS; point++) {
		begin();
		until_commit("repo.read", "k", point);
		/* another connection of the same process reads mail in another task: same instance, foreign to this commit */
		struct sg_peer peer = {.uid = 1001, .gid = 1001, .pid = 4001, .pidfd = -1, .start_time = 5, .pidfd_exact = true};
		sg_gate_connect(p->gate, 3, SG_FACE_AGENT, &peer, NULL);
		play_send(p, 3, SG_ROUTE_A_ACT, "", play_act_body(second, "mail.read", "{}", "m"));
		struct play_event look = p->queue[--p->count];
		sg_gate_looked(p->gate, look.id, sg_str(p->facts), SG_REASON_facts_unavailable);
		free(look.text);
		struct play_event judge = p->queue[--p->count];
		sg_gate_judged(p->gate, judge.id, sg_str(play_allow("")), SG_REASON_policy_timeout);
		free(judge.text);
		is_withheld("withheld_taint");
		end();
	}
}

static void
approval_void_in_between(void)
{
	for (int point = 0; point < POINTS; point++) {
		begin();
		play_facts(p, 501);
		play_ask(p, 2, SG_ROUTE_O_TASKS, "", "{}"); /* looked at, as above */
		play_facts(p, 1001);
		p->effects = asking;
		const char *said = play_act(p, 1, task, "repo.read", "{}", "a");
		CU_ASSERT_TRUE_FATAL(play_has(said, "\"verdict\":\"step_up\""));
		char *id = play_between(said, "\"id\":\"a-", "\""), approval[64];
		snprintf(approval, sizeof(approval), "a-%s", id);
		CU_ASSERT_TRUE(play_has(play_ask(p, 2, SG_ROUTE_O_APPROVE, approval, "{}"), "granted"));
		until_commit("repo.read", "b", point);
		play_send(p, 2, SG_ROUTE_O_REFUSE, approval, "{}");
		is_withheld("withheld_approval");
		free(id);
		end();
	}
}

static void
facts_change_in_between(void)
{
	begin();
	until_commit("repo.read", "k", 0);
	p->facts = "{\"peer:exe\":{\"strength\":\"hint\",\"value\":\"/bin/evil\"},\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"}}";
	is_withheld("withheld_facts");
	end();

	begin();
	until_commit("repo.read", "k", 0);
	p->facts = ""; /* nothing could be found out */
	is_withheld("withheld_facts");
	end();

	for (int point = 0; point < POINTS; point++) {
		begin();
		until_commit("repo.read", "k", point);
		p->peer_dead = true;
		is_withheld("withheld_facts");
		end();
	}
	begin();
	until_commit("repo.read", "k", 1);
	sg_gate_disconnect(p->gate, 1);
	play_all(p);
	CU_ASSERT_TRUE(recorded("\"kind\":\"withheld\""));
	CU_ASSERT_EQUAL(p->gate->state.live_leases, 0);
	end();
}

static void
reconfigure(const char *from, const char *to)
{
	CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){from, to, NULL}));
}

/* A reload takes the reach away, or the action, while the credential is being made, and while policy thinks. */
static void
reload_in_between(void)
{
	for (int point = 0; point < POINTS; point++) {
		begin();
		until_commit("repo.read", "k", point);
		reconfigure("\"mail.*\",\"pay.*\",\"repo.*\",\"secret.*\",\"deploy.*\"],\"review_by\"", "\"mail.*\"],\"review_by\"");
		is_withheld("outside_reach");
		end();
		begin();
		until_commit("repo.read", "k", point);
		reconfigure("\"rate\":100000", "\"rate\":99999"); /* something else changed: what was decided stands */
		play_all(p);
		CU_ASSERT_TRUE(play_has(p->conns[1].body, "h.c.s"));
		end();
	}
	begin();
	play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "repo.read", "{}", "k"));
	reconfigure("\"name\":\"repo.read\"", "\"name\":\"repo.look\"");
	play_all(p);
	CU_ASSERT_TRUE(play_has(p->conns[1].body, "\"code\":\"unknown_action\""));
	end();
}

static unsigned thoughts, reloads;

/* A reload comes while policy thinks, so many times; what it says before the last of them is no. */
static const char *
reloaded_meanwhile(const char *input)
{
	bool old = thoughts++ < reloads;
	if (old)
		reconfigure("\"rate\":100000", thoughts % 2 == 0 ? "\"rate\":99999" : "\"rate\":99998");
	return old ? "{\"effects\":[],\"error\":null}" : play_allow(input);
}

/* No denial is recorded under a configuration that it was not judged by; and judging again has an end. */
static void
reload_while_thinking(void)
{
	for (reloads = 0; reloads <= SG_JUDGE_MOST; reloads++) {
		begin();
		thoughts = 0;
		p->effects = reloaded_meanwhile;
		bool in_time = reloads < SG_JUDGE_MOST;
		const char *answer = play_act(p, 1, task, "repo.read", "{}", "k");
		CU_ASSERT_TRUE(play_has(answer, in_time ? "\"verdict\":\"allow\"" : "\"code\":\"policy_none\""));
		CU_ASSERT_EQUAL(thoughts, in_time ? reloads + 1 : SG_JUDGE_MOST);
		CU_ASSERT_EQUAL(recorded("\"code\":\"policy_none\""), !in_time);
		end();
	}
}

static void
own_taint_is_released(void)
{
	begin();
	p->effects = tainting;
	const char *answer = play_act(p, 1, task, "repo.read", "{}", "k");
	CU_ASSERT_TRUE(play_has(answer, "\"verdict\":\"allow\""));
	CU_ASSERT_TRUE(play_has(answer, "h.c.s"));
	CU_ASSERT_TRUE(sg_taint_has(&sg_state_task(&p->gate->state, sg_str(task))->taint, SG_STR("own")));
	end();
}

static void
issuer_fails(void)
{
	static const char *const answers[] = {"{\"code\":\"x\",\"ok\":false}", "{\"ok\":true}", "{\"ok\":true,\"token\":\"\"}", "not json",
					      "{\"ok\":true,\"token\":5}"};
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		begin();
		p->call_answer = answers[i];
		play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "repo.read", "{}", "k"));
		play_all(p);
		CU_ASSERT_TRUE(play_has(p->conns[1].body, "\"verdict\":\"deny\""));
		CU_ASSERT_TRUE(recorded("\"kind\":\"withheld\""));
		end();
	}
}

/* An issuer that makes something else than was decided: each claim replaced in turn, or left out under another name. */
static void
issuer_lies(void)
{
	static const char *const claims[] = {"\"su", "\"sc", "\"s", "\"sub\":\"", "\"aud\":\"", "\"jti\":\"", "\"task\":\"", "\"digest\":\"", "\"exp\":1", "\"iss\":\""};
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		begin();
		play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "repo.read", "{}", "k"));
		while (p->count > 0 && !(p->queue[0].kind == PLAY_CALL && strstr(p->queue[0].text, "\"verify\"") != NULL)) {
			play_one(p);
			play_flush(p);
		}
		char *at = strstr(p->made_claims, claims[i]);
		CU_ASSERT_PTR_NOT_NULL(at);
		at[strlen(claims[i])] = at[strlen(claims[i])] == '9' ? '8' : '9';
		play_all(p);
		CU_ASSERT_TRUE(play_has(p->conns[1].body, "\"code\":\"credential_wrong\""));
		CU_ASSERT_EQUAL(p->gate->state.live_leases, 0);
		end();
	}
}

static void
judged_too_early(void)
{
	begin();
	play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "repo.read", "{}", "k"));
	for (int i = 0; i < 3; i++) { /* taint rises while policy thinks, every time */
		struct sg_task *t = sg_state_task(&p->gate->state, sg_str(task));
		t->taint.seq++;
		CU_ASSERT_EQUAL(p->queue[0].kind, PLAY_JUDGE);
		play_one(p);
	}
	play_all(p); /* nobody is refused for having been judged again */
	CU_ASSERT_TRUE(play_has(p->conns[1].body, "\"verdict\":\"allow\""));
	end();
}

static void
crash_while_pending(void)
{
	for (int point = 0; point < POINTS; point++) {
		begin();
		until_commit("repo.read", "k", point);
		struct sg_err err = {0};
		CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
		CU_ASSERT_EQUAL(p->gate->state.live_leases, 0);
		size_t at = 0;
		for (struct sg_lease *l; (l = sg_table_next(&p->gate->state.leases, &at)) != NULL;)
			CU_ASSERT_TRUE(l->state >= SG_LEASE_REVOKING);
		/* the repeat after the crash gets no second credential */
		CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 1001));
		const char *answer = play_act(p, 1, task, "repo.read", "{}", "k");
		CU_ASSERT_TRUE(play_has(answer, "\"code\":\"credential_lost\""));
		end();
	}
}

/* Who took it back stands in the record. */
static void
taken_back(void)
{
	size_t at = 0;
	begin();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 501));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "k"), "\"verdict\":\"allow\""));
	const struct sg_lease *lease = sg_table_next(&p->gate->state.leases, &at);
	CU_ASSERT_PTR_NOT_NULL_FATAL(lease);
	CU_ASSERT_EQUAL(lease->state, SG_LEASE_ACTIVE);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_LEASE_REVOKE, lease->id, "{}"), "\"lease\""));
	CU_ASSERT_TRUE(lease->state >= SG_LEASE_REVOKING);
	CU_ASSERT_TRUE(recorded("\"by\":\"priya\",\"lease\":"));
	end();
}

/* What another task of the same process reads takes back what this one holds of confidential things, and leaves the rest. */
static void
read_elsewhere(void)
{
	static const struct {
		const char *sensitivity;
		bool taken;
	} rows[] = {{"\"sensitivity\":\"internal\",\"taints\":[]},\"secret\"", false}, {"\"sensitivity\":\"confidential\",\"taints\":[]},\"secret\"", true}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){rows[0].sensitivity, rows[i].sensitivity, NULL}));
		char *lease = play_between(play_act(p, 1, task, "repo.read", "{}", "k"), "\"lease\":\"", "\"");
		CU_ASSERT_PTR_NOT_NULL_FATAL(sg_state_lease(&p->gate->state, sg_str(lease)));
		CU_ASSERT_TRUE(play_has(play_act(p, 1, second, "mail.read", "{}", "m"), "\"verdict\":\"allow\""));
		CU_ASSERT_EQUAL(sg_state_lease(&p->gate->state, sg_str(lease))->state >= SG_LEASE_REVOKING, rows[i].taken);
		free(lease);
		end();
	}
}

/* Helper is matched to this user from now on. */
static void
match_uid(char last)
{
	char *document = play_canonical(play_document), *at = strstr(document, "peer:uid=1001");
	struct sg_err err = {0};
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	at[12] = last;
	CU_ASSERT_EQUAL(sg_gate_configure(p->gate, sg_str(document), &err), SG_OK);
	free(document);
}

/* The agent is matched to somebody else, or the configuration changes in nothing, while policy thinks (0) or its credential is made (1): for the process itself,
 * and for an enforcer that asks in its name. */
static void
matched_to_another(void)
{
	char token[192], body[700];
	for (int row = 0; row < 8; row++) {
		bool changed = row & 1, late = row & 2, enforcer = row & 4;
		uint64_t conn = enforcer ? 3 : 1;
		begin();
		CU_ASSERT_TRUE(play_connect(p, 3, SG_FACE_ENFORCER, 2001));
		if (enforcer)
			play_facts(p, 2001);
		sg_task_token(&p->gate->state, sg_state_task(&p->gate->state, sg_str(task)), token);
		snprintf(body, sizeof(body), "{\"action\":\"repo.read\",\"key\":\"e\",\"peer_uid\":1001,\"resource\":{\"id\":\"i\",\"type\":\"t\"},\"task_token\":\"%s\"}", token);
		enforcer ? play_send(p, 3, SG_ROUTE_E_ACT, "", body) : play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "repo.read", "{}", "e"));
		while (p->count > 0 && p->queue[0].kind != PLAY_JUDGE)
			play_one(p);
		if (late)
			play_one(p);
		play_flush(p);
		CU_ASSERT_PTR_NULL(p->conns[conn].body);
		match_uid(changed ? '7' : '1');
		play_all(p);
		const char *want = !changed ? "\"verdict\":\"allow\"" : enforcer ? "\"code\":\"match_changed\"" : late ? "\"code\":\"withheld_facts\"" : "\"code\":\"no_agent\"";
		CU_ASSERT_TRUE(play_has(p->conns[conn].body, want));
		CU_ASSERT_EQUAL(strstr(p->conns[conn].body, "credential\":{") != NULL, !changed);
		end();
	}
}

#define PERSON(disabled) "\"groups\":{\"finance\"", "\"humans\":{\"p\":{\"admin\":\"jon\",\"agents\":[],\"budgets\":[],\"delegates\":[],\"disabled\":" disabled ",\"id\":\"jon@x\"}," \
	"\"q\":{\"admin\":\"mira\",\"agents\":[],\"budgets\":[],\"delegates\":[],\"disabled\":false,\"id\":\"mira@acme.example\"}}," \
	"\"groups\":{\"finance\"", NULL

/* Who said yes is disabled, by a reload or by an operator, while the credential is made: it does not leave. What left before is taken back. */
static void
giver_gone(void)
{
	for (int row = 0; row < 4; row++) {
		bool reload = row & 1, out = row & 2;
		begin();
		CU_ASSERT_TRUE(play_connect(p, 4, SG_FACE_ADMIN, 502));
		CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){PERSON("false")}));
		play_facts(p, 501);
		play_ask(p, 2, SG_ROUTE_O_TASKS, "", "{}"); /* looked at, as above */
		play_facts(p, 1001);
		p->effects = asking;
		const char *said = play_act(p, 1, task, "repo.read", "{}", "a");
		CU_ASSERT_TRUE_FATAL(play_has(said, "\"verdict\":\"step_up\""));
		char *id = play_between(said, "\"id\":\"a-", "\""), approval[64];
		snprintf(approval, sizeof(approval), "a-%s", id);
		free(id);
		CU_ASSERT_TRUE(play_has(play_ask(p, 4, SG_ROUTE_O_APPROVE, approval, "{}"), "granted"));
		until_commit("repo.read", "b", 0);
		if (out)
			play_all(p);
		if (reload)
			CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){PERSON("true")}));
		if (!reload)
			CU_ASSERT_TRUE(play_send(p, 2, SG_ROUTE_O_HUMAN, "p", "{\"disabled\":true}"));
		play_all(p);
		CU_ASSERT_TRUE(play_has(p->conns[1].body, out ? "\"token\":\"h.c.s\"" : "\"code\":\"withheld_approval\""));
		CU_ASSERT_TRUE(reload || play_has(p->conns[2].body != NULL ? p->conns[2].body : "nothing", "\"disabled\":true"));
		size_t at = 0, live = 0;
		for (const struct sg_lease *l; (l = sg_table_next(&p->gate->state.leases, &at)) != NULL;)
			live += l->state < SG_LEASE_REVOKING;
		CU_ASSERT_EQUAL(live, 0);
		end();
	}
}

/* Also where the configuration changed while nothing ran: a start asks what a reload asks. */
static void
giver_gone_at_a_start(void)
{
	for (int gone = 0; gone < 2; gone++) {
		struct sg_err err = {0};
		begin();
		CU_ASSERT_TRUE(play_connect(p, 4, SG_FACE_ADMIN, 502));
		if (gone)
			CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"jon\":{\"groups\":[\"finance\"],\"uid\":502}", "\"jim\":{\"groups\":[\"finance\"],\"uid\":502}", NULL}));
		p->effects = asking;
		char *id = play_between(play_act(p, 1, task, "repo.read", "{}", "a"), "\"id\":\"a-", "\""), approval[64];
		snprintf(approval, sizeof(approval), "a-%s", id);
		free(id);
		CU_ASSERT_TRUE(play_has(play_ask(p, 4, SG_ROUTE_O_APPROVE, approval, "{}"), "granted"));
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "b"), "\"token\":\"h.c.s\""));
		CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK); /* with jon, who is not jim */
		size_t at = 0, live = 0;
		for (const struct sg_lease *l; (l = sg_table_next(&p->gate->state.leases, &at)) != NULL;)
			live += l->state < SG_LEASE_REVOKING;
		CU_ASSERT_EQUAL(live, !gone);
		end();
	}
}

/* What another attest stack said of a process says nothing now, as it asks or behind an enforcer. */
static void
another_stack(void)
{
	for (int late = 0; late < 2; late++) {
		begin();
		until_commit("repo.read", "a", late * 2);
		CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"attest\":{\"peer\"", "\"attest\":{\"box\":{\"control\":\"required\",\"options\":{},\"order\":1,\"use\":\"container\"},\"peer\"", NULL}));
		play_all(p);
		CU_ASSERT_TRUE(play_has(p->conns[1].body, late ? "\"code\":\"match_changed\"" : "\"verdict\":\"")); /* not late: its second look is one of the new stack */
		CU_ASSERT_EQUAL(strstr(p->conns[1].body, "h.c.s") != NULL, !late);
		end();
	}
}

/* The canonical document with the first `was` behind `mark` made `is`. */
static char *
changed_document(const char *mark, const char *was, const char *is)
{
	char *document = play_canonical(play_document), *from = strstr(document, mark), *at = from == NULL ? NULL : strstr(from, was), *out = NULL;
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	CU_ASSERT_TRUE_FATAL(asprintf(&out, "%.*s%s%s", (int)(at - document), document, is, at + strlen(was)) > 0);
	free(document);
	return out;
}

/* While a credential is made its action loses it, its issuer the audience, its action comes to be more delicate than it was made for. */
static void
credential_taken_meanwhile(void)
{
	static const struct {
		const char *mark, *was, *is, *want;
	} rows[] = {{"\"read\":{\"class\":\"code\"", "\"credential\":\"token\"", "\"credential\":\"\"", "issue_unavailable"},
		    {"\"issue\":{", "\"repo-api\"", "\"other-api\"", "issue_unavailable"},
		    {"\"read\":{\"class\":\"code\"", "\"sensitivity\":\"internal\"", "\"sensitivity\":\"confidential\"", "issue_unavailable"},
		    {"\"read\":{\"class\":\"code\"", "\"class\":\"code\"", "\"class\":\"data\"", "\"verdict\":\"allow\""}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_err err = {0};
		begin();
		until_commit("repo.read", "k", 0);
		char *document = changed_document(rows[i].mark, rows[i].was, rows[i].is);
		CU_ASSERT_EQUAL(sg_gate_configure(p->gate, sg_str(document), &err), SG_OK);
		play_all(p);
		CU_ASSERT_TRUE(play_has(p->conns[1].body, rows[i].want));
		CU_ASSERT_EQUAL(strstr(p->conns[1].body, "credential\":{") != NULL, i == 3);
		free(document);
		end();
	}
}

SG_CASES("gate.release", {"who said yes is gone", giver_gone}, {"who said yes is gone at a start", giver_gone_at_a_start}, {"another stack", another_stack}, {"a credential is taken meanwhile", credential_taken_meanwhile}, {"matched to another meanwhile", matched_to_another}, {"kill between commit and answer", kill_in_between}, {"it may be used no more", too_late}, {"taken back before it is made", never_made}, {"taken back while it is made", made_meanwhile}, {"task closed", close_in_between},
	 {"taint from elsewhere", taint_from_elsewhere}, {"approval void", approval_void_in_between},
	 {"facts changed, process dead, connection gone", facts_change_in_between}, {"a reload in between", reload_in_between}, {"a reload while policy thinks", reload_while_thinking}, {"an allow's own taint is released", own_taint_is_released},
	 {"an issuer that fails", issuer_fails}, {"an issuer that lies", issuer_lies},
	 {"taint while policy thinks", judged_too_early}, {"a crash while a credential is made", crash_while_pending}, {"taken back by an operator", taken_back}, {"a mail is read elsewhere", read_elsewhere})
