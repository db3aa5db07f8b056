/* SPDX-License-Identifier: Apache-2.0
 * What is kept open of processes, by number and start time. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SPARE = 128 /* descriptors that are left for everything else */, LEAST = 64, USERS = 4096, LOOKED_AT = 2, LOOKED_AT_FULL = 64 };

struct seen {
	int32_t pid; /* 0: free */
	uint32_t uid;
	int maps, next; /* next: row of the same hash, or -1 */
	unsigned run;
	uint64_t start_time, code, stack;
};

struct runs {
	uint64_t key;
	int most, count, swept;
	int heads[RUNS_MOST];  /* by hash: the first row, or -1 */
	int of_user[USERS];    /* rows of the users of one hash */
	struct seen rows[RUNS_MOST];
};

/* How many descriptors may be had, asked without asking for the limit, which is not to be had here. */
static int
rows_that_fit(void)
{
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC), most = RUNS_MOST, probe = -1;
	while (fd >= 0 && most > LEAST && (probe = fcntl(fd, F_DUPFD_CLOEXEC, most + SPARE)) < 0)
		most /= 2;
	if (probe >= 0)
		close(probe);
	if (fd >= 0)
		close(fd);
	return most;
}

struct runs *
runs_new(const struct sg_host *host)
{
	struct runs *runs = calloc(1, sizeof(*runs));
	if (runs == NULL || host->random(host, &runs->key, sizeof(runs->key)) != SG_OK) {
		free(runs);
		return NULL;
	}
	runs->most = rows_that_fit();
	for (int i = 0; i < RUNS_MOST; i++)
		runs->heads[i] = -1;
	return runs;
}

void
runs_free(struct runs *runs)
{
	for (int i = 0; runs != NULL && i < runs->most; i++)
		if (runs->rows[i].pid != 0)
			close(runs->rows[i].maps);
	free(runs);
}

static uint64_t
mix(const struct runs *runs, uint64_t a, uint64_t b)
{
	uint64_t x = a ^ runs->key;
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9) + b;
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static int *
head_of(struct runs *runs, int32_t pid, uint64_t start_time)
{
	return &runs->heads[mix(runs, (uint64_t)(uint32_t)pid, start_time) % RUNS_MOST];
}

static int *
rows_of(struct runs *runs, uint32_t uid)
{
	return &runs->of_user[mix(runs, uid, 1) % USERS];
}

static struct seen *
find(struct runs *runs, const struct sg_attest_in *in)
{
	int at = *head_of(runs, in->pid, in->start_time);
	while (at >= 0 && (runs->rows[at].pid != in->pid || runs->rows[at].start_time != in->start_time))
		at = runs->rows[at].next;
	return at < 0 ? NULL : &runs->rows[at];
}

static void
forget(struct runs *runs, struct seen *seen)
{
	int *at = head_of(runs, seen->pid, seen->start_time), row = (int)(seen - runs->rows);
	while (*at != row)
		at = &runs->rows[*at].next;
	*at = seen->next;
	if (seen->maps >= 0)
		close(seen->maps);
	--*rows_of(runs, seen->uid);
	runs->count--;
	seen->pid = 0;
}

/* Of a process that is gone nothing can be read any more; where it runs another program what was opened is empty. */
static bool
is_same(const struct seen *seen)
{
	char byte;
	return pread(seen->maps, &byte, 1, 0) > 0;
}

/* Asked of its number, not of its memory: to read that, the kernel waits for a lock that the process can hold as long as it likes, and this is somebody else's
 * look. What cannot be read for another reason stays. */
static bool
is_gone(const struct seen *seen)
{
	char path[40], text[1024];
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)seen->pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	int why = errno;
	if (fd >= 0)
		close(fd);
	if (got <= 0)
		return got < 0 && (why == ENOENT || why == ESRCH);
	text[got] = '\0';
	return proc_start_time(text) != seen->start_time;
}

/* Processes that are gone hold no row for long. */
static void
sweep(struct runs *runs, int rows, const struct seen *but)
{
	for (int i = 0; i < rows; i++) {
		struct seen *seen = &runs->rows[runs->swept++ % runs->most];
		runs->swept %= runs->most;
		if (seen->pid != 0 && seen != but && is_gone(seen))
			forget(runs, seen);
	}
}

static struct seen *
place_for(struct runs *runs, const struct sg_attest_in *in)
{
	int row = 0, *head = head_of(runs, in->pid, in->start_time);
	bool full = runs->count == runs->most || *rows_of(runs, in->uid) >= runs->most / RUNS_SHARE;
	if (full)
		sweep(runs, LOOKED_AT_FULL, NULL);
	if (runs->count == runs->most || *rows_of(runs, in->uid) >= runs->most / RUNS_SHARE)
		return NULL;
	while (runs->rows[row].pid != 0)
		row++;
	runs->rows[row] = (struct seen){.pid = in->pid, .uid = in->uid, .maps = -1, .next = *head, .start_time = in->start_time};
	*head = row;
	++*rows_of(runs, in->uid);
	runs->count++;
	return &runs->rows[row];
}

/* Another program than before, or the first one. What cannot be opened keeps what was: it is no longer the same. */
static bool
begin(struct seen *seen, int process, uint64_t code, uint64_t stack)
{
	int maps = openat(process, "maps", O_RDONLY | O_CLOEXEC);
	if (maps < 0)
		return false;
	if (seen->maps >= 0)
		close(seen->maps);
	seen->maps = maps;
	seen->code = code;
	seen->stack = stack;
	seen->run++;
	return true;
}

unsigned
runs_look(struct runs *runs, const struct sg_attest_in *in, int process, const char *stat)
{
	uint64_t code = proc_stat_field(stat, 26), stack = proc_stat_field(stat, 28);
	struct seen *seen = find(runs, in);
	sweep(runs, LOOKED_AT, seen);
	if (seen != NULL && seen->code == code && seen->stack == stack && is_same(seen))
		return seen->run;
	if (seen == NULL && (seen = place_for(runs, in)) == NULL)
		return 0;
	if (begin(seen, process, code, stack))
		return seen->run;
	if (seen->maps < 0)
		forget(runs, seen); /* it never was to be seen */
	return 0;
}
