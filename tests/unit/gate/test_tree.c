/* SPDX-License-Identifier: Apache-2.0
 * Trees of tasks, at random: what is allowed, which rule refuses, what is left of budgets, against a model that shares nothing with the gate but
 * the rules' text; and the state that comes out of the journal, and out of a snapshot, is the one that was there. */
#include "gate/snapshot/snapshot.h"
#include "unit/gate/play.h"

enum { AGENTS = 4, ACTIONS = 6, NODES = 400, STEPS = 700, DEPTH = 4, CHILDREN = 5, CALLS = 60, MONEY = 50000, TREE_MONEY = 40000 };

static struct play *p;
static unsigned seed;

static unsigned
roll(unsigned below)
{
	seed = seed * 1664525U + 1013904223U;
	return (seed >> 8) % below;
}

/* n0 to n2 may be handed tasks, n3 may not. */
static void
configure(void)
{
	struct sg_buf text;
	const char *at = play_document, *agents = strstr(at, "\"agents\":{") + 10, *intents = strstr(at, "\"intents\":{") + 11;
	sg_buf_init(&text, 1 << 20);
	sg_buf_text(&text, "{\"actions\":{");
	for (int a = 0; a < ACTIONS; a++)
		sg_buf_printf(&text,
			      "\"x%d\":{\"arguments\":[],\"authority\":[],\"budgets\":[],\"class\":\"other\",\"costs\":[\"money=amount\"],\"credential\":\"\","
			      "\"effect\":\"write\",\"environment\":\"\",\"name\":\"x.%c\",\"narrow\":[],\"sensitivity\":\"%s\",\"taints\":[%s]},",
			      a, 'a' + a, sg_sensitivity_name((enum sg_sensitivity)(a % 3)), a == 5 ? "\"five\"" : "");
	at = strstr(at, "\"actions\":{") + 11;
	sg_buf_add(&text, at, (size_t)(agents - at));
	for (int a = 0; a < AGENTS; a++)
		sg_buf_printf(&text,
			      "\"n%d\":{\"delegates\":[\"n0\",\"n1\",\"n2\"],\"environment\":\"staging\",\"escalate\":\"o@x\",\"identity\":\"content\",\"instance\":"
			      "\"process\",\"intents\":[\"tree\"],\"match\":[\"peer:uid=%d\"],\"owner\":\"jon\",\"reach\":[\"x.*\"],\"review_by\":\"2027-01-31\"},",
			      a, 1010 + a);
	sg_buf_add(&text, agents, (size_t)(intents - agents));
	sg_buf_printf(&text,
		      "\"tree\":{\"actions\":[\"x.*\"],\"budgets\":[\"calls=%d\",\"money=%d\"],\"children\":%d,\"depth\":%d,\"environment\":\"\",\"idle\":0,"
		      "\"resources\":[\"**\"],\"roles\":[],\"sensitivity\":\"confidential\",\"tree\":[\"money=%d\"],\"ttl\":3600000},",
		      CALLS, MONEY / 100, CHILDREN, DEPTH, TREE_MONEY / 100);
	sg_buf_text(&text, intents);
	sg_buf_add(&text, "", 1);
	char *canonical = play_canonical(text.ptr);
	struct sg_err err = {0};
	CU_ASSERT_EQUAL_FATAL(sg_gate_configure(p->gate, sg_str(canonical), &err), SG_OK);
	free(canonical);
	sg_buf_done(&text);
	p->gate->catalogue->limits.denials_within = 0; /* thresholds have tests of their own */
	p->gate->catalogue->limits.children_burst = 100000;
}

/* ---- the model ---- */

struct node {
	char id[SG_ID_MAX];
	int parent, root, agent, depth, max_depth, children;
	unsigned actions, hand_on;
	int level;
	int64_t limit, spent, own, calls, tree; /* limit: -1 for none of its own; own: by its own actions alone; tree: of a root */
	int64_t ends_ms, refused; /* refused: of a root, what a budget refused last: less of it would be a split, which has a test of its own */
	bool open, merged;
	size_t labels;
	int seen;
};

static struct node nodes[NODES];
static int count;

static bool
all_open(int n)
{
	for (; n >= 0; n = nodes[n].parent)
		if (!nodes[n].open)
			return false;
	return true;
}

static int64_t
smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What nobody else may have any more: what it used itself, what was lent below it, and what is drawn from it below, however far. */
static int64_t
taken(int n)
{
	int64_t all = nodes[n].own;
	for (int c = n + 1; c < count; c++)
		if (nodes[c].parent == n)
			all += nodes[c].limit >= 0 && !nodes[c].merged ? nodes[c].limit : taken(c);
	return all;
}

