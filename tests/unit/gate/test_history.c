/* SPDX-License-Identifier: Apache-2.0
 * A count is never smaller than the truth, whatever else happened and however often; what cannot be told is said. */
#include "gate/state/history.h"
#include "unit/cases.h"

#include "base/str.h"

enum { MOST = 120000 };

static struct sg_state state;
static struct sg_history agent;
static struct sg_tree tree;
static struct sg_task root, child;
static struct sg_instance one;

static void
begin(void)
{
	memset(&state, 0, sizeof(state));
	memset(&agent, 0, sizeof(agent));
	memset(&tree, 0, sizeof(tree));
	agent.agent = "a";
	CU_ASSERT_EQUAL_FATAL(sg_table_put(&state.histories, SG_STR("a"), &agent), SG_OK);
	snprintf(one.id, sizeof(one.id), "i-00000000000000010000000000000000");
	root = (struct sg_task){.agent = "a", .root = &root, .tree = &tree, .instance = &one};
	child = (struct sg_task){.agent = "a", .root = &root, .parent = &root, .instance = &one};
	snprintf(root.id, sizeof(root.id), "t-00000000000000aa0000000000000000");
	snprintf(child.id, sizeof(child.id), "t-00000000000000bb0000000000000000");
}

static void
end(void)
{
	sg_history_free(&agent);
	sg_history_free(&tree.history);
	sg_table_done(&state.histories);
}

static void
did(const char *action, int64_t at_ms, uint64_t instance, uint64_t task)
{
	struct sg_event mine = {.action = action, .at_ms = at_ms, .instance = instance}, whole = {.action = action, .at_ms = at_ms, .task = task};
	mine.spent[SG_DIMENSION_money] = whole.spent[SG_DIMENSION_money] = 100;
	CU_ASSERT_TRUE_FATAL(sg_history_add(&agent, &mine) && sg_history_add(&tree.history, &whole));
}

static struct sg_asked
asked(enum sg_scope scope, int64_t within_ms, int64_t now_ms)
{
	return (struct sg_asked){.task = &root, .scope = scope, .within_ms = within_ms, .now_ms = now_ms, .trouble = SG_REASON_allowed};
}

static int64_t
count(const char *pattern, struct sg_asked q)
{
	int64_t n = sg_history_count(&state, &q, sg_str(pattern));
	CU_ASSERT_EQUAL(q.trouble, SG_REASON_allowed);
	return n;
}

/* Cheap actions, many and of many kinds, push nothing out. */
static void
others_wash_nothing(void)
{
	static char names[300][16];
	begin();
	did("pay.once", 1000, 1, 0xaa);
	did("pay.once", 2000, 1, 0xaa);
	for (int i = 0; i < 30000; i++) {
		snprintf(names[i % 300], sizeof(names[0]), "x.r%d", i % 300);
		did(names[i % 300], 2000 + i, 1, 0xaa);
	}
	CU_ASSERT_EQUAL(count("pay.*", asked(SG_SCOPE_AGENT, 86400000, 40000)), 2);
	CU_ASSERT_EQUAL(count("pay.*", asked(SG_SCOPE_TREE, 0, 40000)), 2);
	CU_ASSERT_EQUAL(count("pay.*", asked(SG_SCOPE_TASK, 0, 40000)), 2);
	CU_ASSERT_EQUAL(count("pay.*", asked(SG_SCOPE_INSTANCE, 0, 40000)), 2);
	CU_ASSERT_EQUAL(count("**", asked(SG_SCOPE_AGENT, 0, 40000)), 30002);
	CU_ASSERT_EQUAL(count("x.*", asked(SG_SCOPE_AGENT, 0, 40000)), 30000);
	end();
}

