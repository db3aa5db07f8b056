/* SPDX-License-Identifier: Apache-2.0
 * The stack's truth table: every stack of up to four steps against the same rules written a second time, as sentences; what counts, what
 * conflicts, what is refused. */
#include "gate/catalogue/stack.h"

#include "base/canon.h"
#include "base/str.h"
#include "unit/cases.h"

enum { MOST = 4, KINDS = SG_CONTROLS * SG_SAIDS };

/* ---- the rules, written again: nothing of stack.c is used here ---- */

static bool
must(enum sg_control c)
{
	return c == SG_REQUIRED || c == SG_REQUISITE;
}

/* A step counts if it stated facts and, unless it must, no sufficient step before it did. */
static bool
spec_counts(const struct sg_stated *s, size_t i)
{
	if (s[i].said != SG_SAID_FACTS)
		return false;
	for (size_t j = 0; j < i; j++)
		if (s[j].step.control == SG_SUFFICIENT && s[j].said == SG_SAID_FACTS && !must(s[i].step.control))
			return false;
	return true;
}

/* Every step that must, and can apply, stated its facts; and some step that is not optional did. */
static bool
spec_holds(const struct sg_stated *s, size_t count)
{
	bool every = true, some = false;
	for (size_t i = 0; i < count; i++) {
		if (must(s[i].step.control) && s[i].said == SG_SAID_NOTHING)
			every = false;
		if (s[i].step.control != SG_OPTIONAL && s[i].said == SG_SAID_FACTS)
			some = true;
	}
	return every && some;
}

static void
every_stack(void)
{
	size_t seen = 0, held = 0;
	for (size_t count = 0; count <= MOST; count++) {
		size_t stacks = 1;
		for (size_t i = 0; i < count; i++)
			stacks *= KINDS;
		for (size_t n = 0; n < stacks; n++) {
			struct sg_stated steps[MOST] = {{.said = SG_SAID_NOTHING}};
			bool taken[MOST] = {false}, good = true;
			size_t rest = n;
			for (size_t i = 0; i < count; i++, rest /= KINDS) {
				steps[i].step.control = (enum sg_control)(rest % KINDS / SG_SAIDS);
				steps[i].said = (enum sg_said)(rest % SG_SAIDS);
			}
			bool holds = sg_stack_fold(steps, count, taken);
			for (size_t i = 0; i < count; i++)
				good &= taken[i] == spec_counts(steps, i);
			if (holds != spec_holds(steps, count) || !good)
				fprintf(stderr, "  stack %zu of %zu steps\n", n, count);
			CU_ASSERT(holds == spec_holds(steps, count) && good);
			seen++;
			held += holds;
		}
	}
	CU_ASSERT_EQUAL(seen, 1 + 12 + 144 + 1728 + 20736);
	CU_ASSERT(held > 0 && held < seen);
}

/* The table itself, row by row as it is documented, and what lies outside of it. */
static void
every_word(void)
{
	static const struct {
		const char *word;
		enum sg_control control;
		enum sg_step_act nothing, facts, apart;
	} rows[] = {{"required", SG_REQUIRED, SG_STEP_FAIL, SG_STEP_TAKE, SG_STEP_SKIP},
		    {"requisite", SG_REQUISITE, SG_STEP_STOP, SG_STEP_TAKE, SG_STEP_SKIP},
		    {"sufficient", SG_SUFFICIENT, SG_STEP_SKIP, SG_STEP_SETTLE, SG_STEP_SKIP},
		    {"optional", SG_OPTIONAL, SG_STEP_SKIP, SG_STEP_TAKE, SG_STEP_SKIP}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum sg_control control = sg_control_named(sg_str(rows[i].word));
		CU_ASSERT_EQUAL(control, rows[i].control);
		CU_ASSERT_EQUAL(sg_step_act(control, SG_SAID_NOTHING), rows[i].nothing);
		CU_ASSERT_EQUAL(sg_step_act(control, SG_SAID_FACTS), rows[i].facts);
		CU_ASSERT_EQUAL(sg_step_act(control, SG_SAID_APART), rows[i].apart);
	}
	CU_ASSERT_EQUAL(sg_control_named(SG_STR("perhaps")), SG_REQUIRED);
	CU_ASSERT_EQUAL(sg_step_act(SG_CONTROLS, SG_SAID_FACTS), SG_STEP_FAIL);
	CU_ASSERT_EQUAL(sg_step_act(SG_OPTIONAL, SG_SAIDS), SG_STEP_FAIL);
}

