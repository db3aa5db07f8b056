/* SPDX-License-Identifier: Apache-2.0
 * Merging against an oracle that is written out the long way, over random rules in random orders. */
#include "gate/decide/merge.h"
#include "unit/gate/play.h"

enum { ROUNDS = 4000, MOST = 8 };

static uint64_t seed = 1;

static unsigned
any(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % below;
}

static const struct sg_strings no_methods; /* beside "admin" */

/* What a rule says, in the oracle's own terms. */
struct said {
	enum { ALLOW, DENY, STEP_UP, DEFER } kind;
	int most, least;      /* on "n"; 0: none */
	unsigned only;        /* set of letters a..d on "w"; 0: none */
	int group, quorum;    /* group 0..2 */
	int ttl, retry, taint; /* taint 0..3, 0 none */
	bool foreign_method;
};

static struct said
random_rule(void)
{
	struct said s = {.kind = any(10) < 6 ? ALLOW : any(10) < 7 ? STEP_UP : any(2) ? DEFER : DENY};
	if (any(3) == 0)
		s.most = 1 + (int)any(20);
	else if (any(4) == 0)
		s.least = 1 + (int)any(20);
	if (any(3) == 0)
		s.only = 1 + any(15);
	s.group = (int)any(3);
	s.quorum = 1 + (int)any(3);
	s.ttl = any(2) ? 0 : 1 + (int)any(9);
	s.retry = 1 + (int)any(9);
	s.taint = (int)any(4);
	s.foreign_method = any(20) == 0;
	if (s.kind == DENY || s.kind == DEFER)
		s.most = s.least = 0, s.only = 0;
	return s;
}

static void
write_rule(struct sg_buf *out, const struct said *s, int id)
{
	sg_buf_printf(out, "{\"effect\":{");
	if (s->kind == DENY)
		sg_buf_printf(out, "\"code\":\"\",\"kind\":\"deny\",\"say\":\"\"");
	else if (s->kind == DEFER)
		sg_buf_printf(out, "\"kind\":\"defer\",\"retry_after\":%d,\"say\":\"\"", s->retry);
	else {
		if (s->kind == STEP_UP)
			sg_buf_printf(out, "\"approvers\":\"g%d\",\"kind\":\"step_up\",\"methods\":[%s],", s->group, s->foreign_method ? "\"passkey\"" : "");
		else
			sg_buf_printf(out, "\"kind\":\"allow\",");
		sg_buf_printf(out, "\"narrow\":{");
		if (s->most > 0)
			sg_buf_printf(out, "\"n\":{\"at_most\":%d}", s->most);
		if (s->least > 0)
			sg_buf_printf(out, "\"n\":{\"at_least\":%d}", s->least);
		if (s->only != 0) {
			sg_buf_printf(out, "%s\"w\":{\"only\":[", s->most + s->least > 0 ? "," : "");
			for (int i = 0, first = 1; i < 4; i++)
				if ((s->only >> i & 1) != 0) {
					sg_buf_printf(out, "%s\"%c\"", first ? "" : ",", 'a' + i);
					first = 0;
				}
			sg_buf_printf(out, "]}");
		}
		sg_buf_printf(out, "},");
		if (s->kind == STEP_UP)
			sg_buf_printf(out, "\"quorum\":%d,\"say\":\"\",\"ttl\":%d", s->quorum, s->ttl);
		else
			sg_buf_printf(out, "\"obligations\":[],\"say\":\"\",\"taint\":[%s%d%s],\"ttl\":%d", s->taint ? "\"t" : "", s->taint, s->taint ? "\"" : "", s->ttl);
	}
	sg_buf_printf(out, "},\"file\":\"f\",\"line\":%d,\"rule\":\"r%d\"}", id + 1, id);
}

/* The oracle: the five steps of JOINTS 2, one after the other, with sets and loops. */
struct expected {
	enum sg_verdict verdict;
	enum sg_reason reason;
	int quorum[3], most, least, ttl, step_ttl, retry;
	unsigned only, taints;
	bool has_only;
};

