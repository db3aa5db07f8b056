/* SPDX-License-Identifier: Apache-2.0
 * Ways around the ceilings, the record and the provenance of values, tried one by one: each ends in a refusal, and in a journal that can be read. */
#include "gate/snapshot/snapshot.h"
#include "unit/gate/play.h"

static struct play *p;

static const char actions[] =
	"\"actions\":{"
	"\"xa\":{\"arguments\":[],\"authority\":[\"to\"],\"budgets\":[],\"class\":\"payment\",\"costs\":[],\"credential\":\"\",\"effect\":\"write\",\"environment\":\"\","
	"\"name\":\"x.a\",\"narrow\":[],\"sensitivity\":\"public\",\"taints\":[]},"
	"\"xb\":{\"arguments\":[],\"authority\":[],\"budgets\":[],\"class\":\"other\",\"costs\":[],\"credential\":\"\",\"effect\":\"write\",\"environment\":\"\","
	"\"name\":\"x.b\",\"narrow\":[],\"sensitivity\":\"public\",\"taints\":[]},"
	"\"xread\":{\"arguments\":[],\"authority\":[],\"budgets\":[],\"class\":\"other\",\"costs\":[],\"credential\":\"\",\"effect\":\"read\",\"environment\":\"\","
	"\"name\":\"x.read\",\"narrow\":[],\"sensitivity\":\"public\",\"taints\":[]},";

static const char agents[] =
	"\"agents\":{"
	"\"n0\":{\"approvers\":\"aaa\",\"autonomy\":\"autonomous\",\"delegates\":[\"*\"],\"environment\":\"staging\",\"escalate\":\"o@x\",\"identity\":\"content\",\"instance\":\"process\","
	"\"intents\":[\"tree\",\"team\",\"prod\"],\"match\":[\"peer:uid=1010\"],\"owner\":\"jon\",\"reach\":[\"x.*\"],\"review_by\":\"2027-01-31\",\"roles\":[\"plan\",\"lead\",\"do\",\"check\"]},"
	"\"n1\":{\"approvers\":\"aaa\",\"autonomy\":\"propose\",\"delegates\":[\"*\"],\"environment\":\"staging\",\"escalate\":\"o@x\",\"identity\":\"content\",\"instance\":\"process\","
	"\"intents\":[\"tree\",\"team\"],\"match\":[\"peer:uid=1011\"],\"owner\":\"jon\",\"reach\":[\"x.*\"],\"review_by\":\"2027-01-31\",\"roles\":[\"plan\",\"lead\",\"do\",\"check\"]},"
	"\"n2\":{\"delegates\":[\"*\"],\"environment\":\"staging\",\"escalate\":\"o@x\",\"identity\":\"content\",\"instance\":\"process\","
	"\"intents\":[\"tree\",\"team\"],\"match\":[\"peer:uid=1012\"],\"owner\":\"jon\",\"reach\":[\"x.*\"],\"review_by\":\"2027-01-31\",\"roles\":[\"plan\",\"lead\",\"do\",\"check\"]},";

static const char intents[] =
	"\"intents\":{"
	"\"prod\":{\"actions\":[\"x.*\"],\"budgets\":[],\"children\":50,\"depth\":4,\"environment\":\"prod\",\"idle\":0,\"resources\":[\"**\"],\"roles\":[],\"sensitivity\":"
	"\"confidential\",\"tree\":[],\"ttl\":3600000},"
	"\"team\":{\"actions\":[\"x.*\"],\"budgets\":[],\"children\":50,\"depth\":4,\"environment\":\"\",\"idle\":0,\"resources\":[\"**\"],\"roles\":[\"plan\",\"lead\",\"do\",\"check\"],"
	"\"sensitivity\":\"confidential\",\"tree\":[],\"ttl\":36000000},"
	"\"tree\":{\"actions\":[\"x.*\"],\"budgets\":[],\"children\":50,\"depth\":4,\"environment\":\"\",\"idle\":0,\"resources\":[\"**\"],\"roles\":[],\"sensitivity\":"
	"\"confidential\",\"tree\":[],\"ttl\":3600000},";

static const char resources[] =
	"\"resources\":{"
	"\"all\":{\"budgets\":[],\"environment\":\"\",\"memory\":false,\"owner\":\"\",\"patterns\":[\"**\"],\"sensitivity\":\"public\",\"taints\":[],\"type\":\"any\"},"
	"\"hr\":{\"budgets\":[],\"environment\":\"\",\"memory\":false,\"owner\":\"\",\"patterns\":[\"hr/**\"],\"sensitivity\":\"restricted\",\"taints\":[],\"type\":\"any\"}},";