/* What a node may say that it used beyond: a root what it likes, a part what it was lent. */
static int64_t
own_room(int n)
{
	int64_t left = nodes[n].limit - taken(n);
	if (nodes[n].parent < 0)
		return INT64_C(1) << 40;
	left = nodes[n].limit >= 0 && left > 0 ? left : 0;
	return nodes[nodes[n].parent].agent == nodes[n].agent ? left + own_room(nodes[n].parent) : left;
}

static int64_t
money_left(int n)
{
	int64_t left = TREE_MONEY - nodes[nodes[n].root].tree;
	for (;; n = nodes[n].parent) {
		left = smaller(left, MONEY - taken(n));
		if (nodes[n].limit >= 0)
			left = smaller(left, nodes[n].limit - taken(n));
		if (nodes[n].parent < 0 || nodes[n].limit >= 0)
			return left > 0 ? left : 0;
	}
}

static int64_t
calls_left(int n)
{
	int64_t left = CALLS;
	for (; n >= 0; n = nodes[n].parent)
		left = smaller(left, CALLS - nodes[n].calls);
	return left;
}

static void
spend(int n, int64_t money)
{
	for (int at = n; at >= 0; at = nodes[at].parent) {
		nodes[at].spent += money;
		if (nodes[at].parent >= 0 && nodes[at].limit >= 0 && !nodes[at].merged)
			break;
	}
	nodes[n].own += money;
	nodes[nodes[n].root].tree += money;
}

static void
end_below(int n)
{
	for (int i = 0; i < count; i++) {
		int at = i;
		while (at >= 0 && at != n)
			at = nodes[at].parent;
		if (at != n || !nodes[i].open)
			continue;
		nodes[i].open = false;
		if (nodes[i].parent < 0)
			continue;
		nodes[nodes[i].parent].children--;
		nodes[i].merged = true;
		if (nodes[i].limit < 0)
			continue;
		for (int up = nodes[i].parent; up >= 0; up = nodes[up].parent) {
			nodes[up].spent += nodes[i].spent;
			if (nodes[up].parent >= 0 && nodes[up].limit >= 0 && !nodes[up].merged)
				break;
		}
	}
}

static int
level_of(int n)
{
	int level = SG_CONFIDENTIAL;
	for (; n >= 0; n = nodes[n].parent)
		level = nodes[n].level < level ? nodes[n].level : level;
	return level;
}

/* ---- steps ---- */

static const char *
ask(int agent, enum sg_route route, const char *argument, const char *body)
{
	play_facts(p, (uid_t)(1010 + agent));
	return play_ask(p, (uint64_t)agent + 1, route, argument, body);
}

static void
key(char out[16])
{
	static unsigned keys;
	snprintf(out, 16, "k%u", ++keys);
}

static void
open_root(void)
{
	char body[200], k[16];
	int agent = (int)roll(AGENTS);
	key(k);
	snprintf(body, sizeof(body), "{\"intent\":\"tree\",\"key\":\"%s\"}", k);
	char *id = play_between(ask(agent, SG_ROUTE_A_TASK_OPEN, "", body), "\"id\":\"", "\"");
	struct node *n = &nodes[count];
	*n = (struct node){.parent = -1, .root = count, .agent = agent, .max_depth = DEPTH, .actions = 63, .hand_on = 63, .level = SG_CONFIDENTIAL, .limit = -1,
			   .ends_ms = 3600000, .open = true};
	snprintf(n->id, sizeof(n->id), "%s", id);
	count++;
	free(id);
}

struct wish {
	int to, depth;
	unsigned actions;
	int level;      /* -1: not said */
	int64_t money;  /* -1: not said */
	int64_t ttl_s;
	bool bad_limit;
};

static const char *
expected(int parent, const struct wish *w)
{
	const struct node *n = &nodes[parent];
	int most = n->max_depth < DEPTH ? n->max_depth : DEPTH;
	if (!all_open(parent))
		return "rule_1_lineage";
	if (w->to == 3 && n->agent != 3)
		return "rule_11_may_act";
	if (n->depth + 1 > most || n->children >= CHILDREN)
		return "rule_3_depth";
	if (w->ttl_s * 1000 > n->ends_ms)
		return "rule_2_life";
	if (w->actions == 0 || (w->actions & ~n->hand_on) != 0)
		return "rule_4_scope";
	if (w->bad_limit)
		return "rule_5_constraint";
	if (w->level > level_of(parent))
		return "rule_6_sensitivity";
	return w->money > money_left(parent) ? "rule_7_budget" : NULL;
}

