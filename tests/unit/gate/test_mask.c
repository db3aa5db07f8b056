/* SPDX-License-Identifier: Apache-2.0
 * Finding a secret again: wherever it stands, at its bounds, and none that was not given; for as long as its tree of tasks goes on. */
#include "base/str.h"
#include "gate/state/mask.h"
#include "unit/cases.h"
#include "unit/gate/play.h"

static const struct sg_str secret = {"s3cret-0", 8};
enum { KEY = 0x9e3779b1 };

static void
found_wherever_it_stands(void)
{
	struct sg_mask mask = {NULL, 0};
	char text[64];
	CU_ASSERT_FALSE(sg_mask_finds(&mask, KEY, secret));
	CU_ASSERT(sg_mask_add(&mask, sg_mask_of(KEY, secret)));
	for (int before = 0; before < 20; before++)
		for (int after = 0; after < 20; after++) {
			int len = snprintf(text, sizeof(text), "%.*ss3cret-0%.*s", before, "aaaaaaaaaaaaaaaaaaaaaa", after, "ssssssssssssssssssssssss");
			CU_ASSERT(sg_mask_finds(&mask, KEY, (struct sg_str){text, (size_t)len}));
		}
	sg_mask_free(&mask);
}

static void
nothing_else_is(void)
{
	struct sg_mask mask = {NULL, 0};
	sg_mask_add(&mask, sg_mask_of(KEY, secret));
	static const char *const others[] = {"", "s3cret-", "s3cret-1", "3cret-0", "s3cret_0", "s3cret-s3cret-", "0-terc3s"};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CU_ASSERT_FALSE(sg_mask_finds(&mask, KEY, sg_str(others[i])));
	CU_ASSERT_FALSE(sg_mask_finds(&mask, KEY + 2, secret));
	sg_mask_free(&mask);
}

static void
lengths(void)
{
	char text[SG_MASK_MOST + 2];
	memset(text, 'x', sizeof(text));
	for (size_t len = 0; len <= SG_MASK_MOST + 1; len++) {
		struct sg_mask mask = {NULL, 0};
		bool kept = len >= SG_MASK_LEAST && len <= SG_MASK_MOST;
		CU_ASSERT(sg_mask_add(&mask, sg_mask_of(KEY, (struct sg_str){text, len})));
		CU_ASSERT_EQUAL(mask.count, kept);
		CU_ASSERT_EQUAL(sg_mask_finds(&mask, KEY, (struct sg_str){text, sizeof(text)}), kept);
		sg_mask_free(&mask);
	}
}

static void
as_many_as_there_is_room_for(void)
{
	struct sg_mask mask = {NULL, 0};
	char text[40];
	for (int i = 0; i <= SG_MASK_SECRETS; i++) {
		snprintf(text, sizeof(text), "%.*ssecret-%05d", i % 20, "-------------------", i);
		CU_ASSERT_EQUAL(sg_mask_add(&mask, sg_mask_of(KEY, sg_str(text))), i < SG_MASK_SECRETS);
		if (i < SG_MASK_SECRETS) {
			CU_ASSERT(sg_mask_add(&mask, sg_mask_of(KEY, sg_str(text)))); /* twice is once */
		}
	}
	CU_ASSERT_EQUAL(mask.count, SG_MASK_SECRETS);
	CU_ASSERT(sg_mask_finds(&mask, KEY, SG_STR("a label with secret-00000 in it")));
	CU_ASSERT(sg_mask_finds(&mask, KEY, SG_STR("---secret-01023 and more")));
	CU_ASSERT_FALSE(sg_mask_finds(&mask, KEY, sg_str(text)));
	sg_mask_free(&mask);
}

/* ---- in the gate ---- */

static const char made[] = "h.c.s-of-the-vault";

/* What an outcome with this label is recorded as. */
static bool
masked(struct play *p, uint64_t conn, const char *task, const char *key, const char *label)
{
	char body[256], *decision = play_between(play_act(p, conn, task, "mail.read", "{}", key), "\"decision_id\":\"", "\"");
	snprintf(body, sizeof(body), "{\"labels\":[\"%s\"],\"result\":\"ok\"}", label);
	CU_ASSERT(play_has(play_ask(p, conn, SG_ROUTE_A_OUTCOME, decision, body), "recorded"));
	free(decision);
	struct sg_task *t = sg_state_task(&p->gate->state, sg_str(task));
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	bool is = sg_taint_has(&t->taint, SG_STR("outcome:secret_masked"));
	CU_ASSERT_EQUAL(is, !sg_taint_has(&t->taint, sg_str(label)));
	return is;
}

static struct play *
with_a_secret(char **task)
{
	struct play *p = play_new();
	play_issuer_ready(p, "token", "{\"enforcer_only\":false,\"format\":\"opaque\",\"jwks\":null,\"revocation\":\"expiry\"}");
	CU_ASSERT_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	*task = play_task(p, 1, "t1");
	p->call_answer = "{\"ok\":true,\"token\":\"h.c.s-of-the-vault\"}";
	CU_ASSERT(play_has(play_act(p, 1, *task, "repo.read", "{}", "k1"), made));
	p->call_answer = NULL;
	return p;
}