/* Of one action, as often as it was: no window is told less than the truth, nor more than a sixteenth of its length adds. */
static void
never_smaller(void)
{
	static int64_t at[MOST];
	static const int64_t windows[] = {1000, 10000, 60000, 600000, 0};
	uint32_t seed = 7;
	begin();
	int64_t now = 1000;
	for (int n = 0; n < MOST; n++) {
		seed = seed * 1664525u + 1013904223u;
		now += seed >> 28; /* 0 to 15 ms apart */
		at[n] = now;
		did("x.a", now, 1, 0xaa);
		if (n % 9973 != 0 && n != MOST - 1)
			continue;
		for (size_t w = 0; w < sizeof(windows) / sizeof(windows[0]); w++) {
			int64_t truth = 0, wide = 0, length = windows[w];
			for (int i = 0; i <= n; i++) {
				truth += length == 0 || at[i] >= now - length;
				wide += length == 0 || at[i] >= now - length - length / 16 - 200;
			}
			int64_t got = count("x.a", asked(SG_SCOPE_AGENT, length, now));
			CU_ASSERT_TRUE(got >= truth && got <= wide);
			struct sg_asked q = asked(SG_SCOPE_AGENT, length, now);
			CU_ASSERT_EQUAL(sg_history_sum(&state, &q, SG_STR("x.a"), SG_DIMENSION_money), 100 * got);
		}
	}
	CU_ASSERT_TRUE(agent.deeds[0].count <= 1024);
	end();
}

/* 100000 in ten minutes is a bound like another: it is reached at 100000, not at 1025, and not before. */
static void
high_rates(void)
{
	begin();
	for (int n = 0; n < 100000; n++) {
		if (n == 1025 || n == 99999)
			CU_ASSERT_EQUAL(count("x.a", asked(SG_SCOPE_BELOW, 600000, n)), n);
		did("x.a", n, 1, 0xaa);
	}
	CU_ASSERT_EQUAL(count("x.a", asked(SG_SCOPE_BELOW, 600000, 100000)), 100000);
	CU_ASSERT_EQUAL(count("x.a", asked(SG_SCOPE_BELOW, 600000, 100000 + 700000)), 0);
	end();
}

/* Thousands of doers: the whole is exact; one of them is told exactly or not at all. */
static void
many_doers(void)
{
	begin();
	for (uint64_t i = 0; i < 5000; i++)
		did("x.a", 1000 + (int64_t)i, 1 + i % 2500, 0xaa + i % 2500);
	CU_ASSERT_EQUAL(count("x.a", asked(SG_SCOPE_AGENT, 0, 7000)), 5000);
	CU_ASSERT_EQUAL(count("x.a", asked(SG_SCOPE_TREE, 0, 7000)), 5000);
	enum sg_scope narrow[] = {SG_SCOPE_INSTANCE, SG_SCOPE_TASK};
	for (size_t i = 0; i < 2; i++) {
		struct sg_asked q = asked(narrow[i], 0, 7000);
		int64_t n = sg_history_count(&state, &q, SG_STR("x.a"));
		CU_ASSERT_TRUE(q.trouble == SG_REASON_history_full || n == 2);
	}
	struct sg_asked below = asked(SG_SCOPE_BELOW, 0, 7000);
	below.task = &child;
	sg_history_count(&state, &below, SG_STR("x.a"));
	CU_ASSERT_EQUAL(below.trouble, SG_REASON_history_full);
	end();
}

static bool
order(const char *patterns, enum sg_reason *trouble)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_asked q = asked(SG_SCOPE_TREE, 0, 100000);
	sg_arena_init(&arena, 1 << 16);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(patterns), NULL, &json, NULL), SG_OK);
	bool yes = sg_history_order(&state, &q, json);
	*trouble = q.trouble;
	sg_arena_done(&arena);
	return yes;
}

