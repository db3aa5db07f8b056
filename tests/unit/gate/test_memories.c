/* SPDX-License-Identifier: Apache-2.0
 * Resources with memory. They are kept up to a bound, of which each agent has its share: one more is denied, those that are kept may be written to again, and
 * reading needs no room. What comes to one reaches reads that may not be over. */
#include "gate/state/fold_memory.h"
#include "gate/snapshot/snapshot.h"
#include "unit/cases.h"
#include "unit/gate/play.h"

#define RESOURCE(name, memory, taints)                                                                                  \
	"\"" name "\":{\"budgets\":[],\"environment\":\"\",\"memory\":" memory ",\"owner\":\"\",\"patterns\":[\"**\"],\"sensitivity\":\"public\",\"taints\":[" taints "],\"type\":\"" name "\"}"
#define MEMORY "\"resources\":{" RESOURCE("note", "true", "") "," RESOURCE("thing", "false", "") "," RESOURCE("page", "false", "\"web\"") "},\"attest\":{"

static struct play *p;
static char *task, *others;

static const char *
act_as(uint64_t conn, const char *of, const char *action, const char *type, const char *id)
{
	static int keys;
	static char body[512];
	play_facts(p, conn == 1 ? 1001 : 1002);
	snprintf(body, sizeof(body), "{\"action\":\"%s\",\"arguments\":{},\"key\":\"m%d\",\"resource\":{\"id\":\"%s\",\"type\":\"%s\"},\"task\":\"%s\"}", action, ++keys, id, type, of);
	return play_ask(p, conn, SG_ROUTE_A_ACT, "", body);
}

static const char *
act(const char *action, const char *type, const char *id)
{
	return act_as(1, task, action, type, id);
}

static void
with_memory(const char *most)
{
	char limits[64];
	snprintf(limits, sizeof(limits), "\"limits\":{\"memories\":%s,", most);
	CU_ASSERT_TRUE_FATAL(play_reconfigure(
		p, (const char *const[]){"\"attest\":{",
					 MEMORY,
					 "\"credential\":\"token\"", "\"credential\":\"\"",
					 "\"name\":\"pay.send\",\"narrow\":[\"amount\",\"to\",\"to.n\"],\"sensitivity\":\"confidential\"", "\"name\":\"pay.send\",\"narrow\":[\"amount\",\"to\",\"to.n\"],\"sensitivity\":\"public\"",
					 "\"limits\":{", limits, "\"actions\":[\"repo.*\",\"mail.*\"],\"for_agents\":[\"helper\"]", "\"actions\":[\"**\"],\"for_agents\":[\"*\"]", NULL}));
}

static void
begin(const char *most)
{
	p = play_new();
	with_memory(most);
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 2, SG_FACE_AGENT, 1002));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 500));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 20, SG_FACE_ENFORCER, 2001));
	task = play_task(p, 1, "t");
	play_facts(p, 1002);
	others = play_task(p, 2, "o");
}

static void
end(void)
{
	free(task);
	free(others);
	play_end(p);
}

static bool
kept(size_t count)
{
	return p->gate->state.memories.count == count;
}

static void
wait_until_over(const char *decision)
{
	const struct sg_attempt *a = sg_state_decision(&p->gate->state, sg_str(decision));
	int64_t ms = a->read_until_ms - p->gate->state.now.wall_ms + 1;
	p->boot += ms * SG_MSEC;
	p->wall += ms * SG_MSEC;
	sg_gate_tick(p->gate); /* and nobody said what came of it */
	play_all(p);
}

/* Three agents and room for five: one of each, and two for who comes first. */
static void
up_to_the_bound(void)
{
	begin("5");
	char *before = play_between(act("pay.send", "note", "0"), "\"decision_id\":\"", "\"");
	CU_ASSERT_TRUE(kept(0)); /* there is nothing to keep */
	wait_until_over(before);
	free(before);
	CU_ASSERT_TRUE(play_has(act("mail.read", "thing", "1"), "\"allow\""));
	CU_ASSERT_TRUE(play_has(act("pay.send", "note", "1"), "\"allow\"") && kept(1));
	CU_ASSERT_TRUE(play_has(act("pay.send", "note", "2"), "\"allow\""));
	CU_ASSERT_TRUE(play_has(act("pay.send", "note", "3"), "\"allow\"") && kept(3));
	CU_ASSERT_TRUE(play_has(act("pay.send", "note", "4"), "memory_full"));
	CU_ASSERT_TRUE(play_has(act("pay.send", "note", "2"), "\"allow\""));
	CU_ASSERT_TRUE(play_has(act("mail.read", "note", "5"), "\"allow\""));
	CU_ASSERT_TRUE(play_has(act("pay.send", "thing", "6"), "\"allow\"") && kept(3));
	CU_ASSERT_TRUE(play_has(act_as(2, others, "pay.send", "note", "7"), "\"allow\"") && kept(3)); /* with nothing to leave no room is needed */
	CU_ASSERT_TRUE(play_has(act_as(2, others, "mail.read", "thing", "1"), "\"allow\""));
	CU_ASSERT_TRUE(play_has(act_as(2, others, "pay.send", "note", "7"), "\"allow\"") && kept(4)); /* its own share */
	CU_ASSERT_TRUE(play_has(act_as(2, others, "pay.send", "note", "8"), "memory_full"));
	end();
}