static const char roles[] =
	"\"roles\":{"
	"\"check\":{\"actions\":[\"x.*\"],\"apart\":[\"do\"],\"hand_on\":[],\"other_owner\":false,\"planned\":false,\"signs\":false},"
	"\"do\":{\"actions\":[\"x.*\"],\"apart\":[\"check\"],\"hand_on\":[],\"other_owner\":false,\"planned\":false,\"signs\":false},"
	"\"lead\":{\"actions\":[\"x.*\"],\"apart\":[],\"hand_on\":[\"x.*\"],\"other_owner\":false,\"planned\":false,\"signs\":false},"
	"\"plan\":{\"actions\":[\"x.*\"],\"apart\":[],\"hand_on\":[\"x.*\"],\"other_owner\":false,\"planned\":false,\"signs\":false}},";

static void
up_to(struct sg_buf *out, const char **at, const char *mark)
{
	const char *next = strstr(*at, mark);
	sg_buf_add(out, *at, (size_t)(next - *at));
	*at = next + strlen(mark);
}

static void
configure(void)
{
	struct sg_buf text;
	struct sg_err err = {0};
	const char *at = play_document;
	sg_buf_init(&text, 1 << 20);
	up_to(&text, &at, "\"actions\":{");
	sg_buf_text(&text, actions);
	up_to(&text, &at, "\"agents\":{");
	sg_buf_text(&text, agents);
	up_to(&text, &at, "\"intents\":{");
	sg_buf_text(&text, intents);
	up_to(&text, &at, "\"trust_domain\"");
	sg_buf_text(&text, resources);
	sg_buf_text(&text, roles);
	sg_buf_text(&text, "\"trust_domain\"");
	sg_buf_text(&text, at);
	sg_buf_add(&text, "", 1);
	char *canonical = play_canonical(text.ptr);
	CU_ASSERT_EQUAL_FATAL(sg_gate_configure(p->gate, sg_str(canonical), &err), SG_OK);
	free(canonical);
	sg_buf_done(&text);
}

static void
begin(void)
{
	p = play_new();
	configure();
	for (int a = 0; a < 3; a++)
		CU_ASSERT_TRUE_FATAL(play_connect(p, (uint64_t)a + 1, SG_FACE_AGENT, (uid_t)(1010 + a)));
}

/* As agent `a`, on its connection. */
static const char *
ask(int a, enum sg_route route, const char *argument, const char *body)
{
	play_facts(p, (uid_t)(1010 + a));
	return play_ask(p, (uint64_t)a + 1, route, argument, body);
}

static char *
task(int a, const char *body)
{
	return play_between(ask(a, SG_ROUTE_A_TASK_OPEN, "", body), "\"id\":\"", "\"");
}

static const char *
act(int a, const char *id, const char *action, const char *args, const char *key)
{
	return ask(a, SG_ROUTE_A_ACT, "", play_act_body(id, action, args, key));
}

/* Delegates and, where another agent is to have it, lets that one claim it; the id is to be freed. */
static char *
hand_on(int from, int to, const char *parent, const char *body)
{
	char claim[400];
	const char *answer = ask(from, SG_ROUTE_A_DELEGATE, parent, body);
	char *id = play_between(answer, "\"id\":\"", "\""), *token = play_between(answer, "\"token\":\"", "\"");
	if (id[0] == '\0')
		fprintf(stderr, "  %s\n", answer);
	snprintf(claim, sizeof(claim), "{\"key\":\"claim\",\"task_token\":\"%s\"}", token);
	if (from != to)
		CU_ASSERT_TRUE(play_has(ask(to, SG_ROUTE_A_TASK_OPEN, "", claim), "\"claimed\":true"));
	free(token);
	return id;
}

static void
later(int64_t seconds)
{
	p->boot += seconds * SG_SEC;
	p->wall += seconds * SG_SEC;
	play_all(p);
}

/* The same key again, long after the first task of that name was forgotten: another task, and the journal still tells both. */
static void
name_again(void)
{
	struct sg_err err = {0};
	begin();
	char *first = task(0, "{\"intent\":\"tree\",\"key\":\"k\"}");
	char *child = hand_on(0, 0, first, "{\"actions\":[\"x.a\"],\"key\":\"c\"}");
	CU_ASSERT_TRUE(play_has(act(0, child, "x.a", "{}", "1"), "\"verdict\":\"allow\""));
	ask(0, SG_ROUTE_A_TASK_CLOSE, first, "{}");
	later(700);
	later(20);
	CU_ASSERT_PTR_NULL(sg_state_task(&p->gate->state, sg_str(first)));
	char *second = task(0, "{\"intent\":\"tree\",\"key\":\"k\"}");
	CU_ASSERT_STRING_EQUAL(first, second);
	CU_ASSERT_TRUE(play_has(act(0, second, "x.a", "{}", "1"), "\"verdict\":\"allow\""));
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	play_all(p);
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, 0); /* their agent is not in the document the restart reads */
	free(first);
	free(second);
	free(child);
	play_end(p);
}

