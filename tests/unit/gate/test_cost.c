/* SPDX-License-Identifier: Apache-2.0
 * What one request may cost: bounds are asked before the first unit of work, what was not looked at is unknown, and padding pushes nothing out that
 * bears authority. */
#include "gate/state/values.h"
#include "unit/gate/play.h"

#include <time.h>

static struct play *p;
static char *task;
static char *asked; /* the last question */

static const char *
keep(const char *input)
{
	free(asked);
	asked = strdup(input);
	return play_allow(input);
}

static void
begin(void)
{
	struct sg_buf text;
	const char *at = strstr(play_document, "\"name\":\"pay.send\"");
	sg_buf_init(&text, 1 << 20);
	sg_buf_add(&text, play_document, (size_t)(at - play_document));
	sg_buf_text(&text, "\"arguments\":[],\"authority\":[\"z.iban\",\"list.0.to\"],\"budgets\":[],\"costs\":[],");
	sg_buf_text(&text, at);
	sg_buf_add(&text, "", 1);
	p = play_new();
	p->effects = keep;
	struct sg_err err = {0};
	char *canonical = play_canonical(text.ptr);
	CU_ASSERT_EQUAL_FATAL(sg_gate_configure(p->gate, sg_str(canonical), &err), SG_OK);
	free(canonical);
	sg_buf_done(&text);
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	task = play_between(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"inputs\":{\"iban\":\"DE75512108001245126199\"},\"intent\":\"work\",\"key\":\"o\"}"), "\"id\":\"", "\"");
	CU_ASSERT_TRUE_FATAL(task[0] == 't');
}

static void
end(void)
{
	free(task);
	free(asked);
	asked = NULL;
	play_end(p);
}

/* ---- bodies near the bound of a body ---- */

struct padding {
	const char *what, *form; /* of one value; %d: its number */
	int count;
};

static const struct padding paddings[] = {
	{"short texts", "\"v%05d\"", 4000},
	{"groups of digits", "\"1%04d 2345 678 90 12 345\"", 2000},
	{"one text again and again", "\"the same text\"", 3800},
	{"numbers", "%d.5", 6000},
	{"texts of words", "\"w%dx w%1$dy w%1$dz, a b c (d%1$d) e%1$d@h.example\"", 1000},
	{"encoded texts", "\"%%41%%42%05d%%43%%2f%%20x%%41\"", 1800},
	{"hexadecimal", "\"6162636465666768%08d\"", 2000},
	{"addresses", "\"https://user%d@h%1$d.example:80/a/b?c\"", 1200},
	{"lists in lists", "[[\"a%05d\"],[[\"b\"]]]", 1200},
	{"objects", "{\"k\":\"v%05d\"}", 3500},
	{"two characters", "\"%02x\"", 7000},
	{"long texts", NULL, 7},
};

static char *
padded(const struct padding *padding, const char *key)
{
	struct sg_buf b;
	sg_buf_init(&b, 1 << 20);
	sg_buf_printf(&b, "{\"action\":\"pay.send\",\"arguments\":{\"a\":[");
	for (int i = 0; i < padding->count; i++) {
		if (i > 0)
			sg_buf_text(&b, ",");
		if (padding->form != NULL) {
			sg_buf_printf(&b, padding->form, i);
			continue;
		}
		sg_buf_printf(&b, "\"%d", i);
		for (int j = 0; j < 880; j++)
			sg_buf_printf(&b, " %x%x", i, j);
		sg_buf_text(&b, "\"");
	}
	sg_buf_printf(&b, "],\"z\":{\"iban\":\"DE75512108001245126199\"}},\"key\":\"%s\",\"resource\":{\"id\":\"r\",\"type\":\"any\"},\"task\":\"%s\"}", key, task);
	sg_buf_add(&b, "", 1);
	char *canonical = b.failed ? NULL : play_canonical(b.ptr);
	CU_ASSERT_TRUE(!b.failed && b.len < 80000);
	sg_buf_done(&b);
	return canonical;
}

static double
thread_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The gate's own time for one body, the least of some tries. */
static double
cost_of(const struct padding *padding, const char *name)
{
	double least = 1e9;
	for (int i = 0; i < 5; i++) {
		char key[32];
		snprintf(key, sizeof(key), "%s%d", name, i);
		char *body = padded(padding, key);
		double from = thread_ms();
		CU_ASSERT_TRUE(sg_gate_request(p->gate, 1, SG_ROUTE_A_ACT, SG_STR(""), sg_str(body)));
		play_all(p);
		double took = thread_ms() - from;
		least = took < least ? took : least;
		CU_ASSERT_TRUE(play_has(p->conns[1].body, "\"verdict\":\"allow\""));
		free(body);
	}
	return least;
}

