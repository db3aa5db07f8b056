/* SPDX-License-Identifier: Apache-2.0
 * What a decision and a turn of the gate cost beside few and beside many of everything that an agent, or many agents, can make many of: bench_growth [MANY].
 * Prints a table, in microseconds of this machine, and fails on a slope: where many cost more than SLOPE times what few cost. The least of BATCHES counts, so
 * that what else the machine does is not taken for growth.
 */
#include "gate/desk/revoking.h"
#include "gate/people/review.h"
#include "unit/gate/play.h"

#include <time.h>

enum { FEW = 100, MANY = 50000, BATCHES = 5, ROUNDS = 80, SLOPE = 3 };

static const char *
asks(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"ask\",\"ttl\":0},\"file\":\"a\",\"line\":1,\"rule\":\"r\"}],\"error\":null}";
}

static double
now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static char *task; /* the one that is measured */
static long keys;

static bool
act(struct play *p, const char *in, const char *action, const char *verdict)
{
	char key[32];
	snprintf(key, sizeof(key), "k%ld", ++keys);
	bool good = strstr(play_act(p, 1, in, action, "{\"amount\":5,\"to\":\"x\"}", key), verdict) != NULL;
	if (!good)
		fprintf(stderr, "%s: %s\n", action, p->conns[1].body);
	return good;
}

/* ---- what there is many of ---- */

static char *
new_task(struct play *p)
{
	char key[32];
	snprintf(key, sizeof(key), "t%ld", ++keys);
	return play_task(p, 1, key);
}

static bool
attempts(struct play *p, long count)
{
	bool good = true;
	for (long i = 0; good && i < count; i++)
		good = act(p, task, "pay.send", "\"verdict\":\"allow\"");
	return good;
}

static bool
leases(struct play *p, long count)
{
	char *in = new_task(p);
	bool good = true;
	for (long i = 0; good && i < count; i++)
		good = act(p, in, "repo.read", "h.c.s");
	free(in);
	return good;
}

static bool
approvals(struct play *p, long count)
{
	char *in = new_task(p);
	bool good = true;
	p->effects = asks;
	for (long i = 0; good && i < count; i++) {
		char args[64], key[32];
		snprintf(args, sizeof(args), "{\"amount\":%ld,\"to\":\"x\"}", i);
		snprintf(key, sizeof(key), "k%ld", ++keys);
		good = strstr(play_act(p, 1, in, "pay.send", args, key), "step_up") != NULL;
	}
	p->effects = play_allow;
	free(in);
	return good;
}

static bool
tasks(struct play *p, long count)
{
	bool good = true;
	for (long i = 0; good && i < count; i++) {
		char *one = new_task(p);
		good = one[0] == 't';
		free(one);
	}
	return good;
}

static bool
closed(struct play *p, long count)
{
	bool good = true;
	for (long i = 0; good && i < count; i++) {
		char *one = new_task(p);
		good = strstr(play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, one, "{}"), "closed") != NULL;
		free(one);
	}
	return good;
}

static void
admits_nothing(void *self, uint64_t conn, enum sg_face face)
{
	(void)self, (void)conn, (void)face;
}

/* Of users without end, one each. */
static bool
connections(struct play *p, long count)
{
	bool good = true;
	p->gate->ports.admit = admits_nothing; /* more than the play has places for */
	for (long i = 0; good && i < count; i++) {
		struct sg_peer peer = {.uid = (uid_t)(100000 + i), .gid = 1, .pid = 4000, .pidfd = -1, .start_time = 5, .pidfd_exact = true};
		good = sg_gate_connect(p->gate, (uint64_t)(1000 + i), SG_FACE_AGENT, &peer, NULL) == SG_OK;
	}
	return good;
}

static enum sg_called
never_answers(void *self, struct sg_str issuer, uint64_t by, struct sg_str agent, bool first, struct sg_str request)
{
	(void)self, (void)issuer, (void)by, (void)agent, (void)first, (void)request;
	return SG_CALL_TAKEN;
}

/* Taken back, while their issuer does not answer. */
static bool
going_back(struct play *p, long count)
{
	size_t at = 0;
	bool good = leases(p, count);
	p->gate->ports.take_back = never_answers;
	for (struct sg_lease *l; good && (l = sg_table_next(&p->gate->state.leases, &at)) != NULL;)
		good = sg_lease_revoke(p->gate, l, SG_STR("stepgate"), "bench");
	return good;
}