/* What a limit compares with may be nested as deep as a request may be, and deeper in the leaf than there. */
static void
deep_limit(void)
{
	struct sg_err err = {0};
	begin();
	char *root = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	for (int depth = 20; depth <= 28; depth++) {
		char body[400], open[32], close[32];
		memset(open, '[', sizeof(open));
		memset(close, ']', sizeof(close));
		snprintf(body, sizeof(body), "{\"constraints\":{\"x.*\":{\"to\":{\"exact\":%.*s%.*s}}},\"key\":\"d%d\"}", depth, open, depth, close, depth);
		CU_ASSERT_EQUAL(strstr(ask(0, SG_ROUTE_A_DELEGATE, root, body), "\"task\":{") != NULL, depth <= 26);
		CU_ASSERT_TRUE(depth <= 26 || p->conns[1].status == 413);
	}
	CU_ASSERT_TRUE(play_has(act(0, root, "x.a", "{}", "1"), "\"verdict\":\"allow\""));
	free(root);
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_EQUAL(p->gate->state.decisions.count, 1);
	play_end(p);
}

static const char *
ask_finance(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"\",\"ttl\":0},\"file\":\"a.lua\","
	       "\"line\":1,\"rule\":\"r\"}],\"error\":null}";
}

/* The group that a ceiling asks stands in its place among those that rules ask. */
static void
groups_in_order(void)
{
	struct sg_err err = {0};
	begin();
	p->effects = ask_finance;
	char *id = task(1, "{\"intent\":\"tree\",\"key\":\"r\"}");
	CU_ASSERT_TRUE(play_has(act(1, id, "x.a", "{}", "1"), "\"verdict\":\"step_up\""));
	CU_ASSERT_EQUAL(p->gate->state.approvals.count, 1);
	CU_ASSERT_TRUE(play_has(act(1, id, "x.read", "{}", "2"), "\"verdict\":\"step_up\""));
	free(id);
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_EQUAL(p->gate->state.approvals.count, 2);
	play_end(p);
}

static char question[20000];

static const char *
note_question(const char *input)
{
	snprintf(question, sizeof(question), "%s", input);
	return play_allow(input);
}

static bool
from(const char *value, const char *where)
{
	char row[300];
	snprintf(row, sizeof(row), "\"origin\":\"%s\",\"source\":\"\",\"value\":\"%s\"}", where, value);
	return play_has(question, row);
}

/* A value that goes on behind a NUL is another value. */
static void
behind_nul(void)
{
	begin();
	p->effects = note_question;
	char *id = task(0, "{\"inputs\":{\"to\":\"DE1111\"},\"intent\":\"tree\",\"key\":\"r\"}");
	act(0, id, "x.a", "{\"to\":\"DE1111\"}", "1");
	CU_ASSERT_TRUE(from("DE1111", "self"));
	act(0, id, "x.a", "{\"to\":\"DE1111\\u00002222\"}", "2");
	CU_ASSERT_TRUE(from("DE1111\\u00002222", "unknown"));
	free(id);
	play_end(p);
}

/* A part of what was seen, with its dashes taken out, is not what was seen. */
static void
without_dashes(void)
{
	begin();
	p->effects = note_question;
	char *id = task(0, "{\"inputs\":{\"branch\":\"ma-in\"},\"intent\":\"tree\",\"key\":\"r\"}");
	act(0, id, "x.a", "{\"to\":\"ma-in\"}", "1");
	CU_ASSERT_TRUE(from("ma-in", "self"));
	act(0, id, "x.a", "{\"to\":\"main\"}", "2");
	CU_ASSERT_TRUE(from("main", "unknown"));
	free(id);
	id = task(0, "{\"inputs\":{\"amount\":10.5},\"intent\":\"tree\",\"key\":\"r2\"}");
	act(0, id, "x.a", "{\"amount\":105}", "1");
	CU_ASSERT_TRUE(play_has(question, "\"origin\":\"unknown\",\"source\":\"\",\"value\":105}"));
	free(id);
	play_end(p);
}

/* What a tainted instance opens a task with is not the task's own. */
static void
tainted_opener(void)
{
	char *decision;
	begin();
	p->effects = note_question;
	char *id = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	decision = play_between(act(0, id, "x.read", "{}", "1"), "\"decision_id\":\"", "\"");
	ask(0, SG_ROUTE_A_OUTCOME, decision, "{\"labels\":[\"outside\"],\"result\":\"ok\"}");
	free(id);
	id = task(0, "{\"inputs\":{\"to\":\"EVIL1111\"},\"intent\":\"tree\",\"key\":\"r2\"}");
	act(0, id, "x.a", "{\"to\":\"EVIL1111\"}", "1");
	CU_ASSERT_TRUE(from("EVIL1111", "unknown"));
	free(decision);
	free(id);
	play_end(p);
}

