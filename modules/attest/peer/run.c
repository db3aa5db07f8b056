/* SPDX-License-Identifier: Apache-2.0
 * The places of stack and program, remembered by process: its number and start time. */
#include "run.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { WAYS = 8, HIDDEN_CODE = 1 /* what the kernel shows instead */, TOP_BYTES = 8 << 20 /* arguments and environment stand above, 6 MiB at most */ };

struct seen {
	int32_t pid; /* 0: free */
	unsigned run;
	uint64_t start_time, code, stack, used;
};

struct runs {
	uint64_t looks;
	bool random;
	struct seen sets[RUNS_MOST / WAYS][WAYS];
};

/* As it is when the module starts: who may change it later may do anything. */
static bool
places_are_random(void)
{
	char text = '0';
	int fd = open("/proc/sys/kernel/randomize_va_space", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, &text, 1) : 0;
	if (fd >= 0)
		close(fd);
	return got == 1 && text == '2';
}

struct runs *
runs_new(void)
{
	struct runs *runs = calloc(1, sizeof(*runs));
	if (runs != NULL)
		runs->random = places_are_random();
	return runs;
}

void
runs_free(struct runs *runs)
{
	free(runs);
}

/* A stack that is not laid out at random begins right below the end of all addresses, a power of two (of a personality only its owner is told). One in some
 * thousand does so by chance, and counts as not random. */
static bool
is_random(uint64_t stack)
{
	uint64_t end = 1;
	while (end != 0 && end <= stack)
		end <<= 1;
	return end - stack > TOP_BYTES;
}

static struct seen *
place_for(struct runs *runs, const struct sg_attest_in *in)
{
	uint64_t mixed = ((uint64_t)(uint32_t)in->pid << 32 ^ in->start_time) * UINT64_C(0x9e3779b97f4a7c15);
	struct seen *set = runs->sets[(mixed >> 32) % (RUNS_MOST / WAYS)], *oldest = set;
	for (int i = 0; i < WAYS; i++) {
		if (set[i].pid == in->pid && set[i].start_time == in->start_time)
			return &set[i];
		if (set[i].used < oldest->used)
			oldest = &set[i];
	}
	*oldest = (struct seen){.pid = in->pid, .start_time = in->start_time};
	return oldest;
}

unsigned
runs_look(struct runs *runs, const struct sg_attest_in *in, const char *stat)
{
	uint64_t code = proc_stat_field(stat, 26), stack = proc_stat_field(stat, 28);
	if (code <= HIDDEN_CODE || stack == 0)
		return 0;
	struct seen *seen = place_for(runs, in);
	seen->used = ++runs->looks;
	if (seen->code != code || seen->stack != stack)
		seen->run++;
	seen->code = code;
	seen->stack = stack;
	return runs->random && is_random(stack) ? seen->run : 0;
}