static void
orders(void)
{
	static const struct {
		const char *patterns;
		bool yes;
	} rows[] = {
		{"[\"a.x\",\"b.x\"]", true},	    {"[\"b.x\",\"a.x\"]", false},      {"[\"a.x\",\"b.x\",\"c.x\"]", true}, {"[\"c.x\",\"b.x\"]", false},
		{"[\"a.x\",\"a.x\"]", false},	    {"[\"*.x\",\"*.x\",\"*.x\"]", true}, {"[\"*.x\",\"*.x\",\"*.x\",\"*.x\"]", false}, {"[\"c.x\"]", true},
		{"[\"d.x\"]", false},		    {"[]", true},
	};
	enum sg_reason trouble;
	begin();
	did("a.x", 1000, 1, 0xaa); /* all within one millisecond: their numbers tell */
	did("b.x", 1000, 1, 0xaa);
	did("c.x", 1000, 1, 0xaa);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_EQUAL(order(rows[i].patterns, &trouble), rows[i].yes);
		CU_ASSERT_EQUAL(trouble, SG_REASON_allowed);
	}
	end();
	begin(); /* entries that hold many still know their first and their last */
	did("b.x", 1, 1, 0xaa);
	for (int i = 0; i < 5000; i++)
		did("a.x", 2 + i, 1, 0xaa);
	did("c.x", 6000, 1, 0xaa);
	CU_ASSERT_TRUE(order("[\"b.x\",\"a.x\",\"c.x\"]", &trouble));
	CU_ASSERT_TRUE(order("[\"b.x\",\"a.x\",\"a.x\",\"c.x\"]", &trouble));
	CU_ASSERT_FALSE(order("[\"a.x\",\"b.x\"]", &trouble));
	end();
}

static void
fail(const char *action, uint64_t task, uint64_t n)
{
	struct sg_event doer = {.action = action, .task = task};
	sg_history_fail(&tree.history, &doer, n);
}

/* What failed did not happen; it still was allowed, and counts so. */
static void
failures(void)
{
	enum sg_reason trouble;
	begin();
	did("a.x", 1000, 1, 0xaa);
	did("a.x", 2000, 1, 0xaa);
	did("b.x", 3000, 1, 0xaa);
	struct sg_asked q = asked(SG_SCOPE_TREE, 0, 4000);
	fail("a.x", 0xaa, 1);
	CU_ASSERT_EQUAL(sg_history_since(&state, &q, SG_STR("a.x")), 3000);
	CU_ASSERT_TRUE(sg_history_did(&state, &q, SG_STR("a.x")));
	CU_ASSERT_TRUE(order("[\"a.x\",\"b.x\"]", &trouble));
	fail("a.x", 0xaa, 0);
	fail("a.x", 0xaa, 0); /* said twice, failed once */
	fail("b.x", 0xaa, 0); /* another's number */
	CU_ASSERT_FALSE(sg_history_did(&state, &q, SG_STR("a.x")));
	CU_ASSERT_TRUE(sg_history_did(&state, &q, SG_STR("b.x")));
	CU_ASSERT_EQUAL(sg_history_since(&state, &q, SG_STR("a.x")), -1);
	CU_ASSERT_FALSE(order("[\"a.x\",\"b.x\"]", &trouble));
	CU_ASSERT_EQUAL(sg_history_count(&state, &q, SG_STR("a.x")), 2);
	CU_ASSERT_TRUE(sg_history_did(&state, &(struct sg_asked){.task = &root, .scope = SG_SCOPE_AGENT}, SG_STR("a.x"))); /* that one was not told */
	end();
}

static void
doubt(const char *action, uint64_t task, uint64_t n)
{
	struct sg_event doer = {.action = action, .task = task};
	sg_history_doubt(&tree.history, &doer, n);
}

