/* SPDX-License-Identifier: Apache-2.0
 * Hooks that are due: none is lost when the gate dies or the disk fails before its answer is recorded, or when nobody reports. */
#include "gate/snapshot/snapshot.h"
#include "unit/gate/play.h"

static struct play *p;
static char *task, *decision;

#define ADDS(freeze) "{\"effects\":[{\"effect\":{\"freeze\":" freeze ",\"kind\":\"add\",\"revoke\":false,\"taint\":[]},\"file\":\"a.lua\",\"line\":1,\"rule\":\"h\"}],\"error\":null}"

static const char manifest[] =
	"{\"digest\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"files\":[],\"rules\":["
	"{\"after\":true,\"file\":\"a.lua\",\"id\":\"h\",\"line\":1,\"needs\":{},\"on\":[\"pay.*\"]}]}";

static unsigned asked; /* of hooks */
static const char *adds;

static const char *
says(const char *input)
{
	if (strstr(input, "\"outcome\":{") == NULL)
		return play_allow(input);
	asked++;
	return adds;
}

static void
talk(void)
{
	sg_gate_policy(p->gate, sg_str(manifest), 1);
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
}

static void
begin(const char *action)
{
	p = play_new();
	p->effects = says;
	asked = 0;
	adds = ADDS("false");
	talk();
	task = play_task(p, 1, "t");
	decision = play_between(play_act(p, 1, task, action, "{}", "a"), "\"decision_id\":\"", "\"");
}

static void
end(void)
{
	free(decision);
	free(task);
	play_end(p);
}

/* The outcome is told and on the disk; the hook was not answered. */
static void
report(const char *result)
{
	char body[64];
	snprintf(body, sizeof(body), "{\"result\":\"%s\"}", result);
	play_send(p, 1, SG_ROUTE_A_OUTCOME, decision, body);
	CU_ASSERT_EQUAL_FATAL(p->queue[p->count - 1].kind, PLAY_LOOK); /* who says so is looked at, whatever else waits */
	struct play_event look = p->queue[p->count - 1];
	memmove(p->queue + 1, p->queue, (p->count - 1) * sizeof(look));
	p->queue[0] = look;
	play_one(p);
	play_flush(p);
	CU_ASSERT_EQUAL(p->conns[1].status, 200);
}

static void
dies(void)
{
	struct sg_err err = {0};
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
}

static bool
has(const char *label)
{
	return sg_taint_has(&sg_state_task(&p->gate->state, sg_str(task))->taint, sg_str(label));
}

static bool
suspected(void)
{
	return has("policy_error") && sg_state_task(&p->gate->state, sg_str(task))->taint.sensitivity == SG_RESTRICTED;
}

static void
died_before(void)
{
	begin("pay.send");
	report("failed");
	CU_ASSERT_FALSE(suspected());
	dies();
	CU_ASSERT_TRUE(suspected());
	uint64_t leaves = p->gate->journal.appended;
	dies();
	CU_ASSERT_EQUAL(p->gate->journal.appended, leaves + 1); /* said once: the start alone */
	end();
}

/* The outcome was lost with the disk and came to the next gate by the supervisor: whoever was asked about its hook is no more. */
static void
inherited(void)
{
	struct sg_err err = {0};
	begin("pay.send");
	p->calls = 0;
	p->fail_at = 1;
	p->fail_forever = true;
	play_send(p, 1, SG_ROUTE_A_OUTCOME, decision, "{\"result\":\"failed\"}");
	play_all(p);
	CU_ASSERT_TRUE_FATAL(p->held_count > 0);
	p->fail_at = 0;
	p->fail_forever = false;
	CU_ASSERT_EQUAL_FATAL(play_gate_dies(p, &err), SG_OK);
	play_all(p);
	CU_ASSERT_TRUE(suspected());
	end();
}