/* ---- facts ---- */

struct fixture {
	struct sg_arena arena;
	struct sg_stated steps[SG_STEPS_MAX + 1];
	size_t count;
	struct sg_buf out;
};

static void
begin(struct fixture *f)
{
	*f = (struct fixture){.count = 0};
	sg_arena_init(&f->arena, 8 << 20);
	sg_buf_init(&f->out, 16 << 10);
}

static void
end(struct fixture *f)
{
	sg_buf_done(&f->out);
	sg_arena_done(&f->arena);
}

static void
add(struct fixture *f, const char *name, enum sg_control control, const char *facts)
{
	struct sg_stated *s = &f->steps[f->count++];
	*s = (struct sg_stated){.step = {sg_str(name), control, false}, .said = facts == NULL ? SG_SAID_NOTHING : SG_SAID_FACTS};
	if (facts != NULL)
		CU_ASSERT_EQUAL(sg_json_parse(&f->arena, sg_str(facts), NULL, &s->facts[0], NULL), SG_OK);
}

#define FACT(name, value) "\"" name "\":{\"strength\":\"boundary\",\"value\":\"" value "\"}"

/* Names of steps that sort differently with a colon behind them; the whole must be canonical all the same. */
static void
one_canonical_set(void)
{
	struct fixture f;
	const struct sg_json *json = NULL;
	begin(&f);
	add(&f, "peer", SG_REQUIRED, "{" FACT("uid", "1") "," FACT("exe", "/x") "}");
	add(&f, "peer-2", SG_OPTIONAL, "{" FACT("pid", "7") "}");
	add(&f, "a9", SG_OPTIONAL, "{" FACT("label", "l") "}");
	add(&f, "a", SG_OPTIONAL, "{" FACT("unit", "u") "}");
	CU_ASSERT_EQUAL(sg_stack_facts(f.steps, f.count, &f.out), SG_REASON_allowed);
	CU_ASSERT(sg_str_is(sg_buf_view(&f.out),
			    "{" FACT("a9:label", "l") "," FACT("a:unit", "u") "," FACT("peer-2:pid", "7") "," FACT("peer:exe", "/x") "," FACT("peer:uid", "1") "}"));
	CU_ASSERT_EQUAL(sg_canon_parse(&f.arena, sg_buf_view(&f.out), NULL, &json, NULL), SG_OK);
	end(&f);
}

static void
skipped_facts_do_not_count(void)
{
	struct fixture f;
	begin(&f);
	add(&f, "id", SG_SUFFICIENT, "{" FACT("spiffe_id", "spiffe://a/b") "}");
	add(&f, "extra", SG_OPTIONAL, "{" FACT("label", "l") "}");
	add(&f, "peer", SG_REQUIRED, "{" FACT("uid", "1") "}");
	CU_ASSERT_EQUAL(sg_stack_facts(f.steps, f.count, &f.out), SG_REASON_allowed);
	CU_ASSERT(sg_str_is(sg_buf_view(&f.out), "{" FACT("id:spiffe_id", "spiffe://a/b") "," FACT("peer:uid", "1") "}"));
	end(&f);
	begin(&f); /* what is skipped cannot conflict either */
	add(&f, "id", SG_SUFFICIENT, "{" FACT("uid", "1") "}");
	add(&f, "extra", SG_OPTIONAL, "{" FACT("uid", "2") "}");
	CU_ASSERT_EQUAL(sg_stack_facts(f.steps, f.count, &f.out), SG_REASON_allowed);
	end(&f);
}

