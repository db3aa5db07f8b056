/* SPDX-License-Identifier: Apache-2.0
 * Labels at their bound: what the agent or its enforcer reports makes room for what catalogue and policy name, and never takes it. */
#include "gate/desk/domain.h"
#include "gate/state/fold_in.h"
#include "gate/snapshot/snapshot.h"
#include "unit/gate/play.h"

#include <stdlib.h>

static struct play *p;
static char *task;

static void
begin(void)
{
	p = play_new();
	CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){"\"credential\":\"token\"", "\"credential\":\"\"", NULL}));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 2, SG_FACE_ENFORCER, 2001));
	task = play_task(p, 1, "t");
}

static void
end(void)
{
	free(task);
	play_end(p);
}

/* The agent asks (connection 1), or its enforcer (2). */
static void
read_something(uint64_t conn, const char *action, const char *key, char *decision, size_t room)
{
	char body[512];
	play_facts(p, conn == 1 ? 1001 : 2001);
	snprintf(body, sizeof(body), "{\"action\":\"%s\",%s\"key\":\"%s\",\"resource\":{\"id\":\"1\",\"type\":\"any\"},\"task\":\"%s\"}", action,
		 conn == 1 ? "" : "\"peer_uid\":1001,", key, task);
	char *id = play_between(play_ask(p, conn, conn == 1 ? SG_ROUTE_A_ACT : SG_ROUTE_E_ACT, "", body), "\"decision_id\":\"", "\"");
	CU_ASSERT_TRUE_FATAL(play_has(p->conns[conn].body, "\"verdict\":\"allow\""));
	snprintf(decision, room, "%s", id);
	free(id);
}

/* An outcome with `count` labels that nobody has heard of, by the agent (connection 1) or its enforcer (2). */
static void
report(uint64_t conn, const char *key, int count)
{
	char decision[SG_ID_MAX], body[4096];
	int len = snprintf(body, sizeof(body), "{\"labels\":[");
	read_something(conn, "repo.read", key, decision, sizeof(decision));
	for (int i = 0; i < count; i++)
		len += snprintf(body + len, sizeof(body) - (size_t)len, "%s\"%s-%d\"", i > 0 ? "," : "", key, i);
	snprintf(body + len, sizeof(body) - (size_t)len, "],\"result\":\"ok\"}");
	CU_ASSERT_TRUE(play_has(play_ask(p, conn, conn == 1 ? SG_ROUTE_A_OUTCOME : SG_ROUTE_E_OUTCOME, decision, body), "recorded"));
}

static const struct sg_taint *
labels(void)
{
	return &sg_state_task(&p->gate->state, sg_str(task))->taint;
}

static bool
both_have(const char *label)
{
	const struct sg_task *t = sg_state_task(&p->gate->state, sg_str(task));
	return sg_taint_has(&t->taint, sg_str(label)) && sg_taint_has(&t->domain->taint, sg_str(label));
}

static void
junk_first(uint64_t conn)
{
	char decision[SG_ID_MAX];
	struct sg_err err = {0};
	begin();
	report(conn, "a", 32);
	report(conn, "b", 32);
	CU_ASSERT_EQUAL(labels()->count, SG_LABELS_MAX);
	CU_ASSERT_TRUE(both_have("overflow"));
	CU_ASSERT_EQUAL(labels()->sensitivity, SG_RESTRICTED);
	read_something(1, "mail.read", "m", decision, sizeof(decision));
	CU_ASSERT_TRUE(both_have("mail"));
	CU_ASSERT_EQUAL(labels()->count, SG_LABELS_MAX);
	report(conn, "c", 32);
	CU_ASSERT_TRUE(both_have("mail") && both_have("overflow"));
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_TRUE(both_have("mail") && both_have("overflow"));
	end();
}

static void
own_junk(void)
{
	junk_first(1);
}

static void
reported_junk(void)
{
	junk_first(2);
}