/* What was handed down as two in an hour is two, whoever below does them. */
static void
rate_below(void)
{
	begin();
	char *root = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	char *held = hand_on(0, 0, root, "{\"constraints\":{\"x.a\":{\"\":{\"rate\":{\"count\":2,\"within\":3600000}}}},\"key\":\"c\"}");
	char *below = hand_on(0, 0, held, "{\"key\":\"b\"}");
	CU_ASSERT_TRUE(play_has(act(0, held, "x.a", "{}", "1"), "\"verdict\":\"allow\""));
	CU_ASSERT_TRUE(play_has(act(0, below, "x.a", "{}", "1"), "\"verdict\":\"allow\""));
	CU_ASSERT_TRUE(play_has(act(0, below, "x.a", "{}", "2"), "\"code\":\"outside_constraint\""));
	CU_ASSERT_TRUE(play_has(act(0, root, "x.a", "{}", "1"), "\"verdict\":\"allow\""));
	char *noise = hand_on(0, 0, root, "{\"key\":\"n\"}");
	for (int i = 0; i < 2 * 600; i++) { /* until what was done is remembered no longer */
		char key[16];
		snprintf(key, sizeof(key), "n%d", i);
		act(0, i < 600 ? root : noise, "x.read", "{}", key);
	}
	CU_ASSERT_TRUE(play_has(act(0, held, "x.a", "{}", "3"), "\"code\":\"outside_constraint\""));
	later(3500);
	CU_ASSERT_TRUE(play_has(act(0, held, "x.b", "{}", "4"), "\"verdict\":\"allow\""));
	free(noise);
	free(root);
	free(held);
	free(below);
	play_end(p);
}

/* A role hands on what it may, and of that no more than it was given to hand on. */
static void
role_hands_on(void)
{
	begin();
	char *root = task(0, "{\"intent\":\"team\",\"key\":\"r\",\"role\":\"plan\"}");
	char *lead = hand_on(0, 1, root, "{\"actions\":[\"x.a\",\"x.b\"],\"hand_on\":[\"x.a\"],\"key\":\"c\",\"role\":\"lead\",\"to\":\"n1\"}");
	CU_ASSERT_TRUE(play_has(ask(1, SG_ROUTE_A_DELEGATE, lead, "{\"actions\":[\"x.b\"],\"key\":\"d\",\"role\":\"do\",\"to\":\"n2\"}"), "rule_4_scope"));
	CU_ASSERT_TRUE(play_has(ask(1, SG_ROUTE_A_DELEGATE, lead, "{\"actions\":[\"x.a\"],\"key\":\"e\",\"role\":\"do\",\"to\":\"n2\"}"), "\"task\":{"));
	free(root);
	free(lead);
	play_end(p);
}

/* Who did the work does not check it, however long ago that was. */
static void
duty_stays(void)
{
	begin();
	char *root = task(0, "{\"intent\":\"team\",\"key\":\"r\",\"role\":\"plan\"}");
	char *work = hand_on(0, 2, root, "{\"actions\":[\"x.a\"],\"key\":\"c\",\"role\":\"do\",\"to\":\"n2\"}");
	CU_ASSERT_TRUE(play_has(act(2, work, "x.a", "{}", "1"), "\"verdict\":\"allow\""));
	ask(2, SG_ROUTE_A_TASK_CLOSE, work, "{}");
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_DELEGATE, root, "{\"actions\":[\"x.a\"],\"key\":\"d\",\"role\":\"check\",\"to\":\"n2\"}"), "rule_10_duty"));
	later(700);
	later(20);
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_DELEGATE, root, "{\"actions\":[\"x.a\"],\"key\":\"e\",\"role\":\"check\",\"to\":\"n2\"}"), "rule_10_duty"));
	free(root);
	free(work);
	play_end(p);
}

static bool
keep(void *to, struct sg_str line);

/* Through a snapshot and back: the same lines, and the same is known. */
static void
duties_in_snapshot(const char *root, size_t hands)
{
	struct sg_buf text, again;
	struct sg_state state;
	struct sg_snapshot_head head = {.leaf = 1}, read;
	sg_buf_init(&text, 4 << 20);
	sg_buf_init(&again, 4 << 20);
	CU_ASSERT_EQUAL(sg_snapshot_write(&p->gate->state, &head, keep, &text, NULL), SG_OK);
	CU_ASSERT_EQUAL_FATAL(sg_state_init(&state, p->gate->state.key, p->gate->state.boot_id, NULL), SG_OK);
	state.now = p->gate->state.now;
	CU_ASSERT_EQUAL(sg_snapshot_read(&state, sg_buf_view(&text), &read, NULL), SG_OK);
	const struct sg_duties *before = &sg_state_task(&p->gate->state, sg_str(root))->tree->duties, *after = &sg_state_task(&state, sg_str(root))->tree->duties;
	CU_ASSERT_EQUAL(after->hand_count, before->hand_count);
	CU_ASSERT_EQUAL(after->by_instance.count, before->by_instance.count);
	CU_ASSERT_TRUE(before->hand_count == hands && before->by_instance.count == 2); /* who plans, who does */
	CU_ASSERT_EQUAL(sg_snapshot_write(&state, &head, keep, &again, NULL), SG_OK);
	CU_ASSERT_TRUE(sg_str_eq(sg_buf_view(&text), sg_buf_view(&again)));
	sg_state_done(&state);
	sg_buf_done(&text);
	sg_buf_done(&again);
}