/* What failed by the word of somebody who cannot know: whoever asks whether it was done gets no answer, in either direction, until it was done for certain. */
static void
doubts(void)
{
	enum sg_reason trouble;
	begin();
	did("w.x", 500, 1, 0xaa);
	did("a.x", 1000, 1, 0xaa);
	doubt("a.x", 0xaa, 1);
	struct sg_asked q = asked(SG_SCOPE_TREE, 0, 4000);
	CU_ASSERT_FALSE(sg_history_did(&state, &q, SG_STR("a.x")));
	CU_ASSERT_EQUAL(q.trouble, SG_REASON_history_unsure);
	q = asked(SG_SCOPE_TREE, 0, 4000);
	sg_history_since(&state, &q, SG_STR("a.x"));
	CU_ASSERT_EQUAL(q.trouble, SG_REASON_history_unsure);
	CU_ASSERT_FALSE(order("[\"w.x\",\"a.x\"]", &trouble));
	CU_ASSERT_EQUAL(trouble, SG_REASON_history_unsure);
	q = asked(SG_SCOPE_TREE, 0, 4000);
	CU_ASSERT_EQUAL(sg_history_count(&state, &q, SG_STR("a.x")), 1);
	CU_ASSERT_EQUAL(q.trouble, SG_REASON_allowed);
	q = asked(SG_SCOPE_TREE, 0, 4000);
	q.action = SG_STR("a.x"); /* asked for itself: as if it had been done */
	CU_ASSERT_TRUE(sg_history_did(&state, &q, SG_STR("a.*")) && q.trouble == SG_REASON_allowed);
	CU_ASSERT_EQUAL(sg_history_since(&state, &q, SG_STR("a.*")), 3000);
	CU_ASSERT_EQUAL(q.trouble, SG_REASON_allowed);
	q.action = SG_STR("a.xy"); /* for another of that pattern: not known */
	sg_history_did(&state, &q, SG_STR("a.*"));
	CU_ASSERT_EQUAL(q.trouble, SG_REASON_history_unsure);
	did("a.x", 2000, 1, 0xaa);
	q = asked(SG_SCOPE_TREE, 0, 4000);
	CU_ASSERT_TRUE(sg_history_did(&state, &q, SG_STR("a.x")) && q.trouble == SG_REASON_allowed);
	CU_ASSERT_TRUE(order("[\"w.x\",\"a.x\"]", &trouble) && trouble == SG_REASON_allowed);
	CU_ASSERT_EQUAL(sg_history_since(&state, &q, SG_STR("a.x")), 2000);
	did("a.x", 3000, 1, 0xaa);
	doubt("a.x", 0xaa, 3);
	q = asked(SG_SCOPE_TREE, 0, 4000);
	CU_ASSERT_TRUE(sg_history_did(&state, &q, SG_STR("a.x")) && q.trouble == SG_REASON_allowed);
	sg_history_since(&state, &q, SG_STR("a.x")); /* 2000, or 1000 */
	CU_ASSERT_EQUAL(q.trouble, SG_REASON_history_unsure);
	end();
}

/* Two of this task that happened, two of another between them that failed, and then so many that entries are joined: it is not this task's that failed. */
static void
failures_of_others(void)
{
	for (int squeezed = 0; squeezed < 2; squeezed++) {
		struct sg_asked q = asked(SG_SCOPE_TASK, 0, 200000);
		begin();
		did("m.x", 1000, 1, 0xaa);
		did("m.x", 1010, 1, 0xbb);
		did("m.x", 1020, 1, 0xbb);
		did("m.x", 1030, 1, 0xaa);
		for (int i = 0; squeezed && i < 3000; i++)
			did("m.x", 3000 + i, 1, 0xcc);
		fail("m.x", 0xbb, 1);
		fail("m.x", 0xbb, 2);
		CU_ASSERT_TRUE(sg_history_did(&state, &q, SG_STR("m.x")) || q.trouble == SG_REASON_history_full);
		end();
	}
}