/* An operator's word on what one agent wrote. */
static void
forgotten(void)
{
	begin("5");
	CU_ASSERT_TRUE(play_has(act("mail.read", "thing", "1"), "\"allow\"") && play_has(act_as(2, others, "mail.read", "thing", "1"), "\"allow\""));
	for (int i = 0; i < 3; i++)
		CU_ASSERT_TRUE(play_has(act("pay.send", "note", (const char *const[]){"1", "2", "3"}[i]), "\"allow\""));
	CU_ASSERT_TRUE(play_has(act_as(2, others, "pay.send", "note", "7"), "\"allow\"") && kept(4));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_MEMORIES, "", "{}"), "{\"agents\":[{\"kept\":3,\"name\":\"helper\"},{\"kept\":1,\"name\":\"other\"}],\"memories\":{\"kept\":4,\"most\":5}}"));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_MEMORY_FORGET, "helper", "{}"), "reason") && kept(4));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_MEMORY_FORGET, "helpers", "{\"reason\":\"x\"}"), "not_found") && kept(4));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_MEMORY_FORGET, "helper", "{\"reason\":\"notes are gone\"}"), "\"kept\":1,\"most\":5") && kept(1));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_MEMORY_FORGET, "helper", "{\"reason\":\"x\"}"), "not_found"));
	CU_ASSERT_TRUE(play_has(act("pay.send", "note", "9"), "\"allow\"") && kept(2));
	struct sg_err err = {0};
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_TRUE(kept(2));
	end();
}

static const struct sg_memory *
only_one(const struct sg_state *state)
{
	size_t at = 0;
	return sg_table_next(&state->memories, &at);
}

/* Through a snapshot. */
static void
both_wrote(void)
{
	static const unsigned char key[SG_KEY_BYTES] = {7};
	struct sg_snapshot_head head = {.leaf = 9, .at_ms = 1}, read;
	struct sg_state state;
	struct sg_buf text;
	sg_buf_init(&text, 4 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_snapshot_write(&p->gate->state, &head, play_line, &text, NULL), SG_OK);
	CU_ASSERT_EQUAL_FATAL(sg_state_init(&state, key, "11111111-2222-3333-4444-555555555555", NULL), SG_OK);
	CU_ASSERT_EQUAL_FATAL(sg_snapshot_read(&state, sg_buf_view(&text), &read, NULL), SG_OK);
	CU_ASSERT_EQUAL(only_one(&state)->writer_count, 2);
	CU_ASSERT_STRING_EQUAL(only_one(&state)->agent, "helper");
	sg_state_done(&state);
	sg_buf_done(&text);
}

/* What another left in the same note stays, also after a start. */
static void
forgotten_for_others(void)
{
	struct sg_err err = {0};
	begin("5");
	CU_ASSERT_TRUE(play_has(act("mail.read", "page", "1"), "\"allow\"") && play_has(act_as(2, others, "mail.read", "thing", "1"), "\"allow\""));
	CU_ASSERT_TRUE(play_has(act("pay.send", "note", "1"), "\"allow\"") && play_has(act_as(2, others, "pay.send", "note", "1"), "\"allow\"") && kept(1));
	both_wrote();
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	both_wrote();
	CU_ASSERT_TRUE(play_connect(p, 10, SG_FACE_ADMIN, 500));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_MEMORY_FORGET, "helper", "{\"reason\":\"x\"}"), "{\"agents\":[],\"memories\":{\"kept\":1"));
	const struct sg_memory *left = only_one(&p->gate->state);
	CU_ASSERT_TRUE_FATAL(kept(1));
	CU_ASSERT_TRUE(sg_taint_has(&left->taint, SG_STR("mail")) && sg_taint_has(&left->taint, SG_STR("web")));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_MEMORY_FORGET, "other", "{\"reason\":\"x\"}"), "\"kept\":0") && kept(0));
	end();
}

static bool
reads_mail(const char *of)
{
	const struct sg_task *t = sg_state_task(&p->gate->state, sg_str(of));
	return sg_taint_has(&t->taint, SG_STR("mail")) && sg_taint_has(&t->domain->taint, SG_STR("mail"));
}

