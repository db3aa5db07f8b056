/* SPDX-License-Identifier: Apache-2.0
 * What a process around a module costs: a call through its host against the same call in this process, the time from fork to READY, and what a host holds in
 * memory. One run, alternating. bench_host [ROUNDS] */
#include "guest.h"

#include "host/instance.h"
#include "host/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CALLS = 2000, STARTS = 20 };

static const char modules[] = SG_BUILD_DIR "/modules";
static char look_request[160];

static double
now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static uint64_t
own_start_time(void)
{
	char text[1024] = "";
	FILE *f = fopen("/proc/self/stat", "r");
	size_t got = f == NULL ? 0 : fread(text, 1, sizeof(text) - 1, f);
	if (f != NULL)
		fclose(f);
	const char *at = got == 0 ? NULL : strrchr(text, ')');
	for (int field = 2; at != NULL && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
}

static long
pss_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = -1;
	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	FILE *f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "Pss:", 4) == 0)
			kib = strtol(line + 4, NULL, 10);
	if (f != NULL)
		fclose(f);
	return kib;
}

static void
start(struct guest *g)
{
	guest_start(g, (struct sg_host_process){.kind = "attest", .name = "peer", .module = "peer", .module_dir = modules});
	if (guest_ready(g) == NULL) {
		fprintf(stderr, "the host does not start\n");
		exit(1);
	}
}

static double
through_host(struct guest *g, int pidfd)
{
	double began = now_us();
	for (int i = 0; i < CALLS; i++) {
		const struct sg_json *answer = guest_call(g, look_request, pidfd);
		if (answer == NULL || sg_json_get(answer, "facts") == NULL)
			exit(1);
		sg_arena_done(&g->arena);
		sg_arena_init(&g->arena, 64 << 20);
	}
	return (now_us() - began) / CALLS;
}

static double
in_process(struct sg_instance *instance, int pidfd)
{
	struct sg_fact facts[32];
	uint64_t since = own_start_time();
	double began = now_us();
	for (int i = 0; i < CALLS; i++) {
		struct sg_attest_in in = {.size = sizeof(in), .pidfd = pidfd, .pid = getpid(), .uid = getuid(), .gid = getgid(), .start_time = since};
		struct sg_attest_out out = {sizeof(out), facts, 0, 32};
		struct sg_err err;
		sg_instance_begin(instance);
		if (instance->module->attest->look(instance->state, &in, &out, &err) != SG_OK)
			exit(1);
		sg_instance_end(instance);
	}
	return (now_us() - began) / CALLS;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void
show(const char *what, double *values, int count, const char *unit)
{
	qsort(values, (size_t)count, sizeof(*values), by_value);
	printf("%-34s %9.1f %s (%.1f to %.1f)\n", what, values[count / 2], unit, values[0], values[count - 1]);
}

int
main(int argc, char **argv)
{
	enum { MOST = 50 };
	int rounds = argc > 1 ? atoi(argv[1]) : 9, pidfd = guest_pidfd(getpid());
	double host[MOST], own[MOST], ratio[MOST], cold[STARTS];
	struct guest g;
	struct sg_loaded loaded;
	struct sg_instance instance;
	struct sg_err err = {0};
	if (rounds < 1 || rounds > MOST)
		return 64;
	snprintf(look_request, sizeof(look_request), "{\"gid\":%u,\"pid\":%d,\"start_time\":%llu,\"uid\":%u,\"verb\":\"look\"}", (unsigned)getgid(), (int)getpid(),
		 (unsigned long long)own_start_time(), (unsigned)getuid());
	sg_instance_init(&instance);
	if (sg_load_open(modules, "attest", "peer", &loaded, &err) != SG_OK || sg_load_run(&loaded, "attest", "peer", &err) != SG_OK ||
	    sg_instance_start(&instance, loaded.module, NULL, &err) != SG_OK) {
		fprintf(stderr, "%s: %s\n", err.code, err.text);
		return 1;
	}
	for (int i = 0; i < STARTS; i++) {
		double began = now_us();
		start(&g);
		cold[i] = (now_us() - began) / 1000;
		guest_end(&g);
	}
	start(&g);
	for (int i = 0; i < rounds; i++) {
		host[i] = through_host(&g, pidfd);
		own[i] = in_process(&instance, pidfd);
		ratio[i] = host[i] / own[i];
	}
	show("a look through its host", host, rounds, "us");
	show("the same look in this process", own, rounds, "us");
	show("ratio, within a round", ratio, rounds, "");
	show("cold start, fork to READY", cold, STARTS, "ms");
	printf("%-34s %9ld KiB PSS (this process: %ld)\n", "memory of a host", pss_kib(g.pid), pss_kib(getpid()));
	guest_end(&g);
	sg_instance_done(&instance);
	return 0;
}