/* ---- what is measured ---- */

static bool
allows(struct play *p)
{
	return act(p, task, "pay.send", "\"verdict\":\"allow\"");
}

static bool
gives(struct play *p)
{
	return act(p, task, "repo.read", "h.c.s");
}

static bool
shows(struct play *p)
{
	return strstr(play_ask(p, 2, SG_ROUTE_O_STATUS, "", "{}"), "\"revoking\"") != NULL;
}

static bool
closes(struct play *p)
{
	return closed(p, 1);
}

/* The first slice of what follows a reload. */
static bool
reviews(struct play *p)
{
	sg_gate_review(p->gate);
	return true;
}

static bool
ticks(struct play *p)
{
	p->boot += SG_SEC / 10;
	sg_gate_tick(p->gate);
	return true;
}

static const struct row {
	const char *name;
	bool (*make)(struct play *p, long count);
	bool (*ask)(struct play *p);
	long few; /* 0: FEW; so many as a slice holds, of what is looked at in slices */
} rows[] = {
	{"attempts of its task", attempts, allows, 0},
	{"leases", leases, allows, 0},
	{"leases, a credential", leases, gives, 0},
	{"open approvals", approvals, allows, 0},
	{"open tasks", tasks, allows, 0},
	{"closed tasks", closed, allows, 0},
	{"connections", connections, allows, 0},
	{"leases, the status", leases, shows, 0},
	{"leases that go back, the status", going_back, shows, 0},
	{"leases that go back, a task opened and closed", going_back, closes, 0},
	{"leases that go back, a credential", going_back, gives, 0},
	{"leases that go back, a tick", going_back, ticks, 8 * SG_ROUND_SLICE}, /* so that each tick has its slice */
	{"leases, a turn behind a reload", leases, reviews, SG_ROUND_SLICE},
	{"open approvals, a turn behind a reload", approvals, reviews, SG_ROUND_SLICE},
	{"open tasks, a turn behind a reload", tasks, reviews, SG_ROUND_SLICE},
};

/* ---- measuring ---- */

static struct play *
begin(void)
{
	struct play *p = play_new();
	struct sg_limits *l = &p->gate->catalogue->limits;
	p->no_check = true;
	l->attempts_per_task = l->leases_per_agent = l->approvals_per_agent = l->tasks_per_agent = l->tasks = l->denials = l->domain_denials = 10000000;
	l->rate = l->burst = 1000000000; /* the clock stands still here */
	l->step_ups = l->step_ups_within = l->domain_step_ups = l->connections = 10000000;
	if (!play_connect(p, 1, SG_FACE_AGENT, 1001) || !play_connect(p, 2, SG_FACE_ADMIN, 500))
		abort();
	task = play_task(p, 1, "measured");
	return p;
}

/* With the turn of the loop that comes with it. */
static double
measure(const struct row *row, long count)
{
	struct play *p = begin();
	((struct sg_issuer_told *)sg_issuer_told(p->gate, SG_STR("token")))->revocations = (size_t)(count > FEW ? 4 * count : 40 * count); /* so that what it has out is counted, and is not too much */
	if (!row->make(p, count))
		abort();
	double least = 1e12;
	for (int b = 0; b < BATCHES; b++) {
		double from = now_us();
		for (int i = 0; i < ROUNDS; i++)
			if (!row->ask(p)) {
				fprintf(stderr, "%s: %s\n", row->name, p->conns[1].body);
				abort();
			}
		double each = (now_us() - from) / ROUNDS;
		least = each < least ? each : least;
	}
	free(task);
	play_end(p);
	return least;
}

int
main(int argc, char **argv)
{
	long many = argc == 2 ? strtol(argv[1], NULL, 10) : MANY;
	bool bad = false;
	printf("%-48s %12s %12s %8s\n", "an allow, or what is named, beside", "few", "many", "times");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double few = measure(&rows[i], rows[i].few > 0 ? rows[i].few : FEW), more = measure(&rows[i], many);
		bool grows = more > SLOPE * few;
		printf("%-48s %12.1f %12.1f %8.2f%s\n", rows[i].name, few, more, more / few, grows ? "  GROWS" : "");
		fflush(stdout);
		bad |= grows;
	}
	return bad;
}