/* The same hands in the same role, all day, and processes that come and go: parts are forgotten as any, who had which role is not, nor by a restart from either
 * snapshot or journal. */
static void
duty_outlives_parts(void)
{
	enum { PARTS = 12 };
	struct sg_err err = {0};
	begin();
	char *root = task(0, "{\"intent\":\"team\",\"key\":\"r\",\"role\":\"plan\"}");
	for (int i = 0; i < PARTS; i++) {
		char body[128];
		snprintf(body, sizeof(body), "{\"actions\":[\"x.a\"],\"key\":\"c%d\",\"role\":\"do\",\"to\":\"n2\"}", i);
		char *work = hand_on(0, 2, root, body);
		CU_ASSERT_TRUE(play_has(ask(2, SG_ROUTE_A_TASK_CLOSE, work, "{}"), "closed"));
		free(work);
	}
	CU_ASSERT_EQUAL(p->gate->state.tasks.count, PARTS + 1);
	for (int i = 0; i < 10; i++)
		later(100);
	CU_ASSERT_EQUAL(p->gate->state.tasks.count, 1);
	static const char check[] = "{\"actions\":[\"x.a\"],\"key\":\"e\",\"role\":\"check\",\"to\":\"n2\"}";
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_DELEGATE, root, check), "rule_10_duty"));
	duties_in_snapshot(root, 2);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL_FATAL(play_gate_dies(p, &err), SG_OK);
		configure();
		for (int a = 0; a < 3; a++)
			CU_ASSERT_TRUE_FATAL(play_connect(p, (uint64_t)a + 1, SG_FACE_AGENT, (uid_t)(1010 + a)));
		CU_ASSERT_EQUAL(p->gate->state.tasks.count, 1);
		CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_DELEGATE, root, check), "rule_10_duty"));
	}
	struct sg_duties *duties = &sg_state_task(&p->gate->state, sg_str(root))->tree->duties;
	const struct sg_duty first = *duties->first;
	p->no_check = true; /* by hand: another agent, and another user, in what is one instance with somebody who had a role before */
	CU_ASSERT_TRUE(sg_duties_note(duties, sg_state_word(&p->gate->state, SG_STR("n9")), first.role, first.uid, first.instance));
	CU_ASSERT_TRUE(sg_duties_note(duties, first.agent, first.role, first.uid + 1, first.instance));
	CU_ASSERT_TRUE(sg_duties_note(duties, first.agent, first.role, -1, ""));
	duties_in_snapshot(root, 5);
	free(root);
	play_end(p);
}

/* An intent of another environment is no more open to a part of a task than to a whole one. */
static void
intent_elsewhere(void)
{
	begin();
	char *root = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"prod\",\"key\":\"p\"}"), "wrong_environment"));
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_DELEGATE, root, "{\"intent\":\"prod\",\"key\":\"c\"}"), "wrong_environment"));
	free(root);
	play_end(p);
}

/* With dashes or without, what came from outside is suspect; the whole of it seen clean before is not. */
static void
dashes_of_the_tainted(void)
{
	begin();
	p->effects = note_question;
	char *id = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	char *decision = play_between(act(0, id, "x.read", "{}", "1"), "\"decision_id\":\"", "\"");
	ask(0, SG_ROUTE_A_OUTCOME, decision, "{\"labels\":[\"outside\"],\"result\":\"ok\",\"values\":[\"EV-IL-77\",\"EVIL88\"]}");
	act(0, id, "x.a", "{\"to\":\"EVIL77\"}", "2");
	CU_ASSERT_TRUE(play_has(question, "\"labels\":[\"outside\",\"self_reported\"],\"origin\":\"x.read\""));
	act(0, id, "x.a", "{\"to\":\"EVIL-88\"}", "3");
	CU_ASSERT_TRUE(play_has(question, "\"labels\":[\"outside\",\"self_reported\"],\"origin\":\"x.read\""));
	free(decision);
	free(id);
	play_end(p);
}