static void
conflicts_refuse(void)
{
	static const struct {
		const char *a, *b;
		enum sg_reason want;
	} rows[] = {{"{" FACT("uid", "1") "}", "{" FACT("uid", "2") "}", SG_REASON_facts_conflict},
		    {"{" FACT("uid", "1") "}", "{" FACT("uid", "1") "}", SG_REASON_allowed},
		    {"{" FACT("uid", "1") "," FACT("gid", "3") "}", "{" FACT("gid", "4") "," FACT("uid", "1") "}", SG_REASON_facts_conflict},
		    /* the same value is the same, however strong each step thinks it is */
		    {"{" FACT("uid", "1") "}", "{\"uid\":{\"strength\":\"hint\",\"value\":\"1\"}}", SG_REASON_allowed},
		    {"{" FACT("uid", "1") "}", "{" FACT("uid2", "2") "}", SG_REASON_allowed}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int control = SG_REQUIRED; control <= SG_OPTIONAL; control += SG_OPTIONAL) {
			struct fixture f;
			begin(&f);
			add(&f, "one", SG_REQUIRED, rows[i].a);
			add(&f, "two", (enum sg_control)control, rows[i].b);
			CU_ASSERT_EQUAL(sg_stack_facts(f.steps, f.count, &f.out), rows[i].want);
			CU_ASSERT_EQUAL(f.out.len > 0, rows[i].want == SG_REASON_allowed);
			end(&f);
		}
}

/* A step that was shown a token and a certificate may say something about each: the same once, different never. */
static void
two_presented(void)
{
	static const struct {
		const char *second;
		enum sg_reason want;
	} rows[] = {{"{" FACT("sub", "a") "}", SG_REASON_allowed}, {"{" FACT("sub", "b") "}", SG_REASON_facts_conflict}};
	for (size_t i = 0; i < 2; i++) {
		struct fixture f;
		begin(&f);
		add(&f, "id", SG_REQUIRED, "{" FACT("sub", "a") "}");
		CU_ASSERT_EQUAL(sg_json_parse(&f.arena, sg_str(rows[i].second), NULL, &f.steps[0].facts[1], NULL), SG_OK);
		CU_ASSERT_EQUAL(sg_stack_facts(f.steps, f.count, &f.out), rows[i].want);
		if (i == 0)
			CU_ASSERT(sg_str_is(sg_buf_view(&f.out), "{" FACT("id:sub", "a") "}"));
		end(&f);
	}
}

static void
bounds(void)
{
	for (size_t extra = 0; extra <= 1; extra++) {
		struct fixture f;
		begin(&f);
		for (size_t i = 0; i < SG_STEPS_MAX + extra; i++)
			add(&f, "peer", SG_REQUIRED, "{" FACT("uid", "1") "}");
		CU_ASSERT_EQUAL(sg_stack_facts(f.steps, f.count, &f.out), extra == 0 ? SG_REASON_allowed : SG_REASON_facts_unavailable);
		end(&f);
	}
	for (size_t extra = 0; extra <= 1; extra++) { /* facts of all steps together */
		struct fixture f;
		struct sg_buf text;
		begin(&f);
		sg_buf_done(&f.out);
		sg_buf_init(&f.out, 1 << 20);
		sg_buf_init(&text, 1 << 20);
		for (size_t i = 0; i < SG_FACTS_COUNT_MAX + extra; i++)
			sg_buf_printf(&text, "%s\"f%zu\":{\"strength\":\"hint\",\"value\":\"v\"}", i == 0 ? "{" : ",", i);
		sg_buf_printf(&text, "}%c", 0);
		add(&f, "peer", SG_REQUIRED, text.ptr);
		CU_ASSERT_EQUAL(sg_stack_facts(f.steps, f.count, &f.out), extra == 0 ? SG_REASON_allowed : SG_REASON_facts_unavailable);
		sg_buf_done(&text);
		end(&f);
	}
	struct fixture f; /* what does not fit is not cut */
	begin(&f);
	sg_buf_done(&f.out);
	sg_buf_init(&f.out, 20);
	add(&f, "peer", SG_REQUIRED, "{" FACT("uid", "1") "}");
	CU_ASSERT_EQUAL(sg_stack_facts(f.steps, f.count, &f.out), SG_REASON_facts_unavailable);
	end(&f);
}

SG_CASES("gate.stack", {"every word of the table", every_word}, {"every stack of up to four steps", every_stack},
	 {"one canonical set of facts", one_canonical_set}, {"facts of skipped steps do not count", skipped_facts_do_not_count},
	 {"conflicting facts refuse", conflicts_refuse}, {"two things presented to one step", two_presented}, {"bounds", bounds})