/* Signed, written, and a second signature that failed: the order holds for no one, also once entries are joined. */
static void
failed_in_between(void)
{
	enum sg_reason trouble;
	for (int when = 0; when < 3; when++) { /* never joined; joined after it failed; joined before */
		begin();
		did("s.x", 1000, 1, 0xaa);
		did("w.x", 1010, 1, 0xaa);
		did("s.x", 1020, 1, 0xaa);
		if (when < 2)
			fail("s.x", 0xaa, 2);
		for (int i = 0; when > 0 && i < 3000; i++)
			did("s.x", 3000 + i, 1, 0xcc);
		if (when == 2)
			fail("s.x", 0xaa, 2);
		struct sg_asked q = asked(SG_SCOPE_TASK, 0, 200000);
		struct sg_arena arena;
		const struct sg_json *json = NULL;
		sg_arena_init(&arena, 1 << 16);
		CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, SG_STR("[\"w.x\",\"s.x\"]"), NULL, &json, NULL), SG_OK);
		bool yes = sg_history_order(&state, &q, json);
		trouble = q.trouble;
		CU_ASSERT_TRUE(!yes || trouble == SG_REASON_history_full);
		q = asked(SG_SCOPE_TASK, 0, 200000);
		int64_t since = sg_history_since(&state, &q, SG_STR("s.x"));
		CU_ASSERT_TRUE(since == 199000 || q.trouble == SG_REASON_history_full);
		sg_arena_done(&arena);
		end();
	}
}

/* ---- many, of which somebody tells later ---- */

enum { LIFE = 12000, PAUSE = 1500 };

static struct life {
	int64_t at;
	uint64_t instance;
	long told_at;  /* by how many events later; LIFE: never */
	char came;     /* p: passed, f: failed, d: perhaps */
} lives[LIFE];

static uint32_t seed;