/* Where more came with the arguments than is remembered of them, what a result repeats of it proves nothing. */
static void
padded_arguments(void)
{
	struct sg_buf args;
	begin();
	p->effects = note_question;
	char *id = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	sg_buf_init(&args, 2000);
	sg_buf_text(&args, "{\"a\":\"");
	for (int i = 0; i < 320; i++)
		sg_buf_printf(&args, "x%c-%c ", 'a' + i / 26, 'a' + i % 26);
	sg_buf_text(&args, "\",\"q\":\"EVIL2222\"}");
	sg_buf_add(&args, "", 1);
	char *decision = play_between(act(0, id, "x.read", args.ptr, "1"), "\"decision_id\":\"", "\"");
	const struct sg_attempt *attempt = sg_state_decision(&p->gate->state, sg_str(decision));
	CU_ASSERT_PTR_NOT_NULL_FATAL(attempt);
	CU_ASSERT_TRUE(sg_taint_has(&attempt->labels, SG_STR("args_unseen")));
	CU_ASSERT_EQUAL(attempt->task->taint.count, 0);
	char *deep = play_between(act(0, id, "x.read", "{\"q\":[[[[[[[[[[[[[[[[\"EVIL4444\"]]]]]]]]]]]]]]]]}", "3"), "\"decision_id\":\"", "\"");
	CU_ASSERT_TRUE(sg_taint_has(&sg_state_decision(&p->gate->state, sg_str(deep))->labels, SG_STR("args_unseen")));
	free(deep);
	char *plain = play_between(act(0, id, "x.read", "{\"q\":\"EVIL3333\"}", "2"), "\"decision_id\":\"", "\"");
	CU_ASSERT_EQUAL(sg_state_decision(&p->gate->state, sg_str(plain))->labels.count, 0);
	sg_buf_done(&args);
	free(plain);
	free(decision);
	free(id);
	play_end(p);
}

static bool
keep(void *to, struct sg_str line)
{
	sg_buf_str(to, line);
	sg_buf_text(to, "\n");
	return true;
}

/* What a part of a task used beyond what it was lent, nobody above has left. */
static void
used_beyond(void)
{
	begin();
	char *root = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	char *part = hand_on(0, 0, root, "{\"budgets\":{\"money\":1000},\"key\":\"c\"}");
	const struct sg_task *t = sg_state_task(&p->gate->state, sg_str(root));
	char *decision = play_between(act(0, part, "x.read", "{}", "1"), "\"decision_id\":\"", "\"");
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_OUTCOME, decision, "{\"result\":\"unknown\",\"used\":{\"money\":1500}}"), "recorded"));
	CU_ASSERT_EQUAL(t->spent[SG_DIMENSION_money] + t->lent[SG_DIMENSION_money], 1500);
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_OUTCOME, decision, "{\"result\":\"ok\",\"used\":{\"money\":5000}}"), "recorded"));
	CU_ASSERT_EQUAL(t->spent[SG_DIMENSION_money] + t->lent[SG_DIMENSION_money], 5000);
	ask(0, SG_ROUTE_A_TASK_CLOSE, part, "{}");
	CU_ASSERT_EQUAL(t->spent[SG_DIMENSION_money], 5000);
	CU_ASSERT_EQUAL(t->lent[SG_DIMENSION_money], 0);
	free(decision);
	free(root);
	free(part);
	play_end(p);
}

/* Who opened the whole is no second person for a part of it. */
static void
opener_above(void)
{
	begin();
	p->effects = ask_finance;
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 501));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 11, SG_FACE_ADMIN, 502));
	char claim[400];
	const char *answer = play_ask(p, 10, SG_ROUTE_O_TASK_OPEN, "", "{\"agent\":\"n0\",\"intent\":\"tree\",\"key\":\"r\"}");
	char *root = play_between(answer, "\"id\":\"", "\""), *token = play_between(answer, "\"token\":\"", "\"");
	snprintf(claim, sizeof(claim), "{\"key\":\"claim\",\"task_token\":\"%s\"}", token);
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_TASK_OPEN, "", claim), "\"claimed\":true"));
	char *part = hand_on(0, 0, root, "{\"key\":\"c\"}");
	char *approval = play_between(act(0, part, "x.a", "{}", "1"), "\"id\":\"", "\"");
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_APPROVE, approval, "{}"), "self_approval"));
	free(approval);
	free(part);
	free(root);
	free(token);
	play_end(p);
}

static const char *
ask_many(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":20,\"say\":\"\",\"ttl\":0},\"file\":\"a.lua\","
	       "\"line\":1,\"rule\":\"r\"},{\"effect\":{\"approvers\":\"ops\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":20,\"say\":\"\",\"ttl\":0},\"file\":"
	       "\"a.lua\",\"line\":2,\"rule\":\"s\"}],\"error\":null}";
}

/* More people than an approval has room for are never asked: the last yes would be a record that nobody can read. */
static void
too_many_people(void)
{
	begin();
	p->effects = ask_many;
	char *id = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	CU_ASSERT_TRUE(play_has(act(0, id, "x.a", "{}", "1"), "policy_bad_effect"));
	free(id);
	play_end(p);
}

static const char *
check_utf8(const char *input)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 4 << 20);
	CU_ASSERT_EQUAL(sg_canon_parse(&arena, sg_str(input), &(struct sg_json_limits){.bytes = 1 << 20, .nodes = 1 << 16}, &json, NULL), SG_OK);
	sg_arena_done(&arena);
	return play_allow(input);
}