/* ---- cases ---- */

static size_t
rows(const char *question)
{
	size_t count = 0;
	for (const char *at = strstr(question, "\"provenance\":["); at != NULL && (at = strstr(at, "\"origin\":")) != NULL; at++)
		count++;
	return count;
}

static void
authority_first(void)
{
	begin();
	for (size_t i = 0; i < sizeof(paddings) / sizeof(*paddings); i++) {
		char key[16];
		snprintf(key, sizeof(key), "p%zu", i);
		char *body = padded(&paddings[i], key);
		CU_ASSERT_TRUE(sg_gate_request(p->gate, 1, SG_ROUTE_A_ACT, SG_STR(""), sg_str(body)));
		play_all(p);
		CU_ASSERT_PTR_NOT_NULL_FATAL(asked);
		bool first = strstr(asked, "\"provenance\":[{\"labels\":[],\"origin\":\"self\",\"source\":\"\",\"value\":\"DE75512108001245126199\"}") != NULL;
		if (!first)
			fprintf(stderr, "  behind %s: %.300s\n", paddings[i].what, strstr(asked, "\"provenance\""));
		CU_ASSERT_TRUE(first);
		CU_ASSERT_TRUE(rows(asked) <= 256);
		free(body);
	}
	/* through a list, whatever place the path names, and as one name */
	static const char *const ways[] = {"{\"a\":\"x1\",\"list\":[{\"to\":\"DE75512108001245126199\"}]}", "{\"a\":\"x1\",\"list\":[[],{\"b\":1},{\"to\":[[\"DE75512108001245126199\"]]}]}",
					   "{\"a\":\"x1\",\"z.iban\":\"DE75512108001245126199\"}", "{\"a\":\"x1\",\"z\":[{\"iban\":{\"b\":\"DE75512108001245126199\"}}]}"};
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		char key[16];
		snprintf(key, sizeof(key), "w%zu", i);
		play_act(p, 1, task, "pay.send", ways[i], key);
		CU_ASSERT_TRUE(play_has(asked, "\"provenance\":[{\"labels\":[],\"origin\":\"self\""));
	}
	end();
}

/* At the bound and one above it. */
static void
bounds(void)
{
	struct sg_value_look look = {2, 10, 1};
	struct sg_arena arena;
	const struct sg_json *ten, *one;
	sg_arena_init(&arena, 1 << 20);
	sg_json_parse(&arena, SG_STR("\"0123456789\""), NULL, &ten, NULL);
	sg_json_parse(&arena, SG_STR("\"0\""), NULL, &one, NULL);
	CU_ASSERT_TRUE(sg_value_look_take(&look, ten));
	CU_ASSERT_FALSE(sg_value_look_take(&look, one)); /* bytes */
	look = (struct sg_value_look){2, 9, 1};
	CU_ASSERT_FALSE(sg_value_look_take(&look, ten));
	CU_ASSERT_TRUE(sg_value_look_take(&look, one));
	CU_ASSERT_TRUE(sg_value_look_take(&look, one));
	CU_ASSERT_FALSE(sg_value_look_take(&look, one)); /* values */
	look = (struct sg_value_look){2, 10, 0};
	CU_ASSERT_FALSE(sg_value_look_take(&look, one)); /* forms */
	sg_arena_done(&arena);
}

/* Nothing that fits in a body costs the gate much more than a small one. The limit is wide for machines that do other things; what was seen is printed. */
static void
dear_bodies(void)
{
	static const struct padding none = {"nothing", "%d", 1};
	begin();
	double small = cost_of(&none, "small"), dearest = 0;
	for (size_t i = 0; i < sizeof(paddings) / sizeof(*paddings); i++) {
		char name[16];
		snprintf(name, sizeof(name), "d%zu-", i);
		double cost = cost_of(&paddings[i], name);
		printf("\n    %s: %.2f ms, %.1f of a small one", paddings[i].what, cost, cost / small);
		dearest = cost > dearest ? cost : dearest;
	}
	printf("\n    a small one: %.2f ms ", small);
	CU_ASSERT_TRUE(dearest < 15);
	end();
}

SG_CASES("gate.cost", {"what bears authority is looked at first", authority_first}, {"bounds of looking at values", bounds}, {"no body is dear", dear_bodies})