/* It asked for nothing, or for something: then it was there, and nothing is due any more. */
static void
died_behind(void)
{
	for (int i = 0; i < 2; i++) {
		begin("pay.send");
		adds = i == 0 ? ADDS("false") : ADDS("true");
		play_ask(p, 1, SG_ROUTE_A_OUTCOME, decision, "{\"result\":\"failed\"}");
		CU_ASSERT_EQUAL(asked, 1);
		dies();
		CU_ASSERT_FALSE(has("policy_error"));
		CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->state, i == 0 ? SG_TASK_OPEN : SG_TASK_FROZEN);
		end();
	}
}

/* A worker that says something else than it should: its labels are labels or policy_error, an error keeps what the others add, and the gate goes on. */
static void
odd_answers(void)
{
#define ODD(effect, error) "{\"effects\":[{\"effect\":{" effect "},\"file\":\"a.lua\",\"line\":1,\"rule\":\"h\"}],\"error\":" error "}"
#define WHY "{\"code\":\"policy_error\",\"file\":\"a.lua\",\"line\":1,\"rule\":\"g\",\"text\":\"x\"}"
	static const struct {
		const char *answer;
		enum sg_task_state state;
		bool failed;
	} rows[] = {
		{ODD("\"freeze\":false,\"kind\":\"add\",\"revoke\":false,\"taint\":[1,{\"a\":[]},null,\"x\"]", "null"), SG_TASK_OPEN, true},
		{ODD("\"freeze\":false,\"kind\":\"add\",\"revoke\":false,\"taint\":{\"a\":1}", "null"), SG_TASK_OPEN, true},
		{ODD("\"freeze\":true,\"kind\":\"add\",\"revoke\":false,\"taint\":[]", WHY), SG_TASK_FROZEN, true},
		{ODD("\"freeze\":true,\"kind\":\"add\",\"revoke\":false,\"taint\":[]", "{}"), SG_TASK_FROZEN, true},
		{ODD("\"freeze\":\"true\",\"kind\":5", "null"), SG_TASK_OPEN, false},
		{"{\"effects\":[{\"effect\":{\"freeze\":true,\"kind\":\"add\"},\"file\":\"a.lua\",\"line\":1,\"rule\":\"h\"},5],\"error\":null}", SG_TASK_OPEN, true},
		{"{\"effects\":5,\"error\":null}", SG_TASK_OPEN, true},
		{"[]", SG_TASK_OPEN, true},
		{"x", SG_TASK_OPEN, true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin("pay.send");
		adds = rows[i].answer;
		play_ask(p, 1, SG_ROUTE_A_OUTCOME, decision, "{\"result\":\"failed\"}");
		CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->state, rows[i].state);
		CU_ASSERT_EQUAL(has("policy_error"), rows[i].failed);
		if (has("policy_error") != rows[i].failed || sg_state_task(&p->gate->state, sg_str(task))->state != rows[i].state)
			printf("  %s\n", rows[i].answer);
		dies();
		end();
	}
}

/* Unknown first, then better known: each has its hook. */
static void
two_of_them(void)
{
	begin("pay.send");
	report("unknown");
	report("failed");
	play_one(p);
	CU_ASSERT_EQUAL(asked, 1);
	play_flush(p);
	dies();
	CU_ASSERT_TRUE(suspected());
	end();
}

static void
no_hook_for_it(void)
{
	begin("repo.read");
	report("failed");
	CU_ASSERT_EQUAL(p->count, 0);
	dies();
	CU_ASSERT_FALSE(has("policy_error"));
	end();
}

/* Whether there is a hook, nobody knows. */
static void
no_set(void)
{
	begin("pay.send");
	dies();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	free(play_task(p, 1, "u")); /* who asks is known */
	sg_gate_policy(p->gate, SG_STR("{}"), 2);
	report("ok");
	CU_ASSERT_EQUAL(p->count, 1);
	play_all(p);
	end();
}

static void
told_again(void)
{
	begin("pay.send");
	report("failed");
	report("failed");
	CU_ASSERT_EQUAL(p->count, 1);
	play_all(p);
	report("failed");
	CU_ASSERT_EQUAL(p->count, 0);
	CU_ASSERT_EQUAL(asked, 1);
	CU_ASSERT_FALSE(has("policy_error"));
	end();
}

