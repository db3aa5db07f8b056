/* SPDX-License-Identifier: Apache-2.0
 * Figures of trees of tasks, run by hand: bench_tasks [TASKS] [LEAVES]. Memory of a task and of an indexed value; a decision with one and with many open
 * tasks, as a ratio in one run; the end of a tree of ten thousand; recovery of many leaves, from the first and from a snapshot. */
#include "gate/wire/remember.h"
#include "gate/snapshot/snapshot_file.h"
#include "gate/state/values.h"
#include "unit/gate/play.h"

#include <malloc.h>
#include <time.h>

enum { TREE = 10000, ROUNDS = 7, ACTS = 300, VALUES = 4000 };

static struct play *p;

static double
now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
held(void)
{
	struct mallinfo2 m = mallinfo2();
	return (double)(m.uordblks + m.hblkhd);
}

static char *
open_task(int n)
{
	char key[32];
	snprintf(key, sizeof(key), "t%d", n);
	return play_task(p, 1, key);
}

static void
begin(void)
{
	p = play_new();
	struct sg_limits *l = &p->gate->catalogue->limits;
	l->tasks = l->tasks_per_agent = 1000000;
	l->burst = l->rate = 100000000;
	l->attempts_per_task = 2000000;
	l->snapshot_leaves = INT64_MAX;
	l->children_burst = INT64_MAX;
	struct sg_intent *work = p->gate->catalogue->intents;
	work->children = INT64_MAX;
	if (!play_connect(p, 1, SG_FACE_AGENT, 1001))
		abort();
}

static double
allowed(const char *task, int *key)
{
	double from = now_s();
	for (int i = 0; i < ACTS; i++) {
		char name[24];
		snprintf(name, sizeof(name), "a%d", (*key)++);
		const char *answer = play_act(p, 1, task, "mail.read", "{}", name);
		if (strstr(answer, "\"verdict\":\"allow\"") == NULL) {
			fprintf(stderr, "not allowed: %s\n", answer);
			abort();
		}
	}
	return (now_s() - from) / ACTS * 1e6;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* A part handed on, the part and one below it shown as a tree and ended; microseconds of each, the least of some. */
static void
small_tree(const char *task, int tasks)
{
	double least[2] = {1e9, 1e9};
	char body[200];
	for (int i = 0; i < ROUNDS * 3; i++) {
		snprintf(body, sizeof(body), "{\"actions\":[\"mail.*\"],\"hand_on\":[\"mail.*\"],\"key\":\"p%d.%d\"}", tasks, i);
		char *part = play_between(play_ask(p, 1, SG_ROUTE_A_DELEGATE, task, body), "\"id\":\"", "\"");
		if (strstr(play_ask(p, 1, SG_ROUTE_A_DELEGATE, part, body), "\"task\":{") == NULL)
			abort();
		double from = now_s();
		play_ask(p, 1, SG_ROUTE_A_TREE, part, "{}");
		double shown = now_s();
		if (strstr(play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, part, "{}"), "\"state\":\"closed\"") == NULL)
			fprintf(stderr, "not ended: %s\n", play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, part, "{}")), abort();
		double took[2] = {shown - from, now_s() - shown};
		for (int k = 0; k < 2; k++)
			least[k] = took[k] < least[k] ? took[k] : least[k];
		free(part);
	}
	printf("a tree of two among %d tasks: %.0f us to show, %.0f us to end\n", tasks, least[0] * 1e6, least[1] * 1e6);
}

static void
tasks_and_decisions(int count)
{
	double one[ROUNDS], many[ROUNDS];
	int key = 0;
	begin();
	char *task = open_task(0);
	allowed(task, &key);
	for (int r = 0; r < ROUNDS; r++)
		one[r] = allowed(task, &key);
	small_tree(task, 1);
	double before = held();
	for (int i = 1; i < count; i++)
		free(open_task(i));
	printf("memory of a task: %.0f bytes (%d tasks)\n", (held() - before) / (count - 1), count);
	for (int r = 0; r < ROUNDS; r++)
		many[r] = allowed(task, &key);
	qsort(one, ROUNDS, sizeof(*one), by_size);
	qsort(many, ROUNDS, sizeof(*many), by_size);
	printf("a decision in process: %.1f us with 1 task (%.1f to %.1f), %.1f us with %d (%.1f to %.1f), ratio %.2f\n", one[ROUNDS / 2], one[0], one[ROUNDS - 1],
	       many[ROUNDS / 2], count, many[0], many[ROUNDS - 1], many[ROUNDS / 2] / one[ROUNDS / 2]);
	small_tree(task, count);
	free(task);
	play_end(p);
}

static void
a_tree(void)
{
	begin();
	char *root = open_task(0), body[200];
	double from = now_s(), before = held();
	for (int i = 0; i < TREE; i++) {
		snprintf(body, sizeof(body), "{\"actions\":[\"mail.*\"],\"key\":\"d%d\"}", i);
		if (strstr(play_ask(p, 1, SG_ROUTE_A_DELEGATE, root, body), "\"task\":{") == NULL)
			abort();
	}
	printf("a child: %.0f bytes, %.0f us to open\n", (held() - before) / TREE, (now_s() - from) / TREE * 1e6);
	from = now_s();
	play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, root, "{}");
	printf("the end of a tree of %d: %.1f ms\n", TREE, (now_s() - from) * 1e3);
	free(root);
	play_end(p);
}

static void
indexed_values(void)
{
	struct sg_values values = {.size = 0};
	uint32_t source = 0;
	double before = held();
	sg_values_origin(&values, "mail.read", "", NULL, &source);
	for (int i = 0; i < VALUES; i++)
		sg_values_put(&values, UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(i + 1), source);
	printf("memory of an indexed value: %.1f bytes (%d of one source)\n", (held() - before) / VALUES, VALUES);
	sg_values_free(&values);
}

static void
recovery(int leaves)
{
	char name[24];
	begin();
	char *task = open_task(0);
	for (int i = 0; i < leaves; i++) {
		snprintf(name, sizeof(name), "k%d", i);
		play_act(p, 1, task, "mail.read", "{}", name);
		if (i % 1000 == 999) { /* a new task now and then, as in life */
			play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, task, "{}");
			free(task);
			task = open_task(i + 1);
		}
	}
	p->wall += 700 * SG_SEC;
	p->boot += 700 * SG_SEC;
	sg_gate_tick(p->gate);
	struct sg_err err = {0};
	double from = now_s();
	if (play_restart(p, &err) != SG_OK)
		abort();
	double whole = now_s() - from;
	uint64_t last = p->gate->journal.durable;
	p->gate->catalogue->limits.snapshot_leaves = 1;
	for (int i = 0; i < 4; i++)
		sg_gate_tick(p->gate), play_all(p);
	if (play_restart(p, &err) != SG_OK) /* the leaf that names it is behind it */
		abort();
	from = now_s();
	if (play_restart(p, &err) != SG_OK)
		abort();
	printf("recovery of %llu leaves: %.2f s from the first, %.3f s from a snapshot\n", (unsigned long long)last, whole, now_s() - from);
	free(task);
	play_end(p);
}

int
main(int argc, char **argv)
{
	int tasks = argc > 1 ? atoi(argv[1]) : 100000, leaves = argc > 2 ? atoi(argv[2]) : 1000000;
	tasks_and_decisions(tasks);
	a_tree();
	indexed_values();
	recovery(leaves);
	return 0;
}