static struct expected
oracle(const struct said *all, int count)
{
	struct expected e = {.verdict = SG_DENY, .reason = SG_REASON_policy_none, .only = 15};
	bool stepped = false, deferred = false;
	if (count == 0)
		return e;
	for (int i = 0; i < count; i++)
		if (all[i].kind == DENY) {
			e.reason = SG_REASON_policy_denied;
			return e;
		}
	for (int i = 0; i < count; i++) {
		if (all[i].most > 0 && (e.most == 0 || all[i].most < e.most))
			e.most = all[i].most;
		if (all[i].least > e.least)
			e.least = all[i].least;
		if (all[i].only != 0) {
			e.only &= all[i].only;
			e.has_only = true;
		}
	}
	if ((e.most > 0 && e.least > e.most) || e.only == 0) {
		e.reason = SG_REASON_narrow_empty;
		return e;
	}
	for (int i = 0; i < count; i++)
		if (all[i].kind == STEP_UP) {
			stepped = true;
			if (all[i].foreign_method) {
				e.reason = SG_REASON_methods_empty;
				return e;
			}
			if (all[i].quorum > e.quorum[all[i].group])
				e.quorum[all[i].group] = all[i].quorum;
			if (all[i].ttl > 0 && (e.step_ttl == 0 || all[i].ttl < e.step_ttl))
				e.step_ttl = all[i].ttl;
		} else if (all[i].kind == DEFER) {
			deferred = true;
			if (all[i].retry > e.retry)
				e.retry = all[i].retry;
		} else {
			if (all[i].ttl > 0 && (e.ttl == 0 || all[i].ttl < e.ttl))
				e.ttl = all[i].ttl;
			if (all[i].taint > 0)
				e.taints |= 1U << all[i].taint;
		}
	e.verdict = deferred ? SG_DEFER : stepped ? SG_STEP_UP : SG_ALLOW;
	e.reason = deferred ? SG_REASON_not_now : stepped ? SG_REASON_approval_needed : SG_REASON_allowed;
	return e;
}

static bool
agrees(const struct sg_merged *m, const struct expected *e)
{
	if (m->verdict != e->verdict || m->reason != e->reason)
		return false;
	if (m->verdict == SG_DENY)
		return true;
	int quorum[3] = {0};
	unsigned taints = 0;
	for (size_t i = 0; i < m->requirement.count; i++)
		quorum[m->requirement.groups[i].group[1] - '0'] = (int)m->requirement.groups[i].quorum;
	for (size_t i = 0; i < m->taint_count; i++)
		taints |= 1U << (m->taints[i].ptr[1] - '0');
	for (size_t i = 0; i < m->narrow_count; i++) {
		const struct sg_narrowing *n = &m->narrow[i];
		if (sg_str_is(n->path, "n") && ((int)(n->has_most ? n->most : 0) != e->most || (int)(n->has_least ? n->least : 0) != e->least))
			return false;
		if (sg_str_is(n->path, "w") && n->only_count != (size_t)__builtin_popcount(e->only))
			return false;
	}
	return memcmp(quorum, e->quorum, sizeof(quorum)) == 0 && taints == e->taints && m->ttl_ms == e->ttl &&
	       m->requirement.ttl_ms == e->step_ttl && (m->verdict != SG_DEFER || m->retry_ms == e->retry);
}

static void
shuffle(int *order, int count)
{
	for (int i = count - 1; i > 0; i--) {
		int j = (int)any((unsigned)i + 1), keep = order[i];
		order[i] = order[j];
		order[j] = keep;
	}
}

static void
against_oracle(void)
{
	size_t verdicts[4] = {0}, wrong = 0, unstable = 0;
	for (int round = 0; round < ROUNDS; round++) {
		struct said all[MOST];
		int order[MOST], count = (int)any(MOST + 1);
		char rule[128] = "";
		for (int i = 0; i < count; i++) {
			all[i] = random_rule();
			order[i] = i;
		}
		struct expected e = oracle(all, count);
		verdicts[e.verdict == SG_ALLOW ? 0 : e.verdict == SG_STEP_UP ? 1 : e.verdict == SG_DEFER ? 2 : 3]++;
		for (int turn = 0; turn < 6; turn++) {
			struct sg_arena arena;
			struct sg_buf text;
			const struct sg_json *json = NULL;
			struct sg_effect effects[SG_EFFECTS_MAX];
			struct sg_merged merged;
			size_t effect_count = 0;
			enum sg_reason reason;
			shuffle(order, count);
			sg_arena_init(&arena, 4 << 20);
			sg_buf_init(&text, 1 << 20);
			sg_buf_printf(&text, "{\"effects\":[");
			for (int i = 0; i < count; i++) {
				sg_buf_printf(&text, i > 0 ? "," : "");
				write_rule(&text, &all[order[i]], order[i]);
			}
			sg_buf_printf(&text, "],\"error\":null}");
			for (char *at; (at = memmem(text.ptr, text.len, "\"taint\":[0]", 11)) != NULL;)
				memcpy(at, "\"taint\":[ ]", 11);
			CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_buf_view(&text), NULL, &json, NULL), SG_OK);
			CU_ASSERT_EQUAL(sg_effects_read(json, effects, &effect_count, &reason, NULL), SG_OK);
			sg_merge(effects, effect_count, &no_methods, &merged);
			wrong += !agrees(&merged, &e);
			char named[128];
			snprintf(named, sizeof(named), "%.*s", SG_STR_ARG(merged.rule));
			unstable += turn > 0 && strcmp(named, rule) != 0;
			snprintf(rule, sizeof(rule), "%s", named);
			sg_buf_done(&text);
			sg_arena_done(&arena);
		}
	}
	printf("(%zu allow, %zu step-up, %zu defer, %zu deny) ", verdicts[0], verdicts[1], verdicts[2], verdicts[3]);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(unstable, 0);
	for (int i = 0; i < 4; i++)
		CU_ASSERT_TRUE(verdicts[i] > ROUNDS / 50); /* the test saw each of them */
}