/* The agent's words give way to the enforcer's, these to what is named; the same label in a stronger word is that. */
static void
order_of_words(void)
{
	struct sg_taint taint = {.count = 0};
	char text[8];
	for (int i = 0; i < SG_LABELS_MAX - 1; i++) {
		snprintf(text, sizeof(text), "j%d", i);
		CU_ASSERT_TRUE(sg_taint_add(&taint, sg_str(text), i < 2 ? SG_WORD_OWN : SG_WORD_NAMED));
	}
	CU_ASSERT_EQUAL(taint.count, SG_LABELS_MAX - 1);
	CU_ASSERT_FALSE(sg_taint_has(&taint, SG_STR("overflow")));
	CU_ASSERT_TRUE(sg_taint_add(&taint, SG_STR("j0"), SG_WORD_REPORTED)); /* no label more */
	CU_ASSERT_EQUAL(taint.count, SG_LABELS_MAX - 1);
	CU_ASSERT_TRUE(sg_taint_add(&taint, SG_STR("own"), SG_WORD_OWN)); /* nothing is weaker */
	CU_ASSERT_FALSE(sg_taint_has(&taint, SG_STR("own")));
	CU_ASSERT_TRUE(sg_taint_has(&taint, SG_STR("overflow")));
	CU_ASSERT_TRUE(sg_taint_add(&taint, SG_STR("mail"), SG_WORD_NAMED)); /* in the place of j1 */
	CU_ASSERT_TRUE(sg_taint_has(&taint, SG_STR("mail")) && sg_taint_has(&taint, SG_STR("j0")));
	CU_ASSERT_FALSE(sg_taint_has(&taint, SG_STR("j1")));
	CU_ASSERT_TRUE(sg_taint_add(&taint, SG_STR("web"), SG_WORD_NAMED)); /* in the place of j0 */
	CU_ASSERT_FALSE(sg_taint_has(&taint, SG_STR("j0")));
	CU_ASSERT_TRUE(sg_taint_add(&taint, SG_STR("worse"), SG_WORD_NAMED)); /* all are named: one more has no place */
	CU_ASSERT_FALSE(sg_taint_has(&taint, SG_STR("worse")));
	CU_ASSERT_EQUAL(taint.count, SG_LABELS_MAX);
	CU_ASSERT_TRUE(taint.full);
	sg_taint_free(&taint);
}

static void
shuffle(size_t *order, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		size_t other = (size_t)rand() % i, kept = order[i - 1];
		order[i - 1] = order[other];
		order[other] = kept;
	}
}

static bool
is_same(const struct sg_taint *a, const struct sg_taint *b)
{
	bool same = a->count == b->count && a->own == b->own && a->reported == b->reported && a->full == b->full && a->sensitivity == b->sensitivity;
	for (size_t i = 0; same && i < a->count; i++)
		same = strcmp(a->labels[i], b->labels[i]) == 0;
	return same;
}

/* However many come, in whatever order and by whatever way: what stands there in the end is the same. */
static void
any_order(void)
{
	enum { MOST = 100 };
	srand(3);
	for (size_t count = 1; count < MOST; count += 3) {
		struct sg_taint first = {.count = 0};
		for (int round = 0; round < 20; round++) {
			struct sg_taint taint = {.count = 0}, half = {.count = 0};
			size_t order[MOST];
			for (size_t i = 0; i < count; i++)
				order[i] = i;
			shuffle(order, count);
			for (size_t i = 0; i < count; i++) {
				char text[16];
				size_t n = order[i];
				snprintf(text, sizeof(text), n == 7 ? "overflow" : "l%zu", n * 7919 % 1000);
				for (unsigned word = 0; word <= n % 3; word++) /* a weaker word for the same may come first, or another way */
					CU_ASSERT_TRUE_FATAL(sg_taint_add((n + word + (unsigned)round) % 2 == 0 ? &taint : &half, sg_str(text), word));
			}
			CU_ASSERT_TRUE_FATAL(sg_taint_join(&taint, &half));
			if (round == 0)
				CU_ASSERT_TRUE_FATAL(sg_taint_join(&first, &taint));
			CU_ASSERT_TRUE(is_same(&taint, &first));
			sg_taint_free(&taint);
			sg_taint_free(&half);
		}
		sg_taint_free(&first);
	}
}

static const char *
names_one_more(const char *input)
{
	static char effects[512];
	static int count;
	(void)input;
	snprintf(effects, sizeof(effects),
		 "{\"effects\":[{\"effect\":{\"kind\":\"allow\",\"narrow\":{},\"obligations\":[],\"say\":\"\",\"taint\":[\"n%d\"],\"ttl\":0},\"file\":\"a.lua\",\"line\":1,\"rule\":\"r\"}],"
		 "\"error\":null}",
		 count++);
	return effects;
}

/* Labels that a rule makes of what is asked have no bound. Where one is not kept, nothing more is allowed, here or in another task of the domain. */
static void
no_place(void)
{
	char key[16], *other;
	struct sg_err err = {0};
	begin();
	p->effects = names_one_more;
	for (int i = 0; i < SG_LABELS_MAX - 1; i++) {
		snprintf(key, sizeof(key), "n%d", i);
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", key), "\"verdict\":\"allow\""));
	}
	CU_ASSERT_FALSE(labels()->full);
	CU_ASSERT_TRUE(strstr(play_act(p, 1, task, "repo.read", "{}", "last"), "\"verdict\"") != NULL);
	CU_ASSERT_TRUE(labels()->full);
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "more"), "\"code\":\"labels_full\""));
	other = play_task(p, 1, "u");
	CU_ASSERT_TRUE(play_has(play_act(p, 1, other, "repo.read", "{}", "more2"), "\"code\":\"labels_full\""));
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_TRUE(labels()->full);
	free(other);
	end();
}