/* A gateway asks for that task, and says at once that it is done. */
static char *
done_by_another(const char *of, unsigned uid, const char *action)
{
	char body[512], token[192];
	sg_task_token(&p->gate->state, sg_state_task(&p->gate->state, sg_str(of)), token);
	play_facts(p, 2001);
	snprintf(body, sizeof(body), "{\"action\":\"%s\",\"key\":\"%s\",\"peer_uid\":%u,\"resource\":{\"id\":\"1\",\"type\":\"note\"},\"task_token\":\"%s\"}", action, action, uid, token);
	char *decision = play_between(play_ask(p, 20, SG_ROUTE_E_ACT, "", body), "\"decision_id\":\"", "\"");
	CU_ASSERT_TRUE(play_has(play_ask(p, 20, SG_ROUTE_E_OUTCOME, decision, "{\"result\":\"ok\"}"), "recorded"));
	return decision;
}

/* A read is allowed now and done later: what is written in between is read by it, while it may be used or is not yet told of. `how`: 0 while it may be
 * used, 1 after a restart, 2 once it is told of although that time is over, 3 that time is over, 4 its own agent told of it before, 5 a gateway did. */
static void
written_in_between(int how)
{
	begin("5");
	struct sg_err err = {0};
	char *read = how == 5 ? done_by_another(task, 1001, "repo.read") : play_between(act("repo.read", "note", "1"), "\"decision_id\":\"", "\"");
	CU_ASSERT_TRUE(play_has(act_as(2, others, "mail.read", "thing", "1"), "\"allow\""));
	play_facts(p, 1001);
	if (how == 4)
		CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_OUTCOME, read, "{\"result\":\"ok\"}"), "recorded"));
	if (how == 1) {
		CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
		with_memory("5"); /* a play begins again with its first document */
		CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 1001) && play_connect(p, 2, SG_FACE_AGENT, 1002));
	}
	if (how == 2 || how == 3) {
		p->boot += 31 * SG_SEC;
		p->wall += 31 * SG_SEC;
	}
	CU_ASSERT_TRUE(!reads_mail(task));
	CU_ASSERT_TRUE(play_has(act_as(2, others, "pay.send", "note", "1"), "\"allow\""));
	bool reaches = how < 2 || how == 4; /* its own word ends nothing */
	if (reads_mail(task) != reaches)
		fprintf(stderr, "  how %d\n", how);
	CU_ASSERT_EQUAL(reads_mail(task), reaches);
	play_facts(p, 1001);
	if (how == 2) {
		const char *told = play_ask(p, 1, SG_ROUTE_A_OUTCOME, read, "{\"result\":\"ok\"}");
		CU_ASSERT_TRUE(play_has(told, "recorded"));
		CU_ASSERT_TRUE(reads_mail(task));
	}
	free(read);
	end();
}

/* What is no read answers, too: it takes over what stands there, and what the resource brings. */
static void
whatever_touches(void)
{
	static const char *const actions[] = {"repo.read", "pay.send", "deploy.prod"};
	for (size_t i = 0; i < 3; i++) {
		begin("5");
		CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"attest\":{", MEMORY, "\"credential\":\"token\"", "\"credential\":\"\"",
									       "\"class\":\"infrastructure\",\"credential\":\"\",\"effect\":\"execute\",\"environment\":\"prod\"",
									       "\"class\":\"infrastructure\",\"credential\":\"\",\"effect\":\"execute\",\"environment\":\"\"", NULL}));
		CU_ASSERT_TRUE(play_has(act_as(2, others, "mail.read", "thing", "1"), "\"allow\"") && play_has(act_as(2, others, "pay.send", "note", "1"), "\"allow\""));
		CU_ASSERT_TRUE(!reads_mail(task));
		CU_ASSERT_TRUE(play_has(act(actions[i], "note", "1"), "\"allow\""));
		CU_ASSERT_TRUE(reads_mail(task));
		CU_ASSERT_TRUE(play_has(act(actions[i], "page", "1"), "\"allow\""));
		CU_ASSERT_TRUE(sg_taint_has(&sg_state_task(&p->gate->state, sg_str(task))->taint, SG_STR("web")));
		end();
	}
}

static void
read_later(void)
{
	for (int how = 0; how < 6; how++)
		written_in_between(how);
}