static void
write_wish(char *out, size_t room, const struct wish *w, const char *k)
{
	char list[100] = "", level[64] = "", money[64] = "";
	for (int a = 0; a < ACTIONS; a++)
		if ((w->actions >> a & 1) != 0)
			snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s\"x.%c\"", list[0] != '\0' ? "," : "", 'a' + a);
	if (w->level >= 0)
		snprintf(level, sizeof(level), ",\"sensitivity\":\"%s\"", sg_sensitivity_name((enum sg_sensitivity)w->level));
	if (w->money >= 0)
		snprintf(money, sizeof(money), ",\"budgets\":{\"money\":%lld}", (long long)w->money);
	snprintf(out, room, "{\"actions\":[%s],\"constraints\":%s,\"depth\":%d,\"excess\":\"refuse\",\"key\":\"%s\",\"to\":\"n%d\",\"ttl\":%lld%s%s}", list,
		 w->bad_limit ? "{\"x.a\":{\"amount\":{\"regex\":\"1\"}}}" : "{}", w->depth, k, w->to, (long long)w->ttl_s, level, money);
}

static void
note_child(int parent, const struct wish *w, const char *answer)
{
	struct node *n = &nodes[count];
	char body[300], k[16], *id = play_between(answer, "\"id\":\"", "\""), *token = play_between(answer, "\"token\":\"", "\"");
	*n = (struct node){.parent = parent, .root = nodes[parent].root, .agent = w->to, .depth = nodes[parent].depth + 1, .actions = w->actions,
			   .hand_on = w->actions, .limit = w->money, .ends_ms = w->ttl_s * 1000, .open = true};
	n->max_depth = w->depth < nodes[parent].max_depth ? w->depth : nodes[parent].max_depth;
	n->level = w->level >= 0 ? w->level : level_of(parent);
	snprintf(n->id, sizeof(n->id), "%s", id);
	nodes[parent].children++;
	count++;
	if (w->to != nodes[parent].agent) {
		key(k);
		snprintf(body, sizeof(body), "{\"key\":\"%s\",\"task_token\":\"%s\"}", k, token);
		CU_ASSERT_TRUE(play_has(ask(w->to, SG_ROUTE_A_TASK_OPEN, "", body), "\"claimed\":true"));
	}
	free(id);
	free(token);
}

static void
delegate(void)
{
	char body[1000], k[16], code[64];
	int parent = (int)roll((unsigned)count);
	struct wish w = {.to = (int)roll(AGENTS), .actions = roll(4) == 0 ? roll(64) : nodes[parent].hand_on & roll(64), .depth = 1 + (int)roll(5),
			 .level = (int)roll(5) - 1, .money = roll(2) == 0 ? -1 : (int64_t)roll(12000), .ttl_s = 1 + roll(3700), .bad_limit = roll(20) == 0};
	if (w.level == SG_RESTRICTED + 1)
		w.level = -1;
	const char *rule = expected(parent, &w);
	key(k);
	write_wish(body, sizeof(body), &w, k);
	const char *answer = ask(nodes[parent].agent, SG_ROUTE_A_DELEGATE, nodes[parent].id, body);
	if (rule == NULL) {
		CU_ASSERT_TRUE_FATAL(play_has(answer, "\"task\":{"));
		note_child(parent, &w, answer);
	} else {
		snprintf(code, sizeof(code), "\"code\":\"%s\"", rule);
		CU_ASSERT_TRUE_FATAL(play_has(answer, code));
	}
}