/* What policy is told of limits is text, however long the names in them. */
static void
long_limit_names(void)
{
	char body[1000], name[300] = "";
	begin();
	p->effects = check_utf8;
	char *root = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	for (int i = 0; i < 2; i++) {
		strcpy(name, i == 0 ? "" : "a");
		for (int j = 0; j < 63; j++)
			strcat(name, "\xc3\xa4");
		snprintf(body, sizeof(body), "{\"constraints\":{\"x.b\":{\"%s\":{\"exact\":1}}},\"key\":\"c%d\"}", name, i);
		char *part = hand_on(0, 0, root, body);
		CU_ASSERT_TRUE(play_has(act(0, part, "x.a", "{}", "1"), "\"verdict\":\"allow\""));
		free(part);
	}
	free(root);
	play_end(p);
}

/* Labels that cannot be kept are not passed over: the worst is assumed and said. */
static void
labels_cut(void)
{
	begin();
	char *id = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}"), body[3000] = "{\"labels\":[\"";
	for (int i = 0; i <= SG_LABEL_MAX; i++)
		strcat(body, "x");
	strcat(body, "\"],\"result\":\"ok\"}");
	char *decision = play_between(act(0, id, "x.read", "{}", "1"), "\"decision_id\":\"", "\"");
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_OUTCOME, decision, body), "recorded"));
	const struct sg_task *t = sg_state_task(&p->gate->state, sg_str(id));
	CU_ASSERT_TRUE(sg_taint_has(&t->taint, SG_STR("overflow")));
	CU_ASSERT_EQUAL(t->taint.sensitivity, SG_RESTRICTED);
	free(decision);
	free(id);
	id = task(0, "{\"intent\":\"tree\",\"key\":\"r2\"}");
	play_end(p);
	free(id);
	begin();
	id = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	snprintf(body, sizeof(body), "{\"labels\":[");
	for (int i = 0; i <= SG_TAINTS_MAX; i++)
		sprintf(body + strlen(body), "%s\"l%d\"", i > 0 ? "," : "", i);
	strcat(body, "],\"result\":\"ok\"}");
	decision = play_between(act(0, id, "x.read", "{}", "1"), "\"decision_id\":\"", "\"");
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_OUTCOME, decision, body), "recorded"));
	t = sg_state_task(&p->gate->state, sg_str(id));
	CU_ASSERT_TRUE(sg_taint_has(&t->taint, SG_STR("overflow")));
	CU_ASSERT_EQUAL(t->taint.count, SG_TAINTS_MAX + 1);
	free(decision);
	free(id);
	play_end(p);
}

/* Names that agents make up leave memory with the tree that made them up. */
static void
made_up_names(void)
{
	begin();
	char *id = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	size_t words = p->gate->state.words.count;
	act(0, id, "tool.register", "{\"action\":\"made.up.name\"}", "1"); /* nobody may, and it quarantines nothing */
	CU_ASSERT_TRUE(play_has(act(0, id, "x.read", "{}", "2"), "\"verdict\":\"allow\""));
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(id))->tree->quarantine_count, 0);
	CU_ASSERT_TRUE(p->gate->state.words.count <= words + 2); /* x.read, and where what is named in asking is from: unknown */
	free(id);
	play_end(p);
}

/* What a failed disk owes stands before what builds on it: a part whose whole is recorded later could not be folded. */
static void
owed_first(void)
{
	begin();
	CU_ASSERT_TRUE(sg_gate_owe(p->gate, "alert", SG_STR("{\"agent\":\"\",\"task\":\"\",\"what\":\"x\",\"who\":\"\"}")));
	play_facts(p, 1010);
	play_send(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"tree\",\"key\":\"r\"}");
	while (p->count > 0)
		play_one(p);
	CU_ASSERT_TRUE(play_has(p->conns[1].body, "audit_unavailable")); /* nothing is written before it, and it is not written in the middle of a request */
	play_all(p);
	CU_ASSERT_PTR_NULL(p->gate->owed);
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"tree\",\"key\":\"r\"}"), "\"state\":\"open\""));
	play_end(p);
}

/* Of several stanzas that fit, the one that says most of what is there counts, whatever they are called. */
static void
most_sensitive(void)
{
	char body[400];
	begin();
	char *id = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	CU_ASSERT_TRUE(play_has(act(0, id, "x.read", "{}", "1"), "\"verdict\":\"allow\""));
	snprintf(body, sizeof(body), "{\"action\":\"x.read\",\"key\":\"2\",\"resource\":{\"id\":\"hr/pay\",\"type\":\"any\"},\"task\":\"%s\"}", id);
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_ACT, "", body), "over_sensitivity"));
	free(id);
	play_end(p);
}