/* A write is allowed now and done later: what its task reads in between it writes. `how`: as above. */
static void
read_in_between(int how)
{
	begin("5");
	struct sg_err err = {0};
	char *write = how == 5 ? done_by_another(others, 1002, "pay.send") : play_between(act_as(2, others, "pay.send", "note", "1"), "\"decision_id\":\"", "\"");
	CU_ASSERT_TRUE(play_has(act("repo.read", "note", "1"), "\"allow\"") && kept(0));
	play_facts(p, 1002);
	if (how == 4)
		CU_ASSERT_TRUE(play_has(play_ask(p, 2, SG_ROUTE_A_OUTCOME, write, "{\"result\":\"ok\"}"), "recorded"));
	if (how == 1) {
		CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
		with_memory("5");
		CU_ASSERT_TRUE(play_connect(p, 1, SG_FACE_AGENT, 1001) && play_connect(p, 2, SG_FACE_AGENT, 1002));
	}
	if (how == 3) {
		wait_until_over(write);
		CU_ASSERT_TRUE(play_has(act("repo.read", "note", "1"), "\"allow\"")); /* the reader's is not over */
	}
	CU_ASSERT_TRUE(play_has(act_as(2, others, "mail.read", "thing", "1"), "\"allow\""));
	bool reaches = how < 2 || how == 4;
	if (reads_mail(task) != reaches)
		fprintf(stderr, "  how %d\n", how);
	CU_ASSERT_EQUAL(reads_mail(task), reaches);
	CU_ASSERT_EQUAL(kept(1), reaches);
	free(write);
	end();
}

static void
written_later(void)
{
	static const int hows[] = {0, 1, 3, 4, 5};
	for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++)
		read_in_between(hows[i]);
}

/* Each reads one note and writes the next: what comes to the first comes to the last, and no stack grows with them. */
static void
long_chain(void)
{
	enum { LONG = 3000 };
	struct sg_state state;
	struct sg_err err = {0};
	static const unsigned char key[SG_KEY_BYTES] = {1};
	CU_ASSERT_EQUAL_FATAL(sg_state_init(&state, key, "b", &err), SG_OK);
	struct sg_task *tasks = calloc(LONG, sizeof(*tasks));
	struct sg_domain *domains = calloc(LONG, sizeof(*domains));
	struct sg_attempt *attempts = calloc(2 * LONG, sizeof(*attempts));
	CU_ASSERT_TRUE_FATAL(tasks != NULL && domains != NULL && attempts != NULL);
	for (int i = 0; i < LONG; i++) {
		struct sg_task *t = &tasks[i];
		*t = (struct sg_task){.agent = "a", .domain = &domains[i], .tree_next = t, .tree_before = t, .root = t};
		domains[i] = (struct sg_domain){.kind = "process", .tasks = 1};
		sg_ring_join(&domains[i].open, &t->of_domain);
		sg_ring_join(&t->open, &t->of_tree);
		for (int w = 0; w < 2; w++) {
			struct sg_attempt *a = &attempts[2 * i + w];
			*a = (struct sg_attempt){.task = t, .read_until_ms = 1000};
			snprintf(a->read, sizeof(a->read), "m%d", i + w);
			if (w == 1)
				snprintf(a->wrote, sizeof(a->wrote), "m%d", i + 1);
			CU_ASSERT_TRUE(sg_reading_begin(&state, a));
		}
	}
	struct sg_fold f = {.state = &state, .at_ms = 1};
	struct sg_taint mail = {.count = 0};
	CU_ASSERT_TRUE(sg_taint_add(&mail, SG_STR("mail"), SG_WORD_NAMED));
	sg_taint_soak(&f, &tasks[0], &mail, SG_NOW_ALONE);
	sg_fold_memory_flow(&f);
	CU_ASSERT_PTR_NULL(f.missing);
	CU_ASSERT_TRUE(sg_taint_has(&tasks[LONG - 1].taint, SG_STR("mail")));
	CU_ASSERT_EQUAL(state.memories.count, LONG);
	for (int i = 0; i < LONG; i++) {
		sg_reading_end(&state, &attempts[2 * i]);
		sg_reading_end(&state, &attempts[2 * i + 1]);
		CU_ASSERT_PTR_NULL(tasks[i].writes);
		sg_taint_free(&attempts[2 * i].labels);
		sg_taint_free(&attempts[2 * i + 1].labels);
		sg_taint_free(&tasks[i].taint);
		sg_taint_free(&domains[i].taint);
	}
	CU_ASSERT_EQUAL(state.readings.count, 0);
	sg_taint_free(&mail);
	free(tasks);
	free(domains);
	free(attempts);
	sg_state_done(&state);
}

SG_CASES("gate.memories", {"up to the bound", up_to_the_bound}, {"forgotten", forgotten}, {"forgotten for others", forgotten_for_others}, {"read later than allowed", read_later}, {"written later than allowed", written_later}, {"a long chain", long_chain}, {"whatever touches it", whatever_touches})