static uint32_t
roll(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void
tell(long i)
{
	struct sg_event doer = {.action = "x.a", .instance = lives[i].instance};
	if (lives[i].came == 'f')
		sg_history_fail(&agent, &doer, (uint64_t)i);
	if (lives[i].came == 'd')
		sg_history_doubt(&agent, &doer, (uint64_t)i);
	sg_history_told(&agent, &doer, (uint64_t)i);
}

/* What is said is so, in any window, of any instance and of all; how often it is not known is returned. */
static long
compared(long count, int64_t now)
{
	static const int64_t windows[] = {300, 3000, 30000, 0};
	long unknown = 0;
	for (size_t w = 0; w < sizeof(windows) / sizeof(windows[0]); w++)
		for (int scope = 0; scope < 2; scope++) {
			bool truth = false;
			struct sg_asked q = asked(scope == 0 ? SG_SCOPE_AGENT : SG_SCOPE_INSTANCE, windows[w], now);
			for (long i = 0; i < count && !truth; i++)
				truth = (scope == 0 || lives[i].instance == 1) && (windows[w] == 0 || lives[i].at >= now - windows[w]) && (lives[i].came == 'p' || lives[i].told_at > count);
			bool got = sg_history_did(&state, &q, SG_STR("x.a"));
			unknown += q.trouble != SG_REASON_allowed;
			CU_ASSERT_TRUE(q.trouble != SG_REASON_allowed || got == truth);
		}
	return unknown;
}

static long
one_life(uint32_t number, long later, uint32_t passes, bool doubts)
{
	int64_t now = 1000;
	long unknown = 0;
	seed = number;
	begin();
	for (long i = 0; i < LIFE; i++) {
		now += roll(6);
		long told_at = i + 1 + (long)roll((uint32_t)later), pause = (i / PAUSE + 1) * PAUSE; /* by then all is told */
		lives[i] = (struct life){now, 1 + roll(3), told_at < pause ? told_at : pause, roll(1000) < passes ? 'p' : doubts && roll(2) == 0 ? 'd' : 'f'};
		struct sg_event mine = {.action = "x.a", .at_ms = now, .instance = lives[i].instance};
		CU_ASSERT_TRUE_FATAL(sg_history_add(&agent, &mine));
		for (long k = i; k >= 0 && k > i - PAUSE; k--)
			if (lives[k].told_at == i + 1)
				tell(k);
		unknown += i % 61 == 0 || (i + 1) % PAUSE == 0 ? compared(i + 1, now) : 0;
	}
	CU_ASSERT_TRUE(agent.deeds[0].count <= 1024);
	end();
	return unknown;
}

/* Eight slow ones among quick ones, or hundreds that nobody has told of: what failed is in no entry of what passed. */
static void
told_later(void)
{
	CU_ASSERT_EQUAL(one_life(1, 8, 0, false), 0); /* all failed: known each time */
	CU_ASSERT_EQUAL(one_life(2, 300, 0, false), 0);
	CU_ASSERT_EQUAL(one_life(3, 30, 900, false), 0);
	CU_ASSERT_EQUAL(one_life(8, 30, 3, false), 0);
	CU_ASSERT_EQUAL(one_life(9, 250, 1, false), 0);
	one_life(4, 30, 0, true);
	one_life(5, 300, 3, true);
	one_life(6, 3000, 3, false); /* more than are kept apart: it is said that it is not known */
	one_life(7, 3000, 500, true);
}

/* Another agent under the same name has done nothing of it; what was spent is spent. */
static void
disowned(void)
{
	begin();
	did("a.x", 1000, 1, 0xaa);
	did("a.x", 2000, 1, 0xaa);
	struct sg_event doer = {.action = "a.x", .instance = 1};
	sg_history_doubt(&agent, &doer, 1);
	sg_history_disown(&agent);
	struct sg_asked q = asked(SG_SCOPE_AGENT, 0, 4000);
	CU_ASSERT_FALSE(sg_history_did(&state, &q, SG_STR("a.x")));
	CU_ASSERT_EQUAL(q.trouble, SG_REASON_allowed);
	CU_ASSERT_EQUAL(count("a.x", asked(SG_SCOPE_AGENT, 0, 4000)), 2);
	CU_ASSERT_EQUAL(sg_history_sum(&state, &q, SG_STR("a.x"), SG_DIMENSION_money), 200);
	end();
}

/* What a question costs is told, and whether its answer may have changed since. */
static void
what_it_costs(void)
{
	int64_t more[SG_DIMENSIONS] = {1};
	begin();
	for (int i = 0; i < 500; i++)
		did(i % 2 == 0 ? "a.x" : "b.x", 1000 + i, 1, 0xaa);
	struct sg_asked q = asked(SG_SCOPE_AGENT, 0, 4000);
	sg_history_count(&state, &q, SG_STR("**"));
	CU_ASSERT_EQUAL(q.walked, 500);
	sg_history_count(&state, &q, SG_STR("a.*"));
	CU_ASSERT_EQUAL(q.walked, 750);
	q = asked(SG_SCOPE_AGENT, 2700, 4000); /* those of the last 200 and one milliseconds of them */
	sg_history_did(&state, &q, SG_STR("**"));
	CU_ASSERT_EQUAL(q.walked, 200);
	uint64_t changes = sg_past_changes(&state, &root);
	struct sg_event doer = {.action = "a.x", .instance = 1};
	sg_history_told(&agent, &doer, 0);
	CU_ASSERT_EQUAL(sg_past_changes(&state, &root), changes); /* no answer changes by it */
	sg_history_fail(&agent, &doer, 0);
	CU_ASSERT_NOT_EQUAL(sg_past_changes(&state, &root), changes);
	changes = sg_past_changes(&state, &root);
	sg_history_settle(&agent, &doer, 2, more);
	CU_ASSERT_NOT_EQUAL(sg_past_changes(&state, &root), changes);
	changes = sg_past_changes(&state, &root);
	did("a.x", 5000, 1, 0xaa);
	CU_ASSERT_NOT_EQUAL(sg_past_changes(&state, &root), changes);
	end();
}

/* A sum is of what was really used. */
static void
settled_sums(void)
{
	int64_t more[SG_DIMENSIONS] = {0};
	struct sg_event doer = {.action = "x.a", .task = 0xaa};
	struct sg_asked q = asked(SG_SCOPE_TREE, 0, 9000);
	begin();
	did("x.a", 1000, 1, 0xaa);
	did("x.a", 2000, 1, 0xaa);
	more[SG_DIMENSION_money] = 5000;
	sg_history_settle(&tree.history, &doer, 1, more);
	CU_ASSERT_EQUAL(sg_history_sum(&state, &q, SG_STR("x.a"), SG_DIMENSION_money), 5200);
	more[SG_DIMENSION_money] = -5100;
	sg_history_settle(&tree.history, &doer, 1, more);
	CU_ASSERT_EQUAL(sg_history_sum(&state, &q, SG_STR("x.a"), SG_DIMENSION_money), 100);
	end();
}

/* Very many of many doers, all told of late: each doubt lies on many entries, and what they cost more still counts somewhere. */
static void
settled_late(void)
{
	enum { MANY = 6000, DOERS = 20 };
	int64_t more[SG_DIMENSIONS] = {0}, truth = 0;
	begin();
	more[SG_DIMENSION_money] = 99;
	for (int i = 0; i < MANY; i++) {
		struct sg_event e = {.action = "x.a", .at_ms = 1000 + i * 14 % 97 + i * 20, .instance = 1 + (uint64_t)(i * 7 % DOERS)};
		e.spent[SG_DIMENSION_money] = 1;
		CU_ASSERT_TRUE(sg_history_add(&agent, &e));
		truth += 1;
	}
	for (int i = 0; i < MANY; i++) {
		int n = (int)((int64_t)i * 2731 % MANY);
		struct sg_event doer = {.action = "x.a", .instance = 1 + (uint64_t)(n * 7 % DOERS)};
		sg_history_settle(&agent, &doer, (uint64_t)n, more);
		sg_history_doubt(&agent, &doer, (uint64_t)n);
		sg_history_told(&agent, &doer, (uint64_t)n);
		truth += 99;
	}
	struct sg_asked q = asked(SG_SCOPE_AGENT, 0, 1000000);
	int64_t sum = sg_history_sum(&state, &q, SG_STR("x.a"), SG_DIMENSION_money);
	CU_ASSERT_TRUE(q.trouble != SG_REASON_allowed || sum >= truth);
	CU_ASSERT_EQUAL(sum, truth); /* nor more than it */
	more[SG_DIMENSION_money] = 7; /* of what no entry spans */
	sg_history_settle(&agent, &(struct sg_event){.action = "x.a", .instance = 1}, MANY + 5, more);
	CU_ASSERT_EQUAL(sg_history_sum(&state, &q, SG_STR("x.a"), SG_DIMENSION_money), truth + 7);
	end();
}

/* All rates in one walk say what each says asked for itself. */
static void
rates(void)
{
	static const char *const patterns[] = {"a.x", "a.*", "**", "b.y", "c.*", "*.x"}, *const actions[] = {"a.x", "a.y", "b.x", "b.y"};
	unsigned full = 0, room = 0;
	for (int round = 0; round < 200; round++) {
		begin();
		int many = round % 20 == 0 ? 3000 : (int)((seed = seed * 1103515245 + 12345) >> 16) % 60;
		for (int i = 0; i < many; i++) {
			seed = seed * 1103515245 + 12345;
			did(actions[(seed >> 16) % 4], 1000 + i * 10, 1, (seed >> 18) % 2 == 0 ? 0xaa : 0xbb);
		}
		struct sg_rate all[6];
		bool want = true;
		for (size_t i = 0; i < 6; i++) {
			seed = seed * 1103515245 + 12345;
			bool below = (seed >> 16) % 2 == 0;
			int64_t within = (int64_t)((seed >> 17) % 4) * 200, most = (int64_t)((seed >> 20) % 40) + (many > 60 ? 2990 : 0);
			struct sg_asked q = {.task = below ? &child : &root, .scope = SG_SCOPE_BELOW, .within_ms = within, .now_ms = 1000 + many * 10, .trouble = SG_REASON_allowed};
			all[i] = (struct sg_rate){.pattern = sg_str(patterns[i]), .task = below ? sg_state_tag(child.id) : 0, .since_ms = within == 0 ? INT64_MIN : q.now_ms - within, .most = most};
			want = want && sg_history_count(&state, &q, sg_str(patterns[i])) < most && q.trouble == SG_REASON_allowed;
		}
		size_t walked = 0;
		CU_ASSERT_EQUAL(sg_history_rates(&tree.history, all, 6, &walked), want);
		CU_ASSERT_TRUE(walked <= 4 * 1024); /* each entry once, however many rates there are */
		want ? room++ : full++;
		end();
	}
	CU_ASSERT_TRUE(full > 10 && room > 10);
}

/* What one doer's cost more counts for that doer, though others did the same meanwhile. */
static void
settled_by_doer(void)
{
	int64_t more[SG_DIMENSIONS] = {0}, of_child = 0;
	begin();
	more[SG_DIMENSION_money] = 100;
	for (int i = 0; i < 1800; i++)
		did("x.a", 1000 + i * 20, 1, i % 2 == 0 ? 0xaa : 0xbb);
	struct sg_asked q = {.task = &child, .scope = SG_SCOPE_TASK, .now_ms = 100000, .trouble = SG_REASON_allowed};
	of_child = sg_history_sum(&state, &q, SG_STR("x.a"), SG_DIMENSION_money);
	CU_ASSERT_EQUAL_FATAL(q.trouble, SG_REASON_allowed);
	for (int i = 1; i < 1800; i += 2) {
		struct sg_event doer = {.action = "x.a", .task = sg_state_tag(child.id)};
		sg_history_settle(&tree.history, &doer, (uint64_t)i, more);
		sg_history_told(&tree.history, &doer, (uint64_t)i);
		of_child += 100;
	}
	CU_ASSERT_EQUAL(sg_history_sum(&state, &q, SG_STR("x.a"), SG_DIMENSION_money), of_child);
	q.task = &root;
	CU_ASSERT_EQUAL(sg_history_sum(&state, &q, SG_STR("x.a"), SG_DIMENSION_money), 900 * 100);
	end();
}

static void
kept_less_before(void)
{
	begin();
	did("x.a", 5000, 1, 0xaa);
	agent.short_ms = 4000;
	struct sg_asked far = asked(SG_SCOPE_AGENT, 10000, 6000), near = asked(SG_SCOPE_AGENT, 2000, 6000), ever = asked(SG_SCOPE_AGENT, 0, 6000);
	CU_ASSERT_EQUAL(sg_history_count(&state, &far, SG_STR("x.a")), 1);
	CU_ASSERT_EQUAL(far.trouble, SG_REASON_history_short);
	CU_ASSERT_EQUAL(sg_history_count(&state, &near, SG_STR("x.a")), 1);
	CU_ASSERT_EQUAL(near.trouble, SG_REASON_allowed);
	sg_history_since(&state, &ever, SG_STR("y.*"));
	CU_ASSERT_EQUAL(ever.trouble, SG_REASON_history_short);
	end();
}

static void
sums_stay(void)
{
	begin();
	for (int i = 0; i < 3; i++) {
		struct sg_event e = {.action = "x.a", .at_ms = i, .instance = 1};
		e.spent[SG_DIMENSION_money] = INT64_MAX / 2;
		CU_ASSERT_TRUE(sg_history_add(&agent, &e));
	}
	struct sg_asked q = asked(SG_SCOPE_AGENT, 0, 10);
	CU_ASSERT_EQUAL(sg_history_sum(&state, &q, SG_STR("x.a"), SG_DIMENSION_money), INT64_MAX);
	end();
}

SG_CASES("gate.history", {"others wash nothing out", others_wash_nothing}, {"never smaller than the truth", never_smaller}, {"high rates", high_rates},
	 {"many doers", many_doers}, {"orders", orders}, {"what failed", failures}, {"what may have failed", doubts}, {"what failed of others", failures_of_others}, {"what failed in between", failed_in_between}, {"told later", told_later}, {"disowned", disowned}, {"what it costs", what_it_costs},
	 {"sums of what was used", settled_sums}, {"sums of what was told late", settled_late}, {"sums by who did it", settled_by_doer}, {"rates", rates}, {"kept less before", kept_less_before}, {"sums stay within numbers", sums_stay})