/* Its answer finds a journal that takes nothing: suspected before anybody is answered again. */
static void
disk_fails(void)
{
	begin("pay.send");
	adds = ADDS("true");
	report("failed");
	p->calls = 0;
	p->fail_at = 1;
	p->fail_forever = true;
	play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "repo.read", "{}", "b"));
	while (p->count > 0 && !p->gate->journal.closed) {
		struct play_event first = p->queue[0]; /* the hook's: it is answered last */
		memmove(p->queue, p->queue + 1, (p->count - 1) * sizeof(first));
		p->queue[p->count - 1] = first;
		play_one(p);
		play_flush(p);
	}
	CU_ASSERT_TRUE(p->gate->journal.closed);
	while (p->count > 0)
		play_one(p);
	CU_ASSERT_EQUAL(asked, 1);
	CU_ASSERT_FALSE(suspected());
	p->fail_at = 0;
	p->fail_forever = false;
	p->boot += 2 * SG_SEC;
	sg_gate_tick(p->gate);
	play_flush(p); /* a trial first: the disk takes something again */
	CU_ASSERT_TRUE(suspected());
	dies();
	CU_ASSERT_TRUE(suspected());
	end();
}

/* ---- silence ---- */

static void
falls_silent(struct play *play)
{
	play->boot += 301 * SG_SEC;
	play->wall += 301 * SG_SEC;
	sg_gate_tick(play->gate);
}

static void
nobody_reports(void)
{
	begin("pay.send");
	adds = ADDS("true");
	falls_silent(p);
	play_all(p);
	CU_ASSERT_EQUAL(asked, 1);
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->state, SG_TASK_FROZEN);
	end();
}

static void
died_in_silence(void)
{
	begin("pay.send");
	falls_silent(p);
	play_flush(p);
	dies();
	CU_ASSERT_TRUE(suspected());
	end();
}

/* Until it is known which hooks there are. */
static void
silence_before_policy(void)
{
	begin("pay.send");
	adds = ADDS("true");
	dies();
	sg_gate_policy(p->gate, SG_STR("{}"), 1);
	falls_silent(p);
	CU_ASSERT_EQUAL(p->count, 0);
	sg_gate_policy(p->gate, sg_str(manifest), 2);
	play_all(p);
	play_all(p);
	CU_ASSERT_EQUAL(asked, 1);
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->state, SG_TASK_FROZEN);
	end();
}

/* The task is over long before the outcome is due: closing it does not keep the hook away. */
static void
closed_before_the_deadline(void)
{
	begin("repo.read");
	CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){"\"outcome_deadline\":300000", "\"outcome_deadline\":1200000", NULL}));
	play_act(p, 1, task, "pay.send", "{}", "late");
	play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, task, "{}");
	adds = ADDS("true");
	for (int i = 0; i < 8; i++) {
		falls_silent(p);
		play_all(p);
	}
	CU_ASSERT_EQUAL(asked, 1);
	size_t at = 0;
	const struct sg_domain *domain = sg_table_next(&p->gate->state.domains, &at);
	CU_ASSERT_TRUE(domain != NULL && domain->frozen);
	CU_ASSERT_PTR_NULL(sg_state_task(&p->gate->state, sg_str(task))); /* and then it is forgotten */
	end();
}

/* As many as nobody reports on: each is asked about, few at a time, in the name of its agent. */
static void
many_at_once(void)
{
	enum { MANY = 300 };
	char key[16];
	begin("pay.send");
	for (int i = 1; i < MANY; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		play_act(p, 1, task, "pay.send", "{}", key);
	}
	falls_silent(p);
	CU_ASSERT_EQUAL_FATAL(p->count, SG_SILENCE_HOOKS);
	const struct sg_request *hook = sg_request_find(p->gate, p->queue[0].id);
	CU_ASSERT_PTR_NOT_NULL_FATAL(hook->agent);
	CU_ASSERT_TRUE(sg_str_is(hook->agent->name, "helper"));
	for (int i = 0; i <= MANY / SG_SILENCE_HOOKS; i++)
		play_all(p);
	CU_ASSERT_EQUAL(asked, MANY);
	CU_ASSERT_FALSE(has("policy_error"));
	end();
}