/* ---- the snapshot knows whose word each is ---- */

static void
kept(void)
{
	static const unsigned char key[SG_KEY_BYTES] = {7};
	struct sg_snapshot_head head = {.leaf = 9, .at_ms = 1}, read;
	struct sg_state state;
	struct sg_buf text, again;
	begin();
	report(1, "a", 32);
	report(2, "b", 20);
	p->no_check = true; /* the next line is no leaf */
	sg_taint_fill(&sg_state_task(&p->gate->state, sg_str(task))->taint);
	sg_buf_init(&text, 4 << 20);
	sg_buf_init(&again, 4 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_snapshot_write(&p->gate->state, &head, play_line, &text, NULL), SG_OK);
	CU_ASSERT_EQUAL_FATAL(sg_state_init(&state, key, "11111111-2222-3333-4444-555555555555", NULL), SG_OK);
	CU_ASSERT_EQUAL_FATAL(sg_snapshot_read(&state, sg_buf_view(&text), &read, NULL), SG_OK);
	const struct sg_taint *before = labels(), *after = &sg_state_task(&state, sg_str(task))->taint;
	CU_ASSERT_TRUE(after->full && !sg_state_task(&state, sg_str(task))->domain->taint.full);
	CU_ASSERT_EQUAL(after->own, before->own);
	CU_ASSERT_EQUAL(after->reported, before->reported);
	CU_ASSERT_TRUE(before->own != 0 && before->reported != 0);
	CU_ASSERT_EQUAL(sg_snapshot_write(&state, &head, play_line, &again, NULL), SG_OK);
	CU_ASSERT_TRUE(sg_str_eq(sg_buf_view(&text), sg_buf_view(&again)));
	sg_state_done(&state);
	sg_buf_done(&text);
	sg_buf_done(&again);
	end();
}

static uint64_t
tag(const char *const *labels, size_t count)
{
	struct sg_taint taint = {0};
	for (size_t i = 0; i < count; i++)
		CU_ASSERT_TRUE(sg_taint_add(&taint, sg_str(labels[i]), SG_WORD_OWN));
	uint64_t tag = sg_taint_tag(&p->gate->state, &taint);
	CU_ASSERT_NOT_EQUAL(tag, 0);
	sg_taint_free(&taint);
	return tag;
}

/* What a person was shown is told from what is there now by a tag of its labels, and an agent chooses labels: it finds none that come to the tag of others. */
static void
tags(void)
{
	/* their digests add up to nothing */
	static const char *const chosen[] = {"mail", "n0.1448", "n1.838", "n10.6805", "n11.5585", "n12.6287", "n13.3459", "n14.2970", "n15.1890", "n2.7745",
					     "n3.3690", "n4.2668", "n5.2725", "n6.3639", "n7.1770", "n8.3025", "n9.3515", "pad"};
	static const char *const near[][2] = {{"ab", "c"}, {"a", "bc"}, {"a", "b|1|c"}, {"a|1|b", "c"}, {"abc", "d"}, {"1|a", "bc"}};
	uint64_t seen[16] = {0};
	size_t count = 0;
	begin();
	seen[count++] = tag(NULL, 0);
	seen[count++] = tag(chosen, sizeof(chosen) / sizeof(chosen[0]));
	seen[count++] = tag(chosen, 1);
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		seen[count++] = tag(near[i], 2);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			CU_ASSERT_NOT_EQUAL(seen[i], seen[k]);
	uint64_t words = sg_words_tag(&p->gate->state, SG_STR("a"));
	CU_ASSERT_TRUE(words != 0 && words != sg_words_tag(&p->gate->state, SG_STR("b")) && sg_words_tag(&p->gate->state, SG_STR("")) == 0);
	p->gate->state.key[0] ^= 1; /* another gate's */
	CU_ASSERT_NOT_EQUAL(tag(chosen, 1), seen[2]);
	CU_ASSERT_NOT_EQUAL(sg_words_tag(&p->gate->state, SG_STR("a")), words);
	p->gate->state.key[0] ^= 1;
	end();
}

SG_CASES("gate.labels", {"tags", tags},
	 {"an agent's junk", own_junk}, {"an enforcer's junk", reported_junk}, {"the order of words", order_of_words}, {"any order", any_order}, {"no place", no_place},
	 {"the snapshot", kept})