/* However much is said to have been used: sums stay numbers that a snapshot can hold and be read with. */
static void
huge_use(void)
{
	struct sg_buf text;
	struct sg_state state;
	struct sg_snapshot_head head = {.leaf = 1}, read;
	begin();
	char *id = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	for (int i = 0; i < 300; i++) {
		char key[16];
		snprintf(key, sizeof(key), "%d", i);
		char *decision = play_between(act(0, id, "x.read", "{}", key), "\"decision_id\":\"", "\"");
		CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_OUTCOME, decision, "{\"result\":\"ok\",\"used\":{\"money\":35184372088832}}"), "recorded"));
		free(decision);
	}
	sg_buf_init(&text, 64 << 20);
	CU_ASSERT_EQUAL(sg_snapshot_write(&p->gate->state, &head, keep, &text, NULL), SG_OK);
	CU_ASSERT_EQUAL(sg_state_init(&state, p->gate->state.key, p->gate->state.boot_id, NULL), SG_OK);
	state.now = p->gate->state.now;
	CU_ASSERT_EQUAL(sg_snapshot_read(&state, sg_buf_view(&text), &read, NULL), SG_OK);
	sg_state_done(&state);
	sg_buf_done(&text);
	free(id);
	play_end(p);
}

/* Tasks that nobody claims count for who handed them on: one agent does not fill the table for all. */
static void
nobodys_tasks(void)
{
	int opened = 0;
	begin();
	for (int r = 0; r < 4; r++) {
		char body[200];
		snprintf(body, sizeof(body), "{\"intent\":\"tree\",\"key\":\"r%d\"}", r);
		char *root = task(0, body);
		for (int c = 0; c < 40; c++) {
			snprintf(body, sizeof(body), "{\"key\":\"c%d-%d\",\"to\":\"n2\"}", r, c);
			opened += strstr(ask(0, SG_ROUTE_A_DELEGATE, root, body), "\"task\":{") != NULL;
		}
		free(root);
	}
	CU_ASSERT_TRUE(opened <= 100);
	char *own = task(2, "{\"intent\":\"tree\",\"key\":\"own\"}"); /* and whom they were meant for has room for its own */
	CU_ASSERT_TRUE(own[0] != '\0');
	free(own);
	play_end(p);
}

/* An allow that lost its record used nothing, and nobody waits for what came of it. */
static void
lost_allow(void)
{
	begin();
	char *id = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	p->calls = 0;
	p->fail_at = 1;
	p->fail_forever = true;
	CU_ASSERT_TRUE(play_has(act(0, id, "x.a", "{}", "1"), "\"code\":\"audit_unavailable\""));
	p->fail_at = 0;
	p->fail_forever = false;
	later(2);
	const struct sg_task *t = sg_state_task(&p->gate->state, sg_str(id));
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_EQUAL(t->spent[SG_DIMENSION_calls], 0);
	CU_ASSERT_PTR_NULL(p->gate->state.owed_first);
	free(id);
	play_end(p);
}

/* The disk hangs for ten minutes behind a claim whose task ends meanwhile. */
static void
hanging_disk(void)
{
	char claim[400];
	begin();
	char *root = task(0, "{\"intent\":\"tree\",\"key\":\"r\"}");
	char *token = play_between(ask(0, SG_ROUTE_A_DELEGATE, root, "{\"key\":\"c\",\"to\":\"n2\"}"), "\"token\":\"", "\"");
	snprintf(claim, sizeof(claim), "{\"key\":\"claim\",\"task_token\":\"%s\"}", token);
	p->no_sync = true;
	play_facts(p, 1012);
	play_send(p, 3, SG_ROUTE_A_TASK_OPEN, "", claim);
	while (p->count > 0)
		play_one(p);
	play_facts(p, 1010);
	play_send(p, 1, SG_ROUTE_A_TASK_CLOSE, root, "{}");
	while (p->count > 0)
		play_one(p);
	later(700);
	later(20);
	p->no_sync = false;
	later(1);
	CU_ASSERT_EQUAL(p->conns[3].status, 404);
	free(root);
	free(token);
	play_end(p);
}

SG_CASES("gate.hostile", {"a name used again after it was forgotten", name_again},
	 {"a limit nested too deeply", deep_limit},
	 {"groups that a ceiling adds", groups_in_order},
	 {"a value behind a NUL", behind_nul},
	 {"a value without its dashes", without_dashes},
	 {"inputs from a tainted opener", tainted_opener},
	 {"a rate spent by those below", rate_below},
	 {"a role hands on no more than it was given", role_hands_on},
	 {"duties after their task was forgotten", duty_stays}, {"who had which role outlives the part", duty_outlives_parts},
	 {"an intent of another environment", intent_elsewhere},
	 {"what came from outside, its dashes moved", dashes_of_the_tainted},
	 {"arguments padded until nobody looks", padded_arguments},
	 {"more people than have room", too_many_people},
	 {"long names in limits", long_limit_names},
	 {"labels too many and too long", labels_cut},
	 {"names that agents make up", made_up_names},
	 {"what is owed comes first", owed_first},
	 {"resources that overlap", most_sensitive},
	 {"more use than was lent", used_beyond},
	 {"the opener of the whole", opener_above},
	 {"more use than fits a number", huge_use},
	 {"tasks of nobody", nobodys_tasks},
	 {"an allow that lost its record", lost_allow},
	 {"a disk that hangs", hanging_disk})