/* After a standstill all of it is due: so many a tick, in order, and none is lost. */
static void
after_a_standstill(void)
{
	enum { MANY = SG_SILENCE_AT_ONCE + 100 };
	char key[16];
	begin("pay.send");
	sg_gate_policy(p->gate, SG_STR("{\"digest\":\"2222222222222222222222222222222222222222222222222222222222222222\",\"files\":[],\"rules\":[]}"), 3);
	for (int i = 1; i < MANY; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		play_act(p, 1, task, "pay.send", "{}", key);
	}
	uint64_t before = p->gate->journal.appended;
	falls_silent(p);
	CU_ASSERT_EQUAL(p->gate->journal.appended - before, 2 * SG_SILENCE_AT_ONCE); /* an outcome and an alert each */
	CU_ASSERT_PTR_NOT_NULL(p->gate->state.owed_first);
	play_all(p);
	CU_ASSERT_PTR_NULL(p->gate->state.owed_first);
	end();
}

/* ---- a snapshot between the outcome and its hook ---- */

static bool
keep(void *to, struct sg_str line)
{
	sg_buf_str(to, line);
	sg_buf_text(to, "\n");
	return true;
}

static struct sg_buf
written(const struct sg_state *state)
{
	struct sg_snapshot_head head = {.leaf = 1};
	struct sg_buf text;
	sg_buf_init(&text, 4 << 20);
	CU_ASSERT_EQUAL(sg_snapshot_write(state, &head, keep, &text, NULL), SG_OK);
	return text;
}

/* Read into a state of its own and written from there: it says so of as many hooks. */
static void
read_back(const struct sg_buf *text, const char *hooks)
{
	struct sg_snapshot_head read;
	struct sg_state state;
	CU_ASSERT_EQUAL(sg_state_init(&state, p->gate->state.key, p->gate->state.boot_id, NULL), SG_OK);
	state.now = p->gate->state.now;
	CU_ASSERT_EQUAL_FATAL(sg_snapshot_read(&state, sg_buf_view(text), &read, NULL), SG_OK);
	struct sg_buf again = written(&state);
	CU_ASSERT_EQUAL(sg_state_task(&state, sg_str(task))->owed, strstr(hooks, ":1") != NULL);
	sg_buf_add(&again, "", 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(again.ptr, hooks));
	sg_buf_done(&again);
	sg_state_done(&state);
}

static void
in_a_snapshot(void)
{
	static const char member[] = "\"hooks\":1,";
	begin("pay.send");
	report("failed");
	struct sg_buf text = written(&p->gate->state);
	read_back(&text, member);
	sg_buf_add(&text, "", 1);
	char *at = strstr(text.ptr, member);
	CU_ASSERT_PTR_NOT_NULL(at);
	if (at != NULL) {
		memmove(at, at + strlen(member), strlen(at + strlen(member)));
		text.len -= 1 + strlen(member); /* one of before */
		read_back(&text, "\"hooks\":0,");
	}
	sg_buf_done(&text);
	end();
}

SG_CASES("gate.hooks", {"inherited", inherited}, {"the gate died before its answer", died_before}, {"the gate died behind its answer", died_behind}, {"one for each outcome", two_of_them},
	 {"no hook for the action", no_hook_for_it}, {"no set in force", no_set}, {"told again", told_again}, {"answers that are none", odd_answers}, {"the disk fails in between", disk_fails},
	 {"nobody reports", nobody_reports}, {"the gate died in silence", died_in_silence}, {"silence before there is policy", silence_before_policy},
	 {"closed before the deadline", closed_before_the_deadline}, {"many at once", many_at_once}, {"after a standstill", after_a_standstill}, {"in a snapshot", in_a_snapshot})