/* An action is allowed if, and only if, every task up to the root was given it and every budget has that much left. */
static void
act(void)
{
	char args[64], k[16], name[8], result[64], *decision;
	int n = (int)roll((unsigned)count), a = (int)roll(ACTIONS);
	int64_t money = roll(6000), used = money;
	if (money > 0 && money < nodes[nodes[n].root].refused)
		return;
	bool may = all_open(n) && a % 3 <= level_of(n) && money <= money_left(n) && calls_left(n) >= 1;
	for (int at = n; at >= 0; at = nodes[at].parent)
		may = may && (nodes[at].actions >> a & 1) != 0;
	snprintf(args, sizeof(args), "{\"amount\":%lld.%02d}", (long long)money / 100, (int)(money % 100));
	snprintf(name, sizeof(name), "x.%c", 'a' + a);
	key(k);
	const char *answer = ask(nodes[n].agent, SG_ROUTE_A_ACT, "", play_act_body(nodes[n].id, name, args, k));
	if ((strstr(answer, "\"verdict\":\"allow\"") != NULL) != may)
		fprintf(stderr, "  %s of %lld in node %d: %s\n", name, (long long)money, n, answer);
	CU_ASSERT_EQUAL_FATAL(strstr(answer, "\"verdict\":\"allow\"") != NULL, may);
	if (strstr(answer, "budget_exceeded") != NULL)
		nodes[nodes[n].root].refused = money;
	if (!may)
		return;
	spend(n, money);
	for (int at = n; at >= 0; at = nodes[at].parent)
		nodes[at].calls++;
	if (roll(3) != 0)
		return;
	decision = play_between(answer, "\"decision_id\":\"", "\"");
	if (roll(2) == 0) {
		used = 0;
		snprintf(result, sizeof(result), "{\"result\":\"failed\"}");
	} else {
		used = (int64_t)roll((unsigned)money + 3);
		snprintf(result, sizeof(result), "{\"result\":\"partial\",\"used\":{\"money\":%lld}}", (long long)used);
	}
	CU_ASSERT_TRUE(play_has(ask(nodes[n].agent, SG_ROUTE_A_OUTCOME, decision, result), "recorded"));
	spend(n, smaller(used > money ? used - money : 0, own_room(n))); /* an agent's own word gives nothing back, and fills its own alone */
	free(decision);
}

static void
close_one(void)
{
	int n = (int)roll((unsigned)count);
	if (!nodes[n].open)
		return;
	ask(nodes[n].agent, SG_ROUTE_A_TASK_CLOSE, nodes[n].id, "{}");
	end_below(n);
}

/* After every step: nothing is below zero, nothing shrank, and gate and model agree on what was spent. */
static bool
holds(void)
{
	bool good = true;
	for (int i = 0; i < count && good; i++) {
		const struct sg_task *t = sg_state_task(&p->gate->state, sg_str(nodes[i].id));
		const int m = SG_DIMENSION_money;
		good = t != NULL && t->spent[m] == nodes[i].spent && (nodes[i].merged || t->spent[m] + t->lent[m] == taken(i)) && t->spent[m] >= 0 && t->lent[m] >= 0 && t->reserved[m] >= 0;
		good = good && (t->limit[m] < 0 || t->spent[m] + t->lent[m] <= t->limit[m]) && t->spent[m] + t->lent[m] <= MONEY;
		good = good && t->taint.count >= nodes[i].labels && (int)t->taint.sensitivity >= nodes[i].seen;
		good = good && (t->state <= SG_TASK_FROZEN) == nodes[i].open;
		for (const struct sg_task *up = t; good && up->parent != NULL && up->parent->state == SG_TASK_OPEN; up = up->parent)
			good = up->parent->taint.count >= up->taint.count; /* what a child reads, whoever handed it on has read */
		if (!good && t != NULL)
			fprintf(stderr, "  node %d (parent %d): spent %lld lent %lld limit %lld reserved %lld state %d; model spent %lld taken %lld open %d\n", i,
				nodes[i].parent, (long long)t->spent[m], (long long)t->lent[m], (long long)t->limit[m], (long long)t->reserved[m], t->state,
				(long long)nodes[i].spent, (long long)taken(i), nodes[i].open);
		nodes[i].labels = good ? t->taint.count : 0;
		nodes[i].seen = good ? (int)t->taint.sensitivity : 0;
	}
	return good;
}

static void
digest(char out[SG_SHA256_HEX])
{
	struct sg_snapshot_head head = {.leaf = 1};
	CU_ASSERT_EQUAL(sg_snapshot_digest(&p->gate->state, &head, out, NULL), SG_OK);
}

static bool
add_line(void *to, struct sg_str line)
{
	sg_buf_str(to, line);
	sg_buf_text(to, "\n");
	return !((struct sg_buf *)to)->failed;
}

static bool named_in_several; /* in some world: else the check below shows nothing */

/* What a snapshot has no word for is found again by what it has. */
static void
same_sources(const struct sg_state *state)
{
	size_t at = 0;
	for (const struct sg_task *t; (t = sg_table_next(&p->gate->state.tasks, &at)) != NULL;) {
		const struct sg_task *same = sg_state_task(state, sg_str(t->id));
		uint32_t before = t->root == t && t->tree != NULL ? t->tree->values.several : 0;
		named_in_several |= before > 0;
		CU_ASSERT_EQUAL(same == NULL || same->tree == NULL ? 0 : same->tree->values.several, before);
	}
}