/* Hours after its lease ended, over a restart, and after a thousand other secrets went to others. */
static void
for_as_long_as_the_task(void)
{
	struct sg_err err = {0};
	char *task, key[24];
	struct play *p = with_a_secret(&task);
	CU_ASSERT_FATAL(play_connect(p, 2, SG_FACE_AGENT, 1002));
	play_facts(p, 1002);
	char *other = play_task(p, 2, "t2");
	for (int i = 0; i < 100; i++) {
		char answer[96];
		snprintf(key, sizeof(key), "o%d", i);
		snprintf(answer, sizeof(answer), "{\"ok\":true,\"token\":\"another-secret-%d\"}", i);
		p->call_answer = answer;
		CU_ASSERT(play_has(play_act(p, 2, other, "repo.read", "{}", key), "another-secret"));
	}
	p->call_answer = NULL;
	play_facts(p, 1001);
	for (int i = 0; i < 30; i++) {
		p->boot += 100 * SG_SEC;
		p->wall += 100 * SG_SEC;
		play_all(p);
	}
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	struct sg_task *t = sg_state_task(&p->gate->state, sg_str(task));
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_EQUAL(t->root->tree->mask.count, 1);
	CU_ASSERT(masked(p, 1, task, "k2", "so h.c.s-of-the-vault it is"));
	free(task);
	free(other);
	play_end(p);
}

static void
of_its_own_tree(void)
{
	char *task;
	struct play *p = with_a_secret(&task);
	CU_ASSERT_FATAL(play_connect(p, 2, SG_FACE_AGENT, 1002));
	play_facts(p, 1002);
	char *other = play_task(p, 2, "t2");
	CU_ASSERT_FALSE(masked(p, 2, other, "k2", made));
	free(task);
	free(other);
	play_end(p);
}

/* The journal has no word of it, nor a sum that the same secret would have twice. */
static void
not_in_the_record(void)
{
	char *task, *first = NULL;
	struct play *p = with_a_secret(&task);
	p->call_answer = "{\"ok\":true,\"token\":\"h.c.s-of-the-vault\"}";
	play_act(p, 1, task, "repo.read", "{}", "k2");
	for (uint64_t n = 1; n <= p->gate->journal.durable; n++) {
		struct sg_arena arena;
		struct sg_record record;
		struct sg_str input;
		sg_arena_init(&arena, 8 << 20);
		CU_ASSERT_EQUAL_FATAL(sg_journal_read(&p->gate->journal, n, &arena, &record, &input, NULL), SG_OK);
		CU_ASSERT_PTR_NULL(memmem(record.leaf.ptr, record.leaf.len, made, strlen(made)));
		if (sg_json_is(record.json, "kind", "lease") && sg_json_is(sg_json_get(record.json, "body"), "state", "active")) {
			const struct sg_json *mask = sg_json_get(sg_json_get(record.json, "body"), "mask");
			CU_ASSERT_PTR_NOT_NULL_FATAL(mask);
			struct sg_str hex = sg_json_text_at(mask, "print");
			CU_ASSERT_EQUAL(hex.len, 16);
			if (first == NULL)
				first = strndup(hex.ptr, hex.len);
			else
				CU_ASSERT_FALSE(sg_str_is(hex, first));
		}
		sg_arena_done(&arena);
	}
	CU_ASSERT_PTR_NOT_NULL(first);
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->root->tree->mask.count, 1);
	free(first);
	free(task);
	play_end(p);
}

/* One that could not be known again is not given. */
static void
not_one_more(void)
{
	char *task;
	struct play *p = with_a_secret(&task);
	struct sg_mask *mask = &sg_state_task(&p->gate->state, sg_str(task))->root->tree->mask;
	p->no_check = true; /* what fills it here is no leaf */
	for (uint64_t i = 0; mask->count < SG_MASK_SECRETS - 1; i++)
		sg_mask_add(mask, (struct sg_masked){SG_MASK_LEAST, i});
	p->call_answer = "{\"ok\":true,\"token\":\"another-secret\"}";
	play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "repo.read", "{}", "k2"));
	while (p->count > 0 && p->queue[0].kind != PLAY_CALL) {
		play_one(p);
		play_flush(p);
	}
	CU_ASSERT_EQUAL_FATAL(p->count, 2); /* its credential is being made, and its process looked at */
	sg_mask_add(mask, (struct sg_masked){SG_MASK_LEAST + 1, 7});
	play_all(p);
	CU_ASSERT(play_has(p->conns[1].body, "masks_full"));
	CU_ASSERT_PTR_NULL(strstr(p->conns[1].body, "another-secret"));
	CU_ASSERT_EQUAL(mask->count, SG_MASK_SECRETS);
	CU_ASSERT(play_has(play_act(p, 1, task, "repo.read", "{}", "k4"), "masks_full"));
	free(task);
	play_end(p);
}

SG_CASES("gate.mask", {"found wherever it stands", found_wherever_it_stands}, {"nothing else is", nothing_else_is}, {"lengths", lengths},
	 {"as many as there is room for", as_many_as_there_is_room_for}, {"for as long as the task", for_as_long_as_the_task},
	 {"of its own tree", of_its_own_tree}, {"not in the record", not_in_the_record}, {"not one more", not_one_more})