static void
deny_is_zero(void)
{
	struct sg_merged zeroed = {0};
	CU_ASSERT_EQUAL(zeroed.verdict, SG_DENY);
	CU_ASSERT_EQUAL(zeroed.reason, SG_REASON_internal);
	CU_ASSERT_STRING_EQUAL(sg_verdict_name((enum sg_verdict)0xffffffff), "deny");
	CU_ASSERT_TRUE(__builtin_popcount(SG_ALLOW ^ SG_DENY) >= 8 && __builtin_popcount(SG_ALLOW ^ SG_STEP_UP) >= 8);
}

static struct sg_merged
merge_text(struct sg_arena *arena, const char *text)
{
	static struct sg_effect effects[SG_EFFECTS_MAX];
	const struct sg_json *answer = NULL;
	struct sg_merged merged;
	enum sg_reason reason;
	size_t count = 0;
	sg_arena_init(arena, 1 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(arena, sg_str(text), NULL, &answer, NULL), SG_OK);
	CU_ASSERT_EQUAL_FATAL(sg_effects_read(answer, effects, &count, &reason, NULL), SG_OK);
	sg_merge(effects, count, &no_methods, &merged);
	return merged;
}

#define SAYS(id, effect) "{\"effect\":{" effect "},\"file\":\"a.lua\",\"line\":1,\"rule\":\"" id "\"}"
#define SET(list) "{\"effects\":[" list "],\"error\":null}"
#define SAYS_DENY(id, freeze) SAYS(id, "\"code\":\"\",\"freeze\":" freeze ",\"kind\":\"deny\",\"say\":\"\"")
#define SAYS_ALLOW(id, raise) SAYS(id, "\"kind\":\"allow\",\"narrow\":{},\"raise\":\"" raise "\"")
#define SAYS_STEP(id, raise) SAYS(id, "\"approvers\":\"g\",\"kind\":\"step_up\",\"narrow\":{},\"quorum\":1,\"raise\":\"" raise "\"")

static void
freezes(void)
{
	static const struct {
		const char *text;
		bool freeze;
	} rows[] = {{SET(SAYS_DENY("a", "false")), false},
		    {SET(SAYS_DENY("a", "false") "," SAYS_DENY("b", "true")), true},
		    {SET(SAYS_DENY("a", "true") "," SAYS_ALLOW("b", "")), true},
		    {SET(SAYS_DENY("a", "1")), true}, /* what cannot be read does not lessen it */
		    {SET(SAYS("a", "\"code\":\"\",\"kind\":\"deny\",\"say\":\"\"")), false},
		    {SET(SAYS("a", "\"freeze\":true,\"kind\":\"allow\"")), false},
		    {SET(""), false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_arena arena;
		CU_ASSERT_EQUAL(merge_text(&arena, rows[i].text).freeze, rows[i].freeze);
		sg_arena_done(&arena);
	}
}

static void
raises(void)
{
	static const struct {
		const char *text;
		enum sg_sensitivity raise;
	} rows[] = {{SET(SAYS_ALLOW("a", "")), SG_PUBLIC},
		    {SET(SAYS_ALLOW("a", "confidential") "," SAYS_ALLOW("b", "internal")), SG_CONFIDENTIAL},
		    {SET(SAYS_ALLOW("a", "internal") "," SAYS_STEP("b", "restricted")), SG_RESTRICTED},
		    {SET(SAYS_ALLOW("a", "unheard-of")), SG_RESTRICTED}, /* an unknown level is the highest */
		    {SET(SAYS_ALLOW("a", "restricted") "," SAYS_DENY("b", "false")), SG_PUBLIC},
		    {SET(SAYS_ALLOW("a", "restricted") "," SAYS("b", "\"kind\":\"defer\",\"retry_after\":1")), SG_PUBLIC}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_arena arena;
		CU_ASSERT_EQUAL(merge_text(&arena, rows[i].text).raise, rows[i].raise);
		sg_arena_done(&arena);
	}
}

SG_CASES("gate.merge", {"against the oracle, in every order", against_oracle}, {"deny is zero", deny_is_zero},
	 {"one deny is enough to freeze", freezes}, {"the highest level asked for, once allowed", raises})