/* Written, read, written again: the same. */
static void
round_trip(const char *want)
{
	struct sg_snapshot_head head = {.leaf = 1}, read;
	struct sg_state state;
	struct sg_buf text;
	char again[SG_SHA256_HEX] = "";
	sg_buf_init(&text, 64 << 20);
	CU_ASSERT_EQUAL(sg_snapshot_write(&p->gate->state, &head, add_line, &text, NULL), SG_OK);
	CU_ASSERT_EQUAL(sg_state_init(&state, p->gate->state.key, p->gate->state.boot_id, NULL), SG_OK);
	state.now = p->gate->state.now;
	struct sg_err err = {0};
	CU_ASSERT_EQUAL(sg_snapshot_read(&state, sg_buf_view(&text), &read, &err), SG_OK);
	CU_ASSERT_EQUAL(sg_snapshot_digest(&state, &head, again, NULL), SG_OK);
	CU_ASSERT_STRING_EQUAL(again, want);
	CU_ASSERT_EQUAL(state.open_tasks, p->gate->state.open_tasks);
	CU_ASSERT_EQUAL(state.tasks.count, p->gate->state.tasks.count);
	same_sources(&state);
	sg_state_done(&state);
	text.len /= 2; /* half a snapshot is none */
	CU_ASSERT_EQUAL(sg_state_init(&state, p->gate->state.key, p->gate->state.boot_id, NULL), SG_OK);
	CU_ASSERT_EQUAL(sg_snapshot_read(&state, sg_buf_view(&text), &read, NULL), SG_MALFORMED);
	sg_state_done(&state);
	sg_buf_done(&text);
}

static enum sg_status
fold_one(void *to, const struct sg_record *record, struct sg_err *err)
{
	return sg_state_fold(to, record, err);
}

/* The journal alone, folded by somebody who was not there. */
static void
replay(char out[SG_SHA256_HEX])
{
	struct sg_state state;
	struct sg_journal journal;
	struct sg_snapshot_head head = {.leaf = 1};
	struct sg_err err = {0};
	size_t torn = 0;
	CU_ASSERT_EQUAL(sg_state_init(&state, p->gate->state.key, p->gate->state.boot_id, NULL), SG_OK);
	state.now = p->gate->state.now;
	CU_ASSERT_EQUAL(sg_journal_open(&journal, &p->sys, p->journal, p->keys, 64 << 20, NULL, fold_one, &state, &torn, &err), SG_OK);
	CU_ASSERT_EQUAL(sg_snapshot_digest(&state, &head, out, NULL), SG_OK);
	sg_journal_close(&journal);
	sg_state_done(&state);
}

static void
one_world(unsigned from)
{
	char before[SG_SHA256_HEX], after[SG_SHA256_HEX];
	seed = from;
	count = 0;
	p = play_new();
	configure();
	for (int a = 0; a < AGENTS; a++)
		CU_ASSERT_TRUE_FATAL(play_connect(p, (uint64_t)a + 1, SG_FACE_AGENT, (uid_t)(1010 + a)));
	open_root();
	for (int step = 0; step < STEPS && count < NODES; step++) {
		unsigned what = roll(20);
		what == 0 ? open_root() : what < 9 ? delegate() : what < 19 ? act() : close_one();
		CU_ASSERT_TRUE_FATAL(holds());
	}
	for (size_t i = 0; i < 3; i++) /* whatever waits for the disk */
		play_all(p);
	digest(before);
	round_trip(before);
	replay(after);
	CU_ASSERT_STRING_EQUAL(before, after);
	play_end(p);
}

static void
many_worlds(void)
{
	for (unsigned world = 1; world <= 30; world++)
		one_world(world * 7919);
	CU_ASSERT_TRUE(named_in_several);
}

/* A refused delegation and an action under one key, the one recorded while the other is still judged: two attempts, and a journal that can be read. */
static void
one_key_for_both(void)
{
	char body[400];
	struct sg_err err = {0};
	p = play_new();
	configure();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1010));
	char *id = play_between(ask(0, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"tree\",\"key\":\"r\"}"), "\"id\":\"", "\"");
	snprintf(nodes[0].id, sizeof(nodes[0].id), "%s", id);
	free(id);
	snprintf(body, sizeof(body), "{\"actions\":[\"nothing.of.it\"],\"key\":\"same\"}");
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_DELEGATE, nodes[0].id, body), "rule_4_scope"));
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_ACT, "", play_act_body(nodes[0].id, "x.a", "{\"amount\":1}", "same")), "\"verdict\":\"allow\""));
	CU_ASSERT_TRUE(play_has(ask(0, SG_ROUTE_A_DELEGATE, nodes[0].id, body), "rule_4_scope"));
	CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
	play_end(p);
}

SG_CASES("gate.tree", {"random trees agree with the model, and come back as they were", many_worlds},
	 {"one key for a delegation and an action", one_key_for_both})
